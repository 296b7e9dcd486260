"""Stage `tokens`: the rows of this interpreter's own ``tokenize.tokenize``."""

from __future__ import annotations

import io
import keyword
import re
import token
import tokenize
from array import array

from .text import Strings, Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable, Iterator

KEYWORDS = dict.fromkeys(getattr(keyword, "softkwlist", ()), 2)
KEYWORDS.update(dict.fromkeys(keyword.kwlist, 1))


def reader(data: bytes) -> Callable[[], bytes]:
    """What tokenize reads lines from.

    A lone carriage return ends a line for the compiler, not for ``BytesIO.readline``; such a source is given
    to tokenize with line feeds in their place, as the compiler's own ``translate_newlines`` makes them, so
    that lines agree.
    """
    if b"\r" in data:
        data = re.sub(rb"\r(?!\n)", b"\n", data)
    return io.BytesIO(data).readline


def make(text: Text) -> tuple[dict[str, Any], dict[str, array[int]], Exception | None]:
    """Tokenize: the header's keys, the columns with all rows, and the error that ended it midway, if any."""
    strings = Strings()
    names = {number: strings[name] for number, name in sorted(token.tok_name.items())}
    exact = {string: names[number] for string, number in token.EXACT_TOKEN_TYPES.items()}
    op, name = token.OP, token.NAME
    lines = text.lines
    count = len(lines)
    flat: list[int] = []
    error: Exception | None = None
    rows: Iterator[Any] = tokenize.tokenize(reader(text.data))
    try:
        for kind, string, (line, column), (end_line, end_column), _ in rows:
            index = -1
            if line != end_line or not 0 < line <= count or lines[line - 1][column:end_column] != string:
                index = strings[string]
            named = names[kind]
            flat += (
                named,
                exact.get(string, named) if kind == op else named,
                index,
                KEYWORDS.get(string, 0) if kind == name else 0,
                line,
                column,
                end_line,
                end_column,
            )
    except Exception as raised:  # tokenize raises several kinds, and codecs more
        error = raised
    fields = ("type", "exact_type", "string", "keyword", "line", "column", "end_line", "end_column")
    columns = {field: array("i", flat[i::8]) for i, field in enumerate(fields)}
    columns["first"] = first_by_line(columns["line"], count)
    return {"strings": list(strings)}, columns, error


def first_by_line(starts: array[int], count: int) -> array[int]:
    """For each line from 0 to `count` + 1 the first row that starts there or later."""
    first = array("i", bytes(4 * (count + 2)))
    reached = -1
    for row, line in enumerate(starts):
        while reached < line:
            reached += 1
            if reached < len(first):
                first[reached] = row
    for line in range(reached + 1, len(first)):
        first[line] = len(starts)
    return first
