"""Pane 1: the source, editable, with what is linked, executed or wrong laid over it."""

from __future__ import annotations

from textual.app import ComposeResult

from flowtui.model.selection import Selection
from flowtui.model.span import Span
from flowtui.ui.panes.base import Pane
from flowtui.ui.widgets.source_view import SourceView

#: Rows on either side of the cursor that an overlay reaches: a class may have ten thousand.
_REACH = 400


class SourcePane(Pane):
    """The editor. Its own messages (`TextArea.Changed`, …) go up to the screen.

    Attributes:
        view: the editor.
    """

    NUMBER, TITLE, STAGE = "1", "Source", "source"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.view = SourceView()
        self._breakpoints: dict[int, str] = {}
        self._executing: int | None = None

    def compose(self) -> ComposeResult:
        """The editor alone."""
        yield self.view

    def focus_content(self) -> None:
        """Go into the editor."""
        self.view.focus()

    def show_selection(self, selection: Selection) -> None:
        """Show the linked stretch and the node around it; bring the cursor there if it is elsewhere."""
        if selection.origin != self.STAGE and selection.position is not None:
            self.view.goto(*selection.position)
        # What a recorded step executes has a mark of its own.
        runs = selection.origin == "run"
        linked = [selection.span] if selection.span is not None and not runs else []
        tokens = self.analysis.tokens
        if selection.origin == "symbols" and tokens is not None:
            linked = [span for row in selection.tokens if (span := tokens.span(row)) is not None]
        self._overlay("linked", linked)
        around = self._around(selection) if not runs else None
        self._overlay("enclosing", [around] if around is not None else [])

    def _around(self, selection: Selection) -> Span | None:
        """The span of the nearest node that is more than what is linked."""
        tree = self.analysis.ast
        if tree is None:
            return None
        nodes = selection.enclosing if selection.node is None else (selection.node, *selection.enclosing)
        for node in nodes:
            span = tree.span(node)
            if span is not None and span != selection.span:
                return span
        return None

    def show_error(self, span: Span | None) -> None:
        """Underline where an error is."""
        self._overlay("error", [span] if span is not None else [])

    def show_executing(self, line: int | None, span: Span | None = None) -> None:
        """Show the line that is executed, and the stretch of it; None: nothing is."""
        whole = Span(line, 0, line + 1, 0) if line is not None else None
        shown = span or whole
        self._overlay("executing", [shown] if shown is not None else [])
        self._executing = line
        self._show_marks()

    def show_breakpoints(self, marks: dict[int, str]) -> None:
        """Show breakpoints in the gutter: by row, their signs."""
        self._breakpoints = marks
        self._show_marks()

    def _show_marks(self) -> None:
        marks = dict(self._breakpoints)
        if self._executing is not None:
            row = self._executing - 1
            marks[row] = "▶" + marks.get(row, "")
        if marks != self.view.marks:
            self.view.set_marks(marks)

    def _overlay(self, name: str, spans: list[Span]) -> None:
        cursor = self.view.cursor_location[0] + 1
        rows: dict[int, list[tuple[int, int | None]]] = {}
        for line, column, end_line, end_column in spans:
            if (line, column) == (end_line, end_column):
                end_column += 1
            near = len(spans) == 1
            first = max(line, cursor - _REACH) if near else line
            last = min(end_line, (cursor if near else line) + _REACH)
            for at in range(first, last + 1):
                stop = end_column if at == end_line else None
                if stop != 0:
                    rows.setdefault(at - 1, []).append((column if at == line else 0, stop))
        self.view.set_overlay(name, rows)
