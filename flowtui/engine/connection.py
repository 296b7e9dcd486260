"""One probe: its process, the handshake, frames with time-outs, and its end, which leaves nothing behind."""

from __future__ import annotations

import asyncio
import errno
import os
import weakref
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from flowtui.engine.child import Child, make_pipe, signal_name
from flowtui.engine.pipes import FrameReader, FrameWriter, Tail, widen
from flowtui.model.labels import shorten
from flowtui.probe import wire
from flowtui.probe.wire import PROTOCOL, Frame, WireError

#: The file that an interpreter is started with.
PROBE_MAIN = Path(wire.__file__).with_name("__main__.py")
#: What to do about an interpreter that does not work.
ADVICE = "choose another interpreter with --python"
#: Bytes; a handshake needs two thousand.
_MAX_HELLO = 1 << 20
#: Bytes; decoding a larger frame takes long enough to be felt on the screen.
_LARGE = 256 << 10

Reason = Literal["missing", "hung", "died", "lied", "protocol"]


class ProbeError(Exception):
    """A probe does not do its work: one clear line that says what to do.

    Attributes:
        reason: what kind of trouble: ``missing`` (no such program), ``hung``, ``died``, ``lied`` (what it
            says is no frame, or wrong), ``protocol`` (another version of the wire).
        cause: the trouble alone, to be put after the interpreter's name: ``was killed by SIGSEGV``.
    """

    def __init__(self, path: str, cause: str, reason: Reason, advice: str = ADVICE) -> None:
        self.reason: Reason = reason
        self.cause = cause
        shown = path.encode("utf-8", "backslashreplace").decode()
        super().__init__(f"{shown} {cause}; {advice}" if advice else f"{shown} {cause}")


def check_program(path: str) -> str:
    """The absolute path of a program that can be started; links are kept, for a virtual environment is one.

    Raises:
        ProbeError: it is missing, a directory, or not executable.
    """
    try:
        program = Path(path).expanduser().absolute()
        if program.is_dir():
            raise ProbeError(path, "is a directory, no interpreter", "missing")
        if not program.exists():
            raise ProbeError(path, "does not exist", "missing")
    except (OSError, ValueError, RuntimeError):
        raise ProbeError(path, "is no path of a program", "missing") from None
    if not os.access(program, os.X_OK):
        raise ProbeError(path, "is not executable", "missing")
    return str(program)


class Connection:
    """A running probe, and the two pipes to it."""

    def __init__(
        self,
        path: str,
        child: Child,
        reader: FrameReader,
        writer: FrameWriter,
        tail: Tail,
    ) -> None:
        self.path = path
        self.hello: dict[str, Any] = {}
        self._child = child
        self._reader = reader
        self._writer = writer
        self._tail = tail
        # Whoever forgets to close, or ends without an event loop, leaves no process behind either.
        self._finalizer = weakref.finalize(self, _abandon, child, reader, writer, tail)

    @classmethod
    async def open(
        cls, path: str, role: str = "analyse", *, timeout: float = 10.0, memory: int = 0
    ) -> Connection:
        """Start the interpreter at `path` as a probe and hear its ``hello``.

        Args:
            path: the interpreter.
            role: ``analyse`` or ``describe``.
            timeout: seconds from the start to the ``hello``.
            memory: bytes of address space it may use (RLIMIT_AS, where a parent can set it); 0 for no limit.

        Raises:
            ProbeError: it cannot be started, or is no probe of our protocol.
        """
        connection = cls._start(path, role, memory)
        try:
            connection._reader.cap = _MAX_HELLO
            hello = await connection._expect(timeout, handshake=True)
            connection.hello = connection._check(hello)
            connection._reader.cap = None
        except BaseException:
            await connection.close()
            raise
        return connection

    @classmethod
    def _start(cls, path: str, role: str, memory: int) -> Connection:
        program = check_program(path)
        loop = asyncio.get_running_loop()
        child_in, our_out = make_pipe()
        our_in, child_out = make_pipe()
        our_tail, child_error = make_pipe()
        ours, theirs = (our_out, our_in, our_tail), (child_in, child_out, child_error)
        widen(our_out)
        widen(our_in)
        # -S: nothing of site-packages is needed to analyse, and a broken .pth file there is not our trouble.
        command = [program, "-I", "-S", str(PROBE_MAIN), role, str(child_in), str(child_out)]
        try:
            child = Child(command, child_error, (child_in, child_out))
        except (OSError, ValueError) as error:
            for end in ours:
                os.close(end)
            raise ProbeError(path, _start_refusal(error), "missing") from None
        finally:
            for end in theirs:
                os.close(end)
        child.limit(memory)
        return cls(path, child, FrameReader(our_in, loop), FrameWriter(our_out, loop), Tail(our_tail, loop))

    @property
    def pid(self) -> int:
        """The probe's process id, which is its group's and its session's too."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the probe's end of the pipe is open, as far as is known."""
        return not self._reader.ended

    def post(self, head: Mapping[str, Any], columns: Mapping[str, array[int]] | None = None) -> None:
        """Send a message without waiting; if the probe is dead, `receive` will say so."""
        self._writer.post(wire.encode(dict(head), dict(columns or {})))

    async def send(self, head: Mapping[str, Any], columns: Mapping[str, array[int]] | None = None) -> None:
        """Send a message and wait until the pipe has taken it.

        Raises:
            ProbeError: the probe is dead.
        """
        self.post(head, columns)
        try:
            await self._writer.drain()
        except BrokenPipeError:
            raise await self._death(handshake=False) from None

    async def receive(self, timeout: float | None = None) -> Frame:
        """The next message.

        Args:
            timeout: seconds to wait for it; None for ever.

        Raises:
            ProbeError: the probe died, sent something that is no message, or was silent for too long.
        """
        return await self._expect(timeout, handshake=False)

    async def close(self) -> None:
        """End the probe and all of its group, and reap it. Safe to call twice, and when cancelled."""
        if self._finalizer.detach() is None:
            return
        _let_go(self._child, self._reader, self._writer, self._tail)
        await self._child.reap()

    async def _expect(self, timeout: float | None, *, handshake: bool) -> Frame:
        try:
            async with asyncio.timeout(timeout):
                header, columns = await self._reader.next()
            if len(header) + len(columns) > _LARGE:
                return await asyncio.to_thread(wire.decode, header, columns)
            return wire.decode(header, columns)
        except TimeoutError:
            raise ProbeError(self.path, f"did not answer within {timeout:g} s", "hung") from None
        except EOFError:
            raise await self._death(handshake) from None
        except WireError as error:
            what = "is no Python that flowtui can use" if handshake else "sent what is no message"
            raise ProbeError(self.path, f"{what}: {shorten(str(error))}", "lied") from None

    def _check(self, hello: Frame) -> dict[str, Any]:
        if hello.kind != "hello":
            raise ProbeError(self.path, f"began with {hello.kind!r:.40} and not with a handshake", "lied")
        spoken = hello.head.get("protocol")
        if spoken != PROTOCOL:
            cause = f"speaks version {spoken!r:.20} of the protocol, not {PROTOCOL}"
            raise ProbeError(self.path, cause, "protocol", "install flowtui again")
        return hello.head

    async def _death(self, handshake: bool) -> ProbeError:
        """How the probe ended, once it has closed its end."""
        await self._child.end()
        self._child.kill()
        await self._child.reap()
        status = self._child.status
        if status is not None and status < 0:
            cause = f"was killed by {signal_name(-status)}"
        else:
            cause = f"ended with status {status}"
        said = self._tail.last_line()
        if handshake:
            cause = f"is no Python that flowtui can use: it {cause}"
        return ProbeError(self.path, f"{cause} ({said})" if said else cause, "died")


def _start_refusal(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOEXEC:
        return "is no program"
    said = (getattr(error, "strerror", None) or type(error).__name__).lower()
    return f"cannot be started: {said}"


def _let_go(child: Child, reader: FrameReader, writer: FrameWriter, tail: Tail) -> None:
    child.kill()
    reader.close()
    writer.close()
    tail.close()


def _abandon(child: Child, reader: FrameReader, writer: FrameWriter, tail: Tail) -> None:
    _let_go(child, reader, writer, tail)
    child.reap_now()
