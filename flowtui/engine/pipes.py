"""Frames over a pair of descriptors, in an event loop that must not wait."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections import deque

from flowtui.model.labels import shorten
from flowtui.probe.wire import PREFIX, WireError, lengths

#: Bytes read at once; the pipes are made as large, so that a busy screen costs few turns of the loop a frame.
CHUNK = 1 << 20
#: Bytes of frames that nobody has fetched; beyond it the sender has to wait.
HIGH_WATER = 64 << 20

#: A frame as it came: the header's bytes and the columns'.
RawFrame = tuple[bytes, bytes]


def widen(descriptor: int) -> None:
    """Give a pipe a buffer of `CHUNK` bytes where the system can and lets us."""
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, CHUNK)


class FrameReader:
    """Takes bytes from a descriptor whenever there are some, and cuts them into frames."""

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop) -> None:
        self._descriptor = descriptor
        self._loop = loop
        self._buffer = bytearray()
        self._frames: deque[RawFrame] = deque()
        self._held = 0
        self._error: WireError | None = None
        self._ended = False
        self._reading = False
        self._arrival: asyncio.Future[None] | None = None
        #: Bytes; a frame that announces more is refused. The handshake sets it low, and lifts it afterwards.
        self.cap: int | None = None
        os.set_blocking(descriptor, False)
        self._resume()

    @property
    def ended(self) -> bool:
        """Whether the other end is closed: nothing more will come than what waits here."""
        return self._ended

    async def next(self) -> RawFrame:
        """The next frame.

        Raises:
            EOFError: the other end is closed.
            WireError: what came is no frame.
        """
        while not self._frames:
            if self._error is not None:
                raise self._error
            if self._ended:
                raise EOFError
            self._arrival = self._loop.create_future()
            try:
                await self._arrival
            finally:
                self._arrival = None
        frame = self._frames.popleft()
        self._held -= len(frame[0]) + len(frame[1])
        if self._held <= HIGH_WATER:
            self._resume()
        return frame

    def close(self) -> None:
        """Stop reading and close the descriptor."""
        if self._descriptor >= 0:
            self._pause()
            os.close(self._descriptor)
            self._descriptor = -1
            self._ended = True
            self._wake()

    def _resume(self) -> None:
        if not (self._reading or self._ended or self._error):
            self._loop.add_reader(self._descriptor, self._on_readable)
            self._reading = True

    def _pause(self) -> None:
        if self._reading and not self._loop.is_closed():
            self._loop.remove_reader(self._descriptor)
        self._reading = False

    def _on_readable(self) -> None:
        try:
            data = os.read(self._descriptor, CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._buffer += data
            try:
                self._cut()
            except WireError as error:
                self._error = error
        else:
            self._ended = True
        if self._ended or self._error or self._held > HIGH_WATER:
            self._pause()
        if self._frames or self._ended or self._error:
            self._wake()

    def _cut(self) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= PREFIX.size:
            header, columns = lengths(bytes(buffer[at : at + PREFIX.size]))
            if self.cap is not None and header + columns > self.cap:
                raise WireError(f"a frame of {header + columns} bytes where {self.cap} are enough")
            middle = at + PREFIX.size + header
            end = middle + columns
            if len(buffer) < end:
                break
            with memoryview(buffer) as view:
                self._frames.append((bytes(view[at + PREFIX.size : middle]), bytes(view[middle:end])))
            self._held += header + columns
            at = end
        del buffer[:at]

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)


class PipeWriter:
    """Writes to a descriptor without waiting: at once what the pipe takes, the rest when there is room.

    A subclass says what follows when all is written, and when nobody reads at the other end any more.
    """

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop) -> None:
        self._descriptor = descriptor
        self._loop = loop
        self._rest: deque[memoryview] = deque()
        self._writing = False
        os.set_blocking(descriptor, False)

    def _add(self, data: bytes) -> None:
        self._rest.append(memoryview(data))
        if not self._writing:
            self._write()

    def _write(self) -> None:
        try:
            while self._rest:
                sent = os.write(self._descriptor, self._rest[0][:CHUNK])
                self._rest[0] = self._rest[0][sent:]
                if not self._rest[0]:
                    self._rest.popleft()
        except (BlockingIOError, InterruptedError):
            if not self._writing:
                self._loop.add_writer(self._descriptor, self._write)
                self._writing = True
            return
        except OSError:
            self._lost()
            return
        self._pause()
        self._all_written()

    def _all_written(self) -> None:
        raise NotImplementedError

    def _lost(self) -> None:
        raise NotImplementedError

    def _pause(self) -> None:
        if self._writing and not self._loop.is_closed():
            self._loop.remove_writer(self._descriptor)
        self._writing = False

    def _close(self) -> None:
        """Close the descriptor; what is not written is given up."""
        self._rest.clear()
        if self._descriptor >= 0:
            self._pause()
            os.close(self._descriptor)
            self._descriptor = -1


class FrameWriter(PipeWriter):
    """Sends frames; a broken pipe is told to whoever waits for it."""

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(descriptor, loop)
        self._broken = False
        self._room: asyncio.Future[None] | None = None

    def post(self, data: bytes) -> None:
        """Send `data` without waiting."""
        self._add(data)

    async def drain(self) -> None:
        """Wait until all is in the pipe.

        Raises:
            BrokenPipeError: nobody reads at the other end.
        """
        while self._rest and not self._broken:
            self._room = self._loop.create_future()
            try:
                await self._room
            finally:
                self._room = None
        if self._broken:
            raise BrokenPipeError

    def close(self) -> None:
        """Close the descriptor: the other end reads the end of file."""
        if self._descriptor >= 0:
            self._close()
            self._lost()

    def _all_written(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _lost(self) -> None:
        self._broken = True
        self._rest.clear()
        self._pause()
        self._all_written()


class Tail:
    """Reads a stream to nowhere and keeps its last bytes: what a dying child said on standard error."""

    LENGTH = 4096

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop) -> None:
        self._descriptor = descriptor
        self._loop = loop
        self._bytes = b""
        os.set_blocking(descriptor, False)
        loop.add_reader(descriptor, self._on_readable)

    def last_line(self) -> str:
        """The last line with something on it, without control characters, 200 characters at most."""
        self._take()
        lines = [line for line in self._bytes.decode("utf-8", "replace").splitlines() if line.strip()]
        line = "".join(c for c in (lines[-1] if lines else "") if c.isprintable()).strip()
        return shorten(line, 200)

    def close(self) -> None:
        """Stop reading."""
        if self._descriptor >= 0:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _on_readable(self) -> None:
        if not self._take() and self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)

    def _take(self) -> bool:
        """Read what is there, once; False at the end."""
        if self._descriptor < 0:
            return False
        try:
            data = os.read(self._descriptor, 1 << 16)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self._bytes = (self._bytes + data)[-self.LENGTH :]
        return bool(data)
