"""Which part of a scene is seen: the frames always, of the heap what a step is about."""

from __future__ import annotations

from flowtui.ui.widgets.picture_items import Item, window
from flowtui.ui.widgets.picture_scene import Scene

#: Of the objects that a step is about, so many are brought into view.
_SHOWN = 3


class Camera:
    """The first rows that are seen of both columns.

    Attributes:
        left: of the variables; frames and stack are always seen.
        heap: of the objects.
    """

    def __init__(self) -> None:
        self.left = 0
        self.heap = 0
        self._frame = 0

    def follow(self, scene: Scene | None, cursor: Item | None) -> None:
        """After a step: show frames and stack, of the heap what is new, what has changed, what the cursor is on."""
        if scene is None:
            return
        self._follow_variables(scene, cursor)
        number = scene.state.step.number
        wanted = [
            thing.number for thing in scene.objects if thing.changed or thing.ghost or thing.born == number
        ]
        if scene.stack:
            wanted.append(scene.stack[0].item.object or 0)
        if cursor is not None and cursor.kind != "frame":
            wanted.append(cursor.object or 0)
        self._move_heap(scene, self.heap)
        for each in wanted[-_SHOWN:]:
            self._show_object(scene, each)

    def show(self, scene: Scene | None, cursor: Item | None) -> None:
        """Show the item under the cursor, and the object that it refers to."""
        if scene is None or cursor is None:
            return
        self._show_variable(scene, cursor)
        if cursor.kind != "frame":
            self._show_object(scene, cursor.object or 0)

    def scroll(self, scene: Scene, rows: int, *, heap: bool) -> None:
        """Move one of the columns by some rows."""
        if heap:
            self._move_heap(scene, self.heap + rows)
        else:
            self.left = max(0, min(self.left + rows, len(scene.variables) - scene.geometry.variable_rows))

    def _move_heap(self, scene: Scene, top: int) -> None:
        """Scroll the heap to a row, or to the lowest object that has everything below it in sight."""
        lowest = scene.height - scene.geometry.rows
        if top >= lowest:
            top = min((row for row in scene.rows.values() if row >= lowest), default=lowest)
        self.heap = max(0, top) if lowest > 0 else 0

    def _show_object(self, scene: Scene, number: int) -> None:
        """Scroll the heap, by half pages, until an object is seen."""
        if number not in scene.rows:
            return
        rows, first = scene.geometry.rows, scene.rows[number]
        last = first + min(scene.blocks[number].height, rows) - 1
        if self.heap <= first and last < self.heap + rows:
            return
        half = max(1, rows // 2)
        top = max(first // half * half, last - rows + 1)
        # An object is cut rather at the lower edge than at the upper.
        heads = (row for row in scene.rows.values() if top <= row <= first)
        self._move_heap(scene, min(heads, default=top))

    def _follow_variables(self, scene: Scene, cursor: Item | None) -> None:
        """Another frame's variables are seen from the first on; what has changed is seen, and what the cursor is on."""
        frame = scene.state.frames[0].number if scene.state.frames else 0
        if frame != self._frame:
            self._frame, self.left = frame, 0
        here = (row for row in scene.variables if row.current or row.item.kind == "global")
        changed = next((row.item for row in here if row.variable.changed), None)
        for item in (changed, cursor):
            self._show_variable(scene, item)

    def _show_variable(self, scene: Scene, item: Item | None) -> None:
        """Scroll the variables until an item's row is seen, if it is one of theirs."""
        at = None
        if item is not None:
            at = next((at for at, row in enumerate(scene.variables) if row.item.place == item.place), None)
        self.left = max(0, window(len(scene.variables), scene.geometry.variable_rows, self.left, at))
