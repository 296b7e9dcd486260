"""What the specialising interpreter made of a program's instructions, read after the run (CPython 3.11 and newer)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Iterator
    from types import CodeType


def nested(code: CodeType) -> Iterator[CodeType]:
    """A module's code object, then those inside it, depth first through ``co_consts``: the order of their ids."""
    stack = [code]
    while stack:
        current = stack.pop()
        yield current
        stack += [const for const in reversed(current.co_consts) if isinstance(const, type(code))]


def rows(module: CodeType) -> list[tuple[int, int, str]]:
    """The instructions whose name is no longer the compiler's: (code object's id, offset, opname now)."""
    if not hasattr(module, "_co_code_adaptive"):
        return []
    import dis

    found = []
    for number, code in enumerate(nested(module)):
        if code._co_code_adaptive == code.co_code:  # never ran, or nothing came of it
            continue
        plain = {row.offset: row.opname for row in dis.get_instructions(code)}
        for row in dis.get_instructions(code, adaptive=True):
            if row.opname != plain.get(row.offset, row.opname) and not row.opname.startswith("INSTRUMENTED"):
                found.append((number, row.offset, row.opname))
    return found
