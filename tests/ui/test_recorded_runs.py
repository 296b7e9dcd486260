"""Programs that are really recorded, walked through on the screen, kept in a file and opened again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from flowtui.engine.recording.stream_files import StreamFilesError
from flowtui.model.trace import RecordingLimits, RecordingOptions
from flowtui.ui.screens.dialogs import LineDialog
from flowtui.ui.screens.predicting import PredictScreen
from flowtui.ui.screens.reasons import ReasonsScreen
from flowtui.ui.screens.recording_options import RecordingOptionsScreen
from flowtui.ui.widgets.picture_items import Item
from tests.interpreters import at_hand, need
from tests.ui.benches import Bench, opened
from tests.ui.waiting import DEMO

ASKS = 'name = input("Who? ")\nprint("Hello", name)\n'
ENDLESS = "count = 0\nwhile True:\n    count += 1\n"
OBJECTS = """class Point:
    def __init__(self, x):
        self.x = x


def made():
    point = Point(3)
    return [point, point]


both = made()
both.append(both[0].x + 4)
del both
"""


async def recorded(bench: Bench) -> None:
    """Press R and wait until the program has ended and its last step can be walked to."""
    await bench.analysed()
    await bench.command("R")
    await ended(bench)


async def ended(bench: Bench) -> None:
    found = bench.workbench
    await bench.until(lambda: found.ended is not None and not found.is_recording, "the end of the run")
    await bench.until(lambda: found.state is not None and found.current_pane.id == "run", "the first step")


async def step(bench: Bench, key: str) -> int:
    await bench.pilot.press(key)
    await bench.pilot.pause()
    assert bench.workbench.walk is not None
    await bench.until(lambda: bench.workbench.state.step.number == bench.workbench.walk.step, "the step")
    return bench.workbench.walk.step


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
async def test_a_program_is_recorded_and_walked_to_its_end_and_back(size: tuple[int, int]) -> None:
    async with opened(DEMO, size=size) as bench:
        await recorded(bench)
        found = bench.workbench
        assert bench.output[1:3] == ["12", "48"]
        assert found.recording.granularity == "instruction"
        seen: dict[int, tuple[Any, str]] = {}
        while True:
            seen[found.state.step.number] = found.state, found.step_sentence
            assert bench.screen_text
            before = found.walk.step
            if await step(bench, "n") == before:
                break
        assert len(seen) > 10
        assert found.state.stdout == "12\n48\n"
        numbers = sorted(seen, reverse=True)
        for number in numbers:
            assert found.state.step.number == number
            assert (found.state, found.step_sentence) == seen[number]
            await step(bench, "N")
        assert found.walk.step == 1


async def test_every_instruction_is_marked_in_source_bytecode_and_tree() -> None:
    async with opened(DEMO, size=(200, 60)) as bench:
        await recorded(bench)
        found = bench.workbench
        await bench.pilot.press("full_stop", "full_stop")
        assert found.walk.zoom == "instruction"
        marked = 0
        for _ in range(40):
            await step(bench, "n")
            place = found.state.step
            if place.event != "instruction":
                continue
            marked += 1
            assert found.selection.origin == "run"
            row = found.selection.instructions[0]
            assert found.analysis.bytecode.offset[row] == place.offset
            assert found.view.marks == {place.line - 1: "▶"}
            if place.span is not None and place.span.start != place.span.end:
                assert found.selection.span == place.span
        assert marked > 20


async def test_the_operand_stack_and_the_heap_are_drawn() -> None:
    async with opened(OBJECTS, size=(120, 40)) as bench:
        await recorded(bench)
        found = bench.workbench
        await bench.pilot.press("full_stop", "full_stop")
        while not (found.state.frames and found.state.frames[0].stack and found.state.step.line == 12):
            await step(bench, "n")
        assert "Point" in bench.screen_text
        assert "list" in bench.screen_text


async def test_breakpoints_hit_where_their_condition_holds() -> None:
    async with opened(DEMO) as bench:
        await recorded(bench)
        found = bench.workbench
        await bench.pilot.press("1")
        found.view.move_cursor((1, 4))
        await bench.pilot.press("B")
        await bench.until(lambda: isinstance(bench.app.screen, LineDialog))
        bench.app.screen.query_one(Input).value = "width == 6"
        await bench.pilot.press("enter", "x")
        await bench.until(lambda: found.state.frames[0].name == "area", "the breakpoint")
        values = {each.name: each.value.text for each in found.state.frames[0].variables}
        assert values == {"width": "6", "height": "8"}
        assert found.view.marks[1] == "▶◆"


async def test_a_program_that_asks_is_answered_while_it_is_recorded() -> None:
    async with opened(ASKS, size=(80, 24)) as bench:
        await bench.analysed()
        await bench.command("R")
        found = bench.workbench
        await bench.until(
            lambda: found.output_pane.is_waiting and "output" in found.slots.visible, "its question"
        )
        await bench.pilot.pause()
        await bench.pilot.press(*"Ada", "enter")
        await ended(bench)
        await bench.pilot.press("end")
        await bench.until(lambda: found.state.stdout == "Who? Hello Ada\n", "the last step")


async def test_one_walks_while_the_program_is_recorded_and_stops_it() -> None:
    async with opened(ENDLESS) as bench:
        await bench.analysed()
        await bench.command("R")
        found = bench.workbench
        await bench.until(lambda: found.state is not None, "the first step")
        assert found.is_recording
        for _ in range(5):
            before = found.walk.step
            await bench.pilot.press("f8")
            await bench.until(lambda before=before: found.walk.step > before, "a step")
        await bench.command("t")
        await ended(bench)
        assert found.recording.total > 5
        assert found._growing is None
        await bench.pilot.press("5", "end")
        await bench.until(lambda: found.state.step.number == found.recording.total, "the last step")


async def test_what_is_cut_is_told() -> None:
    async with opened("for number in range(100):\n    pass\nprint('done')\n") as bench:
        await bench.analysed()
        bench.workbench.recording_options = RecordingOptions(limits=RecordingLimits(steps=50))
        await recorded(bench)
        found = bench.workbench
        assert bench.output[1] == "done"
        assert 50 <= found.recording.total < 60
        assert found.recording.end.cut == "steps"
        assert any(found.recording.end.sentence in said for said in bench.notices)


async def test_an_error_is_walked_to() -> None:
    async with opened("def half(x):\n    return x / 0\n\n\nhalf(3)\n") as bench:
        await recorded(bench)
        found = bench.workbench
        events = set()
        while True:
            events.add(found.state.step.event)
            before = found.walk.step
            if await step(bench, "n") == before:
                break
        assert "exception" in events
        assert "ZeroDivisionError" in found.end_sentence()


async def test_an_object_says_why_it_is_alive_and_where_it_was_made() -> None:
    async with opened(OBJECTS, size=(120, 40)) as bench:
        await recorded(bench)
        found = bench.workbench
        line = next(
            number
            for number in range(1, found.recording.total + 1)
            if found.recording.step(number).line == 12
        )
        found.go_to(line)
        await bench.until(lambda: found.state.step.number == line)
        value = next(each.value for each in found.state.globals if each.name == "both")
        assert found.run_pane.picture.point_at(Item("global", 0, "both", None, None))
        await bench.pilot.press("y")
        await bench.until(lambda: isinstance(bench.app.screen, ReasonsScreen), "the reasons")
        await bench.pilot.pause()
        assert f"list #{value.object}" in bench.screen_text
        assert "both" in bench.screen_text
        await bench.pilot.press("escape", "m")
        await bench.until(lambda: found.state.step.number == found.recording.born(value.object), "its birth")
        await bench.pilot.press("d")
        died = found.recording.died(value.object)
        if died is None:
            await bench.until(lambda: "lives to the end" in bench.workbench.link_bar.sentence, "its life")
        else:
            await bench.until(lambda: found.state.step.number == died[0], "its death")


async def test_a_question_is_asked_and_judged() -> None:
    async with opened(DEMO) as bench:
        await recorded(bench)
        found = bench.workbench
        await bench.pilot.press("full_stop", "full_stop")
        for _ in range(60):
            await step(bench, "n")
            await bench.pilot.press("a")
            await bench.pilot.pause()
            if isinstance(bench.app.screen, PredictScreen):
                break
        screen = bench.app.screen
        assert isinstance(screen, PredictScreen)
        if screen.question.choices is None:
            screen.query_one(Input).value = screen.question.answer
            await bench.pilot.press("enter")
        else:
            screen._judge(screen.question.answer)
        assert (found.score.right, found.score.asked) == (1, 1)
        await bench.pilot.press("escape")


async def test_a_recording_is_kept_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "demo.flowtrace"
    async with opened(DEMO) as bench:
        await recorded(bench)
        await bench.pilot.press("K")
        await bench.until(lambda: isinstance(bench.app.screen, LineDialog))
        bench.app.screen.query_one(Input).value = str(path)
        await bench.pilot.press("enter")
        await bench.until(lambda: path.exists(), "the file")
        recording = bench.workbench.recording
        states = [recording.state(number) for number in range(1, recording.total + 1)]
    async with opened("1\n") as bench:
        await bench.analysed()
        bench.workbench._open(str(path))
        await bench.until(lambda: bench.workbench.state is not None, "the recording")
        found = bench.workbench
        assert found.view.text == DEMO
        await bench.until(lambda: found.selection.origin == "run", "the step's mark")
        assert found.link_bar.sentence.startswith("All of it is recorded")
        assert found.pipeline_bar.pipeline.stages[-1].count == f"✓ {found.recording.total}"
        assert [found.recording.state(number) for number in range(1, found.recording.total + 1)] == states
        assert bench.output[1:3] == ["12", "48"]
        await step(bench, "end")
        await bench.pilot.press("e", "x")
        assert not found.recording_fits


@pytest.mark.parametrize("name", at_hand())
async def test_every_interpreter_is_recorded_or_says_what_it_lacks(name: str) -> None:
    python = need(name)
    async with opened(DEMO, python=python, size=(120, 40)) as bench:
        await bench.analysed()
        await bench.command("5")
        await bench.until(lambda: "records the program" in bench.screen_text)
        if name.startswith("pypy"):
            assert "CPython shows both" in bench.screen_text
        await recorded(bench)
        found = bench.workbench
        assert found.recording.total > 5
        if name.startswith("pypy"):
            assert found.recording.granularity == "instruction"
            await bench.pilot.press("full_stop", "full_stop", "n")
            said = "No operand stack could be recorded; CPython has one."
            await bench.until(lambda: said in bench.screen_text, "what is not there")
        await step(bench, "end")
        assert found.state.stdout == "12\n48\n"


async def test_what_is_recorded_is_chosen() -> None:
    async with opened(DEMO) as bench:
        await bench.analysed()
        await bench.command("O")
        await bench.until(lambda: isinstance(bench.app.screen, RecordingOptionsScreen))
        await bench.pilot.pause()
        await bench.pilot.press("space")
        screen = bench.app.screen
        screen.query_one("#steps", Input).value = "0"
        await bench.pilot.press("enter")
        assert bench.app.screen is screen
        screen.query_one("#steps", Input).value = "400"
        await bench.pilot.press("enter")
        options = bench.workbench.recording_options
        assert (options.granularity, options.limits.steps, options.library) == ("line", 400, False)
        await recorded(bench)
        assert bench.workbench.recording.granularity == "line"


async def test_a_recording_that_cannot_begin_leaves_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(DEMO) as bench:
        await recorded(bench)
        found, before = bench.workbench, bench.workbench.recorded

        def nowhere(*_: object) -> None:
            raise StreamFilesError("a recording's files cannot be made: no space left on device.")

        monkeypatch.setattr("flowtui.engine.recording.record.StreamFiles", nowhere)
        await bench.command("R")
        await bench.until(lambda: any("no space left" in said for said in bench.notices), "the reason")
        await bench.until(lambda: not found.program_runs)
        assert found.recorded is before
        assert await step(bench, "n") == 2
