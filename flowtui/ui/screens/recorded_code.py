"""The code objects of a recording beside those of the analysis, and its overview as a scrubber draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowtui.model.stages import CodeTable

if TYPE_CHECKING:
    from flowtui.model.trace import Step
    from flowtui.ui.widgets.scrubber import Profile


class RecordedCode:
    """Finds the row of the Bytecode pane that a step executes.

    Args:
        recorded: the recording; its own table of code objects may come later than the first steps.
    """

    def __init__(self, recorded: Any) -> None:
        self._recording = recorded.recording
        self._compared: tuple[CodeTable | None, CodeTable | None] = (None, None)
        #: Whether the table that was looked at last is the recorded one; True before one was.
        self.fits = True
        self._rows: dict[tuple[int, int], int] = {}

    def row(self, table: CodeTable | None, step: Step) -> int | None:
        """The row of `table` for a step of the program itself.

        None when it has no instruction, or another interpreter made the table.
        """
        if table is None or step.code is None or step.offset is None or step.file:
            return None
        file = next((file for file in self._recording.files if file.number == 0), None)
        if file is None or not self._is_same(table, file.table):
            return None
        return self._rows.get((step.code - file.base, step.offset))

    def _is_same(self, shown: CodeTable, recorded: CodeTable) -> bool:
        """Whether both tables have the same instructions; looked at once."""
        if self._compared[0] is not shown or self._compared[1] is not recorded:
            self._compared = shown, recorded
            self.fits = same_code(shown, recorded)
            self._rows = {}
            if self.fits:
                self._rows = {
                    place: row for row, place in enumerate(zip(shown.code, shown.offset, strict=True))
                }
        return self.fits


def same_code(one: CodeTable, other: CodeTable) -> bool:
    """Whether two tables have the same instructions at the same places."""
    if one.code != other.code or one.offset != other.offset or one.opcode != other.opcode:
        return False
    return len(one.codes) == len(other.codes)


def profile(overview: Any) -> Profile:
    """An overview as the scrubber takes it."""
    from flowtui.ui.widgets.scrubber import Profile

    return Profile(overview.depths, overview.output, overview.exceptions, overview.collections)
