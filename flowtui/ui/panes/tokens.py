"""Pane 2: the tokens, as the interpreter's own `tokenize` gives them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.widget import Widget

from flowtui import explain
from flowtui.model.analysis import Analysis
from flowtui.model.labels import shorten
from flowtui.model.selection import Selection
from flowtui.model.stages import TokenTable
from flowtui.ui.panes.base import TablePane
from flowtui.ui.widgets.virtual_list import Cell
from flowtui.ui.widgets.virtual_table import Column, VirtualTable

#: What stands for a token whose string cannot be seen.
_SIGNS = {"NEWLINE": "⏎", "NL": "⏎", "INDENT": "→", "DEDENT": "←", "ENDMARKER": "∎"}
_STYLES = {
    "NUMBER": "number",
    "STRING": "string",
    "OP": "operator",
    "COMMENT": "dim",
    "ERRORTOKEN": "error",
    "NAME": "name",
}
_KEYWORDS = ("", " keyword", " soft keyword")
_WIDE = 52


class TokenRows:
    """A table's tokens as cells: place, exact type, string."""

    def __init__(self, table: TokenTable) -> None:
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    def cells(self, row: int) -> Sequence[Cell]:
        """The cells of one token."""
        table = self.table
        kind, exact = table.strings[table.type[row]], table.strings[table.exact_type[row]]
        style = _STYLES.get(kind, "string" if "STRING_" in kind else "dim")
        keyword = table.keyword[row]
        if keyword:
            style = "keyword"
        line = table.line[row]
        where = f"{line}:{table.column[row]}" if line else "–"
        text = _SIGNS.get(kind) or shorten(table.string_of(row).replace("\n", "⏎"), 300)
        return (where, "dim"), (exact + _KEYWORDS[keyword], style), (text, style)


class TokensPane(TablePane[TokenTable]):
    """Tokens, a row each."""

    NUMBER, TITLE, STAGE = "2", "Tokens", "tokens"

    def make_content(self) -> Widget:
        """The table of tokens."""
        self.rows = VirtualTable(self._columns(0))
        return self.rows

    @staticmethod
    def _columns(width: int) -> tuple[Column, ...]:
        wide = width >= _WIDE
        return Column("pos", 8), Column("type", 20 if wide else 13), Column("string", 0)

    def on_resize(self) -> None:
        """A wide pane has room for the words beside a type."""
        columns = self._columns(self.size.width)
        if columns != self.rows.columns:
            self.rows.columns = columns
            self.rows.notify_style_update()
            self.rows.refresh()

    def table_of(self, analysis: Analysis) -> TokenTable | None:
        """The tokens."""
        return analysis.tokens

    def show_table(self, table: TokenTable) -> None:
        """Show the tokens, cursor and scrolling as they were."""
        self.rows.set_rows(TokenRows(table))

    def show_selection(self, selection: Selection) -> None:
        """Mark the tokens inside the linked stretch."""
        if self.is_current:
            rows = selection.tokens
            marked = rows if isinstance(rows, range) else frozenset(rows)
            self.rows.set_marks(marked, reveal=selection.origin != self.STAGE)

    @on(VirtualTable.RowChosen)
    def _row_chosen(self, event: VirtualTable.RowChosen) -> None:
        event.stop()
        if self.table is not None:
            token = self.table.row(event.row)
            self.select(event.row, explain.token(token.type, token.exact_type, token.string))
