"""Be the machine: a question about a step, answered by the learner, judged by the recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from flowtui.ui.panes.text import visible
from flowtui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from flowtui.engine.recording.predict import Question


@dataclass
class Score:
    """How many answers of this session were right."""

    right: int = 0
    asked: int = 0
    #: Questions that were asked so far: which kind comes next.
    turn: int = 0

    @property
    def words(self) -> str:
        """As it is shown."""
        return f"{self.right} of {self.asked} right" if self.asked else "no answer yet"


def code_styled(text: str, style: str = "") -> Content:
    """A sentence; what stands in backticks is code, and written as such."""
    pieces = visible(text).split("`")
    if len(pieces) % 2 == 0:
        return Content.styled(visible(text), style)
    return Content.assemble(
        *((piece, "bold $text-accent" if number % 2 else style) for number, piece in enumerate(pieces))
    )


class PredictScreen(ModalScreen[int | None]):
    """One question: chosen from a list or typed; the verdict stays until a key is pressed.

    It gives the step at which the answer can be seen, when the learner wants to go there; else None.

    Args:
        questions: what can be asked at the step, one of a kind; one of them is asked.
        score: of the session; the answer is counted in it.
    """

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close"),
        Binding("enter", "see", "see it", show=False),
        Binding("tab", "other", "another question", show=False, priority=True),
    ]

    def __init__(self, questions: Sequence[Question], score: Score) -> None:
        super().__init__()
        self._questions, self.score = questions, score
        self.question = questions[score.turn % len(questions)]
        self._judged = False

    def compose(self) -> ComposeResult:
        """The question, where to answer it, and what the recording says."""
        with Vertical(classes="dialog predict"):
            yield Static("", classes="question")
            yield OptionList(compact=True)
            yield LineInput(placeholder="your answer", compact=True)
            yield Static("", classes="verdict")
            yield Static("", classes="hint")

    def on_mount(self) -> None:
        """Ask."""
        self._ask()

    def _ask(self) -> None:
        question = self.question
        self._judged = False
        self.query_one(".question", Static).update(code_styled(question.prompt, "bold"))
        self.query_one(".verdict", Static).update("")
        options, line = self.query_one(OptionList), self.query_one(LineInput)
        options.display, line.display = question.choices is not None, question.choices is None
        options.disabled = line.disabled = False
        if question.choices is not None:
            options.clear_options()
            options.add_options([Content(visible(choice)) for choice in question.choices])
            options.highlighted = 0
            options.focus()
        else:
            line.value = ""
            line.focus()
        self._hint()

    def _hint(self) -> None:
        parts = ["enter goes to where it shows, esc closes" if self._judged else "enter answers, esc leaves"]
        if len(self._questions) > 1:
            parts.append("tab: another question")
        parts.append(self.score.words)
        self.query_one(".hint", Static).update("  ·  ".join(parts))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A typed answer."""
        event.stop()
        if event.value.strip():
            self._judge(event.value)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.question.choices is not None:
            self._judge(self.question.choices[event.option_index])

    def _judge(self, answer: str) -> None:
        if self._judged:
            return
        verdict = self.question.judge(answer)
        self._judged = True
        self.score.asked += 1
        self.score.turn += 1
        self.score.right += verdict.right
        sign, style = ("✓ ", "bold $text-success") if verdict.right else ("✗ ", "bold $text-error")
        self.query_one(".verdict", Static).update(
            Content.assemble((sign, style), code_styled(verdict.sentence))
        )
        self.query_one(OptionList).disabled = self.query_one(LineInput).disabled = True
        self.set_focus(None)
        self._hint()

    def action_other(self) -> None:
        """Another kind of question about the same step."""
        if len(self._questions) > 1:
            at = list(self._questions).index(self.question)
            self.question = self._questions[(at + 1) % len(self._questions)]
            self._ask()

    def action_see(self) -> None:
        """Go to the step at which the answer shows."""
        if self._judged:
            self.dismiss(self.question.where)

    def action_close(self) -> None:
        """Back to the same step."""
        self.dismiss(None)
