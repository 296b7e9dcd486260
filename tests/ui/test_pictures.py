"""Each pane as it looks, at two sizes; times are left out and the cursor does not blink.

After a change that is meant: ``pytest tests/ui/test_pictures.py --snapshot-update``, and look at them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from flowtui.app import FlowApp
from flowtui.model import links
from flowtui.model.failure import Failure
from flowtui.model.run import Ended, Output, RaisedError, TracebackFrame
from flowtui.model.source import Source
from flowtui.model.span import Span
from flowtui.ui.messages import AnalysisChanged
from flowtui.ui.panes.run import Seen, Watched
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.linked import LinkedScreen
from flowtui.ui.screens.running import RunningScreen
from flowtui.ui.screens.slots import PANES
from flowtui.ui.screens.workbench import Workbench
from flowtui.ui.widgets.scrubber import Profile
from tests.ui import recorded
from tests.ui.waiting import until
from tests.ui.widgets.states import points

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
Run = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No interpreter is asked, no time is shown."""

    def nobody(self: FlowApp) -> None:
        """What stands here starts a worker and returns at once; a coroutine would never be awaited."""

    monkeypatch.setattr(FlowApp, "first_interpreter", nobody)
    monkeypatch.setattr(LinkedScreen, "shown_time", lambda self, stage: None)
    monkeypatch.setattr(RunningScreen, "shown_wall", lambda self, ended: None)


def app_of(text: str = recorded.DEMO) -> FlowApp:
    return FlowApp(Document(Source(name="demo.py", data=text.encode(), text=text)))


async def filled(pilot: Pilot[Any]) -> Workbench:
    """The workbench with the recorded analysis, in command mode, the cursor on ``enumerate``."""
    app = pilot.app
    assert isinstance(app, FlowApp)
    bench = app.workbench
    assert bench is not None
    await until(
        pilot, lambda: len(bench.panes) == len(PANES) and all(p.is_mounted for p in bench.panes.values())
    )
    bench.interpreter, analysis = recorded.load(bench.version)
    for pane in bench.panes.values():
        pane.show_interpreter(bench.interpreter)
    bench.post_message(AnalysisChanged(analysis))
    bench.action_leave()
    await pilot.pause()
    bench.view.move_cursor((17, 20))
    await pilot.pause()
    return bench


@SIZES
@pytest.mark.parametrize(
    "key", ["1", "2", "3", "4", "0"], ids=["source", "tokens", "ast", "bytecode", "symbols"]
)
def test_pane(snap_compare: Any, key: str, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await filled(pilot)
        await pilot.press(key)
        await pilot.pause()

    assert snap_compare(app_of(), terminal_size=size, run_before=before)


@SIZES
def test_output(snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        bench = await filled(pilot)
        assert bench.interpreter is not None
        await pilot.press("9")
        pane = bench.output_pane
        pane.begin(bench.interpreter)
        span = Span(12, 11, 12, 39)
        for text in ("naïve 数 🐍 28.0\n", "two\n"):
            pane.show_event(Output("stdout", text))
        pane.show_event(
            Output("stderr", 'Traceback (most recent call last):\n  File "demo.py", line 12, in norm\n')
        )
        pane.show_event(
            Ended(
                exit_status=1,
                signal=None,
                limit=None,
                error=RaisedError("ValueError", "no", (TracebackFrame("demo.py", 12, "norm", span, ""),)),
                sentence="Ended with status 1: ValueError.",
                wall=0.5,
                cpu=0.25,
                peak_memory=16 << 20,
                processes_killed=0,
            )
        )
        await pilot.pause()

    assert snap_compare(app_of(), terminal_size=size, run_before=before)


@SIZES
def test_run(snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        bench = await filled(pilot)
        await pilot.press("5")
        pane = bench.run_pane
        pane.name_files({0: "demo.py"})
        depths = [1 + (at // 5) % 3 for at in range(60)]
        pane.show_profile(Profile(depths, (30, 50), (44,), (20,)), 340, recording=False)
        state = msgspec.structs.replace(points(), stdout="28.0\n")
        watches = [Watched("total", "5.0", changed=True), Watched("p.z", "", "Point has no attribute z")]
        pane.show_seen(Seen(state, "`BINARY_OP +` pops 9 and 16, pushes 25.", "instruction", watches))
        bench.breakpoints.toggle(11)
        bench.breakpoints.conditions[18] = "total > 3"
        bench.show_marks(12, Span(12, 12, 12, 31))
        bench.state, bench.step_sentence = state, "`BINARY_OP +` pops 9 and 16, pushes 25."
        bench.select(links.at_span(bench.analysis, Span(12, 12, 12, 31), "run"))
        bench.link_bar.show_sentence(bench._sentence_of_selection())
        await pilot.pause()

    assert snap_compare(app_of(), terminal_size=size, run_before=before)


@SIZES
def test_run_before_a_recording(snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await filled(pilot)
        await pilot.press("5")
        await pilot.pause()

    assert snap_compare(app_of(), terminal_size=size, run_before=before)


@SIZES
def test_a_syntax_error(snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        bench = await filled(pilot)
        failure = Failure(
            stage="ast",
            type="SyntaxError",
            message="'(' was never closed",
            span=Span(24, 12, 24, 13),
            text="path = [Point(3, 4), Point(6, 8), Point(5, 12)]",
        )
        analysis = msgspec.structs.replace(
            bench.analysis, ast=None, symbols=None, bytecode=None, failures={"ast": failure}
        )
        bench.post_message(AnalysisChanged(analysis))
        await pilot.pause()

    assert snap_compare(app_of(), terminal_size=size, run_before=before)


@SIZES
def test_home(snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await pilot.pause()

    assert snap_compare(FlowApp(), terminal_size=size, run_before=before)


@SIZES
def test_help(snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await filled(pilot)
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(app_of(), terminal_size=size, run_before=before)


def test_all_panes(snap_compare: Any) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await filled(pilot)

    assert snap_compare(app_of(), terminal_size=(200, 60), run_before=before)
