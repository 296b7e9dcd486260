"""Which instruction belongs to which node, and where a node without a span stands."""

from __future__ import annotations

import re

from flowtui.model.link_index import LAYOUT, LINE_STEP, CodeIndex, TokenIndex, TreeIndex
from flowtui.model.span import Position, Span

_JUMPS = ("TO_BOOL", "POP_JUMP", "JUMP_IF", "NOT_TAKEN", "UNARY_NOT")
_ITERATION = (
    "GET_ITER",
    "FOR_ITER",
    "END_FOR",
    "POP_ITER",
    "POP_TOP",
    "GET_AITER",
    "GET_ANEXT",
    "END_ASYNC_FOR",
)
_CONTEXT = (
    "BEFORE_",
    "SETUP_",
    "LOAD_SPECIAL",
    "COPY",
    "SWAP",
    "WITH_",
    "PUSH_EXC",
    "POP_",
    "RERAISE",
    *_JUMPS,
)
#: (parent's kind, its field) → beginnings of the names of instructions that have the child's span and do the
#: parent's work (``Python/codegen.c``, ``Python/compile.c``: the location given to ``ADDOP``).
_ADOPTED: dict[tuple[str, str], tuple[str, ...]] = {
    ("For", "iter"): _ITERATION,
    ("AsyncFor", "iter"): _ITERATION,
    ("comprehension", "iter"): _ITERATION,
    ("comprehension", "ifs"): _JUMPS,
    ("If", "test"): _JUMPS,
    ("While", "test"): _JUMPS,
    ("IfExp", "test"): _JUMPS,
    ("Assert", "test"): _JUMPS,
    ("match_case", "guard"): _JUMPS,
    ("BoolOp", "values"): (*_JUMPS, "COPY", "POP_TOP"),
    ("withitem", "context_expr"): _CONTEXT,
    ("Expr", "value"): ("POP_TOP",),
    # PyPy gives a method's call the span of the method's name.
    ("Call", "func"): ("CALL_METHOD", "CALL_FUNCTION"),
}
#: Nodes without a span that lend their work to their parent.
LENDING = frozenset({"withitem", "comprehension", "match_case"})
#: Statements whose own work is done at a child: the stores of ``a = b`` stand at ``a``.
_WORK_AT = {"Assign": "targets", "AnnAssign": "target", "Delete": "targets"}
_WORK = ("STORE_", "DELETE_", "UNPACK_")
#: Instructions for two local names; the second half's work.
_PAIR = re.compile(r"(?:LOAD|STORE)_FAST\w*_(LOAD|STORE)_FAST")
#: The first of the two stands at most so many lines above the second.
_PAIR_LINES = 3
#: Above so many instructions nobody looks which are whose.
_MANY = 100


def _adopts(tree: TreeIndex, child: int, opname: str) -> bool:
    parent = tree.table.parent[child]
    names = _ADOPTED.get((tree.table.kind_of(parent), tree.field_of(child)))
    return names is not None and opname.startswith(names)


def _lender(tree: TreeIndex, row: int) -> int:
    return tree.table.parent[row] if tree.table.kind_of(row) in LENDING else row


def owner(tree: TreeIndex, span: Span, opname: str) -> int:
    """The node whose work an instruction with this span does; -1 for none."""
    table = tree.table
    node = row = tree.covering(span)
    if row < 0:
        return row
    if table.span(row) != span:
        return _lender(tree, table.parent[row]) if row and _adopts(tree, row, opname) else row
    while table.parent[row] >= 0:
        if _adopts(tree, row, opname):
            return _lender(tree, table.parent[row])
        row = table.parent[row]
        if table.span(row) != span:
            break
    return node


def own_instructions(tree: TreeIndex, code: CodeIndex, node: int) -> list[int]:
    """The rows of a node's own instructions; where it has none, those inside its header."""
    table = tree.table
    where = [node]
    for child in tree.direct(node):
        where += tree.direct(child) if table.kind_of(child) in LENDING else [child]
    kind = table.kind_of(node)
    borrows = any(key[0] in (kind, *LENDING) for key in _ADOPTED)
    spans = {table.span(row) for row in (where if borrows else where[:1])} - {None}
    mine = _lender(tree, node)
    found = {
        row
        for span in spans
        if span is not None
        for row in code.with_span(span)
        if owner(tree, span, code.opname(row)) == mine
    }
    if found:
        return sorted(found)
    work = _WORK_AT.get(kind)
    if work is not None:
        targets = [table.span(c) for c in tree.direct(node) if tree.field_of(c) == work]
        done = [r for span in targets if span for r in code.within(span) if code.opname(r).startswith(_WORK)]
        if done:
            return sorted(done)
    if kind == "alias":
        return _of_alias(tree, code, node)
    if kind == "Name":
        return _of_pair(tree, code, node)
    header = tree.header(node)
    inside = sorted(code.within(header)) if header is not None else []
    if len(inside) > _MANY:
        return inside
    # A part of a long chain of methods has a shorter span than its node: only the lines of its own name.
    own = [row for row in inside if (s := code.table.span(row)) and owner(tree, s, code.opname(row)) == mine]
    return own or inside


def _of_pair(tree: TreeIndex, code: CodeIndex, node: int) -> list[int]:
    """The instruction that does the work of two names, as CPython 3.13 has them: it has the first one's span.

    It is the last one before the name whose second half does to that name what the name's context says.
    """
    table, place = code.table, tree.table.span(node)
    name = tree.table.attrs_of(node).get("id", "").strip("'")
    context = next((tree.table.kind_of(child) for child in tree.direct(node)), "")
    best: tuple[Position, int] | None = None
    for row in code.starting_on(max(1, place.line - _PAIR_LINES), place.line) if place else ():
        match = _PAIR.match(code.opname(row))
        if match is None or match[1].title() != context:
            continue
        span = table.span(row)
        names = table.strings[table.argrepr[row]]
        if names.endswith(f", {name}") and span and place and span.start <= place.start:
            best = max(best or (span.start, row), (span.start, row))
    return [best[1]] if best is not None else []


def _of_alias(tree: TreeIndex, code: CodeIndex, node: int) -> list[int]:
    """The rows of an import that name one of its parts: they have the whole statement's span."""
    attrs = tree.table.attrs_of(node)
    name = attrs.get("name", "").strip("'")
    names = {name, name.split(".", 1)[0], attrs.get("asname", "").strip("'")}
    span = tree.table.span(tree.table.parent[node])
    rows = code.with_span(span) if span is not None else []
    table = code.table
    return [
        row
        for row in rows
        if code.opname(row).startswith(("IMPORT_", "STORE_")) and table.strings[table.argrepr[row]] in names
    ]


def instructions_by_line(tree: TreeIndex, code: CodeIndex, node: int) -> list[int]:
    """The rows of the lines of a node; of its statement, where its lines have none."""
    header = tree.header(node)
    while header is not None:
        rows = code.on_lines(header.line, header.end_line)
        if rows or tree.is_statement(node):
            return rows
        node = tree.table.parent[node]
        header = tree.header(node) if node >= 0 else None
    return []


def place_of(tokens: TokenIndex | None, tree: TreeIndex, row: int) -> Span | None:
    """Where a node without a span stands; None when it stands nowhere."""
    table = tree.table
    extent = tree.extent(row)
    parent = table.parent[row]
    if parent < 0:
        return None
    if extent is not None:
        (line, column), (end_line, end_column) = (divmod(place, LINE_STEP) for place in extent)
        return Span(line, column, end_line, end_column)
    field = tree.field_of(row)
    if field == "ctx":
        return table.span(parent)
    if field in ("op", "ops") and tokens is not None:
        return _sign(tokens, tree, row)
    return None


def _sign(tokens: TokenIndex, tree: TreeIndex, row: int) -> Span | None:
    """Where an operator's sign stands: the tokens between its parent's operands, brackets aside."""
    table = tree.table
    parent = table.parent[row]
    whole = table.span(parent)
    operands = [s for child in tree.direct(parent) if (s := table.span(child)) is not None]
    if whole is None or not operands:
        return None
    if table.kind_of(parent) == "UnaryOp":
        begin, end = whole.start, operands[0].start
    else:
        at = max(0, table.index[row])  # `ops` stands beside `comparators`; the left operand comes first
        if at + 1 >= len(operands):
            return None
        begin, end = operands[at].end, operands[at + 1].start
    names = tokens.table.strings
    signs = [
        span
        for t in tokens.inside(Span(*begin, *end))
        if names[tokens.table.exact_type[t]] not in ("LPAR", "RPAR") and tokens.type_of(t) not in LAYOUT
        if (span := tokens.table.span(t)) is not None
    ]
    return Span(*signs[0].start, *signs[-1].end) if signs else None
