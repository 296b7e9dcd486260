"""One run of a learner's program: events out, input in, limits, and a certain end.

Who runs where: `Run` starts a keeper (``flowtui.probe.keeper``, on flowtui's own interpreter), which starts
the probe in role `run` on the chosen interpreter, which executes the program. Seven pipes come back here: the
program's three streams, the request to the probe and its channel, the keeper's reports, and one that holds the
keeper: its end of file is the order to end everything.

All happens in callbacks of the event loop, there is no task and no thread to be left over. What comes from
the probe's channel is checked like anything from a stranger: the program can write there too. What the keeper
says is taken as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import subprocess
import weakref
from collections.abc import Callable, Sequence
from typing import Literal

from flowtui.engine import leftovers, run_messages
from flowtui.engine.connection import ProbeError
from flowtui.engine.keeping import KeeperPipes, RecordingOrder, request, start_keeper
from flowtui.engine.run_clock import RunClock
from flowtui.engine.streams import InputStream, OutputStream, Utf8
from flowtui.engine.verdict import Facts, ended
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, InputWanted, Limits, Output, RunEvent, Specialised
from flowtui.model.source import Source
from flowtui.probe.wire import PROTOCOL, Decoder, WireError

#: Seconds between two hand-overs of output: about a frame of the screen.
FRAME = 1 / 60
#: Bytes of output that wait for their hand-over; at this mark the program has to wait.
HIGH_WATER = 256 << 10
#: Bytes of one message of the probe; a longer one is not its own.
MAX_MESSAGE = 64 << 20
#: Seconds that an interpreter has to begin.
HANDSHAKE = 10.0
#: Seconds that the keeper has to end everything; it gives up by itself before.
KEEPER_PATIENCE = 4.0
#: Seconds between two looks whether a process has gone, and how long to go on looking.
LOOK, LOOK_FOR = 0.002, 2.0


class Run:
    """A running program. Make one with `start`; its last event is an `Ended`, always, and exactly one.

    Times go by the event loop's clock. ``unrecorded`` says why a run that was to be recorded is not; else empty.
    """

    def __init__(self, path: str, on_event: Callable[[RunEvent], None], limits: Limits) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_event = on_event
        self._facts = Facts(limits=limits)
        self._path = path
        self._token = secrets.token_hex(16)
        self._session = 0
        self._ended: asyncio.Future[Ended] = self._loop.create_future()
        self._process: subprocess.Popen[bytes] | None = None
        self._stdin: InputStream | None = None
        self._requests: InputStream | None = None
        self._commands: InputStream | None = None
        self._streams: list[OutputStream] = []
        self._decoders = {"stdout": Utf8(), "stderr": Utf8()}
        self._pending: list[Output] = []
        self._pending_size = 0
        self._flush_timer: asyncio.TimerHandle | None = None
        self._last_flush = 0.0
        self._output = 0
        self._recording: RecordingOrder | None = None
        self.unrecorded = ""
        self._channel = Decoder()
        self._reports = Decoder()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._clock = RunClock(self._loop, limits.wall, lambda: self._end("wall"))
        self._settling_since: float | None = None
        self._finalizer: weakref.finalize[..., Run] | None = None

    @classmethod
    async def start(
        cls,
        interpreter: Interpreter,
        source: Source,
        on_event: Callable[[RunEvent], None],
        *,
        limits: Limits | None = None,
        arguments: Sequence[str] = (),
        report_specialised: bool = False,
        recording: RecordingOrder | None = None,
    ) -> Run:
        """Start a program.

        An interpreter that cannot be started is told by `Ended`, like every other end.

        Args:
            interpreter: what to run it on.
            source: the program; what is executed is `source.data`, not what stands on the disk.
            on_event: called in the event loop with each event, in order.
            limits: what it may use; the defaults of `Limits` otherwise.
            arguments: ``sys.argv[1:]``.
            report_specialised: whether to send `Specialised` at the end.
            recording: where its probe is to record it; see `recording.record`, which also reads that.
        """
        run = cls(interpreter.path, on_event, limits or Limits())
        run._recording = recording
        try:
            kept = start_keeper(interpreter.path, run._facts.limits, run._token, recording)
            asked = request(source, arguments, report_specialised=report_specialised, recording=recording)
            run._open(kept, asked)
        except (ProbeError, OSError) as error:
            run._facts.refused = f"{error}."
            run._loop.call_soon(run._finish)
        return run

    @property
    def running(self) -> bool:
        """Whether the end is still to come."""
        return not self._ended.done()

    @property
    def token(self) -> str:
        """The value of the environment variable ``FLOWTUI_RUN`` that every process of this run carries."""
        return self._token

    def write_input(self, text: str) -> None:
        """Give the program something to read (a line ends in a line feed); it is an event too."""
        if self._stdin is None or self._stdin.closed or not self.running:
            return
        self._flush()
        self._emit(Output("stdin", text))
        self._stdin.write(text.encode("utf-8", "replace"))
        self._resume()

    def close_input(self) -> None:
        """End the program's standard input, as ctrl-d does in a terminal."""
        if self._stdin is not None:
            self._stdin.close()
            self._resume()

    async def stop(self) -> Ended:
        """End the program and everything that it has started; returns when nothing is left."""
        self._end("stopped")
        return await self.wait()

    async def wait(self) -> Ended:
        """Wait for the end; to cancel the waiting does not end the program."""
        return await asyncio.shield(self._ended)

    # Start

    def _open(self, kept: KeeperPipes, request: bytes) -> None:
        """Listen to a started keeper and send the request."""
        loop = self._loop
        self._process = kept.process
        self._stdin, self._requests = InputStream(kept.stdin, loop), InputStream(kept.requests, loop)
        self._commands = InputStream(kept.commands, loop)
        self._finalizer = weakref.finalize(self, _abandon, self._process, self._commands)
        self._streams = [
            OutputStream(kept.stdout, loop, lambda data: self._take_output("stdout", data)),
            OutputStream(kept.stderr, loop, lambda data: self._take_output("stderr", data)),
            OutputStream(kept.channel, loop, self._take_channel),
            OutputStream(kept.reports, loop, self._take_report),
        ]
        self._requests.write(request)
        self._requests.close()
        self._after("handshake", HANDSHAKE, self._no_answer)

    def _after(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call back once; a later timer of that name replaces it."""
        self._forget(name)
        self._timers[name] = self._loop.call_later(seconds, call)

    def _forget(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _no_answer(self) -> None:
        self._refuse(f"{self._path} did not begin within {HANDSHAKE:g} s; choose another interpreter.")

    def _refuse(self, sentence: str) -> None:
        self._facts.refused = self._facts.refused or sentence
        self._end(None)

    # Output

    def _take_output(self, stream: Literal["stdout", "stderr"], data: bytes) -> None:
        limit = self._facts.limits.output
        if limit and self._output + len(data) > limit:
            data = data[: limit - self._output]
            self._output = limit
            if not self._facts.reason:
                self._end("output")
            if not data:
                return
        else:
            self._output += len(data)
        if self._recording is not None:
            self._recording.take_output(stream, data)
        text = self._decoders[stream].feed(data)
        if not text:
            return
        if self._pending and self._pending[-1].stream == stream:
            text = self._pending.pop().text + text
        self._pending.append(Output(stream, text))
        self._pending_size += len(data)
        if self._pending_size >= HIGH_WATER:
            for each in self._streams[:2]:
                each.pause()
        if self._flush_timer is None:
            wait = self._last_flush + FRAME - self._loop.time()
            self._flush_timer = self._loop.call_later(max(0.0, wait), self._flush)

    def _flush(self) -> None:
        """Hand over what has come."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        pending, self._pending, self._pending_size = self._pending, [], 0
        for output in pending:
            self._emit(output)
        self._last_flush = self._loop.time()
        if self.running and self._settling_since is None:
            for each in self._streams[:2]:
                each.resume()

    def _emit(self, event: RunEvent) -> None:
        try:
            self._on_event(event)
        except Exception as error:
            self._loop.call_exception_handler(
                {"message": "an event of a run was not taken", "exception": error}
            )

    # The probe

    def _take_channel(self, data: bytes) -> None:
        if self._facts.meddled:
            return  # read all the same, so that who writes there does not wait for ever
        try:
            for frame in self._channel.feed(data):
                self._heard(run_messages.from_probe(frame))
            if self._channel.waiting > MAX_MESSAGE:
                raise WireError("too long")
        except WireError:
            self._facts.meddled = True
            self._channel = Decoder()
            self._resume()

    def _heard(self, message: run_messages.ProbeMessage) -> None:
        facts = self._facts
        match message:
            case run_messages.Hello(protocol=protocol):
                self._forget("handshake")
                if protocol != PROTOCOL:
                    self._refuse(f"{self._path} answers in another protocol ({protocol}, not {PROTOCOL}).")
            case run_messages.Started():
                facts.started = True
                self._resume()
            case run_messages.Input():
                self._clock.pause()
                for each in self._streams[:2]:  # what asks for the input was written before
                    each.read_all()
                self._flush()
                self._emit(InputWanted())
            case run_messages.Unrecorded(message=why):
                self.unrecorded = why
            case run_messages.Raised(error=error):
                facts.error = run_messages.raised_error(error)
            case run_messages.Told(error=error):
                facts.told = True
                facts.error = run_messages.raised_error(error) if error else None
            case run_messages.Rows(rows=rows):
                self._emit(Specialised(rows=tuple(rows)))

    def _resume(self) -> None:
        """Let the program's time run, if it has begun and not ended."""
        if self._facts.started and self._settling_since is None:
            self._clock.go()

    # The end

    def _end(self, reason: str | None) -> None:
        """Order the keeper to end everything."""
        if not self.running or self._commands is None or self._process is None:
            return
        if self._facts.kept is None and not self._facts.refused:
            self._facts.reason = self._facts.reason or reason
        if not self._commands.closed:
            self._commands.abandon()
            with contextlib.suppress(OSError):
                self._process.send_signal(signal.SIGCONT)  # the program may have stopped its keeper
            self._after("keeper", KEEPER_PATIENCE, self._process.kill)

    def _take_report(self, data: bytes) -> None:
        try:
            for frame in self._reports.feed(data):
                self._reported(run_messages.from_keeper(frame))
        except WireError:  # the program has written there: nobody to believe is left
            self._facts.meddled, self._facts.kept = True, None
            self._reports = Decoder()
            if self._process is not None:
                self._process.kill()
        if not data:
            self._clock.pause()
            self._settling_since = self._loop.time()
            self._settle()

    def _reported(self, message: run_messages.KeeperMessage) -> None:
        match message:
            case run_messages.Keeping(pid=pid):
                self._session = pid
            case run_messages.Refused(message=why):
                why = why.lower()
                self._facts.refused = f"{self._path} cannot be started: {why}; choose another interpreter."
            case run_messages.Kept():
                self._facts.kept = message

    def _settle(self) -> None:
        """The keeper has gone: see to it that nothing is left, then finish."""
        process, facts = self._process, self._facts
        assert process is not None and self._settling_since is not None
        patient = self._loop.time() < self._settling_since + LOOK_FOR
        if process.poll() is None:
            if not patient:
                process.kill()
            self._after("settle", LOOK, self._settle)
            return
        kept = facts.kept
        if not facts.refused and (kept is None or kept.left or not kept.watched):
            found = leftovers.end(self._token, self._session)
            facts.swept = max(facts.swept, found)
            if found and patient:
                self._after("settle", LOOK, self._settle)
                return
        self._finish()

    def _finish(self) -> None:
        """Read what is still in the pipes, close all, and give the last event."""
        if not self.running:
            return
        for each in self._streams[:3]:
            each.read_all()
        self._flush()
        self._close()
        self._facts.wall = self._clock.seconds
        last = ended(self._facts)
        self._ended.set_result(last)
        self._emit(last)

    def _close(self) -> None:
        if self._finalizer is not None:
            self._finalizer.detach()
        for name in list(self._timers):
            self._forget(name)
        for each in self._streams:
            each.close()
        for stream in (self._stdin, self._requests, self._commands):
            if stream is not None:
                stream.abandon()


def _abandon(process: subprocess.Popen[bytes], commands: InputStream) -> None:
    """Nobody waits for the run any more: let its keeper end it."""
    commands.abandon()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(KEEPER_PATIENCE)
