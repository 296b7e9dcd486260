"""The state at a step: frames with their variables and stacks, globals, and the objects that these lead to."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator

from flowtui.engine.recording.codes import Code, Codes
from flowtui.engine.recording.index import Index
from flowtui.engine.recording.objects import Objects
from flowtui.engine.recording.operand_stack import Slot, StackRebuilder, constant
from flowtui.engine.recording.values import Values
from flowtui.model.printable import printable
from flowtui.model.trace import Element, Event, FrameState, HeapObject, State, Step, Value, Variable
from flowtui.probe import recording_format as form

#: Elements of one object that a state shows.
SHOWN = 50
#: Objects that are remembered as they were shown.
_MOST = 4096
_EVENTS: dict[int, Event] = {
    form.S_CALL: "call",
    form.S_RETURN: "return",
    form.S_YIELD: "yield",
    form.S_RESUME: "resume",
    form.S_RAISE: "exception",
    form.S_COLLECT: "collect",
    form.S_THREAD: "thread",
}


class States:
    """Makes steps and states.

    Args:
        index: where everything stands.
        codes: the files and code objects.
    """

    def __init__(self, index: Index, codes: Codes) -> None:
        self.index, self.codes = index, codes
        self.objects = Objects(index)
        self.values = Values(index.texts, self.objects.describe)
        control = index.streams.control
        self.by_instruction = len(control) > form.C_STACK and bool(control[form.C_GRANULARITY])
        self._rebuilders: dict[int, StackRebuilder] = {}
        self._shown: dict[tuple[int, int], HeapObject] = {}

    # ---- steps

    def where(self, n: int, word: int) -> int:
        """The line or half the offset that a step's word names, or its D_WIDE change."""
        where = word & form.WIDE
        if where != form.WIDE:
            return where
        for number in self.index.changes_of(n):
            what, _, value = self.index.change(number)
            if what == form.D_WIDE:
                return value
        return where

    def place(self, code: Code, n: int, word: int) -> tuple[int | None, int | None]:
        """The line and the offset of a step that has its place in its own word."""
        where = self.where(n, word)
        if not self.by_instruction:
            return where or None, None
        return code.line(2 * where), 2 * where

    def step(self, n: int) -> Step:
        """Step n."""
        word = int(self.index.streams.steps[n])
        kind = word >> 29
        frame, depth, thread = self.index.top(n)
        event: Event = _EVENTS.get(kind, "instruction" if self.by_instruction else "line")
        if kind in (form.S_COLLECT, form.S_THREAD) or not frame:
            note = ("begins", "ends")[word & 1] if kind == form.S_THREAD else ""
            return Step(
                number=n, event=event, code=None, file=0, line=None, offset=None, span=None, depth=depth, frame=frame,
                thread=thread, note=note,
            )  # fmt: skip
        number = word >> 16 & form.MAX_CODE
        code = self.codes.code(number)
        note = ""
        if kind in (form.S_AT, form.S_RAISE):
            line, offset = self.place(code, n, word)
        elif kind == form.S_CALL:
            line, offset = code.entry.firstlineno, None
        else:
            line, offset = self._last_place(code, frame, n)
            if kind == form.S_RETURN:
                note = "unwound" if word & form.WIDE == form.UNWOUND else "returned"
            elif kind == form.S_RESUME and word & form.WIDE == form.THROWN:
                note = "thrown"
        return Step(
            number=n, event=event, code=number, file=code.file.number, line=line, offset=offset,
            span=None if offset is None else code.span(offset), depth=depth, frame=frame, thread=thread, note=note,
        )  # fmt: skip

    def _last_place(self, code: Code, frame: int, n: int) -> tuple[int | None, int | None]:
        """Where a frame was last, before step n."""
        last = self.last_own(frame, n)
        if last is None:
            return code.entry.firstlineno, None
        return self.place(code, last, int(self.index.streams.steps[last]))

    def steps_before(self, frame: int, n: int) -> Iterator[int]:
        """The S_AT steps < n of a frame, the latest first."""
        steps = self.index.streams.steps
        for first, last in self.index.runs_of(frame, n):
            for each in range(last, first - 1, -1):
                if not steps[each] >> 29:
                    yield each

    def last_own(self, frame: int, n: int) -> int | None:
        """The last of them."""
        return next(self.steps_before(frame, n), None)

    # ---- what `operand_stack` asks

    def slot_write(self, frame: int, slot: int, n: int) -> tuple[int, int] | None:
        """The last change of a frame's slot at a step ≤ n: its step, the value word."""
        number = self.index.changes.last(frame, form.D_SLOT << 28 | slot, n)
        if not number:
            return None
        stream = self.index.streams.changes
        return stream[2 * number - 2] >> 32, stream[2 * number - 1]

    def offset(self, n: int) -> int:
        """The offset in bytes of the instruction at an own step."""
        return 2 * self.where(n, int(self.index.streams.steps[n]))

    # ---- states

    def state(self, n: int, heap_limit: int, frame_limit: int) -> State:
        """All that is seen at step n."""
        step = self.step(n)
        chain = self.index.chain(n)
        frames = tuple(self._frame(frame, at, n, step) for at, frame in enumerate(chain[:frame_limit]))
        names = self.globals(0, n)
        carried = self.carried(n)
        roots = [each.value for frame in frames for each in frame.variables]
        roots += [value for frame in frames for value in frame.stack or ()]
        roots += [each.value for each in names]
        if carried is not None:
            roots.append(carried)
        heap, left_out = self._heap(roots, n, heap_limit)
        return State(
            step=step, frames=frames, globals=names, heap=heap, heap_left_out=left_out, value=carried,
            stdout="", stderr="", frames_left_out=max(0, len(chain) - frame_limit),
        )  # fmt: skip

    def carried(self, n: int) -> Value | None:
        """What a return, yield or exception carries."""
        kind = self.index.streams.steps[n] >> 29
        if kind in (form.S_RETURN, form.S_YIELD, form.S_RAISE):
            for number in self.index.changes_of(n):
                what, _, value = self.index.change(number)
                if what == form.D_VALUE:
                    return self.values.value(value)
        return None

    def _frame(self, frame: int, at: int, n: int, step: Step) -> FrameState:
        """A frame of a state; `at` counts from the innermost."""
        code_number = self.index.frame_codes[frame]
        code = self.codes.code(code_number)
        own = n if at == 0 and step.event in ("line", "instruction") else self.last_own(frame, n)
        line: int | None = code.entry.firstlineno
        offset = None
        if at == 0 and step.code == code_number:
            line, offset = step.line, step.offset
        elif own is not None:
            line, offset = self.place(code, own, int(self.index.streams.steps[own]))
        return FrameState(
            number=frame, code=code_number, name=code.name, file=code.file.number, line=line, offset=offset,
            span=None if offset is None else code.span(offset), variables=self._variables(code, frame, n),
            stack=self._stack(code, code_number, frame, own, at, n, step),
        )  # fmt: skip

    def _stack(
        self, code: Code, number: int, frame: int, own: int | None, at: int, n: int, step: Step
    ) -> tuple[Value, ...] | None:
        """The operand stack of a frame; None where it is not recorded."""
        control = self.index.streams.control
        if not self.by_instruction or not control[form.C_STACK]:
            return None
        if own is None:
            return ()
        file = code.file
        rebuilder = self._rebuilders.get(file.number)
        if rebuilder is None:
            rebuilder = self._rebuilders[file.number] = StackRebuilder(file.table, self)
        slots = rebuilder.stack(
            number - file.base, frame, own, calling=at > 0 or step.event in ("call", "resume")
        )
        return None if slots is None else tuple(self._slot(each) for each in slots)

    def _slot(self, slot: Slot) -> Value:
        if slot is None:
            return self.values.value(form.UNKNOWN)
        return constant(slot) if isinstance(slot, str) else self.values.value(slot)

    def _variables(self, code: Code, frame: int, n: int) -> tuple[Variable, ...]:
        """The variables of a frame that have a value."""
        index = self.index
        stream = index.streams.changes
        count = len(code.names)
        made = []
        for place, number in sorted(index.changes.lasts(frame, n).items()):
            what, at = place >> 28, place & form.INDEX
            value = stream[2 * number - 1]
            if value == form.UNSET or (what == form.D_SLOT and at >= count):
                continue
            changed = stream[2 * number - 2] >> 32 == n
            name = code.names[at] if what == form.D_SLOT else index.texts.name(at)
            kind = code.kinds[at] if what == form.D_SLOT else "name"
            made.append(Variable(printable(name), kind, self.values.value(value), changed))
        return tuple(made)

    def globals(self, file: int, n: int) -> tuple[Variable, ...]:
        """The names of a file's module, in the order of their first appearance."""
        index = self.index
        stream = index.streams.changes
        made = []
        for key, changes in index.globals.items():
            if key >> 16 != file:
                continue
            at = bisect_right(changes, n, key=index.change_step) - 1
            if at >= 0:
                value = stream[2 * changes[at] - 1]
                if value != form.UNSET:
                    changed = index.change_step(changes[at]) == n
                    name = printable(index.texts.name(key & 0xFFFF))
                    made.append(Variable(name, "global", self.values.value(value), changed))
        return tuple(made)

    # ---- objects

    def _heap(self, roots: list[Value], n: int, limit: int) -> tuple[tuple[HeapObject, ...], int]:
        """The objects that can be reached, breadth first, and those that have just died; in the order of numbers."""
        seen: set[int] = set()
        waiting: deque[int] = deque()
        for value in roots:
            if value.object is not None and value.object not in seen:
                seen.add(value.object)
                waiting.append(value.object)
        made: dict[int, HeapObject] = {}
        while waiting and len(made) < limit:
            number = waiting.popleft()
            shown = self.object_at(number, n)
            if shown is None:
                continue
            made[number] = shown
            for element in shown.elements:
                other = element.value.object
                if other is not None and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        for number in self.index.freed_at.get(n, ())[: max(0, limit)]:
            if number not in made:
                ghost = self.object_at(number, n)
                if ghost is not None:
                    made[number] = ghost
        return tuple(made[number] for number in sorted(made)), len(waiting)

    def object_at(self, number: int, n: int, most: int = SHOWN) -> HeapObject | None:
        """An object at a step; None before it was first seen. After its end it is a ghost."""
        born = self.objects.born(number)
        if born.step > n:
            return None
        version = self.objects.version(number, n)
        count = self.index.counts.last(number, n)
        freed = self.index.freed.get(number)
        dead = freed is not None and freed[0] <= n
        changed = bool(version) and self.index.version_step(version) == n
        key = (number, version)
        known = self._shown.get(key) if most == SHOWN and not changed and not dead else None
        if (
            known is not None
            and known.count == (self.index.count_value(count) if count else None)
            and known.count_inferred == (bool(count) and self.index.count_step(count) != n)
            and known.died == (freed[0] if freed else None)
        ):
            return known
        made = self._object(number, n, version, most, changed=changed, dead=dead)
        if most == SHOWN and not changed and not dead:
            if len(self._shown) > _MOST:
                self._shown.clear()
            self._shown[key] = made
        return made

    def _object(
        self, number: int, n: int, version: int, most: int, *, changed: bool, dead: bool
    ) -> HeapObject:
        born = self.objects.born(number)
        content = self.objects.content(number, version)
        count = self.index.counts.last(number, n)
        freed = self.index.freed.get(number)
        elements = self._elements(number, version, n, most, changed=changed and born.step != n)
        total = len(content.values)
        return HeapObject(
            number=number, type=printable(born.type), form=content.form, text=printable(born.text), elements=elements,
            left_out=total - len(elements) + content.left_out, address=born.address,
            size=content.size or born.size or None, count=self.index.count_value(count) if count else None,
            count_inferred=bool(count) and self.index.count_step(count) != n, born=born.step,
            died=freed[0] if freed else None, cause=cause(freed[1]) if freed else "", ghost=dead, changed=changed,
        )  # fmt: skip

    def _elements(
        self, number: int, version: int, n: int, most: int, *, changed: bool
    ) -> tuple[Element, ...]:
        """The first elements of an object; those that differ from the step before are marked."""
        content = self.objects.content(number, version)
        value_of = self.values.value
        values = content.values[:most]
        if content.form in ("mapping", "attributes"):
            key_of = self.values.name if content.form == "attributes" else lambda word: value_of(word).text
            keys = [key_of(word) for word in content.keys[:most]]
        elif content.form == "set":
            keys = [""] * len(values)
        else:
            keys = [str(place) for place in range(len(values))]
        if not changed:
            return tuple(Element(key, value_of(word)) for key, word in zip(keys, values, strict=True))
        before = self.objects.content(number, self.objects.version(number, n - 1))
        if content.form == "sequence":
            old: list[object] = list(enumerate(before.values[: most + 1]))
            new: list[object] = list(enumerate(values))
        elif content.form == "set":
            old, new = list(before.values), list(values)
        else:
            old = list(zip(before.keys, before.values, strict=True))
            new = list(zip(content.keys[:most], values, strict=True))
        known = set(old)
        return tuple(
            Element(key, value_of(word), each not in known)
            for key, word, each in zip(keys, values, new, strict=True)
        )


def cause(number: int) -> str:
    """Why an object was freed, by the number in its H_FREED."""
    if number == form.FREED_BY_COUNT:
        return "count"
    return f"generation {number - form.FREED_BY_COLLECTION}"
