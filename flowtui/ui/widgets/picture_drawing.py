"""A scene on a canvas: headings, frames, the box of the operand stack, variables, objects, and the arrows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flowtui.ui.widgets.picture_arrows import Routed, Wire, box, route
from flowtui.ui.widgets.picture_blocks import INFERRED_SIGN, POINTER_SIGN, REFERENCE_SIGN, value_parts
from flowtui.ui.widgets.picture_canvas import Canvas, fit, width_of
from flowtui.ui.widgets.picture_items import Item, StackRow, short_name, window
from flowtui.ui.widgets.picture_scene import Scene

CURRENT_SIGN = "▶"
CURSOR_SIGN = "›"
_UP, _DOWN = "▲", "▼"
#: By whether an arrow is heavy: a level line, and the style.
_LEVEL = ("─", "━")
_ARROW = ("arrow", "arrow-on")
#: The left edge of the back channel is at a multiple of so many cells.
_EDGE_STEP = 6
_RESULTS = {"return": "returns", "yield": "yields", "exception": "raises"}


class View(NamedTuple):
    """What of a scene is seen.

    Attributes:
        left: the first row of the left column.
        heap: the first row of the heap.
        cursor: the item under the cursor.
    """

    left: int = 0
    heap: int = 0
    cursor: Item | None = None


class Hit(NamedTuple):
    """Cells of a line that belong to an item: from `start` to before `end`."""

    y: int
    start: int
    end: int
    item: Item


class Source(NamedTuple):
    """Where an arrow begins."""

    y: int
    target: int
    heavy: bool
    weight: int


class Drawing:
    """One picture.

    Args:
        scene: what.
        view: how much of it.

    Attributes:
        canvas: the cells.
        hits: which item stands where.
    """

    def __init__(self, scene: Scene, view: View) -> None:
        self._scene = scene
        self._view = view
        self._geometry = geometry = scene.geometry
        self.canvas = Canvas(geometry.width, geometry.height)
        self.hits: list[Hit] = []
        self._heads = self._visible_heads()
        self._dots: set[int] = set()
        self._heavy: dict[int, bool] = {}
        self._tips: dict[tuple[int, bool], bool] = {}
        self._back_start = geometry.width
        self._headings()
        self._arrows()
        self._frames()
        self._stack()
        self._variables()
        self._objects()

    # ---- which rows are seen ----------------------------------------------------------------------------

    def _seen(self, y: int) -> bool:
        return 1 <= y < self._geometry.height

    def _visible_heads(self) -> dict[int, int]:
        """The line of each object's head that is seen, by the object's number."""
        top = self._view.heap - 1
        return {number: row - top for number, row in self._scene.rows.items() if self._seen(row - top)}

    def _is_cursor(self, item: Item | None) -> bool:
        cursor = self._view.cursor
        return cursor is not None and item is not None and cursor.place == item.place

    def _points_here(self, item: Item) -> bool:
        """Whether the cursor is on an item's own arrow, or on the object that it leads to."""
        cursor = self._view.cursor
        if cursor is None:
            return False
        if cursor.kind == "object":
            return cursor.object == item.object
        return cursor.place == item.place

    def _stack_lines(self) -> list[tuple[int, StackRow | None, int]]:
        """The lines of the box: (y, slot, None for the one that stands for `count` others, count)."""
        stack, rows = self._scene.stack, self._geometry.band - 1
        bottom = self._geometry.band - self._view.left - 1
        if len(stack) <= rows:
            first = bottom - len(stack) + 1
            return [(first + at, row, 0) for at, row in enumerate(stack)]
        at = next((at for at, row in enumerate(stack) if self._is_cursor(row.item)), None)
        top = window(len(stack), rows - 1, 0, at)
        shown: list[tuple[int, StackRow | None, int]] = [
            (bottom - rows + 1 + at, row, 0) for at, row in enumerate(stack[top : top + rows - 1])
        ]
        return [*shown, (bottom, None, len(stack) - rows + 1)]

    # ---- arrows -----------------------------------------------------------------------------------------

    def _sources(self) -> list[Source]:
        """Where arrows to visible objects begin in the left column."""
        scene, heads = self._scene, self._heads
        found: list[Source] = []

        def add(y: int, item: Item, weight: int) -> None:
            if self._seen(y) and item.object in heads:
                found.append(Source(y, item.object, self._points_here(item), weight))

        for y, row, _ in self._stack_lines():
            if row is not None:
                add(y, row.item, 3)
        band = self._geometry.band - self._view.left
        if scene.result is not None:
            add(band, scene.result, 3)
        for at, variable in enumerate(scene.variables):
            add(band + self._geometry.gap + 1 + at, variable.item, 2 if variable.current else 1)
        return found

    def _route(self, sources: Iterable[Source], width: int, *, back: bool) -> Routed:
        """The ways of all arrows that have one; notes which sources begin with a dot."""
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
        routed = route(wires, width, self._geometry.pitch, back=back)
        for at, group in enumerate(by_target.values()):
            if at not in routed.left_out:
                self._tips[wires[at].target, back] = any(source.heavy for source in group)
                for source in group:
                    key = -source.y if back else source.y
                    self._dots.add(key)
                    self._heavy[key] = source.heavy
        return routed

    def _arrows(self) -> None:
        """The lines in both channels and the tips."""
        geometry, canvas = self._geometry, self.canvas
        routed = self._route(self._sources(), geometry.channel - 2, back=False)
        for (y, column), (character, heavy) in routed.cells.items():
            canvas.put(geometry.left + column, y, character, _ARROW[heavy])
        sources = self._back_sources()
        start = self._back_start = self._back_edge(sources)
        routed = self._route(sources, geometry.width - start, back=True)
        for (y, column), (character, heavy) in routed.cells.items():
            canvas.put(start + column, y, character, _ARROW[heavy])
        for (y, back), heavy in self._tips.items():
            if not back:
                canvas.put(geometry.heap_start - 2, y, "▶", _ARROW[heavy])

    def _back_edge(self, sources: Iterable[Source]) -> int:
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
                widest = max(widest, block.width)
        steps = -(-(widest + 4) // _EDGE_STEP)
        return geometry.heap_start + min(geometry.heap, steps * _EDGE_STEP)

    def _back_sources(self) -> list[Source]:
        """Where arrows from object to object begin."""
        scene, cursor = self._scene, self._view.cursor
        over = cursor.object if cursor is not None and cursor.kind == "object" else None
        found: list[Source] = []
        for thing in scene.objects:
            y = scene.rows[thing.number] - self._view.heap + 1
            for line in scene.blocks[thing.number].lines:
                y += 1
                if line.pointer in self._heads and self._seen(y):
                    heavy = over is not None and over in (thing.number, line.pointer)
                    found.append(Source(y, line.pointer, heavy, 1))
        return found

    # ---- the left column --------------------------------------------------------------------------------

    def _headings(self) -> None:
        scene, geometry, canvas = self._scene, self._geometry, self.canvas
        canvas.put(0, 0, "frames", "heading", geometry.frames)
        if self._view.left:
            canvas.put(7, 0, _UP, "dim", geometry.frames)
        x = canvas.put(geometry.heap_start, 0, "heap", "heading")
        count, more = len(scene.objects), scene.state.heap_left_out
        said = f"  {count:,} of {count + more:,} objects" if more else f"  {count} object{'s' * (count != 1)}"
        heads = [row - self._view.heap + 1 for row in scene.rows.values()]
        above, below = sum(y < 1 for y in heads), sum(y >= geometry.height for y in heads)
        said += f"  {_UP}{above}" if above else ""
        said += f"  {_DOWN}{below}" if below else ""
        canvas.put(x, 0, said, "dim")

    def _frames(self) -> None:
        geometry, canvas = self._geometry, self.canvas
        y = geometry.band - self._view.left - len(self._scene.frames)
        for row in self._scene.frames:
            y += 1
            if not self._seen(y):
                continue
            style = "current" if row.current else "frame"
            place = row.place
            if len(row.name) + len(place) + 3 > geometry.frames:
                place = place[place.rfind(":") :] if ":" in place else place
            place = fit(place, max(0, geometry.frames - 6))
            room = geometry.frames - 3 - width_of([(place, "")])
            x = canvas.put(0, y, f"{CURRENT_SIGN} " if row.current else "  ", style)
            x = canvas.put(x, y, fit(short_name(row.name, room), room), style if row.item else "dim")
            end = geometry.frames
            canvas.fill(x, end, y, " ", style)
            canvas.put(end - width_of([(place, "")]), y, place, style if row.current else "dim")
            if row.item is not None:
                self._hit(y, 0, end, row.item)

    def _stack(self) -> None:
        """The box, open at the top for what comes next."""
        geometry, canvas, scene = self._geometry, self.canvas, self._scene
        start, end = geometry.frames + 1, geometry.left
        frame = scene.state.frames[0] if scene.state.frames else None
        if self._view.left == 0:
            inferred = frame is not None and frame.stack_inferred
            title = "operand stack" if end - start >= 17 else "stack"
            if inferred:
                title = (
                    "stack inferred" if end - start >= 18 else f"{INFERRED_SIGN} {title}"[: end - start - 4]
                )
            canvas.put(start, 0, "┌", "box")
            canvas.fill(start + 1, end - 1, 0, "─", "box")
            canvas.put(start + 1, 0, f" {title} ", "heading", end - 1)
            canvas.put(end - 1, 0, "┐", "box")
        base = geometry.band - self._view.left
        for y in range(1, base):
            canvas.put(start, y, "│", "box")
            canvas.put(end - 1, y, "│", "box")
        for y, row, count in self._stack_lines():
            if not self._seen(y):
                continue
            if row is None:
                canvas.put(start + 2, y, fit(f"⋮ {count} more", end - start - 4), "dim")
                continue
            self._slot(y, start, end, row)
        if frame is None or not frame.stack:
            said = "(empty)" if frame is not None and frame.stack is not None else "not recorded"
            if self._seen(base - 1):
                canvas.put(start + 2, base - 1, fit(said, end - start - 3), "dim")
        if self._seen(base):
            self._base(base, start, end)

    def _slot(self, y: int, start: int, end: int, row: StackRow) -> None:
        canvas, value = self.canvas, row.value
        room = end - start - 4
        if y in self._dots:
            x = canvas.put(start + 2, y, INFERRED_SIGN if value.inferred else "", "inferred")
            canvas.put(x, y, POINTER_SIGN, "pointer")
            heavy = self._heavy[y]
            canvas.put(end - 1, y, box(1, 1 + heavy, 1, 0), _ARROW[heavy])
            word = fit(value.text, room - 2 - (4 if row.top else 0))
            canvas.put(x + 2, y, word if len(word) > 2 else "", "dim")
        else:
            reference = value.object in self._scene.rows
            canvas.put_parts(start + 2, y, value_parts(value, room, reference=reference), end - 2)
        used = "".join(self.canvas.characters[y][start + 2 : end - 1]).rstrip()
        if row.top and len(used) + 4 <= room + 1:
            canvas.put(end - 4, y, "TOS", "tos")
        elif row.top:
            canvas.put(start + 1, y, "▸", "tos")
        self._hit(y, start + 1, end - 1, row.item)

    def _base(self, y: int, start: int, end: int) -> None:
        """The lower border, with what a return, yield or exception carries."""
        canvas, state = self.canvas, self._scene.state
        canvas.put(start, y, "└", "box")
        canvas.fill(start + 1, end - 1, y, "─", "box")
        canvas.put(end - 1, y, "┘", "box")
        result = self._scene.result
        if result is None or state.value is None:
            return
        x = canvas.put(start + 1, y, f" {_RESULTS.get(state.step.event, 'value')} ", "result", end - 2)
        if y in self._dots:
            heavy = self._heavy[y]
            style = _ARROW[heavy]
            x = canvas.put(x, y, POINTER_SIGN, "pointer", end - 2)
            canvas.fill(x, end - 1, y, _LEVEL[heavy], style)
            canvas.put(end - 1, y, box(1, 1 + heavy, 0, 1 + heavy), style)
        else:
            parts = value_parts(state.value, end - 2 - x, reference=result.object in self._scene.rows)
            x = canvas.put_parts(x, y, parts, end - 2)
            canvas.put(x, y, " ", "box", end - 1)
        self._hit(y, start + 1, end - 1, result)

    def _variables(self) -> None:
        geometry, canvas = self._geometry, self.canvas
        y = geometry.band + geometry.gap - self._view.left
        at_name = geometry.label + 1
        at_value = at_name + geometry.name + 1
        label = ""
        for row in self._scene.variables:
            y += 1
            if row.label:
                label = row.label
            if not self._seen(y):
                continue
            if row.label or y == 1:
                style = "label-current" if row.current else "label"
                text = fit(short_name(label, geometry.label - 1), geometry.label - 1)
                canvas.put(1, y, text, style, geometry.label)
            variable = row.variable
            style = "changed" if variable.changed else "name"
            canvas.put(at_name, y, fit(variable.name, geometry.name), style)
            value = variable.value
            if y in self._dots:
                x = at_value - 1
                if variable.changed:
                    canvas.put(x, y, "*", "changed")
                x = canvas.put(x + 1, y, INFERRED_SIGN if value.inferred else "", "inferred")
                x = canvas.put(x, y, POINTER_SIGN, "pointer")
                heavy = self._heavy[y]
                canvas.fill(x, geometry.left, y, _LEVEL[heavy], _ARROW[heavy])
            else:
                x = at_value - 1 if variable.changed else at_value
                reference = value.object in self._scene.rows
                room = geometry.left - x
                parts = value_parts(value, room, changed=variable.changed, reference=reference)
                canvas.put_parts(x, y, parts, geometry.left)
            self._hit(y, 0, geometry.left, row.item)
        if y >= geometry.height:
            canvas.put(0, geometry.height - 1, _DOWN, "dim")

    # ---- the heap ---------------------------------------------------------------------------------------

    def _objects(self) -> None:
        scene, geometry, canvas = self._scene, self._geometry, self.canvas
        start, end = geometry.heap_start, geometry.heap_start + geometry.heap
        cursor = self._view.cursor
        target = cursor.object if cursor is not None else None
        for thing in scene.objects:
            y = scene.rows[thing.number] - self._view.heap + 1
            block = scene.blocks[thing.number]
            if y >= geometry.height or y + block.height <= 1:
                continue
            item = Item("object", 0, thing.type, None, thing.number)
            if self._seen(y):
                x = canvas.put_parts(start, y, block.head, end)
                if thing.number == target:
                    canvas.tint(start, x, y, "target")
                tip = self._tips.get((y, True))
                if tip is not None:
                    x = canvas.put(x + 1, y, "◀", _ARROW[tip], self._back_start)
                    canvas.fill(x, self._back_start, y, _LEVEL[tip], _ARROW[tip])
                self._hit(y, start, end, item)
            for line in block.lines:
                y += 1
                if not self._seen(y):
                    continue
                if thing.cycle is not None and not thing.ghost:
                    canvas.put(start, y, "┊", "cycle")
                x = canvas.put_parts(start + 2, y, line.parts, end)
                if line.pointer is not None:
                    self._pointer(x, y, line.pointer)
                self._hit(y, start, end, item, sign=False)

    def _pointer(self, x: int, y: int, target: int) -> None:
        """The end of a row that refers to an object: an arrow's beginning, or the object's number."""
        canvas = self.canvas
        if -y not in self._dots:
            canvas.put(x, y, f"{REFERENCE_SIGN}#{target}", "pointer")
            return
        heavy = self._heavy[-y]
        x = canvas.put(x, y, POINTER_SIGN, "pointer")
        canvas.fill(x, self._back_start, y, _LEVEL[heavy], _ARROW[heavy])

    def _hit(self, y: int, start: int, end: int, item: Item, *, sign: bool = True) -> None:
        """Note where an item stands, and show the cursor on it."""
        self.hits.append(Hit(y, start, end, item))
        if self._is_cursor(item):
            self.canvas.tint(start, end, y, "cursor")
            if sign:
                left = start if item.kind != "object" else start - 1
                if self.canvas.characters[y][left] in (" ", "▸"):
                    self.canvas.put(left, y, CURSOR_SIGN, "cursor-sign cursor")
