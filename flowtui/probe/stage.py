"""One request's stages: each is tried, timed, and sent as a table or as a failure."""

from __future__ import annotations

from time import perf_counter

from .failure import ask_again, describe
from .text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    import ast
    from array import array
    from typing import Any

    from .serve import Pipe


class Unavailable(Exception):  # noqa: N818  # the learner reads this name
    """This interpreter has no such stage; the message says who has."""


class Work:
    """What one request needs and what later stages take from earlier ones."""

    def __init__(self, pipe: Pipe, number: int, name: str, data: bytes) -> None:
        self._pipe = pipe
        self._number = number
        self._name = name
        self._data = data
        self._text: Text | None = None
        self._tree: ast.Module | None = None

    def make(self, stage: str) -> bool:
        """Make one stage and send it; False when the stages behind it cannot be tried any more."""
        began = perf_counter()
        error: BaseException | None = None
        try:
            if self._text is None:
                self._text = Text(self._data)
            head, columns, error = getattr(self, "_" + stage)(self._text)
        except (Exception, SystemError) as raised:
            error = raised
        else:
            head.update(
                kind="stage", id=self._number, stage=stage, milliseconds=(perf_counter() - began) * 1e3
            )
            self._pipe.send(head, columns)
        if error is not None:
            self._fail(stage, error)
        return error is None or stage != "ast"

    def _fail(self, stage: str, error: BaseException) -> None:
        """Send a failure: the error in the interpreter's own words, and its place."""
        if isinstance(error, SyntaxError) and stage != "tokens" and self._text is not None:
            error = ask_again(error, self._text, self._name)
        self._pipe.send(dict(describe(stage, error, self._text), kind="failure", id=self._number))

    def _tokens(self, text: Text) -> tuple[dict[str, Any], dict[str, array[int]], Exception | None]:
        from . import tokens

        return tokens.make(text)

    def _ast(self, text: Text) -> tuple[dict[str, Any], dict[str, array[int]], None]:
        from . import tree

        self._tree = tree.parse(text, self._name)
        return (*tree.make(self._tree, text), None)

    def _symbols(self, text: Text) -> tuple[dict[str, Any], dict[str, array[int]], None]:
        try:
            from . import symbols
        except ImportError:
            raise Unavailable("this interpreter has no symtable module; CPython has") from None
        from . import tree

        if self._tree is None:
            self._tree = tree.parse(text, self._name)
        return (*symbols.make(text, self._name, self._tree), None)

    def _bytecode(self, text: Text) -> tuple[dict[str, Any], dict[str, array[int]], None]:
        from . import bytecode

        code = compile(text.data, self._name, "exec", 0, True)
        return (*bytecode.make(code, text), None)
