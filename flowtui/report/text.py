"""A report as text, for a terminal (with its colours) or a pipe (without)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from flowtui.report.layout import Line, Section, cells, cut
from flowtui.report.pipeline import Report
from flowtui.report.sections import TITLES, sections, title

#: The styles as rich reads them: the sixteen colours that every terminal's owner has chosen.
STYLES = {
    "dim": "dim",
    "name": "",
    "type": "cyan",
    "number": "magenta",
    "string": "green",
    "keyword": "bold blue",
    "operator": "yellow",
    "load": "cyan",
    "call": "bold yellow",
    "jump": "bold magenta",
    "line": "blue",
    "error": "bold red",
    "accent": "bold",
}
#: Signs for an output that has no others, each as wide as what it stands for.
ASCII_SIGNS = {ord(sign): plain for sign, plain in zip("─│├└·…▸→⇒⋯×–✓", "-||`*~>>>~x-+", strict=True)}

Painter = Callable[[Line], str]


def chunks(report: Report, width: int, paint: Painter | None = None) -> Iterator[str]:
    """The report in pieces of text, some lines each, as they are made.

    Args:
        report: what was gathered.
        width: cells a line; 0 cuts nothing.
        paint: makes a line's text; without one it has no colours.
    """
    draw = paint or plain_text
    yield draw(_cut(title(report), width)) + "\n"
    for section in sections(report, width):
        yield "\n" + draw(heading(section, width)) + "\n"
        yield from blocks(section.lines, draw)


def blocks(lines: Iterable[Line], draw: Painter, size: int = 256) -> Iterator[str]:
    """Lines as text, `size` of them at once."""
    block: list[str] = []
    for line in lines:
        block.append(draw(line))
        if len(block) == size:
            yield "\n".join(block) + "\n"
            block.clear()
    if block:
        yield "\n".join(block) + "\n"


def heading(section: Section, width: int) -> Line:
    """A section's title in a rule: its name on the left, its figures on the right."""
    name = TITLES.get(section.stage, section.stage)
    figures = f" {section.figures} " if section.figures else ""
    rule = (width or 80) - cells(name) - cells(figures) - 6
    return Line(
        (
            ("── ", "dim"),
            (name, "error" if section.failed else "accent"),
            (" " + "─" * max(2, rule), "dim"),
            (figures, "error" if section.failed else ""),
            ("──", "dim"),
        )
    )


def plain_text(line: Line) -> str:
    """A line without colours."""
    return line.text


def painter(color_system: str | None) -> Painter:
    """What draws lines in a terminal's colours.

    Args:
        color_system: rich's name of the terminal's colours: ``standard``, ``256``, ``truecolor``; None: none.
    """
    if color_system is None:
        return plain_text
    from rich.console import COLOR_SYSTEMS
    from rich.style import Style

    system = COLOR_SYSTEMS[color_system]
    styles = {name: Style.parse(rule) for name, rule in STYLES.items()}

    @cache
    def frame(style: str) -> tuple[str, str]:
        before, _, after = styles[style].render("\0", color_system=system).partition("\0")
        return before, after

    def paint(line: Line) -> str:
        parts: list[str] = []
        for text, style in reversed(line.pieces):
            shown = text if parts else text.rstrip()
            if style and shown and not shown.isspace():
                before, after = frame(style)
                parts.append(f"{before}{shown}{after}")
            elif shown:
                parts.append(shown)
        return "".join(reversed(parts))

    return paint


def _cut(line: Line, width: int) -> Line:
    """The line without what does not fit; only for lines of a few pieces."""
    if not width or cells(line.text) <= width:
        return line
    first, second = line.pieces
    return Line((first, (cut(second[0], max(1, width - cells(first[0]))), second[1])))
