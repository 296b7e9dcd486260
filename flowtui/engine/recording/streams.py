"""The raw streams of a recording as views of memory, and how far they are written."""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Mapping
from typing import Literal, cast

from flowtui.probe.recording_format import STREAMS

ITEM_SIZES = {"B": 1, "I": 4, "Q": 8}
#: Steps that are looked at together on the way to the end of what is written.
_AHEAD = 4096


class RecordingError(ValueError):
    """The recording is damaged, or is asked for what it does not have: one clear sentence."""


class Streams:
    """The six streams, read only; see `probe.recording_format`.

    Args:
        buffers: each stream's bytes by its name; maps of files that still grow, or plain bytes. What is missing is
            empty.
    """

    def __init__(self, buffers: Mapping[str, bytes | mmap.mmap]) -> None:
        self._buffers = {name: buffers.get(name) or bytes(8) for name in STREAMS}
        views: dict[str, memoryview[int]] = {}
        for name, item in STREAMS.items():
            view = memoryview(self._buffers[name]).toreadonly()
            size = ITEM_SIZES[item]
            views[name] = view[: len(view) // size * size].cast(cast(Literal["B", "I", "Q"], item))
        self.steps = views["steps"]
        self.changes = views["changes"]
        self.heap = views["heap"]
        self.texts = views["texts"]
        self.code = views["code"]
        self.control = views["control"]
        self._views = views

    def committed(self, total: int) -> int:
        """How many steps are written, when `total` of them were before.

        A step's word is written last, so what belongs to these is there too.
        """
        steps = self.steps
        end = len(steps)
        at = total + 1
        while at < end:
            piece = steps[at : at + _AHEAD].tolist()
            if 0 in piece:
                return int(at + piece.index(0) - 1)
            at += len(piece)
        return min(at, end) - 1 if end else 0

    def find_step(self, word: int, first: int, last: int, *, backwards: bool = False) -> int | None:
        """The first (or last) of the steps `first` … `last` whose word is `word`."""
        data = self._buffers["steps"]
        wanted = word.to_bytes(4, "little")
        begin, end = 4 * first, 4 * (last + 1)
        while begin < end:
            at = data.rfind(wanted, begin, end) if backwards else data.find(wanted, begin, end)
            if at < 0:
                return None
            if at % 4 == 0:
                return at // 4
            if backwards:
                end = at + 3
            else:
                begin = at + 1
        return None

    def close(self) -> None:
        """Give the views back, so that maps can be closed."""
        for view in self._views.values():
            view.release()
        for buffer in self._buffers.values():
            if isinstance(buffer, mmap.mmap):
                # An error's traceback may still hold a piece of it: then it goes with that.
                with contextlib.suppress(BufferError):
                    buffer.close()
