"""A search that takes its time: said so, and stopped with one key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class SearchingScreen(ModalScreen[None]):
    """Stands over the workbench while a thread looks through a recording.

    Attributes:
        stopped: whether the learner does not want to wait any more.
    """

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,ctrl+c", "stop", "stop")]

    def __init__(self) -> None:
        super().__init__()
        self.stopped = False

    def compose(self) -> ComposeResult:
        """One line."""
        with Vertical(classes="line-dialog"):
            yield Static("Looking through the recording …  esc stops", classes="question")

    def action_stop(self) -> None:
        """Stop; the dialogue goes when the thread has noticed."""
        self.stopped = True
