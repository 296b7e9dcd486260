"""What every pane is: a stage's content, or a notice that says why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from flowtui.model.analysis import Analysis
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Specialised
from flowtui.model.selection import Selection
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.ui.panes.notice import Notice, Words, about_failure, about_missing, quiet

PaneTable = TypeVar("PaneTable", TokenTable, TreeTable, SymbolTable, CodeTable)


class Pane(Widget):
    """A numbered pane; its title is drawn by the screen that holds it.

    Attributes:
        analysis: the newest that was shown.
        interpreter: the chosen one; None until the first has answered.
        others: the other interpreters that were found, to say which of them has what this one lacks.
    """

    NUMBER: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    STAGE: ClassVar[str] = ""

    class Selected(Message):
        """The learner chose a row: `row` is a row of the stage's own table."""

        def __init__(self, pane: Pane, stage: str, row: int) -> None:
            self.pane, self.stage, self.row = pane, stage, row
            super().__init__()

    class Explained(Message):
        """One sentence about the row under the pane's cursor."""

        def __init__(self, pane: Pane, sentence: str) -> None:
            self.pane, self.sentence = pane, sentence
            super().__init__()

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.analysis = Analysis()
        self.interpreter: Interpreter | None = None
        self.others: tuple[Interpreter, ...] = ()

    def show_analysis(self, analysis: Analysis) -> None:
        """Show what an interpreter made of the source; called for each stage that arrives."""
        self.analysis = analysis

    def show_selection(self, selection: Selection) -> None:
        """Mark the rows that are linked; `selection` belongs to the analysis that was shown last."""

    def show_interpreter(self, interpreter: Interpreter) -> None:
        """Another interpreter was chosen: what it makes will follow."""
        self.interpreter = interpreter

    def show_others(self, interpreters: Iterable[Interpreter]) -> None:
        """These interpreters were found."""
        self.others = tuple(interpreters)

    def show_specialised(self, specialised: Specialised) -> None:
        """A run has told which instructions the interpreter specialised."""

    def focus_content(self) -> None:
        """Give the focus to what the pane holds."""
        for widget in self.query("*"):
            if widget.focusable and widget.display:
                widget.focus()
                return


class TablePane(Pane, Generic[PaneTable]):
    """A pane of one table's rows, and what it says when there is no table.

    Attributes:
        table: the rows on the screen; those of an older text stay until newer ones are there.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.table: PaneTable | None = None
        self._notice = Notice(classes="notice")
        self._content = self.make_content()
        self._content.display = False

    def make_content(self) -> Widget:
        """The widget that shows rows; made once."""
        raise NotImplementedError

    def show_table(self, table: PaneTable) -> None:
        """Show a table that has just arrived."""
        raise NotImplementedError

    def table_of(self, analysis: Analysis) -> PaneTable | None:
        """The pane's own table of an analysis."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The notice above the rows."""
        yield self._notice
        yield self._content

    def on_mount(self) -> None:
        """Say that nothing is there yet, or show what came before the pane did."""
        self._show(self.analysis)

    @property
    def is_current(self) -> bool:
        """Whether the rows on the screen belong to the newest analysis."""
        return self.table is not None and self.table_of(self.analysis) is self.table

    def show_analysis(self, analysis: Analysis) -> None:
        """Show the table, the failure, or which earlier stage is missing."""
        super().show_analysis(analysis)
        if self.is_mounted:
            self._show(analysis)

    def _show(self, analysis: Analysis) -> None:
        table = self.table_of(analysis)
        failure = analysis.failures.get(self.STAGE)
        if table is not None:
            if table is not self.table:
                self.table = table
                self.show_table(table)
            self._say(self._failure_text(failure) if failure is not None else None, rows=True)
        elif failure is not None:
            self._say(self._failure_text(failure), rows=False)
        elif (missing := about_missing(self.STAGE, analysis)) is not None:
            self._say(missing, rows=False)
        elif self.table is None:
            self._say(quiet("not there yet"), rows=False)
        # Else the rows of the text before this one stay until newer ones are there.

    def _failure_text(self, failure: Failure) -> Words:
        able = [other.name for other in self.others if other.can(self.STAGE)]
        return about_failure(failure, self.interpreter, able)

    def _say(self, words: Words | None, *, rows: bool) -> None:
        self._notice.display = words is not None
        if words is not None:
            self._notice.show(words)
        self._notice.set_class(rows, "-above")
        had_focus = self._content.has_focus
        self._content.display = rows
        if had_focus and not rows:
            self._notice.focus()
        elif rows and self._notice.has_focus:
            self._content.focus()

    def select(self, row: int, sentence: str) -> None:
        """Post that the learner chose a row of the newest table; a row of an older one links to nothing."""
        if self.is_current:
            self.post_message(self.Selected(self, self.STAGE, row))
        self.explain(sentence)

    def explain(self, sentence: str) -> None:
        """Post the sentence about the row under the cursor."""
        self.post_message(self.Explained(self, sentence))
