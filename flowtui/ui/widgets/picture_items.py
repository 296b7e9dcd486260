"""What a run's picture consists of besides the heap: frames, operand stack and variables, as rows with items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from flowtui.model.trace import FrameState, State, Value, Variable

#: Frames whose variables have rows.
_MOST_FRAMES = 60

ItemKind = Literal["frame", "stack", "variable", "global", "object", "result"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the cursor can stand on.

    Attributes:
        kind: what it is; ``result`` is what a return, yield or exception carries.
        frame: the number of its frame; 0 for globals and objects.
        name: a variable's name, a frame's, an object's type; else empty.
        index: of a stack slot, from the bottom, from 0; else None.
        object: the number of the object, or of the one that is referred to; None for a value shown in place.
    """

    kind: ItemKind
    frame: int
    name: str
    index: int | None
    object: int | None

    @property
    def place(self) -> tuple[str | int | None, ...]:
        """What stays the same from step to step, whatever the value."""
        if self.kind == "object":
            return (self.kind, self.object)
        return (self.kind, self.frame, self.name if self.kind != "frame" else "", self.index)


class VariableRow(NamedTuple):
    """A row of the variables: the name of its frame in front of it, where its frame begins."""

    label: str
    variable: Variable
    item: Item
    current: bool


class StackRow(NamedTuple):
    """A slot of the operand stack; `top` marks the top of it."""

    value: Value
    item: Item
    top: bool


class FrameRow(NamedTuple):
    """A frame in the list; an `item` of None is the row that stands for those which have no room."""

    name: str
    place: str
    item: Item | None
    current: bool


def short_name(name: str, cells: int) -> str:
    """A qualified name, or the last part of it where the whole has no room: ``norm`` of ``Point.norm``."""
    return name if len(name) <= cells else name.rpartition(".")[2] or name


def is_definition(variable: Variable) -> bool:
    """Whether a variable names what a program is made of, rather than its data: they stand last."""
    return variable.value.type in ("function", "type", "module", "builtin_function_or_method")


def frame_rows(state: State, rows: int, place: Callable[[FrameState], str]) -> list[FrameRow]:
    """The frames, innermost first; where there are too many, those in the middle are one row.

    Args:
        state: where.
        rows: as many rows as there are.
        place: says where a frame is: ``demo.py:12``.
    """

    def row(frame: FrameState) -> FrameRow:
        item = Item("frame", frame.number, frame.name, None, None)
        return FrameRow(frame.name, place(frame), item, frame is state.frames[0])

    frames = state.frames
    if len(frames) <= rows:
        return [row(frame) for frame in frames]
    hidden = len(frames) - rows + 1
    above = [row(frame) for frame in frames[: max(1, rows - 2)]]
    below = [row(frame) for frame in frames[len(frames) - (rows - len(above) - 1) :]] if rows > 2 else []
    return [*above, FrameRow(f"⋮ {hidden} more", "", None, False), *below]


def stack_rows(frame: FrameState | None) -> list[StackRow]:
    """The slots of a frame's operand stack, the top first."""
    if frame is None or frame.stack is None:
        return []
    count = len(frame.stack)
    return [
        StackRow(value, Item("stack", frame.number, "", index, value.object), index == count - 1)
        for index, value in reversed(list(enumerate(frame.stack)))
    ]


def variable_rows(state: State) -> list[VariableRow]:
    """The variables of the frames, innermost first, then the globals; data before definitions.

    Of very deep calls the outermost frames are one row, which stands for the first of them.
    """
    rows: list[VariableRow] = []
    for frame in state.frames[:_MOST_FRAMES]:
        current = frame is state.frames[0]
        label = frame.name
        for variable in frame.variables:
            item = Item("variable", frame.number, variable.name, None, variable.value.object)
            rows.append(VariableRow(label, variable, item, current))
            label = ""
    if len(state.frames) > _MOST_FRAMES:
        first = state.frames[_MOST_FRAMES]
        more = Variable(f"{len(state.frames) - _MOST_FRAMES:,} more", "local", Value("", ""))
        rows.append(VariableRow("⋮", more, Item("frame", first.number, first.name, None, None), False))
    label = "global"
    for variable in sorted(state.globals, key=is_definition):
        item = Item("global", 0, variable.name, None, variable.value.object)
        rows.append(VariableRow(label, variable, item, len(state.frames) == 1))
        label = ""
    return rows


def window(count: int, rows: int, top: int, wanted: int | None) -> int:
    """The first row to show of `count`, so that `wanted` is seen and `top` changes as little as can be."""
    top = max(0, min(top, count - rows))
    if wanted is None:
        return top
    if wanted < top:
        return wanted
    return max(top, wanted - rows + 1)


def same_place(items: Sequence[Item], item: Item | None) -> int | None:
    """The index of the item at the same place, None when it is gone."""
    if item is None:
        return None
    place = item.place
    return next((at for at, each in enumerate(items) if each.place == place), None)
