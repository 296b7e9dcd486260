"""A recorded run as a reader gives it: steps, and the whole state at a step."""

from __future__ import annotations

from typing import Literal

import msgspec

from flowtui.model.span import Span

Granularity = Literal["line", "instruction"]
#: How far one step of the learner goes; ``line`` is all that a recording by lines has.
Zoom = Literal["line", "expression", "instruction"]
Event = Literal["line", "instruction", "call", "return", "yield", "resume", "exception", "collect", "thread"]


class RecordingLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much is recorded; what comes after that is executed unrecorded, and the recording says so.

    Attributes:
        steps: steps of all threads.
        bytes: of all streams together.
        seconds: wall time since the program's beginning.
    """

    steps: int = 1_000_000
    bytes: int = 256 << 20
    seconds: float = 60.0


class RecordingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to record.

    Attributes:
        granularity: by lines, or every instruction (all three zooms).
        limits: when to stop recording.
        library: whether code outside the program's own folder is recorded too.
    """

    granularity: Granularity = "instruction"
    limits: RecordingLimits = RecordingLimits()
    library: bool = False


class Value(msgspec.Struct, frozen=True):
    """What a name, a slot or an element holds.

    Attributes:
        text: a short repr, made by us from what was recorded, never by the learner's code; ``NULL`` for the NULL that
            CPython has on its stack. For an object a short text such as ``list (3)`` or ``Point``.
        type: the type's name; empty for NULL and unknown values.
        object: the number of the heap object; None for what is shown in place (int, str, float, bool, None, …).
        inferred: worked out by us, not read from the interpreter.
    """

    text: str
    type: str
    object: int | None = None
    inferred: bool = False


class Variable(msgspec.Struct, frozen=True):
    """A name with its value; `kind` is ``local``, ``cell``, ``free``, ``global`` or ``name`` (of a class body)."""

    name: str
    kind: Literal["local", "cell", "free", "global", "name"]
    value: Value
    changed: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step.

    Attributes:
        number: from 1.
        event: what happens; ``line`` and ``instruction``: is about to be executed.
        code: the code object's number, None for what belongs to none (a collection, a thread).
        file: the number of its source file; 0 is the program itself.
        line: the line, None where there is none.
        offset: the instruction's offset, None in a recording by lines.
        span: the exact stretch of source, None where the interpreter gives none.
        depth: how many frames its thread has at this step (1: the module's alone).
        frame: the number of the frame that it happens in, 0 for none.
        thread: the thread's number, 0 is the main thread.
        note: ``returned``, ``unwound``, ``thrown``, ``begins``, ``ends``, or empty.
    """

    number: int
    event: Event
    code: int | None
    file: int
    line: int | None
    offset: int | None
    span: Span | None
    depth: int
    frame: int
    thread: int
    note: str = ""


class FrameState(msgspec.Struct, frozen=True, kw_only=True):
    """A frame at a step.

    Attributes:
        number: the frame's own number, the same through its whole life.
        name: the code object's qualified name.
        stack: the operand stack, bottom first; None where it is not recorded.
        stack_inferred: worked out from the bytecode, not read from the frame.
        variables: its locals, cells and free variables in the order of their slots; those without a value are left out.
    """

    number: int
    code: int
    name: str
    file: int
    line: int | None
    offset: int | None
    span: Span | None
    variables: tuple[Variable, ...]
    stack: tuple[Value, ...] | None
    stack_inferred: bool = False


class Element(msgspec.Struct, frozen=True):
    """An element of an object: `key` is an index, a key or an attribute's name as it is shown."""

    key: str
    value: Value
    changed: bool = False


class HeapObject(msgspec.Struct, frozen=True, kw_only=True):
    """An object at a step.

    Attributes:
        number: the same through its whole life, never used again.
        type: the type's name.
        form: how to draw it.
        text: what an object without elements is: ``function norm``.
        elements: the first of them.
        left_out: how many elements are not in `elements`.
        address: what ``id()`` gave.
        size: bytes, without what it refers to; None for unknown.
        count: the reference count; None for unknown.
        count_inferred: worked out from what refers to it; else read at a step at which nothing has changed since.
        born: the step at which it was first seen.
        died: the step at which it was freed; None while it lives (at the last step).
        cause: of its end: ``count`` (reached zero), ``generation 0`` … (collected in a cycle), or empty.
        ghost: it is dead at this step, and shown since it has just died.
        cycle: the number of the reference cycle that it is part of at this step, None for none.
        changed: something of it has changed at this step.
    """

    number: int
    type: str
    form: Literal["sequence", "set", "mapping", "attributes", "leaf"]
    text: str
    elements: tuple[Element, ...]
    left_out: int
    address: int
    size: int | None
    count: int | None
    count_inferred: bool
    born: int
    died: int | None
    cause: str
    ghost: bool = False
    cycle: int | None = None
    changed: bool = False


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that is seen at a step: before the line or instruction is executed.

    Attributes:
        step: where.
        frames: of the step's thread, innermost first.
        globals: of the program's module.
        heap: the objects that can be reached from what is shown, in a stable order; the ghosts of this step too.
        heap_left_out: how many more there are.
        value: what a return, yield or exception carries.
        stdout: what the program wrote up to here.
        stderr: the same.
        frames_left_out: how many outer frames are not in `frames`.
    """

    step: Step
    frames: tuple[FrameState, ...]
    globals: tuple[Variable, ...]
    heap: tuple[HeapObject, ...]
    heap_left_out: int
    value: Value | None
    stdout: str
    stderr: str
    frames_left_out: int = 0


class Change(msgspec.Struct, frozen=True):
    """One change that a step makes, for lists and for JSON: ``what`` names the place, ``value`` what is there now."""

    what: Literal["local", "global", "name", "stack", "object", "output", "value", "freed"]
    frame: int
    name: str
    value: Value | None


class RecordingEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording ended.

    Attributes:
        complete: everything that the program did is in it.
        cut: why not: a name of `probe.recording_format.CUTS`, or ``killed`` when the program ended before it could say.
        sentence: one sentence for the screen.
        lost: events that happened inside the recorder and are missing.
    """

    complete: bool
    cut: str
    sentence: str
    lost: int = 0
