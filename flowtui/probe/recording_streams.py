"""The files of a recording as this process writes them: mapped, bounded, and given up by a forked child.

The parent makes the files and sizes them; what the descriptors say is the bound. Each stream is a `memoryview` of its
items, so that a write past its end is an `IndexError` (or a `ValueError`, for a slice) and never touches anything else.
"""

from __future__ import annotations

import mmap
import os

from .recording_format import (
    C_CUT,
    C_GRANULARITY,
    C_LOST,
    C_MAGIC,
    C_STACK,
    C_STATE,
    MAGIC,
    STATE_ENDED,
    STREAMS,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

SIZES = {"I": 4, "Q": 8, "B": 1}


class Streams:
    """The streams of one recording.

    Attributes:
        steps, changes, heap, texts, code, control: each a memoryview of its items (see `recording_format.STREAMS`).
        code_end: bytes of ``code`` that are written.

    Raises:
        ValueError: a stream is missing, or no file.
        OSError: it cannot be mapped.
    """

    def __init__(self, descriptors: dict[str, int]) -> None:
        missing = sorted(set(STREAMS) - set(descriptors))
        if missing:
            raise ValueError("the recording has no stream %s" % ", ".join(missing))
        self._maps = {}
        for name, item in STREAMS.items():
            descriptor = descriptors[name]
            size = os.fstat(descriptor).st_size // SIZES[item] * SIZES[item]
            mapped = mmap.mmap(descriptor, size)
            # the mapping has a descriptor of its own, which a program that closes all would take away: none is needed
            self._maps[name] = mapped
            os.close(descriptor)
        self.steps = self._view("steps")
        self.changes = self._view("changes")
        self.heap = self._view("heap")
        self.texts = self._view("texts")
        self.code = self._view("code")
        self.control = self._view("control")
        self.code_end = 0

    def _view(self, name: str) -> memoryview:
        item: Any = STREAMS[name]
        view: memoryview = memoryview(self._maps[name]).cast("B").cast(item)
        return view

    def begin(self, granularity: int, stack: int) -> None:
        """Write what the streams begin with."""
        self.steps[0] = MAGIC
        self.control[C_GRANULARITY] = granularity
        self.control[C_STACK] = stack
        self.control[C_CUT] = self.control[C_LOST] = 0
        self.control[C_MAGIC] = MAGIC

    def append_code(self, frame: bytes) -> bool:
        """Write a source file's frame; False when there is no room for it."""
        end = self.code_end + len(frame)
        if end > len(self.code):
            return False
        self.code[self.code_end : end] = frame
        self.code_end = end
        return True

    def end(self, cut: int) -> None:
        """Say that no more is written, and why (an index in `recording_format.CUTS`)."""
        if self.control[C_STATE] != STATE_ENDED:
            self.control[C_CUT] = cut
            self.control[C_STATE] = STATE_ENDED

    def leave_to_parent(self) -> None:
        """After a fork, in the child: put memory of its own in the place of the files."""
        for name in STREAMS:
            view: Any = getattr(self, name)
            setattr(self, name, memoryview(bytearray(view.itemsize * 64)).cast(view.format))
