"""A text area whose keys edit as Python programmers expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.document._document import Location, Selection
from textual.message import Message
from textual.widgets import TextArea

from flowtui.ui.widgets import editing
from flowtui.ui.widgets.highlight import Highlighter
from flowtui.ui.widgets.python_scan import scan_line

#: Code points around the cursor in which the next word is looked for.
_NEAR = 4096


class PythonEditor(TextArea):
    """The keys of the editor; `SourceView` shows it.

    Tab and Shift+Tab move to the next stop of four, or a selection's lines by a level. Enter keeps the
    indentation, goes one level in after a line that ends in a colon or an open bracket, and one out after one
    that leaves its block. Backspace in leading spaces goes back to the last stop. A source that is indented
    with tabs gets tabs.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab", "dedent", "Dedent", show=False),
        # Terminals send ctrl+_ for ctrl+/, and only some say which it was.
        Binding("ctrl+slash,ctrl+underscore", "toggle_comment", "Comment", show=False),
        Binding("alt+up", "move_lines(-1)", "Move lines up", show=False),
        Binding("alt+down", "move_lines(1)", "Move lines down", show=False),
        Binding("alt+shift+down", "duplicate_lines", "Duplicate lines", show=False),
        # A suspend key in many habits, so undo has a second name.
        Binding("alt+z", "undo", "Undo", show=False),
        Binding("alt+a", "select_all", "Select all", show=False),
    ]

    highlighter: Highlighter
    #: While it is read only, these keys make it editable. Both changes of mode are made here and at once: of
    #: keys that come together, as over a slow line, none is to meet the mode before.
    edit_keys: frozenset[str] = frozenset()

    class Entered(Message):
        """One of `edit_keys` was pressed: plain keys are text now."""

    class Left(Message):
        """Escape was pressed: the keys are commands now. `typing`: they were text before."""

        def __init__(self, editor: PythonEditor, *, typing: bool) -> None:
            super().__init__()
            self.editor, self.typing = editor, typing

        @property
        def control(self) -> PythonEditor:
            """The editor that was left."""
            return self.editor

    @property
    def indent_unit(self) -> str:
        """One level: four spaces, or a tab where the source uses them."""
        return "\t" if self.indent_type == "tabs" else " " * editing.INDENT

    def _on_key_of_editor(self, key: str) -> bool:
        """Do what a key does here and not in other text areas; whether there is such a thing."""
        if key == "escape":
            self.post_message(self.Left(self, typing=not self.read_only))
            self.read_only = True
        elif self.read_only:
            if key not in self.edit_keys:
                return False
            self.read_only = False
            self.post_message(self.Entered())
        elif key == "tab":
            self.action_indent()
        elif key == "enter":
            self.action_new_line()
        else:
            return False
        return True

    async def _on_key(self, event: events.Key) -> None:
        # Textual calls the handlers of all base classes too, unless the default is prevented.
        if self._on_key_of_editor(event.key):
            event.stop()
            event.prevent_default()

    # ---- lines ------------------------------------------------------------------------------------------

    def _chosen_rows(self) -> tuple[int, int]:
        """First and last row of the selection; a last line of which nothing is selected does not count."""
        (first, _), (last, column) = sorted(self.selection)
        return first, last - 1 if last > first and column == 0 else last

    def _replace_rows(self, first: int, last: int, new: Sequence[str]) -> None:
        """Put lines in the place of others, as one step of undo."""
        self.history.checkpoint()
        self.replace("\n".join(new), (first, 0), (last, len(self.document[last])))
        self.history.checkpoint()

    def _change_rows(self, new: Sequence[str]) -> None:
        """Change each of the chosen lines; the selection keeps its text."""
        first, last = self._chosen_rows()
        old = [self.document[row] for row in range(first, last + 1)]
        if list(new) == old:
            return
        moved = [self._moved(place, first, old, new) for place in self.selection]
        self._replace_rows(first, last, new)
        self.selection = Selection(*moved)
        self.record_cursor_width()

    @staticmethod
    def _moved(place: Location, first: int, old: Sequence[str], new: Sequence[str]) -> Location:
        """Where a location is after its line became longer or shorter in front."""
        row, column = place
        if not first <= row < first + len(old):
            return place
        change = len(new[row - first]) - len(old[row - first])
        blank = len(editing.leading(old[row - first]))
        if column == 0 and blank and len(old) > 1:
            return place
        return row, max(0, column + change)

    def _editable(self) -> None:
        """Raises SkipAction: nothing can be edited, let the key mean something else."""
        if self.read_only:
            raise SkipAction

    def action_indent(self) -> None:
        """Go to the next stop, or move the selected lines one level in."""
        self._editable()
        first, last = self._chosen_rows()
        unit = self.indent_unit
        if not self.selection.is_empty:
            self._change_rows(
                [editing.with_one_level(self.document[row], unit) for row in range(first, last + 1)]
            )
        elif unit == "\t":
            self._replace_via_keyboard(unit, *self.selection)
        else:
            cell = self.wrapped_document.location_to_offset(self.cursor_location)[0]
            self._replace_via_keyboard(" " * (editing.INDENT - cell % editing.INDENT), *self.selection)

    def action_dedent(self) -> None:
        """Move the selected lines, or the cursor's, one level out."""
        self._editable()
        first, last = self._chosen_rows()
        self._change_rows([editing.without_one_level(self.document[row]) for row in range(first, last + 1)])

    def action_new_line(self) -> None:
        """Begin a line with the indentation that code there would have."""
        self._editable()
        start, end = sorted(self.selection)
        row, column = start
        before = self.document[row][:column]
        behind = self.document[end[0]][end[1] :]
        if scan_line(before, self.highlighter.state(row))[1]:  # inside a string: nothing is code
            indent = editing.leading(before)
        else:
            indent = editing.next_indent(before, self.highlighter.code(row, column), self.indent_unit)
            if before.strip():
                end = end[0], end[1] + len(behind) - len(behind.lstrip(" \t"))
            elif not behind:
                start = row, 0  # a blank line keeps no blanks
        self._replace_via_keyboard("\n" + indent, start, end)

    def action_toggle_comment(self) -> None:
        """Make the selected lines, or the cursor's, comments, or code again."""
        self._editable()
        first, last = self._chosen_rows()
        self._change_rows(editing.toggle_comment([self.document[row] for row in range(first, last + 1)]))

    def action_move_lines(self, rows: int) -> None:
        """Swap the selected lines with the one above (-1) or below (1)."""
        self._editable()
        first, last = self._chosen_rows()
        if not 0 <= first + rows <= last + rows < self.document.line_count:
            return
        block = [self.document[row] for row in range(first, last + 1)]
        selection = Selection(*((row + rows, column) for row, column in self.selection))
        if rows < 0:
            self._replace_rows(first - 1, last, [*block, self.document[first - 1]])
        else:
            self._replace_rows(first, last + 1, [self.document[last + 1], *block])
        self.selection = selection

    def action_duplicate_lines(self) -> None:
        """Repeat the selected lines below."""
        self._editable()
        first, last = self._chosen_rows()
        block = [self.document[row] for row in range(first, last + 1)]
        selection = Selection(*((row + len(block), column) for row, column in self.selection))
        self._replace_rows(first, last, block * 2)
        self.selection = selection

    def action_delete_left(self) -> None:
        """Delete the character before the cursor, or leading spaces back to the last stop."""
        row, column = self.cursor_location
        before = self.document[row][:column]
        if self.read_only or not self.selection.is_empty or not before or before.strip(" "):
            super().action_delete_left()
            return
        self._delete_via_keyboard((row, column - (column - 1) % editing.INDENT - 1), (row, column))

    # ---- words: looked for near the cursor, however long the line is ---------------------------------------

    def get_cursor_word_left_location(self) -> Location:
        """Where the word before the cursor begins."""
        row, column = self.cursor_location
        if column == 0:
            return (row - 1, len(self.document[row - 1])) if row else (0, 0)
        begin = max(0, column - _NEAR)
        near = self.document[row][begin:column].rstrip()
        at = max((found.start() for found in self._word_pattern.finditer(near)), default=0)
        return row, begin + at

    def get_cursor_word_right_location(self) -> Location:
        """Where the word after the cursor ends."""
        row, column = self.cursor_location
        line = self.document[row]
        if column == len(line):
            return (row + 1, 0) if row + 1 < self.document.line_count else (row, column)
        near = line[column : column + _NEAR]
        blank = len(near) - len(near.lstrip())
        found = self._word_pattern.search(near, blank + 1)
        return row, column + (found.start() if found else len(near))
