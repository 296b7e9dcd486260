"""Bytecode as lines: code object by code object, with jumps, stack depths and exception tables."""

from __future__ import annotations

from collections.abc import Iterator

from flowtui.model.labels import argument_text
from flowtui.model.span import Span
from flowtui.model.stages import CodeObject, CodeTable
from flowtui.report.layout import Line, Piece, cells, cut, left, right, visible

#: The columns' widths; the value takes what is left of the line.
LINE_WIDTH = 5
OFFSET_WIDTH = 6
ARG_WIDTH = 5
STACK_WIDTH = 7
COLUMNS_WIDTH = 9
#: Where a value would have less, the columns give way to it.
LEAST_VALUE = 10
#: Where nothing limits the line, values are padded to no more than this.
MAX_PADDING = 48


def code_lines(table: CodeTable, width: int) -> Iterator[Line]:
    """Every code object: a head, its names and constants, an instruction a line, its exception table."""
    for number, code in enumerate(table.codes):
        if number:
            yield Line(())
        yield from _head(code, width)
        yield from _instructions(table, code, width)
        if code.exception_table:
            yield Line((("  exception table", "dim"),))
        for start, end, target, depth, lasti in code.exception_table:
            kept = "  and the offset is pushed" if lasti else ""
            text = f"  {start:>6} to {end:<6} ▸ {target:<6} stack cut to {depth}{kept}"
            yield Line(((text, ""),))


def _head(code: CodeObject, width: int) -> Iterator[Line]:
    parent = "" if code.parent is None else f" in {code.parent}"
    facts = f"  code {code.id}{parent}, line {code.firstlineno}, stack {code.stacksize} (depths inferred)"
    flags = f", {' '.join(code.flag_names) or 'no flags'}"
    title = visible(code.qualname or code.name)
    room = max(0, width - cells(title) - 2) if width else 0
    yield Line(
        (("  " + title, "accent"), (cut(facts + flags, room) if room or not width else "", "dim")),
        code.firstlineno,
    )
    for name in ("consts", "names", "varnames", "freevars", "cellvars"):
        values: tuple[str, ...] = getattr(code, name)
        if values:
            text = cut(visible(", ".join(values)), max(20, width - 13) if width else 0)
            yield Line(((f"  {name:>8}  ", "dim"), (text, "string" if name == "consts" else "name")))


def _instructions(table: CodeTable, code: CodeObject, width: int) -> Iterator[Line]:
    rows = range(code.first, code.first + code.count)
    strings = table.strings
    names = max((len(strings[table.opname[row]]) for row in rows), default=0)
    fixed = (
        2 + LINE_WIDTH + 2 + OFFSET_WIDTH + 2 + names + ARG_WIDTH + 1 + 2 + STACK_WIDTH + 2 + COLUMNS_WIDTH
    )
    with_columns = not width or width - fixed >= LEAST_VALUE
    if width:
        room = max(4, width - (fixed if with_columns else fixed - COLUMNS_WIDTH - 2))
    else:
        room = min(MAX_PADDING, max((len(_value(table, row)) for row in rows), default=0))
    before = 0
    for row in rows:
        line = table.source_line[row]
        span = table.span(row)
        value = visible(_value(table, row))
        arg = table.arg[row]
        pieces: tuple[Piece, ...] = (
            (f"  {line if line and line != before else '':>{LINE_WIDTH}}", "line"),
            (" ▸" if table.is_jump_target[row] else "  ", "jump"),
            (f"{table.offset[row]:>{OFFSET_WIDTH}}  ", "dim"),
            (left(strings[table.opname[row]], names), opcode_style(table, row)),
            (f"{arg if arg >= 0 else '':>{ARG_WIDTH}} ", "number"),
            (
                left(cut(value, room if width else 0), room),
                "accent" if table.specialised[row] >= 0 else "string",
            ),
            (f"  {right(_stack(table, row), STACK_WIDTH)}  ", "dim"),
            (columns(span) if with_columns else "", "line"),
        )
        yield Line(pieces, line)
        before = line or before


def _value(table: CodeTable, row: int) -> str:
    """The text of dis for the argument; an instruction that changed in the run says into what first."""
    text = argument_text(table, row)
    name = table.text(table.specialised[row])
    return text if name is None else f"⇒ {name} {text}".rstrip()


def _stack(table: CodeTable, row: int) -> str:
    before, after = table.stack_before[row], table.stack_after[row]
    return "never" if before < 0 else f"{before}→{after if after >= 0 else ''}"


def columns(span: Span | None) -> str:
    """The columns of an instruction whose line stands in front: ``8-13``, over several lines ``8-+2:5``."""
    if span is None:
        return ""
    more = span.end_line - span.line
    return f"{span.column}-{f'+{more}:' if more else ''}{span.end_column}"


def opcode_style(table: CodeTable, row: int) -> str:
    """The style of an instruction's name: what kind of thing it does."""
    name = table.strings[table.opname[row]]
    if table.jump_target[row] >= 0:
        return "jump"
    if name.startswith("LOAD"):
        return "load"
    return "call" if "CALL" in name else ""
