"""Pane 4: the bytecode of every code object, as the interpreter's own `dis` gives it."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from flowtui import explain
from flowtui.model.analysis import Analysis
from flowtui.model.run import Specialised
from flowtui.model.selection import Selection
from flowtui.model.stages import CodeTable
from flowtui.ui.panes.base import TablePane
from flowtui.ui.panes.code_rows import CodeRows, exception_words
from flowtui.ui.widgets.virtual_list import segments_length
from flowtui.ui.widgets.virtual_table import Column, VirtualTable

#: From these widths on there is room for the arguments' numbers, and for the stack's depth.
_ARG_WIDTH, _STACK_WIDTH, _WIDE = 48, 62, 84
#: The opcodes' names get at least this much, so that their column does not jump while somebody types.
_NAME_WIDTH = 16


class Listing(VirtualTable):
    """A table some of whose rows are one text across all columns."""

    def _row_segments(self, row: int, left: int, right: int) -> tuple[list[Segment], int, int]:
        cells = self._source.cells(row)
        if len(cells) == 1:
            segments = self._styled(cells)
            return segments, 0, segments_length(segments)
        return super()._row_segments(row, left, right)


class BytecodePane(TablePane[CodeTable]):
    """Instructions, a row each, below a heading for their code object."""

    NUMBER, TITLE, STAGE = "4", "Bytecode", "bytecode"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "toggle_exceptions", "exceptions", tooltip="Show or hide the exception tables"),
        Binding("c", "toggle_caches", "caches", tooltip="Show or hide the inline cache entries"),
        Binding(
            "s",
            "toggle_specialised",
            "specialised",
            tooltip="Show what the interpreter put in place by running",
        ),
    ]

    def make_content(self) -> Widget:
        """The listing."""
        self.exceptions = self.caches = self.show_special = False
        self.specialised: dict[tuple[int, int], str] = {}
        self.rows: CodeRows | None = None
        self._linked: frozenset[int] = frozenset()
        self._longest_name = 0
        self.listing = Listing(self._columns(80))
        return self.listing

    def _columns(self, width: int) -> tuple[Column, ...]:
        name = 29 if width >= _WIDE else 22 if width >= _ARG_WIDTH else 18
        if not self.show_special:
            # No more than the names that stand there: the meanings get the rest.
            name = min(name, max(_NAME_WIDTH, self._longest_name))
        columns = [Column("ln", 4), Column("»", 1), Column("off", 4, "right"), Column("opcode", name)]
        if width >= _ARG_WIDTH:
            columns.append(Column("arg", 3, "right"))
        if width >= _STACK_WIDTH:
            columns.append(Column("stack", 6))
        if self.caches:
            columns.append(Column("caches", 24 if width >= _WIDE else 12))
        return (*columns, Column("meaning", 0))

    def table_of(self, analysis: Analysis) -> CodeTable | None:
        """The bytecode."""
        return analysis.bytecode

    def show_table(self, table: CodeTable) -> None:
        """Show other bytecode; what a run specialised was the old one's."""
        self.specialised = {}
        self._longest_name = max((len(table.strings[name]) for name in set(table.opname)), default=0)
        self._fill(table)

    def show_specialised(self, specialised: Specialised) -> None:
        """Show what the interpreter had put in place of the instructions when the run ended."""
        self.specialised = {(code, offset): name for code, offset, name in specialised.rows}
        if self.table is not None and self.show_special:
            self._fill(self.table)

    def on_resize(self) -> None:
        """More or fewer columns."""
        if self.table is not None and self._columns(self.size.width) != self.listing.columns:
            self._fill(self.table)

    def _fill(self, table: CodeTable) -> None:
        """Make the rows anew; of the same table cursor and marks stay with their instructions."""
        before, listing = self.rows, self.listing
        if before is None or before.table is not table:
            self._linked, at = frozenset(), None
        else:
            at = before.at(listing.cursor)[1] if len(before) else None
        columns = self._columns(self.size.width)
        names = [column.title for column in columns]
        self.rows = CodeRows(table, names, self.exceptions, self.specialised if self.show_special else None)
        listing.columns = columns
        listing.set_rows(self.rows)
        self._mark(reveal=False)
        if at is not None:
            listing.move_to(self.rows.row_of(at))

    def _mark(self, *, reveal: bool) -> None:
        assert self.rows is not None
        self.listing.set_marks(self.rows.rows_of(self._linked), reveal=reveal)

    def show_selection(self, selection: Selection) -> None:
        """Mark the linked instructions."""
        if self.is_current and self.rows is not None:
            self._linked = frozenset(selection.instructions)
            self._mark(reveal=selection.origin != self.STAGE)

    @on(VirtualTable.RowChosen)
    def _row_chosen(self, event: VirtualTable.RowChosen) -> None:
        event.stop()
        if self.rows is None:
            return
        code, row, entry = self.rows.at(event.row)
        if row is not None:
            table = self.rows.table
            instruction = table.row(row)
            name = self.rows.special_name(row) or instruction.opname
            self.select(
                row, explain.instruction(name, instruction.arg, instruction.argval, instruction.argrepr)
            )
        elif entry is not None:
            self.explain(f"Exception table: {exception_words(code, entry)}.")
        else:
            self.explain(
                f"The code object of {code.qualname}: {code.count} instructions, "
                f"{len(code.consts)} constants, a stack of at most {code.stacksize}."
            )

    def _again(self) -> None:
        if self.table is not None:
            self._fill(self.table)

    def action_toggle_exceptions(self) -> None:
        """Show or hide the exception tables."""
        self.exceptions = not self.exceptions
        self._again()
        if self.exceptions and self.interpreter is not None and not self.interpreter.can("exception_table"):
            self.explain(f"{self.interpreter.name} has no exception tables: it has instructions instead.")

    def action_toggle_caches(self) -> None:
        """Show or hide the inline cache entries."""
        self.caches = not self.caches
        self._again()
        if self.caches and self.interpreter is not None and not self.interpreter.can("caches"):
            self.explain(f"{self.interpreter.name} has no inline caches: CPython has them from 3.11 on.")

    def action_toggle_specialised(self) -> None:
        """Show the instructions as compiled, or as they stood after the run."""
        self.show_special = not self.show_special
        self._again()
        if not self.show_special:
            self.explain("The instructions as they were compiled.")
        elif self.interpreter is not None and not self.interpreter.can("adaptive"):
            self.explain(f"{self.interpreter.name} specialises nothing: CPython does from 3.11 on.")
        elif not self.specialised:
            self.explain("Run the program: what the interpreter specialises meanwhile is shown with ✦.")
        else:
            self.explain("✦: put in place by the interpreter while the program ran.")
