"""States of real recordings, laid out: forwards, back, and at every size."""

from __future__ import annotations

from itertools import pairwise

import pytest

from flowtui.model.trace import State
from flowtui.ui.widgets.picture_drawing import Drawing
from flowtui.ui.widgets.picture_layout import geometry
from flowtui.ui.widgets.picture_routes import View
from flowtui.ui.widgets.picture_scene import SceneMaker
from tests.recording.recordings import recorded

PROGRAM = """\
class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next

def build(words):
    head = None
    for word in words:
        head = Node(word, head)
    return head

head = build("to be or not".split())
groups = {}
node = head
while node:
    groups.setdefault(len(node.value), []).append(node)
    node = node.next
head.next.next.next.next = head
del head, node
numbers = [n * n for n in range(30)]
groups.clear()
"""


async def states(granularity: str) -> list[State]:
    async with recorded(PROGRAM, granularity) as result:  # type: ignore[arg-type]  # one of the two, see the parameters
        recording = result.recording
        return [recording.state(step) for step in range(1, recording.total + 1)]


def jumps(way: list[dict[int, int]]) -> int:
    """How many objects stand elsewhere than at the step before."""
    return sum(
        before.get(number, row) != row for before, after in pairwise(way) for number, row in after.items()
    )


@pytest.mark.parametrize("granularity", ["line", "instruction"])
async def test_nothing_jumps_on_the_way_forward_and_on_the_way_back(granularity: str) -> None:
    found = await states(granularity)
    assert len(found) > 60
    for size in [(80, 8), (80, 12), (58, 18), (118, 38)]:
        maker = SceneMaker(lambda frame: f"demo.py:{frame.line}")
        forth, back, again = (
            [maker.make(state, geometry(*size)).rows for state in way] for way in (found, found[::-1], found)
        )
        # Some have to move where there is little room, and where one grows for the first time.
        assert jumps(forth) <= 8 and jumps(back) <= 8 and jumps(again) <= 8
        if size == (118, 38):
            assert again == back[::-1]
            assert not jumps(again)


@pytest.mark.parametrize("size", [(80, 8), (58, 18), (118, 38), (30, 5)])
async def test_every_arrow_of_every_step_has_both_ends(size: tuple[int, int]) -> None:
    maker = SceneMaker(lambda frame: f"demo.py:{frame.line}")
    for state in await states("instruction"):
        scene = maker.make(state, geometry(*size))
        for top in range(0, max(1, scene.height - size[1]), 5):
            drawing = Drawing(scene, View(0, top, scene.items[-1]))
            lines = ["".join(row) for row in drawing.canvas.characters]
            heads = {row - top + 1 for row in scene.rows.values()}
            for y, line in enumerate(lines):
                assert "▶" not in line[1:] or y in heads
                assert "◀" not in line or y in heads
            for line, styles in zip(drawing.canvas.characters, drawing.canvas.styles, strict=True):
                for at, character in enumerate(line):
                    if character == "●" and "pointer" in styles[at]:
                        assert set(line[at + 1 : at + 2]) <= set("─━ ┐┓┤┨│├┝┬┴┼┿"), "".join(line)
