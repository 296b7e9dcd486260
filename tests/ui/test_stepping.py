"""Walking through a recording on the screen; the recording is a fake one, so that every step is known."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from unittest import mock

import pytest
from textual.widgets import Input, OptionList, Static

from flowtui.app import FlowApp
from flowtui.engine.recording import memory
from flowtui.engine.recording.predict import Question
from flowtui.ui.panes.run import RunPane
from flowtui.ui.screens.breakpoints import Breakpoints
from flowtui.ui.screens.dialogs import LineDialog
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.predicting import PredictScreen, Score
from flowtui.ui.screens.searching import SearchingScreen
from flowtui.ui.widgets.picture_items import Item
from flowtui.ui.widgets.scrubber import Scrubber
from tests.ui.benches import Bench
from tests.ui.fake_recordings import FakeRecording, FakeTrace
from tests.ui.waiting import until

#: Steps of `DEMO` by lines: what happens at each, from 1.
#: 1 call <module>, 2 line 1, 3 line 5, 4 line 6, 5 line 7, 6 call area, 7 line 2, 8 return, 9 line 6, 10 line 7,
#: 11 call area, 12 line 2, 13 return, 14 line 6, 15 return
LAST = 15


class Walked(Bench):
    """A workbench with a fake recording."""

    trace: FakeTrace

    @property
    def recording(self) -> FakeRecording:
        return self.trace.recording

    @property
    def step(self) -> int:
        assert self.workbench.walk is not None
        return self.workbench.walk.step

    @property
    def sentence(self) -> str:
        return self.workbench.link_bar.sentence

    @property
    def marks(self) -> dict[int, str]:
        return self.workbench.view.marks

    async def press(self, *keys: str) -> int:
        """Press keys; the step that is shown then."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()
        state = self.workbench.state
        assert state is not None
        return state.step.number

    async def at(self, step: int) -> None:
        """Wait for a step that a search finds."""
        await self.until(
            lambda: self.workbench.state and self.workbench.state.step.number == step, f"step {step}"
        )

    async def answer(self, text: str) -> None:
        """Type a line into the dialogue that is open."""
        await self.until(lambda: isinstance(self.app.screen, LineDialog), "the dialogue")
        self.app.screen.query_one(Input).value = text
        await self.pilot.press("enter")
        await self.pilot.pause()


@contextlib.asynccontextmanager
async def walked(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Walked]:
    trace = FakeTrace()
    app = FlowApp(Document(trace.about.source), trace=trace)  # type: ignore[arg-type]  # a fake in its place
    # Counts are worked out of streams, which a fake has none of.
    as_it_is = mock.patch.object(memory, "annotate", lambda recording, state: state)
    with as_it_is:
        async with app.run_test(size=size) as pilot:
            bench = Walked(app, pilot)
            bench.trace = trace
            await bench.analysed()
            await bench.until(lambda: bench.workbench.state, "the first step")
            assert bench.workbench.current_pane.id == "run"
            yield bench
            await bench.workbench.shut_down()
    assert trace.closed


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
async def test_steps_lead_forward_and_back_and_are_marked(size: tuple[int, int]) -> None:
    async with walked(size) as bench:
        assert bench.step == 1
        assert await bench.press("n", "n", "n", "n") == 5
        assert bench.marks == {6: "▶"}
        assert "step  5 / 15" in bench.screen_text
        assert "Line 7" in bench.screen_text
        assert await bench.press("right") == 6
        assert await bench.press("N", "left") == 4
        assert bench.marks == {5: "▶"}
        assert bench.workbench.selection.origin == "run"
        assert await bench.press("end") == LAST
        assert await bench.press("n") == LAST
        assert bench.sentence.startswith("This is the last step. All of it is recorded.")
        assert await bench.press("home") == 1
        assert await bench.press("N") == 1
        assert bench.sentence == "This is the first step."


async def test_calls_are_stepped_over_and_left() -> None:
    async with walked() as bench:
        assert await bench.press("n", "n", "n", "n", "s") == 9
        assert await bench.press("S") == 5
        assert await bench.press("n", "n", "f") == 9
        assert await bench.press("N", "F") == 5
        assert await bench.press("F") == 5
        assert bench.sentence.startswith("Nobody in the recording called")


async def test_f_keys_step_from_any_pane() -> None:
    async with walked() as bench:
        for pane in "1234":
            await bench.press(pane)
            before = bench.step
            assert await bench.press("f8") == before + 1
            assert await bench.press("f7", "f8") == before + 1
        assert await bench.press("f7", "f7") == 3
        await bench.press("1")
        assert await bench.press("n") == 4
        assert await bench.press("N") == 3


async def test_in_the_source_n_is_the_search_while_it_lasts() -> None:
    async with walked() as bench:
        await bench.press("1", "slash")
        await bench.answer("area")
        before = bench.step
        assert await bench.press("n", "N") == before
        assert "match" in bench.sentence
        await bench.press("escape")
        assert await bench.press("n") == before + 1


async def test_a_number_leads_to_its_step_and_a_wrong_one_is_refused() -> None:
    async with walked() as bench:
        await bench.press("g")
        await bench.answer("99")
        assert isinstance(bench.app.screen, LineDialog)
        await bench.answer("12")
        await bench.at(12)


async def test_a_recording_by_lines_has_no_finer_steps() -> None:
    async with walked() as bench:
        await bench.press("full_stop")
        assert "goes by lines" in bench.sentence


async def test_keys_that_come_together_end_where_they_should() -> None:
    async with walked() as bench:
        bench.send(*"nnnnnn")
        await bench.at(7)


async def test_the_scrubber_leads_to_its_step() -> None:
    async with walked() as bench:
        pane = bench.workbench.run_pane
        for step in (3, 9, 11):
            pane.scrubber.post_message(Scrubber.Moved(pane.scrubber, step))
        await bench.at(11)
        assert RunPane.Wanted(3).can_replace(RunPane.Wanted(9))
        assert pane.scrubber.step == 11


async def test_the_next_and_last_visit_of_the_cursors_line() -> None:
    async with walked() as bench:
        await bench.press("1")
        bench.workbench.view.move_cursor((1, 4))
        await bench.press("c")
        await bench.at(7)
        await bench.press("c")
        await bench.at(12)
        await bench.press("C")
        await bench.at(7)
        await bench.press("C")
        await bench.until(lambda: "Line 2 is not executed before" in bench.sentence)
        assert bench.step == 7


async def test_breakpoints_are_set_marked_and_run_to() -> None:
    async with walked() as bench:
        await bench.press("1")
        bench.workbench.view.move_cursor((1, 4))
        await bench.press("x")
        assert "`b` sets one" in bench.sentence
        await bench.press("b")
        assert bench.marks[1] == "●"
        await bench.press("x")
        await bench.at(7)
        assert bench.marks == {1: "▶●"}
        await bench.press("x")
        await bench.at(12)
        await bench.press("x")
        await bench.until(lambda: "No breakpoint is reached after" in bench.sentence)
        await bench.press("X")
        await bench.at(7)
        await bench.press("b")
        assert bench.marks == {1: "▶"}


async def test_a_condition_is_checked_when_typed_and_holds_where_it_should() -> None:
    async with walked() as bench:
        await bench.press("1")
        bench.workbench.view.move_cursor((1, 4))
        await bench.press("B")
        await bench.answer("width >")
        assert isinstance(bench.app.screen, LineDialog)
        wrong = bench.app.screen.query_one(".wrong", Static)
        assert "no expression" in str(wrong.content)
        await bench.answer("width > 5")
        assert bench.marks[1] == "◆"
        await bench.press("x")
        await bench.at(12)
        assert bench.marks[1] == "▶◆"


def test_breakpoints_go_along_with_their_lines() -> None:
    points = Breakpoints()
    for row in (2, 5, 8):
        points.toggle(row)
    points.edited(5, 1, 3)  # a line becomes three
    assert sorted(points.conditions) == [2, 5, 10]
    points.edited(0, 4, 1)  # four lines become one: the breakpoint in them goes
    assert sorted(points.conditions) == [2, 7]
    points.edited(7, 1, 1)
    assert sorted(points.conditions) == [2, 7]


async def test_an_edit_takes_the_marks_away_and_is_told_of_once() -> None:
    async with walked() as bench:
        await bench.press("n", "n", "1")
        bench.workbench.view.move_cursor((4, 0))
        await bench.press("b")
        bench.workbench.view.move_cursor((0, 0))
        await bench.press("e", "enter", "x")
        assert bench.marks == {5: "●"}
        cursor = bench.workbench.view.cursor_location
        await bench.press("f8")
        assert bench.step == 4
        assert bench.workbench.view.cursor_location == cursor
        assert bench.marks == {5: "●"}
        assert sum("edited since it was recorded" in said for said in bench.notices) == 1
        await bench.press("escape", "u", "u", "u")
        assert bench.workbench.recording_fits
        assert bench.marks == {4: "●", 5: "▶"}


async def test_the_text_cursor_stays_where_somebody_types() -> None:
    async with walked() as bench:
        await bench.press("1", "e")
        bench.workbench.view.move_cursor((3, 0))
        assert await bench.press("f8", "f8") == 3
        assert bench.workbench.view.cursor_location == (3, 0)
        assert bench.marks == {4: "▶"}


async def test_a_value_is_searched() -> None:
    async with walked() as bench:
        await bench.press("slash")
        await bench.answer("6")
        await bench.at(10)
        await bench.press("greater_than_sign")
        await bench.at(11)
        await bench.press("less_than_sign")
        await bench.at(10)


async def test_the_changes_of_the_variable_under_the_cursor() -> None:
    async with walked() as bench:
        await bench.press("end")
        picture = bench.workbench.run_pane.picture
        assert picture.point_at(Item("global", 0, "width", None, None))
        await bench.press("left_square_bracket")
        await bench.at(10)
        await bench.press("left_square_bracket")
        await bench.at(5)
        await bench.press("right_square_bracket")
        await bench.at(10)


async def test_a_watch_is_worked_out_at_every_step_and_taken_away() -> None:
    async with walked((120, 40)) as bench:
        await bench.press("plus")
        await bench.answer("width * 2")
        await bench.press("n")
        assert "width * 2 = " in bench.screen_text
        await bench.press("end")
        assert "width * 2 = 12" in bench.screen_text
        await bench.press("minus")
        assert "width * 2" not in bench.screen_text


async def test_a_long_search_can_be_stopped() -> None:
    async with walked() as bench:
        await bench.press("1")
        bench.workbench.view.move_cursor((1, 4))
        bench.recording.go_on.clear()
        await bench.press("c")
        await bench.until(lambda: isinstance(bench.app.screen, SearchingScreen), "the search's dialogue")
        await bench.pilot.press("escape")
        bench.recording.go_on.set()
        await bench.until(lambda: not isinstance(bench.app.screen, SearchingScreen), "its end")
        await bench.until(lambda: not bench.workbench._searching, "the thread's end")
        await bench.press("5")
        before = bench.step
        assert await bench.press("n") == before + 1


async def test_a_damaged_recording_is_told_of_once_and_the_text_stays() -> None:
    async with walked() as bench:
        bench.recording.damaged = "The recording is damaged: step 3 names no code."
        await bench.press("n", "n")
        assert [said for said in bench.notices if "damaged" in said] == [bench.recording.damaged]
        await bench.obeys()


async def test_another_source_takes_the_recording_away(tmp_path: Any) -> None:
    async with walked() as bench:
        await bench.workbench.open_document(Document.empty())
        assert bench.workbench.walk is None
        assert bench.trace.closed == 1
        await bench.pilot.press("escape", "5")
        await bench.until(lambda: "records the program" in bench.screen_text)


async def test_the_recording_is_kept_in_a_file_that_is_asked_for(tmp_path: Any) -> None:
    async with walked() as bench:
        await bench.press("K")
        assert isinstance(bench.app.screen, LineDialog)
        assert bench.app.screen.query_one(Input).value == "demo.flowtrace"
        await bench.answer(str(tmp_path / "kept.flowtrace"))
        assert bench.trace.saved == [tmp_path / "kept.flowtrace"]


# ---- be the machine


def question(
    kind: Any = "next_instruction", choices: tuple[str, ...] | None = ("POP_TOP", "CALL 1")
) -> Question:
    answer = "CALL 1" if choices else "12"
    return Question(
        kind=kind, prompt="Which instruction is `next`?", choices=choices, answer=answer,
        type="opname" if choices else "int", reason="It calls.", where=7,
    )  # fmt: skip


async def asked(pilot: Any, screen: PredictScreen, gone: Callable[[Any], None]) -> None:
    pilot.app.push_screen(screen, gone)
    await until(pilot, lambda: screen.is_mounted and screen.query(Static))
    await pilot.pause()


async def test_an_answer_is_chosen_judged_and_counted() -> None:
    score, went = Score(), []
    async with FlowApp(Document.empty()).run_test(size=(80, 24)) as pilot:
        screen = PredictScreen([question()], score)
        await asked(pilot, screen, went.append)
        await pilot.press("down", "enter")
        assert (score.right, score.asked) == (1, 1)
        assert "Right" in str(screen.query_one(".verdict", Static).content)
        assert "1 of 1 right" in str(screen.query_one(".hint", Static).content)
        await pilot.press("enter")
        assert went == [7]
        assert score.asked == 1


async def test_an_answer_is_typed_and_another_question_is_asked() -> None:
    score, went = Score(), []
    async with FlowApp(Document.empty()).run_test(size=(80, 24)) as pilot:
        screen = PredictScreen([question(), question("next_value", None)], score)
        await asked(pilot, screen, went.append)
        assert screen.query_one(OptionList).display
        await pilot.press("tab")
        assert not screen.query_one(OptionList).display
        await pilot.press("1", "3", "enter")
        assert (score.right, score.asked) == (0, 1)
        assert "12" in str(screen.query_one(".verdict", Static).content)
        await pilot.press("escape")
        assert went == [None]
