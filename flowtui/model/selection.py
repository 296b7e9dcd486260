"""One place in the source, as the rows of every stage that belong to it; `links` finds them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from flowtui.model.span import Position, Span


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """One place, as the rows of every stage that belong to it.

    Attributes:
        origin: where it was made: ``source``, ``tokens``, ``ast``, ``symbols``, ``bytecode`` or ``output``.
        position: where the source's cursor is, or goes.
        span: the exact stretch of source that is linked, None when nothing is.
        token: the row of the token, None for none.
        tokens: the rows inside `span`; for a symbol, each place where its scope names it.
        node: the nearest node's row, None for none.
        enclosing: the rows of the nodes around it, inside out.
        instructions: the rows of its instructions, exact by columns unless `by_line`.
        by_line: whether the instructions were found by line, since the interpreter gives no columns.
        symbols: the rows of the symbol table with that name in that scope.
    """

    origin: str
    position: Position | None = None
    span: Span | None = None
    token: int | None = None
    tokens: Sequence[int] = ()
    node: int | None = None
    enclosing: tuple[int, ...] = ()
    instructions: tuple[int, ...] = ()
    by_line: bool = False
    symbols: tuple[int, ...] = ()
