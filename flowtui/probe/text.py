"""Bytes to lines as the compiler reads them, and its UTF-8 byte columns to code points.

``ast`` and ``co_positions()`` count columns in bytes of the UTF-8 form of a line, whatever the file's own
encoding is; ``tokenize`` and the screen count code points. The conversion happens here, once, and only for
lines that are not ASCII.
"""

from __future__ import annotations

from array import array
from operator import gt, lt

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Iterable

BOM = b"\xef\xbb\xbf"


class Strings(dict):  # type: ignore[type-arg]  # dict[str, int] cannot be subclassed on 3.8
    """A string table in the making: ``strings[text]`` is the text's index, new texts are added.

    A hit costs one dictionary look-up in C, which is why this is no class with a method.
    """

    def __missing__(self, text: str) -> int:
        self[text] = index = len(self)
        return index


class Text:
    """A source's bytes as text.

    Attributes:
        data: the file's bytes.
        encoding: what the cookie or the byte order mark says; ``utf-8`` without, and when it is unknown.
        declared: whether there is a byte order mark or a cookie.
        lines: the lines without their ends; ``lines[0]`` is line 1. Lone surrogates stand for bytes that
            cannot be decoded.
        widths: the lines' widths in code points by number; line 0, which stands for "no span", is 0 wide.
        ascii: whether byte columns are code point columns everywhere.
    """

    __slots__ = ("ascii", "data", "declared", "encoding", "lines", "widths")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.encoding, self.declared = detect(data)
        body = data[3:] if data[:3] == BOM else data
        try:
            text = body.decode(self.encoding, "surrogateescape")
        except (LookupError, UnicodeError):  # not a text encoding, or one without this error handler
            text = body.decode("utf-8", "surrogateescape")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.ascii = text.isascii()
        #: Split where Python's tokenizer does: ``str.splitlines`` also splits at form feeds and U+2028.
        self.lines = text.split("\n")
        self.widths = [0]
        self.widths += map(len, self.lines)

    def line(self, number: int) -> str:
        """Line `number`, from 1; empty when there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def points(self, number: int, column: int) -> int:
        """A column of line `number` in bytes as one in code points."""
        line = self.line(number)
        if column <= 0 or line.isascii():
            return column
        data = line.encode("utf-8", "surrogateescape")
        if column > len(data):
            return len(line) + column - len(data)
        return len(data[:column].decode("utf-8", "replace"))

    def settle(
        self, line: array[int], column: array[int], end_line: array[int], end_column: array[int]
    ) -> None:
        """Turn byte columns into code points, in place; a span that leaves the source becomes none (line 0).

        Interpreters before 3.12 give some nodes inside f-strings places that the source does not have.
        """
        if not line:
            return
        count = len(self.lines)
        if max(line) > count or max(end_line) > count or min(line) < 0 or min(end_line) < 0:
            outside = [i for i in range(len(line)) if not 0 < line[i] <= end_line[i] <= count]
            drop(line, column, end_line, end_column, outside)
        if not self.ascii:
            self._convert(line, column)
            self._convert(end_line, end_column)
        width = self.widths.__getitem__
        if (
            any(map(gt, column, map(width, line)))
            or any(map(gt, end_column, map(width, end_line)))
            or any(map(lt, end_line, line))
            or min(column) < 0
            or min(end_column) < 0
        ):
            widths = self.widths
            outside = [
                i
                for i in range(len(line))
                if not (0 <= column[i] <= widths[line[i]] and 0 <= end_column[i] <= widths[end_line[i]])
                or (end_line[i], end_column[i]) < (line[i], column[i])
            ]
            drop(line, column, end_line, end_column, outside)

    def _convert(self, line: array[int], column: array[int]) -> None:
        """Turn the columns of lines that are not ASCII into code points; each place is worked out once."""
        wide = bytearray(len(self.lines) + 1)
        for number, text in enumerate(self.lines, 1):
            if not text.isascii():
                wide[number] = 1
        known: dict[tuple[int, int], int] = {}
        for row, number in enumerate(line):
            if wide[number]:
                place = number, column[row]
                if place not in known:
                    known[place] = self.points(*place)
                column[row] = known[place]


def drop(
    line: array[int], column: array[int], end_line: array[int], end_column: array[int], rows: Iterable[int]
) -> None:
    """Take the spans of `rows` away."""
    for row in rows:
        line[row] = column[row] = end_line[row] = end_column[row] = 0


def detect(data: bytes) -> tuple[str, bool]:
    """The encoding of a source and whether the source itself says so (PEP 263)."""
    first = data[:400]
    if data[:3] != BOM and b"coding" not in first and first.count(b"\n") >= 2:
        return "utf-8", False
    from io import BytesIO
    from tokenize import detect_encoding

    try:
        encoding, _ = detect_encoding(BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).readline)
    except SyntaxError:  # an unknown codec, or a cookie that contradicts the mark: the compiler will say so
        return "utf-8", True
    declared = data[:3] == BOM or b"coding" in b"".join(data.splitlines()[:2])
    return ("utf-8" if encoding == "utf-8-sig" else encoding), declared


def safe_repr(value: object) -> str:
    """``repr(value)``, also where the interpreter refuses to write a very large integer.

    The limit is ``sys.get_int_max_str_digits()``, 4,300 decimal digits unless somebody says otherwise.
    Such an integer is written in hexadecimal; a tuple or frozenset that holds one item by item.
    """
    try:
        return repr(value)
    except ValueError:
        if isinstance(value, int):
            return hex(value)
        if isinstance(value, tuple):
            return "(%s%s)" % (", ".join(map(safe_repr, value)), "," if len(value) == 1 else "")
        if isinstance(value, frozenset):
            return "frozenset({%s})" % ", ".join(map(safe_repr, value))
        if isinstance(value, slice):
            return "slice(%s, %s, %s)" % tuple(map(safe_repr, (value.start, value.stop, value.step)))
        return "<%s that cannot be shown>" % type(value).__name__
