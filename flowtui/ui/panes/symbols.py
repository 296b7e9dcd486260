"""Pane 0: scopes and their names, as the interpreter's own `symtable` sees them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from textual import on
from textual.widget import Widget

from flowtui.model.analysis import Analysis
from flowtui.model.selection import Selection
from flowtui.model.stages import SymbolTable
from flowtui.ui.panes.base import TablePane
from flowtui.ui.widgets.virtual_list import Cell
from flowtui.ui.widgets.virtual_tree import VirtualTree

#: What a name is, most telling first: the role and its sentence.
_SENTENCES = {
    "parameter": "{name} is a parameter of {scope}: a local variable that the call gives a value.",
    "free": "{name} is a free variable of {scope}: it belongs to a function around it; a cell shares it.",
    "cell": "{name} is local to {scope} and shared with an inner function by a cell.",
    "imported": "{name} is bound by an import in {scope}.",
    "nonlocal": "{name} is declared nonlocal in {scope}: it belongs to a function around it.",
    "global": "{name} in {scope} is a global name: the module's, or a built-in.",
    "local": "{name} is local to {scope}.",
}


class SymbolRows:
    """Scopes as nodes, their names as leaves below them."""

    def __init__(self, table: SymbolTable) -> None:
        self.table = table
        self.depths, self.sizes = array("i"), array("i")
        self._rows = array("i")  # a name's row in the table; -1 - scope for a scope
        depths: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        for number, (parent, *_) in enumerate(table.scopes):
            depth = depths[parent] + 1 if parent >= 0 else 0
            depths.append(depth)
            low, high = bisect_left(table.scope, number), bisect_right(table.scope, number)
            rows = [row for row in range(low, high) if table.name[row] >= 0]
            starts.append(len(self._rows))
            self.depths.append(depth)
            self._rows.append(-1 - number)
            self.depths.extend([depth + 1] * len(rows))
            self._rows.extend(rows)
            ends.append(len(self._rows))
        self._name_ends = list(ends)
        self.sizes = array("i", [1]) * len(self._rows)
        for number in range(len(table.scopes) - 1, -1, -1):
            self.sizes[starts[number]] = ends[number] - starts[number]
            parent = table.scopes[number][0]
            if parent >= 0:
                ends[parent] = max(ends[parent], ends[number])
        self._starts = starts

    def row_at(self, node: int) -> int | None:
        """The table's row of a name; None for a scope."""
        row = self._rows[node]
        return row if row >= 0 else None

    def node_of(self, row: int) -> int:
        """The node of a row of the table."""
        scope = self.table.scope[row]
        start, end = self._starts[scope], self._name_ends[scope]
        at = bisect_left(self._rows, row, start + 1, end)
        return at if at < end else start

    def node_of_scope(self, scope: int) -> int:
        """The node of a scope."""
        return self._starts[scope]

    def scope_at(self, node: int) -> int:
        """The scope that a node is, or is a name of."""
        row = self._rows[node]
        return self.table.scope[row] if row >= 0 else -1 - row

    def labels(self, node: int) -> Sequence[Cell]:
        """A scope's type, name and line, or a name and its roles."""
        row = self._rows[node]
        table = self.table
        if row < 0:
            _, name, kind, line, _ = table.scopes[-1 - row]
            return (f"{kind} ", "dim"), (name, "type"), (f"  line {line}" if line else "", "dim")
        symbol = table.symbol(row)
        assert symbol is not None, "rows without a name are no nodes"
        return (symbol.name, "name"), (f"  {', '.join(symbol.roles)}", "dim")


class SymbolsPane(TablePane[SymbolTable]):
    """Scopes as a tree, with their names and what each is there."""

    NUMBER, TITLE, STAGE = "0", "Symbols", "symbols"

    def make_content(self) -> Widget:
        """The tree."""
        self.nodes: SymbolRows | None = None
        self.tree_view = VirtualTree()
        return self.tree_view

    def table_of(self, analysis: Analysis) -> SymbolTable | None:
        """The symbols."""
        return analysis.symbols

    def show_table(self, table: SymbolTable) -> None:
        """Show other scopes."""
        rows = self.nodes = SymbolRows(table)
        self.tree_view.set_tree(rows.depths, rows.sizes, rows.labels)

    def show_selection(self, selection: Selection) -> None:
        """Mark the linked name, and faintly its scope."""
        if not self.is_current or self.nodes is None:
            return
        linked = tuple(self.nodes.node_of(row) for row in selection.symbols)
        table = self.nodes.table
        around = {self.nodes.node_of_scope(table.scope[row]) for row in selection.symbols}
        self.tree_view.set_marks(linked, around, reveal=selection.origin != self.STAGE)

    @on(VirtualTree.NodeChosen)
    def _node_chosen(self, event: VirtualTree.NodeChosen) -> None:
        event.stop()
        if self.nodes is None:
            return
        table = self.nodes.table
        _, scope, kind, line, _ = table.scopes[self.nodes.scope_at(event.node)]
        row = self.nodes.row_at(event.node)
        if row is None:
            self.explain(f"The scope of the {kind} {scope}" + (f", from line {line}." if line else "."))
            return
        symbol = table.symbol(row)
        assert symbol is not None
        where = f"the {kind} {scope}" if kind == "module" else scope
        role = next((word for word in _SENTENCES if word in symbol.roles), None)
        text = _SENTENCES[role] if role else "{name} is a name of {scope}: " + ", ".join(symbol.roles) + "."
        self.select(row, text.format(name=symbol.name, scope=where))
