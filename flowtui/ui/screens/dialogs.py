"""Small questions: choose one of a few answers, or type one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from flowtui.ui.widgets.line_input import LineInput


class Choice(NamedTuple):
    """One answer: the value that the caller gets, its key, and its words."""

    value: str
    key: str
    label: str


class ChoiceDialog(ModalScreen[str | None]):
    """A question with a few answers; each has a key, escape gives None."""

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel"),
        Binding("left,up", "app.focus_previous", "previous answer", show=False),
        Binding("right,down", "app.focus_next", "next answer", show=False),
    ]

    def __init__(self, question: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._question = question
        self._choices = list(choices)

    def compose(self) -> ComposeResult:
        """The question, the answers in a row."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._question), classes="question")
            with Horizontal(classes="answers"):
                for number, choice in enumerate(self._choices):
                    label = Content.assemble((choice.key, "bold $footer-key-foreground"), " ", choice.label)
                    button = Button(label, id=f"choice-{choice.value}", compact=True)
                    button.tooltip = None
                    button.can_focus = True
                    if number == 0:
                        button.variant = "primary"
                    yield button

    def on_mount(self) -> None:
        """The first answer is ready for the enter key; every answer has its letter."""
        for choice in self._choices:
            self._bindings.bind(choice.key, f"choose({choice.value!r})", choice.label)
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer was clicked."""
        event.stop()
        self.dismiss((event.button.id or "").removeprefix("choice-"))

    def action_choose(self, value: str) -> None:
        """An answer's key."""
        self.dismiss(value)

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)


class LineDialog(ModalScreen[str | None]):
    """One line to type, above the keys; enter gives it, escape gives None.

    Args:
        title: what to type.
        value: what stands there at first, selected.
        hint: an example, shown while the line is empty.
        check: says in one sentence what is wrong with a line, or an empty text; the dialogue stays open then.
    """

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel")]

    def __init__(
        self, title: str, value: str = "", hint: str = "", check: Callable[[str], str] | None = None
    ) -> None:
        super().__init__()
        self._title, self._value, self._hint, self._check = title, value, hint, check

    def compose(self) -> ComposeResult:
        """Title, field, and a line for what is wrong."""
        with Vertical(classes="line-dialog"):
            yield Static(Content(self._title), classes="question")
            yield LineInput(self._value, placeholder=self._hint, compact=True, select_on_focus=True)
            yield Static("", classes="wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: give the line, unless something is wrong with it."""
        event.stop()
        wrong = self._check(event.value) if self._check else ""
        if wrong:
            self.query_one(".wrong", Static).update(Content(wrong))
        else:
            self.dismiss(event.value)

    def action_cancel(self) -> None:
        """No line."""
        self.dismiss(None)
