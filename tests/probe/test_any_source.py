"""Any bytes through every stage of one long-lived probe: it ends, and names no place outside the source."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.engine.files import decode_source
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from tests.any_source import garbage, mutated
from tests.interpreters import need
from tests.probe.probes import Probe

TABLES: dict[str, Any] = {
    "tokens": TokenTable,
    "ast": TreeTable,
    "symbols": SymbolTable,
    "bytecode": CodeTable,
}


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
