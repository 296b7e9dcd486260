"""Which bracket belongs to which."""

from __future__ import annotations

import re
from collections.abc import Callable

_BRACKET = re.compile(r"[()\[\]{}]")
_PARTNER = {"(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{"}
#: Code points on either side in which a partner is looked for, in a bracket's own line.
_NEAR = 20_000


def partner(
    code: Callable[[int], str], bracket: str, place: tuple[int, int], rows: range
) -> tuple[int, int] | None:
    """The place, row and column, of the bracket that belongs to one; None when there is none in some rows.

    Args:
        code: a line, with strings and comments blanked out.
        bracket: the one whose partner is looked for.
        place: where it stands; within a string it has no partner.
        rows: no others are looked at.
    """
    row, column = place
    if bracket not in _PARTNER or row not in rows or code(row)[column : column + 1] != bracket:
        return None
    forward = bracket in "([{"
    waiting: list[str] = []
    for at in range(row, rows.stop) if forward else range(row, rows.start - 1, -1):
        text = code(at)
        begin, end = 0, min(len(text), _NEAR)
        if at == row:
            begin, end = (column, column + _NEAR) if forward else (max(0, column - _NEAR), column + 1)
        found = list(_BRACKET.finditer(text, begin, end))
        for match in found if forward else reversed(found):
            sign = match.group()
            if (sign in "([{") == forward:
                waiting.append(_PARTNER[sign])
            elif not waiting or waiting.pop() != sign:
                return None
            elif not waiting:
                return at, match.start()
    return None
