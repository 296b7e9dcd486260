"""A report as sections of lines: what every written form (text, page, picture) is made of."""

from __future__ import annotations

from collections.abc import Iterator

from flowtui import __version__
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.report.code import code_lines
from flowtui.report.layout import Line, Section, count, milliseconds, visible
from flowtui.report.outcome import failure_lines, output_lines, pyc_lines, usage
from flowtui.report.pipeline import Outcome, Ran, Report
from flowtui.report.tables import listing, source_lines, symbol_lines, token_lines, tree_lines
from flowtui.report.trace import Traced
from flowtui.report.trace_text import trace_lines

#: Section titles; the other stages are called by their own names.
TITLES = {"ast": "AST"}


def title(report: Report) -> Line:
    """The first line: the program, the source, the interpreter."""
    facts = [visible(report.source.name)]
    if report.source.encoding:
        facts.append(count(len(source_lines(report.source)), "line"))
        if report.source.encoding != "utf-8":
            facts.append(report.source.encoding)
    facts.append(interpreter_name(report.interpreter))
    return Line(((f"flowtui {__version__}", "accent"), (" · " + " · ".join(facts), "")))


def interpreter_name(interpreter: Interpreter) -> str:
    """An interpreter in full: ``CPython 3.13.0, free-threaded``, ``PyPy 3.9.16 (7.3.11)``."""
    name = f"{interpreter.implementation_name} {interpreter.version}"
    if interpreter.implementation_version not in {"", interpreter.version}:
        name += f" ({interpreter.implementation_version})"
    return name + (", free-threaded" if interpreter.free_threaded else "")


def sections(report: Report, width: int, *, with_source: bool | None = None) -> Iterator[Section]:
    """The stages of a report, in order; lines are made when they are read.

    Args:
        report: what was gathered.
        width: cells a line; 0 cuts nothing.
        with_source: whether the source itself comes first; by default when no stage was named.
    """
    if (not report.named if with_source is None else with_source) and report.source.encoding:
        lines = count(len(source_lines(report.source)), "line")
        size = count(len(report.source.data), "byte")
        yield Section("source", f"{lines}, {size}", listing(report.source, width))
    for stage in report.stages:
        outcome = report.outcome(stage)
        if outcome is None:
            continue
        failure = outcome if isinstance(outcome, Failure) else report.failure(stage)
        failed = failure is not None or (isinstance(outcome, Ran | Traced) and outcome.failed)
        yield Section(stage, figures(outcome), _lines(report, outcome, failure, width), failed)


def figures(outcome: Outcome) -> str:
    """What stands in a section's title: counts, and what it took."""
    if isinstance(outcome, Failure):
        return "not available" if outcome.type == "Unavailable" else "stopped here"
    if isinstance(outcome, Ran):
        return usage(outcome.ended)
    if isinstance(outcome, PycHeader):
        return outcome.state
    if isinstance(outcome, Traced):
        return f"{count(outcome.total, 'step')} by {outcome.granularity}" + (
            ", cut" if outcome.truncated else ""
        )
    if isinstance(outcome, TokenTable):
        counts = count(len(outcome), "token")
    elif isinstance(outcome, TreeTable):
        counts = count(len(outcome), "node")
    elif isinstance(outcome, SymbolTable):
        names = len(outcome) - outcome.name.count(-1)
        counts = f"{count(len(outcome.scopes), 'scope')}, {count(names, 'name')}"
    else:
        counts = f"{count(len(outcome.codes), 'code object')}, {count(len(outcome), 'instruction')}"
    return f"{counts} · {milliseconds(outcome.milliseconds)}"


def _lines(report: Report, outcome: Outcome, failure: Failure | None, width: int) -> Iterator[Line]:
    if isinstance(outcome, TokenTable):
        yield from token_lines(outcome, width)
    elif isinstance(outcome, TreeTable):
        yield from tree_lines(outcome, width)
    elif isinstance(outcome, SymbolTable):
        yield from symbol_lines(outcome, width)
    elif isinstance(outcome, CodeTable):
        yield from code_lines(outcome, width)
        if report.adaptive and not outcome.specialised.count(-1) < len(outcome):
            yield Line((("  No instruction was specialised: the program ran too little of it.", "dim"),))
    elif isinstance(outcome, Ran):
        yield from output_lines(outcome, width)
    elif isinstance(outcome, Traced):
        yield from trace_lines(outcome, width)
    elif isinstance(outcome, PycHeader):
        yield from pyc_lines(outcome, report.interpreter, report.readers, width)
    if failure is not None:
        yield from failure_lines(failure, width)
