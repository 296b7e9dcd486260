"""Pane 3: the syntax tree, as the interpreter's own `ast.parse` makes it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from flowtui import explain
from flowtui.model.analysis import Analysis
from flowtui.model.labels import node_attrs
from flowtui.model.selection import Selection
from flowtui.model.stages import TreeTable
from flowtui.ui.panes.base import TablePane
from flowtui.ui.widgets.virtual_list import Cell
from flowtui.ui.widgets.virtual_tree import VirtualTree

#: How a name is used, in the grammar's words; hidden at first, for there is one below every name.
_CONTEXTS = frozenset({"Load", "Store", "Del"})
#: Closed nodes that are found again in the next tree.
_KEPT_CLOSED = 300


class TreeRows:
    """The nodes that are shown: all, or all but the contexts. A shown node's number is its place among them.

    Attributes:
        table: the tree.
        shown: the rows of the shown nodes, in order; a range when all are.
    """

    def __init__(self, table: TreeTable, contexts: bool) -> None:
        self.table = table
        count = len(table)
        hidden = set() if contexts else {i for i, text in enumerate(table.strings) if text in _CONTEXTS}
        self.shown: Sequence[int] = range(count)
        if hidden:
            self.shown = [row for row, kind in enumerate(table.kind) if kind not in hidden]
        self.depths = _Depths(self)
        self.sizes = _Sizes(self)

    def number_of(self, row: int) -> int:
        """The number of a row, or of the shown node before it: a context's name."""
        if isinstance(self.shown, range):
            return row
        at = bisect_left(self.shown, row)
        return at if at < len(self.shown) and self.shown[at] == row else max(0, at - 1)

    def labels(self, number: int) -> Sequence[Cell]:
        """Field, kind and what tells the node from others."""
        table, row = self.table, self.shown[number]
        cells: list[Cell] = []
        field = table.text(table.field[row])
        if field is not None:
            cells.append((f"{field} ", "dim"))
        cells.append((table.kind_of(row), "type"))
        attrs = node_attrs(table, row)
        if attrs:
            cells.append((f" {attrs}", "string" if attrs[0] in "'\"bu" else "number"))
        return cells

    def path(self, row: int) -> tuple[tuple[str | None, int], ...]:
        """The fields and places that lead from the root to a node."""
        table = self.table
        steps = []
        while row > 0:
            steps.append((table.text(table.field[row]), table.index[row]))
            row = table.parent[row]
        return tuple(reversed(steps))

    def at_path(self, path: tuple[tuple[str | None, int], ...]) -> int | None:
        """The row that `path` leads to, if there is one."""
        table, row = self.table, 0
        for field, index in path:
            child, end = row + 1, row + table.size[row]
            while child < end and (table.text(table.field[child]), table.index[child]) != (field, index):
                child += table.size[child]
            if child >= end:
                return None
            row = child
        return row


class _Depths(Sequence[int]):
    """The shown nodes' depths, looked up when asked for."""

    def __init__(self, rows: TreeRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows.shown)

    def __iter__(self) -> Iterator[int]:
        return map(self._rows.table.depth.__getitem__, self._rows.shown)

    def __getitem__(self, number: int) -> int:  # type: ignore[override]  # slices are never asked for
        return self._rows.table.depth[self._rows.shown[number]]


class _Sizes(Sequence[int]):
    """The shown nodes' subtree sizes: without what is hidden in them."""

    def __init__(self, rows: TreeRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows.shown)

    def __getitem__(self, number: int) -> int:  # type: ignore[override]  # slices are never asked for
        shown = self._rows.shown
        row = shown[number]
        size = self._rows.table.size[row]
        if size == 1 or isinstance(shown, range):
            return size
        return bisect_left(shown, row + size, number) - number


class TreePane(TablePane[TreeTable]):
    """The syntax tree, a row a node."""

    NUMBER, TITLE, STAGE = "3", "AST", "ast"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "toggle_contexts", "contexts", tooltip="Show or hide Load, Store and Del below names"),
    ]

    def make_content(self) -> Widget:
        """The tree."""
        self.contexts = False
        self.nodes: TreeRows | None = None
        self.tree_view = VirtualTree()
        return self.tree_view

    def table_of(self, analysis: Analysis) -> TreeTable | None:
        """The tree."""
        return analysis.ast

    def show_table(self, table: TreeTable) -> None:
        """Show the tree; what was closed stays closed where the new tree has such a node too."""
        before = self.nodes
        rows = self.nodes = TreeRows(table, self.contexts)
        closed = []
        if before is not None:
            for number in sorted(self.tree_view.closed)[:_KEPT_CLOSED]:
                row = rows.at_path(before.path(before.shown[number]))
                if row is not None:
                    closed.append(rows.number_of(row))
        self.tree_view.set_tree(rows.depths, rows.sizes, rows.labels, closed=closed)

    def show_selection(self, selection: Selection) -> None:
        """Mark the node, and faintly the nodes around it."""
        if not self.is_current or self.nodes is None:
            return
        number_of = self.nodes.number_of
        linked = () if selection.node is None else (number_of(selection.node),)
        around = tuple(number_of(row) for row in selection.enclosing)
        self.tree_view.set_marks(linked, around, reveal=selection.origin != self.STAGE)
        if not linked and around and selection.origin != self.STAGE:
            self.tree_view.move_to_node(around[0])

    @on(VirtualTree.NodeChosen)
    def _node_chosen(self, event: VirtualTree.NodeChosen) -> None:
        event.stop()
        if self.nodes is not None:
            row = self.nodes.shown[event.node]
            self.select(row, explain.node(self.nodes.table.kind_of(row)))

    def action_toggle_contexts(self) -> None:
        """Show or hide `Load`, `Store` and `Del`."""
        self.contexts = not self.contexts
        if self.table is not None and self.nodes is not None:
            node = self.tree_view.cursor_node
            row = self.nodes.shown[node] if node is not None else 0
            self.show_table(self.table)
            self.tree_view.move_to_node(self.nodes.number_of(row))
