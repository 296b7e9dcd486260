"""What goes wrong at a stage is told in the interpreter's own words, with a place that the source has."""

from __future__ import annotations

import pytest

from tests.probe.probes import Probe

WIDE = "'漢字é'; "  # 7 code points, 12 bytes, 11 cells


def failure(probe: Probe, data: bytes, stage: str) -> dict[str, object]:
    return probe.analyse(data)[stage + "!"].head


@pytest.mark.parametrize(
    ("text", "stage", "column"),
    [
        (WIDE + "x = = 1\n", "ast", 11),  # the parser
        (WIDE + "x $ 1\n", "ast", 9),  # the tokenizer or the parser
        (WIDE + "f() = 1\n", "ast", 7),  # the parser's second look
        ("def f(a):\n " + WIDE + "global a\n", "bytecode", 8),  # the symbol table
    ],
)
def test_columns_are_code_points(probe: Probe, text: str, stage: str, column: int) -> None:
    found = failure(probe, text.encode(), stage)
    assert found["type"] == "SyntaxError"
    span = found["span"]
    assert isinstance(span, list)
    # PyPy's compiler counts some columns from 0.
    assert span[1] in ((column,) if probe.hello["implementation"] == "cpython" else (column, column - 1))
    assert found["text"] == text.splitlines()[span[0] - 1]


def test_stages_before_and_beside_a_failed_one_are_there(probe: Probe) -> None:
    frames = probe.analyse(b"x = 1 +\n")
    assert set(frames) == {"tokens", "ast!"}


def test_rows_before_the_error_are_sent(probe: Probe) -> None:
    frames = probe.analyse(b"x = 1\ny = '''a\n", "tokens")
    assert set(frames) == {"tokens", "tokens!"}
    assert len(frames["tokens"].columns["line"]) >= 6
    span = frames["tokens!"].head["span"]
    assert span[:2] == [2, 4]


def test_an_error_after_parsing_leaves_the_tree(probe: Probe) -> None:
    frames = probe.analyse(b"def f(a):\n    global a\n")
    assert {"tokens", "ast"} <= set(frames)
    assert "bytecode!" in frames
    assert frames["bytecode!"].head["message"]


def test_an_error_inside_an_f_string_has_a_place_of_the_source_or_none(probe: Probe) -> None:
    found = failure(probe, b"# first\nx = 1; y = f'{a b}'\n", "ast")
    assert found["span"] is None or found["span"][:2] in ([2, 14], [2, 15])  # type: ignore[index]  # a list then


def test_a_stage_that_the_interpreter_lacks_says_who_has_it(probe: Probe) -> None:
    frames = probe.analyse(b"x = 1\n", "symbols")
    if "symbols" in probe.hello["capabilities"]:
        assert set(frames) == {"symbols"}
    else:
        assert frames["symbols!"].head["type"] == "Unavailable"
        assert "CPython" in frames["symbols!"].head["message"]


@pytest.mark.parametrize(
    "data",
    [
        b"(" * 10_000 + b")" * 10_000,
        b"x = " + b"-" * 50_000 + b"1\n",
        b"x = " + b"a." * 20_000 + b"b\n",
        b"x = " + b"1 + " * 3_000 + b"1\n",
        b"x = '" + b"y" * 1_000_000 + b"'\n",
        b"\n" * 50_000,
        b"x = 0x" + b"f" * 20_000 + b"\ny = (1, 0x" + b"e" * 20_000 + b", a in {0x" + b"d" * 20_000 + b"})\n",
        bytes(range(256)) * 4,
    ],
    ids=["brackets", "minuses", "attributes", "sum", "long line", "many lines", "long integers", "all bytes"],
)
def test_a_hard_source_ends_in_tables_or_failures(python: str, data: bytes) -> None:
    """An old parser may take the whole process with it: that is for the parent to tell."""
    probe = Probe(python)
    try:
        frames = probe.analyse(data)
    except EOFError:
        assert probe.process.wait(10) < 0
    else:
        assert "tokens" in frames
        assert "ast" in frames or frames["ast!"].head["message"]
        assert "ast" in frames or "bytecode" not in frames
    probe.close()
