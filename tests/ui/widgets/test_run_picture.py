"""The picture of a recorded run's state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from flowtui.model.trace import State, Value
from flowtui.ui.widgets.picture_items import Item
from flowtui.ui.widgets.run_picture import RunPicture
from tests.ui.widgets.states import frame, plain, pointer, points, ring, state, thing, variable

SIZES = [(80, 8), (80, 12), (60, 18), (118, 38), (40, 6), (24, 4), (200, 50)]

POINTS_80_12 = """\
frames                ┌ operand stack ┐       heap  5 objects
                      │               │ ┌───▶ Point #1  rc=3 ◀──┐
▶ norm     demo.py:12 │ ● Point    TOS├─┤       x=3  y=4        │
  walk     demo.py:19 │ 9             │ │     Point #2  rc=1 ◀──┼┐
  <module> demo.py:26 └───────────────┘ │       x=6  y=8        ││
 norm     p         ●───────────────────┤┌──▶ list #3  rc=2     ││
 walk     points    ●───────────────────┼┤      [0] ●───────────┘│
          step      1                   ││      [1] ●────────────┘
          total    *5.0                 ││┌─▶*list #4  rc=1
          seen      ●───────────────────┼┼┘     [0]*7
          p         ●───────────────────┘│    † Point #5
▼global   points    ●────────────────────┘      freed: count reached zero"""


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[Item] = []
        self.moved: list[Item] = []

    def compose(self) -> ComposeResult:
        yield RunPicture()

    def on_run_picture_item_chosen(self, message: RunPicture.ItemChosen) -> None:
        self.chosen.append(message.item)

    def on_run_picture_cursor_moved(self, message: RunPicture.CursorMoved) -> None:
        self.moved.append(message.item)


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (80, 12), shown: State | None = None
) -> AsyncIterator[tuple[RunPicture, Host, Pilot[None]]]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        picture = app.query_one(RunPicture)
        picture.focus()
        picture.name_files({0: "/home/anna/demo.py"})
        await pilot.pause()
        picture.show(shown)
        await pilot.pause()
        yield picture, app, pilot


def rows(picture: RunPicture) -> list[str]:
    return [picture.render_line(y).text.rstrip() for y in range(picture.size.height)]


def row_of(picture: RunPicture, text: str) -> int:
    """The one line that has `text` in it."""
    (found,) = [y for y, row in enumerate(rows(picture)) if text in row]
    return found


async def test_frames_stack_variables_and_heap_with_their_arrows() -> None:
    async with opened((80, 12), points()) as (picture, _, _):
        assert "\n".join(rows(picture)) == POINTS_80_12


async def test_a_cycle_is_marked_and_its_arrows_come_back() -> None:
    async with opened((118, 24), ring()) as (picture, _, _):
        drawn = rows(picture)
        first, second = row_of(picture, "Person #1"), row_of(picture, "Person #2")
        assert "rc=1 ↺1 ◀──" in drawn[first] and "rc=~1 ↺1 ◀──" in drawn[second]
        assert "┊ name='Ann'  friend ●──" in drawn[first + 1]
        assert drawn[first + 1].endswith("┐ │") and drawn[second].endswith("┘ │")
        assert drawn[second + 1].endswith("─┘")
        assert drawn[row_of(picture, "† set #3") + 1].endswith("collected in a cycle, generation 2")


async def test_lists_dicts_and_what_is_left_out() -> None:
    heap = [
        thing(1, "list", "sequence", *range(40), left_out=60),
        thing(2, "dict", "mapping", ("'one'", 1), ("'all'", pointer(1, "list"), True)),
        thing(3, "tuple", "sequence", pointer(2, "dict"), pointer(1, "list")),
        thing(4, "list", "sequence"),
        thing(5, "set", "set", 1, 2),
    ]
    names = [variable(f"v{each.number}", pointer(each.number), kind="global") for each in heap]
    async with opened((118, 38), state([frame(1, "<module>", 1)], names, heap)) as (picture, _, pilot):
        text = "\n".join(rows(picture))
        assert "[0] 0 │ [1] 1 │ [2] 2" in text and "more" in text
        at = row_of(picture, "'one': 1")
        assert "'all':*●──" in rows(picture)[at + 1]
        assert "[0] ●──" in rows(picture)[row_of(picture, "tuple #3") + 1]
        assert "(empty)" in rows(picture)[row_of(picture, "list #4") + 1]
        assert "1 │ 2" in rows(picture)[row_of(picture, "set #5") + 1]
        await pilot.resize_terminal(80, 8)
        await pilot.press(*["down"] * 30, "up", "up")
        assert "[0] →#2 │ [1] →#1" in rows(picture)[row_of(picture, "tuple #3") + 1]


async def test_an_arrow_to_what_is_out_of_sight_is_a_reference() -> None:
    heap = [thing(number, "Node", "attributes", ("value", number)) for number in range(1, 201)]
    here = state([frame(1, "f", 1, variable("far", pointer(200, "Node")), variable("near", pointer(1, "Node")))],
                 [], heap, number=5000)  # fmt: skip
    async with opened((80, 12), here) as (picture, _, pilot):
        assert "far       → #200 Node" in rows(picture)[row_of(picture, "far")]
        assert "near      ●──" in rows(picture)[row_of(picture, "near")]
        assert "200 objects" in rows(picture)[0]
        picture.point_at(Item("variable", 1, "far", None, None))
        await pilot.pause()
        assert "far       ●━━" in rows(picture)[row_of(picture, "far")]
        assert "near      → #1 Node" in rows(picture)[row_of(picture, "near")]
        assert "▶ Node #200" in rows(picture)[row_of(picture, "Node #200")]


async def test_nothing_jumps_when_objects_come_and_go() -> None:
    heap = [thing(number, "Node", "attributes", ("value", number)) for number in range(1, 5)]
    frames = [frame(1, "f", 1)]
    async with opened((80, 20), state(frames, [], heap, number=10)) as (picture, _, pilot):
        before = {number: row_of(picture, f"Node #{number} ") for number in (1, 2, 4)}
        gone = thing(3, "Node", "attributes", ghost=True, died=11, cause="count")
        picture.show(state(frames, [], [*heap[:2], gone, heap[3]], number=11))
        assert row_of(picture, "† Node #3")
        picture.show(state(frames, [], [*heap[:2], heap[3]], number=12))
        assert {number: row_of(picture, f"Node #{number} ") for number in (1, 2, 4)} == before
        picture.show(state(frames, [], heap, number=10))
        await pilot.pause()
        assert row_of(picture, "Node #3") == before[2] + before[2] - before[1]


async def test_the_operand_stack_grows_upwards_and_marks_its_top() -> None:
    for count in range(5):
        shown = state([frame(1, "f", 1, stack=list(range(count)))])
        async with opened((80, 20), shown) as (picture, _, _):
            base = row_of(picture, "└────")
            assert rows(picture)[base - 1].split("│")[1].strip() in ("(empty)", "0", "0          TOS")
            if count:
                assert row_of(picture, "TOS") == base - count
    deep = state([frame(1, "f", 1, stack=list(range(9)))])
    async with opened((80, 8), deep) as (picture, _, _):
        assert "8          TOS" in rows(picture)[1] and "7" in rows(picture)[2]
        assert "⋮ 7 more" in rows(picture)[3]
        picture.point_at(Item("stack", 1, "", 0, None))
        assert "│›0 " in rows(picture)[2]


async def test_a_thousand_frames_are_told_in_a_few_rows() -> None:
    deep = [frame(number, "fact", 3, variable("n", number)) for number in range(1000, 0, -1)]
    async with opened((80, 12), state(deep)) as (picture, app, pilot):
        assert "⋮ 997 more" in rows(picture)[3]
        await pilot.press(*["pagedown"] * 7, "enter")
        assert app.chosen == [Item("frame", 940, "fact", None, None)]
        assert "›⋮        940 more" in rows(picture)[-1]


async def test_what_is_not_recorded_or_worked_out_is_said() -> None:
    async with opened((80, 8), state([frame(2, "f", 1, stack=None)], event="return", value=7)) as (
        picture,
        _,
        _,
    ):
        assert "┌" not in rows(picture)[0] and "returns 7" in rows(picture)[0]
        picture.show(state([frame(2, "f", 1), frame(1, "<module>", 1)]))
        picture.show(state([frame(2, "f", 1, stack=None), frame(1, "<module>", 1)]))
        assert "not recorded" in rows(picture)[3]
        picture.show(None)
        picture.show(state([frame(2, "f", 1, stack=None)]))
        assert "not recorded" not in rows(picture)[3]
    worked_out = Value("5", "int", None, True)
    async with opened((80, 8), state([frame(1, "f", 1, variable("x", worked_out))])) as (picture, _, _):
        assert "x         ~5" in rows(picture)[5]


@pytest.mark.parametrize(
    ("event", "word"), [("return", "returns"), ("yield", "yields"), ("exception", "raises")]
)
async def test_what_a_return_carries_stands_below_the_stack(event: str, word: str) -> None:
    async with opened((80, 8), state([frame(1, "f", 1)], event=event, value=25)) as (picture, _, _):
        assert f"└ {word} 25 ─" in rows(picture)[4]
    shown = state(
        [frame(1, "f", 1)], [], [thing(1, "list", "sequence", 1)], event=event, value=pointer(1, "list")
    )
    async with opened((80, 8), shown) as (picture, _, pilot):
        assert f"└ {word} ●─" in rows(picture)[4] and "┴─" in rows(picture)[4]
        await pilot.press("down")
        assert picture.cursor_item == Item("result", 1, "", None, 1)


async def test_the_cursor_goes_through_everything_and_enter_chooses() -> None:
    async with opened((80, 12), points()) as (picture, app, pilot):
        assert picture.cursor_item == Item("frame", 3, "norm", None, None)
        await pilot.press("down", "down", "down")
        assert picture.cursor_item == Item("stack", 3, "", 1, 1)
        assert "┝" in rows(picture)[2] and "▶ Point #1" in rows(picture)[1] and "━" in rows(picture)[1]
        await pilot.press("j", "j", "enter")
        assert app.chosen == [Item("variable", 3, "p", None, 1)]
        await pilot.press("up", "k", "enter")
        assert app.chosen[1:] == [Item("stack", 3, "", 1, 1)]
        await pilot.press(*["down"] * 30)
        assert picture.cursor_item == Item("object", 0, "Point", None, 5)
        assert app.moved[-1] == picture.cursor_item
        await pilot.press("pageup")
        assert picture.cursor_item.kind in ("variable", "global")


async def test_the_cursor_stays_with_its_item() -> None:
    async with opened((80, 12), points()) as (picture, _, _):
        assert picture.point_at(Item("variable", 2, "total", None, None))
        later = state([frame(2, "walk", 20, variable("step", 1), variable("total", 9.0))], number=121)
        picture.show(later)
        assert picture.cursor_item == Item("variable", 2, "total", None, None)
        assert "›" in rows(picture)[row_of(picture, "total")]
        picture.show(state([frame(1, "<module>", 26)], number=122))
        assert picture.cursor_item == Item("frame", 1, "<module>", None, None)
        assert not picture.point_at_object(77)


@pytest.mark.parametrize("height", [8, 7, 6, 5])
async def test_the_frames_stay_where_the_variables_scroll(height: int) -> None:
    many = [variable(f"v{number}", number) for number in range(9)]
    shown = state([frame(2, "f", 4, *many, stack=[7]), frame(1, "<module>", 9)])
    async with opened((80, height), shown) as (picture, _, _):
        above = rows(picture)[: row_of(picture, "v0")]
        assert any("▶ f" in row for row in above) and any("TOS" in row for row in above)
        assert picture.point_at(Item("variable", 2, "v5", None, None))
        assert [row.replace("›", " ") for row in rows(picture)[: len(above)]] == above
        assert rows(picture)[row_of(picture, "v5")].startswith("›")
        assert any("▲" in row for row in rows(picture)) and any("▼" in row for row in rows(picture))
        changed = [*many[:-1], variable("v8", 80, changed=True)]
        picture.point_at(Item("frame", 2, "f", None, None))
        picture.show(state([frame(2, "f", 5, *changed, stack=[7]), frame(1, "<module>", 9)], number=121))
        assert "*80" in rows(picture)[row_of(picture, "v8")]
        picture.show(state([frame(1, "<module>", 9, variable("first", 1), *many)], number=122))
        assert "first" in rows(picture)[len(above)]


async def test_what_leaves_a_frame_is_raised_not_returned() -> None:
    shown = state([frame(1, "<module>", 7)], event="return", value=pointer(1, "ValueError"))
    shown = msgspec.structs.replace(shown, step=msgspec.structs.replace(shown.step, note="unwound"))
    async with opened((80, 8), shown) as (picture, _, _):
        assert "└ raises Value" in rows(picture)[4]


async def test_a_click_chooses_what_it_hits() -> None:
    async with opened((80, 12), points()) as (picture, app, pilot):
        y = row_of(picture, "total")
        await pilot.click(RunPicture, offset=(12, y))
        await pilot.click(RunPicture, offset=(50, row_of(picture, "list #3") + 1))
        await pilot.click(RunPicture, offset=(24, 3))
        await pilot.click(RunPicture, offset=(2, 3))
        await pilot.click(RunPicture, offset=(42, 0))
        assert app.chosen == [
            Item("variable", 2, "total", None, None),
            Item("object", 0, "list", None, 3),
            Item("stack", 3, "", 0, None),
            Item("frame", 2, "walk", None, None),
        ]


async def test_the_wheel_scrolls_the_column_under_the_mouse() -> None:
    heap = [thing(number, "Node", "attributes", ("value", number)) for number in range(1, 30)]
    many = [variable(f"v{number}", number) for number in range(30)]
    async with opened((80, 12), state([frame(1, "f", 1, *many)], [], heap)) as (picture, _, pilot):
        await pilot._post_mouse_events([_wheel()], picture, offset=(60, 5))
        assert rows(picture)[1].endswith("Node #2  rc=1") and "▲1" in rows(picture)[0]
        await pilot._post_mouse_events([_wheel()], picture, offset=(3, 5))
        assert "v8" in rows(picture)[11]


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


def hostile() -> Iterator[str]:
    yield from (
        "\x1b[31mred\x1b[0m",
        "two\nlines",
        "\u202eright to left",
        "\ud800",
        "tab\there",
        "日本語" * 9,
    )
    yield from ("e\u0301" * 12, "👩\u200d🚀", "", "\x7f\x9b", "x" * 500, "\u0301", "\ufe0f")


@pytest.mark.parametrize("size", SIZES)
async def test_no_text_of_the_learner_harms_the_picture(size: tuple[int, int]) -> None:
    texts = list(hostile())
    heap = [
        thing(1, "Bad\x1b]0;\x07", "attributes", *((text, plain(text)) for text in texts)),
        thing(2, "日本", "mapping", *((text, Value(text, "str", None)) for text in texts), cycle=3),
        thing(3, "list", "sequence", *(Value(text, "str") for text in texts), left_out=10**9),
        thing(4, "x\ny", "leaf", text="\x1b[2J", ghost=True, died=120, cause="count"),
        thing(10**9, "big", "attributes", (texts[0], pointer(2)), count=10**18),
    ]
    values = [Value(text, "str", None if at % 2 else at % 4 + 1) for at, text in enumerate(texts)]
    locals_ = [variable(name, value, changed=True) for name, value in zip(texts, values, strict=True)]
    shown = state(
        [frame(at + 1, text, 10**7, *locals_, stack=values) for at, text in enumerate(texts)],
        [variable(text, pointer(10**9), kind="global") for text in texts],
        heap,
        value=values[0],
        event="return",
    )
    async with opened(size, shown) as (picture, _, pilot):
        for _ in range(12):
            for y in range(size[1]):
                strip = picture.render_line(y)
                assert strip.cell_length == size[0]
                assert sum(cell_len(segment.text) for segment in strip) == size[0]
                assert not set(strip.text) & set("\x1b\n\t\r\x07\x7f\x9b\u202e\u200d\ud800\ufe0f")
            await pilot.press("pagedown")


@pytest.mark.parametrize("size", SIZES)
async def test_the_empty_and_the_notice(size: tuple[int, int]) -> None:
    async with opened(size) as (picture, _, pilot):
        assert picture.cursor_item is None
        assert not "".join(rows(picture)).strip()
        picture.show(None, "There is no recording yet: press R to record a run of the program.")
        await pilot.pause()
        assert " ".join("".join(f"{row} " for row in rows(picture)).split()).startswith(
            "There is no recording"
        )
        picture.show(state([]), "cut at the limit of steps")
        await pilot.press("down", "enter", "pageup")
        assert "cut at the limit" in rows(picture)[-1]


async def test_a_state_that_comes_while_it_is_hidden_is_there_when_it_is_shown() -> None:
    async with opened((80, 12)) as (picture, _, pilot):
        picture.display = False
        await pilot.pause()
        picture.show(points())
        picture.display = True
        await pilot.pause()
        assert "\n".join(rows(picture)) == POINTS_80_12
        await pilot.resize_terminal(60, 18)
        assert "▶ norm      :12" in rows(picture)[3]


async def test_only_lines_that_look_different_are_made_again() -> None:
    async with opened((80, 12), points()) as (picture, _, pilot):
        before = [picture.render_line(y) for y in range(12)]
        picture.show(points())
        assert all(picture.render_line(y) is before[y] for y in range(12))
        await pilot.press("down")
        after = [picture.render_line(y) for y in range(12)]
        assert [y for y in range(12) if after[y] is not before[y]] == [2, 3]
        picture.app.theme = "textual-light"
        await pilot.pause()
        assert picture.render_line(0).text == before[0].text
        assert list(picture.render_line(0)) != list(before[0])
