"""Rows that are drawn only when they are seen: what the table and the tree have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from flowtui.ui.widgets.cells import safe
from flowtui.ui.widgets.palette import Palette

#: A stretch of a row: its text and its style's name, one of `STYLE_NAMES`.
Cell = tuple[str, str]
#: Each is a component class ``list--NAME``; the empty name is the widget's own style.
STYLE_NAMES = (
    "dim",
    "name",
    "type",
    "number",
    "string",
    "keyword",
    "operator",
    "load",
    "call",
    "jump",
    "line",
    "error",
    "accent",
)
#: Signs in front of a row, so that colour is not the only one.
LINKED_SIGN, CURSOR_SIGN, ENCLOSING_SIGN = "▌", "›", "│"
#: Rows that are remembered as they were drawn.
_CACHED = 1024
_HORIZONTAL_STEP = 4


class VirtualList(ScrollView, can_focus=True):
    """A list of any number of rows with a cursor and marked rows.

    A subclass says how many rows there are and what stands in one. Work is done for the rows on the screen
    alone.

    Attributes:
        cursor: the row of the cursor, from 0.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First row", show=False),
        Binding("end,G", "last", "Last row", show=False),
        Binding("shift+left", "sideways(-1)", "Scroll left", show=False),
        Binding("shift+right", "sideways(1)", "Scroll right", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--header",
        "list--cursor",
        "list--linked",
        "list--enclosing",
        "list--sign",
        "list--guide",
        *(f"list--{name}" for name in STYLE_NAMES),
    }
    DEFAULT_CSS = """
    VirtualList {
        height: 1fr;
        background: $surface;
        color: $foreground;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;

        & .list--header { background: $panel; color: $foreground 75%; text-style: bold; }
        & .list--cursor { background: $foreground 8%; }
        &:focus .list--cursor { background: $primary 40%; text-style: bold; }
        & .list--linked { background: $warning 35%; }
        &:focus .list--linked { background: $warning 35%; text-style: bold; }
        & .list--enclosing { background: $primary 18%; }
        & .list--sign { color: $warning; }
        & .list--guide { color: $foreground 25%; }

        & .list--dim { color: $text-muted; }
        & .list--name { color: $foreground; }
        & .list--type { color: $text-primary; }
        & .list--number { color: $text-warning; }
        & .list--string { color: $text-success; }
        & .list--keyword { color: $text-primary; text-style: bold; }
        & .list--operator { color: $text-accent; }
        & .list--load { color: $text-primary; }
        & .list--call { color: $text-warning; text-style: bold; }
        & .list--jump { color: $text-accent; text-style: italic; }
        & .list--line { color: $text-success; }
        & .list--error { color: $text-error; text-style: bold; }
        & .list--accent { color: $text-accent; text-style: bold; }

        /* Sixteen colours cannot be mixed: there the signs are text styles. */
        &:ansi .list--header { background: transparent; text-style: bold underline; }
        &:ansi .list--cursor { background: transparent; text-style: bold; }
        &:ansi:focus .list--cursor { background: transparent; text-style: bold reverse; }
        &:ansi .list--linked { background: transparent; color: $warning; text-style: reverse; }
        &:ansi:focus .list--linked { background: transparent; color: $warning; text-style: reverse bold; }
        &:ansi .list--enclosing { background: transparent; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        self._palette = Palette(self, "list--")
        self._rows: LRUCache[tuple[object, ...], Strip] = LRUCache(_CACHED)
        self._linked: Collection[int] = ()
        self._enclosing: Collection[int] = ()
        self._widest = 0
        self._to_show: int | None = None
        super().__init__(name=name, id=id, classes=classes)

    # ---- for subclasses ---------------------------------------------------------------------------------

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @property
    def header_height(self) -> int:
        """Lines above the rows that do not scroll: 0 or 1."""
        return 0

    def _header(self) -> list[Segment]:
        """The header's line, without its style."""
        return []

    def _row_segments(self, row: int, left: int, right: int) -> tuple[list[Segment], int, int]:
        """A row without what lies over it.

        Args:
            row: which one.
            left: the first cell that is seen.
            right: the cell behind the last one that is seen.

        Returns:
            Segments, the cell at which they begin (at most `left`), and the whole row's cells.
        """
        raise NotImplementedError

    def _chosen(self, row: int) -> None:
        """The user, and nobody else, moved the cursor to a row."""

    def _is_linked(self, row: int) -> bool:
        return row in self._linked

    def _is_enclosing(self, row: int) -> bool:
        return row in self._enclosing

    # ---- contents ---------------------------------------------------------------------------------------

    def _rows_changed(self) -> None:
        """Other rows than before: forget how they looked."""
        self._rows.clear()
        self._widest = 0
        self.cursor = max(0, min(self.cursor, self.row_count - 1))
        self._update_size()
        self.refresh()

    def _update_size(self) -> None:
        self.virtual_size = Size(self._natural_width(), self.row_count + self.header_height)

    def _natural_width(self) -> int:
        """Cells of the widest row that was seen so far."""
        return self._widest

    def _styled(self, cells: Iterable[Cell]) -> list[Segment]:
        base, palette = self._palette.base, self._palette
        return [Segment(safe(text), base + palette[name] if name else base) for text, name in cells]

    # ---- marks and the cursor ---------------------------------------------------------------------------

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two rows again."""
        self._refresh_row(old)
        self._refresh_row(new)

    def _refresh_row(self, row: int) -> None:
        y = row - self.scroll_offset.y + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _replace_marks(self, linked: Collection[int], enclosing: Collection[int]) -> None:
        """Mark other rows; only rows that look different are drawn again."""
        seen = self._seen_rows()
        before = [(self._is_linked(row), self._is_enclosing(row)) for row in seen]
        self._linked, self._enclosing = _quick(linked), _quick(enclosing)
        for row, old in zip(seen, before, strict=True):
            if old != (self._is_linked(row), self._is_enclosing(row)):
                self._refresh_row(row)

    def _first_linked(self) -> int | None:
        """The lowest number among what is linked."""
        if isinstance(self._linked, range):
            return self._linked[0] if self._linked else None
        return min(self._linked, default=None)

    def _page_height(self) -> int:
        return max(1, self.size.height - self.header_height)

    def _seen_rows(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(top + self._page_height(), self.row_count))

    def move_to(self, row: int, *, center: bool = False) -> None:
        """Put the cursor on the nearest row that there is and show it; nobody is told.

        Args:
            row: from 0.
            center: when it has to be scrolled to, into the middle.
        """
        if self.row_count:
            self.cursor = max(0, min(row, self.row_count - 1))
            self.show_row(self.cursor, center=center)

    def show_row(self, row: int, *, center: bool = True) -> None:
        """Scroll as far as needed to show a row."""
        if not self.size.height:  # not laid out yet, or hidden
            self._to_show = row
            return
        # The first row that is shown stands in the middle, whoever asks first when there is room for it.
        center = center or self._to_show is not None
        self._to_show = None
        top, height = self.scroll_offset.y, self._page_height()
        if top <= row < top + height:
            return
        near = row if row < top else row - height + 1
        top = row - height // 2 if center else near
        self.scroll_to(y=max(0, top), animate=False, force=True)

    def _on_resize(self) -> None:
        if self._to_show is not None and self.size.height:
            self.show_row(self._to_show)

    def _user_moves_to(self, row: int) -> None:
        if self.row_count:
            self.move_to(row)
            self._chosen(self.cursor)

    def action_step(self, rows: int) -> None:
        """Go some rows down."""
        self._user_moves_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Go some screens down."""
        step = pages * max(1, self._page_height() - 1)
        self.scroll_relative(y=step, animate=False, force=True)
        self._user_moves_to(self.cursor + step)

    def action_first(self) -> None:
        """Go to the first row."""
        self._user_moves_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._user_moves_to(self.row_count - 1)

    def action_sideways(self, steps: int) -> None:
        """Scroll to the right or, negative, to the left."""
        self.scroll_relative(x=steps * _HORIZONTAL_STEP, animate=False, force=True)

    async def _on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None or place.y < self.header_height:
            return
        row = self.scroll_offset.y + place.y - self.header_height
        if row < self.row_count:
            self._clicked(row, place.x + self.scroll_offset.x - 1)

    def _clicked(self, row: int, cell: int) -> None:
        """A row was clicked at a cell of its text."""
        self._user_moves_to(row)

    # ---- painting ---------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """The theme, the focus or a class changed."""
        self._palette.forget()
        self._rows.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the widget; a row that looks as it did is not drawn again."""
        width = self.size.width
        left, top = self.scroll_offset
        if y < self.header_height:
            style: Style = self._palette.base + self._palette["header"]
            strip = Strip([Segment(" "), *self._header()]).apply_style(style)
            return strip.crop_extend(left, left + width, style)
        row = top + y - self.header_height
        if row >= self.row_count:
            return Strip.blank(width, self._palette.base)
        key = (row, row == self.cursor, self._is_linked(row), self._is_enclosing(row), left, width)
        strip_or_none = self._rows.get(key)
        if strip_or_none is None:
            strip_or_none = self._rows[key] = self._paint(*key)
        return strip_or_none

    def _paint(self, row: int, cursor: bool, linked: bool, enclosing: bool, left: int, width: int) -> Strip:
        palette = self._palette
        over = Style.null()
        sign = " "
        if enclosing:
            over, sign = over + palette["enclosing"], ENCLOSING_SIGN
        if cursor:
            over, sign = over + palette["cursor"], CURSOR_SIGN
        if linked:
            over, sign = over + palette["linked"], LINKED_SIGN
        seen = max(0, width - 1)
        segments, begin, cells = self._row_segments(row, left, left + seen)
        self._note_width(cells + 1)
        strip = Strip(segments).crop(max(0, left - begin), max(0, left - begin) + seen)
        if cells > left + seen > 0 and strip.cell_length:
            strip = Strip([*strip.crop(0, seen - 1), Segment("…", palette.base + palette["dim"])])
        strip = strip.extend_cell_length(seen, palette.base)
        front = Segment(sign, palette.base + palette["sign"])
        return Strip(
            [Segment(text, (style or palette.base) + over) for text, style, _ in (front, *strip)], width
        )

    def _note_width(self, cells: int) -> None:
        if cells > self._widest:
            self._widest = cells
            self.call_later(self._update_size)


def _quick(rows: Collection[int]) -> Collection[int]:
    """The same numbers, with a quick ``in``."""
    return rows if isinstance(rows, (range, set, frozenset)) else frozenset(rows)


def segments_length(segments: Iterable[Segment]) -> int:
    """The cells that segments take."""
    return sum(cell_len(segment.text) for segment in segments)
