"""One line's picture: the text, its colours, what lies over it, and the gutter in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from flowtui.ui.widgets.cells import CellMap, glyphs
from flowtui.ui.widgets.palette import Palette
from flowtui.ui.widgets.python_scan import Span

#: Stretches of one row, in code points, half open; None: through the end of the line.
Stretches = Sequence[tuple[int, int | None]]
#: What can lie over the text, from below to above.
OVERLAYS = ("enclosing", "executing", "linked", "error", "search")


@dataclass(frozen=True, slots=True)
class LinePicture:
    """Everything that one line's picture depends on, the text and its colours apart.

    Attributes:
        row: from 0, for the number.
        mark: what stands in front of the number, or empty; of two signs the first is seen, the other is its colour.
        left: the first cell of the line that is seen.
        width: cells of the whole picture.
        gutter: cells of the gutter.
        current: whether the cursor's line is shown as such.
        cursor: its column, or None.
        selected: columns, or None.
        bracket: the column of the bracket that belongs to the one at the cursor, or None.
        overlays: (name, stretches), from below to above.
        needle: what is searched for, or None.
    """

    row: int
    mark: str
    left: int
    width: int
    gutter: int
    current: bool
    cursor: int | None = None
    selected: tuple[int, int] | None = None
    bracket: int | None = None
    overlays: tuple[tuple[str, tuple[tuple[int, int | None], ...]], ...] = field(default=())
    needle: re.Pattern[str] | None = None


class _Layers:
    """Styles of the seen code points, laid over each other."""

    def __init__(self, first: int, end: int) -> None:
        self.first = first
        self.styles: list[Style | None] = [None] * (end - first)

    def lay(self, start: int, end: int | None, style: Style) -> None:
        first, styles = self.first, self.styles
        begin = max(0, start - first)
        stop = len(styles) if end is None else min(end - first, len(styles))
        for at in range(begin, stop):
            under = styles[at]
            styles[at] = style if under is None else under + style


def paint_line(map_: CellMap, spans: Iterable[Span], picture: LinePicture, palette: Palette) -> Strip:
    """Paint the seen part of a line.

    Args:
        map_: the line.
        spans: its colours, in order.
        picture: what else there is to see.
        palette: the styles.
    """
    width = max(0, picture.width - picture.gutter)
    line_style = palette.base
    if picture.current:
        line_style += palette["cursor-line"]
    for name, stretches in picture.overlays:
        if name == "executing" and any(end is None for _, end in stretches):
            line_style += palette["executing"]
    text = map_.text
    first = map_.column(picture.left)
    end = min(map_.column(picture.left + width) + 1, len(text))
    layers = _layers(text, first, end, spans, picture, palette)
    start = map_.cell(first)
    segments, cells = _segments(text[first:end], start, layers.styles, line_style, palette["replaced"])
    strip = Strip(segments, cells)
    skipped = picture.left - start
    if skipped or cells > width:
        strip = strip.crop(max(0, skipped), max(0, skipped) + width)
    strip = strip.extend_cell_length(width, line_style)
    return Strip([*_gutter(picture, palette), *strip], picture.gutter + width)


def _layers(
    text: str, first: int, end: int, spans: Iterable[Span], picture: LinePicture, palette: Palette
) -> _Layers:
    """The styles of the seen code points, and of the cell behind the line's end."""
    layers = _Layers(first, end + 1)
    last = len(text)
    for start, stop, kind in spans:
        if start >= end:
            break
        if stop > first and (style := palette[kind]):
            layers.lay(start, stop, style)
    for name, stretches in picture.overlays:
        for start, stretch_end in stretches:
            layers.lay(
                start,
                max(last if stretch_end is None else stretch_end, start + (name == "error")),
                palette[name],
            )
    if picture.needle is not None:
        for found in picture.needle.finditer(text, max(0, first - 256), min(len(text), end + 256)):
            layers.lay(*found.span(), palette["search"])
    if picture.selected is not None:
        layers.lay(*picture.selected, palette["selection"])
    if picture.bracket is not None:
        layers.lay(picture.bracket, picture.bracket + 1, palette["matching-bracket"])
    if picture.cursor is not None:
        layers.lay(picture.cursor, picture.cursor + 1, palette["cursor"])
    return layers


def _segments(
    text: str, cell: int, styles: list[Style | None], line_style: Style, replaced: Style
) -> tuple[list[Segment], int]:
    """Runs of one style; what has no cell of its own goes with what it stands on."""
    segments: list[Segment] = []
    run: list[str] = []
    run_style: Style | None = None
    cells = 0
    for (drawn, width, odd), style in zip([*glyphs(text, cell), (" ", 1, False)], styles, strict=True):
        if odd:
            style = replaced if style is None else replaced + style
        if width or not run:
            if run and style is not run_style and style != run_style:
                segments.append(
                    Segment("".join(run), line_style if run_style is None else line_style + run_style)
                )
                run = []
            run_style = style
        run.append(drawn)
        cells += width
    segments.append(Segment("".join(run), line_style if run_style is None else line_style + run_style))
    return segments, cells


def _gutter(picture: LinePicture, palette: Palette) -> list[Segment]:
    """The mark and the line's number."""
    if not picture.gutter:
        return []
    style = palette.base + palette["cursor-gutter" if picture.current else "gutter"]
    number = f"{picture.row + 1:>{picture.gutter - 3}}  "
    if not picture.mark:
        return [Segment(" " + number, style)]
    name = "executing-mark" if picture.mark == "▶" else "mark"
    return [Segment(picture.mark[0], style + palette[name]), Segment(number, style)]
