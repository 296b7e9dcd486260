"""The limits of a run are set on the screen, hold for the next run, and are remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from flowtui.app import FlowApp
from flowtui.engine import settings
from flowtui.model.run import Limits
from flowtui.report import units
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.limits import ENTRIES, LimitsScreen
from flowtui.ui.screens.slots import PANES
from tests.ui.waiting import until


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.field)
def test_what_is_written_is_read_again(entry) -> None:
    for value in (getattr(Limits(), entry.field), 0, 7, 1536):
        assert entry.read(entry.write(value)) == value


async def test_limits_are_set_hold_and_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "loop.py"
    path.write_text("while True:\n    pass\n")
    app = FlowApp(Document.open(str(path)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.workbench is not None and app.interpreter is not None)
        bench = app.workbench
        assert bench is not None
        await until(pilot, lambda: len(bench.panes) == len(PANES) and bench.analysis.complete)
        await pilot.press("escape", "L")
        await until(pilot, lambda: isinstance(app.screen, LimitsScreen))
        field = app.screen.query_one("#cpu", Input)
        field.value = "soon"
        await pilot.press("enter")
        assert "write 10s" in str(app.screen.query_one(".wrong", Static).render())
        field.value = "1s"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is bench)
        assert settings.load().limits.cpu == units.seconds("1s")
        await pilot.press("r")
        await until(pilot, lambda: bench.ended is not None)
        assert bench.ended is not None
        assert bench.ended.limit == "cpu"
