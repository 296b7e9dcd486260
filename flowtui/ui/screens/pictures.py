"""A picture of the screen, or of a part of it, as SVG."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.segment import Segment, Segments
from textual.app import App
from textual.geometry import Region

#: Letters that a file name had better not have.
_ODD = re.compile(r"[^\w.-]+")


def render_svg(app: App[object], title: str, region: Region | None = None) -> str:
    """The screen that is shown, or what stands in `region` of it, as an SVG document."""
    strips = app.screen._compositor.render_strips()
    if region is not None:
        strips = [strip.crop(region.x, region.right) for strip in strips[region.y : region.bottom]]
    console = Console(
        width=region.width if region is not None else app.size.width,
        height=len(strips),
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    # Rich ends a text with a new line by itself, but not a row of segments.
    rows = [segment for strip in strips for segment in (*strip, Segment.line())]
    console.print(Segments(rows), overflow="ignore", no_wrap=True, crop=True)
    return console.export_svg(title=title)


def save_picture(app: App[object], title: str, region: Region | None = None) -> str:
    """Save a picture in the working directory; its name says what it shows, and no file is overwritten.

    Returns:
        The file's path.

    Raises:
        OSError: it cannot be written.
    """
    stem = _ODD.sub("-", title.replace(".py", "")).strip("-") or "flowtui"
    text = render_svg(app, title, region)
    number = 1
    while True:
        path = Path.cwd() / (f"{stem}.svg" if number == 1 else f"{stem}-{number}.svg")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            number += 1
            continue
        return str(path)
