"""Never sends a cell that the terminal already shows.

Textual draws whole widgets again: one letter in an editor costs tens of kilobytes. Here what the terminal
shows is kept cell by cell, and of each update only the cells go out that differ. It rests on one private
hook, `App._display`, and on the two kinds of update that Textual 8.2's compositor hands to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

#: Equal cells between two changed ones that are cheaper to send again than to jump over.
_GAP = 4
#: Different styles that are told apart before the memory starts anew.
_STYLES = 4096
#: Joiners: terminals disagree about the width of what they join.
_UNSURE = ("\u200d", "\ufe0f")

#: One cell: what stands in it (nothing in the right half of a wide character) and the number of its style.
_Cell = tuple[str, int]
_UNKNOWN: _Cell = ("\0", -1)


class Frame:
    """What a terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._rows: list[list[_Cell]] = []
        self._strips: list[dict[int, Strip]] = []
        self._numbers: dict[Style | None, int] = {}
        self._styles: list[Style | None] = []

    def forget(self) -> None:
        """Nothing is known: the next update of a cell sends it."""
        width, height = self._size
        self._rows = [[_UNKNOWN] * width for _ in range(height)]
        self._strips = [{} for _ in range(height)]
        self._numbers.clear()
        self._styles.clear()

    def fit(self, size: Size) -> None:
        """The terminal has this size; after another one nothing is known."""
        if size != self._size or len(self._styles) > _STYLES:
            self._size = size
            self.forget()

    def _number(self, style: Style | None) -> int:
        number = self._numbers.get(style)
        if number is None:
            number = self._numbers[style] = len(self._styles)
            self._styles.append(style)
        return number

    def _cells(self, strip: Strip) -> list[_Cell]:
        """A strip, cell by cell."""
        cells: list[_Cell] = []
        for text, style, _ in strip:
            number = self._number(style)
            if text.isascii() and text.isprintable():
                cells += [(character, number) for character in text]
                continue
            for start, end, width in split_graphemes(text)[0]:
                grapheme = text[start:end]
                if width:
                    cells.append((grapheme, number))
                    cells += [("", number)] * (width - 1)
                elif cells:  # a mark whose letter is in the segment before
                    at = len(cells) - 1
                    while at and not cells[at][0]:
                        at -= 1
                    cells[at] = (cells[at][0] + grapheme, cells[at][1])
        return cells

    def draw(self, x: int, y: int, strip: Strip, color_system: ColorSystem) -> str:
        """What to send so that a strip stands at a place; it is assumed to be sent."""
        # An update of before a change of size can reach beyond the screen.
        if not (0 <= y < len(self._rows) and 0 <= x < len(self._rows[y])):
            return ""
        known = self._strips[y]
        if known.get(x) is strip:
            return ""
        row = self._rows[y]
        cells = self._cells(strip)[: len(row) - x]
        end = x + len(cells)
        _drop(known, x, end)
        out = []
        for first, last in _changes(row[x:end], cells):
            out.append(f"\x1b[{y + 1};{x + first + 1}H")
            out.append(self._render(cells[first:last], x + first, y, color_system))
            # Half of a wide character that is written over takes the other half with it.
            if first == 0 and x and not row[x][0]:
                row[x - 1] = _UNKNOWN
                _drop(known, x - 1, x)
            if x + last < len(row) and not row[x + last][0]:
                row[x + last] = _UNKNOWN
                _drop(known, x + last, x + last + 1)
        row[x:end] = cells
        known[x] = strip
        return "".join(out)

    def _render(self, cells: list[_Cell], x: int, y: int, color_system: ColorSystem) -> str:
        out: list[str] = []
        run: list[str] = []
        number = -1

        def flush() -> None:
            if run:
                style, text = self._styles[number], "".join(run)
                out.append(text if style is None else Strip.render_style(style, text, color_system))
                run.clear()

        for at, (text, style_number) in enumerate(cells, x):
            if style_number != number:
                flush()
                number = style_number
            run.append(text)
            if len(text) > 1 and any(sign in text for sign in _UNSURE):
                flush()
                behind = at + 1
                while behind - x < len(cells) and not cells[behind - x][0]:
                    behind += 1
                out.append(f"\x1b[{y + 1};{behind + 1}H")
        flush()
        return "".join(out)


def _drop(strips: dict[int, Strip], start: int, end: int) -> None:
    """Forget the strips that reach into a stretch of cells."""
    for at in [at for at, strip in strips.items() if at < end and at + strip.cell_length > start]:
        del strips[at]


def _changes(old: list[_Cell], new: list[_Cell]) -> Iterator[tuple[int, int]]:
    """Stretches of cells that differ, half open, never through the middle of a wide character of `new`."""
    if old == new:
        return
    length = len(new)
    first = -1
    last = 0
    for at in range(length):
        if old[at] == new[at]:
            continue
        begin = at
        while begin and not new[begin][0]:
            begin -= 1
        end = at + 1
        while end < length and not new[end][0]:
            end += 1
        if first >= 0 and begin - last > _GAP:
            yield first, last
            first = -1
        if first < 0:
            first = begin
        last = max(last, end)
    if first >= 0:
        yield first, last


class FrameUpdate(CompositorUpdate):
    """One of the compositor's updates, without what the terminal already shows.

    Args:
        update: what Textual wants to send.
        frame: what the terminal shows; brought up to date when the update is rendered, which is when it is
            sent.
    """

    def __init__(self, update: ChopsUpdate | LayoutUpdate, frame: Frame) -> None:
        self.update = update
        self.frame = frame

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.update.__rich_console__(console, options)

    def render_segments(self, console: Console) -> str:
        """What to send."""
        color_system = console._color_system or ColorSystem.TRUECOLOR
        draw = self.frame.draw
        return "".join([draw(x, y, strip, color_system) for x, y, strip in self._strips()])

    def _strips(self) -> Iterator[tuple[int, int, Strip]]:
        """Column, row and strip of all that the update would draw."""
        update = self.update
        if isinstance(update, LayoutUpdate):
            for y, line in enumerate(update.strips, update.region.y):
                x = update.region.x
                for strip in line:
                    yield x, y, strip
                    x += strip.cell_length
            return
        for y, x1, x2 in update.spans:
            # Chosen as `ChopsUpdate.render_segments` does, but never cut at the span's end: a cut can go
            # through a wide character, and cells that are the same are not sent anyway.
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is not None and x <= x2 and end > x1:
                    yield x, y, chop


if TYPE_CHECKING:
    _AppBase = App[object]
else:
    _AppBase = object


class FrameDiffMixin(_AppBase):
    """Comes before `App` among an app's bases.

    After anything else wrote to the terminal, `action_redraw` sends everything again.
    """

    _frame: Frame | None = None

    def on_mount(self) -> None:
        """Coming back from a suspension the terminal shows something else."""
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw(), immediate=True)

    def on_resize(self) -> None:
        """What a terminal shows after a change of size is its own affair, even if it changed back."""
        self.action_redraw()

    def _forget_frame(self) -> None:
        if self._frame is not None:
            self._frame.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._frame is None:
            self._frame = Frame()
        if isinstance(renderable, (ChopsUpdate, LayoutUpdate)):
            self._frame.fit(self.size)
            renderable = FrameUpdate(renderable, self._frame)
        elif renderable is not None:
            self._frame.forget()
        super()._display(screen, renderable)

    def action_redraw(self) -> None:
        """Send the whole screen again."""
        self._forget_frame()
        self.screen.refresh(layout=True)
