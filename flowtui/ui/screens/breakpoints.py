"""Breakpoints of the open source: by line, they go along when lines above them come or go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowtui.engine.recording.reader import Recording

#: In the gutter: a breakpoint, and one with a condition.
SIGN, CONDITION_SIGN = "●", "◆"


class Breakpoints:
    """Lines, each with a condition or without.

    Attributes:
        conditions: by row (from 0), the condition as it was typed; empty for none.
    """

    def __init__(self) -> None:
        self.conditions: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.conditions)

    def toggle(self, row: int) -> bool:
        """Set a breakpoint, or take it away; whether there is one now."""
        if self.conditions.pop(row, None) is not None:
            return False
        self.conditions[row] = ""
        return True

    def clear(self) -> None:
        """Take all away."""
        self.conditions.clear()

    def edited(self, first: int, before: int, after: int) -> None:
        """The rows `first` … `first + before - 1` have become `after` rows: what is below them moves along."""
        if before == after or not self.conditions:
            return
        end, shift = first + before, after - before
        kept: dict[int, str] = {}
        for row, condition in sorted(self.conditions.items()):
            if row >= end:
                kept[row + shift] = condition
            elif row < first + after:
                kept[row] = condition
        self.conditions = kept

    def marks(self) -> dict[int, str]:
        """The gutter's marks, by row."""
        return {row: CONDITION_SIGN if condition else SIGN for row, condition in self.conditions.items()}

    def find(self, recording: Recording, step: int, direction: int, stop: Callable[[], bool]) -> int | None:
        """The next (+1) or last (-1) step at which one of them is reached; None for none, or when stopped.

        Raises:
            ExpressionError: a condition cannot be worked out.
            RecordingError: the recording is damaged.
        """
        from flowtui.engine.recording import expressions

        found: list[int] = []
        for row, text in sorted(self.conditions.items()):
            condition = expressions.compile(text) if text else None
            at = expressions.find(recording, step, direction, 0, row + 1, condition, stop=stop)
            if at is not None:
                found.append(at)
        if not found or stop():
            return None
        return min(found) if direction > 0 else max(found)
