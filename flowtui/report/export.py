"""A report as a page (HTML) or a picture (SVG). Both stand alone: they load nothing from anywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import islice

from flowtui.report.layout import Line, plain, visible
from flowtui.report.pipeline import Report
from flowtui.report.sections import TITLES, interpreter_name, sections, title
from flowtui.report.tables import source_lines
from flowtui.report.text import STYLES, blocks, heading

#: Cells a line in a page: its columns are aligned by spaces, as in a terminal.
PAGE_WIDTH = 120
#: Lines in a picture; more would be no picture, and viewers give up on them.
MAX_PICTURE_LINES = 3000
#: rich's pictures name fonts of the network first.
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)

STYLE_SHEET = """
:root { color-scheme: light dark;
  --paper: #fcfcfa; --ink: #1d1f23; --faint: #6a6f78; --rule: #d9dade; --mark: #fff0c2; --type: #0b6a78;
  --number: #8a2a8f; --string: #2d6a1e; --keyword: #1a4fa3; --operator: #8a5a00; --error: #b3261e; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #17181b; --ink: #e4e5e8; --faint: #9298a3; --rule: #34373d; --mark: #4a3d12; --type: #5cc3d1;
  --number: #d78fdb; --string: #8fc97f; --keyword: #86b1f2; --operator: #dcaa52; --error: #ff8a80; } }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--rule); }
h2 small { float: right; font-weight: normal; color: var(--faint); }
nav a { margin-right: 1rem; } a { color: inherit; }
pre { overflow-x: auto; margin: 0;
  font: .85rem/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre a { text-decoration: none; } pre a:hover, pre a:focus { text-decoration: underline; }
:target { background: var(--mark); } .failed h2, .error { color: var(--error); }
.dim, .line { color: var(--faint); } .type, .load { color: var(--type); }
.number, .jump { color: var(--number); } .string { color: var(--string); }
.keyword { color: var(--keyword); font-weight: bold; }
.operator, .call { color: var(--operator); } .accent, .error { font-weight: bold; }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{subtitle}</p>
<nav>{links}</nav>
"""


def html_chunks(report: Report, width: int = PAGE_WIDTH) -> Iterator[str]:
    """The report as a page: a section a stage; the source has an anchor a line, and rows link to theirs."""
    has_source = bool(report.source.encoding)
    shown = [stage for stage in report.stages if report.outcome(stage) is not None]
    stages = (["source"] if has_source else []) + shown
    links = " ".join(f'<a href="#{stage}">{TITLES.get(stage, stage)}</a>' for stage in stages)
    yield _PAGE.format(
        title=f"{escape(visible(report.source.name))} · flowtui",
        style=STYLE_SHEET,
        subtitle=escape(interpreter_name(report.interpreter)),
        links=links,
    )
    row = _linker(len(source_lines(report.source)) if has_source else 0)
    for section in sections(report, width, with_source=True):
        failed = ' class="failed"' if section.failed else ""
        name = TITLES.get(section.stage, section.stage)
        figures = f"<small>{escape(section.figures)}</small>"
        yield f'<section id="{section.stage}"{failed}>\n<h2>{name} {figures}</h2>\n<pre>'
        yield from blocks(section.lines, _source_line if section.stage == "source" else row)
        yield "</pre>\n</section>\n"
    yield "</body>\n</html>\n"


def _pieces(line: Line) -> Iterator[tuple[str, str]]:
    """A line's pieces as markup, each with its style's name."""
    for text, style in line.pieces:
        markup = escape(text)
        yield f'<span class="{style}">{markup}</span>' if style and text.strip() else markup, style


def _bare(line: Line) -> str:
    return "".join(markup for markup, _ in _pieces(line))


def _source_line(line: Line) -> str:
    return f'<span id="L{line.source_line}">{_bare(line)}</span>'


def _linker(lines: int) -> Callable[[Line], str]:
    """What draws a row whose place leads to its line; the last token stands behind the last line."""

    def draw(line: Line) -> str:
        if not 0 < line.source_line <= lines:
            return _bare(line)
        opening = f'<a href="#L{line.source_line}">'
        return "".join(
            f"{opening}{markup}</a>" if style == "line" and not markup.isspace() else markup
            for markup, style in _pieces(line)
        )

    return draw


def svg(report: Report, width: int) -> str:
    """The report as one picture in the manner of a terminal window.

    A report of more than `MAX_PICTURE_LINES` lines is cut, and the picture says so.
    """
    lines = _all_lines(report, width)
    shown = list(islice(lines, MAX_PICTURE_LINES))
    left_out = sum(1 for _ in lines)
    if left_out:
        shown.append(plain(f"… {left_out:,} lines more: choose fewer stages, or another format", "error"))
    return picture(shown, width, f"flowtui · {visible(report.source.name)}")


def _all_lines(report: Report, width: int) -> Iterator[Line]:
    yield title(report)
    for section in sections(report, width):
        yield Line(())
        yield heading(section, width)
        yield from section.lines


def picture(lines: list[Line], width: int, name: str) -> str:
    """Lines as an SVG picture; the fonts are the viewer's own."""
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=io.StringIO(),
        record=True,
        width=width,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    for line in lines:
        text = Text.assemble(*((piece, STYLES.get(style, "")) for piece, style in line.pieces), end="\n")
        console.print(text, no_wrap=True, overflow="crop", crop=True, highlight=False)
    drawing = console.export_svg(title=name, unique_id="flowtui")
    return FONT_FACE.sub("", drawing)
