"""Record a program as the workbench does, on any interpreter, and wait for its end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from flowtui.engine.recording.record import Recorded, record
from flowtui.model.run import Ended, InputWanted, Limits, Output, RunEvent
from flowtui.model.source import Source
from flowtui.model.trace import Granularity, RecordingLimits, RecordingOptions
from tests.programs import interpreter

#: Enough for every program of the tests.
LIMITS = Limits(cpu=60, wall=120, memory=1 << 30, processes=32, output=1 << 20, file_size=8 << 20)


class Result:
    """A finished recorded run."""

    def __init__(self, recorded: Recorded, events: list[RunEvent]) -> None:
        self.recorded = recorded
        self.recording = recorded.recording
        self.events = events

    @property
    def ended(self) -> Ended:
        """How the program ended."""
        assert isinstance(self.events[-1], Ended)
        return self.events[-1]

    def text(self, stream: str) -> str:
        """All that the program wrote."""
        return "".join(
            each.text for each in self.events if isinstance(each, Output) and each.stream == stream
        )


@contextlib.asynccontextmanager
async def recorded(
    text: str,
    granularity: Granularity = "line",
    *,
    python: str = sys.executable,
    limits: Limits = LIMITS,
    recording_limits: RecordingLimits | None = None,
    library: bool = False,
    path: str = "",
) -> AsyncIterator[Result]:
    """Record `text` to its end; the recording's files are gone afterwards."""
    events: list[RunEvent] = []
    made: list[Recorded] = []

    def take(event: RunEvent) -> None:
        events.append(event)
        if isinstance(event, InputWanted):
            made[0].run.close_input()

    name = Path(path).name if path else "program.py"
    source = Source(name=name, path=path, data=text.encode("utf-8", "surrogatepass"), text=text)
    options = RecordingOptions(
        granularity=granularity, limits=recording_limits or RecordingLimits(), library=library
    )
    run = await record(interpreter(python), source, take, options=options, limits=limits)
    made.append(run)
    try:
        await run.wait()
        run.recording.update()
        yield Result(run, events)
    finally:
        run.close()
