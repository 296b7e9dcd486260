"""Recording with `sys.settrace` (CPython 3.8 to 3.11).

What the program can see of it: ``sys.gettrace()``. A program that sets a trace function of its own ends the recording.
CPython takes the trace function away when it cannot be called, which would be so at the very bottom of a recursion
without end. So the deepest frame that the limit allows is stepped over, without the recorder's room (`recursion_room`):
what it calls fails as it would unrecorded. The frame below it tells, instruction by instruction, when that is over.
"""

from __future__ import annotations

from _thread import get_ident

from .recursion_room import DOWN, ROOM, getrecursionlimit
from .trace_driver import TraceDriver

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import FrameType
    from typing import Any

    from .recorded_frames import Frames
    from .recorder import Recorder


class Driver(TraceDriver):
    """Gives the program's events to a recording's frames."""

    def __init__(self, recorder: Recorder, frames: Frames) -> None:
        super().__init__()
        self._trace = trace_functions(recorder, frames, self)


def trace_functions(recorder: Recorder, frames: Frames, driver: Driver) -> Any:
    """The trace function for calls; it gives the one for what happens in a frame."""
    plans, failed, begins = recorder.plans, recorder.failed, recorder.begins
    line, instruction = frames.line, frames.instruction
    enter, resume, raised, unwind = frames.enter, frames.resume, frames.raised, frames.unwind
    returned, yielded, current, extent = frames.returned, frames.yielded, frames.current, frames.extent
    by_instruction = recorder.by_instruction
    raised_at = 0
    local: Any = None

    def inside_threads(frame: FrameType, event: str, argument: Any) -> Any:
        with recorder.lock:
            frames.thread_is(get_ident())
            if event == "line" and not by_instruction:
                line(None, frame.f_lineno)
            elif event == "opcode":
                instruction(frame.f_code, frame.f_lasti)
            else:
                inside(frame, event, argument)
        return inside_threads if driver.running else None

    def inside_lines(frame: FrameType, event: str, argument: Any) -> Any:
        if recorder.threaded:
            return inside_threads(frame, event, argument)
        if event == "line":
            line(None, frame.f_lineno)
            return inside_lines
        return inside(frame, event, argument)

    def tell_apart() -> None:
        nonlocal local
        local = inside_threads

    def inside_instructions(frame: FrameType, event: str, argument: Any) -> Any:
        if recorder.threaded:
            return inside_threads(frame, event, argument)
        if event == "opcode":
            instruction(frame.f_code, frame.f_lasti)
            return inside_instructions
        return inside(frame, event, argument)

    def inside(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal raised_at
        if not driver.running:
            return None
        try:
            if current() != id(frame):
                return local
            if event == "return":
                offset = frame.f_lasti
                if raised_at == extent()[0] or offset in plans[id(frame.f_code)].reraises:
                    unwind()
                elif offset in plans[id(frame.f_code)].yields:
                    yielded(None, offset, argument)
                else:
                    returned(None, offset, argument)
            elif event == "exception":
                raised(argument[1], frame.f_lasti, frame.f_lineno or 0)
                raised_at = extent()[0]
        except BaseException as error:
            failed(error)
        return local

    room = recorder.room
    main_counter = room.main

    def after_the_deepest(back: FrameType, view: Any) -> Any:
        """A trace function for the frame below the deepest: its first event gives the room back."""
        before, lines, opcodes = back.f_trace, back.f_trace_lines, back.f_trace_opcodes

        def over(frame: FrameType, event: str, argument: Any) -> Any:
            view[0] += ROOM if DOWN else -ROOM  # before any call
            room.squeezed = None
            frame.f_trace, frame.f_trace_lines, frame.f_trace_opcodes = before, lines, opcodes
            if before is None or (event == "opcode" and not opcodes):
                return before
            return before(frame, event, argument)

        return over

    def called(frame: FrameType, event: str, argument: Any) -> Any:
        view = room.here() if recorder.threaded else main_counter
        if view is not None and (view[0] < ROOM if DOWN else view[0] > getrecursionlimit() - ROOM):
            back = frame.f_back
            ours = frame.f_globals.get("__package__") == __package__  # standard output, which counts
            if driver.running and not ours and back is not None and view is not room.squeezed:
                over = after_the_deepest(back, view)
                back.f_trace_lines = back.f_trace_opcodes = True
                back.f_trace = over
                recorder.missed()
                room.squeezed = view
                view[0] -= ROOM if DOWN else -ROOM  # and no call any more
                return None
        if not recorder.threaded:
            return call(frame)
        if id(frame.f_code) not in plans:
            return call(frame)
        if local is not inside_threads:
            tell_apart()
        with recorder.lock:
            frames.thread_is(get_ident())
            return call(frame)

    def call(frame: FrameType) -> Any:
        code = frame.f_code
        plan = plans.get(id(code))
        try:
            if plan is None:
                if not driver.running or not begins(code):
                    return None
                plan = plans[id(code)]
            if by_instruction:
                frame.f_trace_opcodes = True
                frame.f_trace_lines = False
            offset = frame.f_lasti
            if offset > plan.begin:
                resume(plan, frame, offset, False)
            else:
                enter(plan, frame, plan.begin)
        except BaseException as error:
            failed(error)
            return None
        return local

    single = inside_instructions if by_instruction else inside_lines
    local = single
    return called
