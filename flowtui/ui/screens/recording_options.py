"""What is recorded of a run, and how much: a line each."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Label, Static

from flowtui.model.trace import RecordingLimits, RecordingOptions
from flowtui.report import units
from flowtui.ui.screens.limits import size_text, time_text
from flowtui.ui.widgets.line_input import LineInput

#: field, label, how it is read, how it is written
_ENTRIES = (
    ("steps", "steps at most", units.number, lambda value: f"{int(value)}"),
    ("bytes", "size at most", units.size, size_text),
    ("seconds", "time at most", units.seconds, time_text),
)
#: What a recorder needs to begin at all.
_LEAST = {"steps": 1, "bytes": 1 << 16, "seconds": 0.001}


class Choice(Checkbox, inherit_bindings=False):
    """Yes or no; the enter key is left to the dialogue."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "toggle_button", "change", show=False)]


class RecordingOptionsScreen(ModalScreen[RecordingOptions | None]):
    """What the next recording takes in; enter takes it, escape leaves it as it was."""

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "leave it"),
        Binding("enter", "take", "take it"),
        Binding("up", "app.focus_previous", "line above", show=False),
        Binding("down", "app.focus_next", "line below", show=False),
    ]

    def __init__(self, options: RecordingOptions) -> None:
        super().__init__()
        self._options = options

    def compose(self) -> ComposeResult:
        """Two choices, three limits, and a line for what is wrong."""
        options = self._options
        with Vertical(classes="dialog limits"):
            yield Static("What is recorded", classes="question")
            yield Choice(
                "every instruction (else lines only)",
                options.granularity == "instruction",
                id="instructions",
                compact=True,
            )
            yield Choice(
                "inside the library too, not only your own files", options.library, id="library", compact=True
            )
            for field, label, _, write in _ENTRIES:
                with Horizontal(classes="entry"):
                    yield Label(label)
                    value = write(getattr(options.limits, field))
                    yield LineInput(value, id=field, compact=True, select_on_focus=True)
            yield Static(
                "space changes a choice  ·  enter takes it all, esc leaves it\n"
                "What comes after a limit runs unrecorded, and is told.",
                classes="hint",
            )
            yield Static("", classes="wrong")

    def on_mount(self) -> None:
        """The first choice has the focus; enter is the dialogue's, not the choice's."""
        self.query(Choice).first().focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Give the options, unless a limit cannot be read."""
        limits: dict[str, float] = {}
        for field, label, read, _ in _ENTRIES:
            entry = self.query_one(f"#{field}", Input)
            try:
                limits[field] = read(entry.value)
                if limits[field] < _LEAST[field]:
                    raise units.UnitError(f"{label}: that is too little to record anything.")
            except units.UnitError as error:
                self.query_one(".wrong", Static).update(Content(str(error)))
                entry.focus()
                return
        by_instructions = self.query_one("#instructions", Checkbox).value
        self.dismiss(
            msgspec.structs.replace(
                self._options,
                granularity="instruction" if by_instructions else "line",
                library=self.query_one("#library", Checkbox).value,
                limits=RecordingLimits(
                    steps=int(limits["steps"]), bytes=int(limits["bytes"]), seconds=limits["seconds"]
                ),
            )
        )

    def action_cancel(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)
