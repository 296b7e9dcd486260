"""A run that is recorded: started, looked at while it grows, kept in a file, opened from one.

The modules of recording are imported where a recording is made: nobody who only looks at a source waits for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.timer import Timer

from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, Limits, RunEvent
from flowtui.model.source import Source
from flowtui.ui.messages import RunHappened
from flowtui.ui.panes.text import visible
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.running import RunningScreen
from flowtui.ui.screens.walk import Walk
from flowtui.ui.widgets.pipeline_bar import StageMark

if TYPE_CHECKING:
    from flowtui.engine.recording.reader import Recording
    from flowtui.engine.recording.record import Recorded
    from flowtui.engine.recording.trace_file import Trace
    from flowtui.engine.running import Run
    from flowtui.model.trace import RecordingOptions
    from flowtui.ui.panes.run import RunPane

#: Seconds between two looks at what came, while a program is recorded.
_LOOK_EVERY = 0.02
#: Steps that one look takes in: some milliseconds, so that keys are answered meanwhile.
_PIECE = 3_000
#: Looks between two pictures of the whole recording.
_LOOKS_A_PICTURE = 5


class RecordingScreen(RunningScreen):
    """Records the text as it stands in the editor; one recording at a time.

    Attributes:
        recorded: the recording, being made or finished, or opened from a file; None before the first.
        walk: where one is in it.
        recording_options: what to record; None for what is usual.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "record", "record"),
        Binding("K", "keep_recording", "keep the recording in a file", show=False),
        Binding("O", "recording_options", "what is recorded", show=False),
        Binding("T", "stop_recording", "stop recording, let the program go on", show=False),
    ]

    def __init__(self, document: Document, limits: Limits) -> None:
        super().__init__(document, limits)
        self.recorded: Recorded | Trace | None = None
        self.walk: Walk | None = None
        self.recording_options: RecordingOptions | None = None
        self._to_record = False
        self._record_wanted = False
        self._growing: Timer | None = None
        self._looks = 0
        self._looked = False
        self._program_ended = False
        #: A thread looks through the recording: nobody else asks it anything.
        self._searching = False
        self._recorded_run = 0
        self._recorded_lines: list[str] = []
        self._told_edited = False
        self._told_damaged = False

    @property
    def run_pane(self) -> RunPane:
        """The pane that shows the recording."""
        return cast("RunPane", self.panes["run"])

    @property
    def recording(self) -> Recording | None:
        """The recording that one walks in."""
        return self.walk.recording if self.walk is not None else None

    @property
    def is_recording(self) -> bool:
        """Whether it still grows."""
        return self._growing is not None

    @property
    def recording_fits(self) -> bool:
        """Whether the text in the editor is the one that was recorded."""
        return self.walk is not None and list(self.view.document.lines) == self._recorded_lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing else runs while a program is recorded."""
        if action == "record":
            return not self.program_runs
        if action == "stop_recording":
            return self.is_recording
        if action == "keep_recording":
            return self.recorded is not None
        return super().check_action(action, parameters)

    def run_mark(self, failed: bool) -> StageMark:
        """The last stage: of a recorded run how it ended and how many steps it has; a click leads to them."""
        recording, recorded = self.recording, self.recorded
        ours = recorded is not None and self._recorded_run == self._runs and not self.program_runs
        if (
            not ours
            or recorded is None
            or recording is None
            or not recording.total
            or not self.recording_fits
        ):
            return super().run_mark(failed)
        ended = recorded.about.ended
        mark = self.ended_mark(ended) if ended is not None else StageMark("run", "run", state="done")
        steps = f"{recording.total:,}"
        return replace(
            mark,
            pane="run",
            count=f"{mark.count} {steps}".lstrip(),
            unit="step" if recording.total == 1 else "steps",
        )

    # ---- recording

    async def action_record(self) -> None:
        """Record the program: the text as it stands in the editor."""
        self._record_wanted = self.interpreter is None and not self.program_runs
        if self.can_run():
            self._to_record = True
            await self.begin_run("run")

    async def use_interpreter(self, interpreter: Interpreter) -> None:
        """Analyse with `interpreter` from now on; record what was asked for before there was one."""
        await super().use_interpreter(interpreter)
        if self._record_wanted:
            await self.action_record()

    async def launch(
        self, interpreter: Interpreter, source: Source, on_event: Callable[[RunEvent], None]
    ) -> Run:
        """Start the program, recorded when that is what was asked for."""
        wanted, self._to_record = self._to_record, False
        if not wanted:
            return await super().launch(interpreter, source, on_event)
        from flowtui.engine.recording.record import record
        from flowtui.engine.recording.stream_files import StreamFilesError

        try:
            recorded = await record(
                interpreter, source, on_event, options=self.recording_options, limits=self.limits
            )
        except StreamFilesError as error:
            raise OSError(str(error)) from None
        self.take_recording(recorded)
        self._recorded_run = self._runs
        self._looks, self._looked, self._program_ended = 0, False, False
        self._growing = self.set_interval(_LOOK_EVERY, self._look)
        self.refresh_bindings()
        return recorded.run

    def take_recording(self, recorded: Recorded | Trace) -> None:
        """Walk in another recording from now on; the one before is given back."""
        self.forget_recording()
        self.recorded = recorded
        self.walk = Walk(recorded.recording)
        self._recorded_lines = recorded.about.source.lines
        self.recording_begins()
        self.refresh_bindings()

    def forget_recording(self) -> None:
        """There is no recording any more."""
        before, self.recorded, self.walk = self.recorded, None, None
        self._stop_looking()
        self._told_edited = self._told_damaged = False
        if before is not None:
            before.close()

    def _stop_looking(self) -> None:
        if self._growing is not None:
            self._growing.stop()
            self._growing = None

    def _look(self) -> None:
        """Take in some of what was recorded since the last look; the end is where nothing more will come."""
        recording = self.recording
        if recording is None or self._searching:
            return
        self._looks += 1
        if self.asked(recording.update, _PIECE):
            if self._looks % _LOOKS_A_PICTURE == 1 or not self._looked:
                self._looked = True
                self.recording_grew()
        elif self._program_ended:
            self._stop_looking()
            self.recording_ended()
            self.refresh_bindings()
            self.show_pipeline()

    def on_run_happened(self, message: RunHappened) -> None:
        """A recorded run says more than any other: where it ended."""
        message.prevent_default()
        super().on_run_happened(message)
        ends = message.run == self._runs == self._recorded_run and isinstance(message.event, Ended)
        self._program_ended = self._program_ended or ends

    def asked(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """What the recording answers; None for a damaged one, which is told of once."""
        from flowtui.engine.recording.reader import RecordingError

        try:
            return question(*arguments)
        except RecordingError as error:
            if not self._told_damaged:
                self._told_damaged = True
                self.notify(str(error), title="Recording", severity="error", timeout=10)
            return None

    def recording_begins(self) -> None:
        """There is another recording."""

    def recording_grew(self) -> None:
        """It has more steps than before."""

    def recording_ended(self) -> None:
        """No step will come any more."""

    def end_sentence(self) -> str:
        """How recording and program ended."""
        recorded, recording = self.recorded, self.recording
        if recorded is None or recording is None:
            return ""
        steps = "1 step" if recording.total == 1 else f"{recording.total:,} steps"
        why = getattr(recorded, "unrecorded", "")
        if why and not recording.total:
            return visible(f"Nothing was recorded: {why}")
        end = recording.end
        parts = [end.sentence if end is not None else f"{steps} recorded."]
        if recorded.about.ended is not None:
            parts.append(recorded.about.ended.sentence)
        return visible(" ".join(parts))

    async def action_stop_recording(self) -> None:
        """End the recording; the program goes on."""
        stop = getattr(self.recorded, "stop_recording", None)
        if stop is not None:
            stop()

    def _answer_first(self) -> None:
        """The program waits for a line: show where it is given, unless the learner is typing in the source."""
        if self.is_recording and "output" not in self.slots.visible and not self.editing:
            self.call_later(self.action_show, "output")
        else:
            super()._answer_first()

    def _mark_error(self, ended: Ended) -> None:
        """A recorded error is walked to; the run pane stays where it is."""
        if self._recorded_run != self._runs:
            super()._mark_error(ended)

    # ---- options

    def action_recording_options(self) -> None:
        """Choose what is recorded, and how much."""
        from flowtui.model.trace import RecordingOptions
        from flowtui.ui.screens.recording_options import RecordingOptionsScreen

        def chosen(options: RecordingOptions | None) -> None:
            if options is not None:
                self.recording_options = options
                self.notify("The next recording goes by that: R records.")

        self.app.push_screen(RecordingOptionsScreen(self.recording_options or RecordingOptions()), chosen)

    # ---- files

    def action_keep_recording(self) -> None:
        """Ask for a name and write the recording to that file."""
        from flowtui.ui.screens.dialogs import Choice, ChoiceDialog, LineDialog

        if self.recorded is None:
            return
        name = Path(self.document.path or self.document.name.strip("<>") or "recording")
        proposed = str(name.with_suffix(".flowtrace"))

        def check(value: str) -> str:
            if not value.strip():
                return "A name, such as demo.flowtrace."
            return "That is a folder." if Path(value).expanduser().is_dir() else ""

        def named(value: str | None) -> None:
            if value is None:
                return
            path = Path(value).expanduser().absolute()
            if not path.exists():
                self._keep_in(path)
                return
            choices = [Choice("no", "n", "leave it"), Choice("yes", "o", "overwrite it")]
            self.app.push_screen(
                ChoiceDialog(f"{value} is there already.", choices),
                lambda answer: self._keep_in(path) if answer == "yes" else None,
            )

        self.app.push_screen(LineDialog("Keep the recording as", proposed, "demo.flowtrace", check), named)

    def _keep_in(self, path: Path) -> None:
        from flowtui.engine.recording.trace_file import TraceFileError

        if self.recorded is None:
            return
        try:
            self.recorded.save(path)
        except TraceFileError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        self.notify(f"The recording is kept in {path}", timeout=6)

    async def shut_down(self) -> None:
        """Give the recording back too."""
        await super().shut_down()
        self.forget_recording()
