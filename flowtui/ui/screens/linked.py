"""The analysis of the text as it is typed, and one selection through all panes.

`links` is imported where a place is linked: the first picture has no links, and comes the sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on, work
from textual.events import DescendantFocus
from textual.widgets import TextArea

from flowtui.model.analysis import Analysis
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.model.selection import Selection
from flowtui.model.source import Source
from flowtui.model.span import Position
from flowtui.model.stages import CodeTable
from flowtui.ui.messages import AnalysisChanged
from flowtui.ui.panes.base import Pane
from flowtui.ui.panes.text import visible
from flowtui.ui.screens.document import Document, source_beside
from flowtui.ui.screens.slots import SlotScreen
from flowtui.ui.widgets.pipeline_bar import Pipeline, StageMark, State

if TYPE_CHECKING:
    from flowtui.engine.analysis import Analyst

#: The stages of the title bar: name, the pane that shows it.
BAR_STAGES = (("tokens", "tokens"), ("AST", "ast"), ("bytecode", "bytecode"))
#: Failures that say nothing against the source.
_NO_ERRORS = ("Unavailable", "Unread")
#: What to do first, with something to look at and with nothing yet.
_TO_LOOK = "Move the cursor, and every pane follows; `e` edits, `r` runs, `?` shows all keys."
_TO_TYPE = "Type Python, and every pane follows; `esc` ends typing, then `?` shows all keys."


async def _who_reads(header: PycHeader) -> str:
    """What to do with a ``.pyc`` file that the chosen interpreter does not read."""
    if not header.exists or header.readable or not header.magic:
        return ""
    from flowtui.engine import interpreters

    readers = [other.name for other in await interpreters.discover() if other.magic == header.magic]
    return (
        f"v chooses another interpreter: {' or '.join(readers)} can."
        if readers
        else "No other that was found does."
    )


class LinkedScreen(SlotScreen):
    """Text goes to the analyst, tables come to the panes, the cursor links them.

    Attributes:
        document: what is open.
        interpreter: the one in use; None until the first has answered.
        analysis: the newest that has come back.
        version: the number of the text in the editor; `analysis` belongs to an older one until it is back.
        selection: what is linked now.
        closed: whether it has ended, and is no workbench any more.
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.interpreter: Interpreter | None = None
        self.analysis = Analysis()
        self.version = 0
        self.selection = Selection(origin="source")
        self.dirty = False
        self.closed = False
        self._analyst: Analyst | None = None
        self._of_pyc: Analysis | None = None
        self._others_found = False
        self._seen_lines: list[str] = []
        self._expected_cursor: tuple[int, int] | None = None
        self._untouched = True
        #: A sentence that stays as long as the cursor does.
        self._pinned: tuple[tuple[int, int], str] | None = None

    # ---- text to analyst, tables to panes

    async def use_interpreter(self, interpreter: Interpreter) -> None:
        """Analyse with `interpreter` from now on; the one before stays when this one fails.

        Raises:
            ProbeError: it does not work.
        """
        from flowtui.engine.analysis import Analyst

        analyst = Analyst(interpreter, self._analysis_came)
        await analyst.start()
        before, self._analyst, self.interpreter = self._analyst, analyst, interpreter
        if before is not None:
            await before.close()
        for pane in self.panes.values():
            pane.show_interpreter(interpreter)
        self.submit()

    def submit(self) -> None:
        """The text, or the interpreter, is another: analyse it."""
        self.version += 1
        self._seen_lines = list(self.view.document.lines)
        if self.document.pyc:
            self._inspect(self.version)
        elif self._analyst is not None:
            self._analyst.submit(self.version, self.source_now)
        self.show_pipeline()

    @work(group="pyc", exclusive=True, exit_on_error=False)
    async def _inspect(self, version: int) -> None:
        """Take the opened ``.pyc`` file apart; the other stages come from its source, if that is there."""
        from flowtui.engine.analysis import inspect_pyc

        interpreter, document = self.interpreter, self.document
        if interpreter is None or self._analyst is None:
            return
        header, code = await inspect_pyc(interpreter, document.pyc, source_beside(document.pyc))
        lines = tuple(self.view.document.lines)
        analysis = Analysis(version=version, lines=lines, complete=not document.has_source)
        if isinstance(code, CodeTable):
            analysis = analysis.with_table("bytecode", code)
        else:
            said = code.message if isinstance(code, Failure) else header.reason
            why = Failure(
                stage="bytecode", type="Unread", message=f"{said} {await _who_reads(header)}".strip()
            )
            analysis = analysis.with_failure(why)
        self._of_pyc = analysis
        self.notify(f"{document.name}: {header.reason}", title=f"{header.kind or 'no'} .pyc, {header.state}")
        self._analysis_came(analysis)
        if document.has_source:
            self._analyst.submit(version, self.source_now, ("tokens", "ast", "symbols"))

    def source_now(self) -> Source:
        """The text in the editor, as an interpreter gets it."""
        return self.document.as_source(self.view.document.lines)

    def _analysis_came(self, analysis: Analysis) -> None:
        self.post_message(AnalysisChanged(analysis))

    def on_analysis_changed(self, message: AnalysisChanged) -> None:
        """Show what has come back, unless a newer text has come back before."""
        analysis = message.analysis
        if analysis.version < self.analysis.version:
            return
        compiled = self._of_pyc
        if compiled is not None and compiled.version == analysis.version:
            analysis = msgspec.structs.replace(
                analysis, bytecode=compiled.bytecode, failures={**analysis.failures, **compiled.failures}
            )
        self.analysis = analysis
        for pane in self.panes.values():
            pane.show_analysis(analysis)
        error = self.told_error
        self.source_pane.show_error(error.span if error is not None else None)
        self.show_pipeline()
        if any(failure.type == "Unavailable" for failure in analysis.failures.values()):
            self._find_others()
        if self.is_fresh:
            if self.selection.origin == "source" or analysis.version != self._selected_version:
                self.link_from_source()
            else:
                self._link_again()

    @work(group="others", exit_on_error=False)
    async def _find_others(self) -> None:
        """This interpreter lacks something: let the panes say which of the others has it."""
        if self._others_found:
            return
        self._others_found = True
        from flowtui.engine import interpreters

        found = await interpreters.discover()
        for pane in self.panes.values():
            pane.show_others(found)
            pane.show_analysis(self.analysis)

    @property
    def error(self) -> Failure | None:
        """The first error. What the interpreter lacks, or cannot read, is no error of the source."""
        return next((f for f in self.analysis.failures.values() if f.type not in _NO_ERRORS), None)

    @property
    def told_error(self) -> Failure | None:
        """The error as Python itself would print it: the parser's, where `tokenize` stumbled too."""
        return self.analysis.failures.get("ast", self.error)

    # ---- links

    @property
    def is_fresh(self) -> bool:
        """Whether the tables belong to the text in the editor: links would point beside it otherwise."""
        return self.analysis.version == self.version and self.view.document.lines == self._seen_lines

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A key was typed."""
        if event.text_area is self.view:
            self.text_changed()

    def text_changed(self) -> None:
        """The text is another: analyse it, note whether it is saved."""
        self.dirty = self.document.is_dirty(self.view.document.lines)
        self.submit()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The cursor moved: by the learner, or by a pane's row, which has linked it already."""
        if event.text_area is not self.view:
            return
        expected, self._expected_cursor = self._expected_cursor, None
        if expected != self.view.cursor_location or not self.is_fresh:
            self.link_from_source()

    def on_pane_selected(self, event: Pane.Selected) -> None:
        """A row was chosen in a pane: link it, and bring the source's cursor to it."""
        event.stop()
        if not self.is_fresh:
            return
        from flowtui.model import links

        find = {
            "tokens": links.at_token,
            "ast": links.at_node,
            "bytecode": links.at_instruction,
            "symbols": links.at_symbol,
        }.get(event.stage)
        if find is not None:
            self.select(find(self.analysis, event.row))

    def on_pane_explained(self, event: Pane.Explained) -> None:
        """A pane says in a sentence what the row under its cursor is."""
        event.stop()
        self.link_bar.show_sentence(event.sentence, prefer=True)

    @on(DescendantFocus)
    def _explain_again(self) -> None:
        """In another pane the sentence is about what is linked there."""
        self._untouched = self._untouched and self.current_pane.id == "source"
        self.link_bar.show_sentence(self._sentence_of_selection(), prefer=self.selection.origin == "run")

    def link_from_source(self) -> None:
        """Link what stands at the editor's cursor."""
        row, column = self.view.cursor_location
        position = Position(row + 1, column)
        if not self.is_fresh:
            self.link_bar.show_parts([("where", f"{row + 1}:{column}")])
            return
        from flowtui.model import links

        self._untouched = self._untouched and position == (1, 0)
        self.select(links.at_position(self.analysis, position))
        self.link_bar.show_sentence(self._sentence_of_selection())

    def select(self, selection: Selection) -> None:
        """Mark `selection` in every pane."""
        if not self.document.has_source:
            selection = msgspec.structs.replace(selection, position=None, span=None)
        self.selection = selection
        self._selected_version = self.analysis.version
        before = self.view.cursor_location
        for pane in self.panes.values():
            pane.show_selection(selection)
        if self.view.cursor_location != before:
            # A pane's row brought the cursor there: what that row links to stays.
            self._expected_cursor = self.view.cursor_location
        from flowtui.model import links

        parts = links.describe(self.analysis, selection)
        failure = self.told_error
        if failure is not None:
            parts = [*parts[:1], ("error", visible(failure.sentence))]
        self.link_bar.show_parts(parts)

    _selected_version = 0

    def _link_again(self) -> None:
        """A later stage of the same text has come: the same row has more to link to."""
        from flowtui.model import links

        selection = self.selection
        if selection.origin == "tokens" and selection.token is not None:
            self.select(links.at_token(self.analysis, selection.token))
        elif selection.origin == "ast" and selection.node is not None:
            self.select(links.at_node(self.analysis, selection.node))

    def _sentence_of_selection(self) -> str:
        """What is linked in the focused pane; in the editor the node, or the token where there is none.

        Until the cursor has moved it is what a newcomer can do.
        """
        if self._pinned is not None and self._pinned[0] == self.view.cursor_location:
            return self._pinned[1]
        self._pinned = None
        if self._untouched and self.document.writable:
            return _TO_LOOK if self.view.read_only else _TO_TYPE
        if self._selected_version != self.analysis.version:
            return ""  # its rows are those of an older analysis
        # Imported late: its sentences are not needed for the first picture.
        from flowtui import explain
        from flowtui.model import links

        analysis, selection, pane = self.analysis, self.selection, self.current_pane.id
        tree, tokens, code = analysis.ast, analysis.tokens, analysis.bytecode
        main = links.main_instruction(analysis, selection) if pane == "bytecode" else None
        if code is not None and main is not None:
            found = code.row(main)
            return explain.instruction(found.opname, found.arg, found.argval, found.argrepr)
        if tree is not None and selection.node is not None and pane != "tokens":
            return explain.node(tree.kind_of(selection.node))
        if tokens is not None and selection.token is not None:
            token = tokens.row(selection.token)
            return explain.token(token.type, token.exact_type, token.string)
        return ""

    # ---- the title bar

    def show_pipeline(self) -> None:
        """Bring the title bar up to date."""
        analysis = self.analysis
        title = self.document.title
        failed = self.error
        text = self.view.document.lines
        # The empty line behind the last line end is the editor's, not the source's.
        lines = len(text) - (len(text) > 1 and not text[-1])
        source: State = "failed" if "source" in analysis.failures else "done"
        marks = [StageMark("source", "source", f"{lines:,}", "line" if lines == 1 else "lines", state=source)]
        for name, stage in BAR_STAGES:
            table = analysis.table(stage)
            state: State = "waiting"
            if stage in analysis.failures:
                state = "failed" if analysis.failures[stage] is failed else "idle"
            elif table is not None:
                state = "done"
            elif failed is not None:
                state = "idle"
            count = f"{len(table):,}" if table is not None else ""
            marks.append(StageMark(name, stage, count, "", self.shown_time(stage), state))
        marks.append(self.run_mark(failed is not None))
        self.pipeline_bar.show(
            Pipeline(
                title=title,
                dirty=self.dirty,
                stages=tuple(marks),
                interpreter=self.interpreter.name if self.interpreter else "…",
                running=self.program_runs,
            )
        )

    def shown_time(self, stage: str) -> float | None:
        """Milliseconds of a stage for the title bar."""
        return self.analysis.milliseconds.get(stage)

    @property
    def program_runs(self) -> bool:
        """Whether a program runs."""
        return False

    def run_mark(self, failed: bool) -> StageMark:
        """The last stage of the title bar."""
        return StageMark("run", "output", state="idle" if failed else "waiting")

    async def shut_down(self) -> None:
        """End the probe; the screen is about to go."""
        self.closed = True
        analyst, self._analyst = self._analyst, None
        if analyst is not None:
            await analyst.close()
