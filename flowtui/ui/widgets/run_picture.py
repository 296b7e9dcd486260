"""The state of a recorded run, drawn: frames, operand stack, variables, and the heap with its arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from flowtui.model.trace import FrameState, State
from flowtui.ui.widgets.palette import Palette
from flowtui.ui.widgets.picture_camera import Camera
from flowtui.ui.widgets.picture_canvas import Part, fit
from flowtui.ui.widgets.picture_drawing import Drawing, Hit
from flowtui.ui.widgets.picture_items import Item, same_place
from flowtui.ui.widgets.picture_layout import geometry
from flowtui.ui.widgets.picture_routes import View
from flowtui.ui.widgets.picture_scene import Scene, SceneMaker

#: Each is a component class ``picture--NAME``; the parts of a picture name them.
STYLE_NAMES = (
    *("heading", "dim", "frame", "current", "box", "tos", "result", "label", "label-current", "name"),
    *("value", "number", "string", "keyword", "index", "key", "pointer", "arrow", "arrow-on", "type"),
    *("changed", "inferred", "ghost", "cycle", "target", "cursor", "cursor-sign"),
)
#: Lines that a turn of the mouse wheel moves.
_WHEEL = 2


class RunPicture(Widget, can_focus=True):
    """What CPython holds at one step of a recorded run.

    Only what is seen is drawn, and only lines that look different are sent to the terminal.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"picture--{name}" for name in STYLE_NAMES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]
    DEFAULT_CSS = """
    RunPicture {
        height: 1fr;
        background: $surface;
        color: $foreground;

        & .picture--heading { color: $text-accent; text-style: bold; }
        & .picture--dim { color: $text-muted; }
        & .picture--frame { color: $foreground; }
        & .picture--current { background: $success 35%; text-style: bold; }
        & .picture--box { color: $foreground 60%; }
        & .picture--tos { color: $text-muted; }
        & .picture--result { color: $text-accent; text-style: bold; }
        & .picture--label { color: $text-muted; }
        & .picture--label-current { color: $text-success; text-style: bold; }
        & .picture--name { color: $foreground; }
        & .picture--value { color: $foreground; }
        & .picture--number { color: $text-warning; }
        & .picture--string { color: $text-success; }
        & .picture--keyword { color: $text-primary; }
        & .picture--index { color: $text-muted; }
        & .picture--key { color: $foreground; }
        & .picture--pointer { color: $text-accent; }
        & .picture--arrow { color: $foreground 60%; }
        & .picture--arrow-on { color: $text-accent; text-style: bold; }
        & .picture--type { color: $text-primary; text-style: bold; }
        & .picture--changed { color: $text-warning; text-style: bold; }
        & .picture--inferred { color: $text-muted; text-style: italic; }
        & .picture--ghost { color: $foreground 45%; text-style: italic; }
        & .picture--cycle { color: $text-error; text-style: bold; }
        & .picture--target { background: $accent 25%; }
        & .picture--cursor { background: $foreground 8%; }
        & .picture--cursor-sign { color: $text-accent; text-style: bold; }
        &:focus .picture--cursor { background: $primary 40%; }

        /* Sixteen colours cannot be mixed: there the signs are text styles. */
        &:ansi .picture--current { background: transparent; text-style: bold; }
        &:ansi .picture--target { background: transparent; text-style: bold underline; }
        &:ansi .picture--cursor { background: transparent; text-style: bold; }
        &:ansi:focus .picture--cursor { background: transparent; text-style: bold reverse; }
    }
    """

    class ItemChosen(Message):
        """The user chose an item, with Enter or the mouse.

        Attributes:
            item: which; see `Item` for its kind, frame, name, index and object.
        """

        def __init__(self, picture: RunPicture, item: Item) -> None:
            self.picture = picture
            self.item = item
            super().__init__()

        @property
        def control(self) -> RunPicture:
            """The picture that it comes from."""
            return self.picture

    class CursorMoved(Message):
        """The user moved the cursor to an item."""

        def __init__(self, picture: RunPicture, item: Item) -> None:
            self.picture = picture
            self.item = item
            super().__init__()

        @property
        def control(self) -> RunPicture:
            """The picture that it comes from."""
            return self.picture

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        self._palette = Palette(self, "picture--")
        self._styles: dict[str, Style] = {}
        self._maker = SceneMaker(self._place)
        self._files: dict[int, str] = {}
        self._state: State | None = None
        self._notice = ""
        self._scene: Scene | None = None
        self._hits: list[Hit] = []
        self._lines: list[tuple[list[str], list[str]]] = []
        self._strips: list[Strip] = []
        self._cursor: Item | None = None
        self._camera = Camera()
        self._fitted = Size(0, 0)
        super().__init__(name=name, id=id, classes=classes)

    # ---- what is shown ----------------------------------------------------------------------------------

    @property
    def state(self) -> State | None:
        """What is shown."""
        return self._state

    @property
    def cursor_item(self) -> Item | None:
        """The item under the cursor, None where there is none."""
        return self._cursor

    def show(self, state: State | None, notice: str = "") -> None:
        """Show a state; only what looks different is drawn again.

        Args:
            state: which, None for none.
            notice: a sentence, in the last line, or alone where there is no state.
        """
        if state is None:
            self._maker.forget()
        self._state, self._notice = state, notice
        self._build()
        self._camera.follow(self._scene, self._cursor)
        self._draw()

    def name_files(self, names: Mapping[int, str]) -> None:
        """Say how the source files are called that frames are in, by their numbers; of a path its end is shown."""
        names = {number: name.rpartition("/")[2] for number, name in names.items()}
        if names != self._files:
            self._files = names
            self._build()
            self._draw()

    def point_at(self, item: Item) -> bool:
        """Put the cursor on an item, nobody is told; whether there is such an item."""
        scene = self._scene
        at = same_place(scene.items, item) if scene is not None else None
        if scene is None or at is None:
            return False
        self._cursor = scene.items[at]
        self._camera.show(self._scene, self._cursor)
        self._draw()
        return True

    def point_at_object(self, number: int) -> bool:
        """Put the cursor on an object of the heap; whether it is there."""
        return self.point_at(Item("object", 0, "", None, number))

    def _place(self, frame: FrameState) -> str:
        name = self._files.get(frame.file, "")
        return f"{name}:{frame.line}" if frame.line is not None else name

    def _build(self) -> None:
        """Lay the state out for the widget's size; the cursor stays at its item, or near."""
        self._fitted = self.size
        width, height = self.size
        if self._state is None or not width or not height:
            self._scene = None
            return
        before = self._scene.items if self._scene is not None else ()
        self._scene = scene = self._maker.make(self._state, geometry(width, height))
        if before and self._cursor == before[0] and before[0].kind == "frame" and scene.frames:
            self._cursor = scene.items[0]  # on the innermost frame the cursor stays there, whichever it is
        at = same_place(scene.items, self._cursor)
        if at is None and self._cursor is not None:
            old = same_place(before, self._cursor)
            at = min(old or 0, len(scene.items) - 1)
            if at >= 0 and scene.items[at].kind != self._cursor.kind:
                at = 0
        self._cursor = scene.items[at or 0] if scene.items else None

    # ---- painting ---------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """The theme, the focus or a class changed."""
        self._palette.forget()
        self._styles.clear()
        self._lines.clear()
        self._draw()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        self._fit()  # one that was hidden is asked for its lines before it hears of its size
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self._palette.base)

    def _on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Lay the state out for another size than before."""
        if self._fitted != self.size:
            self._lines.clear()
            self._build()
            self._camera.follow(self._scene, self._cursor)
            self._draw()

    def _draw(self) -> None:
        """Draw; lines that look as they did keep their strips, the others are given to the screen."""
        width, height = self.size
        if not width or not height or not self.is_attached:
            return
        scene = self._scene
        if scene is None:
            self._hits = []
            self._lines.clear()
            self._strips = [self._strip([(line, "dim")]) for line in self._folded(width - 2, height)]
            self.refresh()
            return
        drawing = Drawing(scene, View(self._camera.left, self._camera.heap, self._cursor))
        self._hits = drawing.hits
        canvas = drawing.canvas
        if self._notice:
            canvas.fill(0, width, height - 1, " ", "dim")
            canvas.put(1, height - 1, fit(self._notice, width - 2), "dim")
        lines = list(zip(canvas.characters, canvas.styles, strict=True))[:height]
        changed = [y for y, line in enumerate(lines) if y >= len(self._lines) or self._lines[y] != line]
        strips = self._strips if len(self._lines) == len(lines) else [Strip.blank(0)] * len(lines)
        for y in changed:
            strips[y] = self._strip(canvas.parts(y))
        self._strips, self._lines = strips, lines
        if len(changed) > height // 2:
            self.refresh()
        else:
            for y in changed:
                self.refresh(Region(0, y, width, 1))

    def _folded(self, width: int, height: int) -> list[str]:
        """The notice, folded at blanks."""
        lines: list[str] = []
        for text in self._notice.splitlines():
            line = ""
            for word in text.split(" "):
                if line and len(line) + 1 + len(word) > width:
                    lines.append(line)
                    line = word
                else:
                    line = f"{line} {word}" if line else word
            lines.append(line)
        return [f" {fit(line, width)}" for line in lines[:height]]

    def _strip(self, parts: Sequence[Part]) -> Strip:
        base = self._palette.base
        segments = [Segment(text, self._style(style)) for text, style in parts]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _style(self, names: str) -> Style:
        style = self._styles.get(names)
        if style is None:
            style = self._palette.base
            for name in names.split():
                style += self._palette[name]
            self._styles[names] = style
        return style

    # ---- keys and the mouse -----------------------------------------------------------------------------

    def action_move(self, items: int) -> None:
        """Move the cursor some items down."""
        scene = self._scene
        if scene is None or not scene.items:
            return
        at = same_place(scene.items, self._cursor)
        at = 0 if at is None else max(0, min(at + items, len(scene.items) - 1))
        self._user_points_at(scene.items[at])

    def action_page(self, pages: int) -> None:
        """Move the cursor as many items as the picture has rows."""
        self.action_move(pages * max(1, self.size.height - 2))

    def action_choose(self) -> None:
        """Choose the item under the cursor."""
        if self._cursor is not None:
            self.post_message(self.ItemChosen(self, self._cursor))

    def action_follow(self) -> None:
        """Go to the object that the item under the cursor refers to."""
        cursor = self._cursor
        if cursor is not None and cursor.object is not None and cursor.kind != "object":
            self.point_at_object(cursor.object)

    def _user_points_at(self, item: Item) -> None:
        self._cursor = item
        self._camera.show(self._scene, self._cursor)
        self._draw()
        self.post_message(self.CursorMoved(self, item))

    def item_at(self, x: int, y: int) -> Item | None:
        """The item that is drawn at a cell of the widget."""
        return next((hit.item for hit in self._hits if hit.y == y and hit.start <= x < hit.end), None)

    async def _on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        item = self.item_at(place.x, place.y) if place is not None else None
        if item is not None:
            self._user_points_at(item)
            self.post_message(self.ItemChosen(self, item))

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(event, _WHEEL)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(event, -_WHEEL)

    def _scroll(self, event: events.MouseEvent, rows: int) -> None:
        """Scroll the column that the mouse is over."""
        scene = self._scene
        if scene is not None:
            event.stop()
            self._camera.scroll(scene, rows, heap=event.x >= scene.geometry.left)
            self._draw()
