"""The whole recording in one or two lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from flowtui.ui.widgets.scrubber import (
    BREAK_SIGN,
    COLLECTION_SIGN,
    EXCEPTION_SIGN,
    HERE_SIGN,
    Profile,
    Scrubber,
)


class Host(App[None]):
    def __init__(self, height: int) -> None:
        super().__init__()
        self.lines = height
        self.moved: list[int] = []
        self.columns: list[int] = []

    def compose(self) -> ComposeResult:
        scrubber = Scrubber()
        scrubber.styles.height = self.lines
        yield scrubber

    def on_scrubber_moved(self, message: Scrubber.Moved) -> None:
        self.moved.append(message.step)

    def on_scrubber_columns_changed(self, message: Scrubber.ColumnsChanged) -> None:
        self.columns.append(message.columns)


@asynccontextmanager
async def opened(height: int = 1, width: int = 80) -> AsyncIterator[tuple[Scrubber, Host, Pilot[None]]]:
    app = Host(height)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        yield app.query_one(Scrubber), app, pilot


def profile(columns: int) -> Profile:
    return Profile([1 + at % 4 for at in range(columns)], {1}, {5}, {9})


def bar(scrubber: Scrubber, line: int = 0) -> str:
    return scrubber.render_line(line).text[scrubber.size.width - scrubber.columns :]


async def test_depths_marks_and_where_we_are() -> None:
    async with opened(2) as (scrubber, app, pilot):
        scrubber.show(Profile([1]), 1_000_000)
        await pilot.pause()
        columns = scrubber.columns
        assert app.columns[-1] == columns
        scrubber.show(profile(columns), 1_000_000)
        scrubber.show_breaks({1, 999_999})
        scrubber.go(1234)
        text = scrubber.render_line(0).text
        assert text.startswith("step     1,234 / 1,000,000 ▁▂▃▄▁▂▃▄")
        marks = bar(scrubber, 1)
        assert marks[0] == BREAK_SIGN and marks[-1] == BREAK_SIGN
        assert marks[5] == EXCEPTION_SIGN and marks[9] == COLLECTION_SIGN and marks[1] == "·"
        scrubber.go(500_000)
        assert bar(scrubber, 1).index(HERE_SIGN) in (columns // 2 - 1, columns // 2)


async def test_with_one_line_the_marks_stand_among_the_bars() -> None:
    async with opened(1) as (scrubber, _, _):
        scrubber.show(profile(50), 5000)
        columns = scrubber.columns
        drawn = bar(scrubber)
        assert drawn[-(-5 * columns // 50)] == EXCEPTION_SIGN
        assert drawn.count("▄") > 10 and "·" not in drawn


async def test_where_steps_are_fewer_than_columns_each_has_several() -> None:
    async with opened(2) as (scrubber, _, pilot):
        scrubber.show(Profile([1, 2, 3, 2, 1], {2}, {4}), 5)
        await pilot.pause()
        for step, depth in enumerate("▁▂▃▂▁", 1):
            scrubber.go(step)
            at = scrubber._column_of(step)
            assert bar(scrubber)[at] == depth and scrubber._step_of(at) == step
            assert at == 0 or bar(scrubber)[at - 1] != depth
        assert bar(scrubber, 1)[scrubber._column_of(3)] == "·"
        assert bar(scrubber, 1)[scrubber._column_of(5)] == EXCEPTION_SIGN


async def test_deep_recursion_is_scaled() -> None:
    async with opened() as (scrubber, _, _):
        scrubber.show(Profile([1, 500, 1000, 0]), 100)
        assert dict.fromkeys(bar(scrubber).rstrip()) == dict.fromkeys("▁▄█")


@pytest.mark.parametrize("total", [1, 7, 79, 1_000_000])
@pytest.mark.parametrize("width", [12, 40, 80, 200])
async def test_a_click_goes_there_and_every_column_is_its_own_step_s(total: int, width: int) -> None:
    async with opened(1, width) as (scrubber, app, pilot):
        scrubber.show(Profile([1] * 30), total)
        await pilot.pause()
        left = width - scrubber.columns
        for column in {0, scrubber.columns // 3, scrubber.columns - 1}:
            scrubber.go(total if column == 0 else 1)
            app.moved.clear()
            await pilot.click(Scrubber, offset=(left + column, 0))
            step = app.moved[-1] if app.moved else scrubber.step
            assert 1 <= step <= total
            assert scrubber.step == step
            if total > width:
                assert scrubber._column_of(step) == column
                assert scrubber._column_of(step - 1) == max(0, column - 1)


async def test_dragging_goes_along() -> None:
    async with opened() as (scrubber, app, pilot):
        scrubber.show(Profile([1] * 30), 1000)
        left = 80 - scrubber.columns
        await pilot.mouse_down(Scrubber, offset=(left + 3, 0))
        await pilot.hover(Scrubber, offset=(left + 9, 0))
        await pilot.mouse_up(Scrubber, offset=(left + 9, 0))
        assert app.moved == [scrubber._step_of(3), scrubber._step_of(9)]
        await pilot.hover(Scrubber, offset=(left + 20, 0))
        assert len(app.moved) == 2


async def test_a_step_draws_two_columns_and_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(2) as (scrubber, _, pilot):
        scrubber.show(profile(60), 6000)
        await pilot.pause()
        drawn: list[Region] = []
        monkeypatch.setattr(scrubber, "refresh", lambda *regions, **_: drawn.extend(regions))
        scrubber.go(3000)
        assert sum(region.area for region in drawn) == (80 - scrubber.columns) + 2 * 2
        scrubber.go(3000)
        assert len(drawn) == 3


async def test_while_it_is_recorded_it_grows() -> None:
    async with opened() as (scrubber, app, pilot):
        scrubber.show(Profile(), 0, recording=True)
        await pilot.pause()
        assert scrubber.render_line(0).text.startswith("● step 0 / 0")
        scrubber.show(Profile([1, 2]), 12_345, recording=True)
        await pilot.pause()
        assert scrubber.render_line(0).text.startswith("● step      0 / 12,345 ▁")
        scrubber.show(Profile([1, 2]), 12_345)
        await pilot.pause()
        assert scrubber.render_line(0).text.startswith("step      0 / 12,345 ▁")
        assert app.columns[-1] == scrubber.columns
