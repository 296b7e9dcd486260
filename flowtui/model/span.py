"""The one coordinate: a stretch of source text, in lines from 1 and code points from 0."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A place between two characters: `line` from 1, `column` from 0 in code points of that line."""

    line: int
    column: int


class Span(NamedTuple):
    """From (`line`, `column`) up to, not including, (`end_line`, `end_column`), in code points.

    The order of the fields is that of the JSON output: ``[line, column, end_line, end_column]``.
    """

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> Position:
        """The place before the first character."""
        return Position(self.line, self.column)

    @property
    def end(self) -> Position:
        """The place behind the last character."""
        return Position(self.end_line, self.end_column)

    def contains(self, position: Position) -> bool:
        """Whether the character at `position` is inside; an empty span holds its own place only."""
        return self.start <= position < self.end or (self.start == self.end == position)

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this span, or is this span."""
        return self.start <= other.start and other.end <= self.end
