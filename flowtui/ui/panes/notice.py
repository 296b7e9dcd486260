"""Why a pane has no rows: the interpreter's own message and line, or the stage where it went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from flowtui.model.analysis import Analysis
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.ui.panes.text import visible

#: stage → the stages without which it cannot be made, and its words.
_NEEDS = {
    "tokens": ("source",),
    "ast": ("source",),
    "symbols": ("source", "ast"),
    "bytecode": ("source", "ast"),
}
_WORDS = {"source": "Source", "tokens": "tokens", "ast": "tree", "symbols": "symbols", "bytecode": "bytecode"}
_TITLES = {"source": "Source", "tokens": "Tokens", "ast": "AST", "symbols": "Symbols", "bytecode": "Bytecode"}
#: Failures of the interpreter itself: no later stage is tried after them.
_ENDS = frozenset({"Crash", "Timeout"})
#: Code points of the source line that are shown before and behind the caret.
_BEFORE, _BEHIND = 40, 40


class Notice(VerticalScroll):
    """A text in place of the rows, or above them."""

    def __init__(self, *, classes: str | None = None) -> None:
        self._text = Static("", markup=False)
        super().__init__(self._text, classes=classes)

    def show(self, text: Content) -> None:
        """Show `text`."""
        self._text.update(text)

    @property
    def text(self) -> str:
        """What is said, without its colours."""
        content = self._text.content
        return content.plain if isinstance(content, Content) else str(content)


def about_failure(failure: Failure, interpreter: Interpreter | None, able: Sequence[str]) -> Content:
    """The interpreter's own message, the source line that it names and a caret below the place.

    Args:
        failure: what went wrong at this stage.
        interpreter: who says so.
        able: the names of other interpreters that have what this one lacks.
    """
    who = interpreter.name if interpreter is not None else "this interpreter"
    if failure.type == "Unavailable":
        words = _WORDS.get(failure.stage, failure.stage)
        lines = [Content.assemble(("— ", "$text-muted"), (f"{who} has no {words} to show.", "bold"))]
        if failure.message:
            lines.append(Content(visible(failure.message)))
        has = f"{', '.join(able)} can show them." if able else "Every CPython from 3.8 can show them."
        lines.append(Content.styled(has, "$text-muted"))
        return Content("\n").join(lines)
    lines = [
        Content.assemble(
            ("✗ ", "bold $text-error"),
            (failure.type, "bold $text-error"),
            (f": {visible(failure.message)}" if failure.message else "", "$foreground"),
        )
    ]
    if failure.span is not None:
        where = f"line {failure.span.line}, column {failure.span.column}"
        lines.append(Content.styled(f"{where}, says {who}", "$text-muted"))
        if failure.text:
            lines += _marked(failure)
    else:
        lines.append(Content.styled(f"says {who}", "$text-muted"))
    return Content("\n").join(lines)


def _marked(failure: Failure) -> list[Content]:
    """The source line, cut round the place, and carets below it."""
    span = failure.span
    assert span is not None
    text = failure.text.split("\n", 1)[0]
    begin = max(0, span.column - _BEFORE)
    end = span.end_column if span.end_line == span.line else len(text)
    end = max(span.column + 1, min(end, span.column + _BEHIND, len(text)))
    shown = text[begin : span.column + _BEHIND]
    if begin == 0:
        lead = len(shown) - len(shown.lstrip())
        begin, shown = min(lead, span.column), shown[min(lead, span.column) :]
    left = "…" if begin and text[:begin].strip() else ""
    before = Content(left + visible(text[begin : span.column])).cell_length
    width = max(1, Content(visible(text[span.column : end])).cell_length)
    return [
        Content(f"  {left}{visible(shown)}"),
        Content.styled("  " + " " * before + "^" * width, "bold $text-error"),
    ]


def about_missing(stage: str, analysis: Analysis) -> Content | None:
    """Which failure keeps a stage from coming at all; None while it may still come."""
    for other, failure in analysis.failures.items():
        stops = other in _NEEDS.get(stage, ()) or failure.type in _ENDS
        if stops and other != stage:
            text = f"no {_WORDS.get(stage, stage)}: see {_TITLES.get(other, other)} ({failure.type})"
            return Content.styled(text, "$text-muted italic")
    if analysis.complete and analysis.version:
        return Content.styled(f"the interpreter gave no {_WORDS.get(stage, stage)}", "$text-muted italic")
    return None
