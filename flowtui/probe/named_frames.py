"""Recording where frames cannot be read from memory (PyPy, CPython without ctypes): by `sys.settrace` and names.

What the frames of a program hold is asked for by name: ``f_locals``, a module's dictionary, a class body's. There is
no operand stack. Since objects cannot be compared by what memory says either, whoever runs unknown code has all looked
at again that the program can reach: `Plan.quiet` tells which lines and instructions cannot have changed any object.
PyPy has events for single instructions as CPython has.

``f_locals`` of a frame that is traced is renewed before each of its events, and written back behind it, by the
interpreter itself; that of the others is only read. Frames are held while they are being executed, never when they
are suspended: a generator's end must not wait for us.
"""

from __future__ import annotations

import struct
from _thread import get_ident
from sys import _getframe as getframe

from .heap_kinds import all_of
from .named_plans import Plan, Record, Thread
from .recording_format import (
    D_FRAME,
    D_GLOBAL,
    D_NAME,
    D_OUTPUT,
    D_RESUMED,
    D_SLOT,
    D_THREAD,
    D_VALUE,
    D_WIDE,
    RETURNED,
    S_AT,
    S_CALL,
    S_RAISE,
    S_RESUME,
    S_RETURN,
    S_THREAD,
    S_YIELD,
    THREAD_BEGINS,
    UNKNOWN,
    UNSET,
    UNWOUND,
    WIDE,
)
from .trace_driver import TraceDriver

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType, FrameType
    from typing import Any

    from .recorded_frames import Space
    from .recorder import Recorder

KIND = 29
MISSING: Any = object()


class Driver(TraceDriver):
    """Gets the events, and writes what each step has changed; both a driver and the frames for `recorder`."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        if recorder.by_instruction and not hasattr(getframe(), "f_trace_opcodes"):
            recorder.by_instruction = False  # there are no such events: lines are what can be recorded
        self._recorder = recorder
        self._by_instruction = recorder.by_instruction
        self._steps, self._changes = recorder.streams.steps, recorder.streams.changes.cast("B")
        self._heap = recorder.heap
        self._pack = struct.Struct("=QQ").pack_into
        self._check_at = recorder.first_check
        self._n = self._m = self._made = 0
        self._top: Record | None = None
        self._suspended: dict[int, Record] = {}
        self._foreign = False
        self._ident = get_ident()
        self._main = self._thread = Thread(0)
        self._threads = {self._ident: self._thread}
        self._named: dict[int, int] = {}
        self._global_ids: dict[int, dict[str, int]] = {}
        self._trace = self._called
        self._inside = self._event

    # ---- what `recorder` asks of a driver and of frames

    def plan(self, code: CodeType, number: int, space: Space, module: CodeType) -> Plan:
        """The plan of a code object."""
        return Plan(code, number, space, module, self._by_instruction)

    def stop(self) -> None:
        """End; no frame is kept alive."""
        if self.running:
            super().stop()
            for thread in self._threads.values():
                thread.frames.clear()
                thread.executing = None

    def intact(self) -> bool:
        """Whether the program has left the trace function alone, until its module's frame has ended."""
        return super().intact() or not self._main.frames

    def extent(self) -> tuple[int, int]:
        """Steps, and bytes of changes."""
        return self._n, self._m

    def output(self, stream: int, total: int) -> None:
        """So many bytes were written to a stream; seen at the next step."""
        self._change(self._n + 1, D_OUTPUT, stream, total)

    def collected(self, phase: str, info: dict[str, int], inside: bool) -> None:
        """The collector has run, on an interpreter that tells."""
        self._heap.collected(phase, info, self._n if inside else self._n + 1)

    def thread_is(self, ident: int) -> None:
        """Events of this thread follow; each has frames of its own. Held by the lock of whoever calls."""
        if ident == self._ident:
            return
        name = self._recorder.thread_name(ident)
        known = self._threads.get(ident)
        if known is not None and not known.frames and self._named.get(ident, name) != name:
            known = None  # the number of a thread that has ended is used again
        self._named[ident] = name
        begins = known is None
        if known is None:
            known = self._threads[ident] = Thread(self._recorder.thread_number())
        self._thread, self._ident = known, ident
        self._foreign = True
        self._change(self._n + 1, D_THREAD, name, known.number)
        if begins:
            self._n += 1
            self._steps[self._n] = S_THREAD << KIND | THREAD_BEGINS

    # ---- events

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        """The trace function: a frame begins, or goes on."""
        recorder = self._recorder
        code = frame.f_code
        try:
            if id(code) not in recorder.plans:
                self._foreign = True
                if not self.running or not recorder.begins(code):
                    return None
            if not self.running:
                return None
            if self._by_instruction:
                frame.f_trace_opcodes = True
                frame.f_trace_lines = False
            if recorder.threaded:
                with recorder.lock:
                    self.thread_is(get_ident())
                    self._begin(frame)
            else:
                self._begin(frame)
        except BaseException as error:
            recorder.failed(error)
            return None
        return self._inside

    def _event(self, frame: FrameType, event: str, argument: Any) -> Any:
        """The trace function inside a frame."""
        if not self.running:
            return None
        recorder = self._recorder
        try:
            if recorder.threaded:
                with recorder.lock:
                    self.thread_is(get_ident())
                    self._take(frame, event, argument)
            else:
                self._take(frame, event, argument)
        except BaseException as error:
            recorder.failed(error)
        return self._inside

    def _take(self, frame: FrameType, event: str, argument: Any) -> None:
        record = self._record_of(frame)
        if record is None:
            return
        if event == "line":
            self._at(record, frame.f_lineno)
        elif event == "opcode":
            self._at(record, frame.f_lasti)
        elif event == "exception":
            if argument[2] is not None:  # else it has not been raised: PyPy tells of an iterator's end
                self._raised(record, frame, argument[1])
        elif event == "return":
            self._ends(record, frame, argument)

    def _record_of(self, frame: FrameType) -> Record | None:
        """The record of the frame that an event is of: the one on top. Frames above have ended unseen."""
        frames = self._thread.frames
        if frames and frames[-1].frame is frame:
            return frames[-1]
        if all(each.frame is not frame for each in frames):
            return None
        while frames[-1].frame is not frame:
            self._leave(S_RETURN, UNWOUND, UNKNOWN)
        return frames[-1]

    def _at(self, record: Record, where: int) -> None:
        """A line or an instruction is about to be executed."""
        self._n += 1
        self._top = record
        self._look()
        self._write(S_AT, record.plan, where >> 1 if self._by_instruction else where)
        record.at = where
        record.raised_at = -1
        self._thread.executing = record
        if self._n >= self._check_at:
            self._check_at = self._recorder.check(self._n, self._m)

    def _begin(self, frame: FrameType) -> None:
        plan: Any = self._recorder.plans[id(frame.f_code)]
        thread = self._thread
        known = self._suspended.pop(id(frame), None)
        self._n += 1
        self._top = None
        if thread.frames:
            self._look()
        through = bool(thread.frames) and frame.f_back is not thread.frames[-1].frame
        if known is not None and known.plan is plan and frame.f_lasti > plan.begin:
            record, kind, where = known, S_RESUME, 0
            record.frame = frame
            record.raised_at = -1
            self._change(self._n, D_RESUMED, 0, record.number)
        else:
            self._made += 1
            record, kind, where = Record(self._made, plan, frame), S_CALL, plan.code.co_firstlineno
            if plan.is_module:
                self._recorder.module_begins(plan, frame)
            elif not plan.optimized and issubclass(type(frame.f_locals), dict):
                record.names = frame.f_locals
            self._top = record
        record.through = through
        thread.frames.append(record)
        self._look_at(record, None)
        self._write(kind, plan, where)
        thread.executing = record

    def _raised(self, record: Record, frame: FrameType, value: Any) -> None:
        """An exception arises in the frame on top, or has come up to it."""
        self._n += 1
        self._top = record
        self._look()
        record.raised = self._heap.ref(value, self._n)
        record.raised_at = frame.f_lasti
        self._change(self._n, D_VALUE, 0, record.raised)
        where = frame.f_lasti >> 1 if self._by_instruction else frame.f_lineno or 0
        self._write(S_RAISE, record.plan, where)

    def _ends(self, record: Record, frame: FrameType, value: Any) -> None:
        """A frame returns, is suspended, or is left by an exception: the event is the same."""
        offset = frame.f_lasti
        if record.raised_at != offset:
            if record.plan.returns(offset):
                self._leave(S_RETURN, RETURNED, value)
                return
            if record.plan.yields(offset):
                self._suspended[id(frame)] = record
                self._leave(S_YIELD, 0, value)
                return
        self._leave(S_RETURN, UNWOUND, MISSING)

    def _leave(self, kind: int, where: int, value: Any) -> None:
        """The frame on top is left, with a value, or (`MISSING`) by its last exception."""
        thread = self._thread
        record = thread.frames[-1]
        self._n += 1
        self._top = record
        self._look()
        word = record.raised if value is MISSING else self._heap.ref(value, self._n)
        self._change(self._n, D_VALUE, 0, word)
        self._write(kind, record.plan, where)
        thread.frames.pop()
        record.frame = None
        self._foreign = self._foreign or record.through
        thread.executing = thread.frames[-1] if thread.frames else None

    # ---- what is written

    def _change(self, n: int, what: int, index: int, value: int) -> None:
        self._pack(self._changes, self._m, n << 32 | what << 28 | index, value)
        self._m += 16

    def _write(self, kind: int, plan: Plan, where: int) -> None:
        """Write the word of step n, after all that belongs to it."""
        n = self._n
        deaths = self._heap.pending
        if deaths:
            self._heap.settle(n)
        word = kind << KIND | plan.base | where
        if where >= WIDE or not word:  # a word of zero would be the end
            self._change(n, D_WIDE, 0, where)
            word = kind << KIND | plan.base | WIDE
        self._steps[n] = word

    def _own(self, record: Record, what: int, index: int, value: int) -> None:
        """A change of a frame's own."""
        if record is not self._top:
            self._change(self._n, D_FRAME, 0, record.number)
        self._change(self._n, what, index, value)

    # ---- what is looked at

    def _look(self) -> None:
        """Write what was changed since the last event; it is seen at step n."""
        executing = self._thread.executing
        if executing is not None and not self._foreign:
            quiet = executing.plan.quiet.get(executing.at)
            if quiet is not None:
                self._look_at(executing, quiet)
                if not executing.plan.optimized or quiet - executing.plan.slots.keys():
                    self._look_at_globals(executing.plan.space, quiet)
                return
        self._foreign = False
        frames = self._thread.frames
        looked = [each for each in frames if each is executing or each is frames[-1] or each.shared()]
        spaces = list(self._recorder.spaces.values())
        roots: list[Any] = []
        for record in looked:
            roots += (
                all_of(dict.values(record.names)) if record.names is not None else record.locals().values()
            )
        for space in spaces:
            roots += space.names.values()
        self._heap.sweep(roots, self._n)
        roots.clear()
        for record in looked:
            self._look_at(record, None)
        for space in spaces:
            self._look_at_globals(space, None)

    def _look_at(self, record: Record, bound: frozenset[str] | None) -> None:
        """A frame's names; with `bound` only these and those that are bound to another object."""
        plan = record.plan
        ids, words = record.ids, record.words
        names = record.locals() if record.names is None else record.names
        get = type(names).get if plan.optimized else dict.get  # 3.13 has a proxy
        wanted: Any = plan.slots
        if not plan.optimized:
            wanted = {**words, **dict.fromkeys(all_of(dict.keys(names)))}
        for name in wanted:
            if type(name) is not str:
                continue
            value = get(names, name, MISSING)
            found = id(value)
            if bound is not None and name not in bound and ids.get(name) == found:
                continue
            ids[name] = found
            word = UNSET if value is MISSING else self._heap.ref(value, self._n)
            if words.get(name, UNSET) != word:
                words[name] = word
                if plan.optimized:
                    self._own(record, D_SLOT, plan.slots[name], word)
                else:
                    self._own(record, D_NAME, self._recorder.name(name), word)

    def _look_at_globals(self, space: Space, bound: frozenset[str] | None) -> None:
        """The same for a module's names."""
        last, index, names = space.last, space.index, space.names
        ids = self._global_ids.setdefault(space.number, {})
        for name in {**last, **names}:
            if type(name) is not str or (name in space.hidden and name not in last):
                continue
            value = names.get(name, MISSING)
            found = id(value)
            if bound is not None and name not in bound and ids.get(name) == found:
                continue
            ids[name] = found
            word = UNSET if value is MISSING else self._heap.ref(value, self._n)
            if last.get(name, UNSET) != word:
                last[name] = word
                if name not in index:
                    index[name] = space.number << 16 | self._recorder.name(name)
                self._change(self._n, D_GLOBAL, index[name], word)


__all__ = ["Driver", "Plan"]
