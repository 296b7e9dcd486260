"""The stages of one source as tables: columns from the wire, rows on demand.

Every table has ``from_frame(head, columns)``, ``len()``, ``row(i)`` and ``span(i)``. A column that holds text holds
indices into `strings`; -1 stands for "none". Spans are four columns: `line`, `column`, `end_line`, `end_column`; a row
without a span has line 0.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec

from flowtui.model.span import Span

if TYPE_CHECKING:
    Column = array[int]
else:  # before 3.12 an array cannot be subscripted at run time
    Column = array

#: The four columns of a span, in their order.
SPAN_COLUMNS = ("line", "column", "end_line", "end_column")


class BadTableError(ValueError):
    """A stage's frame lacks a column, or its columns have different lengths."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of one length with a string table beside them.

    Attributes:
        strings: the texts that columns point into.
        milliseconds: what the stage took in the probe, wall time.
    """

    ROW_COLUMNS: ClassVar[tuple[str, ...]] = ()
    EXTRA_COLUMNS: ClassVar[tuple[str, ...]] = ()

    strings: Sequence[str]
    milliseconds: float
    line: Column
    column: Column
    end_line: Column
    end_column: Column

    @classmethod
    def from_frame(cls, head: Mapping[str, Any], columns: Mapping[str, Column]) -> Self:
        """Make the table of a stage's frame; header keys that are fields of the table are taken too.

        Raises:
            BadTableError: a column is missing or the rows do not fit together.
        """
        try:
            values: dict[str, Any] = {name: columns[name] for name in SPAN_COLUMNS + cls.ROW_COLUMNS}
            rows = {len(column) for column in values.values()}
            values.update({name: columns[name] for name in cls.EXTRA_COLUMNS})
            for field in msgspec.structs.fields(cls):
                if field.name not in values and (field.required or field.name in head):
                    values[field.name] = msgspec.convert(head[field.name], field.type)
        except (KeyError, msgspec.ValidationError) as error:
            raise BadTableError(f"the probe's table lacks or spoils {error}") from None
        if len(rows) > 1:
            raise BadTableError("the probe's columns have different lengths")
        return cls(**values)

    def __len__(self) -> int:
        return len(self.line)

    def span(self, row: int) -> Span | None:
        """The row's stretch of source, or None when the interpreter gives none."""
        line = self.line[row]
        if not line:
            return None
        return Span(line, self.column[row], self.end_line[row], self.end_column[row])

    def text(self, index: int) -> str | None:
        """The string at `index` of the string table; None for -1."""
        return None if index < 0 else self.strings[index]
