"""A whole recording in one or two lines: how deep its calls are over time, its marks, and where we are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from flowtui.ui.widgets.palette import Palette

#: A column's depth in eighths; the first is for none.
BARS = " ▁▂▃▄▅▆▇█"
BREAK_SIGN, EXCEPTION_SIGN, COLLECTION_SIGN, OUTPUT_SIGN, HERE_SIGN = "●", "✗", "◇", "·", "▲"
#: Each is a component class ``scrubber--NAME``.
STYLE_NAMES = (
    *("label", "number", "bar", "ahead", "here"),
    *("output", "exception", "collection", "break", "recording"),
)
#: Cells of the bar from which the numbers before it are written out.
_FEWEST = 20


class Profile(NamedTuple):
    """A recording, column by column.

    Column c of n stands for the steps from ``c * total // n + 1`` on.

    Attributes:
        depths: how many frames there were at most.
        output: the columns in which something was written.
        exceptions: those in which an exception arose.
        collections: those in which the collector ran.
    """

    depths: Sequence[int] = ()
    output: Collection[int] = ()
    exceptions: Collection[int] = ()
    collections: Collection[int] = ()


class Scrubber(Widget):
    """``step 1,234 / 1,000,000 ▁▂▃▃▂▁``: a click or a drag goes there.

    With two lines the marks stand below the bars, with one in their place.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"scrubber--{name}" for name in STYLE_NAMES}
    DEFAULT_CSS = """
    Scrubber {
        height: 1;
        background: $surface;
        color: $foreground;

        & .scrubber--label { color: $text-muted; }
        & .scrubber--number { color: $foreground; text-style: bold; }
        & .scrubber--bar { color: $primary; }
        & .scrubber--ahead { color: $primary 55%; }
        & .scrubber--here { color: $text-accent; text-style: bold reverse; }
        & .scrubber--output { color: $text-success; }
        & .scrubber--exception { color: $text-error; text-style: bold; }
        & .scrubber--collection { color: $text-accent; }
        & .scrubber--break { color: $error; text-style: bold; }
        & .scrubber--recording { color: $text-error; text-style: bold; }
    }
    """

    class Moved(Message):
        """The user went to a step."""

        def __init__(self, scrubber: Scrubber, step: int) -> None:
            self.scrubber = scrubber
            self.step = step
            super().__init__()

        @property
        def control(self) -> Scrubber:
            """The scrubber that it comes from."""
            return self.scrubber

    class ColumnsChanged(Message):
        """The bar has room for another number of columns: a profile with as many is wanted."""

        def __init__(self, scrubber: Scrubber, columns: int) -> None:
            self.scrubber = scrubber
            self.columns = columns
            super().__init__()

        @property
        def control(self) -> Scrubber:
            """The scrubber that it comes from."""
            return self.scrubber

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        self._palette = Palette(self, "scrubber--")
        self._profile = Profile()
        self._breaks: frozenset[int] = frozenset()
        self._highest = 1
        self._step = 0
        self._total = 0
        self._recording = False
        self._label = 0
        self._measured = 0
        self._told = 0
        self._dragging = False
        super().__init__(name=name, id=id, classes=classes)

    # ---- what is shown ----------------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """How many columns the bar has: as many as a profile should have."""
        return max(1, self.size.width - self._label)

    @property
    def step(self) -> int:
        """The step at which the marker is."""
        return self._step

    @property
    def total(self) -> int:
        """How many steps there are."""
        return self._total

    def show(self, profile: Profile, total: int, *, recording: bool = False) -> None:
        """Show a recording.

        Args:
            profile: column by column; another number of columns than there are is stretched.
            total: steps.
            recording: whether it still grows.
        """
        if (profile, total, recording) == (self._profile, self._total, self._recording):
            return
        self._profile, self._total, self._recording = profile, total, recording
        self._highest = max(1, *profile.depths) if profile.depths else 1
        self._measure()
        self.refresh()

    def show_breaks(self, steps: Collection[int]) -> None:
        """Mark the steps at which breakpoints are reached."""
        if self._breaks != frozenset(steps):
            self._breaks = frozenset(steps)
            self.refresh()

    def go(self, step: int) -> None:
        """Put the marker on a step; nobody is told. Only the cells that change are drawn again."""
        if step == self._step:
            return
        old = self._column_of(self._step)
        self._step = step
        new = self._column_of(step)
        self.refresh(Region(0, 0, self._label, 1))
        for column in {old, new}:
            self.refresh(Region(self._label + column, 0, 1, self.size.height))

    # ---- columns and steps ------------------------------------------------------------------------------

    def _column_of(self, step: int) -> int:
        """The column in which a step is; the first one where there are fewer steps than columns."""
        if self._total < 1:
            return 0
        columns = self.columns
        if self._total < columns:
            return max(0, min(-(-(step - 1) * columns // self._total), columns - 1))
        # The inverse of `_step_of`: the last column whose first step is not behind the step.
        return max(0, min((step * columns - 1) // self._total, columns - 1))

    def _step_of(self, column: int) -> int:
        """The first step of a column."""
        column = max(0, min(column, self.columns - 1))
        return max(1, min(column * self._total // self.columns + 1, self._total))

    def _profile_column(self, column: int) -> int:
        """The profile's column that is drawn at one of ours."""
        return column * len(self._profile.depths) // self.columns

    def _measure(self) -> None:
        """How wide the numbers are: as wide as they can become, so that the bar stays where it is."""
        width = self._measured = self.size.width
        digits = len(f"{self._total:,}")
        label = 5 + digits + 3 + digits + 1 + (2 if self._recording else 0)
        if width - label < _FEWEST:
            label = digits + 1
        if width - label < _FEWEST // 2:
            label = 0
        self._label = label
        if width and self.columns != self._told:
            self._told = self.columns
            self.post_message(self.ColumnsChanged(self, self.columns))

    # ---- painting ---------------------------------------------------------------------------------------

    def _on_resize(self) -> None:
        if self._measured != self.size.width:
            self._measure()
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme, the focus or a class changed."""
        self._palette.forget()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """A line: the numbers and the bars, or the marks below them."""
        self._on_resize()  # one that was hidden is asked for its lines before it hears of its size
        base = self._palette.base
        segments = self._numbers() if y == 0 else self._legend() if y == 1 else []
        strip = Strip(segments).adjust_cell_length(self._label, base)
        if y > 1 or not self._total:
            return strip.adjust_cell_length(self.size.width, base)
        marks = self._marks()
        double = self.size.height > 1
        here = self._column_of(self._step)
        texts: list[str] = []
        names: list[str] = []
        for column in range(self.columns):
            bar, mark = self._bar(column), marks.get(column)
            if y == 1:
                text, name = mark or (" ", "")
                if column == here and mark is None:
                    text, name = HERE_SIGN, "number"
            elif not double and mark is not None and mark[0] != OUTPUT_SIGN:
                text, name = mark
            else:
                text, name = bar, "bar" if column <= here else "ahead"
            if column == here and y == 0:
                name = f"{name} here"
            elif not double and mark is not None and mark[0] == OUTPUT_SIGN:
                name = f"{name} output"
            texts.append(text)
            names.append(name)
        return Strip([*strip, *self._runs(texts, names)]).adjust_cell_length(self.size.width, base)

    def _runs(self, texts: Sequence[str], names: Sequence[str]) -> list[Segment]:
        """Segments of one style each."""
        segments: list[Segment] = []
        start = 0
        for at in range(1, len(texts) + 1):
            if at == len(texts) or names[at] != names[start]:
                segments.append(Segment("".join(texts[start:at]), self._style(names[start])))
                start = at
        return segments

    def _style(self, names: str) -> Style:
        style = self._palette.base
        for name in names.split():
            style += self._palette[name]
        return style

    def _numbers(self) -> list[Segment]:
        base, palette = self._palette.base, self._palette
        if not self._label:
            return []
        digits = len(f"{self._total:,}")
        step = Segment(f"{self._step:>{digits},}", base + palette["number"])
        if self._label <= digits + 1:
            return [step]
        faint = base + palette["label"]
        sign = [Segment("● ", base + palette["recording"])] if self._recording else []
        return [*sign, Segment("step ", faint), step, Segment(f" / {self._total:,}", faint)]

    def _legend(self) -> list[Segment]:
        """What the marks mean that are there, as far as there is room."""
        found: list[Segment] = []
        profile, used = self._profile, 0
        for there, sign, name, word in (
            (self._breaks, BREAK_SIGN, "break", "break"),
            (profile.exceptions, EXCEPTION_SIGN, "exception", "raise"),
            (profile.collections, COLLECTION_SIGN, "collection", "gc"),
            (profile.output, OUTPUT_SIGN, "output", "print"),
        ):
            text = f"{word} "
            if there and used + 1 + cell_len(text) <= self._label:
                found.append(Segment(sign, self._palette.base + self._palette[name]))
                found.append(Segment(text, self._palette.base + self._palette["label"]))
                used += 1 + cell_len(text)
        return found

    def _bar(self, column: int) -> str:
        depths = self._profile.depths
        if not depths:
            return BARS[0]
        depth = depths[min(self._profile_column(column), len(depths) - 1)]
        if self._highest < len(BARS):
            return BARS[max(0, depth)]
        return BARS[max(1, -(-depth * 8 // self._highest))] if depth > 0 else BARS[0]

    def _marks(self) -> dict[int, tuple[str, str]]:
        """By column, the mark that counts most, and its style."""
        marks: dict[int, tuple[str, str]] = {}
        profile, columns = self._profile, self.columns
        count = max(1, len(profile.depths))
        for places, sign, name in (
            (profile.output, OUTPUT_SIGN, "output"),
            (profile.collections, COLLECTION_SIGN, "collection"),
            (profile.exceptions, EXCEPTION_SIGN, "exception"),
        ):
            marks.update((-(-place * columns // count), (sign, name)) for place in places)
        marks.update((self._column_of(step), (BREAK_SIGN, "break")) for step in self._breaks)
        return marks

    # ---- the mouse --------------------------------------------------------------------------------------

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x >= self._label and self._total:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.x)

    async def _on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._drag_to(event.x)

    async def _on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, x: int) -> None:
        step = self._step_of(x - self._label)
        if self._column_of(self._step) != self._column_of(step):
            self.go(step)
            self.post_message(self.Moved(self, step))
