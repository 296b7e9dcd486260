"""All that a picture of one state consists of: rows, objects with their places, and what the cursor can stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flowtui.model.trace import FrameState, HeapObject, State
from flowtui.ui.widgets.picture_blocks import Block, block, is_inline
from flowtui.ui.widgets.picture_items import (
    FrameRow,
    Item,
    StackRow,
    VariableRow,
    frame_rows,
    stack_rows,
    variable_rows,
)
from flowtui.ui.widgets.picture_layout import FOREVER, Geometry, Places, Wanted


class Scene(NamedTuple):
    """A state, laid out; where the screen is over it is not part of it.

    Attributes:
        state: what is shown.
        geometry: the sizes of the parts.
        frames: the list of frames.
        stack: the operand stack of the innermost frame, its top first.
        result: what a return, yield or exception carries, None for nothing.
        variables: those of all frames, and the globals.
        objects: the objects that have rows, from the top, with their first rows.
        rows: the first row of each object, by its number.
        blocks: the rows' contents, by the object's number.
        height: rows of the heap.
        items: what the cursor can stand on, in its order.
        boxed: whether the recording has operand stacks at all: else there is no box for them.
    """

    state: State
    geometry: Geometry
    frames: Sequence[FrameRow]
    stack: Sequence[StackRow]
    result: Item | None
    variables: Sequence[VariableRow]
    objects: Sequence[HeapObject]
    rows: dict[int, int]
    blocks: dict[int, Block]
    height: int
    items: Sequence[Item]
    boxed: bool


class _Made(NamedTuple):
    """A block with what it was made of."""

    thing: HeapObject
    refers: frozenset[int]
    block: Block


class SceneMaker:
    """Makes scenes; what is the same in the next one is not made again.

    Args:
        place: says where a frame is: ``demo.py:12``.
    """

    def __init__(self, place: Callable[[FrameState], str]) -> None:
        self._place = place
        self._geometry: Geometry | None = None
        self._places = Places()
        self._made: dict[int, _Made] = {}
        self._drawn: frozenset[int] = frozenset()
        self._tallest: dict[str, int] = {}
        self._boxed = False

    def forget(self) -> None:
        """Another recording comes: nothing of this one is known."""
        self._geometry = None
        self._boxed = False

    def make(self, state: State, geometry: Geometry) -> Scene:
        """Lay a state out."""
        if geometry != self._geometry:
            self._geometry = geometry
            self._places = Places(geometry.slack, geometry.lines + 1)
            self._made.clear()
            self._tallest.clear()
        self._boxed = self._boxed or any(frame.stack is not None for frame in state.frames)
        objects = [thing for thing in state.heap if not is_inline(thing)]
        blocks = self._blocks(objects, geometry)
        wanted = [self._wanted(thing, blocks) for thing in objects]
        rows = self._places.arrange(wanted, geometry.rows, state.step.number)
        objects.sort(key=lambda thing: rows[thing.number])
        frames = frame_rows(state, geometry.band, self._place)
        stack = stack_rows(state.frames[0] if state.frames else None)
        variables = variable_rows(state)
        result = None
        if state.value is not None:
            result = Item("result", state.step.frame, "", None, state.value.object)
        items = [row.item for row in frames if row.item is not None]
        items += [row.item for row in stack]
        items += [result] if result else []
        items += [row.item for row in variables]
        items += [Item("object", 0, thing.type, None, thing.number) for thing in objects]
        return Scene(
            state=state,
            geometry=geometry,
            frames=frames,
            stack=stack,
            result=result,
            variables=variables,
            objects=objects,
            rows=rows,
            blocks=blocks,
            height=max((rows[thing.number] + blocks[thing.number].height for thing in objects), default=0),
            items=items,
            boxed=self._boxed,
        )

    def _blocks(self, objects: Sequence[HeapObject], geometry: Geometry) -> dict[int, Block]:
        drawn = frozenset(thing.number for thing in objects)
        others = drawn ^ self._drawn
        made: dict[int, _Made] = {}
        for thing in objects:
            old = self._made.get(thing.number)
            if old is None or old.thing != thing or not others.isdisjoint(old.refers):
                refers = frozenset(
                    element.value.object for element in thing.elements if element.value.object is not None
                )
                old = _Made(thing, refers, block(thing, drawn, geometry.heap, geometry.lines))
            made[thing.number] = old
        self._made, self._drawn = made, drawn
        return {number: each.block for number, each in made.items()}

    def _wanted(self, thing: HeapObject, blocks: dict[int, Block]) -> Wanted:
        """The place that an object needs: an instance as much as the tallest of its class before it."""
        height = blocks[thing.number].reserve
        if thing.form == "attributes":
            height = self._tallest[thing.type] = max(height, self._tallest.get(thing.type, 0))
        return Wanted(thing.number, height, thing.born, FOREVER if thing.died is None else thing.died)
