"""Where a text stands in a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: A match: row and columns from 0, in code points, half open.
Match = tuple[int, int, int]


@dataclass(frozen=True)
class Found:
    """The outcome of a search.

    Attributes:
        match: the nearest one in the direction asked for, going round at the end, or None.
        index: its number among all, from 1; 0 when there is none.
        count: how many there are.
    """

    match: Match | None
    index: int
    count: int


def compile_needle(text: str, case: bool) -> re.Pattern[str] | None:
    """A pattern that finds `text` literally, or None for what no line can hold."""
    if not text or "\n" in text or "\r" in text:
        return None
    return re.compile(re.escape(text), 0 if case else re.IGNORECASE)


def find_match(
    lines: Sequence[str],
    pattern: re.Pattern[str],
    start: tuple[int, int],
    end: tuple[int, int],
    forward: bool,
) -> Found:
    """The nearest match after `end` (or, backwards, before `start`) of the current selection.

    Args:
        lines: the document's.
        pattern: of `compile_needle`.
        start: where the selection begins, (row, column).
        end: where it ends.
        forward: downwards.
    """
    chosen: Match | None = None
    first: Match | None = None
    last: Match | None = None
    chosen_index = count = 0
    finditer, search = pattern.finditer, pattern.search
    for row, line in enumerate(lines):
        if search(line) is None:
            continue
        for found in finditer(line):
            count += 1
            match = (row, *found.span())
            if first is None:
                first = match
            last = match
            if forward:
                if chosen is None and match[:2] >= end:
                    chosen, chosen_index = match, count
            elif (row, match[2]) <= start:
                chosen, chosen_index = match, count
    if chosen is None and count:
        chosen, chosen_index = (first, 1) if forward else (last, count)
    return Found(chosen, chosen_index, count)
