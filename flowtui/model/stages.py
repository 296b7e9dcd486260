"""The four tables of a source: tokens, syntax tree, symbols, bytecode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec

from flowtui.model.span import Span
from flowtui.model.tables import Column, Table


class Token(msgspec.Struct, frozen=True):
    """One row of `tokenize`: the names of `type` and `exact_type`, the string, where it stands."""

    type: str
    exact_type: str
    string: str
    span: Span | None


class TokenTable(Table, frozen=True, kw_only=True):
    """The rows of that interpreter's ``tokenize.tokenize``, in order.

    Attributes:
        type: index of the type's name (``OP``) in `strings`, a token.
        exact_type: index of the exact type's name (``LPAR``), a token.
        string: index of the token's string, or -1 when it is the source text under the span (on one line).
        keyword: 1 for a keyword, 2 for a soft keyword of that interpreter, else 0, a token.
        first: `first[n]` is the first token that starts at line n or later; number of lines + 2 entries.
        lines: the source's lines, given by the parent: strings are cut from them. Line ends are not part of them.
    """

    ROW_COLUMNS: ClassVar[tuple[str, ...]] = ("type", "exact_type", "string", "keyword")
    EXTRA_COLUMNS: ClassVar[tuple[str, ...]] = ("first",)

    type: Column
    exact_type: Column
    string: Column
    keyword: Column
    first: Column
    lines: Sequence[str] = ()

    def with_lines(self, lines: Sequence[str]) -> TokenTable:
        """The same table with the source's lines to cut strings from."""
        return msgspec.structs.replace(self, lines=lines)

    def string_of(self, row: int) -> str:
        """The token's string."""
        index = self.string[row]
        if index >= 0:
            return self.strings[index]
        return self.lines[self.line[row] - 1][self.column[row] : self.end_column[row]]

    def row(self, row: int) -> Token:
        """The token at `row`."""
        return Token(
            self.strings[self.type[row]],
            self.strings[self.exact_type[row]],
            self.string_of(row),
            self.span(row),
        )


class Node(msgspec.Struct, frozen=True):
    """One AST node: `index` is its place in a list field, None in a field of its own; `attrs` are reprs."""

    id: int
    parent: int | None
    field: str | None
    index: int | None
    kind: str
    attrs: Mapping[str, str]
    span: Span | None


class TreeTable(Table, frozen=True, kw_only=True):
    """One row a node of ``ast.parse``, depth first in field order; a row's number is the node's id.

    Attributes:
        kind: index of the class name, a node.
        parent: the parent's row, -1 for the root.
        field: index of the field of the parent that holds the node, -1 for the root.
        index: place in that field's list, -1 where the field is no list.
        depth: 0 for the root.
        size: how many rows the node and all below it take: its subtree is ``row … row + size - 1``.
        attr_first: `attr_first[n] … attr_first[n + 1] - 1` are node n's entries in the next two; nodes + 1 entries.
        attr_name: index of the field's name, an attribute.
        attr_value: index of the value's repr, an attribute.
    """

    ROW_COLUMNS: ClassVar[tuple[str, ...]] = ("kind", "parent", "field", "index", "depth", "size")
    EXTRA_COLUMNS: ClassVar[tuple[str, ...]] = ("attr_first", "attr_name", "attr_value")

    kind: Column
    parent: Column
    field: Column
    index: Column
    depth: Column
    size: Column
    attr_first: Column
    attr_name: Column
    attr_value: Column

    def kind_of(self, row: int) -> str:
        """The node's class name."""
        return self.strings[self.kind[row]]

    def attrs_of(self, row: int) -> dict[str, str]:
        """The node's fields that hold no node, each as its repr, in field order."""
        strings = self.strings
        entries = range(self.attr_first[row], self.attr_first[row + 1])
        return {strings[self.attr_name[i]]: strings[self.attr_value[i]] for i in entries}

    def row(self, row: int) -> Node:
        """The node at `row`."""
        parent, index = self.parent[row], self.index[row]
        return Node(
            row,
            None if parent < 0 else parent,
            self.text(self.field[row]),
            None if index < 0 else index,
            self.kind_of(row),
            self.attrs_of(row),
            self.span(row),
        )


class Symbol(msgspec.Struct, frozen=True):
    """One name of a scope and what it is there: ``parameter``, ``local``, ``global``, ``cell``, ``free``, …"""

    name: str
    roles: tuple[str, ...]
    span: Span | None


class Scope(msgspec.Struct, frozen=True):
    """One scope of symtable; `type` is ``module``, ``function``, ``class``, …; `names` are in its order."""

    id: int
    parent: int | None
    name: str
    type: str
    line: int
    span: Span | None
    names: tuple[Symbol, ...]


class SymbolTable(Table, frozen=True, kw_only=True):
    """One row a name of a scope, scopes depth first; a scope without names has one row with `name` -1.

    Attributes:
        scope: the scope's id, a row.
        name: index of the name, -1 for the row of a scope without names.
        roles: index of the roles' text, separated by one space: ``parameter local assigned``.
        scopes: a scope each: ``[parent id or -1, name, type, line, [line, column, end_line, end_column] or None]``.

    A row's span is the place where the scope first binds or uses the name, found in that interpreter's own tree,
    or none.
    """

    ROW_COLUMNS: ClassVar[tuple[str, ...]] = ("scope", "name", "roles")

    scope: Column
    name: Column
    roles: Column
    scopes: list[tuple[int, str, str, int, Span | None]]

    def symbol(self, row: int) -> Symbol | None:
        """The name at `row`; None for the row of a scope without names."""
        name = self.text(self.name[row])
        return (
            None
            if name is None
            else Symbol(name, tuple(self.strings[self.roles[row]].split()), self.span(row))
        )

    def rows(self) -> list[Scope]:
        """All scopes, depth first."""
        names: list[list[Symbol]] = [[] for _ in self.scopes]
        for row in range(len(self)):
            symbol = self.symbol(row)
            if symbol is not None:
                names[self.scope[row]].append(symbol)
        return [
            Scope(i, None if parent < 0 else parent, name, kind, line, span, tuple(names[i]))
            for i, (parent, name, kind, line, span) in enumerate(self.scopes)
        ]


class CodeObject(msgspec.Struct, frozen=True, kw_only=True):
    """One code object without its instructions; `consts` are reprs, `first` and `count` its rows in the table.

    An entry of `exception_table` is (start, end, target, depth, lasti): offsets, `end` not included.
    """

    id: int
    parent: int | None
    name: str
    qualname: str
    firstlineno: int
    flags: int
    flag_names: tuple[str, ...]
    stacksize: int
    argcount: int
    consts: tuple[str, ...]
    names: tuple[str, ...]
    varnames: tuple[str, ...]
    freevars: tuple[str, ...]
    cellvars: tuple[str, ...]
    exception_table: tuple[tuple[int, int, int, int, bool], ...]
    first: int
    count: int


class Instruction(msgspec.Struct, frozen=True):
    """One instruction as that interpreter's `dis` gives it, with the stack's depth before and after.

    `stack_before` and `stack_after` are None where no path leads to the instruction; after a jump that is taken the
    depth may differ (`dis.stack_effect(…, jump=True)`). `caches` counts its inline cache entries (2 bytes each).
    `specialised` is the name that the interpreter had put in its place when it was read after a run, else None.
    """

    offset: int
    opcode: int
    opname: str
    arg: int | None
    argval: str
    argrepr: str
    jump_target: int | None
    is_jump_target: bool
    line: int | None
    span: Span | None
    stack_before: int | None
    stack_after: int | None
    caches: int
    specialised: str | None


class CodeTable(Table, frozen=True, kw_only=True):
    """One row an instruction; the module's code object first, then depth first through ``co_consts``.

    Attributes:
        code: the code object's id, an instruction.
        offset: in bytes from the code's beginning.
        opcode: the number.
        opname: index of the name.
        arg: the argument, -1 for none (64-bit).
        argval: index of the repr of the argument's value.
        argrepr: index of dis's text for the argument.
        jump_target: offset, -1 for none.
        is_jump_target: 1 where a jump or a handler arrives.
        source_line: the line it belongs to, 0 for none; there are lines without a span.
        stack_before: depth of the operand stack, -1 where no path leads there.
        stack_after: the same, when it goes on to the next instruction (or jumps, if it always does).
        caches: number of its inline cache entries.
        specialised: index of the name after a run, -1 when it is as compiled or was not run.
        codes: the code objects.
        cache_format: by opname the cache's fields: ``{"LOAD_ATTR": [["counter", 1], …]}``.
    """

    ROW_COLUMNS: ClassVar[tuple[str, ...]] = (
        "code",
        "offset",
        "opcode",
        "opname",
        "arg",
        "argval",
        "argrepr",
        "jump_target",
        "is_jump_target",
        "source_line",
        "stack_before",
        "stack_after",
        "caches",
        "specialised",
    )

    code: Column
    offset: Column
    opcode: Column
    opname: Column
    arg: Column
    argval: Column
    argrepr: Column
    jump_target: Column
    is_jump_target: Column
    source_line: Column
    stack_before: Column
    stack_after: Column
    caches: Column
    specialised: Column
    codes: list[CodeObject]
    cache_format: dict[str, list[tuple[str, int]]] = msgspec.field(default_factory=dict)

    def row(self, row: int) -> Instruction:
        """The instruction at `row`."""
        arg, line = self.arg[row], self.source_line[row]
        target, before, after = self.jump_target[row], self.stack_before[row], self.stack_after[row]
        return Instruction(
            self.offset[row],
            self.opcode[row],
            self.strings[self.opname[row]],
            None if arg < 0 else arg,
            self.strings[self.argval[row]],
            self.strings[self.argrepr[row]],
            None if target < 0 else target,
            bool(self.is_jump_target[row]),
            line or None,
            self.span(row),
            None if before < 0 else before,
            None if after < 0 else after,
            self.caches[row],
            self.text(self.specialised[row]),
        )
