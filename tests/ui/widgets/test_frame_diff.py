"""What the terminal shows is what Textual wants it to show, cell by cell."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar

import pyte
import pytest
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Label, TextArea

from flowtui.ui.widgets.frame_diff import Frame, FrameDiffMixin
from flowtui.ui.widgets.source_view import SourceView

CODE = "x{n} = f'中文 {{n:>3}} é' + \"wide 漢字\" * {n}  # end"
TEXT = "\n".join(
    "    " * (n % 3) + CODE.format(n=n) if n % 4 else f"def f{n}(self): '''doc'''" for n in range(80)
)


class Terminal(HeadlessDriver):
    """A driver that writes into a terminal emulator."""

    screen: ClassVar[pyte.Screen]
    stream: ClassVar[pyte.Stream]
    sent: ClassVar[int] = 0

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        Terminal.sent += len(data.encode("utf-8", "surrogatepass"))
        Terminal.stream.feed(data)


class Dialog(ModalScreen[None]):
    CSS = "Dialog { align: center middle; } Label { width: 31; height: 5; background: $error; }"

    def compose(self) -> ComposeResult:
        yield Label("[bold]a dialog[/] 漢字 over the text")


class Host(FrameDiffMixin, App[None]):
    CSS = """
    Screen { layout: horizontal; }
    TextArea { width: 1fr; }
    SourceView { width: 1fr; border: round $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("f2", "dialog", ""), ("f3", "theme", "")]

    def compose(self) -> ComposeResult:
        yield SourceView(TEXT)
        yield TextArea(TEXT, id="stock")

    def action_dialog(self) -> None:
        if isinstance(self.screen, Dialog):
            self.pop_screen()
        else:
            self.push_screen(Dialog())

    def action_theme(self) -> None:
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"


@asynccontextmanager
async def shown(size: tuple[int, int]) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    Terminal.screen = pyte.Screen(*size)
    Terminal.stream = pyte.Stream(Terminal.screen)
    app = Host(driver_class=Terminal)
    task = asyncio.create_task(app.run_async(size=size, mouse=False))
    pilot: Pilot[None] = Pilot(app)
    try:
        while not app.is_running or not app.screen_stack or not app.query(SourceView):
            await asyncio.sleep(0)
        for area in app.query(TextArea):
            area.cursor_blink = False
        await pilot.pause()
        yield app, pilot
    finally:
        app.exit()
        with suppress(asyncio.CancelledError):
            await task


def painted(app: App[Any]) -> pyte.Screen:
    """The screen as a forced full repaint draws it."""
    width, height = app.size
    screen = pyte.Screen(width, height)
    update = app.screen._compositor.render_full_update()
    pyte.Stream(screen).feed("\x1b[?7l" + update.render_segments(app.console).replace("\n", "\r\n"))
    return screen


def differences(app: App[Any]) -> list[tuple[int, int, object, object]]:
    expected, seen = painted(app), Terminal.screen
    return [
        (x, y, seen.buffer[y][x], expected.buffer[y][x])
        for y in range(app.size.height)
        for x in range(app.size.width)
        if seen.buffer[y][x] != expected.buffer[y][x]
    ]


KEYS = [
    "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "backspace", "tab", "delete",
    "a", "x", "quotation_mark", "number_sign", "left_parenthesis", "漢", "é", "ctrl+z", "ctrl+y",
    "shift+down", "shift+right", "ctrl+underscore", "alt+down", "ctrl+k", "f2", "f2", "f3",
]  # fmt: skip


@pytest.mark.parametrize(("size", "seed"), [((80, 24), 1), ((120, 40), 2), ((80, 24), 3)])
async def test_random_keys(size: tuple[int, int], seed: int) -> None:
    chance = random.Random(seed)
    async with shown(size) as (app, pilot):
        assert differences(app) == []
        areas = list(app.query(TextArea))
        for step in range(60):
            if step % 25 == 0 and not isinstance(app.screen, Dialog):
                areas[step // 25 % 2].focus()
            await pilot.press(chance.choice(KEYS))
            await pilot.pause()
            assert differences(app) == [], step


async def test_another_size_a_redraw_and_few_bytes() -> None:
    async with shown((80, 24)) as (app, pilot):
        app.query_one(SourceView).focus()
        await pilot.pause()
        for size in (Size(100, 30), Size(60, 20)):
            Terminal.screen.resize(size.height, size.width)
            Terminal.screen.erase_in_display(2)  # a terminal keeps what it likes
            app.post_message(events.Resize(size, size))
            await pilot.pause()
            await pilot.press("down")
            await pilot.pause()
            assert differences(app) == []
        for again in (app.action_redraw, lambda: app.app_resume_signal.publish(app)):
            Terminal.screen.erase_in_display(2)
            assert differences(app)
            again()
            await pilot.pause()
            assert differences(app) == []
        before = Terminal.sent
        await pilot.press("x")
        await pilot.pause()
        assert Terminal.sent - before < 1500
        assert differences(app) == []


def strip(*parts: tuple[str, str]) -> Strip:
    return Strip([Segment(text, Style.parse(style)) for text, style in parts])


def test_only_changed_cells_are_sent() -> None:
    from rich.color import ColorSystem

    frame = Frame()
    frame.fit(Size(20, 2))

    def draw(x: int, y: int, what: Strip) -> str:
        return frame.draw(x, y, what, ColorSystem.TRUECOLOR)

    first = strip(("hello ", "none"), ("world", "bold"))
    assert draw(0, 0, first) == "\x1b[1;1Hhello \x1b[1mworld\x1b[0m"
    assert draw(0, 0, first) == ""
    assert draw(0, 0, strip(("hello ", "none"), ("world", "bold"))) == ""
    assert draw(0, 0, strip(("hello ", "none"), ("World", "bold"))) == "\x1b[1;7H\x1b[1mW\x1b[0m"
    assert draw(0, 0, strip(("hello World", "none"))) == "\x1b[1;7HWorld"
    assert draw(4, 0, strip(("中", "none"))) == "\x1b[1;5H中"
    # Half of the wide character goes with the other half, so it is sent again.
    assert draw(5, 0, strip(("x", "none"))) == "\x1b[1;6Hx"
    assert draw(0, 0, strip(("hell中World", "none"))) == "\x1b[1;5H中"
    assert draw(0, 0, strip(("hell中World", "none"))) == ""
    assert draw(0, 5, first) == ""  # beyond the screen
    assert draw(18, 1, strip(("long text", "none"))) == "\x1b[2;19Hlo"
    frame.forget()
    assert draw(0, 0, first).startswith("\x1b[1;1Hhello")
    assert draw(0, 1, strip(("e\u0301", "none"))) == "\x1b[2;1He\u0301"
    assert draw(0, 1, strip(("❤\ufe0f!", "none"))) == "\x1b[2;1H❤\ufe0f\x1b[2;3H!"
