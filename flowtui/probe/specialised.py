"""What the specialising interpreter (CPython from 3.11) made of a program's instructions, after its run."""

from __future__ import annotations

from . import standard

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Iterator
    from types import CodeType

#: A code object's instructions as they stand now; private, and the one place where they are.
ADAPTIVE = "_co_code_adaptive"


def nested(code: CodeType) -> Iterator[CodeType]:
    """A module's code object, then those inside it, in the order of their ids: depth first."""
    stack = [code]
    while stack:
        current = stack.pop()
        yield current
        stack += [const for const in reversed(current.co_consts) if isinstance(const, type(code))]


def rows(module: CodeType) -> list[tuple[int, int, str]]:
    """The instructions whose name is no longer the compiler's: (code object's id, offset, opname now)."""
    if not hasattr(module, ADAPTIVE):
        return []
    dis = standard.load("dis")
    found = []
    for number, code in enumerate(nested(module)):
        if getattr(code, ADAPTIVE) == code.co_code:  # never ran, or nothing came of it
            continue
        plain = {row.offset: row.opname for row in dis.get_instructions(code)}
        found += [
            (number, row.offset, row.opname)
            for row in dis.get_instructions(code, adaptive=True)
            if row.opname != plain.get(row.offset) and not row.opname.startswith("INSTRUMENTED")
        ]
    return found
