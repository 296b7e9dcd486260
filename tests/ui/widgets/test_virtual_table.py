"""The table of any number of rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from flowtui.ui.widgets.virtual_list import Cell
from flowtui.ui.widgets.virtual_table import Column, VirtualTable

SIZES = [(80, 24), (120, 40)]


class Rows:
    """A million rows that count how often they are asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[int] = []

    def __len__(self) -> int:
        return self.count

    def cells(self, row: int) -> Sequence[Cell]:
        self.asked.append(row)
        return (str(row), "number"), (f"na\tme\n{row}", "name"), ("中" * 60, "string")


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield VirtualTable([Column("row", 8, "right"), Column("name", 6), Column("text", 0)])

    def on_virtual_table_row_chosen(self, message: VirtualTable.RowChosen) -> None:
        self.chosen.append(message.row)


@asynccontextmanager
async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[VirtualTable, Host, Pilot[None]]]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        table = app.query_one(VirtualTable)
        table.focus()
        await pilot.pause()
        yield table, app, pilot


@pytest.mark.parametrize("size", SIZES)
async def test_a_million_rows(size: tuple[int, int]) -> None:
    async with opened(size) as (table, app, pilot):
        rows = Rows(1_000_000)
        table.set_rows(rows)
        await pilot.pause()
        assert len(set(rows.asked)) <= size[1]
        assert table.render_line(0).text.startswith("      row name   text")
        assert table.render_line(1).text.startswith("›       0 na␉me… 中中")
        assert table.render_line(1).text.endswith("…")
        assert table.render_line(1).cell_length == table.size.width
        await pilot.press("end")
        assert table.cursor == 999_999
        assert table.render_line(size[1] - 1).text.startswith("›  999999")
        await pilot.press("k", "up", "pageup", "home", "j", "down", "pagedown")
        assert app.chosen == [
            999_999, 999_998, 999_997, 999_997 - size[1] + 2, 0, 1, 2, size[1]
        ]  # fmt: skip
        assert len(set(rows.asked)) <= 12 * size[1]


async def test_marks_are_shown_and_nobody_is_told() -> None:
    async with opened() as (table, app, pilot):
        table.set_rows(Rows(10_000))
        table.set_marks(range(5000, 5003), {5004})
        await pilot.pause()
        assert table.cursor == 5000
        top = table.scroll_offset.y
        assert top < 5000 < top + 20
        signs = [table.render_line(row - top + 1).text[0] for row in range(4999, 5006)]
        assert signs == [" ", "▌", "▌", "▌", " ", "│", " "]
        table.set_marks((3,), reveal=False)
        assert table.scroll_offset.y == top
        table.move_to(7)
        await pilot.pause()
        assert not app.chosen
        table.set_rows(Rows(2))
        assert table.cursor == 1


async def test_the_mouse() -> None:
    async with opened() as (table, app, pilot):
        table.set_rows(Rows(3))
        await pilot.pause()
        await pilot.click(table, offset=(10, 2))
        await pilot.click(table, offset=(10, 0))
        await pilot.click(table, offset=(10, 9))
        assert app.chosen == [1]
        await pilot.press("shift+right")
        await pilot.pause()
        assert table.scroll_offset.x > 0
        assert table.render_line(0).text.startswith("  row name")


async def test_no_rows() -> None:
    async with opened() as (table, app, pilot):
        await pilot.press("down", "end", "home", "pagedown", "pageup")
        table.move_to(3)
        table.set_marks((), ())
        assert not app.chosen
        table.set_rows(Rows(0))
        await pilot.pause()
        assert table.render_line(1).text.strip() == ""
