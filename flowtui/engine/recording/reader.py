"""A recording as the rest of flowtui uses it: steps, states, changes, ways to go, while it is made and after."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar, cast

import msgspec

from flowtui.engine.recording.codes import Codes, SourceFile
from flowtui.engine.recording.finding import Finding
from flowtui.engine.recording.index import Index
from flowtui.engine.recording.navigation import Navigation
from flowtui.engine.recording.overview import Overview, overview
from flowtui.engine.recording.states import SHOWN, States, cause
from flowtui.engine.recording.step_changes import changes
from flowtui.engine.recording.streams import RecordingError, Streams
from flowtui.engine.recording.verdict import verdict
from flowtui.model.trace import Change, Granularity, HeapObject, RecordingEnd, State, Step, Value, Zoom
from flowtui.probe import recording_format as form

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
#: What damaged streams can lead to; none of them is a mistake of who asks.
_DAMAGE = (
    IndexError,
    KeyError,
    ValueError,
    OverflowError,
    TypeError,
    RecursionError,
    MemoryError,
    msgspec.MsgspecError,
)


def careful(
    method: Callable[Concatenate[Recording, Arguments], Result],
) -> Callable[Concatenate[Recording, Arguments], Result]:
    """Turn what damaged streams lead to into a `RecordingError`."""

    @functools.wraps(method)
    def call(self: Recording, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        try:
            return method(self, *arguments, **named)
        except RecordingError:
            raise
        except _DAMAGE as error:
            raise RecordingError("The recording is damaged: what it says does not fit together.") from error

    return cast("Callable[Concatenate[Recording, Arguments], Result]", call)


class Recording:
    """A recording; its steps are numbered from 1 to `total`.

    Every method raises `RecordingError` where the recording is damaged, or has no such step.

    Args:
        streams: its streams; they may still grow.
    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._index = Index(streams)
        self._codes = Codes(streams.code)
        self._states = States(self._index, self._codes)
        self._navigation = Navigation(self._states)
        self._finding = Finding(self._states)
        self._stdout = self._stderr = b""
        self._finished = False
        self._overviews: tuple[int, dict[int, Overview]] = (0, {})

    # ---- what there is

    @careful
    def update(self, most: int = 1 << 62) -> bool:
        """Take in what was recorded since, at most so many steps; whether there was anything."""
        grew = self._index.update(most)
        if grew:
            self._states.by_instruction = bool(self._streams.control[form.C_GRANULARITY])
            if not self._codes.files:
                self._codes.read()
            self._states.objects.prepare()
        return grew

    def finish(self) -> None:
        """The program has ended: nothing more will come than is there now."""
        self._finished = True

    def close(self) -> None:
        """Give the memory back; the recording cannot be asked any more."""
        self._streams.close()

    def output(self, stdout: bytes, stderr: bytes) -> None:
        """Tell what the program has written, all of it as far as it is known."""
        self._stdout, self._stderr = stdout, stderr

    @property
    def streams(self) -> Streams:
        """The raw streams."""
        return self._streams

    @property
    def total(self) -> int:
        """How many steps were taken in."""
        return self._index.total

    @property
    def granularity(self) -> Granularity:
        """Whether it was recorded by lines or by instructions."""
        return "instruction" if self._states.by_instruction else "line"

    @property
    def files(self) -> Sequence[SourceFile]:
        """The source files that were met so far; the program itself first."""
        return self._codes.files

    @property
    def end(self) -> RecordingEnd | None:
        """How the recording ended; None while it goes on."""
        return verdict(self._streams, self.total, finished=self._finished)

    def name_of(self, number: int) -> str:
        """A name by its number in the streams."""
        return self._index.texts.name(number)

    @careful
    def local_slots(self, code: int) -> int:
        """How many fast locals the frames of a code object have."""
        return len(self._codes.code(code).names)

    def raw_steps(self) -> Sequence[int]:
        """The stream ``steps``."""
        return self._streams.steps

    def raw_changes(self) -> Sequence[int]:
        """The stream ``changes``."""
        return self._streams.changes

    def raw_heap(self) -> Sequence[int]:
        """The stream ``heap``."""
        return self._streams.heap

    # ---- steps and states

    def _check(self, n: int) -> None:
        if not 1 <= n <= self.total:
            raise RecordingError(f"There is no step {n}: the recording has {self.total:,}.")

    @careful
    def step(self, n: int) -> Step:
        """Step n."""
        self._check(n)
        return self._states.step(n)

    @careful
    def state(self, n: int, heap_limit: int = 200, frame_limit: int = 1 << 30) -> State:
        """All that is seen at step n, with at most so many objects and frames."""
        self._check(n)
        state = self._states.state(n, heap_limit, frame_limit)
        stdout, stderr = self._written(1, self._stdout, n), self._written(2, self._stderr, n)
        return msgspec.structs.replace(state, stdout=stdout, stderr=stderr) if stdout or stderr else state

    def _written(self, stream: int, data: bytes, n: int) -> str:
        """What of a stream was written up to step n."""
        steps, sizes = self._index.outputs[stream]
        at = bisect_right(steps, n) - 1
        return data[: sizes[at]].decode("utf-8", "replace") if at >= 0 else ""

    @careful
    def changes(self, n: int) -> tuple[Change, ...]:
        """What step n changes."""
        self._check(n)
        return changes(self._states, n, {1: self._stdout, 2: self._stderr})

    @careful
    def collected(self, n: int) -> tuple[int, int, int] | None:
        """What a run of the collector did: its generation, objects collected, objects that it could not collect."""
        self._check(n)
        for number in self._index.changes_of(n):
            what, _, value = self._index.change(number)
            if what == form.D_COLLECTED:
                return value >> 56, value >> 28 & form.INDEX, value & form.INDEX
        return None

    @careful
    def object_at(self, number: int, n: int, elements: int = SHOWN) -> HeapObject | None:
        """An object at a step, with at most so many elements; None before it was first seen."""
        self._check(n)
        return self._states.object_at(number, n, elements)

    @careful
    def keys_at(self, number: int, n: int, elements: int = SHOWN) -> tuple[Value, ...]:
        """The keys of a mapping at a step, in the order of its elements; other objects have none."""
        self._check(n)
        objects = self._states.objects
        content = objects.content(number, objects.version(number, n))
        if content.form != "mapping":
            return ()
        return tuple(self._states.values.value(word) for word in content.keys[:elements])

    @careful
    def overview(self, columns: int) -> Overview:
        """The whole recording in so many columns."""
        total, known = self._overviews
        if total != self.total:
            known = {}
            self._overviews = self.total, known
        if columns not in known:
            known[columns] = overview(self._index, columns)
        return known[columns]

    # ---- ways to go; None: there is no such step

    @careful
    def forward(self, n: int, zoom: Zoom) -> int | None:
        """The next step at a zoom, into calls; see `navigation`."""
        return self._navigation.forward(n, zoom)

    @careful
    def back(self, n: int, zoom: Zoom) -> int | None:
        """The last step before n at a zoom."""
        return self._navigation.back(n, zoom)

    @careful
    def over(self, n: int, zoom: Zoom) -> int | None:
        """The next step that is not in something that is called."""
        return self._navigation.over(n, zoom)

    @careful
    def over_back(self, n: int, zoom: Zoom) -> int | None:
        """The last step before n that is not in something that was called."""
        return self._navigation.over_back(n, zoom)

    @careful
    def out(self, n: int) -> int | None:
        """The first step after the frame's end."""
        return self._navigation.out(n)

    @careful
    def out_back(self, n: int) -> int | None:
        """The step that called the frame."""
        return self._navigation.out_back(n)

    @careful
    def change_of(self, n: int, frame: int, name: str, direction: int) -> int | None:
        """The next (1) or last (-1) step at which a variable changes; frame 0: a global."""
        return self._finding.change_of(n, frame, name, direction)

    @careful
    def at_line(self, file: int, line: int, n: int, direction: int) -> int | None:
        """The next or last step at which a line begins."""
        return self._finding.at_line(file, line, n, direction)

    @careful
    def search(
        self, text: str, n: int, direction: int, stop: Callable[[], bool] = lambda: False
    ) -> int | None:
        """The next or last step at which something gets a value whose text has `text` in it; None once `stop()`."""
        return self._finding.search(text, n, direction, stop)

    @careful
    def born(self, number: int) -> int:
        """The step at which an object was first seen."""
        return self._states.objects.born(number).step

    @careful
    def died(self, number: int) -> tuple[int, str] | None:
        """The step at which an object was freed, and why; None while it lives, or when nobody saw its end."""
        freed = self._index.freed.get(number)
        return None if freed is None else (freed[0], cause(freed[1]))


__all__ = ["Overview", "Recording", "RecordingError", "SourceFile", "Streams"]
