"""The probe's tables in the oracle's form, and where the two differ."""

from __future__ import annotations

from typing import Any

from flowtui.model.stages import CodeTable, TokenTable, TreeTable
from flowtui.probe.wire import Frame
from tests.probe.oracle import digest, steady


def plain(span: Any) -> tuple[int, ...] | None:
    return tuple(span) if span is not None else None


def token_rows(frame: Frame, lines: list[str]) -> list[tuple[Any, ...]]:
    table = TokenTable.from_frame(frame.head, frame.columns).with_lines(lines)
    rows = map(table.row, range(len(table)))
    return [(row.type, row.exact_type, row.string, plain(row.span)) for row in rows]


def tree_rows(frame: Frame) -> list[tuple[Any, ...]]:
    table = TreeTable.from_frame(frame.head, frame.columns)
    rows = map(table.row, range(len(table)))
    return [
        (row.parent, row.field, row.index, row.kind, tuple(row.attrs.items()), plain(row.span))
        for row in rows
    ]


def code_rows(frame: Frame) -> list[tuple[Any, ...]]:
    table = CodeTable.from_frame(frame.head, frame.columns)
    rows: list[tuple[Any, ...]] = []
    for code in table.codes:
        rows.append(
            (
                code.name,
                code.qualname,
                code.firstlineno,
                code.flags,
                code.stacksize,
                code.argcount,
                tuple(map(steady, code.consts)),
                code.names,
                code.varnames,
                code.freevars,
                code.cellvars,
                code.exception_table,
            )
        )
        for i in map(table.row, range(code.first, code.first + code.count)):
            rows += [
                (
                    code.id,
                    i.offset,
                    i.opcode,
                    i.opname,
                    i.arg,
                    steady(i.argval),
                    steady(i.argrepr),
                    i.jump_target,
                    i.is_jump_target,
                    i.line,
                    plain(i.span),
                )
            ]
    return rows


def rows_of(frames: dict[str, Frame], lines: list[str]) -> dict[str, Any]:
    """By stage the rows, or the error, in the oracle's form."""
    makers = {"tokens": lambda frame: token_rows(frame, lines), "ast": tree_rows, "bytecode": code_rows}
    found: dict[str, Any] = {}
    for stage, make in makers.items():
        failure = frames.get(stage + "!")
        if failure is not None:
            found[stage] = {"error": failure.head["type"], "message": failure.head["message"]}
        elif stage in frames:
            found[stage] = make(frames[stage])
    return found


def without_qualname(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Before 3.11 code objects have no qualified name: the oracle has None there."""
    return [(row[0], None, *row[2:]) if len(row) == 12 else tuple(row) for row in rows]


def digests(frames: dict[str, Frame], lines: list[str]) -> dict[str, Any]:
    """By stage the digests of the rows (bytecode also without qualified names), or the error."""
    found = rows_of(frames, lines)
    for stage, rows in list(found.items()):
        if isinstance(rows, list):
            found[stage] = digest(rows)
            if stage == "bytecode":
                found["bytecode without qualname"] = digest(without_qualname(rows))
    return found


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """The stages that differ, each with a word; a refused source is compared where it was refused first."""
    result = []
    for stage in ("tokens", "ast", "bytecode"):
        wanted, got = expected[stage], found.get(stage)
        if got is None and isinstance(wanted, dict) and isinstance(found.get("ast"), dict):
            continue
        if isinstance(wanted, dict) or isinstance(got, dict):
            if wanted != got and not both_silent(wanted, got):
                result.append(f"{stage}: {wanted} is shown as {got}")
        elif wanted not in (got, found.get(stage + " without qualname")):
            result.append(f"{stage} differs")
    return result


def both_silent(wanted: Any, got: Any) -> bool:
    """The same error, for which the interpreter has no words and the probe has."""
    both = isinstance(wanted, dict) and isinstance(got, dict)
    return both and wanted["error"] == got["error"] and not wanted["message"]


def depth_faults(frames: dict[str, Frame]) -> list[str]:
    """Where the stack is deeper than the compiler reserved, or a function returns with more than one."""
    frame = frames.get("bytecode")
    if frame is None:
        return []
    table = CodeTable.from_frame(frame.head, frame.columns)
    for code in table.codes:
        rows = range(code.first, code.first + code.count)
        deepest = max((max(table.stack_before[row], table.stack_after[row]) for row in rows), default=0)
        if deepest > code.stacksize:
            return [f"{code.qualname}: depth {deepest}, reserved {code.stacksize}"]
        for row in rows:
            if table.strings[table.opname[row]] == "RETURN_VALUE" and table.stack_before[row] not in (-1, 1):
                return [f"{code.qualname}: returns at depth {table.stack_before[row]}"]
    return []
