"""A program's output as lines: what a terminal would show of it, bounded, and safe to draw.

Pure: text in, lines out. A carriage return goes back to the line's beginning, a backspace one character back;
what is written then takes its place. Escape sequences (colours, cursor moves, titles) are left
out; other control characters are shown as pictures.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

from flowtui.ui.panes.text import visible

#: Lines that are kept; older ones are counted and dropped, many at a time.
MAX_LINES = 200_000
_DROP = 10_000
#: Code points of one line; what is longer goes on in a line of its own.
MAX_LINE = 4096
#: An escape sequence that is longer is none.
_MAX_ESCAPE = 4096
_TAB = 8

_ESCAPE = re.compile(
    "\x1b(?:"
    "\\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves
    "|[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # OSC, DCS, …: titles, links
    "|[ -/]*[0-Z\\\\^-~]"  # others
    ")"
)
_UNFINISHED = re.compile("\x1b(?:\\[[0-?]*[ -/]*|[\\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?$")
_CONTROL = re.compile("[\n\r\b\t\x1b]")

#: One line: pieces of (text, stream).
Line = list[tuple[str, str]]


class OutputText:
    """The lines so far.

    Attributes:
        lines: finished lines and the one that is written now, the last.
        dropped: how many earlier lines are not kept any more.
        widest: cells of the widest line that was ever there.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = [[]]
        self.dropped = 0
        self.widest = 0
        self._column = 0
        self._extra = 0
        self._held: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def write(self, stream: str, text: str) -> None:
        """Take what `stream` wrote; an escape sequence may come in pieces."""
        text = self._held.pop(stream, "") + text
        if "\x1b" in text:
            text = _ESCAPE.sub("", text)
            tail = _UNFINISHED.search(text)
            if tail is not None and len(tail.group()) <= _MAX_ESCAPE:
                self._held[stream] = tail.group()
                text = text[: tail.start()]
        if "\r\n" in text:
            text = text.replace("\r\n", "\n")
        if "\r" not in text and "\b" not in text and "\t" not in text and "\x1b" not in text:
            self._write_lines(stream, text)
            return
        at = 0
        for match in _CONTROL.finditer(text):
            self._put(stream, text[at : match.start()])
            at = match.end()
            self._obey(stream, match.group())
        self._put(stream, text[at:])

    def end_line(self) -> None:
        """Begin a line of its own for what follows."""
        if self.lines[-1]:
            self._new_line()

    def plain(self, row: int) -> str:
        """A line's text."""
        return "".join(text for text, _ in self.lines[row])

    def _write_lines(self, stream: str, text: str) -> None:
        pieces = text.split("\n")
        self._put(stream, pieces[0])
        if len(pieces) == 1:
            return
        inner = pieces[1:-1]
        longest = len(max(inner, key=len, default=""))
        if longest <= MAX_LINE and text.isascii() and "".join(inner).isprintable():
            # The quick way for what most programs write: nothing in these lines needs a look.
            self.lines += [[(piece, stream)] if piece else [] for piece in inner]
            self.widest = max(self.widest, longest)
        else:
            for piece in inner:
                self._new_line()
                self._put(stream, piece)
        self._new_line()
        self._put(stream, pieces[-1])

    def _obey(self, stream: str, character: str) -> None:
        if character == "\n":
            self._new_line()
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character == "\t":
            self._put(stream, " " * (_TAB - self._column % _TAB))
        else:  # an escape that begins no sequence
            self._put(stream, "␛")

    def _new_line(self) -> None:
        lines = self.lines
        lines.append([])
        self._column = self._extra = 0
        if len(lines) > MAX_LINES + _DROP:
            self.dropped += len(lines) - MAX_LINES
            del lines[:-MAX_LINES]

    def _put(self, stream: str, text: str) -> None:
        text = visible(text)
        while text:
            room = MAX_LINE - self._column
            if room <= 0:
                self._new_line()
                continue
            piece, text = text[:room], text[room:]
            line = self.lines[-1]
            length = sum(len(part) for part, _ in line)
            if self._column < length:
                _overwrite(line, self._column, piece, stream)
            elif line and line[-1][1] == stream:
                line[-1] = (line[-1][0] + piece, stream)
            else:
                line.append((piece, stream))
            self._column += len(piece)
            if not piece.isascii():
                self._extra += cell_len(piece) - len(piece)
            self.widest = max(self.widest, self._column + self._extra)


def _overwrite(line: Line, column: int, text: str, stream: str) -> None:
    """Put `text` over the characters of `line` from `column` on."""
    result: Line = []
    at = 0
    end = column + len(text)
    for part, of in line:
        before = part[: max(0, column - at)]
        if before:
            result.append((before, of))
        at += len(part)
    result.append((text, stream))
    at = 0
    for part, of in line:
        behind = part[max(0, end - at) :] if at + len(part) > end else ""
        if behind:
            result.append((behind, of))
        at += len(part)
    line[:] = result
