"""How things ended: a failure with its place in the source, a program's output, a cache file's header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from flowtui.engine.verdict import size
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.model.run import Ended, RaisedError
from flowtui.model.span import Span
from flowtui.report.layout import TAB_SIZE, Line, cells, cut, expand, milliseconds, plain, text_lines, visible
from flowtui.report.pipeline import Ran, foreign_sentence
from flowtui.report.tables import fields

#: Who stopped, by the stage of the failure.
STOPPERS = {
    "source": "these bytes could not be read as text",
    "ast": "the parser stopped here",
    "symbols": "the symbol table could not be made",
    "bytecode": "the compiler stopped here",
}


def failure_lines(failure: Failure, width: int) -> Iterator[Line]:
    """The interpreter's words, the line with a caret, and whether anything had been run."""
    yield Line(((f"  {failure.type}: ", "error"), (visible(failure.message), "")))
    yield from excerpt(failure.text, failure.span, width)
    stopper = STOPPERS.get(failure.stage)
    if failure.type in {"Crash", "Timeout"}:
        yield plain("  The interpreter itself gave up on this stage; the stages before it stand.", "dim")
    elif failure.type != "Unavailable" and stopper:
        yield plain(f"  Nothing was run: {stopper}.", "dim")


def excerpt(text: str, span: Span | None, width: int) -> Iterator[Line]:
    """A source line with carets under the span, in screen cells; long lines are cut around the span."""
    if span is None or not text.strip():
        return
    text = text.rstrip("\r\n")
    start = min(span.column, len(text))
    end = min(span.end_column, len(text)) if span.end_line == span.line else len(text.rstrip())
    before = _shown(text[:start])
    marked = _shown(text[start:end], cells(before))
    after = _shown(text[end:], cells(before) + cells(marked))
    room = max(20, width - 9) if width else 0
    if room and cells(before) > room // 2:
        keep = len(before)
        while keep and cells(before[len(before) - keep :]) >= room // 2:
            keep -= max(1, keep // 64) if keep > room else 1
        before = "…" + before[len(before) - keep :]
    line = cut(before + marked + after, room)
    carets = max(1, cells(marked))
    if room:
        carets = min(carets, max(1, room - cells(before)))
    yield Line(((f"  {span.line:>5}", "line"), (" │ ", "dim"), (line, "")), span.line)
    yield Line(((" " * 7 + " │ ", "dim"), (" " * cells(before) + "^" * carets, "error")))


def _shown(text: str, column: int = 0) -> str:
    """Text as it is drawn from cell `column` on: tabs up to the next stop, unsafe characters as escapes."""
    return visible(expand(text, column % TAB_SIZE))


def output_lines(ran: Ran, width: int) -> Iterator[Line]:
    """What the program wrote, stream by stream, and how it ended."""
    for name, text, style in (("stdout", ran.stdout, ""), ("stderr", ran.stderr, "error")):
        if text:
            yield plain(f"  {name}", "dim")
        for line in text_lines(text):
            yield Line((("  │ ", "dim"), (line, style)))
    if not ran.stdout and not ran.stderr:
        yield plain("  It wrote nothing.", "dim")
    yield Line((("  " + visible(ran.ended.sentence), "error" if ran.failed else "accent"),))
    if ran.ended.error is not None and "Traceback (most recent call last):" not in ran.stderr:
        yield from raised_lines(ran.ended.error, width)


def raised_lines(error: RaisedError, width: int) -> Iterator[Line]:
    """The last frame of a traceback with its place marked: where the error arose."""
    if not error.frames:
        return
    frame = error.frames[-1]
    place = f"  in {frame.name}, {frame.filename}, line {frame.line}"
    yield Line(((cut(visible(place), width), "dim"),), frame.line)
    span = frame.span or Span(frame.line, 0, frame.line, 0)
    if frame.span is not None:
        yield from excerpt(frame.text, span, width)


def usage(ended: Ended) -> str:
    """The run's figures: ``12.5 ms, 10.1 ms of processor time, 9.2 MB``."""
    parts = [milliseconds(ended.wall * 1000), f"{milliseconds(ended.cpu * 1000)} of processor time"]
    if ended.peak_memory:
        parts.append(size(ended.peak_memory))
    return ", ".join(parts)


def pyc_lines(
    header: PycHeader, interpreter: Interpreter, readers: Sequence[str], width: int
) -> Iterator[Line]:
    """The header's fields, and whether the file still fits its source."""
    rows = [("file", header.path)]
    if header.exists:
        rows += [
            ("size", f"{header.size:,} bytes, {header.code_size:,} of them behind the header"),
            ("magic", f"{header.magic}{f', {header.written_by}' if header.written_by else ''}"),
            ("flags", f"{header.flags:#06b}{f', {header.kind}' if header.kind else ''}"),
        ]
    if header.source_mtime is not None:
        moment = datetime.fromtimestamp(header.source_mtime, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        rows.append(("source time", f"{header.source_mtime}, {moment}"))
    if header.source_size is not None:
        rows.append(("source size", f"{header.source_size:,} bytes"))
    if header.source_hash is not None:
        rows.append(("source hash", header.source_hash))
    if header.source_path:
        rows.append(("source", header.source_path))
    rows.append(("state", header.state + (f": {header.reason}" if header.reason else "")))
    if header.exists and not header.readable:
        rows.append(("readable", foreign_sentence(header, interpreter, tuple(readers))))
    yield from fields(rows, width)
