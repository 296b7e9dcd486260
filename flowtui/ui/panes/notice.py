"""Why a pane has no rows: the interpreter's own message and line, or the stage where it went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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


class Words(NamedTuple):
    """What a notice says: a text that wraps, and lines of source that do not."""

    text: Content
    code: Content | None = None


class Notice(VerticalScroll):
    """Words in place of the rows, or above them."""

    def __init__(self, *, classes: str | None = None) -> None:
        self._text = Static("", markup=False)
        self._code = Static("", classes="code", markup=False)
        self._words = Words(Content())
        super().__init__(self._text, self._code, classes=classes)

    def show(self, words: Words) -> None:
        """Show other words."""
        if words != self._words:
            self._words = words
            self._text.update(words.text)
            self._code.update(words.code or "")
            self._code.display = words.code is not None

    @property
    def text(self) -> str:
        """What is said, without its colours."""
        text, code = self._words
        return text.plain if code is None else f"{text.plain}\n{code.plain}"


def about_failure(failure: Failure, interpreter: Interpreter | None, able: Sequence[str]) -> Words:
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
        return Words(Content("\n").join(lines))
    if failure.type == "Unread":
        title = Content.assemble(("— ", "$text-muted"), (f"{who} cannot read this .pyc file.", "bold"))
        return Words(Content("\n").join([title, Content(visible(failure.message))]))
    code = None
    lines = [
        Content.assemble(
            ("✗ ", "bold $text-error"),
            (failure.type, "bold $text-error"),
            (f": {visible(failure.message)}" if failure.message else "", "$foreground"),
        )
    ]
    if failure.span is not None:
        where = f"line {failure.span.line}, column {failure.span.column}"
        lines.append(Content.styled(f"{where}, says {who}; g and ⏎ go there", "$text-muted"))
        if failure.text:
            code = _marked(failure)
    else:
        lines.append(Content.styled(f"says {who}", "$text-muted"))
    return Words(Content("\n").join(lines), code)


def _marked(failure: Failure) -> Content:
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
    caret = Content.styled("  " + " " * before + "^" * width, "bold $text-error")
    return Content("\n").join([Content(f"  {left}{visible(shown)}"), caret])


def about_missing(stage: str, analysis: Analysis) -> Words | None:
    """Which failure keeps a stage from coming at all; None while it may still come."""
    for other, failure in analysis.failures.items():
        stops = other in _NEEDS.get(stage, ()) or failure.type in _ENDS
        if stops and other != stage:
            text = f"no {_WORDS.get(stage, stage)}: see {_TITLES.get(other, other)} ({failure.type})"
            return quiet(text)
    if analysis.complete and analysis.version:
        return quiet(f"the interpreter gave no {_WORDS.get(stage, stage)}")
    return None


def quiet(text: str) -> Words:
    """Words that only say why there is nothing."""
    return Words(Content.styled(text, "$text-muted italic"))
