"""Arrows through a channel."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from flowtui.ui.widgets.picture_arrows import JOINT, Routed, Wire, box, route

UP, RIGHT, DOWN, LEFT = (-1, 0), (0, 1), (1, 0), (0, -1)
SIDES = (UP, RIGHT, DOWN, LEFT)
ARMS = {
    box(up, right, down, left): {
        side for side, weight in zip(SIDES, (up, right, down, left), strict=True) if weight
    }
    for up in range(3) for right in range(3) for down in range(3) for left in range(3)
}  # fmt: skip
ARMS[JOINT] = set(SIDES)


def lines(routed: Routed, width: int) -> list[str]:
    rows = max((row for row, _ in routed.cells), default=0) + 1
    return [
        "".join(routed.cells.get((row, column), (" ", False))[0] for column in range(width)).rstrip()
        for row in range(rows)
    ]


def reached(routed: Routed, row: int, width: int) -> set[tuple[int, str]]:
    """Where a line ends that enters the channel from the left in a row: (row, side)."""
    ends = {(row, "left")}
    seen: set[tuple[int, int, tuple[int, int]]] = set()
    todo = [(row, 0, RIGHT)]
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        y, x, way = at
        if x < 0 or x >= width:
            ends.add((y, "left" if x < 0 else "right"))
            continue
        character = routed.cells[y, x][0]
        arms = ARMS[character]
        back = (-way[0], -way[1])
        assert back in arms, f"a line ends at {y, x} before {character!r}"
        crossing = len(arms) == 4 and character != JOINT
        on = [way] if crossing else arms - {back}
        todo.extend((y + arm[0], x + arm[1], arm) for arm in on)
    return ends


def test_characters_are_what_unicode_calls_them() -> None:
    assert unicodedata.name(box(0, 1, 1, 0)) == "BOX DRAWINGS LIGHT DOWN AND RIGHT"
    assert unicodedata.name(box(2, 0, 2, 1)) == "BOX DRAWINGS VERTICAL HEAVY AND LEFT LIGHT"
    assert unicodedata.name(box(1, 2, 1, 2)) == "BOX DRAWINGS VERTICAL LIGHT AND HORIZONTAL HEAVY"


def test_arrows_that_need_not_cross_do_not() -> None:
    down = route([Wire(4, (1,)), Wire(5, (2,)), Wire(0, (0,))], 4)
    assert lines(down, 4) == ["────", "──┐", "─┐│", " ││", " │└─", " └──"]
    up = route([Wire(0, (4,)), Wire(1, (5,))], 3)
    assert "┼" not in "".join(lines(up, 3))


def test_many_arrows_to_one_object_merge_and_crossings_are_told_from_joints() -> None:
    routed = route([Wire(0, (0, 2, 3)), Wire(2, (1,))], 4)
    drawn = lines(routed, 4)
    assert reached(routed, 3, 4) == {(0, "right"), (0, "left"), (2, "left"), (3, "left")}
    assert reached(routed, 1, 4) == {(2, "right"), (1, "left")}
    assert drawn == ["─┬──", "─┼┐", "─┤└─", "─┘"]
    joint = route([Wire(1, (0, 1, 2))], 3)
    assert lines(joint, 3)[1].count(JOINT) == 1


def test_the_chosen_arrow_is_heavy_from_end_to_end() -> None:
    routed = route([Wire(0, (1, 3), frozenset({3}))], 4)
    heavy = {place for place, (_, is_heavy) in routed.cells.items() if is_heavy}
    assert {row for row, _ in heavy} == {0, 1, 2, 3}
    assert "┨" in lines(routed, 4)[1]
    assert lines(routed, 4)[3].endswith("┛")


def test_too_many_wires_leave_out_the_least_important() -> None:
    wires = [Wire(at, (at + 10,), frozenset(), at) for at in range(8)]
    routed = route(wires, 4)
    assert routed.left_out == {0, 1, 2, 3, 4}
    assert {row for row, _ in routed.cells} == set(range(5, 18))


def test_wires_that_would_lie_upon_each_other_are_not_both_drawn() -> None:
    routed = route([Wire(0, (1,)), Wire(1, (0,))], 6)
    assert len(routed.left_out) == 1


@st.composite
def forth(draw: st.DrawFn) -> list[Wire]:
    sources = draw(st.lists(st.integers(0, 20), unique=True, max_size=14))
    targets = draw(st.lists(st.integers(0, 20), unique=True, min_size=1, max_size=6))
    groups: dict[int, list[int]] = {}
    for source in sources:
        groups.setdefault(draw(st.sampled_from(targets)), []).append(source)
    return [
        Wire(
            target,
            tuple(rows),
            frozenset(row for row in rows if draw(st.booleans())),
            draw(st.integers(0, 3)),
        )
        for target, rows in groups.items()
    ]


@given(forth(), st.integers(1, 12), st.integers(1, 2))
def test_every_arrow_arrives_where_it_should(wires: list[Wire], width: int, pitch: int) -> None:
    routed = route(wires, width, pitch)
    for at, wire in enumerate(wires):
        for source in wire.sources:
            if at in routed.left_out:
                continue
            assert reached(routed, source, width) == {
                (wire.target, "right"), *((row, "left") for row in wire.sources)
            }  # fmt: skip
    entered = {row for (row, column) in routed.cells if column == width - 1}
    assert entered <= {wire.target for at, wire in enumerate(wires) if at not in routed.left_out}


@given(st.data(), st.integers(2, 9))
def test_arrows_back_arrive_too(data: st.DataObject, width: int) -> None:
    rows = data.draw(st.lists(st.integers(0, 24), unique=True, min_size=2, max_size=14))
    half = data.draw(st.integers(1, len(rows) - 1))
    groups: dict[int, list[int]] = {}
    for source in rows[half:]:
        groups.setdefault(data.draw(st.sampled_from(rows[:half])), []).append(source)
    wires = [Wire(target, tuple(sources)) for target, sources in groups.items()]
    routed = route(wires, width, back=True)
    for at, wire in enumerate(wires):
        if at not in routed.left_out:
            for source in wire.sources:
                assert reached(routed, source, width) == {
                    (row, "left") for row in (wire.target, *wire.sources)
                }
