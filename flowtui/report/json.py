"""A report as JSON: the contract that tests and other programs use.

One object: ``{"flowtui", "interpreter", "source", "stages"}``. It is UTF-8, except that a value with a lone
surrogate (an undecodable byte, a program's odd output) is written in ASCII escapes, the only valid
way. Every row stands on a line of its own, so that a long report can be read piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from flowtui import __version__
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.model.stages import CodeObject, CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.report.pipeline import Outcome, Ran, Report
from flowtui.report.tables import source_lines
from flowtui.report.trace import Traced
from flowtui.report.trace import fields as trace_fields

#: Rows written at once.
BLOCK = 512


def encode(value: Any) -> bytes:
    """One value as JSON on one line; structures become objects, spans lists."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode("ascii")


def chunks(report: Report) -> Iterator[bytes]:
    """The report's object in pieces."""
    head = {
        "flowtui": __version__,
        "interpreter": interpreter_object(report.interpreter),
        "source": source_object(report),
    }
    for key, value in head.items():
        yield (b"{" if key == "flowtui" else b"") + encode(key) + b":" + encode(value) + b",\n"
    yield b'"stages":{'
    between = b"\n"
    for stage in report.stages:
        outcome = report.outcome(stage)
        if outcome is None:
            continue
        yield between + encode(stage) + b":"
        yield from stage_chunks(report, stage, outcome)
        between = b",\n"
    yield b"}}\n"


def interpreter_object(interpreter: Interpreter) -> dict[str, Any]:
    """An interpreter's fields, its capabilities in alphabetical order."""
    fields = msgspec.structs.asdict(interpreter)
    return {**fields, "capabilities": sorted(interpreter.capabilities)}


def source_object(report: Report) -> dict[str, Any]:
    """The source's name, number of lines and encoding; a cache file has neither lines nor encoding."""
    source = report.source
    lines = len(source_lines(source)) if source.encoding else 0
    return {"name": source.name, "lines": lines, "encoding": source.encoding or None}


def stage_chunks(report: Report, stage: str, outcome: Outcome) -> Iterator[bytes]:
    """One stage's object in pieces; rows that came before a failure stand beside the error."""
    failure = outcome if isinstance(outcome, Failure) else report.failure(stage)
    yield b"{"
    if failure is not None:
        yield b'"error":' + encode(error_object(failure))
        if isinstance(outcome, Failure) or not (isinstance(outcome, TokenTable) and len(outcome)):
            yield b"}"
            return
        yield b","
    if isinstance(outcome, TokenTable | TreeTable):
        yield b'"rows":['
        yield from rows(outcome.row(row) for row in range(len(outcome)))
        yield b"]"
    elif isinstance(outcome, SymbolTable):
        yield b'"rows":['
        yield from rows(outcome.rows())
        yield b"]"
    elif isinstance(outcome, CodeTable):
        yield from _code_chunks(outcome, report.adaptive)
    elif isinstance(outcome, Traced):
        yield from _trace_chunks(outcome)
    elif isinstance(outcome, Ran):
        yield encode(output_object(outcome))[1:-1]
    elif isinstance(outcome, PycHeader):
        fields = msgspec.structs.asdict(outcome)
        yield encode({**fields, "readers": report.readers} if report.readers else fields)[1:-1]
    yield b"}"


def rows(values: Iterable[Any]) -> Iterator[bytes]:
    """The inside of a list, a value a line."""
    block: list[bytes] = []
    between = b"\n"
    for value in values:
        block.append(encode(value))
        if len(block) == BLOCK:
            yield between + b",\n".join(block)
            between = b",\n"
            block.clear()
    if block:
        yield between + b",\n".join(block)


def _code_chunks(table: CodeTable, adaptive: bool) -> Iterator[bytes]:
    yield b'"code":['
    for code in table.codes:
        yield (b",\n" if code.id else b"\n") + encode(code_object(code))[:-1] + b',"instructions":['
        yield from rows(
            instruction_object(table, row, adaptive) for row in range(code.first, code.first + code.count)
        )
        yield b"]}"
    yield b"]"


def _trace_chunks(traced: Traced) -> Iterator[bytes]:
    between = b""
    for key, value in trace_fields(traced):
        yield between + encode(key) + b":"
        if isinstance(value, Iterator):
            yield b"["
            yield from rows(value)
            yield b"]"
        else:
            yield encode(value)
        between = b",\n"


def code_object(code: CodeObject) -> dict[str, Any]:
    """A code object without its instructions."""
    names = ("id", "parent", "name", "qualname", "firstlineno", "flags", "stacksize")
    lists = ("consts", "names", "varnames", "freevars", "cellvars")
    entries = [
        {"start": start, "end": end, "target": target, "depth": depth, "lasti": lasti}
        for start, end, target, depth, lasti in code.exception_table
    ]
    return {name: getattr(code, name) for name in names + lists} | {"exception_table": entries}


def instruction_object(table: CodeTable, row: int, adaptive: bool) -> dict[str, Any]:
    """An instruction; after a run also what it had become, or None."""
    fields = msgspec.structs.asdict(table.row(row))
    del fields["caches"]
    if not adaptive:
        del fields["specialised"]
    return fields


def output_object(ran: Ran) -> dict[str, Any]:
    """What a program wrote and how it ended; times in seconds, memory in bytes."""
    ended = ran.ended
    return {
        "stdout": ran.stdout,
        "stderr": ran.stderr,
        "exit_status": ended.exit_status,
        "signal": ended.signal,
        "limit": ended.limit,
        "error": ended.error,
        "sentence": ended.sentence,
        "wall": ended.wall,
        "cpu": ended.cpu,
        "peak_memory": ended.peak_memory,
    }


def error_object(failure: Failure) -> dict[str, Any]:
    """A failure: where it arose, in the interpreter's words, and the source's line."""
    return {
        "stage": failure.stage,
        "type": failure.type,
        "message": failure.message,
        "span": failure.span,
        "text": failure.text,
    }
