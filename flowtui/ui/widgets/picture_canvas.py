"""A grid of cells that text and lines are put on, read out as lines of one style after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from flowtui.ui.widgets.cells import cells_after, glyphs, is_plain, safe

#: A stretch of text and the name of its style.
Part = tuple[str, str]


def fit(text: str, cells: int) -> str:
    """`text` made safe for a terminal and cut, with a sign, to so many cells."""
    if len(text) <= cells and is_plain(text):
        return text
    if cells <= 0:
        return ""
    shown = safe(text[: 4 * cells + 4])
    if len(text) <= 4 * cells + 4 and cells_after(shown) <= cells:
        return shown
    kept: list[str] = []
    used = 0
    for drawn, width, _ in glyphs(shown, 0):
        if used + width > cells - 1:
            break
        kept.append(drawn)
        used += width
    return "".join(kept) + "…"


def width_of(parts: Iterable[Part]) -> int:
    """The cells that parts take; their texts are safe already."""
    return sum(len(text) if text.isascii() else cells_after(text) for text, _ in parts)


class Canvas:
    """A grid of cells, each with a character and the name of a style.

    A character of two cells stands in the first, and nothing in the second.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.characters = [[" "] * width for _ in range(height)]
        self.styles = [[""] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: str, end: int | None = None) -> int:
        """Write `text`, which is safe, and return the cell behind it.

        What would reach beyond the cell `end`, or the canvas, is left out.
        """
        limit = self.width if end is None else min(end, self.width)
        if not 0 <= y < self.height or x >= limit:
            return x
        row, styles = self.characters[y], self.styles[y]
        if is_plain(text):
            count = min(len(text), limit - x)
            row[x : x + count] = text[:count]
            styles[x : x + count] = [style] * count
            return x + count
        at = x
        for drawn, width, _ in glyphs(text, 1):
            if at + width > limit:
                break
            if width == 0:
                if at > x:
                    row[at - 1 if row[at - 1] or at - 2 < x else at - 2] += drawn
                continue
            row[at] = drawn
            styles[at] = style
            if width == 2:
                row[at + 1] = ""
                styles[at + 1] = style
            elif width > 2:
                row[at + 1 : at + width] = [""] * (width - 1)
                styles[at + 1 : at + width] = [style] * (width - 1)
            at += width
        return at

    def put_parts(self, x: int, y: int, parts: Iterable[Part], end: int | None = None) -> int:
        """Write one part behind the other and return the cell behind them."""
        for text, style in parts:
            x = self.put(x, y, text, style, end)
        return x

    def fill(self, x: int, end: int, y: int, character: str, style: str) -> None:
        """Repeat a character of one cell up to the cell `end`."""
        count = min(end, self.width) - x
        if count > 0 and 0 <= y < self.height:
            self.characters[y][x : x + count] = [character] * count
            self.styles[y][x : x + count] = [style] * count

    def tint(self, x: int, end: int, y: int, style: str) -> None:
        """Lay a style over what is there: the names of both are joined by a blank."""
        if 0 <= y < self.height:
            styles = self.styles[y]
            for at in range(max(0, x), min(end, self.width)):
                styles[at] = f"{styles[at]} {style}"

    def parts(self, y: int) -> Sequence[Part]:
        """A line as stretches of one style."""
        row, start = self.characters[y], 0
        found: list[Part] = []
        for style, group in groupby(self.styles[y]):
            end = start + len(list(group))
            found.append(("".join(row[start:end]), style))
            start = end
        return found
