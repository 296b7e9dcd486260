"""A run that is recorded: started here, read while it goes on, kept until it is closed.

Who runs where: the parent makes the files of the streams and gives them down with the order to run (`keeping`);
the probe maps them and its recorder appends; the parent maps the same files and reads what is there by then, whatever
has become of the program. Nothing waits for anybody. What the program writes comes over its pipes as ever; the
recording tells at which step how much of it was there.

Two kinds of limits: those of the run end the program (`model.run.Limits`), those of the recording end the recording
and let the program go on (`model.trace.RecordingLimits`).
"""

from __future__ import annotations

import dataclasses
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from flowtui.engine.keeping import RecordingOrder
from flowtui.engine.recording import trace_file
from flowtui.engine.recording.reader import Recording, Streams
from flowtui.engine.recording.stream_files import StreamFiles
from flowtui.engine.recording.trace_file import About
from flowtui.engine.running import Run
from flowtui.engine.stack_check import exact_stack
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, Limits, Output, RunEvent
from flowtui.model.source import Source
from flowtui.model.trace import RecordingLimits, RecordingOptions
from flowtui.probe.recording_format import C_STOP, STREAMS

_PAGE = 4096
#: Bytes of address space that the recorder itself may take, beside its files: modules, what it knows of the objects.
_RECORDER_MEMORY = 256 << 20


class Recorded:
    """A recorded run. Make one with `record`; `close` it when nobody walks in it any more.

    Attributes:
        recording: what is recorded so far; ``recording.update()`` takes in what came since.
        run: the program: its input, its end.
        about: interpreter, source, options, and from its end on how the program ended.
    """

    run: Run

    def __init__(self, files: StreamFiles, about: About, on_event: Callable[[RunEvent], None]) -> None:
        self._files = files
        self._control = files.map("control", writable=True)
        self._on_event = on_event
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self.about = about
        self.recording = Recording(Streams({name: files.map(name) for name in STREAMS}))

    @property
    def unrecorded(self) -> str:
        """Why nothing is recorded although the program runs: one line, or empty."""
        return self.run.unrecorded

    async def wait(self) -> Ended:
        """Wait for the program's end; to cancel the waiting does not end it."""
        return await self.run.wait()

    async def stop(self) -> Ended:
        """End the program; the recording stays."""
        return await self.run.stop()

    def stop_recording(self) -> None:
        """End the recording; the program goes on."""
        if not self._control.closed:
            struct.pack_into("<Q", self._control, 8 * C_STOP, 1)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what is recorded by now to a trace file; see `trace_file.save`.

        Raises:
            TraceFileError: it cannot be written.
        """
        trace_file.save(
            path, self.about, self._files, bytes(self._output["stdout"]), bytes(self._output["stderr"])
        )

    def close(self) -> None:
        """Give the files back; the recording cannot be asked any more. A program that still runs goes on."""
        self.stop_recording()
        self._control.close()
        self.recording.close()
        self._files.close()

    def take_output(self, stream: str, data: bytes) -> None:
        """Keep what the program wrote; called by the run."""
        self._output[stream] += data

    def take_event(self, event: RunEvent) -> None:
        """Let the recording know what an event says, then pass it on."""
        if isinstance(event, Output | Ended):
            self.recording.output(bytes(self._output["stdout"]), bytes(self._output["stderr"]))
        if isinstance(event, Ended):
            self.about = dataclasses.replace(self.about, ended=event)
            self.recording.finish()
        self._on_event(event)


async def record(
    interpreter: Interpreter,
    source: Source,
    on_event: Callable[[RunEvent], None],
    *,
    options: RecordingOptions | None = None,
    limits: Limits | None = None,
    arguments: Sequence[str] = (),
    folder: Path | None = None,
) -> Recorded:
    """Start a program and record it.

    An interpreter that cannot be started is told by `Ended`, as for every run; then nothing is recorded.

    Args:
        interpreter: what to run it on.
        source: the program; what is executed is `source.data`.
        on_event: called in the event loop with each event, in order.
        options: what to record, and how much.
        limits: what the program may use; the recorder's own memory comes on top of that.
        arguments: ``sys.argv[1:]``.
        folder: where to put the files; by default where temporary files go.

    Raises:
        StreamFilesError: there is no room for a recording.
    """
    options = options or RecordingOptions()
    wanted = sizes(options.limits)
    files = StreamFiles(wanted, options.limits.bytes, folder)
    try:
        about = About(interpreter=interpreter, source=source, options=options, arguments=tuple(arguments))
        recorded = Recorded(files, about, on_event)
        order = RecordingOrder(
            descriptors=files.descriptors,
            options={
                "granularity": options.granularity,
                "steps": options.limits.steps,
                "bytes": options.limits.bytes,
                "seconds": options.limits.seconds,
                "library": options.library,
                "exact_stack": await exact_stack(interpreter),
            },
            memory=sum(wanted.values()) + _RECORDER_MEMORY,
            take_output=recorded.take_output,
        )
        recorded.run = await Run.start(
            interpreter, source, recorded.take_event, limits=limits, arguments=arguments, recording=order
        )
    except BaseException:
        files.close()
        raise
    return recorded


def sizes(limits: RecordingLimits) -> dict[str, int]:
    """Bytes of each stream's file for a recording of at most `limits`.

    The steps' limit is exact, and no single other stream may take all bytes; the sum is the recorder's business.
    """
    most = max(limits.bytes, 1 << 16)
    wanted = {
        "steps": 4 * (limits.steps + 2),
        "changes": most // 2,
        "heap": most // 2,
        "texts": most // 4,
        "code": min(most // 2, 64 << 20),
        "control": _PAGE,
    }
    return {name: -(-size // _PAGE) * _PAGE for name, size in wanted.items()}
