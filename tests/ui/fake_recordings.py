"""A recording without a recorder: a small program traced here, its steps and states held in lists.

What it answers is plain to see, it grows when a test says so, it can be damaged, and it can be slow.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
import types
from collections.abc import Sequence
from typing import Any

from flowtui.engine.files import decode_source
from flowtui.model.source import Source
from flowtui.model.trace import (
    Change,
    FrameState,
    HeapObject,
    RecordingEnd,
    RecordingOptions,
    State,
    Step,
    Value,
    Variable,
    Zoom,
)
from tests.ui import recorded
from tests.ui.waiting import DEMO

_PLAIN = (int, float, str, bool, type(None))


@dataclasses.dataclass
class FakeOverview:
    depths: tuple[int, ...] = ()
    output: tuple[int, ...] = ()
    exceptions: tuple[int, ...] = ()
    collections: tuple[int, ...] = ()


@dataclasses.dataclass
class FakeFile:
    number: int
    path: str
    source: str
    table: Any = None
    base: int = 0


class FakeRecording:
    """By lines: every line of `text` that is executed is a step, and every call and return."""

    def __init__(self, text: str = DEMO) -> None:
        self.granularity = "line"
        self.files: Sequence[Any] = (FakeFile(0, "demo.py", text),)
        self.states: list[State] = []
        self.end: RecordingEnd | None = RecordingEnd(complete=True, cut="", sentence="All of it is recorded.")
        self.damaged = ""
        #: While it is clear a search waits for it.
        self.go_on = threading.Event()
        self.go_on.set()
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []
        self._trace(text)
        self.total = len(self.states)

    # ---- made by tracing

    def _trace(self, text: str) -> None:
        code = compile(text, "demo.py", "exec")
        module = types.ModuleType("__main__")
        module.__dict__["print"] = lambda *_: None
        frames: list[tuple[int, types.FrameType]] = []

        def tracer(frame: types.FrameType, event: str, argument: object) -> Any:
            if frame.f_code.co_filename != "demo.py":
                return None
            if event == "call":
                frames.append((len(self._kept) + 1, frame))
                self._kept.append(frame)
            value = self._value(argument) if event == "return" else None
            if event in ("line", "call", "return"):
                self._note(event, frames, value)
            if event == "return":
                frames.pop()
            return tracer

        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            exec(code, module.__dict__)
        finally:
            sys.settrace(before)

    def _value(self, found: object) -> Value:
        if isinstance(found, _PLAIN):
            return Value(repr(found), type(found).__name__)
        if id(found) not in self._numbers:
            self._numbers[id(found)] = len(self._numbers) + 1
            self._kept.append(found)
        return Value(type(found).__name__, type(found).__name__, self._numbers[id(found)])

    def _note(self, event: Any, frames: list[tuple[int, types.FrameType]], value: Value | None) -> None:
        number = len(self.states) + 1
        number_of_frame, top = frames[-1]
        step = Step(
            number=number, event=event, code=0, file=0, line=top.f_lineno, offset=None, span=None,
            depth=len(frames), frame=number_of_frame, thread=0,
        )  # fmt: skip
        names = {k: v for k, v in frames[0][1].f_globals.items() if k[0] != "_" and k != "print"}
        states = tuple(
            FrameState(
                number=each, code=0, name=frame.f_code.co_name, file=0, line=frame.f_lineno, offset=None, span=None,
                stack=None,
                variables=tuple(
                    Variable(name, "local", self._value(found))
                    for name, found in (frame.f_locals.items() if len(frames) > 1 and frame is not frames[0][1] else ())
                ),
            )
            for each, frame in reversed(frames)
        )  # fmt: skip
        self.states.append(
            State(
                step=step,
                frames=states,
                heap=(),
                heap_left_out=0,
                value=value,
                stdout="",
                stderr="",
                globals=tuple(Variable(name, "global", self._value(found)) for name, found in names.items()),
            )
        )

    # ---- what a reader answers

    def _check(self) -> None:
        if self.damaged:
            from flowtui.engine.recording.reader import RecordingError

            raise RecordingError(self.damaged)

    def update(self) -> bool:
        self._check()
        return True

    def finish(self) -> None:
        pass

    def close(self) -> None:
        pass

    def step(self, n: int) -> Step:
        return self.states[n - 1].step

    def state(self, n: int, heap_limit: int = 200, frame_limit: int = 1 << 30) -> State:
        self._check()
        return self.states[n - 1]

    def changes(self, n: int) -> tuple[Change, ...]:
        return ()

    def _next(self, n: int, direction: int, wanted: Any) -> int | None:
        at = n + direction
        while 1 <= at <= self.total:
            if wanted(self.states[at - 1]):
                return at
            at += direction
        return None

    def forward(self, n: int, zoom: Zoom) -> int | None:
        return self._next(n, 1, lambda state: True)

    def back(self, n: int, zoom: Zoom) -> int | None:
        return self._next(n, -1, lambda state: True)

    def over(self, n: int, zoom: Zoom) -> int | None:
        depth = self.states[n - 1].step.depth
        return self._next(n, 1, lambda state: state.step.depth <= depth)

    def over_back(self, n: int, zoom: Zoom) -> int | None:
        depth = self.states[n - 1].step.depth
        return self._next(n, -1, lambda state: state.step.depth <= depth)

    def out(self, n: int) -> int | None:
        depth = self.states[n - 1].step.depth
        return self._next(n, 1, lambda state: state.step.depth < depth)

    def out_back(self, n: int) -> int | None:
        depth = self.states[n - 1].step.depth
        return self._next(n, -1, lambda state: state.step.depth < depth)

    def change_of(self, n: int, frame: int, name: str, direction: int) -> int | None:
        def value(state: State) -> str | None:
            of = (
                state.globals
                if not frame
                else next((f.variables for f in state.frames if f.number == frame), ())
            )
            return next((each.value.text for each in of if each.name == name), None)

        def changes(state: State) -> bool:
            before = state.step.number - 2
            return before >= 0 and value(state) != value(self.states[before])

        return self._next(n, direction, changes)

    def born(self, number: int) -> int:
        def held(state: State) -> bool:
            values = [v.value for v in state.globals] + [v.value for f in state.frames for v in f.variables]
            return any(value.object == number for value in values)

        return next(state.step.number for state in self.states if held(state))

    def died(self, number: int) -> tuple[int, str] | None:
        return None

    def at_line(self, file: int, line: int, n: int, direction: int) -> int | None:
        self.go_on.wait(30)
        self._check()
        return self._next(n, direction, lambda state: state.step.event == "line" and state.step.line == line)

    def search(self, text: str, n: int, direction: int, stop: Any = None) -> int | None:
        def shows(state: State) -> bool:
            values = [v.value for v in state.globals] + [v.value for f in state.frames for v in f.variables]
            return any(text in value.text for value in values)

        return self._next(n, direction, shows)

    def object_at(self, number: int, n: int) -> HeapObject | None:
        return None

    def overview(self, columns: int) -> FakeOverview:
        total = self.total
        parts = [range(at * total // columns, -(-(at + 1) * total // columns)) for at in range(columns)]
        return FakeOverview(tuple(max(self.states[at].step.depth for at in part) for part in parts))


@dataclasses.dataclass(frozen=True)
class FakeAbout:
    source: Source
    options: RecordingOptions
    ended: Any = None

    @property
    def interpreter(self) -> Any:
        return recorded.load(1)[0]


class FakeTrace:
    """An opened trace file, as the app takes it."""

    def __init__(self, text: str = DEMO) -> None:
        self.recording = FakeRecording(text)
        self.about = FakeAbout(decode_source(text.encode(), "demo.py"), RecordingOptions(granularity="line"))
        self.unrecorded = ""
        self.stdout, self.stderr = b"12\n48\n", b""
        self.saved: list[Any] = []
        self.closed = 0

    def save(self, path: Any) -> None:
        self.saved.append(path)

    def close(self) -> None:
        self.closed += 1
