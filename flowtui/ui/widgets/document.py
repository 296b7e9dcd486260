"""Lines as Python splits them, with their widths kept, so that an edit costs what it changes and no more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from textual.document._document import Document, EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, Size

from flowtui.ui.widgets.cells import TAB_STOP, CellMap, cells_after, is_plain

#: Where Python's tokenizer ends a line; `str.splitlines` also splits at form feeds and U+2028.
LINE_END = re.compile("\r\n|\r|\n")
#: From this many code points on a line's map is remembered, and only its changed part is measured.
LONG = 2048

#: Told after each change: the first row, how many rows were there before, how many are there now.
RowsChanged = Callable[[int, int, int], None]


class PythonDocument(Document):
    """A document whose lines are Python's.

    The text is joined with line feeds whatever the file uses: writing a file back with its own line ends is
    the business of whoever writes it.

    Args:
        text: the source.
        on_change: told of every change of rows.
    """

    def __init__(self, text: str, on_change: RowsChanged | None = None) -> None:
        # Not `super().__init__`: it splits the text as `str.splitlines` does.
        self._newline = "\n"
        self._lines: list[str] = LINE_END.split(text)
        self._on_change = on_change
        self._plain = [is_plain(line) for line in self._lines]
        self._widths = [
            len(line) if plain else cells_after(line)
            for line, plain in zip(self._lines, self._plain, strict=True)
        ]
        self._counts = Counter(self._widths)
        self._widest = max(self._widths)
        self._maps: dict[int, CellMap] = {}

    def get_size(self, tab_width: int) -> Size:
        """The widest line in cells, and the number of lines."""
        if not self._counts[self._widest]:
            self._counts = +self._counts
            self._widest = max(self._counts)
        return Size(self._widest, len(self._lines))

    def cell_map(self, row: int) -> CellMap:
        """The code points and cells of a line."""
        text = self._lines[row]
        if self._plain[row]:
            return CellMap(text, True)
        if len(text) < LONG:
            return CellMap(text, False)
        found = self._maps.get(row)
        if found is None:
            if len(self._maps) > 256:
                self._maps.clear()
            found = self._maps[row] = CellMap(text, False)
        return found

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put `text` in the place of a range; the only way in which a document changes.

        Args:
            start: (row, column) of one end, both from 0, in code points.
            end: of the other.
            text: what stands there afterwards; any line end counts as one.
        """
        (top, left), (bottom, right) = self._ordered(start, end)
        lines = self._lines
        replaced = self.get_text_range((top, left), (bottom, right))
        before, after = lines[top][:left], lines[bottom][right:]
        new = LINE_END.split(text)
        end_column = len(new[-1]) + (len(before) if len(new) == 1 else 0)
        if top == bottom and len(new) == 1:
            self._replace_in_line(top, left, lines[top][left:right], text, before + text + after)
        else:
            new[0] = before + new[0]
            new[-1] += after
            self._replace_lines(top, bottom + 1, new)
        if self._on_change is not None:
            self._on_change(top, bottom + 1 - top, len(new))
        return EditResult((top + len(new) - 1, end_column), replaced)

    def _replace_in_line(self, row: int, column: int, old: str, new: str, line: str) -> None:
        """One line stays one line: long lines are not measured again."""
        was_plain, old_width = self._plain[row], self._widths[row]
        plain = is_plain(new) if was_plain else is_plain(line)
        if plain:
            width = len(line)
        elif len(line) < LONG or not column or "\t" in line or "\t" in old:
            width = cells_after(line)
        else:  # without tabs a code point's width does not depend on its place
            width = old_width - (cells_after(old, 1) - 1) + (cells_after(new, 1) - 1)
        self._lines[row], self._plain[row] = line, plain
        self._set_width(row, width)
        known = self._maps.pop(row, None)
        if known is not None and not plain and len(line) >= LONG:
            self._maps[row] = known.edited(line, column)

    def _set_width(self, row: int, width: int) -> None:
        self._counts[self._widths[row]] -= 1
        self._counts[width] += 1
        self._widths[row] = width
        self._widest = max(self._widest, width)

    def _replace_lines(self, first: int, end: int, new: list[str]) -> None:
        """Put whole lines in the place of others."""
        self._maps.clear()
        plain = [is_plain(line) for line in new]
        widths = [len(line) if easy else cells_after(line) for line, easy in zip(new, plain, strict=True)]
        self._counts.subtract(self._widths[first:end])
        self._counts.update(widths)
        self._lines[first:end] = new
        self._plain[first:end] = plain
        self._widths[first:end] = widths
        self._widest = max(self._widest, *widths)

    def _ordered(self, start: Location, end: Location) -> tuple[Location, Location]:
        """The two locations in order, none beyond the end of the text."""
        first, last = sorted((start, end))
        return min(first, self.end), min(last, self.end)

    def get_text_range(self, start: Location, end: Location) -> str:
        """The text between two locations, lines joined with line feeds."""
        (top, left), (bottom, right) = self._ordered(start, end)
        if top == bottom:
            return self._lines[top][left:right]
        lines = self._lines[top : bottom + 1]
        lines[0] = lines[0][left:]
        lines[-1] = lines[-1][:right]
        return "\n".join(lines)


class UnwrappedDocument(WrappedDocument):
    """What `TextArea` asks for where lines are never wrapped: no tables, nothing to keep up to date."""

    document: PythonDocument

    def __init__(self, document: PythonDocument) -> None:
        # Not `super().__init__`: it builds a table with an entry a line.
        self.document = document
        self._width = 0
        self._tab_width = TAB_STOP

    @property
    def wrapped(self) -> bool:
        """Never."""
        return False

    @property
    def height(self) -> int:
        """One screen row a line."""
        return self.document.line_count

    @property
    def lines(self) -> list[list[str]]:
        """Each line as its only section."""
        return [[line] for line in self.document.lines]

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Nothing to do."""

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Nothing to do."""

    def offset_to_location(self, offset: Offset) -> Location:
        """The location of what is drawn at a place of the unscrolled picture, or the nearest."""
        x, y = offset
        row = min(max(0, y), self.document.line_count - 1)
        return row, self.document.cell_map(row).column(x)

    def location_to_offset(self, location: Location) -> Offset:
        """Where a location is drawn in the unscrolled picture."""
        row, column = location
        row = min(max(0, row), self.document.line_count - 1)
        return Offset(self.document.cell_map(row).cell(column), row)

    def get_sections(self, line_index: int) -> list[str]:
        """The line itself."""
        return [self.document[line_index]]

    def get_offsets(self, line_index: int) -> list[int]:
        """No place where a line is wrapped.

        Raises:
            ValueError: there is no such line.
        """
        if not 0 <= line_index < self.document.line_count:
            raise ValueError(f"no line {line_index}")
        return []

    def get_tab_widths(self, line_index: int) -> list[int]:
        """Not used: the painter knows tabs."""
        return []

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        """The column of what is drawn at a cell of a line."""
        return self.document.cell_map(line_index).column(x_offset)


class CellNavigator(DocumentNavigator):
    """Up and down by cells as they are really drawn."""

    _wrapped_document: UnwrappedDocument

    def _vertical(self, location: Location, row: int) -> Location:
        x = max(self._wrapped_document.location_to_offset(location).x, self.last_x_offset)
        return self._wrapped_document.offset_to_location(Offset(x, row))

    def get_location_above(self, location: Location) -> Location:
        """The location above; the start of the text from its first line."""
        return self._vertical(location, location[0] - 1) if location[0] else (0, 0)

    def get_location_below(self, location: Location) -> Location:
        """The location below; the end of the text from its last line."""
        if self.is_last_document_line(location):
            return self._document.end
        return self._vertical(location, location[0] + 1)
