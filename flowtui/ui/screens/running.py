"""A program's run: started from the text as typed, its output in the pane, stopped with one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType

from flowtui.engine.files import SourceError
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, InputWanted, Limits, RunEvent, Specialised
from flowtui.model.source import Source
from flowtui.model.span import Span
from flowtui.ui.messages import RunHappened
from flowtui.ui.panes.text import visible
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.linked import LinkedScreen
from flowtui.ui.widgets.pipeline_bar import StageMark

if TYPE_CHECKING:
    from flowtui.engine.running import Run
    from flowtui.ui.panes.bytecode import BytecodePane
    from flowtui.ui.panes.output import OutputPane


#: Errors that arise before anything runs: they stand at the stage that found them.
_OF_THE_PARSER = ("SyntaxError", "IndentationError", "TabError")


class RunningScreen(LinkedScreen):
    """Runs the text under limits; one program at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,f5", "run", "run"),
        # Before the editor's own copying: while a program runs it means what it means in a terminal.
        Binding("ctrl+c", "stop", "stop", priority=True),
        Binding("t,f6", "stop", "stop", show=False),
    ]

    def __init__(self, document: Document, limits: Limits) -> None:
        super().__init__(document)
        self.limits = limits
        self.ended: Ended | None = None
        self._run: Run | None = None
        self._starting = False
        self._run_wanted = False
        self._runs = 0
        self._run_name = ""
        self._run_version = 0

    @property
    def output_pane(self) -> OutputPane:
        """The pane that shows the run."""
        return cast("OutputPane", self.panes["output"])

    @property
    def bytecode_pane(self) -> BytecodePane:
        """The pane that shows what a run specialised."""
        return cast("BytecodePane", self.panes["bytecode"])

    @property
    def program_runs(self) -> bool:
        """Whether a program runs."""
        return self._run is not None or self._starting

    def run_mark(self, failed: bool) -> StageMark:
        """The last stage: how the last run ended."""
        if self.program_runs:
            return StageMark("run", "output", state="running")
        ended = self.ended
        # A run of another text says nothing of this one.
        if ended is None or self._run_version != self.version:
            return StageMark("run", "output", state="idle" if failed else "waiting")
        if failed and ended.error is not None and ended.error.type in _OF_THE_PARSER:
            return StageMark("run", "output", state="idle")
        return self.ended_mark(ended)

    def ended_mark(self, ended: Ended) -> StageMark:
        """How a run ended, as a stage."""
        good = ended.exit_status == 0 and ended.error is None and ended.limit is None
        return StageMark(
            "run",
            "output",
            count="✓" if good else "",
            milliseconds=self.shown_wall(ended),
            state="done" if good else "failed",
        )

    def shown_wall(self, ended: Ended) -> float | None:
        """Milliseconds of a run for the title bar."""
        return ended.wall * 1000

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to stop only while a program runs."""
        if action == "stop":
            return self.program_runs
        if action == "run":
            return not self.program_runs
        return super().check_action(action, parameters)

    async def action_run(self) -> None:
        """Run the text as it stands in the editor."""
        self._run_wanted = self.interpreter is None and not self.program_runs
        if self.can_run():
            await self.begin_run("output")

    def can_run(self) -> bool:
        """Whether a program can be started now; the reason is told where there is one."""
        if self.program_runs or self.interpreter is None:
            return False
        if not self.interpreter.can("run"):
            self.notify(f"{self.interpreter.name} cannot run programs here.", severity="warning")
            return False
        if not self.document.has_source:
            self.notify("There is no source to run: this is a .pyc file alone.", severity="warning")
            return False
        return True

    async def begin_run(self, shown: str) -> None:
        """Start the program; `shown` is the pane to look at meanwhile."""
        self._starting = True
        self.ended = None
        if "output" not in self.panes:
            await self.mount_all_panes()
        await self.action_show(shown, focus=False)
        self.refresh_bindings()
        self._start_run()

    async def use_interpreter(self, interpreter: Interpreter) -> None:
        """Analyse with `interpreter` from now on; run what was asked for before there was one."""
        await super().use_interpreter(interpreter)
        if self._run_wanted:
            await self.action_run()

    @work(group="run", exit_on_error=False)
    async def _start_run(self) -> None:
        from flowtui.engine.connection import ProbeError

        interpreter = self.interpreter
        assert interpreter is not None
        self._runs += 1
        number = self._runs
        try:
            source = self.source_now()
            self._run_name = source.path or source.name
            self._run_version = self.version
            self.output_pane.begin(interpreter)
            self.show_pipeline()
            self._run = await self.launch(interpreter, source, lambda event: self._happened(number, event))
        except (ProbeError, SourceError, OSError) as error:
            self.notify(f"The program was not started: {error}", severity="error", timeout=10)
        finally:
            self._starting = False
            self.refresh_bindings()
            self.show_pipeline()

    async def launch(
        self, interpreter: Interpreter, source: Source, on_event: Callable[[RunEvent], None]
    ) -> Run:
        """Start the program itself.

        Raises:
            ProbeError: it cannot be started.
            OSError: the same, says the system.
        """
        from flowtui.engine.running import Run

        return await Run.start(
            interpreter,
            source,
            on_event,
            limits=self.limits,
            report_specialised=interpreter.can("adaptive"),
        )

    def _happened(self, number: int, event: RunEvent) -> None:
        self.post_message(RunHappened(number, event))

    def on_run_happened(self, message: RunHappened) -> None:
        """Show what the program did."""
        if message.run != self._runs:
            return
        event = message.event
        self.output_pane.show_event(event)
        if isinstance(event, Specialised):
            self.bytecode_pane.show_specialised(event)
        elif isinstance(event, InputWanted):
            self._answer_first()
        elif isinstance(event, Ended):
            self._run = None
            self.ended = event
            self._mark_error(event)
            self.refresh_bindings()
            self.show_pipeline()

    def _answer_first(self) -> None:
        """The program waits for a line: go there, unless the learner is typing in the source meanwhile."""
        if self.version == self._run_version and "output" in self.slots.visible:
            self.output_pane.focus_content()

    def on_output_pane_answered(self, event: OutputPane.Answered) -> None:
        """Give the program the line."""
        event.stop()
        if self._run is not None:
            self._run.write_input(event.text + "\n")

    def on_output_pane_input_closed(self, event: OutputPane.InputClosed) -> None:
        """The program gets the end of its input."""
        event.stop()
        if self._run is not None:
            self._run.close_input()

    def on_output_pane_frame_chosen(self, event: OutputPane.FrameChosen) -> None:
        """A line of a traceback was chosen: go to it, if it is in this source."""
        event.stop()
        if event.filename != self._run_name:
            self.notify(f"Line {event.line} of {event.filename}", title="Another file", markup=False)
        elif self.version != self._run_version:
            self.view.goto(event.line)
        else:
            self.link_traceback(event.line, event.span)

    def _mark_error(self, ended: Ended) -> None:
        """Link the innermost line of the traceback that is in this source."""
        if ended.error is None or not self.is_fresh:
            return
        for frame in reversed(ended.error.frames):
            if frame.filename == self._run_name:
                self.link_traceback(frame.line, frame.span)
                said = visible(f"{ended.error.type}: {ended.error.message}".rstrip(": "))
                self.link_bar.show_sentence(f"{said} (⏎ on a line of the traceback goes to its source)")
                return

    def link_traceback(self, line: int, span: Span | None) -> None:
        """Mark a line of a traceback in every pane, and underline it."""
        lines = self.view.document.lines
        if not 1 <= line <= len(lines):
            return
        text = lines[line - 1]
        if span is None:
            span = Span(line, len(text) - len(text.lstrip()), line, len(text))
        self.source_pane.show_error(span)
        from flowtui.model import links

        self.select(links.at_span(self.analysis, span, "output"))

    async def action_stop(self) -> None:
        """Stop the program, its whole process tree with it."""
        if self._run is not None:
            await self._run.stop()

    async def shut_down(self) -> None:
        """End the program too."""
        if self._run is not None:
            await self._run.stop()
            self._run = None
        await super().shut_down()
