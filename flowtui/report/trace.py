"""A recorded run in a report: which steps are asked for, and each as an object of the JSON contract.

The contract lists seven events. A frame that goes on after a ``yield`` is a ``call`` with the note ``resumed`` (or
``thrown``), a thread's beginning and end are a ``call`` and a ``return`` of no code with the notes ``thread begins``
and ``thread ends``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from flowtui.engine.recording import memory
from flowtui.engine.recording.reader import Recording, SourceFile
from flowtui.engine.recording.record import Recorded
from flowtui.engine.recording.trace_file import About, Trace
from flowtui.model.run import Ended
from flowtui.model.source import split_lines
from flowtui.model.stages import CodeObject
from flowtui.model.trace import Granularity, RecordingEnd, RecordingOptions, State, Step, Value, Zoom

#: Objects of the heap in a whole state; nobody reads more.
HEAP = 10_000
_THREAD_EVENTS: dict[str, tuple[str, str]] = {
    "begins": ("call", "thread begins"),
    "ends": ("return", "thread ends"),
}


class StepsError(Exception):
    """A step or a zoom was asked for that the recording does not have: one line."""


class TraceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to show of a recorded run.

    Attributes:
        zoom: how far one step goes; ``expression`` needs a recording by instructions. None: as it was recorded.
        first: the first step, from 1.
        last: the last one, included; None for the end.
        sliced: whether somebody asked for these steps.
        at: the step whose whole state is asked for; None for the list of steps alone.
        options: what to record.
    """

    zoom: Zoom | None = None
    first: int = 1
    last: int | None = None
    sliced: bool = False
    at: int | None = None
    options: RecordingOptions = RecordingOptions(granularity="line")


class Traced:
    """A recording with what was asked of it.

    Raises:
        StepsError: it has no such step, or not that zoom.
    """

    def __init__(self, source: Recorded | Trace, request: TraceRequest) -> None:
        self._source = source
        self.recording: Recording = source.recording
        self.about: About = source.about
        self.unrecorded: str = source.unrecorded
        self.request = request
        self._lines: dict[int, list[str]] = {}
        self.recording.update()
        # nothing says how an empty recording was to be made, but who asked for it
        wanted = self.about.options.granularity
        self.granularity: Granularity = self.recording.granularity if self.recording.total else wanted
        self.zoom: Zoom = request.zoom or self.granularity
        self._check()

    def _check(self) -> None:
        zoom, at, total = self.zoom, self.request.at, self.recording.total
        if zoom != "line" and self.granularity == "line":
            raise StepsError(f"the recording goes by lines: it has no steps of granularity {zoom}")
        if at is not None and at > total:
            there = f"the last one is {total}" if total else "there is none"
            raise StepsError(f"--at {at}: there is no such step, {there}")

    @property
    def failed(self) -> bool:
        """Whether the program ended in any other way than with status 0."""
        return self.ended is not None and (self.ended.exit_status != 0 or self.ended.limit is not None)

    def lines(self, file: int) -> Sequence[str]:
        """The lines of one of the program's files, as far as its source is recorded; file 0 is the program."""
        if file not in self._lines:
            found = self.about.source.text if file == 0 else self._text(file)
            self._lines[file] = split_lines(found)
        return self._lines[file]

    def _text(self, file: int) -> str:
        return next((each.source or "" for each in self.recording.files if each.number == file), "")

    def save(self, path: str) -> None:
        """Write the recording to a trace file.

        Raises:
            TraceFileError: it cannot be written.
        """
        self._source.save(path)

    @property
    def total(self) -> int:
        """How many steps are recorded, at the recording's own granularity."""
        return self.recording.total

    @property
    def ended(self) -> Ended | None:
        """How the program ended; None in a file that was saved before its end."""
        return self.about.ended

    @property
    def end(self) -> RecordingEnd | None:
        """How the recording ended."""
        return self.recording.end

    @property
    def recorded_sentence(self) -> str:
        """How the recording ended, or why there is none."""
        if self.unrecorded:
            return f"Nothing was recorded: {self.unrecorded}"
        if self.ended is None:
            return "The recording was saved before the program had ended."
        return self.end.sentence if self.end is not None else ""

    @property
    def truncated(self) -> bool:
        """Whether the program did more than is recorded."""
        return bool(self.unrecorded) or self.end is None or not self.end.complete

    def numbers(self) -> Iterator[int]:
        """The steps that were asked for, in order."""
        request, recording = self.request, self.recording
        if request.at is not None and not request.sliced:
            yield request.at
            return
        last = self.total if request.last is None else min(request.last, self.total)
        if self.zoom == self.granularity:
            yield from range(request.first, last + 1)
            return
        # a step of a wider zoom is the first of its stretch: one before tells where the next begins
        step = 1 if request.first == 1 else recording.forward(request.first - 1, self.zoom)
        while step is not None and step <= last:
            yield step
            step = recording.forward(step, self.zoom)

    def state(self, number: int) -> State:
        """The whole state at a step, with reference counts and cycles."""
        return memory.annotate(self.recording, self.recording.state(number, heap_limit=HEAP))

    def stack(self, number: int) -> Sequence[Value] | None:
        """The operand stack of the step's frame; None where it is not recorded."""
        if self.granularity == "line":
            return None
        frames = self.recording.state(number, heap_limit=0, frame_limit=1).frames
        return frames[0].stack if frames else None


def fields(traced: Traced) -> Iterator[tuple[str, Any]]:
    """The stage's object, key by key; the value of ``steps`` is an iterator."""
    end, request = traced.end, traced.request
    yield "granularity", traced.zoom
    yield "total", traced.total
    yield "truncated", traced.truncated
    yield "ended", _ended(traced)
    yield (
        "recording",
        {
            "granularity": traced.granularity,
            "cut": end.cut if end else "",
            "lost": end.lost if end else 0,
            "sentence": traced.recorded_sentence,
        },
    )
    yield "code", [code_object(file, code) for file in traced.recording.files for code in file.table.codes]
    if request.at is not None:
        yield "at", state_object(traced.state(request.at))
    yield "steps", (step_object(traced, number) for number in traced.numbers())


def code_object(file: SourceFile, code: CodeObject) -> dict[str, Any]:
    """A code object by the number that steps call it by."""
    return {
        "id": file.base + code.id,
        "name": code.name,
        "qualname": code.qualname,
        "firstlineno": code.firstlineno,
        "file": file.number,
        "path": file.path,
    }


def _ended(traced: Traced) -> dict[str, Any] | None:
    """How the program ended, as in the stage `output`."""
    ended = traced.ended
    if ended is None:
        return None
    return {name: getattr(ended, name) for name in ("exit_status", "signal", "limit", "error", "sentence")}


def step_object(traced: Traced, number: int) -> dict[str, Any]:
    """One step; ``file``, ``thread`` and ``note`` where they are not the program, the main thread and empty."""
    step = traced.recording.step(number)
    event, note = event_of(step)
    rest = {"file": step.file, "thread": step.thread, "note": note}
    return {
        "n": step.number,
        "event": event,
        "code": step.code,
        "offset": step.offset,
        "line": step.line,
        "span": step.span,
        "depth": step.depth,
        "stack": traced.stack(number),
        "changes": traced.recording.changes(number),
        **{name: value for name, value in rest.items() if value},
    }


def event_of(step: Step) -> tuple[str, str]:
    """A step's event in the contract's words, and its note."""
    if step.event == "thread":
        return _THREAD_EVENTS.get(step.note, _THREAD_EVENTS["begins"])
    if step.event == "resume":
        return "call", step.note or "resumed"
    return step.event, step.note


def state_object(state: State) -> dict[str, Any]:
    """The whole state at a step; a frame's variables are called its ``locals`` there."""
    whole = msgspec.structs.asdict(state)
    whole["frames"] = [
        {("locals" if name == "variables" else name): value for name, value in frame.items()}
        for frame in map(msgspec.structs.asdict, state.frames)
    ]
    return whole
