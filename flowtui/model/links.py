"""The selection: from any row of any stage to the rows of all others, by exact columns.

What belongs together:

* A place in the source: the token there; the innermost node around that token; the instructions that the
  compiler made for that node itself, not for the nodes inside it.
* ``NL``, ``COMMENT``, ``INDENT`` and the like have no node: the parser never sees them, or sees nothing in
  them. The nodes around are given as `enclosing`. ``NEWLINE`` belongs to the statement that it ends.
* An instruction's node is the innermost with exactly its span, except where the compiler gives a parent's
  instruction the span of a child (`link_rules`): ``FOR_ITER`` stands at the iterable, and is the ``for``'s.
* A node without a span (``arguments``, ``comprehension``) stands where its children stand; an operator where
  its sign stands, between its parent's operands; a context (``Load``, ``Store``) where its parent stands.
* A compound statement is linked by its header: the instructions of the statements inside it are theirs.
* Where an interpreter knows lines only (CPython before 3.11, PyPy), instructions are found by line.
* What has no place (a module's ``RESUME``, what the compiler folded away) links to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from flowtui.model.analysis import Analysis
from flowtui.model.labels import instruction_label, node_label, token_label
from flowtui.model.link_index import LAYOUT, CodeIndex, SymbolIndex, TokenIndex, TreeIndex, cached
from flowtui.model.link_rules import LENDING, instructions_by_line, own_instructions, owner, place_of
from flowtui.model.link_symbols import name_of, places_of_name, symbols_of
from flowtui.model.selection import Selection
from flowtui.model.span import Position, Span
from flowtui.model.stages import CodeTable


class _Indexes:
    """The indexes of the stages that an analysis has."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.tokens = cached(analysis.tokens, TokenIndex) if analysis.tokens is not None else None
        self.tree = cached(analysis.ast, TreeIndex) if analysis.ast is not None else None
        self.code = cached(analysis.bytecode, CodeIndex) if analysis.bytecode is not None else None
        self.symbols = cached(analysis.symbols, SymbolIndex) if analysis.symbols is not None else None


def at_position(analysis: Analysis, position: Position, origin: str = "source") -> Selection:
    """What stands at a place in the source."""
    index = _Indexes(analysis)
    if index.tokens is not None and (row := index.tokens.at(position)) >= 0:
        return _of_token(index, row, position, origin)
    tree = index.tree
    node = tree.covering(Span(*position, position.line, position.column + 1)) if tree is not None else -1
    if tree is None or node < 0:
        return Selection(origin=origin, position=position)
    if tree.holds_statements(node):  # between the statements of a block
        return Selection(origin=origin, position=position, enclosing=(node, *tree.ancestors(node)))
    return _with_node(index, node, Selection(origin=origin, position=position))


def at_token(analysis: Analysis, row: int) -> Selection:
    """What belongs to a row of the tokens."""
    table = analysis.tokens
    span = table.span(row) if table is not None else None
    if span is None:
        return Selection(origin="tokens", token=row, tokens=range(row, row + 1))
    return _of_token(_Indexes(analysis), row, span.start, "tokens")


def at_node(analysis: Analysis, row: int) -> Selection:
    """What belongs to a node of the tree."""
    index = _Indexes(analysis)
    tree = index.tree
    assert tree is not None, "a node's row comes from a tree"
    span = tree.table.span(row) or place_of(index.tokens, tree, row)
    selection = Selection(origin="ast", position=span.start if span else None)
    if span is not None:
        selection = _with_tokens(index, span, selection)
    owner = row
    if tree.table.span(row) is None and tree.table.parent[row] > 0 and tree.table.kind_of(row) not in LENDING:
        owner = tree.table.parent[row]
    linked = _with_node(index, owner, selection) if span is not None else selection
    return msgspec.structs.replace(linked, node=row, enclosing=tree.ancestors(row))


def at_instruction(analysis: Analysis, row: int) -> Selection:
    """What belongs to an instruction; the linked instruction is itself alone."""
    index = _Indexes(analysis)
    code, tree = index.code, index.tree
    assert code is not None, "an instruction's row comes from a code table"
    span = code.table.span(row)
    line = code.table.source_line[row]
    selection = Selection(origin="bytecode", instructions=(row,))
    if span is None or span.start == span.end:
        return _beginning(index, row, span.line if span else line, selection)
    selection = msgspec.structs.replace(_with_tokens(index, span, selection), position=span.start)
    if tree is None or (node := owner(tree, span, code.opname(row))) < 0:
        return selection
    return msgspec.structs.replace(
        selection,
        node=node,
        enclosing=tree.ancestors(node),
        symbols=symbols_of(index.tree, index.symbols, node),
    )


def at_symbol(analysis: Analysis, row: int) -> Selection:
    """What belongs to a name of a scope: every place where that scope names it."""
    index = _Indexes(analysis)
    assert index.symbols is not None, "a symbol's row comes from a symbol table"
    table = index.symbols.table
    span, name = table.span(row), table.text(table.name[row])
    selection = Selection(origin="symbols", symbols=(row,), position=span.start if span else None, span=span)
    if name is None or index.tokens is None:
        return selection
    places = tuple(_places(index, table.scope[row], name))
    token = index.tokens.at(span.start) if span is not None else -1
    if token < 0:
        return msgspec.structs.replace(selection, tokens=places)
    found = msgspec.structs.replace(_of_token(index, token, None, "symbols"), symbols=(row,))
    instructions = dict.fromkeys(found.instructions)
    for place in places:
        instructions.update(dict.fromkeys(_of_token(index, place, None, "symbols").instructions))
    return msgspec.structs.replace(
        found,
        position=selection.position,
        tokens=places or found.tokens,
        instructions=tuple(sorted(instructions)),
    )


def at_span(analysis: Analysis, span: Span, origin: str = "output") -> Selection:
    """What belongs to a stretch of source, as a traceback names it."""
    index = _Indexes(analysis)
    selection = msgspec.structs.replace(
        _with_tokens(index, span, Selection(origin=origin)), position=span.start
    )
    if index.tree is None or (node := index.tree.covering(span)) < 0:
        return selection
    return _with_node(index, node, selection)


def describe(analysis: Analysis, selection: Selection) -> list[tuple[str, str]]:
    """The selection's whole way in words, as (part, text): ``where``, ``token``, ``node``, ``instruction``.

    Stages that are not there yet have no part; a stage that has nothing at that place says so.
    """
    parts: list[tuple[str, str]] = []
    if selection.position is not None:
        parts.append(("where", f"{selection.position.line}:{selection.position.column}"))
    tokens, tree, code = analysis.tokens, analysis.ast, analysis.bytecode
    if tokens is not None:
        parts.append(
            ("token", token_label(tokens, selection.token) if selection.token is not None else "no token")
        )
    if tree is not None:
        parts.append(("node", node_label(tree, selection.node) if selection.node is not None else "no node"))
    if code is not None:
        rows = selection.instructions
        main = main_instruction(analysis, selection)
        text = instruction_label(code, main) if main is not None else "no instruction"
        more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
        parts.append(("instruction", text + more + (" by line" if selection.by_line else "")))
    return parts


#: Statements that give their name to what the instructions before have made.
_BINDING = ("FunctionDef", "AsyncFunctionDef", "ClassDef")


def main_instruction(analysis: Analysis, selection: Selection) -> int | None:
    """The linked instruction that does the work, the one to be named and explained; None where none is linked."""
    code, tree, rows = analysis.bytecode, analysis.ast, selection.instructions
    if code is None or not rows:
        return None
    kind = tree.kind_of(selection.node) if tree is not None and selection.node is not None else ""
    if kind in _BINDING:
        for row in reversed(rows):
            if code.strings[code.opname[row]].startswith("STORE_"):
                return row
    return _main(code, rows, returns=kind == "Return")


def _main(code: CodeTable, rows: Sequence[int], returns: bool) -> int:
    """The row that does the work: the last of the first that stand together, jumps and the like aside.

    Where nothing in the source returns, neither does the main row: the compiler gives the ``return None`` at the end
    of a module or a function the place of the last statement.
    """
    best = previous = rows[0]
    aside = ("JUMP", "POP_TOP", "NOT_TAKEN") if returns else ("JUMP", "POP_TOP", "NOT_TAKEN", "RETURN_")
    for row in rows[1:]:
        if row != previous + 1:
            break
        previous = row
        name = code.strings[code.opname[row]]
        gives_none = name.startswith("LOAD_CO") and code.strings[code.argval[row]] == "None"
        if not name.startswith(aside) and (returns or not gives_none):
            best = row
    return best


def _of_token(index: _Indexes, row: int, position: Position | None, origin: str) -> Selection:
    assert index.tokens is not None
    span = index.tokens.table.span(row)
    assert span is not None, "a token at a place has a span"
    kind = index.tokens.type_of(row)
    selection = Selection(
        origin=origin, position=position or span.start, span=span, token=row, tokens=range(row, row + 1)
    )
    tree = index.tree
    if tree is None:
        return selection
    if kind == "NEWLINE":
        node = _ended_by(index.tokens, tree, row)
    else:
        node = tree.covering(span if span.start < span.end else Span(*span.start, span.line, span.column + 1))
    if node < 0:
        return selection
    if kind in LAYOUT:
        return msgspec.structs.replace(selection, enclosing=(node, *tree.ancestors(node)))
    return _with_node(index, node, selection, index.tokens.table.string_of(row) if kind == "NAME" else None)


def _ended_by(tokens: TokenIndex, tree: TreeIndex, row: int) -> int:
    """The statement that the ``NEWLINE`` at `row` ends, or whose header it ends; -1 for none."""
    before = row - 1
    while before >= 0 and tokens.type_of(before) in LAYOUT:
        before -= 1
    span = tokens.table.span(before) if before >= 0 else None
    return tree.statement_of(tree.covering(span)) if span is not None else -1


def _with_node(index: _Indexes, node: int, selection: Selection, name: str | None = None) -> Selection:
    """The selection with a node, what is around it, its instructions and its symbols."""
    tree, code = index.tree, index.code
    assert tree is not None
    rows: list[int] = []
    by_line = False
    if code is not None:
        by_line = not code.exact
        rows = instructions_by_line(tree, code, node) if by_line else own_instructions(tree, code, node)
    span = selection.span or tree.table.span(node)
    if not selection.tokens and span is not None:
        selection = _with_tokens(index, span, selection)
    return msgspec.structs.replace(
        selection,
        span=span,
        node=node,
        enclosing=tree.ancestors(node),
        instructions=tuple(rows),
        by_line=by_line and bool(rows),
        symbols=symbols_of(index.tree, index.symbols, node, name),
    )


def _with_tokens(index: _Indexes, span: Span, selection: Selection) -> Selection:
    inside = index.tokens.inside(span) if index.tokens is not None else range(0)
    token = inside[0] if inside else None
    return msgspec.structs.replace(selection, span=span, token=token, tokens=inside)


def _places(index: _Indexes, scope: int, name: str) -> Iterator[int]:
    if index.tokens is None or index.tree is None or index.symbols is None:
        return iter(())
    return places_of_name(index.tokens, index.tree, index.symbols, index.analysis.lines, scope, name)


def _beginning(index: _Indexes, row: int, line: int, selection: Selection) -> Selection:
    """An instruction with a line but no columns: ``RESUME``, or any where the interpreter gives none."""
    code, tree = index.code, index.tree
    assert code is not None
    if not line:
        return selection
    lines = index.analysis.lines
    selection = msgspec.structs.replace(selection, position=Position(line, 0), by_line=True)
    if tree is not None:
        name = code.table.codes[code.table.code[row]].name
        kinds = _SCOPE_KINDS.get(name, ("FunctionDef", "AsyncFunctionDef", "ClassDef"))
        nodes = list(tree.starting_on(line))
        starts = [n for n in nodes if tree.table.kind_of(n) in kinds] if code.exact else []
        node = next((n for n in starts if name_of(tree, n) == name), next(iter(starts or nodes), -1))
        if node >= 0:
            span = tree.header(node)
            assert span is not None, "a node that starts on a line has a span"
            selection = _with_tokens(index, span, selection)
            return msgspec.structs.replace(
                selection, position=span.start, node=node, enclosing=tree.ancestors(node)
            )
    if 1 <= line <= len(lines):
        return _with_tokens(index, Span(line, 0, line, len(lines[line - 1])), selection)
    return selection


_SCOPE_KINDS = {
    "<lambda>": ("Lambda",),
    "<listcomp>": ("ListComp",),
    "<setcomp>": ("SetComp",),
    "<dictcomp>": ("DictComp",),
    "<genexpr>": ("GeneratorExp",),
}
