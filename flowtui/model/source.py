"""A source: the bytes that an interpreter reads and the text that a person edits."""

from __future__ import annotations

import re

import msgspec

#: Lines end where Python's tokenizer ends them; ``str.splitlines`` also splits at form feeds and U+2028.
LINE_END = re.compile("\r\n|\r|\n")


def split_lines(text: str) -> list[str]:
    """Split `text` where Python does; line ends are not kept. A text that ends in one has a last, empty line."""
    return LINE_END.split(text)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    r"""One source, read once.

    Attributes:
        name: what tracebacks and titles call it: a file's name, ``<stdin>``, ``<code>``.
        path: the file, or empty when there is none.
        data: its bytes: what the probe gets.
        text: the same as text, decoded by its byte order mark, its coding cookie or UTF-8; undecodable bytes
            are lone surrogates (``surrogateescape``), so that nothing of the file is lost.
        encoding: the codec's name, as ``tokenize.detect_encoding`` gives it.
        newline: the line end that the file uses first: ``\n``, ``\r\n`` or ``\r``.
    """

    name: str
    data: bytes
    text: str
    path: str = ""
    encoding: str = "utf-8"
    newline: str = "\n"

    @property
    def lines(self) -> list[str]:
        """The text's lines without their ends."""
        return split_lines(self.text)
