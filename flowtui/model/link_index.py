"""What makes links fast: for each table, found once and only as far as somebody looks.

A tree is walked from the root, and the children of a node are put in the order of the source when the walk
first comes past it (the fields' order is another: a decorator comes after the body, a dict's values after all
its keys). Instructions are found by blocks of rows with the lowest and the highest line of each: the rows of
a code object follow the source on the whole, so that few blocks are ever read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from flowtui.model.span import Position, Span
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.model.tables import Column

#: A place as one integer, line first: quicker to compare than a pair.
LINE_STEP = 1 << 32
_BLOCK = 256
#: Tokens that the parser never sees, or sees nothing in.
LAYOUT = frozenset({"NL", "COMMENT", "TYPE_COMMENT", "ENCODING", "INDENT", "DEDENT", "ENDMARKER"})
_DEFINITIONS = frozenset({"FunctionDef", "AsyncFunctionDef", "ClassDef"})

_Index = TypeVar("_Index")
_recent: OrderedDict[tuple[int, object], tuple[object, object]] = OrderedDict()
_KEPT = 12


def cached(table: object, make: Callable[..., _Index]) -> _Index:
    """The index that `make` builds of `table`; the last few are kept, with their tables."""
    key = (id(table), make)
    found = _recent.get(key)
    if found is not None and found[0] is table:
        _recent.move_to_end(key)
        return found[1]  # type: ignore[return-value]  # the key names the class that made it
    index = make(table)
    _recent[key] = (table, index)
    if len(_recent) > _KEPT:
        _recent.popitem(last=False)
    return index


class TokenIndex:
    """Tokens by place. They stand in the source's order; `first` gives each line's beginning."""

    def __init__(self, table: TokenTable) -> None:
        self.table = table

    def _line(self, line: int) -> tuple[int, int]:
        first, count = self.table.first, len(self.table)
        low = first[line] if 0 <= line < len(first) else (count if line > 0 else 0)
        high = first[line + 1] if 0 <= line + 1 < len(first) else count
        return min(low, count), min(max(high, low), count)

    def from_place(self, place: Position) -> int:
        """The first row that starts at `place` or later; the number of rows when there is none."""
        low, high = self._line(place.line)
        return bisect_left(self.table.column, place.column, low, high)

    def inside(self, span: Span) -> range:
        """The rows that start inside `span`, else the one around it (a part of an f-string before 3.12)."""
        low, high = self.from_place(span.start), self.from_place(span.end)
        while low < high and self.is_empty(low):  # a DEDENT stands where the next token starts
            low += 1
        if low < high:
            return range(low, high)
        here = self.at(span.start)
        return range(here, here + 1) if here >= 0 else range(low, low)

    def is_empty(self, row: int) -> bool:
        """Whether the token has no width: ``DEDENT``, ``ENDMARKER``, …"""
        span = self.table.span(row)
        return span is None or span.start == span.end

    def at(self, place: Position) -> int:
        """The token that holds the character at `place`, else the one that ends there, else -1."""
        low, high = self._line(place.line)
        row = bisect_right(self.table.column, place.column, low, high) - 1
        ends_here = -1
        while row >= 0:
            span = self.table.span(row)
            if span is None or span.end < place:
                break
            if span.contains(place):
                return row
            if span.end == place and span.start < place:
                ends_here = row
                break
            row -= 1
        return ends_here

    def type_of(self, row: int) -> str:
        """The name of the token's type."""
        return self.table.strings[self.table.type[row]]


class _Children(NamedTuple):
    """A node's children in the source's order: where each starts and ends, how far those up to it reach."""

    starts: list[int]
    ends: list[int]
    rows: list[int]
    reach: list[int]


class TreeIndex:
    """Nodes by place and by span."""

    def __init__(self, table: TreeTable) -> None:
        self.table = table
        self._children: dict[int, _Children] = {}
        strings = table.strings
        self._definitions = {i for i, text in enumerate(strings) if text in _DEFINITIONS}
        self._decorators = {i for i, text in enumerate(strings) if text == "decorator_list"}

    def direct(self, row: int) -> Iterator[int]:
        """The rows of a node's children, in field order."""
        size = self.table.size
        child, end = row + 1, row + size[row]
        while child < end:
            yield child
            child += size[child]

    def extent(self, row: int) -> tuple[int, int] | None:
        """Where a node and its decorators begin and end, as integers; else where its children do."""
        table = self.table
        line = table.line[row]
        if line:
            start = line * LINE_STEP + table.column[row]
            end = table.end_line[row] * LINE_STEP + table.end_column[row]
            if self._decorators and table.kind[row] in self._definitions:
                for child in self.direct(row):
                    if table.field[child] in self._decorators and table.line[child]:
                        # The sign @ stands under or over the definition's own column.
                        start = min(start, table.line[child] * LINE_STEP + table.column[row])
            return start, end
        if table.size[row] == 1:
            return None
        found = [extent for child in self.direct(row) if (extent := self.extent(child)) is not None]
        return (min(found)[0], max(end for _, end in found)) if found else None

    def children(self, row: int) -> _Children:
        """The node's children that stand somewhere, in the source's order."""
        known = self._children.get(row)
        if known is None:
            found = []
            for child in self.direct(row):
                extent = self.extent(child)
                if extent is not None:
                    found.append((*extent, child))
            found.sort()
            reach: list[int] = []
            furthest = 0
            for _, end, _ in found:
                furthest = max(furthest, end)
                reach.append(furthest)
            known = _Children([f[0] for f in found], [f[1] for f in found], [f[2] for f in found], reach)
            self._children[row] = known
        return known

    def covering(self, span: Span) -> int:
        """The innermost node that covers `span`, -1 for none.

        Before 3.12 the parts of an f-string all have the whole f-string's span: then it is the f-string.
        """
        if not len(self.table):
            return -1
        start, end = span.line * LINE_STEP + span.column, span.end_line * LINE_STEP + span.end_column
        return self._covering(0, -1, start, end)

    def _covering(self, row: int, best: int, start: int, end: int) -> int:
        while True:
            hits = self._hits(row, start, end)
            if not hits:
                return best
            if len(hits) > 1:
                return self._tightest(hits, best, start, end)
            row = hits[0]
            if self.table.line[row]:
                best = row

    def _hits(self, row: int, start: int, end: int) -> list[int]:
        starts, ends, rows, reach = self.children(row)
        at = bisect_right(starts, start) - 1
        hits = []
        while at >= 0 and reach[at] >= end:
            # A node that ends where an empty stretch stands is not there any more.
            if ends[at] >= end and (start < end or ends[at] > start or starts[at] == ends[at]):
                hits.append(rows[at])
            at -= 1
        return hits

    def _tightest(self, hits: list[int], best: int, start: int, end: int) -> int:
        table = self.table
        found: dict[Span, set[int]] = {}
        for hit in hits:
            row = self._covering(hit, hit if table.line[hit] else best, start, end)
            span = table.span(row) if row >= 0 else None
            if span is not None:
                found.setdefault(span, set()).add(row)
        if not found:
            return best
        span = min(found, key=lambda s: (s.end_line - s.line, s.end_column - s.column))
        rows = found[span]
        if len(rows) > 1 and best >= 0 and table.span(best) == span:
            return best
        return max(rows)

    def ancestors(self, row: int) -> tuple[int, ...]:
        """The node's ancestors, inside out."""
        parent = self.table.parent
        found = []
        row = parent[row]
        while row >= 0:
            found.append(row)
            row = parent[row]
        return tuple(found)

    def field_of(self, row: int) -> str:
        """The name of the parent's field that holds the node; empty for the root."""
        return self.table.text(self.table.field[row]) or ""

    def is_statement(self, row: int) -> bool:
        """Whether the node is a statement, a handler or a case: a member of a list of such."""
        fields = ("body", "orelse", "finalbody", "handlers", "cases")
        return self.table.index[row] >= 0 and self.field_of(row) in fields

    def statement_of(self, row: int) -> int:
        """The innermost statement that is, or holds, the node; -1 for none."""
        while row >= 0 and not self.is_statement(row):
            row = self.table.parent[row]
        return row

    def header(self, row: int) -> Span | None:
        """A node's span without the statements inside it: of an ``if`` up to its first inner statement."""
        span = self.table.span(row)
        if span is None:
            return None
        inner = [s.start for c in self.direct(row) if self.is_statement(c) and (s := self.table.span(c))]
        return Span(*span.start, *min(inner)) if inner else span

    def holds_statements(self, row: int) -> bool:
        """Whether the node has statements inside it."""
        return any(self.is_statement(child) for child in self.direct(row))

    def starting_on(self, line: int) -> Iterator[int]:
        """All nodes that start on `line`, a definition with its decorators; outer ones first."""
        stack = [0] if len(self.table) else []
        low, high = line * LINE_STEP, (line + 1) * LINE_STEP
        while stack:
            row = stack.pop()
            children = self.children(row)
            after = bisect_left(children.starts, high)
            inner = []
            while after and children.reach[after - 1] >= low:
                after -= 1
                if children.ends[after] >= low:
                    inner.append((children.rows[after], children.starts[after] >= low))
            for child, here in reversed(inner):
                if here and self.table.line[child]:
                    yield child
                stack.append(child)


class _Blocks:
    """The rows whose value in a column of lines lies between two; rows with 0 are never among them."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._lows: list[int] = []
        self._highs: list[int] = []
        for at in range(0, len(column), _BLOCK):
            block = column[at : at + _BLOCK]
            high = max(block)
            low = min(block)
            if low == 0 and high:
                low = min(value for value in block if value)
            self._lows.append(low)
            self._highs.append(high)

    def rows(self, low: int, high: int) -> Iterator[int]:
        column = self._column
        for number, (least, most) in enumerate(zip(self._lows, self._highs, strict=True)):
            if least <= high and most >= low and most:
                begin = number * _BLOCK
                block = column[begin : begin + _BLOCK]
                for row, line in enumerate(block, begin):
                    if low <= line <= high:
                        yield row


class CodeIndex:
    """Instructions by span and by line."""

    def __init__(self, table: CodeTable) -> None:
        self.table = table
        self._spans = _Blocks(table.line)
        self._lines: _Blocks | None = None
        #: Whether the interpreter gives columns at all.
        self.exact = any(table.line)

    def with_span(self, span: Span) -> list[int]:
        """The rows that have exactly this span."""
        table = self.table
        return [
            row
            for row in self._spans.rows(span.line, span.line)
            if table.column[row] == span.column
            and table.end_line[row] == span.end_line
            and table.end_column[row] == span.end_column
        ]

    def within(self, span: Span) -> list[int]:
        """The rows whose span lies inside this one; empty spans (``RESUME``) are nowhere."""
        rows = self._spans.rows(span.line, span.end_line)
        return [r for r in rows if (s := self.table.span(r)) and s.start < s.end and span.covers(s)]

    def starting_on(self, first: int, last: int) -> Iterator[int]:
        """The rows whose span starts on a line from `first` to `last`."""
        return self._spans.rows(first, last)

    def on_lines(self, first: int, last: int) -> list[int]:
        """The rows that belong to a line from `first` to `last`."""
        if self._lines is None:
            self._lines = _Blocks(self.table.source_line)
        return list(self._lines.rows(first, last))

    def opname(self, row: int) -> str:
        """The instruction's name."""
        return self.table.strings[self.table.opname[row]]


class SymbolIndex:
    """Rows of the symbol table by scope and name; scopes by their span."""

    def __init__(self, table: SymbolTable) -> None:
        self.table = table
        self._by_span: dict[Span, int] = {}
        self._names: dict[int, dict[str, int]] = {}
        for number, (_, _, kind, _, span) in enumerate(table.scopes):
            # Annotation and type parameter scopes can share the span of the definition that has the names.
            if span is not None and (span not in self._by_span or kind in ("function", "class", "module")):
                self._by_span[span] = number

    def scope_at(self, span: Span | None) -> int:
        """The scope of the definition with this span, the module's for None; -1 for no scope."""
        if span is not None:
            return self._by_span.get(span, -1)
        return 0 if self.table.scopes else -1

    def row_of(self, scope: int, name: str) -> int:
        """The row of `name` in `scope`, -1 when it has no such name."""
        names = self._names.get(scope)
        if names is None:
            table = self.table
            rows = range(bisect_left(table.scope, scope), bisect_right(table.scope, scope))
            names = {table.strings[table.name[row]]: row for row in rows if table.name[row] >= 0}
            self._names[scope] = names
        return names.get(name, -1)
