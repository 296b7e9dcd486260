"""The limits of a run, one line each, as people type them: ``512M``, ``10s``."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from flowtui.model.run import Limits
from flowtui.report import units
from flowtui.ui.widgets.line_input import LineInput


class Entry(NamedTuple):
    """One limit: the field of `Limits`, its words, how it is read and written."""

    field: str
    label: str
    read: Callable[[str], float]
    write: Callable[[float], str]


def time_text(seconds: float) -> str:
    """Seconds as `units.seconds` reads them: ``10s``."""
    return f"{seconds:g}s" if seconds else "0"


def size_text(size: float) -> str:
    """Bytes as `units.size` reads them, in the largest unit that leaves a whole number: ``64M``."""
    number = int(size)
    for unit, scale in (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)):
        if number and number % scale == 0:
            return f"{number // scale}{unit}"
    return str(number)


ENTRIES = (
    Entry("cpu", "processor time, a process", units.seconds, time_text),
    Entry("wall", "time from start to end", units.seconds, time_text),
    Entry("memory", "memory, a process", units.size, size_text),
    Entry("processes", "processes and threads", units.number, lambda count: str(int(count))),
    Entry("output", "output", units.size, size_text),
    Entry("file_size", "size of a file it writes", units.size, size_text),
)


class LimitsScreen(ModalScreen[Limits | None]):
    """What a program may use; enter gives the new limits, escape leaves the old ones."""

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "leave them"),
        Binding("up", "app.focus_previous", "limit above", show=False),
        Binding("down", "app.focus_next", "limit below", show=False),
        Binding("ctrl+r", "standard", "standard limits"),
    ]

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits

    def compose(self) -> ComposeResult:
        """A field for each limit, and a line for what is wrong."""
        with Vertical(classes="dialog limits"):
            yield Static("What a program may use", classes="question")
            for entry in ENTRIES:
                with Horizontal(classes="entry"):
                    yield Label(entry.label)
                    value = entry.write(getattr(self._limits, entry.field))
                    yield LineInput(value, id=entry.field, compact=True, select_on_focus=True)
            yield Static(
                "0 sets no limit  ·  enter takes them, esc leaves them, ctrl+r: standard", classes="hint"
            )
            yield Static("", classes="wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in any field: give the limits, unless one cannot be read."""
        event.stop()
        changed: dict[str, float] = {}
        for entry in ENTRIES:
            field = self.query_one(f"#{entry.field}", Input)
            try:
                changed[entry.field] = entry.read(field.value)
            except units.UnitError as error:
                self.query_one(".wrong", Static).update(Content(str(error)))
                field.focus()
                return
        self.dismiss(msgspec.structs.replace(self._limits, **changed))

    def action_standard(self) -> None:
        """Write the standard limits into the fields."""
        for entry in ENTRIES:
            self.query_one(f"#{entry.field}", Input).value = entry.write(getattr(Limits(), entry.field))

    def action_cancel(self) -> None:
        """Leave the limits as they are."""
        self.dismiss(None)
