"""Who refers to an object, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

import msgspec

from flowtui.engine.recording.reference_streams import Raw
from flowtui.engine.recording.references import Holder, References
from flowtui.engine.recording.sentence_scene import Recorded, file_of
from flowtui.model.stages import CodeObject, CodeTable
from flowtui.model.trace import Granularity

Kind = Literal["local", "cell", "global", "name", "stack", "element", "value", "outside", "unknown"]


class Memory(Recorded, Raw, Protocol):
    """A recording with its raw streams."""

    @property
    def granularity(self) -> Granularity:
        """Lines or instructions."""
        ...

    def name_of(self, number: int) -> str:
        """The name of a number, as globals and names of class bodies have them."""
        ...


class Referrer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that refers to an object.

    Attributes:
        kind: what it is; ``outside``: it is not recorded what; ``unknown``: not all was looked at.
        text: in words: ``local p of norm``, ``element 3 of list #2``.
        frame: the frame's number, 0 where it is none.
        object: the object that holds it, None where it is none.
        count: how many references.
    """

    kind: Kind
    text: str
    frame: int = 0
    object: int | None = None
    count: int = 1


class Words:
    """Names what holds references.

    Args:
        recording: where names and elements are looked up.
        references: who holds what.
    """

    def __init__(self, recording: Memory, references: References) -> None:
        self._recording = recording
        self._references = references

    def on_stack(self, number: int, n: int) -> Iterator[Referrer]:
        """The places of an object on operand stacks, and on the way out of a frame."""
        state = self._recording.state(n, heap_limit=0)
        for frame in state.frames:
            places = [place for place, each in enumerate(frame.stack or ()) if each.object == number]
            if places:
                where = ", ".join(map(str, places))
                text = f"operand stack of {frame.name}, place {where}"
                yield Referrer(kind="stack", text=text, frame=frame.number, count=len(places))
        value = state.value
        if value is not None and value.object == number and state.step.event in ("return", "yield"):
            text = f"the value that {state.frames[0].name if state.frames else 'a frame'} hands on"
            yield Referrer(kind="value", text=text)

    def referrer(self, holder: Holder, number: int, n: int, count: int = 1) -> Referrer:
        """One holder of references to an object."""
        if holder.kind == "object":
            text = self.element(holder.owner, number, n)
            return Referrer(kind="element", text=text, object=holder.owner, count=count)
        if holder.kind == "global":
            return Referrer(kind="global", text=f"global {self._recording.name_of(holder.place)}")
        code = self._code(holder.owner)
        where = code.qualname if code is not None else f"frame {holder.owner}"
        if holder.kind == "name":
            text = f"{self._recording.name_of(holder.place)} of the class body {where}"
            return Referrer(kind="name", text=text, frame=holder.owner)
        names = slot_names(code, self._table(holder.owner)) if code is not None else ()
        name = names[holder.place] if holder.place < len(names) else f"slot {holder.place}"
        shared = code is not None and (name in code.cellvars or name in code.freevars)
        kind: Kind = "cell" if shared else "local"
        return Referrer(kind=kind, text=f"{kind} {name} of {where}", frame=holder.owner)

    def element(self, holder: int, number: int, n: int) -> str:
        """Which element of `holder` the object is."""
        found = self._recording.object_at(holder, n)
        if found is None:
            return f"object #{holder}"
        name = f"{found.type} #{holder}"
        keys = [each.key for each in found.elements if each.value.object == number]
        if not keys:
            return name
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        words = {"sequence": f"element {keys[0]}", "mapping": f"value under {keys[0]}", "set": "an element"}
        return f"{words.get(found.form, f'attribute {keys[0]}')}{more} of {name}"

    def _table(self, frame: int) -> CodeTable | None:
        if frame >= len(self._references.codes):
            return None
        number = self._references.codes[frame]
        for file in self._recording.files:
            if file.base <= number < file.base + len(file.table.codes):
                return file.table
        return None

    def _code(self, frame: int) -> CodeObject | None:
        table = self._table(frame)
        if table is None:
            return None
        number = self._references.codes[frame]
        base = next(each.base for each in self._recording.files if each.table is table)
        return table.codes[number - base]


def slot_names(code: CodeObject, table: CodeTable | None) -> tuple[str, ...]:
    """The names of a frame's local slots: 3.11 made a cell that is an argument one slot, before it had two."""
    one = table is None or "RESUME" in table.strings
    cells = [each for each in code.cellvars if not one or each not in code.varnames]
    return (*code.varnames, *cells, *code.freevars)


def loop_lines(table: CodeTable, number: int) -> set[int]:
    """The lines of a code object that belong to a `for` loop."""
    code = table.codes[number]
    rows = range(code.first, code.first + code.count)
    found: set[int] = set()
    for row in rows:
        if table.strings[table.opname[row]] == "FOR_ITER":
            target = table.jump_target[row]
            found |= {table.source_line[each] for each in rows if each >= row and table.offset[each] < target}
    return found


def in_loop(recording: Memory, n: int) -> bool:
    """Whether a frame of a recording by lines is in a `for` loop: its iterator is on a stack that nobody sees."""
    if recording.granularity == "instruction":
        return False
    for frame in recording.state(n, heap_limit=0).frames:
        file = file_of(recording, frame.file)
        if file is None or frame.line is None or frame.line in loop_lines(file.table, frame.code - file.base):
            return True
    return False
