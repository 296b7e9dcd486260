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
    """The instructions whose name is no longer the compiler's: (code object's id, offset, opname now).

    Bytes are compared and not instructions of ``dis``, which takes a hundred times longer. Inline caches are
    CACHE, 0, in ``co_code``, whatever stands in them.
    """
    if not hasattr(module, ADAPTIVE):
        return []
    names = standard.load("dis")._all_opname
    found = []
    for number, code in enumerate(nested(module)):
        plain, now = code.co_code, getattr(code, ADAPTIVE)
        if plain != now:
            found += [
                (number, 2 * index, names[after])
                for index, (before, after) in enumerate(zip(plain[::2], now[::2]))
                if before != after and before != 0 and not names[after].startswith("INSTRUMENTED")
            ]
    return found
