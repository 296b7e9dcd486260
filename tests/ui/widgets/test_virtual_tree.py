"""The tree over arrays in preorder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from flowtui.ui.widgets.virtual_list import Cell
from flowtui.ui.widgets.virtual_tree import VirtualTree

#: Module(0) ── def(1) ── args(2), return(3) ── name(4); expr(5) ── call(6)
DEPTH = [0, 1, 2, 2, 3, 1, 2]
SIZE = [7, 4, 1, 2, 1, 2, 1]


def labels(node: int) -> Sequence[Cell]:
    return ((f"node {node}", "type"),)


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield VirtualTree()

    def on_virtual_tree_node_chosen(self, message: VirtualTree.NodeChosen) -> None:
        self.chosen.append(message.node)


@asynccontextmanager
async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[VirtualTree, Host, Pilot[None]]]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        tree = app.query_one(VirtualTree)
        tree.focus()
        tree.set_tree(DEPTH, SIZE, labels)
        await pilot.pause()
        yield tree, app, pilot


def shown(tree: VirtualTree) -> list[int]:
    return [int(tree.render_line(row).text.split()[-1]) for row in range(tree.row_count)]


def sizes_of(depth: Sequence[int]) -> list[int]:
    sizes = []
    for node, level in enumerate(depth):
        end = node + 1
        while end < len(depth) and depth[end] > level:
            end += 1
        sizes.append(end - node)
    return sizes


async def test_keys() -> None:
    async with opened() as (tree, app, pilot):
        assert shown(tree) == list(range(7))
        assert tree.render_line(0).text.startswith("›▾ node 0")
        assert tree.render_line(4).text.startswith(" │ │ │   node 4")
        await pilot.press("down", "left")  # close 1
        assert shown(tree) == [0, 1, 5, 6]
        assert tree.render_line(1).text.startswith("›│ ▸ node 1")
        await pilot.press("down", "l", "h", "h")  # to 5, its child, back to 5, close it
        assert shown(tree) == [0, 1, 5]
        assert app.chosen == [1, 5, 6, 5]
        await pilot.press("left")  # nothing to close: to the parent
        assert app.chosen[-1] == 0
        await pilot.press("plus")
        assert shown(tree) == list(range(7))
        await pilot.press("minus")
        assert shown(tree) == [0]
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert shown(tree) == [0, 1, 2, 3, 5, 6]
        await pilot.press("left_square_bracket", "space")
        assert shown(tree) == [0]
        await pilot.press("enter")
        assert shown(tree) == [0, 1, 5]


async def test_the_mouse() -> None:
    async with opened() as (tree, app, pilot):
        await pilot.click(tree, offset=(3, 1))  # the marker of node 1
        assert shown(tree) == [0, 1, 5, 6]
        assert not app.chosen
        await pilot.click(tree, offset=(6, 2))
        assert app.chosen == [5]


async def test_revealing_opens_what_is_around() -> None:
    async with opened() as (tree, app, pilot):
        await pilot.press("minus")
        tree.set_marks({4}, (0, 1, 3))
        await pilot.pause()
        assert shown(tree) == [0, 1, 2, 3, 4, 5]
        assert [tree.render_line(row).text[0] for row in range(6)] == ["│", "│", " ", "│", "▌", " "]
        assert tree.cursor_node == 4
        assert not app.chosen
        tree.close_node(1)
        assert tree.cursor_node == 1
        assert tree.closed == {1, 5}


async def test_two_hundred_thousand_nodes() -> None:
    depth = [0] + [1 + node % 40 for node in range(200_000)]
    size = [len(depth), *(min(40 - node % 40, 200_000 - node) for node in range(200_000))]
    async with opened() as (tree, app, pilot):
        tree.set_tree(depth, size, labels)
        await pilot.press("end")
        assert app.chosen == [200_000]
        assert "node 200000" in tree.render_line(23).text
        tree.close_node(0)
        assert tree.row_count == 1
        tree.open_node(0)
        tree.show_to(2)
        assert tree.row_count == 5001
        tree.reveal_node(100_040)
        assert tree.row_count == 5040
        tree.move_to_node(100_040)
        await pilot.pause()
        assert "node 100040" in "".join(tree.render_line(y).text for y in range(24))


async def test_a_very_deep_tree() -> None:
    async with opened() as (tree, _, pilot):
        count = 10_000
        tree.set_tree(range(count), range(count, 0, -1), labels)
        await pilot.press("end")
        await pilot.pause()
        assert "node 9999" in tree.render_line(23).text
        assert tree.render_line(23).cell_length == tree.size.width


async def test_no_nodes() -> None:
    async with opened() as (tree, app, pilot):
        tree.set_tree([], [], labels)
        await pilot.press("down", "left", "right", "space", "plus", "minus", "right_square_bracket")
        tree.reveal_node(3)
        assert not app.chosen
        assert tree.cursor_node is None


def test_nodes_that_begin_closed() -> None:
    tree = VirtualTree()
    assert tree.cursor_node is None
    tree.set_tree(DEPTH, SIZE, labels, closed=(1, 2, 99))
    assert tree.closed == {1}


@given(
    st.lists(st.integers(0, 4), max_size=30),
    st.lists(st.tuples(st.booleans(), st.integers(0, 29)), max_size=20),
)
def test_any_opening_and_closing(steps: list[int], acts: list[tuple[bool, int]]) -> None:
    """The rows are those of a naive walk."""
    depth: list[int] = []
    for step in steps:
        depth.append(min(step, depth[-1] + 1) if depth else 0)
    size = sizes_of(depth)
    tree = VirtualTree()
    tree.set_tree(depth, size, labels)
    for close, node in acts:
        if node < len(depth):
            (tree.close_node if close else tree.open_node)(node)
        rows = []
        at = 0
        while at < len(depth):
            rows.append(at)
            at += size[at] if at in tree.closed else 1
        assert list(tree._visible) == rows
        for row, number in enumerate(rows):
            assert tree.row_of(number) == row
