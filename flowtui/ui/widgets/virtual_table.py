"""A table of any number of rows, there at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.message import Message

from flowtui.ui.widgets.cells import safe
from flowtui.ui.widgets.virtual_list import Cell, VirtualList, segments_length


class RowSource(Protocol):
    """Where a table's rows are: they are asked for one by one, when they are seen."""

    def __len__(self) -> int:
        """How many rows there are."""

    def cells(self, row: int) -> Sequence[Cell]:
        """What stands in a row, a cell a column."""


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        title: what stands above it.
        width: in cells; 0, for the last column, lets it be as wide as its text.
        align: on which side its text stands.
    """

    title: str
    width: int
    align: Literal["left", "right"] = "left"


class _NoRows:
    """The rows of a table that nobody filled yet."""

    def __len__(self) -> int:
        return 0

    def cells(self, row: int) -> Sequence[Cell]:
        raise IndexError(row)


class VirtualTable(VirtualList):
    """A table. Loading a million rows costs nothing; drawing costs the rows that are seen.

    Args:
        columns: left to right.
    """

    class RowChosen(Message):
        """The user moved the cursor to a row, by keys or mouse."""

        def __init__(self, table: VirtualTable, row: int) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> VirtualTable:
            """The table."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        self.columns = tuple(columns)
        self._source: RowSource = _NoRows()
        super().__init__(name=name, id=id, classes=classes)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._source)

    @property
    def header_height(self) -> int:
        """One line where a column has a title."""
        return int(any(column.title for column in self.columns))

    def set_rows(self, rows: RowSource) -> None:
        """Show other rows; marks go, the cursor stays where it can."""
        self._source = rows
        self._linked = self._enclosing = ()
        self._rows_changed()

    def set_marks(
        self, linked: Collection[int], enclosing: Collection[int] = (), reveal: bool = True
    ) -> None:
        """Mark rows.

        Args:
            linked: the selection's rows; anything with a quick ``in``: a set or a range.
            enclosing: rows around it, faintly.
            reveal: scroll to the first linked row if it is not seen, and put the cursor there.
        """
        self._replace_marks(linked, enclosing)
        if reveal and (row := self._first_linked()) is not None:
            self.move_to(row, center=True)

    def _chosen(self, row: int) -> None:
        self.post_message(self.RowChosen(self, row))

    def _natural_width(self) -> int:
        fixed = 1 + sum(column.width + 1 for column in self.columns)
        return max(fixed, self._widest)

    def _header(self) -> list[Segment]:
        return [
            Segment(_fit(column.title, column.width or cell_len(column.title), column.align) + " ")
            for column in self.columns
        ]

    def _row_segments(self, row: int, left: int, right: int) -> tuple[list[Segment], int, int]:
        cells = []
        for column, (text, style) in zip(self.columns, self._source.cells(row), strict=False):
            if column.width:
                text = _fit(safe(text), column.width, column.align) + " "
            cells.append((text, style))
        segments = self._styled(cells)
        return segments, 0, segments_length(segments)


def _fit(text: str, width: int, align: str) -> str:
    """`text` in exactly `width` cells; what is cut off is shown to be."""
    cells = cell_len(text)
    if cells > width:
        return set_cell_size(text, width - 1) + "…"
    blank = " " * (width - cells)
    return blank + text if align == "right" else text + blank
