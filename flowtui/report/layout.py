"""Lines of styled pieces, and columns measured in screen cells.

A style's name is one of ``"" dim name type number string keyword operator load call jump line error accent``;
the terminal's colours and the page's classes are made of it elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from flowtui.model.span import Span

#: A text and the name of its style.
Piece = tuple[str, str]

#: Characters that move the cursor, ring, hide or turn around what stands beside them; and lone surrogates.
UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
TAB_SIZE = 8


class Line(NamedTuple):
    """One line of a report; `source_line` is the line of the source it speaks of, 0 for none."""

    pieces: Sequence[Piece]
    source_line: int = 0

    @property
    def text(self) -> str:
        """The line without styles, without spaces at its end."""
        return "".join(text for text, _ in self.pieces).rstrip()


class Section(NamedTuple):
    """One stage: its name, its figures (counts, milliseconds), its lines, made while they are read."""

    stage: str
    figures: str
    lines: Iterable[Line]
    failed: bool = False


def plain(text: str, style: str = "") -> Line:
    """A line of one piece."""
    return Line(((text, style),))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def visible(text: str) -> str:
    """`text` with every unsafe character as its escape in Python; a tab stays."""
    return text if text.isascii() and text.isprintable() else UNSAFE.sub(_escape, text)


def cells(text: str) -> int:
    """How many cells of the screen `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """`text` in no more than `width` cells, with ``…`` where something is left out; 0 cuts nothing."""
    if width <= 0 or len(text) * 2 <= width or (len(text) <= 8 * width and cells(text) <= width):
        return text
    used, kept = 1, 0
    for kept, character in enumerate(text):  # noqa: B007  (the number is needed behind the loop)
        used += get_character_cell_size(character)
        if used > width:
            break
    return text[:kept] + "…"


def left(text: str, width: int) -> str:
    """`text` with spaces behind it, `width` cells in all; a longer one stays."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """`text` with spaces before it, `width` cells in all; a longer one stays."""
    return " " * (width - cells(text)) + text


def expand(text: str, column: int = 0) -> str:
    """`text` with its tabs as spaces; it begins at cell `column`."""
    if "\t" not in text:
        return text
    parts = []
    for part in text.split("\t"):
        parts.append(part)
        column += cells(part)
        gap = TAB_SIZE - column % TAB_SIZE
        parts.append(" " * gap)
        column += gap
    return "".join(parts[:-1])


def where(span: Span | None) -> str:
    """A span in few letters: ``4:8-13``, over several lines ``4:8-6:2``, nothing where there is none."""
    if span is None:
        return ""
    end = span.end_column if span.end_line == span.line else f"{span.end_line}:{span.end_column}"
    return f"{span.line}:{span.column}-{end}"


def count(number: int, name: str) -> str:
    """A number with its word: ``1 token``, ``1,024 tokens``."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def milliseconds(figure: float) -> str:
    """A time with three digits: ``0.31 ms``, ``12.5 ms``, ``480 ms``."""
    digits = 2 if figure < 10 else 1 if figure < 100 else 0
    return f"{figure:.{digits}f} ms"


def text_lines(text: str) -> Iterator[str]:
    """The lines of a program's output, safe to print; a line end at the end opens no line."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for line in lines:
        yield visible(expand(line.removesuffix("\r")))
