"""A workbench in a test: opened, read off its screen, asked whether it still answers, and ended."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from flowtui.app import FlowApp
from flowtui.engine.leftovers import MARK
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.slots import PANES
from flowtui.ui.screens.workbench import Workbench
from tests.ui.waiting import until


class Bench:
    """An app with its workbench open, and its pilot."""

    def __init__(self, app: FlowApp, pilot: Pilot[object]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def workbench(self) -> Workbench:
        """The workbench."""
        found = self.app.workbench
        assert found is not None
        return found

    @property
    def screen_text(self) -> str:
        """What stands on the screen; all of it must be fit for a terminal."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        text = "\n".join(strip.text for strip in strips)
        text.encode("utf-8")
        assert not any(code in text for code in ("\x1b", "\x07", "\x9b", "\r"))
        return text

    @property
    def notices(self) -> list[str]:
        """What was told in a corner of the screen, one line each."""
        said = [note.message for note in self.app._notifications]
        assert not any("\n" in line or "Traceback" in line for line in said)
        return said

    def state(self, stage: str) -> str:
        """How the title bar shows a stage."""
        return {mark.name: mark.state for mark in self.workbench.pipeline_bar.pipeline.stages}[stage]

    def send(self, *keys: str) -> None:
        """Press keys as a terminal sends them: at once, whatever the app does meanwhile."""
        for key in keys:
            character = key if len(key) == 1 else None
            self.app.post_message(events.Key(_character_to_key(key) if character else key, character))

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Let the app go on until `true` says so."""
        await until(self.pilot, true, what)

    async def analysed(self) -> Workbench:
        """Wait until every stage of the text on the screen has said something."""
        await self.until(lambda: self.app.workbench is not None, "the workbench")
        bench = self.workbench
        await self.until(
            lambda: len(bench.panes) == len(PANES) and bench.is_fresh and bench.analysis.complete,
            "the analysis",
        )
        await self.pilot.pause()
        return bench

    async def command(self, *keys: str) -> None:
        """Leave the editor and press keys."""
        self.workbench.action_leave()
        await self.pilot.pause()
        await self.pilot.press(*keys)

    @property
    def output(self) -> list[str]:
        """The lines of the Output pane."""
        text = self.workbench.output_pane.lines.text
        return [text.plain(row) for row in range(len(text))]

    async def obeys(self) -> None:
        """A key does what it should, and the screen can be drawn."""
        bench = self.workbench
        await self.command("z")
        assert bench.slots.zoomed is not None
        assert self.screen_text
        await self.pilot.press("z")
        assert bench.slots.zoomed is None

    async def answers(self) -> None:
        """The app obeys keys, and every pane can be drawn."""
        await self.obeys()
        for key in "02345":
            await self.pilot.press(key)
            assert self.screen_text
        await self.pilot.press("1")

    async def follows(self) -> None:
        """A key in the editor changes the text; taking it back brings the text back."""
        bench = self.workbench
        before = list(bench.view.document.lines)
        cursor = bench.view.cursor_location
        bench.view.move_cursor((0, 0))
        await self.command("e", "x")
        assert bench.view.document.lines == ["x" + before[0], *before[1:]]
        await self.pilot.press("escape", "u")
        assert bench.view.document.lines == before
        bench.view.move_cursor(cursor)


@contextlib.asynccontextmanager
async def opened(
    source: Path | Document | str | bytes, *, size: tuple[int, int] = (120, 40), **options: object
) -> AsyncIterator[Bench]:
    """The app with a source open; at the end it is quit as by a signal, and no process may be left.

    Args:
        source: a file, a document, or a text without a file.
        size: of the screen.
        options: for the app.
    """
    if isinstance(source, Path):
        document = Document.open(str(source))
    elif isinstance(source, Document):
        document = source
    else:
        from flowtui.engine.files import decode_source

        data = source.encode() if isinstance(source, str) else source
        document = Document(decode_source(data, "typed.py"))
    app = FlowApp(document, **options)  # type: ignore[arg-type]  # the app's own words
    async with app.run_test(size=size) as pilot:
        bench = Bench(app, pilot)
        await bench.until(lambda: app.workbench is not None, "the workbench")
        yield bench
        app._end_now()
        await bench.until(lambda: app._exit, "the end")
    assert processes() == []


def processes(*, of_runs: bool = False) -> list[psutil.Process]:
    """The living processes that this test has started, whoever has adopted them.

    Args:
        of_runs: those of a learner's program alone, their keepers included.
    """
    home = os.environ["FLOWTUI_HOME"]
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            environment = process.environ()
            if environment.get("FLOWTUI_HOME") == home and (not of_runs or MARK in environment):
                found.append(process)
    return found
