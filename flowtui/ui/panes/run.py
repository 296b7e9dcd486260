"""Pane 5: a recorded run at one step: the whole recording in a line, frames, stack and heap, and what the step does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from flowtui.model.interpreter import Interpreter
from flowtui.model.trace import State, Zoom
from flowtui.ui.panes.base import Pane
from flowtui.ui.panes.notice import Notice, Words
from flowtui.ui.panes.text import visible
from flowtui.ui.widgets.run_picture import RunPicture
from flowtui.ui.widgets.scrubber import Profile, Scrubber

#: From this height on the step's sentence stands in the pane; below it the link bar alone tells it.
SENTENCE_HEIGHT = 13
#: From this height on the scrubber's marks have a line of their own.
_MARKS_HEIGHT = 15
#: From this height on the last line of the output so far stands in the pane.
_OUTPUT_HEIGHT = 16
#: Rows that watches may take, in a low pane and in a high one.
_WATCH_ROWS = 2, 4
_INVITATION = (
    "`R` records the program. Then walk through its run, forwards and back, and see what the interpreter itself holds "
    "at every step: frames, variables, operand stack, heap.",
    "`n` `N` step and step back, `.` `,` finer and coarser steps, `s` over a call, `f` out of a function.",
    "`b` sets a breakpoint in the source, `x` goes there; `y` says why an object is alive, `a` asks what comes next.",
    "`O` says what is recorded, `?` shows all keys.",
)
_NO_STACK = "No operand stack could be recorded; CPython has one."
_ZOOMS = {"line": "lines", "expression": "expressions", "instruction": "instructions"}


class Watched(NamedTuple):
    """A watch expression and what it gives at a step; `wrong`: why it gives nothing there."""

    text: str
    value: str
    wrong: str = ""
    changed: bool = False
    inferred: bool = False


class Seen(NamedTuple):
    """What the pane shows of one step.

    Attributes:
        state: the step's state.
        sentence: what the step does; code stands in backticks.
        zoom: how far one step goes.
        watches: the watch expressions.
    """

    state: State
    sentence: str
    zoom: Zoom
    watches: Sequence[Watched] = ()


def _step_keys(key: str, back: str, move: str, words: str, tooltip: str) -> tuple[Binding, Binding]:
    """The keys of a move and of the same move back."""
    return (
        Binding(key, f"screen.walk({move!r})", words, tooltip=tooltip),
        Binding(back, f"screen.walk({move + '_back'!r})", f"{words}, backwards", show=False),
    )


def keyed(text: str) -> Content:
    """A sentence with keys in backticks."""
    pieces = text.split("`")
    return Content.assemble(
        *((piece, "bold $footer-key-foreground" if at % 2 else "") for at, piece in enumerate(pieces))
    )


def last_line(state: State) -> Content:
    """The last line that the program had written by then, and how many there were."""
    text = state.stderr or state.stdout
    lines = text.rstrip("\n").split("\n")
    if not text:
        return Content.styled("nothing written yet", "$foreground-muted italic")
    count = f"{len(lines):,} line{'s' if len(lines) > 1 else ''} written, the last: "
    return Content.assemble(
        (count, "$foreground-muted"), (visible(lines[-1]), "$text-error" if state.stderr else "")
    )


class RunPane(Pane):
    """A recorded run. It knows nothing of recordings: the screen gives it one step at a time."""

    NUMBER, TITLE, STAGE = "5", "Run", "run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right", "screen.walk('forward')", "step"),
        Binding("N,left", "screen.walk('back')", "back"),
        Binding("full_stop", "screen.finer(1)", "finer"),
        Binding("comma", "screen.finer(-1)", "coarser"),
        *_step_keys("s", "S", "over", "over", "Over a call: its frame is not gone into"),
        *_step_keys("f", "F", "out", "out", "To the end of this function; backwards: to who called it"),
        Binding("home", "screen.walk('first')", "first step", show=False),
        Binding("end", "screen.walk('last')", "last step", show=False),
        Binding("g", "screen.go_to_step", "go to a step's number", show=False),
        Binding("right_square_bracket", "screen.change(1)", "next change of the variable", show=False),
        Binding("left_square_bracket", "screen.change(-1)", "last change of the variable", show=False),
        Binding("m", "screen.life('born')", "where the object was made", show=False),
        Binding("d", "screen.life('died')", "where the object died", show=False),
        Binding("y", "screen.why", "why is the object alive?", show=False),
        Binding("slash", "screen.search_value", "search a value", show=False),
        Binding("greater_than_sign", "screen.search_value_again(1)", "next step with that value", show=False),
        Binding("less_than_sign", "screen.search_value_again(-1)", "last step with that value", show=False),
        Binding("plus", "screen.add_watch", "watch an expression", show=False),
        Binding("minus", "screen.remove_watch", "watch one less", show=False),
        Binding("a", "screen.predict", "ask me", show=True, tooltip="Be the machine: what comes next?"),
    ]

    class Wanted(Message):
        """The learner wants to be at a step: the scrubber was moved."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            """While the mouse drags, the last place is the one that counts."""
            return isinstance(message, RunPane.Wanted)

    class FrameChosen(Message):
        """A frame of the picture was chosen; `number` is the frame's."""

        def __init__(self, number: int) -> None:
            self.number = number
            super().__init__()

    class ProfileWanted(Message):
        """The scrubber has room for so many columns."""

        def __init__(self, columns: int) -> None:
            self.columns = columns
            super().__init__()

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.seen: Seen | None = None
        self.scrubber = Scrubber()
        self.picture = RunPicture()
        self._notice = Notice(classes="notice")
        self._watches = Static("", classes="watches", markup=False)
        self._written = Static("", classes="written", markup=False)
        self._sentence = Static("", classes="sentence", markup=False)
        self._lacking = Static(Content.styled(_NO_STACK, "$text-warning"), classes="written", markup=False)
        self._body = Vertical(
            self.scrubber,
            self.picture,
            self._lacking,
            self._written,
            self._watches,
            self._sentence,
            classes="recorded",
        )
        self._body.display = self._watches.display = self._written.display = self._lacking.display = False

    def compose(self) -> ComposeResult:
        """The notice, or the recording."""
        yield self._notice
        yield self._body

    def on_mount(self) -> None:
        """Say what to do."""
        self._invite()

    # ---- without a recording

    def show_interpreter(self, interpreter: Interpreter) -> None:
        """Another interpreter was chosen: say what it can record."""
        super().show_interpreter(interpreter)
        self._invite()

    def _invite(self) -> None:
        if not self.is_mounted:
            return
        lines = [keyed(line) for line in _INVITATION]
        lines += [Content.styled(line, "$text-warning") for line in self.lacks()]
        self._notice.show(Words(Content("\n").join(lines)))

    def lacks(self) -> list[str]:
        """What the chosen interpreter cannot show of a run, and who can."""
        chosen = self.interpreter
        if chosen is None:
            return []
        if not chosen.can("run"):
            return [f"{chosen.name} cannot run programs here."]
        if chosen.implementation != "cpython":
            told = f"{chosen.name} lets nobody read its operand stack, and counts no references: CPython shows both."
            return [told]
        if not chosen.can("columns"):
            return [f"{chosen.name} knows lines only, no columns: CPython shows them from 3.11 on."]
        return []

    def say(self, sentence: str) -> None:
        """Say why there is nothing to walk through."""
        self._notice.show(Words(Content(visible(sentence))))

    def clear(self) -> None:
        """There is no recording any more."""
        self.seen = None
        self.picture.show(None)
        self.scrubber.show(Profile(), 0)
        self._arrange()
        self._invite()

    # ---- a recording

    def name_files(self, names: dict[int, str]) -> None:
        """Say how the recorded source files are called."""
        self.picture.name_files(names)

    def show_profile(self, profile: Profile, total: int, *, recording: bool) -> None:
        """The whole recording, column by column, as far as it goes by now."""
        self.scrubber.show(profile, total, recording=recording)

    def show_breaks(self, steps: Sequence[int]) -> None:
        """Where breakpoints are reached."""
        self.scrubber.show_breaks(steps)

    def show_seen(self, seen: Seen) -> None:
        """Show a step."""
        self.seen = seen
        self._arrange()
        self.scrubber.go(seen.state.step.number)
        self.picture.show(seen.state)
        self._show_watches(seen.watches)
        self._show_words()

    @property
    def tells_sentence(self) -> bool:
        """Whether there is room for the sentence in the pane."""
        return self._body.display and self.size.height >= SENTENCE_HEIGHT

    def on_resize(self, event: Resize) -> None:
        """There is room for more, or less."""
        self.scrubber.styles.height = 2 if event.size.height >= _MARKS_HEIGHT else 1
        self._show_words()

    def _show_words(self) -> None:
        """The output so far and the sentence, where there is room."""
        self._sentence.display = self.tells_sentence
        self._lacking.display = self.tells_sentence and self._lacks_stack()
        self._written.display = self._body.display and self.size.height >= _OUTPUT_HEIGHT
        if self.seen is not None and self._written.display:
            self._written.update(last_line(self.seen.state))
        if self.seen is not None and self.tells_sentence:
            zoom = _ZOOMS[self.seen.zoom]
            pieces = visible(self.seen.sentence).split("`")
            styled = [
                (piece, "bold $text-accent" if number % 2 else "") for number, piece in enumerate(pieces)
            ]
            self._sentence.update(Content.assemble((f"by {zoom}  ", "$foreground-muted"), *styled))

    def _lacks_stack(self) -> bool:
        """Whether single instructions are walked through that were recorded without an operand stack."""
        if self.seen is None or self.seen.zoom == "line":
            return False
        frames = self.seen.state.frames
        return bool(frames) and all(frame.stack is None for frame in frames)

    def _show_watches(self, watches: Sequence[Watched]) -> None:
        self._watches.display = bool(watches)
        if not watches:
            return
        lines = []
        rows = _WATCH_ROWS[self.size.height >= SENTENCE_HEIGHT]
        for each in watches[:rows]:
            style = "bold $text-warning" if each.changed else "italic" if each.inferred else ""
            value = (
                (visible(each.wrong), "$foreground-muted italic")
                if each.wrong
                else (visible(each.value), style)
            )
            lines.append(Content.assemble(("◉ ", "$text-accent"), (visible(each.text), "bold"), " = ", value))
        if len(watches) > rows:
            lines[-1] = Content.styled(f"… and {len(watches) - rows + 1} more", "$foreground-muted")
        self._watches.update(Content("\n").join(lines))

    def _arrange(self) -> None:
        there = self.seen is not None
        if self._body.display == there:
            return
        inside = self.has_focus_within
        self._body.display = there
        self._notice.display = not there
        if inside:
            self.focus_content()

    def focus_content(self) -> None:
        """Go to the picture, or to the words that say what to do."""
        (self.picture if self.seen is not None else self._notice).focus()

    # ---- what the widgets say

    @on(Scrubber.Moved)
    def _scrubbed(self, event: Scrubber.Moved) -> None:
        event.stop()
        self.post_message(self.Wanted(event.step))

    @on(Scrubber.ColumnsChanged)
    def _columns_changed(self, event: Scrubber.ColumnsChanged) -> None:
        event.stop()
        self.post_message(self.ProfileWanted(event.columns))

    @on(RunPicture.ItemChosen)
    def _item_chosen(self, event: RunPicture.ItemChosen) -> None:
        """An object says why it lives; whatever refers to one goes to it; a frame goes to its line."""
        event.stop()
        if event.item.kind == "object":
            self.call_later(self.app.run_action, "screen.why", self)
        elif event.item.kind == "frame":
            self.post_message(self.FrameChosen(event.item.frame))
        else:
            self.picture.action_follow()
