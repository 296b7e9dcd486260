"""The values of one instruction's sentence: what is on the stack before it, what comes of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from flowtui.explain.values import NoValueError
from flowtui.model.stages import CodeTable, Instruction
from flowtui.model.trace import Change, FrameState, HeapObject, State, Step, Value

#: Characters of one value in a sentence.
LONGEST_VALUE = 40
#: Steps of other threads, and of the collector, that are looked past for what came of an instruction.
FAR = 200
Outcome = Literal["goes on", "raises", "calls", "resumes", "leaves", "unknown"]


class File(Protocol):
    """A recorded source file: its number, path, text, code table, and the number of its first code object."""

    number: int
    path: str
    source: str | None
    table: CodeTable
    base: int


class Recorded(Protocol):
    """What sentences need of a recording."""

    @property
    def total(self) -> int:
        """How many steps there are."""
        ...

    @property
    def files(self) -> Sequence[File]:
        """The source files."""
        ...

    def step(self, n: int) -> Step:
        """A step."""
        ...

    def state(self, n: int, heap_limit: int = 200) -> State:
        """The state at a step."""
        ...

    def changes(self, n: int) -> tuple[Change, ...]:
        """What a step changes."""
        ...

    def collected(self, n: int) -> tuple[int, int, int] | None:
        """What a run of the collector did: generation, objects collected, objects that it could not collect."""
        ...

    def object_at(self, number: int, n: int) -> HeapObject | None:
        """An object at a step."""
        ...


def file_of(recording: Recorded, number: int) -> File | None:
    """The source file of a number."""
    for each in recording.files:
        if each.number == number:
            return each
    return None


def instruction_of(recording: Recorded, step: Step) -> Instruction | None:
    """The instruction that a step is at; None when it is at none."""
    file = file_of(recording, step.file)
    if file is None or step.code is None or step.offset is None:
        return None
    row = row_at(file.table, step.code - file.base, step.offset)
    return None if row is None else file.table.row(row)


def row_at(table: CodeTable, code: int, offset: int) -> int | None:
    """The row of an offset in a code object; None when there is no instruction."""
    if not 0 <= code < len(table.codes):
        return None
    first, count = table.codes[code].first, table.codes[code].count
    row = bisect_left(table.offset, offset, first, first + count)
    return row if row < first + count and table.offset[row] == offset else None


def clip(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text on one line, cut where it is longer."""
    line = " ".join(text.split("\n"))
    return line if len(line) <= longest else line[: longest - 1] + "…"


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_KIND = re.compile(r"^(?:(?:bound |builtin |built-in )?(?:function|method|class|type|module) )(.+)$")


def bare(text: str) -> str:
    """A function, class or module by its name alone: ``norm`` for ``function norm``."""
    found = _KIND.match(text)
    return clip(found[1] if found else text)


def joined(words: Sequence[str], most: int = 6) -> str:
    """``a, b and c``; where there are many, the first of them."""
    if len(words) > most:
        return ", ".join([*words[: most - 1], f"… ({len(words)} in all)"])
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def known_as(variable_name: str, value: Value) -> str:
    """``p=Point``."""
    return f"{variable_name}={clip(value.text)}"


class After(msgspec.Struct, frozen=True):
    """What came of a step: the step at which it shows, and the state there where it was needed."""

    outcome: Outcome
    step: Step | None = None
    state: State | None = None


def after(recording: Recorded, n: int) -> After:
    """What the instruction of step `n` led to, in the same frame."""
    here = recording.step(n)
    for m in range(n + 1, min(recording.total, n + FAR) + 1):
        step = recording.step(m)
        if step.thread != here.thread or step.event in ("collect", "thread"):
            continue
        if step.frame == here.frame:
            if step.event == "instruction":
                return After("goes on", step, recording.state(m, heap_limit=0))
            if step.event == "exception":
                return After("raises", step, recording.state(m, heap_limit=0))
            if step.event in ("return", "yield"):
                raised = step.note == "unwound"
                return After("raises" if raised else "leaves", step, recording.state(m, heap_limit=0))
        elif step.event in ("call", "resume"):
            kind: Outcome = "calls" if step.event == "call" else "resumes"
            return After(kind, step, recording.state(m, heap_limit=0))
        break
    return After("unknown")


class Scene(dict[str, str]):
    """The placeholders of a form, worked out when asked for; `NoValueError` for what is not known."""

    def __init__(self, instruction: Instruction, state: State, came: After) -> None:
        super().__init__()
        self.instruction = instruction
        self.state = state
        self.frame = state.frames[0] if state.frames else None
        self.stack = self.frame.stack if self.frame is not None else None
        self.came = came
        self.later = came.state.frames[0].stack if came.outcome == "goes on" and came.state else None

    def __missing__(self, placeholder: str) -> str:
        if placeholder.isdigit():
            return self.before(int(placeholder))
        found: str = getattr(self, f"_{placeholder}")()
        return found

    def filled(self, form: str) -> str:
        """A form with its placeholders filled.

        Raises:
            NoValueError: one of the values is not known.
        """
        return _PLACEHOLDER.sub(lambda found: self[found[1]], form)

    def before(self, depth: int) -> str:
        """The value so far below the top, before the instruction."""
        if self.stack is None or depth >= len(self.stack) or depth < 0:
            raise NoValueError("stack")
        return clip(self.stack[-1 - depth].text)

    def result(self, depth: int = 0) -> Value:
        """The value so far below the top, after the instruction."""
        if self.later is None or depth >= len(self.later):
            raise NoValueError("result")
        return self.later[-1 - depth]

    def _result(self) -> str:
        return clip(self.result().text)

    def _result1(self) -> str:
        return clip(self.result(1).text)

    def pushed(self) -> Value:
        """What was pushed, the NULL beside it passed over."""
        top = self.result()
        return self.result(1) if top.text == "NULL" else top

    def _value(self) -> str:
        if self.later is None:
            return self._value_now()
        return clip(self.pushed().text)

    def _value_now(self) -> str:
        """A variable's value as it is before the instruction, where what comes after is not recorded."""
        name = self._name()
        for each in (*self.frame.variables, *self.state.globals) if self.frame is not None else ():
            if each.name == name:
                return clip(each.value.text)
        raise NoValueError("value")

    def _name(self) -> str:
        name = self.instruction.argval.strip("'\"")
        if not name or name.isdigit():
            name = self.instruction.argrepr.replace("NULL + ", "").replace(" + NULL", "")
            name = name.replace("NULL|self + ", "").replace(" + NULL|self", "")
        if not name:
            raise NoValueError("name")
        return clip(name)

    def _pair(self) -> tuple[str, str]:
        first, comma, second = self.instruction.argrepr.partition(", ")
        if not comma:
            raise NoValueError("pair")
        return first, second

    def _first(self) -> str:
        return self._pair()[0]

    def _second(self) -> str:
        return self._pair()[1]

    def _was(self) -> str:
        name = self._name()
        if self.frame is None:
            return ""
        wide = self.instruction.opname.endswith("_GLOBAL") or self.frame.name == "<module>"
        for each in self.state.globals if wide else self.frame.variables:
            if each.name == name:
                return f"; it was {clip(each.value.text)}"
        return ""

    def _arg(self) -> str:
        return str(self.count())

    def _shown(self) -> str:
        return self.instruction.argrepr

    def _value_of_arg(self) -> str:
        return clip(self.instruction.argrepr or self.instruction.argval)

    def count(self) -> int:
        """The instruction's argument."""
        return self.instruction.arg or 0

    def _at(self) -> str:
        return self.before(self.count() - 1)

    def _into(self) -> str:
        return self.before(self.count())

    def _into2(self) -> str:
        return self.before(self.count() + 1)

    def several(self, count: int) -> list[str]:
        """The topmost values before the instruction, the lowest first."""
        return [self.before(depth) for depth in range(count - 1, -1, -1)]

    def _takes(self) -> str:
        count = taken(self.instruction)
        return f"pops {joined(self.several(count))}" if count else ""

    def _unpacked(self) -> str:
        arg = self.count()
        count = arg if self.instruction.opname == "UNPACK_SEQUENCE" else (arg & 0xFF) + 1 + (arg >> 8)
        return joined([clip(self.result(depth).text) for depth in range(count)]) if count else "nothing"

    def _attribute(self) -> str:
        name, top = self._name(), self.result()
        if self.instruction.opname == "LOAD_SPECIAL" or self._two_pushed():
            return f"its method {name}, ready for a call"
        return f"its attribute {name}: {clip(top.text)}"

    def _two_pushed(self) -> bool:
        if self.stack is None or self.later is None:
            return False
        taken_away = 3 if self.instruction.opname == "LOAD_SUPER_ATTR" else 1
        return len(self.later) - (len(self.stack) - taken_away) == 2

    def _iterator(self) -> str:
        """3.15 has an index, or NULL, above the iterator."""
        if self.stack is not None and self.later is not None and len(self.later) > len(self.stack):
            return clip(self.result(1).text)
        return self._result()

    def _raised(self) -> str:
        if self.count() == 2:
            return f"{self.before(1)} from {self.before(0)}"
        return "it" if self.count() else "the exception that is being handled again"

    def _frame(self) -> str:
        if self.frame is None:
            raise NoValueError("frame")
        return self.frame.name

    def _caller(self) -> str:
        return caller(self.state)

    def _target(self) -> str:
        return self.instruction_target()

    def instruction_target(self) -> str:
        """Where a jump goes, as an offset."""
        if self.instruction.jump_target is None:
            raise NoValueError("target")
        return str(self.instruction.jump_target)

    def _callable(self) -> str:
        return bare(self.call()[0].text)

    def _with(self) -> str:
        values = self.call()[1]
        return f" with {joined([clip(each.text) for each in values])}" if values else " without arguments"

    def call(self) -> tuple[Value, list[Value]]:
        """What a call instruction calls, and the arguments, a method's `self` first.

        Orders on the stack: up to 3.10 the callable (or NULL, callable; or method, self), then the arguments; later
        the same two places always, in either order of NULL; names of keywords, or a mapping, on top.
        """
        if self.stack is None:
            raise NoValueError("stack")
        opname, count = self.instruction.opname, self.count()
        stack = list(self.stack)
        if opname == "CALL_FUNCTION_EX":
            return self._call_ex(stack)
        if opname in ("CALL_KW", "CALL_FUNCTION_KW", "CALL_METHOD_KW"):
            del stack[-1:]
        values = stack[len(stack) - count :] if count else []
        below = stack[: len(stack) - count]
        if opname in ("CALL_FUNCTION", "CALL_FUNCTION_KW"):
            below = [Value("NULL", ""), *below[-1:]]
        if len(below) < 2:
            raise NoValueError("callable")
        first, second = below[-2:]
        if first.text == "NULL":
            return second, values
        if second.text == "NULL":
            return first, values
        return first, [second, *values]

    def _call_ex(self, stack: list[Value]) -> tuple[Value, list[Value]]:
        mapping = self.instruction.arg is None or self.count() & 1
        count = 2 if mapping else 1
        values = [each for each in stack[-count:] if each.text != "NULL"]
        below = [each for each in stack[:-count][-2:] if each.text != "NULL"]
        if not below:
            raise NoValueError("callable")
        return below[-1], values


def caller(state: State) -> str:
    """Whom the frame on top returns to, in words."""
    if len(state.frames) > 1:
        return state.frames[1].name
    return "the interpreter" if state.frames and state.frames[0].name == "<module>" else "what called it"


def taken(instruction: Instruction) -> int:
    """How many values an instruction with a variable number of them pops."""
    opname, count = instruction.opname, instruction.arg or 0
    if opname == "BUILD_MAP":
        return 2 * count
    if opname == "BUILD_CONST_KEY_MAP":
        return count + 1
    if opname == "FORMAT_VALUE":
        return 2 if count & 4 else 1
    if opname == "MAKE_FUNCTION":
        # Up to 3.10 the qualified name is on top of the code object; 3.13 on nothing else is taken.
        before, after_it = instruction.stack_before, instruction.stack_after
        return 1 + before - after_it if before is not None and after_it is not None else 1
    return count


def variables_of(frame: FrameState) -> str:
    """The arguments that a frame begins with, as ``a=1 and b=2``; empty when it has none."""
    return joined([known_as(each.name, each.value) for each in frame.variables])
