"""Many rows: loaded, scrolled and shown, ours beside Textual's own table and tree.

All in a pseudo-terminal of 120×40. ``python benchmarks/rows.py`` measures; with ``app KIND`` behind it, it is
the program that is measured: it loads its rows when it gets F5, and says so when they have been drawn.
"""

from __future__ import annotations

import sys
import time

TABLE_ROWS, STOCK_ROWS = 1_000_000, 10_000
TREE_NODES, STOCK_NODES = 200_000, 20_000
#: Depths of the tree's nodes, over and over.
PATTERN = (1, 2, 3, 3, 2, 3, 4, 5, 5, 4)
DONE = b"rows are here"


def depths(count: int) -> tuple[list[int], list[int]]:
    """Depth and size of each node of a tree in preorder."""
    depth = [0] + [PATTERN[node % len(PATTERN)] for node in range(count - 1)]
    size = [1] * count
    ancestors: list[int] = []
    for node, level in enumerate(depth):
        del ancestors[level:]
        for outer in ancestors:
            size[outer] += 1
        ancestors.append(node)
    return depth, size


class Rows:
    """Rows made when they are asked for."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def cells(self, row: int):
        """A row of tokens."""
        return (
            (str(row), "number"),
            ("NAME", "type"),
            (f"name_{row}", "name"),
            (f"{row // 9}:{row % 9}", "dim"),
        )


def app(kind: str) -> None:
    """The program that is measured."""
    from textual.app import App
    from textual.widgets import DataTable, Static, Tree

    from flowtui.ui.widgets.frame_diff import FrameDiffMixin
    from flowtui.ui.widgets.virtual_table import Column, VirtualTable
    from flowtui.ui.widgets.virtual_tree import VirtualTree

    depth, size = depths(TREE_NODES if kind == "ours-tree" else STOCK_NODES)

    class Measured(App):
        BINDINGS = (("f5", "fill", ""),)

        def compose(self):
            yield Static("waiting")
            if kind == "ours-table":
                yield VirtualTable(
                    [Column("row", 8, "right"), Column("type", 8), Column("name", 20), Column("at", 0)]
                )
            elif kind == "stock-table":
                yield DataTable(cursor_type="row")
            elif kind == "ours-tree":
                yield VirtualTree()
            else:
                yield Tree("node 0")

        def action_fill(self) -> None:
            begin = time.perf_counter()
            widget = self.query_one(self.query("*").last().__class__)
            widget.focus()
            if isinstance(widget, VirtualTable):
                widget.set_rows(Rows(TABLE_ROWS))
            elif isinstance(widget, DataTable):
                rows = Rows(STOCK_ROWS)
                widget.add_columns("row", "type", "name", "at")
                widget.add_rows([text for text, _ in rows.cells(row)] for row in range(STOCK_ROWS))
            elif isinstance(widget, VirtualTree):
                widget.set_tree(depth, size, lambda node: (("node", "dim"), (f" {node}", "type")))
            else:
                stack = [widget.root]
                for node, level in list(enumerate(depth))[1:]:
                    del stack[level:]
                    stack.append(stack[-1].add(f"node {node}"))
                widget.root.expand_all()
            took = time.perf_counter() - begin
            # After the frame that shows the rows.
            self.call_after_refresh(self.query_one(Static).update, f"rows are here {took * 1000:.1f} ms")

    class Terse(FrameDiffMixin, Measured):
        pass

    (Terse if kind.startswith("ours") else Measured)().run()


def measure(kind: str) -> tuple[float, float, float]:
    """Milliseconds from the key to the rows on the screen; a page's p50 and p95 on the way down."""
    from terminal import FRAME_END, Terminal, percentile, this_python

    with Terminal([this_python(), __file__, "app", kind]) as program:
        program.wait_for(FRAME_END)
        program.settle(0.5)
        begin = time.perf_counter()
        program.started = begin
        program.send(b"\x1b[15~")
        program.wait_for(DONE)
        loaded = (time.perf_counter() - begin) * 1000
        program.settle(0.5)
        pages = []
        for _ in range(40):
            program.settle(0.03)
            pages.append(program.key(b"\x1b[6~")[0] * 1000)
        return loaded, percentile(pages, 50), percentile(pages, 95)


def main() -> None:
    """Measure and print."""
    results = {}
    print(f"{'':<34} {'load, ms':>9} {'page p50':>9} {'p95':>7}")
    for kind, name, count in (
        ("ours-table", "our table", TABLE_ROWS),
        ("stock-table", "DataTable", STOCK_ROWS),
        ("ours-tree", "our tree", TREE_NODES),
        ("stock-tree", "Tree", STOCK_NODES),
    ):
        loaded, middle, high = results[kind] = measure(kind)
        print(f"{name:<12} {count:>9} rows          {loaded:>9.0f} {middle:>9.1f} {high:>7.1f}")
    table = results["stock-table"][0] / STOCK_ROWS / (results["ours-table"][0] / TABLE_ROWS)
    tree = results["stock-tree"][0] / STOCK_NODES / (results["ours-tree"][0] / TREE_NODES)
    print(f"ratio: loading a row, DataTable over ours: {table:.0f}; a node, Tree over ours: {tree:.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["app"]:
        # The folder's own `typing.py` is not to stand in for the standard library's.
        del sys.path[0]
        app(sys.argv[2])
    else:
        main()
