"""Stage `symbols`: symtable's scopes and names, each with the place where its scope first has it."""

from __future__ import annotations

import symtable
import unicodedata
from array import array

from .scopes import Block, Walker, absorb, key_of
from .text import Strings, Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    import ast
    from typing import Any

#: Roles in the order in which they are told, by the method of `symtable.Symbol` that knows; missing methods
#: are skipped.
ROLES = (
    ("parameter", "is_parameter"),
    ("type-parameter", "is_type_parameter"),
    ("local", "is_local"),
    ("global", "is_global"),
    ("declared", "is_declared_global"),
    ("nonlocal", "is_nonlocal"),
    ("cell", "is_cell"),
    ("free", "is_free"),
    ("imported", "is_imported"),
    ("assigned", "is_assigned"),
    ("referenced", "is_referenced"),
    ("annotated", "is_annotated"),
)
#: symtable's names for kinds of scopes, which changed from version to version, as `scopes` has them.
KINDS = {
    "type parameter": "parameters",
    "type parameters": "parameters",
    "type alias": "alias",
    "TypeVar bound": "bound",
    "type variable": "bound",
}


class Table:
    """What all scopes of one source share while the rows are made."""

    def __init__(self, name: str) -> None:
        self.filename = name
        self.strings = Strings()
        self.scope, self.name, self.roles = array("i"), array("i"), array("i")
        self.places = (array("i"), array("i"), array("i"), array("i"))
        self.scopes: list[list[Any]] = []
        self._types: dict[Any, str] = {}
        self._known: dict[tuple[int, bool], str] = {}

    def type_of(self, raw: Any) -> str:
        """The word of symtable for a scope's kind."""
        known = self._types.get(raw.type)
        if known is None:
            known = self._types[raw.type] = str(symtable.SymbolTable(raw, self.filename).get_type())
        return known

    def roles_of(self, raw: Any, name: str, flags: int, spaces: set[str]) -> str:
        """What a name is in a scope, in symtable's own judgement, which depends on the flags alone."""
        key = flags, raw.name == "top"
        text = self._known.get(key)
        if text is None:
            symbol = symtable.SymbolTable(raw, self.filename).lookup(name)
            found = [role for role, method in ROLES if getattr(symbol, method, bool)()]
            text = self._known[key] = " ".join(found)
        return (text + " namespace").lstrip() if name in spaces else text

    def add(self, raw: Any, number: int, block: Block | None) -> None:
        """The rows of one scope; one row without a name when it has none."""
        spaces = {child.name for child in raw.children}
        places = block.names if block is not None else {}
        for name, flags in raw.symbols.items():
            self._row(
                number,
                self.strings[name],
                self.strings[self.roles_of(raw, name, flags, spaces)],
                places.get(name),
            )
        if not raw.symbols:
            self._row(number, -1, self.strings[""], None)

    def _row(self, scope: int, name: int, roles: int, place: tuple[int, int, int, int] | None) -> None:
        self.scope.append(scope)
        self.name.append(name)
        self.roles.append(roles)
        for column, value in zip(self.places, place or (0, 0, 0, 0)):
            column.append(value)


def make(text: Text, name: str, tree: ast.Module) -> tuple[dict[str, Any], dict[str, array[int]]]:
    """Take symtable's answer apart, scopes depth first."""
    top: Any = symtable.symtable(text.data, name, "exec")  # type: ignore[arg-type]  # bytes are read too, from 3.8 on
    table = Table(name)
    spans: list[tuple[int, Any]] = []
    stack: list[tuple[Any, int, Block | None]] = [(top._table, -1, Walker(tree, text).module)]
    while stack:
        raw, parent, block = stack.pop()
        number = len(table.scopes)
        if block is not None and block.node is not None and hasattr(block.node, "end_lineno"):
            spans.append((number, block.node))
        children = match(table, raw, block)
        table.add(raw, number, block)
        table.scopes.append([parent, raw.name, table.type_of(raw), raw.lineno, None])
        stack += [(child, number, inner) for child, inner in reversed(children)]
    settle_scopes(table, spans, text)
    settle_names(table, text)
    line, column, end_line, end_column = table.places
    columns = {
        "scope": table.scope,
        "name": table.name,
        "roles": table.roles,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
    return {"strings": list(table.strings), "scopes": table.scopes}, columns


def match(table: Table, raw: Any, block: Block | None) -> list[tuple[Any, Block | None]]:
    """What symtable has inside a scope, each with its scope of the tree, or None where that is not sure."""
    children = raw.children
    if block is None:
        return [(child, None) for child in children]
    keys = []
    for child in children:
        kind = table.type_of(child)
        keys.append((KINDS.get(kind, kind), child.name.strip("<>"), child.lineno))
    found: dict[tuple[str, str, int], list[Block]] = {}
    for inner in absorb(block, keys):
        found.setdefault(key_of(inner), []).append(inner)
    sure = {key: list(reversed(inner)) for key, inner in found.items() if len(inner) == keys.count(key)}
    return [(child, sure[key].pop() if key in sure else None) for child, key in zip(children, keys)]


def settle_scopes(table: Table, spans: list[tuple[int, Any]], text: Text) -> None:
    """Give scopes the spans of their nodes, in code points."""
    nodes = [node for _, node in spans]
    places = [
        array("i", [getattr(node, field) or 0 for node in nodes])
        for field in ("lineno", "col_offset", "end_lineno", "end_col_offset")
    ]
    text.settle(*places)
    for (number, _), place in zip(spans, zip(*places)):
        if place[0]:
            table.scopes[number][4] = list(place)


def settle_names(table: Table, text: Text) -> None:
    """Turn the names' places into code points; a place where that name does not stand is none.

    Before 3.12 nodes inside f-strings may have places elsewhere. Identifiers are compared in NFKC form, as
    Python does.
    """
    line, column, end_line, end_column = table.places
    text.settle(line, column, end_line, end_column)
    names = list(table.strings)
    for row, number in enumerate(line):
        if not number:
            continue
        name = names[table.name[row]]
        stands = text.line(number)[column[row] : end_column[row]] if number == end_line[row] else ""
        private = stands[:2] == "__" and name[:1] == "_" and name.endswith(stands)
        if not (stands == name or private or (stands and unicodedata.normalize("NFKC", stands) == name)):
            line[row] = column[row] = end_line[row] = end_column[row] = 0
