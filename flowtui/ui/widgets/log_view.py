"""Lines that grow at the end: only what is seen is drawn, and the end stays in sight until it is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from flowtui.ui.widgets.palette import Palette


class LogSource(Protocol):
    """Where the lines come from."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def line(self, row: int) -> Sequence[tuple[str, str]]:
        """A line's pieces: text without line ends, and a component class without its prefix."""
        ...


class _Nothing:
    def __len__(self) -> int:
        return 0

    def line(self, row: int) -> Sequence[tuple[str, str]]:
        raise IndexError(row)


class LogView(ScrollView, can_focus=True):
    """A log: a line a row, never wrapped.

    Attributes:
        follow: whether new lines scroll the view; going up ends it, going to the end begins it.
        cursor: the row under the cursor.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--stdout",
        "log--stderr",
        "log--stdin",
        "log--sign",
        "log--note",
        "log--good",
        "log--bad",
        "log--link",
        "log--cursor",
        "log--linked",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "line up", show=False),
        Binding("down,j", "move(1)", "line down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "edge(False)", "first line", show=False),
        Binding("end,G", "edge(True)", "last line, and follow", show=False),
        Binding("left", "shift(-8)", "to the left", show=False),
        Binding("right", "shift(8)", "to the right", show=False),
        Binding("enter", "choose", "go to the source line", show=False),
    ]
    DEFAULT_CSS = """
    LogView { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; background: $surface; }
    LogView .log--stdout { color: $foreground; }
    LogView .log--stderr { color: $text-error; }
    LogView .log--stdin { color: $text-accent; text-style: italic; }
    LogView .log--sign { color: $text-muted; }
    LogView .log--note { color: $text-muted; text-style: italic; }
    LogView .log--good { color: $text-success; text-style: bold; }
    LogView .log--bad { color: $text-error; text-style: bold; }
    LogView .log--link { text-style: underline; }
    LogView .log--cursor { background: $primary 20%; }
    LogView .log--linked { background: $warning 35%; text-style: bold; }
    LogView:ansi .log--cursor { background: transparent; text-style: reverse; }
    """

    cursor: reactive[int] = reactive(0)

    class RowChosen(Message):
        """The learner pressed enter on a row, or clicked on it."""

        def __init__(self, log: LogView, row: int) -> None:
            self.log_view, self.row = log, row
            super().__init__()

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._source: LogSource = _Nothing()
        self._palette = Palette(self, "log--")
        self._linked: frozenset[int] = frozenset()
        self._width = 0
        self.follow = True

    def set_source(self, source: LogSource) -> None:
        """Show other lines, from their end."""
        self._source = source
        self._linked = frozenset()
        self._width = 0
        self.follow = True
        self.set_reactive(LogView.cursor, max(0, len(source) - 1))
        self.grown(0)

    def grown(self, width: int, dropped: int = 0) -> None:
        """Lines were added or changed at the end.

        Args:
            width: cells of the widest line.
            dropped: how many lines went away at the beginning since the last call.
        """
        self._width = max(self._width, width)
        count = len(self._source)
        follow = self.follow
        self.virtual_size = Size(self._width, count)
        if follow:
            self.set_reactive(LogView.cursor, max(0, count - 1))
            self._scroll(count - self._height)
        elif dropped:
            self.set_reactive(LogView.cursor, max(0, self.cursor - dropped))
            self._scroll(self.scroll_offset.y - dropped)
        self.follow = follow  # only the learner's own scrolling changes it
        self.refresh()

    def _scroll(self, row: int) -> None:
        self.scroll_to(y=max(0, row), animate=False, force=True, immediate=True)

    def set_linked(self, rows: frozenset[int]) -> None:
        """Mark rows as linked with the selection."""
        if rows != self._linked:
            self._linked = rows
            self.refresh()

    @property
    def _height(self) -> int:
        return max(1, self.scrollable_content_region.height)

    def notify_style_update(self) -> None:
        """The theme, the focus or a class changed."""
        self._palette.forget()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One row."""
        left, top = self.scroll_offset
        row, width = top + y, self.scrollable_content_region.width
        palette = self._palette
        base = palette.base
        if row >= len(self._source):
            return Strip.blank(width, base)
        if row in self._linked:
            base += palette["linked"]
        elif row == self.cursor and self.has_focus:
            base += palette["cursor"]
        segments = [Segment(text, base + palette[name]) for text, name in self._source.line(row)]
        return Strip(segments).crop_extend(left, left + width, base)

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the rows that lost and got the cursor."""
        top = self.scroll_offset.y
        for row in (old, new):
            if top <= row < top + self.size.height:
                self.refresh(Region(0, row - top, self.size.width, 1))

    def on_resize(self) -> None:
        """The end stays in sight."""
        if self.follow:
            self.grown(0)

    def _go(self, row: int) -> None:
        count = len(self._source)
        self.cursor = max(0, min(count - 1, row))
        self.follow = self.cursor >= count - 1
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + self._height:
            self.scroll_to(y=self.cursor - self._height + 1, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled away from the end, by wheel or bar: stay there."""
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) >= len(self._source) - self._height:
            self.follow = True
        elif round(new_value) < round(old_value):
            self.follow = False

    def action_move(self, step: int) -> None:
        """The cursor up or down."""
        self._go(self.cursor + step)

    def action_page(self, step: int) -> None:
        """A page up or down."""
        self._go(self.cursor + step * max(1, self._height - 1))

    def action_edge(self, end: bool) -> None:
        """The first or the last line."""
        self._go(len(self._source) - 1 if end else 0)

    def action_shift(self, step: int) -> None:
        """To the left or the right."""
        self.scroll_to(x=max(0, self.scroll_offset.x + step), animate=False, force=True)

    def action_choose(self) -> None:
        """Say that the row under the cursor was chosen."""
        if len(self._source):
            self.post_message(self.RowChosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a row and chooses it."""
        offset = event.get_content_offset(self)
        if offset is not None and (row := self.scroll_offset.y + offset.y) < len(self._source):
            self._go(row)
            self.action_choose()
