"""Slots: every cell of the stage belongs to one pane, at every size; hidden panes are tabs."""

import pytest
from textual.geometry import Size

from flowtui.ui.layout import Slots, shares
from flowtui.ui.screens.slots import PANES

NAMES = ["source", "ast", "bytecode", "output", "tokens", "symbols", "run"]


@pytest.mark.parametrize("width", [40, 80, 99, 100, 120, 159, 160, 200, 400])
@pytest.mark.parametrize("height", [8, 9, 13, 14, 20, 36, 56, 100])
def test_the_panes_cover_the_stage_without_overlap(width: int, height: int) -> None:
    slots = Slots(NAMES)
    slots.size = Size(width, height)
    cells = [
        (x, y)
        for region in slots.regions().values()
        for x in range(region.x, region.right)
        for y in range(region.y, region.bottom)
    ]
    assert len(cells) == len(set(cells)) == width * height
    assert all(region.height >= 3 for region in slots.regions().values())


def test_shares_add_up() -> None:
    assert shares(21, 11, 10) == [11, 10]
    assert sum(shares(101, 76, 56, 68)) == 101


@pytest.mark.parametrize(
    ("width", "visible"),
    [(80, NAMES[:2]), (120, NAMES[:4]), (200, NAMES)],
)
def test_how_many_panes_are_seen(width: int, visible: list[str]) -> None:
    slots = Slots(NAMES)
    slots.size = Size(width, 36)
    assert slots.visible == visible
    assert slots.hidden == [name for name in NAMES if name not in visible]


def test_a_hidden_pane_takes_the_place_where_the_learner_is() -> None:
    slots = Slots(NAMES)
    slots.size = Size(120, 36)
    slots.focus("bytecode")
    slots.show("tokens")
    assert slots.visible == ["source", "ast", "tokens", "output"]
    assert slots.tab_holder() == "tokens"


def test_the_source_keeps_its_place_when_it_has_the_focus() -> None:
    slots = Slots(NAMES)
    slots.focus("source")
    slots.show("symbols")
    assert slots.visible == ["source", "symbols"]


def test_a_visible_pane_stays_where_it_is() -> None:
    slots = Slots(NAMES)
    slots.size = Size(120, 36)
    slots.show("bytecode")
    assert slots.order == NAMES


def test_a_target_that_is_not_on_the_screen_any_more_is_not_used() -> None:
    slots = Slots(NAMES)
    slots.size = Size(200, 56)
    slots.focus("symbols")
    slots.size = Size(80, 20)
    slots.show("symbols")
    assert slots.visible == ["source", "symbols"]


def test_zoom_gives_the_stage_to_one_pane_and_back() -> None:
    slots = Slots(NAMES)
    slots.zoom("ast")
    assert slots.visible == ["ast"]
    slots.show("tokens")
    assert slots.visible == ["tokens"]
    slots.zoom("tokens")
    assert slots.visible == ["source", "ast"]


@pytest.mark.parametrize("stage", PANES)
async def test_a_pane_is_what_its_entry_says(stage: str) -> None:
    entry = PANES[stage]
    pane = entry.make(stage)
    assert (pane.NUMBER, pane.TITLE, pane.STAGE, pane.id) == (entry.number, entry.title, stage, stage)
