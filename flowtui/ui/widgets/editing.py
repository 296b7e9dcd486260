"""What Tab, Enter, Backspace and the like do to Python code: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

#: Cells, and spaces, of one level of indentation.
INDENT = 4

_LEAVES_BLOCK = re.compile(r"\s*(?:return|pass|break|continue|raise)\b")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def indents_with_tabs(lines: Sequence[str]) -> bool:
    """Whether a source indents with tabs more than with spaces (its first thousand indented lines)."""
    indented = list(islice((line[0] for line in lines if line[:1] in ("\t", " ")), 1000))
    return indented.count("\t") > len(indented) / 2


def leading(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def without_one_level(line: str) -> str:
    """A line one level further left: without a leading tab, or back to the last stop of spaces."""
    if line.startswith("\t"):
        return line[1:]
    spaces = len(line) - len(line.lstrip(" "))
    return line[(spaces - 1) % INDENT + 1 :] if spaces else line


def with_one_level(line: str, unit: str) -> str:
    """A line one level further right; a blank one stays as it is."""
    if not line.strip():
        return line
    if unit == "\t":
        return unit + line
    spaces = len(line) - len(line.lstrip(" "))
    return " " * (INDENT - spaces % INDENT) + line


def next_indent(before: str, code: str, unit: str) -> str:
    """The indentation of the line that Enter begins.

    Args:
        before: the line up to the cursor.
        code: the same with strings and comments blanked out.
        unit: one level: four spaces or a tab.
    """
    indent = leading(before)
    bare = code.rstrip()
    if not bare:
        return indent
    if bare[-1] in ":([{":
        return indent + unit
    is_open = sum(_BRACKETS.get(character, 0) for character in bare) > 0
    if not is_open and _LEAVES_BLOCK.match(code):
        return without_one_level(indent)
    return indent


def toggle_comment(lines: Sequence[str]) -> list[str]:
    """Lines with a comment sign in front of each, or without when all have one; blank lines stay."""
    filled = [line for line in lines if line.strip()]
    if filled and all(line.lstrip().startswith("#") for line in filled):
        return [re.sub(r"# ?", "", line, count=1) if line.strip() else line for line in lines]
    column = min((len(leading(line)) for line in filled), default=0)
    if not filled:  # a comment can begin on an empty line
        return [line + "# " for line in lines]
    return [line[:column] + "# " + line[column:] if line.strip() else line for line in lines]
