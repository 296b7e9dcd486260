"""Names and scopes: which row of the symbol table a node belongs to, and where a scope names something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowtui.model.link_index import SymbolIndex, TokenIndex, TreeIndex
from flowtui.model.span import Position


def symbols_of(
    tree: TreeIndex | None, symbols: SymbolIndex | None, node: int, name: str | None = None
) -> tuple[int, ...]:
    """The symbol rows of `name`, or of the node's own, in the nearest scope around the node that has it."""
    if tree is None or symbols is None:
        return ()
    name = name or name_of(tree, node)
    if name is None:
        return ()
    for scope in _scopes_of(tree, symbols, node):
        row = symbols.row_of(scope, name)
        if row >= 0:
            return (row,)
    return ()


_NAMED = {"Name": "id", "arg": "arg", "FunctionDef": "name", "AsyncFunctionDef": "name", "ClassDef": "name"}


def name_of(tree: TreeIndex, node: int) -> str | None:
    """The name that a node binds or uses in its scope."""
    field = _NAMED.get(tree.table.kind_of(node))
    if field is None:
        return None
    return tree.table.attrs_of(node).get(field, "").strip("'") or None


def _scopes_of(tree: TreeIndex, symbols: SymbolIndex, node: int) -> Iterator[int]:
    """The scopes around a node, inside out, as symtable sees them: a default is outside its function."""
    table = tree.table
    child, parent = node, table.parent[node]
    through = [tree.field_of(node)]
    while parent >= 0:
        kind = table.kind_of(parent)
        field = tree.field_of(child)
        if _opens(kind, field, through):
            scope = symbols.scope_at(table.span(parent))
            if scope >= 0:
                yield scope
        child, parent = parent, table.parent[parent]
        through.append(tree.field_of(child))
    yield symbols.scope_at(None)


_PARAMETERS = frozenset({"posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"})


def _opens(kind: str, field: str, through: list[str]) -> bool:
    """Whether a node reached by `through` (fields, inside out) is in the scope that its ancestor opens."""
    if kind in ("FunctionDef", "AsyncFunctionDef", "Lambda", "ClassDef"):
        parameter = len(through) >= 2 and through[-2] in _PARAMETERS and len(through) == 2
        return field == "body" or (kind != "ClassDef" and field == "args" and parameter)
    if kind in ("ListComp", "SetComp", "DictComp", "GeneratorExp"):
        # The first iterable is evaluated outside; which one matters only for a name that both scopes have.
        return field != "generators" or len(through) < 2 or through[-2] != "iter"
    return False


def places_of_name(
    tokens: TokenIndex, tree: TreeIndex, symbols: SymbolIndex, lines: Sequence[str], scope: int, name: str
) -> Iterator[int]:
    """The ``NAME`` tokens by which a scope names something, in order."""
    span = symbols.table.scopes[scope][4]
    first, last = (span.line, span.end_line) if span is not None else (1, len(lines))
    for number in range(first, min(last, len(lines)) + 1):
        text = lines[number - 1]
        column = text.find(name)
        while column >= 0:
            row = tokens.at(Position(number, column))
            if row >= 0 and tokens.type_of(row) == "NAME" and tokens.table.string_of(row) == name:
                found = _of_name(tokens, tree, symbols, row, name)
                if any(symbols.table.scope[r] == scope for r in found):
                    yield row
            column = text.find(name, column + len(name))


def _of_name(
    tokens: TokenIndex, tree: TreeIndex, symbols: SymbolIndex, row: int, name: str
) -> tuple[int, ...]:
    span = tokens.table.span(row)
    node = tree.covering(span) if span is not None else -1
    # The name behind a dot or before the sign = of an argument is none of a scope.
    if node < 0 or tree.table.kind_of(node) in ("Attribute", "keyword"):
        return ()
    return symbols_of(tree, symbols, node, name)
