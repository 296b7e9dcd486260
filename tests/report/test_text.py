from __future__ import annotations

import dis
import re

import msgspec
import pytest

from flowtui.model.analysis import Analysis
from flowtui.model.failure import Failure
from flowtui.model.run import RaisedError, TracebackFrame
from flowtui.model.span import Span
from flowtui.report import text
from flowtui.report.layout import cells
from flowtui.report.outcome import excerpt, output_lines
from tests.report.material import analysis, broken, ran, report

PROGRAM = """def f(a):
    if a:
        return "日本語" * a

print(f(2), 'a long text that does not fit beside the other columns of a small terminal at all')
"""


def shown(given: object, width: int = 80) -> str:
    return "".join(text.chunks(given, width))  # type: ignore[arg-type]  # a Report


@pytest.mark.parametrize("width", [68, 80, 132])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = shown(report(PROGRAM), width).split("\n")
    assert [line for line in lines if cells(line) > width] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_without_a_width_nothing_is_cut() -> None:
    assert "…" not in shown(report(PROGRAM), 0)


def test_every_stage_has_a_heading_with_its_figures() -> None:
    headings = re.findall("^── (.*?) ─+ (.*) ──$", shown(report("x = 1\n")), re.M)
    assert [name for name, _ in headings] == ["source", "tokens", "AST", "symbols", "bytecode", "output"]
    assert dict(headings)["tokens"] == "5 tokens · 0.25 ms"
    count = len(list(dis.get_instructions(compile("x = 1\n", "x", "exec"))))
    assert dict(headings)["bytecode"] == f"1 code object, {count} instructions · 1.50 ms"


def test_the_source_is_left_out_where_stages_are_named() -> None:
    given = report("x = 1\n", stages=("tokens",), named=True)
    assert re.findall("^── (\\w+)", shown(given), re.M) == ["tokens"]


def test_the_tree_is_drawn_with_guides() -> None:
    lines = shown(report("x = 1\ny\n", stages=("ast",), named=True)).split("\n")
    assert "               ├─ body[0]: Assign" in [re.sub("^  1:0-5  ", " " * 9, x) for x in lines]
    assert any(line.endswith("│  └─ value: Constant value=1") for line in lines)
    assert any(line.endswith("└─ body[1]: Expr") for line in lines)
    assert any(line.endswith("      └─ ctx: Load") for line in lines)


def test_a_deep_tree_does_not_grow_sideways() -> None:
    source = "(" * 80 + "x" + ")" * 80 + "".join("[0]" for _ in range(80)) + "\n"
    lines = shown(report(source, stages=("ast",), named=True)).split("\n")
    assert max(map(len, lines)) < 140
    assert any("⋯ 80 value: " in line for line in lines)


def test_a_failure_shows_the_line_the_place_and_that_nothing_ran() -> None:
    output = shown(broken())
    assert "  SyntaxError: '(' was never closed\n      2 │ print('é', (2\n        │            ^\n" in output
    assert "Nothing was run: the parser stopped here." in output
    assert "── output" not in output


def test_what_the_interpreter_does_not_have_stops_nothing() -> None:
    failure = Failure(stage="symbols", type="Unavailable", message="no symtable here")
    made = msgspec.structs.replace(analysis("x = 1\n"), symbols=None).with_failure(failure)
    given = report("x = 1\n", analysis=made)
    assert given.status == 0
    assert "not available" in shown(given)
    assert "Nothing was run" not in shown(given)
    assert msgspec.structs.replace(given, named=True).status == 1


@pytest.mark.parametrize(
    ("line", "span", "wanted"),
    [
        ("日本 = )", Span(1, 5, 1, 6), "日本 = )\n       ^"),
        ("\tx = )", Span(1, 5, 1, 6), "        x = )\n            ^"),
        ("x\t= ))", Span(1, 4, 1, 6), "x       = ))\n          ^^"),
        ("ab", Span(1, 0, 3, 1), "ab\n^^"),
        ("ab", Span(1, 2, 1, 2), "ab\n  ^"),
        ("ab", Span(1, 9, 1, 10), "ab\n  ^"),
    ],
)
def test_carets_stand_under_the_cells(line: str, span: Span, wanted: str) -> None:
    drawn = "\n".join(row.text[10:] for row in excerpt(line, span, 80))
    assert drawn == wanted


def test_a_long_line_is_cut_around_its_place() -> None:
    line = "x" * 100_000 + ")" + "y" * 100_000
    first, second = (row.text[10:] for row in excerpt(line, Span(1, 100_000, 1, 100_001), 80))
    assert len(first) <= 71
    assert first.startswith("…x")
    assert first[second.index("^")] == ")"


def test_output_names_its_streams_and_its_end() -> None:
    lines = [line.text for line in output_lines(ran("a\x1b[2J\n", "b\n", sentence="It ended."), 80)]
    assert lines == ["  stdout", "  │ a\\x1b[2J", "  stderr", "  │ b", "  It ended."]
    assert next(output_lines(ran(), 80)).text == "  It wrote nothing."


def test_the_place_of_an_error_is_shown_once() -> None:
    frame = TracebackFrame("m.py", 1, "<module>", Span(1, 1, 1, 2), "1/0")
    error = RaisedError("ZeroDivisionError", "division by zero", (frame,))
    lines = [line.text for line in output_lines(ran(exit_status=1, error=error), 80)]
    assert lines[-3:] == ["  in <module>, m.py, line 1", "      1 │ 1/0", "        │  ^"]
    told = ran("", "Traceback (most recent call last):\n", exit_status=1, error=error)
    assert not any("in <module>" in line.text for line in output_lines(told, 80))


def test_specialised_instructions_say_what_they_became() -> None:
    given = report("x = 1\n", adaptive=True)
    assert "No instruction was specialised" in shown(given)
    table = given.analysis.bytecode
    assert table is not None
    column = type(table.specialised)("q", table.specialised)
    column[1] = len(table.strings)
    changed = msgspec.structs.replace(table, strings=[*table.strings, "LOAD_MAGIC"], specialised=column)
    given = msgspec.structs.replace(given, analysis=msgspec.structs.replace(given.analysis, bytecode=changed))
    assert "⇒ LOAD_MAGIC" in shown(given)


def test_colours_change_no_letter() -> None:
    given = report(PROGRAM)
    coloured = "".join(text.chunks(given, 80, text.painter("standard")))
    assert "\x1b[" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == shown(given)


def test_every_own_sign_has_another_in_ascii() -> None:
    output = shown(report(PROGRAM)).replace("日本語", "x") + shown(broken()).replace("é", "e")
    assert output.translate(text.ASCII_SIGNS).isascii()


def test_an_empty_source() -> None:
    empty = report("", ran=ran())
    assert shown(empty).startswith("flowtui")
    nothing = report("", analysis=Analysis(complete=True), ran=None)
    assert nothing.status == 0
