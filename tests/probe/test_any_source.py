"""Any bytes through every stage of one long-lived probe: it ends, and names no place outside the source."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.engine.files import decode_source
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from tests.interpreters import need
from tests.probe.probes import Probe
from tests.probe.sources import SOURCES

TABLES: dict[str, Any] = {
    "tokens": TokenTable,
    "ast": TreeTable,
    "symbols": SymbolTable,
    "bytecode": CodeTable,
}
WORDS = (
    "def class if else : ( ) [ ] { } f' ' \" = == := \n \r\n \r \t \x0c é 漢 lambda x y 1 , . * ** -> "
    "@ # \\ async await with as"
)

pieces = st.one_of(
    st.sampled_from([word.encode() for word in WORDS.split(" ")]), st.binary(max_size=3), st.just(b" ")
)
garbage = st.lists(pieces, max_size=40).map(b"".join)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A crafted source with a piece cut out, doubled or replaced."""
    data = draw(st.sampled_from([source for source in SOURCES.values() if len(source) < 2000]))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 20)))
    return data[:start] + draw(st.one_of(garbage, st.just(data[start:end] * 2), st.just(b""))) + data[end:]


@pytest.fixture(scope="module", params=["cpython-3.8", "cpython-3.11", "cpython-3.12", "cpython-3.15"])
def long_lived(request: pytest.FixtureRequest) -> Any:
    probe = Probe(need(request.param))
    yield probe
    assert probe.close() == 0


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.one_of(mutated(), garbage))
def test_any_source(long_lived: Probe, data: bytes) -> None:
    frames = long_lived.analyse(data)
    lines = decode_source(data, "<test>").lines
    assert frames
    for key, frame in frames.items():
        if key.endswith("!"):
            span = frame.head["span"]
            assert frame.head["message"]
            spans = [span] if span else []
        else:
            table = TABLES[key].from_frame(frame.head, frame.columns)
            spans = [table.span(row) for row in range(len(table)) if table.span(row)]
        for line, column, end_line, end_column in spans:
            assert (line, column) <= (end_line, end_column)
            if key == "tokens":  # tokenize's NEWLINE and ENDMARKER lie behind the last character
                assert 1 <= line <= len(lines) + 1
                continue
            assert 1 <= line <= end_line <= len(lines)
            assert 0 <= column <= len(lines[line - 1])
            assert 0 <= end_column <= len(lines[end_line - 1])
    if "tokens" in frames:
        table = TokenTable.from_frame(frames["tokens"].head, frames["tokens"].columns).with_lines(lines)
        assert all(isinstance(table.string_of(row), str) for row in range(len(table)))
        assert table.first == array("i", sorted(table.first))
        assert len(table.first) == len(lines) + 2
