"""Standard input that says when it is about to wait, so that the screen can ask for a line."""

from __future__ import annotations

import io
import select

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Callable
    from typing import Any


class AnnouncingStdin(io.FileIO):
    """The raw end of ``sys.stdin``: descriptor 0, with a notice before each read that finds nothing there.

    A program that reads descriptor 0 past ``sys.stdin`` works as ever; only the notice is missing then.
    """

    def __init__(self, announce: Callable[[], None]) -> None:
        super().__init__(0, "rb", closefd=False)
        self.name = "<stdin>"
        self._announce = announce

    def readinto(self, buffer: Any) -> int:
        """Read what is there, or wait for it."""
        self._notice()
        return super().readinto(buffer)

    def read(self, size: int | None = -1) -> bytes:
        """Read at most `size` bytes; all of them up to the end without one."""
        if size is None or size < 0:
            return self.readall()
        self._notice()
        return super().read(size)

    def readall(self) -> bytes:
        """Read to the end, with a notice for every wait on the way."""
        pieces: list[bytes] = []
        while True:
            piece = self.read(io.DEFAULT_BUFFER_SIZE)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)

    def _notice(self) -> None:
        try:
            ready = select.select([0], [], [], 0)[0]
        except (OSError, ValueError):  # closed by the program: the read itself says so
            return
        if not ready:
            self._announce()


def text_stdin(announce: Callable[[], None]) -> io.TextIOWrapper:
    """Make what ``sys.stdin`` is in a program whose input is a pipe (Python/pylifecycle.c: create_stdio)."""
    stream = io.TextIOWrapper(
        io.BufferedReader(AnnouncingStdin(announce)), encoding="utf-8", errors="strict", newline="\n"
    )
    stream.__dict__["mode"] = "r"
    return stream
