"""The doctor's report: interpreters and what each can show, the terminal, the system."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

import msgspec

from flowtui import __version__
from flowtui.engine.interpreters import discover_all
from flowtui.engine.stack_check import Verdict, stack_verdict
from flowtui.engine.verdict import size
from flowtui.model.interpreter import Capability, Interpreter
from flowtui.report.json import encode, interpreter_object
from flowtui.report.layout import Line, Piece, Section, cells, count, left, plain, visible
from flowtui.report.sections import interpreter_name
from flowtui.report.surroundings import System, Terminal, system, terminal
from flowtui.report.tables import fields, wrapped
from flowtui.report.text import Painter, blocks, heading, plain_text

#: What an interpreter can show, as heads of columns.
ABILITIES: dict[str, str] = {
    "tokens": "tokens",
    "ast": "AST",
    "symbols": "symbols",
    "bytecode": "bytecode",
    "columns": "columns",
    "exception_table": "exc.table",
    "caches": "caches",
    "adaptive": "adaptive",
    "run": "run",
    "pyc": "pyc",
}


class Unanswered(msgspec.Struct, frozen=True):
    """An interpreter that cannot be used: where it is, where it was found, and why in one line."""

    path: str
    source: str
    reason: str


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """All that the doctor found; `stacks`: whether an interpreter's operand stacks can be read, by its path."""

    interpreters: list[Interpreter]
    unanswered: list[Unanswered]
    terminal: Terminal
    system: System
    stacks: Mapping[str, Verdict] = {}

    @property
    def status(self) -> int:
        """0, or 1 when no interpreter can be used."""
        return 0 if self.interpreters else 1


async def examine(*, refresh: bool = False) -> Examination:
    """Look at everything.

    Args:
        refresh: ask interpreters again that are remembered.
    """
    found = await discover_all(refresh=refresh)
    verdicts = await asyncio.gather(*map(stack_verdict, found.usable))
    return Examination(
        interpreters=found.usable,
        unanswered=[Unanswered(bad.path, bad.source, bad.cause) for bad in found.unusable],
        terminal=terminal(),
        system=system(),
        stacks={one.path: verdict for one, verdict in zip(found.usable, verdicts, strict=True)},
    )


def as_json(examination: Examination) -> bytes:
    """The examination as one JSON object."""
    return (
        encode(
            {
                "flowtui": __version__,
                "interpreters": [
                    {**interpreter_object(found), "operand_stack": examination.stacks.get(found.path)}
                    for found in examination.interpreters
                ],
                "unanswered": examination.unanswered,
                "terminal": examination.terminal,
                "system": examination.system,
            }
        )
        + b"\n"
    )


def text(examination: Examination, width: int, paint: Painter | None = None) -> Iterator[str]:
    """The examination as text, in pieces."""
    draw = paint or plain_text
    for number, section in enumerate(sections(examination, width)):
        yield ("\n" if number else "") + draw(heading(section, width)) + "\n"
        yield from blocks(section.lines, draw)


def sections(examination: Examination, width: int) -> Iterator[Section]:
    """The examination's parts."""
    found, bad = examination.interpreters, examination.unanswered
    yield Section(
        "interpreters", count(len(found), "interpreter"), interpreter_lines(found, width), not found
    )
    if found:
        yield Section("what each can show", "✓ yes  – no", ability_lines(found))
    if examination.stacks:
        yield Section("operand stack of a recorded step", "", stack_lines(examination, width))
    if bad:
        yield Section("cannot be used", count(len(bad), "interpreter"), unanswered_lines(bad, width))
    yield Section("terminal", "", fields(terminal_rows(examination.terminal), width))
    yield Section("system", "", fields(system_rows(examination.system), width))


def interpreter_lines(found: Sequence[Interpreter], width: int) -> Iterator[Line]:
    """A line an interpreter: its short name, what it is, GIL, JIT, where it was found, its path.

    Paths that do not fit beside the rest stand below it: a path is there to be copied.
    """
    if not found:
        yield plain("  None that can be used: install Python 3.8 or newer, or PyPy 3.", "error")
        return
    rows = [("name", "interpreter", "GIL", "JIT", "found in", "path")]
    rows += [
        (one.name, interpreter_name(one), "on" if one.gil else "off", one.jit, one.source, visible(one.path))
        for one in found
    ]
    lines = list(grid(rows))
    if not width or all(cells(line.text) <= width for line in lines):
        yield from lines
        return
    for row, line in zip(rows, grid([row[:-1] for row in rows]), strict=True):
        yield line
        if row is not rows[0]:
            yield plain(f"    {row[-1]}", "dim")


def unanswered_lines(found: Sequence[Unanswered], width: int) -> Iterator[Line]:
    """A path, and below it why the interpreter there cannot be used."""
    for one in found:
        yield Line((("  " + visible(one.path), ""), (f"  {one.source}", "dim")))
        for part in wrapped(one.reason, max(20, width - 4) if width else 0):
            yield plain("    " + part, "dim")


def ability_lines(found: Sequence[Interpreter]) -> Iterator[Line]:
    """A line an interpreter, a column a capability."""
    abilities = get_args(Capability)
    rows = [("", *(ABILITIES.get(ability, ability) for ability in abilities))]
    rows += [(one.name, *("✓" if one.can(ability) else "–" for ability in abilities)) for one in found]
    yield from grid(rows, gap=1)


def stack_lines(examination: Examination, width: int) -> Iterator[Line]:
    """Whose operand stacks are read from memory; why not, for the others."""
    stacks = examination.stacks
    known = [(one.name, stacks[one.path]) for one in examination.interpreters if one.path in stacks]
    exact = ", ".join(dict.fromkeys(name for name, verdict in known if verdict.exact))
    others = [f"{name}: {verdict.reason}" for name, verdict in known if not verdict.exact]
    for text in [f"read from the frames themselves: {exact or 'of none here'}", *dict.fromkeys(others)]:
        for part in wrapped(text, max(20, width - 2) if width else 0):
            yield plain("  " + part)


def grid(rows: Sequence[Sequence[str]], gap: int = 2) -> Iterator[Line]:
    """Rows in columns as wide as their widest cell; the first row is the head."""
    widths = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        pieces: list[Piece] = [("  ", "")]
        for i, value in enumerate(row):
            shown = left(value, widths[i] + gap)
            pieces.append((shown, "dim" if number == 0 else "accent" if i == 0 else ""))
        yield Line(pieces)


def terminal_rows(found: Terminal) -> list[tuple[str, str]]:
    """The terminal's facts as names and values."""
    if found.output_is_terminal:
        size = f"{found.columns} × {found.rows}"
        if found.columns < 80 or found.rows < 24:
            size += ", less than the 80 × 24 that the workbench is made for"
    else:
        size = "none: standard output is no terminal"
    signs = "" if found.unicode else ", without our signs: ASCII is written in their place"
    return [
        ("size", size),
        ("keys", "from standard input" if found.input_is_terminal else "none: standard input is no terminal"),
        ("TERM", found.term or "not set"),
        ("COLORTERM", found.colorterm or "not set"),
        ("colours", found.colours),
        ("encoding", (found.encoding or "none") + signs),
        ("multiplexer", found.multiplexer or "none known"),
        ("SSH", "yes" if found.ssh else "no"),
        ("synchronized output", f"{found.synchronized_output} (guessed from the environment)"),
    ]


def system_rows(found: System) -> list[tuple[str, str]]:
    """The system's facts as names and values."""
    cores = f"{found.usable_cores} of {found.cores} usable"
    if found.cgroup_cpus is not None:
        cores += f", {found.cgroup_cpus:g} by the cgroup's quota"
    allowed = size(found.cgroup_memory) if found.cgroup_memory is not None else "no limit"
    processes = "no limit" if found.cgroup_processes is None else f"{found.cgroup_processes:,}"
    limits = ", ".join(
        limit.name.removeprefix("RLIMIT_") + (" (none)" if limit.soft is None else f" {limit.soft:,}")
        for limit in found.limits
    )
    namespaces = "not known" if found.user_namespaces is None else f"{found.user_namespaces:,} allowed"
    rows = [
        ("system", found.system),
        ("cores", cores),
        ("cgroup memory", allowed),
        ("cgroup processes", processes),
        ("limits here", limits),
        ("parent-death signal", "yes" if found.parent_death_signal else "no"),
        ("subreaper", "yes" if found.subreaper else "no"),
        ("user namespaces", namespaces),
    ]
    if found.root:
        rows.append(("user", "root: the system's own limit on processes does not hold; flowtui counts them"))
    return rows
