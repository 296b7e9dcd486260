"""How one line stands on the screen: code points to cells and back.

Every code point has a width of its own, whatever stands beside it (tabs apart, which reach to the next stop),
so that a mouse click lands on the right character. What Python itself calls not printable (`str.isprintable`:
control characters, lone surrogates, invisible format characters, odd spaces) is drawn as one visible cell: it
can neither hide nor harm.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from rich.cells import get_character_cell_size

#: Cells from one tab stop to the next.
TAB_STOP = 4
#: Code points from one remembered place of a `CellMap` to the next.
STEP = 1024

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DELETE = "\N{SYMBOL FOR DELETE}"
_OPEN_BOX = "\N{OPEN BOX}"
_DOTTED_CIRCLE = "\N{DOTTED CIRCLE}"
_CONTROL_PICTURES = 0x2400
#: Categories of printable code points that are drawn on top of the one before them.
_ATTACHED = frozenset({"Mn", "Me", "Mc", "Lo"})


def _glyph(character: str) -> tuple[str, int, bool]:
    """What is drawn for one code point, in how many cells, and whether that is a replacement."""
    if character.isprintable():
        width = get_character_cell_size(character)
        if width:
            return character, width, False
        if 0xFE00 <= ord(character) <= 0xFE0F:  # a variation selector: terminals disagree about its width
            return "", 0, False
        if unicodedata.category(character) in _ATTACHED:
            return character, 0, False
        return _REPLACEMENT, 1, True
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code), 1, True
    if code == 0x7F:
        return _DELETE, 1, True
    if unicodedata.category(character) == "Zs":
        return _OPEN_BOX, 1, True
    return _REPLACEMENT, 1, True


class _Glyphs(dict[str, tuple[str, int, bool]]):
    """`_glyph`, remembered."""

    def __missing__(self, character: str) -> tuple[str, int, bool]:
        found = self[character] = _glyph(character)
        return found


class _Widths(dict[str, int]):
    """Only the widths, for `map`."""

    def __missing__(self, character: str) -> int:
        width = self[character] = _GLYPHS[character][1]
        return width


_GLYPHS = _Glyphs()
_WIDTHS = _Widths()


def is_plain(text: str) -> bool:
    """Whether every code point of `text` is one cell that can be drawn as it is (printable ASCII)."""
    return text.isascii() and text.isprintable()


def cells_after(text: str, start: int = 0) -> int:
    """The cell that `text` ends at when it begins at cell `start`."""
    if is_plain(text):
        return start + len(text)
    if start == 0 and text and not _WIDTHS[text[0]]:
        start = 1  # a mark without anything to stand on gets a dotted circle
    at = start
    first = True
    for part in text.split("\t"):
        if not first:
            at += TAB_STOP - at % TAB_STOP
        first = False
        at += sum(map(_WIDTHS.__getitem__, part))
    return at


def safe(text: str) -> str:
    """`text` with everything replaced that is not printable: one line, safe for any terminal."""
    if text.isprintable() and "\ufe0f" not in text:
        return text
    return "".join([_GLYPHS[character][0] for character in text])


def glyphs(text: str, cell: int) -> Iterator[tuple[str, int, bool]]:
    """What to draw for each code point of `text`, which begins at `cell`: (drawn, width, is a replacement).

    Yields exactly one item a code point; the drawn text of a tab is spaces, of a variation selector nothing.
    """
    for character in text:
        if character == "\t":
            width = TAB_STOP - cell % TAB_STOP
            yield " " * width, width, False
        else:
            drawn, width, replaced = _GLYPHS[character]
            if not width and not cell:
                drawn, width = _DOTTED_CIRCLE + drawn, 1
            yield drawn, width, replaced
        cell += width


class CellMap:
    """One line's code points and cells, in both directions.

    A line of a megabyte is measured only as far as it is asked for, and a change at a column keeps what was
    measured before it.

    Attributes:
        text: the line, without its end.
        plain: whether code points and cells are the same.
    """

    __slots__ = ("_starts", "plain", "text")

    def __init__(self, text: str, plain: bool | None = None, starts: list[int] | None = None) -> None:
        self.text = text
        self.plain = is_plain(text) if plain is None else plain
        self._starts = [0] if starts is None else starts

    def edited(self, text: str, column: int) -> CellMap:
        """The map of `text`, which is the same as this line before `column`."""
        return CellMap(text, None, self._starts[: column // STEP + 1])

    def _extend(self) -> None:
        """Measure one more step."""
        starts = self._starts
        begin = (len(starts) - 1) * STEP
        starts.append(cells_after(self.text[begin : begin + STEP], starts[-1]))

    def cell(self, column: int) -> int:
        """The cell at which a code point begins; an attached mark's is that of what it stands on."""
        column = max(0, min(column, len(self.text)))
        if self.plain:
            return column
        step = column // STEP
        while len(self._starts) <= step:
            self._extend()
        begin = step * STEP
        cell = cells_after(self.text[begin:column], self._starts[step])
        if 0 < column < len(self.text) and not _WIDTHS[self.text[column]]:
            while column and not _WIDTHS[self.text[column]]:
                column -= 1
            return self.cell(column)
        return cell

    def column(self, cell: int) -> int:
        """The code point that covers `cell`: the length of the line when it is beyond the end."""
        text = self.text
        if cell <= 0:
            return 0
        if self.plain:
            return min(cell, len(text))
        starts = self._starts
        while starts[-1] <= cell and (len(starts) - 1) * STEP < len(text):
            self._extend()
        step = bisect_right(starts, cell) - 1
        column, at = step * STEP, starts[step]
        for _, width, _ in glyphs(text[column : column + STEP], at):
            if width and at + width > cell:
                return column
            at += width
            column += 1
        return min(column, len(text))
