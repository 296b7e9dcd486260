"""The streams of a running program, in an event loop that must not wait."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
from collections.abc import Callable

from flowtui.engine.pipes import PipeWriter

#: Bytes read at once: small enough that a flood leaves the event loop its turns.
CHUNK = 1 << 16


class OutputStream:
    """Reads one of the program's streams whenever there is something, and hands over bytes.

    Args:
        descriptor: the reading end, which is closed with the stream.
        loop: the event loop.
        take: called with each piece; an empty one is the end.
    """

    def __init__(
        self, descriptor: int, loop: asyncio.AbstractEventLoop, take: Callable[[bytes], None]
    ) -> None:
        self._descriptor = descriptor
        self._loop = loop
        self._take = take
        self._reading = False
        self.ended = False
        os.set_blocking(descriptor, False)
        self.resume()

    def resume(self) -> None:
        """Go on reading."""
        if not self._reading and not self.ended:
            self._loop.add_reader(self._descriptor, self.read)
            self._reading = True

    def pause(self) -> None:
        """Stop reading: the program waits when its pipe is full."""
        if self._reading and not self._loop.is_closed():
            self._loop.remove_reader(self._descriptor)
        self._reading = False

    def read(self) -> bool:
        """Read what is there, `CHUNK` bytes at most; False when there is nothing now."""
        if self.ended:
            return False
        try:
            data = os.read(self._descriptor, CHUNK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            data = b""
        if not data:
            self.close()
        self._take(data)
        return bool(data)

    def read_all(self, most: int = 1 << 20) -> None:
        """Read what is there now, about `most` bytes at most, without waiting."""
        for _ in range(max(1, most // CHUNK)):
            if not self.read():
                return

    def close(self) -> None:
        """Stop reading for good."""
        if not self.ended:
            self.pause()
            self.ended = True
            os.close(self._descriptor)


class InputStream(PipeWriter):
    """Writes to the program without waiting for it: what the pipe does not take is kept.

    `close` after `write` closes when all is written.
    """

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(descriptor, loop)
        self._closing = False

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        return self._closing or self._descriptor < 0

    def write(self, data: bytes) -> None:
        """Write `data`, now or as soon as there is room; nothing happens when nobody reads any more."""
        if not self.closed:
            self._add(data)

    def close(self) -> None:
        """Close when all is written."""
        self._closing = True
        if not self._rest:
            self.abandon()

    def abandon(self) -> None:
        """Close now."""
        self._close()

    def _all_written(self) -> None:
        if self._closing:
            self.abandon()

    def _lost(self) -> None:
        self.abandon()


class Utf8:
    """Decodes UTF-8 that comes in pieces; what is no UTF-8 becomes U+FFFD, as a terminal shows it."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> str:
        """Give the text that is complete; an empty piece is the end."""
        return self._decoder.decode(data, final=not data)


def close_all(descriptors: list[int]) -> None:
    """Close descriptors; one that is closed already is no error."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
