"""A scene on a canvas: headings, frames, the box of the operand stack, variables, objects, and the arrows."""

from __future__ import annotations

from typing import NamedTuple

from flowtui.model.trace import HeapObject
from flowtui.ui.widgets.picture_arrows import box
from flowtui.ui.widgets.picture_blocks import (
    CHANGED_SIGN,
    INFERRED_SIGN,
    POINTER_SIGN,
    REFERENCE_SIGN,
    value_parts,
)
from flowtui.ui.widgets.picture_canvas import Canvas, fit, width_of
from flowtui.ui.widgets.picture_items import Item, StackRow, VariableRow, short_name
from flowtui.ui.widgets.picture_routes import Routes, View
from flowtui.ui.widgets.picture_scene import Scene

CURRENT_SIGN = "▶"
CURSOR_SIGN = "›"
TOP_SIGN = "▸"
_UP, _DOWN = "▲", "▼"
#: By whether an arrow is heavy: a level line, and the style.
_LEVEL = ("─", "━")
_ARROW = ("arrow", "arrow-on")
_RESULTS = {"return": "returns", "yield": "yields", "exception": "raises"}


class Hit(NamedTuple):
    """Cells of a line that belong to an item: from `start` to before `end`."""

    y: int
    start: int
    end: int
    item: Item


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
        self._routes = Routes(scene, view)
        self.canvas = Canvas(geometry.width, geometry.height)
        self.hits: list[Hit] = []
        self._headings()
        self._arrows()
        self._frames()
        self._stack()
        self._variables()
        self._objects()

    def _arrows(self) -> None:
        """The lines in both channels, and the tips of those that go to the right."""
        for way in (self._routes.forth, self._routes.back):
            for (y, x), (character, heavy) in way.cells.items():
                self.canvas.put(x, y, character, _ARROW[heavy])
        for y, heavy in self._routes.forth.tips.items():
            self.canvas.put(self._geometry.heap_start - 2, y, "▶", _ARROW[heavy])

    # ---- the left column --------------------------------------------------------------------------------

    def _headings(self) -> None:
        scene, geometry, canvas = self._scene, self._geometry, self.canvas
        canvas.put(0, 0, "frames", "heading", geometry.frames)
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
        y = geometry.band - len(self._scene.frames)
        width = geometry.frames if self._scene.boxed else geometry.left - 1
        # The file's name is left out of all rows or of none.
        short = any(len(row.name) + len(row.place) + 3 > width for row in self._scene.frames)
        for row in self._scene.frames:
            y += 1
            if not self._routes.seen(y):
                continue
            style = "current" if row.current else "frame"
            place = row.place
            if short and ":" in place:
                place = place[place.rfind(":") :]
            place = fit(place, max(0, width - 6))
            room = width - 3 - width_of([(place, "")])
            x = canvas.put(0, y, f"{CURRENT_SIGN} " if row.current else "  ", style)
            x = canvas.put(x, y, fit(short_name(row.name, room), room), style if row.item else "dim")
            end = width
            canvas.fill(x, end, y, " ", style)
            canvas.put(end - width_of([(place, "")]), y, place, style if row.current else "dim")
            if row.item is not None:
                self._hit(y, 0, end, row.item)

    def _stack(self) -> None:
        """The box, open at the top for what comes next."""
        geometry, canvas, scene = self._geometry, self.canvas, self._scene
        start, end = geometry.frames + 1, geometry.left
        if not scene.boxed:
            self._result(0, start, end)
            return
        frame = scene.state.frames[0] if scene.state.frames else None
        title = "operand stack" if end - start >= 17 else "stack"
        if frame is not None and frame.stack_inferred:
            title = "stack inferred" if end - start >= 18 else f"{INFERRED_SIGN} {title}"[: end - start - 4]
        canvas.put(start, 0, "┌", "box")
        canvas.fill(start + 1, end - 1, 0, "─", "box")
        canvas.put(start + 1, 0, f" {title} ", "heading", end - 1)
        canvas.put(end - 1, 0, "┐", "box")
        base = geometry.band
        for y in range(1, base):
            canvas.put(start, y, "│", "box")
            canvas.put(end - 1, y, "│", "box")
        for y, row, count in self._routes.stack_lines():
            if not self._routes.seen(y):
                continue
            if row is None:
                canvas.put(start + 2, y, fit(f"⋮ {count} more", end - start - 4), "dim")
                continue
            self._slot(y, start, end, row)
        if frame is None or not frame.stack:
            said = "(empty)" if frame is not None and frame.stack is not None else "not recorded"
            canvas.put(start + 2, base - 1, fit(said, end - start - 3), "dim")
        self._base(base, start, end)

    def _slot(self, y: int, start: int, end: int, row: StackRow) -> None:
        canvas, value, dots = self.canvas, row.value, self._routes.forth.dots
        room = end - start - 4
        if y in dots:
            x = canvas.put(start + 2, y, INFERRED_SIGN if value.inferred else "", "inferred")
            canvas.put(x, y, POINTER_SIGN, "pointer")
            heavy = dots[y]
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
            canvas.put(start + 1, y, TOP_SIGN, "tos")
        self._hit(y, start + 1, end - 1, row.item)

    def _base(self, y: int, start: int, end: int) -> None:
        """The lower border, with what a return, yield or exception carries."""
        canvas = self.canvas
        canvas.put(start, y, "└", "box")
        canvas.fill(start + 1, end - 1, y, "─", "box")
        canvas.put(end - 1, y, "┘", "box")
        self._result(y, start, end)

    def _result(self, y: int, start: int, end: int) -> None:
        """What a return, yield or exception carries; from a border an arrow can begin."""
        canvas, state, dots = self.canvas, self._scene.state, self._routes.forth.dots
        result = self._scene.result
        if result is None or state.value is None:
            return
        event = "exception" if state.step.note == "unwound" else state.step.event
        word = _RESULTS.get(event, "value") if end - start > 14 else "="
        x = canvas.put(start + 1, y, f" {word} ", "result", end - 2)
        if y and y in dots:
            heavy = dots[y]
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
        geometry, canvas, rows = self._geometry, self.canvas, self._scene.variables
        first, top = self._view.left, geometry.variables + 1
        label = next((row.label for row in reversed(rows[: first + 1]) if row.label), "")
        for y, row in self._routes.variable_lines():
            label = row.label or label
            if row.label or y == top:
                style = "label-current" if row.current else "label"
                canvas.put(1, y, fit(short_name(label, geometry.label - 1), geometry.label - 1), style)
            self._variable(y, row)
            self._hit(y, 0, geometry.left, row.item)
        if first and geometry.variable_rows:
            self._more(top, _UP)
        if len(rows) > first + geometry.variable_rows:
            self._more(geometry.height - 1, _DOWN)

    def _more(self, y: int, sign: str) -> None:
        """There are more variables this way; beside the cursor where that stands in the row."""
        x = 0 if self.canvas.characters[y][0] == " " else self._geometry.label
        self.canvas.put(x, y, sign, "dim")

    def _variable(self, y: int, row: VariableRow) -> None:
        """A variable's name, and its value or the beginning of its arrow."""
        geometry, canvas, variable = self._geometry, self.canvas, row.variable
        value = variable.value
        x = geometry.label + 1
        canvas.put(x, y, fit(variable.name, geometry.name), "changed" if variable.changed else "name")
        x += geometry.name + (0 if variable.changed else 1)
        heavy = self._routes.forth.dots.get(y)
        if heavy is None:
            reference = value.object in self._scene.rows
            parts = value_parts(value, geometry.left - x, changed=variable.changed, reference=reference)
            canvas.put_parts(x, y, parts, geometry.left)
            return
        x = canvas.put(x, y, CHANGED_SIGN if variable.changed else "", "changed")
        x = canvas.put(x, y, INFERRED_SIGN if value.inferred else "", "inferred")
        x = canvas.put(x, y, POINTER_SIGN, "pointer")
        canvas.fill(x, geometry.left, y, _LEVEL[heavy], _ARROW[heavy])

    # ---- the heap ---------------------------------------------------------------------------------------

    def _objects(self) -> None:
        scene, geometry, canvas = self._scene, self._geometry, self.canvas
        start, end = geometry.heap_start, geometry.heap_start + geometry.heap
        for thing in scene.objects:
            y = scene.rows[thing.number] - self._view.heap + 1
            block = scene.blocks[thing.number]
            if y >= geometry.height or y + block.height <= 1:
                continue
            item = Item("object", 0, thing.type, None, thing.number)
            if self._routes.seen(y):
                self._head(y, thing)
                self._hit(y, start, end, item)
            for line in block.lines:
                y += 1
                if not self._routes.seen(y):
                    continue
                if thing.cycle is not None and not thing.ghost:
                    canvas.put(start, y, "┊", "cycle")
                x = canvas.put_parts(start + 2, y, line.parts, end)
                if line.pointer is not None:
                    self._pointer(x, y, line.pointer)
                self._hit(y, start, end, item, sign=False)

    def _head(self, y: int, thing: HeapObject) -> None:
        """An object's first line, and the end of the arrows that come back to it."""
        canvas, start, end = self.canvas, self._geometry.heap_start, self._routes.back_start
        canvas.put(start - 1, y, CHANGED_SIGN if thing.changed else "", "changed")
        x = canvas.put_parts(start, y, self._scene.blocks[thing.number].head, end)
        if self._view.cursor is not None and self._view.cursor.object == thing.number:
            canvas.tint(start, x, y, "target")
        heavy = self._routes.back.tips.get(y)
        if heavy is not None:
            x = canvas.put(x + 1, y, "◀", _ARROW[heavy], end)
            canvas.fill(x, end, y, _LEVEL[heavy], _ARROW[heavy])

    def _pointer(self, x: int, y: int, target: int) -> None:
        """The end of a row that refers to an object: an arrow's beginning, or the object's number."""
        canvas = self.canvas
        heavy = self._routes.back.dots.get(y)
        if heavy is None:
            canvas.put(x, y, f"{REFERENCE_SIGN}#{target}", "pointer")
            return
        x = canvas.put(x, y, POINTER_SIGN, "pointer")
        canvas.fill(x, self._routes.back_start, y, _LEVEL[heavy], _ARROW[heavy])

    def _hit(self, y: int, start: int, end: int, item: Item, *, sign: bool = True) -> None:
        """Note where an item stands, and show the cursor on it."""
        self.hits.append(Hit(y, start, end, item))
        if self._view.is_on(item):
            self.canvas.tint(start, end, y, "cursor")
            if sign:
                left = start if item.kind != "object" else start - 1
                if self.canvas.characters[y][left] in (" ", TOP_SIGN, CHANGED_SIGN):
                    self.canvas.put(left, y, CURSOR_SIGN, "cursor-sign cursor")
