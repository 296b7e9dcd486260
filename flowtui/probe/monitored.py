"""Recording with `sys.monitoring` (CPython 3.12 and newer).

Events are asked for in the program's own code objects alone. Only exceptions are told of everywhere, for they cannot
be had otherwise, and the first beginning of every code object, to find the program's own modules. What the program can
see of it: ``sys.monitoring.get_tool(4)``. Trace and profile functions are its own: ``sys.gettrace()`` is None.

An instruction's event returns DISABLE where nothing of interest ever happens, so that it comes once. LINE has no event
for a further round of a loop that stays on one line: JUMP has.

CPython calls no callback while one runs: what a callback sets off (a finaliser, by way of the collector) is not told.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from sys import _getframe as getframe

from .recursion_room import ROOM

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType
    from typing import Any

    from .recorded_frames import Frames
    from .recorder import Recorder

#: One of the numbers that no well-known tool has.
TOOL = 4
NAME = "flowtui"
EVERYWHERE = ("PY_START", "PY_THROW", "PY_UNWIND", "RAISE")


class Driver:
    """Gives the program's events to a recording's frames.

    Raises:
        ValueError: the tool's number is taken.
    """

    def __init__(self, recorder: Recorder, frames: Frames) -> None:
        monitoring: Any = vars(sys)["monitoring"]
        self._set_local = monitoring.set_local_events
        self._set_global = monitoring.set_events
        self._get_tool = monitoring.get_tool
        self._free = monitoring.free_tool_id
        self._codes: list[CodeType] = []
        self.running = False
        events = monitoring.events
        monitoring.use_tool_id(TOOL, NAME)
        shared = events.PY_START | events.PY_RETURN | events.PY_YIELD | events.PY_RESUME | events.INSTRUCTION
        self._local = shared if recorder.by_instruction else shared | events.LINE | events.JUMP
        self._everywhere = events.RAISE | events.PY_UNWIND | events.PY_THROW | events.PY_START
        self._register = monitoring.register_callback
        self._events = events
        self._recorder, self._frames = recorder, frames
        self._callbacks = callbacks(recorder, frames, monitoring.DISABLE, 1)
        for name, callback in self._callbacks.items():
            self._register(TOOL, getattr(events, name), callback)

    def watch(self, codes: list[CodeType]) -> None:
        """Record these code objects too."""
        self._codes += codes
        for code in codes:
            self._set_local(TOOL, code, self._local)

    def threads_begin(self) -> None:
        """Put callbacks in place that tell the threads apart."""
        frames, lock = self._frames, self._recorder.lock
        frames.deeper()
        disable = vars(sys)["monitoring"].DISABLE

        def guard(callback: Any) -> Any:
            thread_is = frames.thread_is

            def guarded(*arguments: Any) -> Any:
                with lock:
                    thread_is(get_ident())
                    return callback(*arguments)

            return guarded

        plans = self._recorder.plans
        for name, callback in callbacks(self._recorder, frames, disable, 3).items():
            guarded = guard(callback)
            if name in EVERYWHERE:
                guarded = only_ours(plans, guarded, callback, disable, name)
            self._register(TOOL, getattr(self._events, name), guarded)

    def start(self) -> None:
        """Begin."""
        self.running = True
        self._set_global(TOOL, self._everywhere)

    def stop(self) -> None:
        """End; the program goes on at full speed."""
        if not self.running:
            return
        self.running = False
        if self._get_tool(TOOL) != NAME:
            return
        self._set_global(TOOL, 0)
        for code in self._codes:
            self._set_local(TOOL, code, 0)
        self._free(TOOL)

    def intact(self) -> bool:
        """Whether the program has left the tool alone."""
        return bool(self._get_tool(TOOL) == NAME)


def only_ours(plans: dict[int, Any], guarded: Any, callback: Any, disable: object, name: str) -> Any:
    """A callback for events that come from everywhere: only the program's own are worth a change of threads."""

    def everywhere(code: CodeType, offset: int, *more: Any) -> Any:
        if id(code) in plans:
            return guarded(code, offset, *more)
        return callback(code, offset) if name == "PY_START" else None

    return everywhere


def callbacks(recorder: Recorder, frames: Frames, disable: object, up: int) -> dict[str, Any]:
    """The callbacks by the names of their events; none ever raises. `up`: how far below is the program's frame."""
    plans, failed = recorder.plans, recorder.failed
    resume, line, instruction, note_mutation = (
        frames.resume,
        frames.line,
        frames.instruction,
        frames.note_mutation,
    )
    raised, unwind, current = frames.raised, frames.unwind, frames.current

    start, begins = frames.start, recorder.begins
    room = recorder.room
    counter = room.main
    #: The frame that was one too many for the program's limit.
    beyond = 0

    def too_deep(offset: int) -> None:
        """The program's own frames have come to the limit: there is room for the recorder's alone."""
        nonlocal beyond
        beyond = id(getframe(up + 1))
        raise RecursionError("maximum recursion depth exceeded")

    def trim(error: Any) -> None:
        """The call that was too deep has no frame: none of it is in the traceback."""
        nonlocal beyond
        entry = error.__traceback__
        while entry is not None and entry.tb_next is not None:
            if id(entry.tb_next.tb_frame) == beyond:
                entry.tb_next = None
                beyond = 0
            entry = entry.tb_next

    def started(code: CodeType, offset: int) -> object:
        view = counter if up == 1 else room.here()
        if view is not None and view[0] < ROOM - up:
            too_deep(offset)
        if id(code) not in plans:
            try:
                if not begins(code):
                    return disable
            except BaseException as problem:
                failed(problem)
                return disable
        start(code, offset)
        return None

    def thrown(code: CodeType, offset: int, error: object) -> None:
        try:
            plan = plans.get(id(code))
            if plan is not None:
                resume(plan, getframe(up), offset, True)
        except BaseException as problem:
            failed(problem)

    def left(code: CodeType, offset: int, error: object) -> None:
        try:
            if id(code) in plans and id(getframe(up)) == current():
                unwind(error)
        except BaseException as problem:
            failed(problem)

    def arisen(code: CodeType, offset: int, error: object) -> None:
        try:
            plan = plans.get(id(code))
            if plan is not None:
                frame = getframe(up)
                if id(frame) == current():
                    if beyond:
                        trim(error)
                    raised(error, offset, plan.line_of.get(offset) or frame.f_lineno or 0)
        except BaseException as problem:
            failed(problem)

    def at_instruction(code: CodeType, offset: int) -> object:
        return disable if instruction(code, offset) is False else None

    def mutating(code: CodeType, offset: int) -> object:
        try:
            return None if note_mutation(offset) else disable
        except BaseException as error:
            failed(error)
        return None

    def jumped(code: CodeType, offset: int, target: int) -> object:
        number = plans[id(code)].loops.get((offset, target))
        if number is None:
            return disable
        line(code, number)
        return None

    found: dict[str, Any] = {
        "PY_START": started,
        "PY_RETURN": frames.returned,
        "PY_YIELD": frames.yielded,
        "PY_RESUME": frames.resumed,
        "PY_THROW": thrown,
        "PY_UNWIND": left,
        "RAISE": arisen,
        "INSTRUCTION": at_instruction if recorder.by_instruction else mutating,
    }
    if not recorder.by_instruction:
        found["LINE"] = line
        found["JUMP"] = jumped
    return found
