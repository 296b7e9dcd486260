"""Typing and commands: escape turns plain keys into commands, `e` turns them into text again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Key

from flowtui.model.run import Limits
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.inspecting import InspectingScreen
from flowtui.ui.widgets.source_view import SourceView

_EDIT_KEYS = "e,enter"


class EditingScreen(InspectingScreen):
    """The editor's two modes, going to a line, searching, undoing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "commands"),
        Binding("escape", "end", "end zoom or search", show=False),
        Binding(_EDIT_KEYS, "edit", "edit"),
        Binding("g", "go_to", "go to line", show=False),
        Binding("slash", "search", "search", show=False),
        Binding("n", "search_again(1)", "next match", show=False),
        Binding("N", "search_again(-1)", "previous match", show=False),
        # The same keys while there is a recording and no search.
        Binding("n", "walk('forward')", "step forward, when nothing is searched", show=False),
        Binding("N", "walk('back')", "step back, when nothing is searched", show=False),
        Binding("u", "undo", "undo", show=False),
        Binding("U", "redo", "redo", show=False),
    ]

    def __init__(self, document: Document, limits: Limits) -> None:
        super().__init__(document, limits)
        self._needle = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """To edit is offered outside the editor only, to leave it inside; a search has its keys while it lasts."""
        if action == "search_again":
            return self.walk is None or self.view.is_searching
        if action == "edit":
            return not self.editing
        if action in ("leave", "end"):
            return self.editing is (action == "leave")
        return super().check_action(action, parameters)

    @on(SourceView.Left)
    def _editor_left(self, event: SourceView.Left) -> None:
        """Escape in the editor, which keeps the key to itself."""
        event.stop()
        if event.typing:
            self.action_leave()
        else:
            self.action_end()

    @on(SourceView.Entered)
    def _editor_entered(self, event: SourceView.Entered) -> None:
        """A key in the editor made plain keys text."""
        event.stop()
        self._mode_changed()

    def begin_mode(self) -> None:
        """A source that is opened is looked at first; an empty one is there to be typed."""
        self.view.edit_keys = frozenset(_EDIT_KEYS.split(",") if self.document.writable else ())
        self.view.read_only = bool(self.view.text) or not self.document.writable

    def on_key(self, event: Key) -> None:
        """A letter that is no command: say why nothing was typed."""
        looking = self.focused is self.view and self.view.read_only and self.document.writable
        if looking and event.is_printable and event.key not in self.active_bindings:
            self.link_bar.show_sentence("Keys are commands here: `e` edits the source, `?` shows all keys.")

    def action_leave(self) -> None:
        """Leave the editor: plain keys are commands now, the arrows still move the cursor."""
        self.view.read_only = True
        self._mode_changed()

    def action_end(self) -> None:
        """End the zoom, or the marks of a search."""
        if self.slots.zoomed is not None:
            self.action_zoom()
        else:
            self.view.find("")
            self._pinned = None
            self.link_bar.show_sentence(self._sentence_of_selection())

    async def action_edit(self) -> None:
        """Type into the source."""
        if not self.document.writable:
            self.notify("A .pyc file is not edited here: open its source with o.", severity="warning")
            return
        if "source" not in self.slots.visible:
            await self.action_show("source")
        self.view.read_only = False
        self.view.focus()
        self._mode_changed()

    def _mode_changed(self) -> None:
        self.retitle()
        self.refresh_bindings()
        self.link_bar.show_sentence(self._sentence_of_selection())

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._in_editor(self.view.undo)

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._in_editor(self.view.redo)

    def _in_editor(self, edit: Callable[[], object]) -> None:
        """Do an edit from command mode: the editor refuses edits while it is read only."""
        before, self.view.read_only = self.view.read_only, not self.document.writable
        edit()
        self.view.read_only = before

    def action_go_to(self) -> None:
        """Ask for a line; where there is an error its place is proposed."""
        from flowtui.ui.screens.dialogs import LineDialog

        last = self.view.document.line_count

        def check(value: str) -> str:
            line, _, column = value.partition(":")
            if (
                line.strip().isdecimal()
                and 1 <= int(line) <= last
                and (not column or column.strip().isdecimal())
            ):
                return ""
            return f"A line from 1 to {last}."

        error = self.told_error.span if self.told_error is not None else None
        value = f"{error.line}:{error.column}" if error is not None else ""
        dialog = LineDialog("Go to line", value, hint="line, or line:column", check=check)
        self.app.push_screen(dialog, self._go_to)

    def _go_to(self, value: str | None) -> None:
        if value is not None:
            line, _, column = value.partition(":")
            self.view.goto(int(line), int(column or 0))
            self.view.focus()

    def action_search(self) -> None:
        """Ask for a text; small letters find capitals too."""
        from flowtui.ui.screens.dialogs import LineDialog

        selected = self.view.selected_text
        value = selected if selected and "\n" not in selected else self._needle
        self.app.push_screen(
            LineDialog("Search", value, "text; small letters find capitals too"), self._search
        )

    def _search(self, value: str | None) -> None:
        if value:
            self._needle = value
            self.action_search_again(1)

    def action_search_again(self, step: int) -> None:
        """Go to the next match, or the one before; round the end of the text."""
        if not self._needle:
            self.action_search()
            return
        found = self.view.find(self._needle, forward=step > 0, case=self._needle != self._needle.lower())
        if found.match is None:
            self.notify(f"{self._needle!r} is not in this source.", severity="warning", timeout=3)
            return
        self.view.focus()
        said = f"match {found.index} of {found.count}: `n` next, `N` previous, `esc` ends the search"
        self._pinned = (self.view.cursor_location, said)
        self.link_bar.show_sentence(said)
