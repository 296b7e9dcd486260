"""Tokens, the syntax tree and the symbols as lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from flowtui.model.source import Source
from flowtui.model.stages import SymbolTable, TokenTable, TreeTable
from flowtui.report.layout import Line, Piece, cells, cut, expand, left, right, visible, where

#: The widest place in common sources, `1000:10-20`; wider ones push their row to the right.
WHERE_WIDTH = 11
#: Guides are drawn to this depth; below it a number tells the depth, or a deep tree would be wider than long.
MAX_GUIDES = 24
#: What a token's type looks like.
TOKEN_STYLES = {"NAME": "name", "NUMBER": "number", "STRING": "string", "OP": "operator", "COMMENT": "dim"}


def listing(source: Source, width: int) -> Iterator[Line]:
    """The source with its line numbers."""
    lines = source_lines(source)
    digits = max(4, len(str(len(lines))))
    for number, text in enumerate(lines, 1):
        shown = cut(visible(expand(text)), width - digits - 3 if width else 0)
        yield Line(((f"{number:{digits}d}", "line"), (" │ ", "dim"), (shown, "")), number)


def source_lines(source: Source) -> list[str]:
    """The source's lines; a line end at the end of the file opens no line."""
    lines = source.lines
    return lines[:-1] if lines[-1] == "" else lines


def token_lines(table: TokenTable, width: int) -> Iterator[Line]:
    """A line a token: where, type, exact type where it says more, the string."""
    strings = table.strings
    types = max((len(strings[i]) for i in set(table.type)), default=0)
    exacts = max((len(strings[i]) for i in set(table.exact_type)), default=0)
    room = max(8, width - WHERE_WIDTH - types - exacts - 8) if width else 0
    for row in range(len(table)):
        kind, exact = strings[table.type[row]], strings[table.exact_type[row]]
        style = "keyword" if table.keyword[row] == 1 else token_style(kind)
        yield Line(
            (
                ("  " + left(where(table.span(row)), WHERE_WIDTH), "line"),
                ("  " + left(kind, types), "type"),
                ("  " + left("" if exact == kind else exact, exacts), "dim"),
                ("  " + cut(repr(table.string_of(row)), room), style),
            ),
            table.line[row],
        )


def token_style(kind: str) -> str:
    """The style of a token's string by its type's name."""
    if kind.startswith(("FSTRING", "TSTRING")):
        return "string"
    return TOKEN_STYLES.get(kind, "dim")


def tree_lines(table: TreeTable, width: int) -> Iterator[Line]:
    """A line a node: where, guides, the field that holds it, its kind, its attributes."""
    guides: list[str] = [""]
    for row in range(len(table)):
        parent, depth = table.parent[row], table.depth[row]
        pieces: list[Piece] = [("  " + left(where(table.span(row)), WHERE_WIDTH) + "  ", "line")]
        if parent >= 0:
            last = row + table.size[row] >= parent + table.size[parent]
            if depth <= MAX_GUIDES:
                del guides[depth:]
                pieces.append((guides[depth - 1] + ("└─ " if last else "├─ "), "dim"))
                guides.append(guides[depth - 1] + ("   " if last else "│  "))
            else:
                pieces.append((f"{guides[MAX_GUIDES]}⋯ {depth} ", "dim"))
            place = f"[{table.index[row]}]" if table.index[row] >= 0 else ""
            pieces.append((f"{table.text(table.field[row])}{place}: ", "dim"))
        pieces.append((table.kind_of(row), "type"))
        attributes = "".join(f" {name}={value}" for name, value in _telling(table, row))
        used = sum(len(text) for text, _ in pieces)
        pieces.append((cut(attributes, max(12, width - used) if width else 0), "string"))
        yield Line(pieces, table.line[row])


def symbol_lines(table: SymbolTable, width: int) -> Iterator[Line]:
    """A line a scope, and below it a line a name with what it is there."""
    scopes = table.rows()
    depths: list[int] = []
    names = min(24, max((len(symbol.name) for scope in scopes for symbol in scope.names), default=0))
    for scope in scopes:
        depth = 0 if scope.parent is None else depths[scope.parent] + 1
        depths.append(depth)
        indent = "  " * min(depth, MAX_GUIDES)
        yield Line(
            (
                ("  " + left(where(scope.span), WHERE_WIDTH) + "  ", "line"),
                (indent + scope.type + " ", "keyword"),
                (visible(scope.name), "accent"),
                (f"  line {scope.line}" if scope.line and not scope.span else "", "dim"),
            ),
            scope.line,
        )
        for symbol in scope.names:
            roles = ", ".join(role.replace("_", " ") for role in symbol.roles)
            room = max(12, width - WHERE_WIDTH - len(indent) - names - 8) if width else 0
            yield Line(
                (
                    ("  " + left(where(symbol.span), WHERE_WIDTH) + "  ", "line"),
                    (indent + "  " + left(visible(symbol.name), names), "name"),
                    ("  " + cut(roles, room), "dim"),
                ),
                symbol.span.line if symbol.span else 0,
            )


def fields(rows: list[tuple[str, str]], width: int) -> Iterator[Line]:
    """Names and values in two columns; a long value goes on below itself."""
    names = max((cells(name) for name, _ in rows), default=0)
    for name, value in rows:
        for number, part in enumerate(wrapped(value, max(20, width - names - 4) if width else 0)):
            yield Line((("  " + right("" if number else name, names), "dim"), ("  " + part, "")))


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of `width` cells, between words where it can be; 0 leaves it in one."""
    text = visible(text)
    if not width or cells(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _telling(table: TreeTable, row: int) -> list[tuple[str, str]]:
    """A node's attributes for a person: without the empty ones, save that None can be a constant's value."""
    constant = table.kind_of(row) == "Constant"
    return [
        (name, value)
        for name, value in table.attrs_of(row).items()
        if value not in ("None", "[]") or (constant and name == "value")
    ]
