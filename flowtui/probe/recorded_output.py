"""Standard output that tells a recorder how much was written: the same streams, on a raw end of ours.

The text layer, the buffer and the descriptor are what they were; only the lowest layer counts bytes on their way to the
descriptor. What a program writes past ``sys.stdout`` (``os.write``, another process) is no step's: it is not counted.
"""

from __future__ import annotations

import io
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Callable
    from typing import Any


class CountingFile(io.FileIO):
    """The raw end of ``sys.stdout`` or ``sys.stderr``; ``note`` gets the sum of all bytes after each write."""

    def __init__(self, descriptor: int, name: str, note: Callable[[int], None]) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.name = name
        self._note = note
        self._total = 0

    def write(self, data: Any) -> int:
        """Write what the descriptor takes; gives how much that was."""
        written = super().write(data)
        if written:
            self._total += written
            try:
                self._note(self._total)
            except Exception:  # noqa: S110  # the program has broken what it needs; what it prints is its own affair
                pass
        return written

    def __repr__(self) -> str:
        """As of a file of Python's own: from 3.13 on it names the class without its module."""
        if self.closed:
            return "<_io.FileIO [closed]>"
        return "<_io.FileIO name=%r mode=%r closefd=%r>" % (self.name, self.mode, self.closefd)


# What a program that looks so deep is shown: it is one, with a longer way to the same write(2).
CountingFile.__name__ = CountingFile.__qualname__ = "FileIO"
CountingFile.__module__ = io.FileIO.__module__


def install(note_output: Callable[[int, int], None]) -> None:
    """Put streams that count in the place of ``sys.stdout`` and ``sys.stderr``.

    Args:
        note_output: gets the stream (1 standard output, 2 standard error) and its sum of bytes.
    """
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        if type(old) is not io.TextIOWrapper or type(old.buffer) is not io.BufferedWriter:
            continue  # closed from the beginning
        new = _like(old, descriptor, note_output)
        old.detach().detach()  # so that nobody writes to the descriptor when the old ones are thrown away
        vars(sys)[name] = vars(sys)["__%s__" % name] = new


def _like(
    old: io.TextIOWrapper, descriptor: int, note_output: Callable[[int, int], None]
) -> io.TextIOWrapper:
    """A stream as `old` is, made as Python makes its own (Python/pylifecycle.c: create_stdio)."""
    raw = CountingFile(descriptor, old.name, lambda total: note_output(descriptor, total))
    block = getattr(getattr(old.buffer, "raw", None), "_blksize", io.DEFAULT_BUFFER_SIZE)
    size = block if block > 1 else io.DEFAULT_BUFFER_SIZE
    if sys.version_info >= (3, 14):  # Lib/_pyio.py: open
        size = max(min(size, 8 << 20), io.DEFAULT_BUFFER_SIZE)
    new = io.TextIOWrapper(
        io.BufferedWriter(raw, size),
        encoding=old.encoding,
        errors=old.errors,
        newline="\n",
        line_buffering=True,
    )
    new.__dict__["mode"] = "w"
    return new
