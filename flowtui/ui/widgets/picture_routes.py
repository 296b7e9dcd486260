"""Which arrows of a scene are drawn, and how they run: those to what is seen, as many as there are lanes for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flowtui.ui.widgets.picture_arrows import Wire, route
from flowtui.ui.widgets.picture_items import Item, StackRow, VariableRow, window
from flowtui.ui.widgets.picture_scene import Scene

#: The left edge of the back channel is at a multiple of so many cells.
_EDGE_STEP = 6


class View(NamedTuple):
    """What of a scene is seen.

    Attributes:
        left: the first row of the variables.
        heap: the first row of the heap.
        cursor: the item under the cursor.
    """

    left: int = 0
    heap: int = 0
    cursor: Item | None = None

    def is_on(self, item: Item) -> bool:
        """Whether the cursor is on an item."""
        return self.cursor is not None and self.cursor.place == item.place


class Source(NamedTuple):
    """Where an arrow begins: a line, and the number of the object that it goes to."""

    y: int
    target: int
    heavy: bool
    weight: int


class Way(NamedTuple):
    """The arrows of one channel.

    Attributes:
        cells: by (line, column of the screen), the character and whether it is heavy.
        dots: the lines at which an arrow begins, and whether that is heavy; other references are written.
        tips: the lines at which arrows end, and whether one of them is heavy.
    """

    cells: dict[tuple[int, int], tuple[str, bool]]
    dots: dict[int, bool]
    tips: dict[int, bool]


class Routes:
    """All arrows of a picture.

    Args:
        scene: what.
        view: how much of it.

    Attributes:
        forth: the arrows from the left column to the heap.
        back: those from object to object, in the channel on the right.
        back_start: the cell at which that channel begins.
    """

    def __init__(self, scene: Scene, view: View) -> None:
        self._scene = scene
        self._view = view
        self._geometry = geometry = scene.geometry
        self._heads = self._visible_heads()
        self.forth = self._way(self._sources(), geometry.left, geometry.heap_start - 2, back=False)
        sources = self._back_sources()
        self.back_start = self._back_edge(sources)
        self.back = self._way(sources, self.back_start, geometry.width, back=True)

    def seen(self, y: int) -> bool:
        """Whether a line is one of the picture's, below the headings."""
        return 1 <= y < self._geometry.height

    def _visible_heads(self) -> dict[int, int]:
        """The line of each object's head that is seen, by the object's number."""
        top = self._view.heap - 1
        return {number: row - top for number, row in self._scene.rows.items() if self.seen(row - top)}

    def _is_heavy(self, item: Item) -> bool:
        """Whether the cursor is on an item, or on the object that it refers to."""
        cursor = self._view.cursor
        if cursor is not None and cursor.kind == "object":
            return cursor.object == item.object
        return self._view.is_on(item)

    def stack_lines(self) -> list[tuple[int, StackRow | None, int]]:
        """The lines of the box: (line, slot, 0), or (line, None, how many slots it stands for)."""
        stack, rows = self._scene.stack, self._geometry.band - 1
        bottom = self._geometry.band - 1
        if len(stack) <= rows:
            first = bottom - len(stack) + 1
            return [(first + at, row, 0) for at, row in enumerate(stack)]
        at = next((at for at, row in enumerate(stack) if self._view.is_on(row.item)), None)
        top = window(len(stack), rows - 1, 0, at)
        shown: list[tuple[int, StackRow | None, int]] = [
            (bottom - rows + 1 + at, row, 0) for at, row in enumerate(stack[top : top + rows - 1])
        ]
        return [*shown, (bottom, None, len(stack) - rows + 1)]

    def variable_lines(self) -> Iterable[tuple[int, VariableRow]]:
        """The lines of the variables that are seen."""
        first, rows = self._view.left, self._geometry.variable_rows
        return enumerate(self._scene.variables[first : first + rows], self._geometry.variables + 1)

    def _sources(self) -> list[Source]:
        """Where arrows to visible objects begin in the left column."""
        scene, heads = self._scene, self._heads
        found: list[Source] = []

        def add(y: int, item: Item, weight: int) -> None:
            if self.seen(y) and item.object in heads:
                found.append(Source(y, item.object, self._is_heavy(item), weight))

        for y, row, _ in self.stack_lines():
            if row is not None:
                add(y, row.item, 3)
        if scene.result is not None and scene.boxed:
            add(self._geometry.band, scene.result, 3)
        for y, variable in self.variable_lines():
            add(y, variable.item, 2 if variable.current else 1)
        return found

    def _back_sources(self) -> list[Source]:
        """Where arrows from object to object begin."""
        scene, cursor = self._scene, self._view.cursor
        over = cursor.object if cursor is not None and cursor.kind == "object" else None
        found: list[Source] = []
        for thing in scene.objects:
            y = scene.rows[thing.number] - self._view.heap + 1
            for line in scene.blocks[thing.number].lines:
                y += 1
                if line.pointer in self._heads and self.seen(y):
                    heavy = over is not None and over in (thing.number, line.pointer)
                    found.append(Source(y, line.pointer, heavy, 1))
        return found

    def _way(self, sources: Iterable[Source], start: int, end: int, *, back: bool) -> Way:
        """The ways of all arrows of a channel that have one."""
        by_target: dict[int, list[Source]] = {}
        for source in sources:
            by_target.setdefault(source.target, []).append(source)
        wires = [
            Wire(
                self._heads[target],
                tuple(source.y for source in group),
                frozenset(source.y for source in group if source.heavy),
                max(source.weight + 100 * source.heavy for source in group),
            )
            for target, group in by_target.items()
        ]
        routed = route(wires, end - start, self._geometry.pitch, back=back)
        if routed.left_out and self._geometry.pitch > 1:
            routed = route(wires, end - start, back=back)
        drawn = [
            (wire, group)
            for at, (wire, group) in enumerate(zip(wires, by_target.values(), strict=True))
            if at not in routed.left_out
        ]
        return Way(
            {(y, start + column): cell for (y, column), cell in routed.cells.items()},
            {source.y: source.heavy for _, group in drawn for source in group},
            {wire.target: bool(wire.heavy) for wire, _ in drawn},
        )

    def _back_edge(self, sources: Sequence[Source]) -> int:
        """The cell at which the back channel begins: near what it passes, in steps, so that it seldom moves."""
        scene, geometry = self._scene, self._geometry
        rows = [y for source in sources for y in (source.y, self._heads[source.target])]
        if not rows:
            return geometry.heap_start + geometry.heap
        top, bottom = min(rows), max(rows)
        widest = 0
        for thing in scene.objects:
            y = scene.rows[thing.number] - self._view.heap + 1
            block = scene.blocks[thing.number]
            if y <= bottom and y + block.height > top:
                widest = max(widest, *block.widths[max(0, top - y) : bottom - y + 1])
        steps = -(-(widest + 4) // _EDGE_STEP)
        return geometry.heap_start + min(geometry.heap, steps * _EDGE_STEP)
