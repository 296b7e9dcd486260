"""Pane 9: what a program writes, how it ended, and the line in which it is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, InputWanted, Output, RaisedError, RunEvent
from flowtui.model.selection import Selection
from flowtui.model.span import Span
from flowtui.ui.panes.base import Pane
from flowtui.ui.panes.output_text import OutputText
from flowtui.ui.widgets.line_input import LineInput
from flowtui.ui.widgets.log_view import LogView
from flowtui.ui.widgets.pipeline_bar import duration

#: Signs in front of a line, so that colour is not the only one.
_SIGNS = {"stderr": "! ", "stdin": "> ", "note": "– ", "good": "✓ ", "bad": "✗ "}
_FRAME = re.compile(r'\s*File "(?P<file>.+)", line (?P<line>\d+)')


class OutputLines:
    """The lines of the output as the log shows them."""

    def __init__(self) -> None:
        self.text = OutputText()

    def __len__(self) -> int:
        lines = self.text.lines
        return len(lines) - (not lines[-1])  # the line that nothing was written to yet

    def line(self, row: int) -> Sequence[tuple[str, str]]:
        """A sign, then what each stream wrote in that line."""
        pieces = self.text.lines[row]
        stream = next((of for _, of in pieces if of in _SIGNS), "stdout")
        shown = [(_SIGNS.get(stream, "  "), "sign")]
        link = stream == "stderr" and _FRAME.match(self.text.plain(row)) is not None
        return shown + [(text, "link" if link else of) for text, of in pieces]


class AnswerInput(LineInput):
    """The line that a program reads; ctrl+d on an empty one ends its input."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d", "end_input", "end of input", tooltip="No more input will come"),
        Binding("escape", "leave", "to the output", show=False),
    ]

    class InputEnded(Message):
        """No more input will come."""

    class Left(Message):
        """Escape was pressed."""

    def action_end_input(self) -> None:
        """End the input, or delete to the right where something is written."""
        if self.value:
            self.action_delete_right()
        else:
            self.post_message(self.InputEnded())

    def action_leave(self) -> None:
        """Go to the output; the answer can be given later."""
        self.post_message(self.Left())


class OutputPane(Pane):
    """A run's output, bounded; the end stays in sight until it is left."""

    NUMBER, TITLE, STAGE = "9", "Output", "output"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "answer", "answer", show=False, tooltip="Answer the program"),
    ]

    class Answered(Message):
        """The learner wrote a line for the program; `text` has no line end."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class InputClosed(Message):
        """The learner says that no more input will come."""

    class FrameChosen(Message):
        """A line of a traceback was chosen; `span` where the interpreter gave columns."""

        def __init__(self, filename: str, line: int, span: Span | None) -> None:
            self.filename, self.line, self.span = filename, line, span
            super().__init__()

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines = OutputLines()
        self.error: RaisedError | None = None
        self.log_view = LogView()
        self._empty = Static("nothing was run yet: r runs the source", classes="notice", markup=False)
        self._input = AnswerInput(placeholder="the program waits for a line", compact=True)
        self._bar = Horizontal(
            Static("input ▸ ", classes="prompt", markup=False), self._input, classes="answer"
        )
        self._bar.display = False
        self._waiting = False

    def compose(self) -> ComposeResult:
        """The log, and below it the line for answers."""
        yield self._empty
        yield self.log_view
        yield self._bar

    def on_mount(self) -> None:
        """Show what came before the pane did."""
        self.log_view.set_source(self.lines)
        self._arrange()

    # ---- a run

    def clear(self) -> None:
        """Forget the last run."""
        self.lines = OutputLines()
        self.error = None
        self._waiting = False
        if self.is_mounted:
            self.log_view.set_source(self.lines)
            self._arrange()

    def begin(self, interpreter: Interpreter) -> None:
        """A run begins."""
        self.clear()
        self._note("note", f"{interpreter.name} runs the source")

    def show_recorded(self, interpreter: Interpreter, events: Sequence[RunEvent]) -> None:
        """Show what a recorded program wrote when it ran, on another machine perhaps."""
        self.clear()
        self._note("note", f"{interpreter.name} ran the source when it was recorded")
        for event in events:
            self.show_event(event)

    def show_event(self, event: RunEvent) -> None:
        """Show what the program did."""
        dropped = self.lines.text.dropped
        if isinstance(event, Output):
            self.lines.text.write(event.stream, event.text)
            if event.stream == "stdin":
                self._waiting = False
        elif isinstance(event, InputWanted):
            self._waiting = True
        elif isinstance(event, Ended):
            self._end(event)
        self._arrange()
        self.log_view.grown(2 + self.lines.text.widest, self.lines.text.dropped - dropped)

    def _end(self, ended: Ended) -> None:
        self._waiting = False
        self.error = ended.error
        good = ended.exit_status == 0 and ended.limit is None
        self._note("good" if good else "bad", ended.sentence)
        # The wall's time begins with the program itself, the processor's with its interpreter.
        cpu, memory = duration(ended.cpu * 1000), f"{ended.peak_memory / 2**20:.1f} MB"
        used = f"took {duration(ended.wall * 1000)}; processor {cpu} with its start, {memory}"
        self._note("note", used)

    def _note(self, style: str, text: str) -> None:
        self.lines.text.end_line()
        self.lines.text.write(style, text)
        self.lines.text.end_line()

    def _arrange(self) -> None:
        """Show what there is: a hint, the log, the line for answers."""
        self._empty.display = not len(self.lines)
        self.log_view.display = bool(len(self.lines))
        if self._bar.display != self._waiting:
            inside = self.has_focus_within
            self._bar.display = self._waiting
            if inside:
                (self._input if self._waiting else self.log_view).focus()

    @property
    def is_waiting(self) -> bool:
        """Whether the program waits for a line."""
        return self._waiting

    def focus_content(self) -> None:
        """Go to the line for answers when the program waits, else to the output."""
        (self._input if self._waiting else self.log_view).focus()

    # ---- answers

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._input.value = ""
        self._waiting = False
        self._arrange()
        self.post_message(self.Answered(event.value))

    @on(AnswerInput.InputEnded)
    def _input_ended(self) -> None:
        self._waiting = False
        self._arrange()
        self.post_message(self.InputClosed())

    @on(AnswerInput.Left)
    def _left(self) -> None:
        self.log_view.focus()

    def action_answer(self) -> None:
        """Go to the line for answers."""
        if self._waiting:
            self._input.focus()

    # ---- tracebacks

    def frame_at(self, row: int) -> tuple[str, int, Span | None] | None:
        """The file, the line and, where known, the span that a row of a traceback names."""
        if not 0 <= row < len(self.lines.text):
            return None
        match = _FRAME.match(self.lines.text.plain(row))
        if match is None:
            return None
        name, line = match["file"], int(match["line"])
        frames = self.error.frames if self.error is not None else ()
        span = next((f.span for f in frames if f.filename == name and f.line == line), None)
        return name, line, span

    @on(LogView.RowChosen)
    def _row_chosen(self, event: LogView.RowChosen) -> None:
        event.stop()
        # The source line and the carets below a frame's line belong to it.
        for row in range(event.row, max(-1, event.row - 3), -1):
            frame = self.frame_at(row)
            if frame is not None:
                self.log_view.set_linked(frozenset({row}))
                self.post_message(self.FrameChosen(*frame))
                return
            if not self.lines.text.plain(row).startswith("    "):
                return

    def show_selection(self, selection: Selection) -> None:
        """A selection that was made elsewhere takes the mark away."""
        if selection.origin != self.STAGE:
            self.log_view.set_linked(frozenset())
