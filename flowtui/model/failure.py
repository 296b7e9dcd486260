"""A stage that could not be made: what the interpreter, or the probe, said of it."""

from __future__ import annotations

import msgspec

from flowtui.model.span import Span


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong at a stage, in the interpreter's own words.

    Attributes:
        stage: where it arose: ``source`` (not readable as text), ``tokens``, ``ast``, ``symbols``, ``bytecode``,
            ``run`` or ``pyc``.
        type: the exception's class name (``SyntaxError``), ``Crash`` when the interpreter died, ``Timeout`` when it
            did not answer, ``Unavailable`` when it has no such stage,
            ``Unread`` when a ``.pyc`` file is none of its own.
        message: the interpreter's own message, one line.
        span: where in the source, or None when it did not say.
        text: the source line it names, without its line end; empty when there is none.
    """

    stage: str
    type: str
    message: str
    span: Span | None = None
    text: str = ""

    @property
    def sentence(self) -> str:
        """One line for the screen: ``SyntaxError: '(' was never closed (line 3, column 6)``."""
        where = f" (line {self.span.line}, column {self.span.column})" if self.span else ""
        return f"{self.type}: {self.message}{where}"
