"""Walking through a recording: steps, and the same place marked in every pane."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.binding import Binding, BindingType

from flowtui.model.run import Limits, Output, RunEvent
from flowtui.model.selection import Selection
from flowtui.model.span import Position, Span
from flowtui.ui.panes.text import visible
from flowtui.ui.screens.breakpoints import Breakpoints
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.recorded_code import RecordedCode
from flowtui.ui.screens.recording import RecordingScreen
from flowtui.ui.screens.walk import FRAMES, MOVES, NOWHERE, Move

if TYPE_CHECKING:
    from flowtui.engine.recording.trace_file import Trace
    from flowtui.model.trace import State, Step
    from flowtui.ui.panes.run import RunPane, Watched

#: Objects of the heap that are drawn; more do not fit on a screen.
_HEAP = 200
#: How to go on from the first step.
_HOW = "`n` steps, `.` makes steps finer."
_ZOOM_WORDS = {"line": "a line", "expression": "an expression", "instruction": "an instruction"}


class SteppingScreen(RecordingScreen):
    """One step of the recording is shown; every move leads to another.

    Attributes:
        breakpoints: of the open source.
        state: what is shown; None before the first step.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "walk('forward')", "step forward", show=False),
        Binding("f7", "walk('back')", "step back", show=False),
    ]

    def __init__(self, document: Document, limits: Limits) -> None:
        super().__init__(document, limits)
        self.breakpoints = Breakpoints()
        self.state: State | None = None
        self.step_sentence = ""
        self._told = ""
        self._unmarked = False  # the text had not been analysed yet when the step was shown
        self._code: RecordedCode | None = None
        self._told_other_code = False
        self._drawing = False
        self._columns = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nowhere to walk without a recording."""
        if action in ("walk", "finer", "go_to_step"):
            return self.walk is not None
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        """Breakpoints go along with the lines that they stand at."""
        self.view.on_rows_changed = self._rows_changed

    def _rows_changed(self, first: int, before: int, after: int) -> None:
        self.breakpoints.edited(first, before, after)

    # ---- a recording comes, grows, ends

    def recording_begins(self) -> None:
        """Nothing is seen of it yet."""
        super().recording_begins()
        self._code = RecordedCode(self.recorded)
        self._told_other_code = False
        self._show_no_step()

    def recording_grew(self) -> None:
        """More can be walked to; the first step is shown as soon as it is there."""
        super().recording_grew()
        self._show_profile()
        if self.walk is not None and not self.walk.step and self.walk.recording.total:
            self.go_to(1)

    def recording_ended(self) -> None:
        """Say how it ended."""
        super().recording_ended()
        self.recording_grew()
        said = self.end_sentence()
        recording = self.recording
        if recording is not None and not recording.total:
            self.run_pane.say(said)
        if recording is None or not recording.total or recording.end is None or not recording.end.complete:
            self.notify(said, title="Recording", severity="warning", timeout=8)
        self.call_later(self._look_at_run, f"{said} {_HOW}")

    async def open_recording(self, recorded: Trace) -> None:
        """Walk in a recording that was kept in a file; its source is open already."""
        self.take_recording(recorded)
        wrote = {"stdout": recorded.stdout, "stderr": recorded.stderr}
        events: list[RunEvent] = [
            Output(stream, data.decode("utf-8", "replace"))  # type: ignore[arg-type]  # one of the two
            for stream, data in wrote.items()
            if data
        ]
        if recorded.about.ended is not None:
            events.append(recorded.about.ended)
        self.output_pane.show_recorded(recorded.about.interpreter, events)
        await self.action_show("run")
        self.recording_grew()
        self.show_pipeline()
        self.call_after_refresh(self.tell, f"{self.end_sentence()} {_HOW}")

    async def _look_at_run(self, said: str) -> None:
        """From the source, or an answer in the Output pane, to the recording; the bar says how it ended."""
        if not self.editing and self.current_pane.id in ("source", "output"):
            await self.action_show("run")
        self.call_after_refresh(self.tell, said)

    def forget_recording(self) -> None:
        """Nothing is marked any more."""
        super().forget_recording()
        self._code = None
        self._show_no_step()

    def _show_no_step(self) -> None:
        self.state, self.step_sentence, self._told = None, "", ""
        if self.closed:
            return
        if "run" in self.panes:
            self.run_pane.clear()
        self.show_marks(None, None)

    def on_run_pane_profile_wanted(self, event: RunPane.ProfileWanted) -> None:
        """The scrubber's size is another."""
        event.stop()
        self._columns = event.columns
        self._show_profile()

    def _show_profile(self) -> None:
        from flowtui.ui.screens.recorded_code import profile

        recording = self.recording
        if recording is None or self._searching:
            return
        overview = self.asked(recording.overview, self._columns or 80)
        if overview is not None:
            self.run_pane.name_files({file.number: visible(file.path) for file in recording.files})
            self.run_pane.show_profile(profile(overview), recording.total, recording=self.is_recording)

    # ---- being at a step

    def go_to(self, step: int) -> None:
        """Show a step; of several that are asked for at once only the last is drawn."""
        if self.walk is None or self._searching:
            return
        self.walk.step = max(1, min(step, self.walk.recording.total))
        if not self._drawing:
            self._drawing = True
            self.call_later(self._draw)

    def on_run_pane_wanted(self, event: RunPane.Wanted) -> None:
        """The scrubber was moved."""
        event.stop()
        self.go_to(event.step)

    def on_run_pane_frame_chosen(self, event: RunPane.FrameChosen) -> None:
        """Show where a frame is: the line that it executes, or at which it waits for a call."""
        event.stop()
        frames = self.state.frames if self.state is not None else ()
        frame = next((frame for frame in frames if frame.number == event.number), None)
        if frame is None or frame.line is None:
            return
        if frame.file or not self.recording_fits:
            self.tell(f"{frame.name} is at line {frame.line} of another text.")
            return
        self.view.goto(frame.line, frame.span.column if frame.span is not None else 0)
        waits = "executes" if frame is frames[0] else "waits for a call in"
        self.tell(f"{frame.name} {waits} line {frame.line}.")

    def _draw(self) -> None:
        """Show the step that one is at."""
        self._drawing = False
        walk = self.walk
        if walk is None or not walk.step or self._searching or self.closed:
            return
        from flowtui.engine.recording import memory, sentences
        from flowtui.ui.panes.run import Seen

        state: State | None = self.asked(walk.near.state, walk.step, _HEAP)
        if state is None:
            return
        if state.step.depth <= FRAMES:
            # Counts need every frame's stack; in a deeper recursion those that were recorded have to do.
            state = self.asked(memory.annotate, walk.recording, state) or state
        if self.state is not None and self.state.step.number != state.step.number:
            self._told = ""
        self.state = state
        self.step_sentence = self.asked(sentences.sentence, walk.near, walk.step, state) or ""
        self.run_pane.show_seen(Seen(state, self.step_sentence, walk.zoom, self.watched(state)))
        self.mark_step()

    def watched(self, state: State) -> list[Watched]:
        """The watch expressions at a state."""
        return []

    # ---- the same place in every pane

    def mark_step(self) -> None:
        """Mark what is executed in the source, the bytecode and the tree."""
        state = self.state
        if state is None or self.walk is None or self._code is None:
            return
        step = state.step
        line, span = self._place(step)
        if step.file or not self.recording_fits:
            if not step.file:
                self._tell_edited()
            self.show_marks(None, None)
            if self.selection.origin == "run":
                self.select(Selection(origin="run"))
        else:
            self.show_marks(line, span)
            self._unmarked = not self.is_fresh
            if self.is_fresh:
                self.select(self._selection(step, line, span))
        self.link_bar.show_sentence(self._sentence_of_selection(), prefer=True)

    def link_from_source(self) -> None:
        """Link what stands at the cursor; a step that was shown before the text was analysed comes first."""
        if self._unmarked and self.is_fresh:
            self.mark_step()
        else:
            super().link_from_source()

    def _place(self, step: Step) -> tuple[int | None, Span | None]:
        """The line and the stretch; those of the frame's caller's line where an event has none of its own."""
        if step.line is None and self.state is not None and self.state.frames:
            frame = self.state.frames[0]
            return (frame.line, frame.span) if frame.file == step.file else (None, None)
        return step.line, step.span

    def _selection(self, step: Step, line: int | None, span: Span | None) -> Selection:
        """What belongs to a step, in every stage of the analysis."""
        from flowtui.model import links

        analysis = self.analysis
        assert self._code is not None
        row = self._code.row(analysis.bytecode, step)
        self._tell_other_code(row)
        if row is not None:
            found = links.at_instruction(analysis, row)
        elif line is not None and 1 <= line <= len(analysis.lines):
            text = analysis.lines[line - 1]
            found = links.at_span(
                analysis, span or Span(line, len(text) - len(text.lstrip()), line, len(text.rstrip())), "run"
            )
        else:
            found = Selection(origin="run")
        position = Position(span.line, span.column) if span is not None else found.position
        if position is None and line is not None:
            position = Position(line, 0)
        # Where somebody types, the text cursor is theirs.
        return msgspec.structs.replace(found, origin="run", position=None if self.editing else position)

    def _tell_other_code(self, row: int | None) -> None:
        """The Bytecode pane shows what another interpreter makes of the source: nothing can be marked there."""
        if row is not None or self._code is None or self._code.fits or self._told_other_code:
            return
        self._told_other_code = True
        if self.recorded is not None and self.interpreter is not None:
            self.notify(
                f"Recorded on {self.recorded.about.interpreter.name}: the bytecode of {self.interpreter.name} is "
                "another, nothing is marked in it. v chooses the interpreter.",
                severity="warning",
                timeout=8,
            )

    def show_marks(self, line: int | None, span: Span | None) -> None:
        """Show what is executed, and the breakpoints, in the source."""
        self.source_pane.show_breakpoints(self.breakpoints.marks())
        self.source_pane.show_executing(line, span)

    def _tell_edited(self) -> None:
        if not self._told_edited:
            self._told_edited = True
            self.notify(
                "The source was edited since it was recorded: nothing is marked in it. R records it anew.",
                severity="warning",
                timeout=8,
            )

    def text_changed(self) -> None:
        """Marks belong to the text that was recorded."""
        super().text_changed()
        if self.state is None or self.recording_fits:
            self._told_edited = False
            self._marks_again()
        else:
            self._tell_edited()
            self.show_marks(None, None)

    def _marks_again(self) -> None:
        state = self.state
        if state is None or state.step.file:
            self.show_marks(None, None)
        else:
            self.show_marks(*self._place(state.step))

    def _link_again(self) -> None:
        if self.selection.origin == "run" and self.state is not None:
            self.mark_step()
        else:
            super()._link_again()

    def _sentence_of_selection(self) -> str:
        if self.selection.origin != "run" or self.state is None:
            return super()._sentence_of_selection()
        self._pinned = None
        if self._told and self.current_pane.id == "run":
            return self._told
        if self.state.step.file:
            where = self._where(self.state.step)
            return f"{where}: {self.step_sentence}" if where else self.step_sentence
        if "run" in self.slots.visible and self.run_pane.tells_sentence:
            return self._general_sentence() or self.step_sentence
        return self.step_sentence

    def _general_sentence(self) -> str:
        """What such an instruction does wherever it stands; the pane says what it does here."""
        code, rows = self.analysis.bytecode, self.selection.instructions
        if code is None or len(rows) != 1:
            return ""
        from flowtui import explain

        found = code.row(rows[0])
        return explain.instruction(found.opname, found.arg, found.argval, found.argrepr)

    def _where(self, step: Step) -> str:
        """The place of a step that is not in the open source."""
        files = self.recording.files if self.recording is not None else ()
        path = next((file.path for file in files if file.number == step.file), "")
        return visible(f"{path}:{step.line}" if step.line else path)

    # ---- moves

    def action_walk(self, move: str) -> None:
        """Go forward or back, over a call, out of the function, to the first or the last step."""
        walk = self.walk
        if walk is None or self._searching:
            return
        chosen: Move = MOVES[MOVES.index(move)]
        step = self.asked(walk.find, chosen)
        if step is not None:
            self.go_to(step)
        elif walk.step == walk.recording.total and chosen in ("forward", "over") and not self.is_recording:
            self.tell(f"{NOWHERE['forward']} {self.end_sentence()}")
        else:
            self.tell(NOWHERE[chosen])

    def tell(self, sentence: str) -> None:
        """Say something about the walk, until the next step: a focus that comes later does not unsay it."""
        self._told = sentence
        self.link_bar.show_sentence(sentence, prefer=True)

    def action_finer(self, by: int) -> None:
        """Go by lines, by expressions or by instructions from now on."""
        walk = self.walk
        if walk is None:
            return
        if walk.set_zoom(by):
            self._draw()
            self.tell(f"One step is {_ZOOM_WORDS[walk.zoom]} now: `.` is finer, `,` is coarser.")
        elif len(walk.zooms) == 1:
            self.tell("This recording goes by lines: `O` chooses what the next one takes in.")
        else:
            self.tell(
                f"One step is {_ZOOM_WORDS[walk.zoom]}: there is nothing {'finer' if by > 0 else 'coarser'}."
            )

    def action_go_to_step(self) -> None:
        """Ask for a step's number."""
        from flowtui.ui.screens.dialogs import LineDialog

        walk = self.walk
        if walk is None:
            return
        total = walk.recording.total

        def check(value: str) -> str:
            number = value.strip().replace(",", "").replace("_", "")
            fits = number.isdecimal() and len(number) < 12 and 1 <= int(number) <= total
            return "" if fits else f"A step from 1 to {total:,}."

        def given(value: str | None) -> None:
            if value is not None:
                self.go_to(int(value.strip().replace(",", "").replace("_", "")))

        self.app.push_screen(LineDialog("Go to step", str(walk.step), f"1 to {total:,}", check), given)
