"""Places that objects keep."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flowtui.ui.widgets.picture_layout import FOREVER, PATIENCE, REST, Places, Wanted, geometry

#: So many rows that nothing has to give way.
ENDLESS = 1 << 30


def test_objects_stand_in_the_order_of_their_numbers() -> None:
    places = Places()
    wanted = [Wanted(3, 2, 3, FOREVER), Wanted(1, 2, 1, FOREVER), Wanted(2, 3, 2, FOREVER)]
    assert places.arrange(wanted, 20, 0) == {1: 0, 2: 2, 3: 5}


def test_the_dead_leave_their_place_empty_for_a_while() -> None:
    places = Places()
    old, stays = Wanted(1, 2, 1, 10), Wanted(2, 2, 2, FOREVER)
    assert places.arrange([old, stays], 20, 0) == {1: 0, 2: 2}
    soon = Wanted(3, 2, 10 + REST, FOREVER)
    assert places.arrange([stays, soon], 20, 0) == {2: 2, 3: 4}
    later = Wanted(4, 2, 11 + REST, FOREVER)
    assert places.arrange([stays, soon, later], 20, 0) == {2: 2, 3: 4, 4: 0}


def test_what_grows_stays_where_there_is_room_and_nobody_else_moves() -> None:
    places = Places(slack=1)
    first, second = Wanted(1, 2, 1, FOREVER), Wanted(2, 2, 2, FOREVER)
    assert places.arrange([first, second], 30, 0) == {1: 0, 2: 3}
    assert places.arrange([first._replace(height=3), second], 30, 0) == {1: 0, 2: 3}
    assert places.arrange([first._replace(height=4), second], 30, 0) == {1: 6, 2: 3}
    assert places.arrange([first, second], 30, 0) == {1: 6, 2: 3}
    assert places.arrange([first, second._replace(height=3)], 30, 0) == {1: 6, 2: 3}


def test_empty_places_are_given_up_when_the_picture_would_not_fit() -> None:
    places = Places()
    crowd = [Wanted(number, 2, number, 50) for number in range(1, 9)]
    last = Wanted(9, 2, 9, FOREVER)
    assert places.arrange([*crowd, last], 10, 0)[9] == 16
    assert places.arrange([last], 10, 0) == {9: 0}


def test_a_place_that_is_free_now_is_better_than_one_out_of_sight() -> None:
    places = Places()
    gone = [Wanted(number, 2, number, 20) for number in range(1, 6)]
    stays = Wanted(6, 2, 6, FOREVER)
    assert places.arrange([*gone[:4], stays], 10, 0) == {1: 0, 2: 2, 3: 4, 4: 6, 6: 8}
    assert places.arrange([stays, Wanted(7, 2, 21, FOREVER)], 10, 0) == {6: 8, 7: 0}


def test_who_is_not_seen_for_long_gives_its_place_and_is_put_elsewhere_when_it_comes_back() -> None:
    places = Places()
    hidden, other = Wanted(1, 2, 1, FOREVER), Wanted(2, 2, 2, FOREVER)
    assert places.arrange([hidden, other], 20, 10) == {1: 0, 2: 2}
    soon, later = Wanted(3, 2, 30, FOREVER), Wanted(4, 2, 40, FOREVER)
    assert places.arrange([other, soon], 20, 10 + PATIENCE) == {2: 2, 3: 4}
    assert places.arrange([other, soon, later], 20, 40) == {2: 2, 3: 4, 4: 0}
    assert places.arrange([hidden, other, soon, later], 20, 41) == {1: 6, 2: 2, 3: 4, 4: 0}
    assert places.arrange([hidden, other], 20, 10) == {1: 6, 2: 2}


@st.composite
def lives(draw: st.DrawFn) -> list[Wanted]:
    found = []
    for number in range(1, draw(st.integers(2, 25))):
        born = number * 3
        died = draw(st.one_of(st.just(FOREVER), st.integers(born + 1, born + 60)))
        found.append(Wanted(number, draw(st.integers(1, 5)), born, died))
    return found


@given(lives(), st.lists(st.integers(1, 90), min_size=2, max_size=40), st.integers(0, 1))
def test_nothing_jumps_whatever_the_way(objects: list[Wanted], steps: list[int], slack: int) -> None:
    places = Places(slack)
    rows: dict[int, int] = {}
    for step in steps:
        here = [each for each in objects if each.born <= step <= each.died]
        found = places.arrange(here, ENDLESS, step)
        taken: set[int] = set()
        for each in here:
            row = found[each.number]
            assert rows.setdefault(each.number, row) == row
            rectangle = set(range(row, row + each.height))
            assert not rectangle & taken
            taken |= rectangle


@given(st.integers(1, 250), st.integers(1, 80))
def test_the_parts_fill_the_width(width: int, height: int) -> None:
    parts = geometry(width, height)
    assert parts.left + parts.channel + parts.heap + parts.back == parts.width >= width
    assert parts.frames + 1 + parts.box == parts.left
    assert parts.heap > 4
    assert parts.label + parts.name + 3 <= parts.left
