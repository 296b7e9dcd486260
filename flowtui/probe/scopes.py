"""Where each scope's names stand in the source; `symbols` matches these scopes with symtable's.

symtable says what a name is, not where it stands. The walk here follows the order of CPython's
``Python/symtable.c``, so that scopes of one kind, name and line come in the same order in both.
"""

from __future__ import annotations

import ast
import re

from .text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Iterable

#: What a scope's key calls comprehensions (symtable's names without the angle brackets of 3.13 on).
COMPREHENSIONS = {
    "ListComp": "listcomp",
    "SetComp": "setcomp",
    "DictComp": "dictcomp",
    "GeneratorExp": "genexpr",
}
#: Fields without a name in them.
SILENT = frozenset(
    "ctx op ops type_comment kind conversion level is_async simple type_ignores".split()  # noqa: SIM905  # shorter
)
TYPE_PARAMETERS = frozenset(("TypeVar", "ParamSpec", "TypeVarTuple"))
DEF = re.compile(r"(?:async\s+)?(?:def|class)\s+")
AS = re.compile(r"[\s)]*as\s+")


class Block:
    """A scope of the tree.

    Attributes:
        kind: ``module``, ``function``, ``class``, ``comprehension``, ``annotation``, ``parameters``,
            ``alias`` or ``bound``.
        name: as symtable names it.
        line: its first line.
        node: whose span is the scope's; None for the module.
        names: by name where it stands first: (line, column, end line, end column), columns in bytes.
        below: the scopes inside, in symtable's order.
        mangler: the class whose private names are mangled here; empty outside classes.
    """

    __slots__ = ("annotations", "below", "kind", "line", "mangler", "name", "names", "node", "outer")

    def __init__(self, kind: str, name: str, node: Any, outer: Block | None) -> None:
        self.kind, self.name, self.node, self.outer = kind, name, node, outer
        self.line = node.lineno if node is not None else 0
        self.names: dict[str, tuple[int, int, int, int]] = {}
        self.below: list[Block] = []
        self.annotations: Block | None = None
        self.mangler: str = name if kind == "class" else outer.mangler if outer else ""
        if outer is not None:
            outer.below.append(self)

    def see(self, name: str, line: int, column: int, end_line: int, end_column: int) -> None:
        """A name stands here; the first place is kept."""
        if self.mangler and name[:2] == "__" and name[-2:] != "__" and "." not in name:
            owner = self.mangler.lstrip("_")
            if owner:
                name = "_%s%s" % (owner, name)
        known = self.names.get(name)
        if known is None or (line, column) < known[:2]:
            self.names[name] = (line, column, end_line, end_column)


class Walker:
    """The walk: an explicit stack of (node, block), for a tree may be deeper than Python's own stack."""

    def __init__(self, tree: ast.Module, text: Text) -> None:
        self._text = text
        self._stack: list[tuple[Any, Block]] = []
        self._fields: dict[type, tuple[str, ...]] = {}
        self._handlers: dict[type, Any] = {}
        self._lazy = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in tree.body
        )
        self.module = Block("module", "top", None, None)
        self._push(self.module, tree.body)
        self._walk()

    def _push(self, block: Block, *nodes: Any) -> None:
        """Walk these nodes (or lists of them) next, in this order."""
        flat: list[tuple[Any, Block]] = []
        for node in nodes:
            if isinstance(node, list):
                flat += [(item, block) for item in node if item is not None]
            elif node is not None:
                flat.append((node, block))
        flat.reverse()
        self._stack += flat

    def _walk(self) -> None:
        stack, name_class, node_class = self._stack, ast.Name, ast.AST
        while stack:
            node, block = stack.pop()
            cls = node.__class__
            if cls is name_class:
                block.see(node.id, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
                continue
            try:
                fields = self._fields[cls]
                handler = self._handlers[cls]
            except KeyError:
                fields = self._fields[cls] = tuple(f for f in cls._fields if f not in SILENT)
                handler = self._handlers[cls] = self._handler(cls.__name__)
            if handler is not None:
                handler(node, block)
                continue
            below = []
            for field in fields:
                value = getattr(node, field, None)
                if value.__class__ is list:
                    below += [(item, block) for item in value if isinstance(item, node_class)]
                elif isinstance(value, node_class):
                    below.append((value, block))
            below.reverse()
            stack += below

    def _handler(self, kind: str) -> Any:
        """The method for a node class that binds names in its own way; None for the others."""
        if kind in COMPREHENSIONS:
            return self._comprehension
        if kind in TYPE_PARAMETERS:
            return self._type_parameter
        return {
            "FunctionDef": self._function,
            "AsyncFunctionDef": self._function,
            "Lambda": self._lambda,
            "ClassDef": self._class,
            "Import": self._import,
            "ImportFrom": self._import,
            "ExceptHandler": self._except,
            "Global": self._declaration,
            "Nonlocal": self._declaration,
            "NamedExpr": self._walrus,
            "AnnAssign": self._annotated,
            "TypeAlias": self._alias,
            "MatchAs": self._capture,
            "MatchStar": self._capture,
            "MatchMapping": self._rest,
        }.get(kind)

    def _spelled(
        self, block: Block, name: str, line: int, column: int, pattern: re.Pattern[str] | None = None
    ) -> None:
        """A name without a node: it stands at a byte column, or behind what `pattern` matches there."""
        own = self._text.line(line)
        start = self._text.points(line, column)
        if pattern is not None:
            match = pattern.match(own, start)
            if match is None:
                return
            start = match.end()
        if own[start : start + len(name)] == name:
            first = len(own[:start].encode("utf-8", "surrogateescape"))
            block.see(name, line, first, line, first + len(name.encode("utf-8", "surrogatepass")))

    def _parameters(self, node: Any, block: Block) -> Block:
        """The block that holds type parameters, if there are any; else `block`."""
        parameters = getattr(node, "type_params", None)
        if not parameters:
            return block
        name = node.name if isinstance(node.name, str) else node.name.id
        inner = Block("parameters", name, node, block)
        self._push(inner, parameters)
        return inner

    def _function(self, node: Any, block: Block) -> None:
        self._spelled(block, node.name, node.lineno, node.col_offset, DEF)
        arguments = node.args
        outer = self._parameters(node, block)
        annotations = Block("annotation", "__annotate__", node, outer)
        inner = Block("function", node.name, node, outer)
        every = parameters(arguments)
        for arg in every:
            self._spelled(inner, arg.arg, arg.lineno, arg.col_offset)
        self._push(inner, node.body)
        if not self._lazy:
            self._push(annotations, [arg.annotation for arg in every], node.returns)
        self._push(block, arguments.defaults, arguments.kw_defaults, node.decorator_list)

    def _lambda(self, node: Any, block: Block) -> None:
        arguments = node.args
        inner = Block("function", "lambda", node, block)
        for arg in parameters(arguments):
            self._spelled(inner, arg.arg, arg.lineno, arg.col_offset)
        self._push(inner, node.body)
        self._push(block, arguments.defaults, arguments.kw_defaults)

    def _class(self, node: Any, block: Block) -> None:
        self._spelled(block, node.name, node.lineno, node.col_offset, DEF)
        outer = self._parameters(node, block)
        inner = Block("class", node.name, node, outer)
        self._push(inner, node.body)
        self._push(outer, node.bases, node.keywords)
        self._push(block, node.decorator_list)

    def _comprehension(self, node: Any, block: Block) -> None:
        inner = Block("comprehension", COMPREHENSIONS[node.__class__.__name__], node, block)
        first, *others = node.generators
        result = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._push(inner, first.target, first.ifs, others, result)
        self._push(block, first.iter)

    def _type_parameter(self, node: Any, block: Block) -> None:
        self._spelled(block, node.name, node.lineno, node.col_offset, re.compile(r"[*\s]*"))
        for value in (getattr(node, "bound", None), getattr(node, "default_value", None)):
            if value is not None:
                self._push(Block("bound", node.name, node, block), value)

    def _alias(self, node: Any, block: Block) -> None:
        self._push(block, node.name)
        outer = self._parameters(node, block)
        self._push(Block("alias", node.name.id, node, outer), node.value)

    def _import(self, node: Any, block: Block) -> None:
        for alias in node.names:
            line = getattr(alias, "lineno", None)
            if line is None or alias.name == "*":  # before 3.10 an alias has no place
                continue
            if alias.asname:
                width = len(alias.asname.encode("utf-8", "surrogatepass"))
                self._spelled(block, alias.asname, alias.end_lineno, alias.end_col_offset - width)
            else:
                self._spelled(block, alias.name.split(".")[0], line, alias.col_offset)

    def _except(self, node: Any, block: Block) -> None:
        if node.name:
            self._spelled(block, node.name, node.type.end_lineno, node.type.end_col_offset, AS)
        self._push(block, node.type, node.body)

    def _declaration(self, node: Any, block: Block) -> None:
        for name in node.names:
            pattern = re.compile(r"(?:global|nonlocal)\s(?:[\w\s,]*[\s,])?(?=%s(?!\w))" % re.escape(name))
            self._spelled(block, name, node.lineno, node.col_offset, pattern)

    def _walrus(self, node: Any, block: Block) -> None:
        target: Any = node.target
        outer = block
        while outer.kind == "comprehension" and outer.outer is not None:
            outer = outer.outer
        if outer is not block:
            outer.see(target.id, target.lineno, target.col_offset, target.end_lineno, target.end_col_offset)
        self._push(block, target, node.value)

    def _annotated(self, node: Any, block: Block) -> None:
        self._push(block, node.target, node.value)
        if self._lazy:
            return
        if block.annotations is None:
            block.annotations = Block("annotation", "__annotate__", node, block)
        self._push(block.annotations, node.annotation)

    def _capture(self, node: Any, block: Block) -> None:
        if node.name:
            width = len(node.name.encode("utf-8", "surrogatepass"))
            self._spelled(block, node.name, node.end_lineno, node.end_col_offset - width)
        self._push(block, getattr(node, "pattern", None))

    def _rest(self, node: Any, block: Block) -> None:
        if node.rest and node.lineno == node.end_lineno:
            pattern = re.compile(r".*\*\*\s*(?=%s\s*,?\s*\}$)" % re.escape(node.rest))
            own = self._text.line(node.lineno)[: self._text.points(node.lineno, node.end_col_offset)]
            match = pattern.match(own, self._text.points(node.lineno, node.col_offset))
            if match:
                column = len(own[: match.end()].encode("utf-8", "surrogateescape"))
                self._spelled(block, node.rest, node.lineno, column)
        self._push(block, node.keys, node.patterns)


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters of a function, in the order in which they are written."""
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        arguments.vararg,
        *arguments.kwonlyargs,
        arguments.kwarg,
    ]
    return [arg for arg in every if arg is not None]


def absorb(block: Block, keys: Iterable[tuple[str, str, int]]) -> list[Block]:
    """The scopes inside `block`, with those that this interpreter has no scope for taken into it.

    Comprehensions are inlined from 3.12 on (PEP 709); annotations have scopes of their own from 3.14 on (PEP
    649).
    """
    found: list[Block] = []
    waiting = list(reversed(block.below))
    present = set(keys)
    while waiting:
        inner = waiting.pop()
        if inner.kind in ("annotation", "comprehension") and (key_of(inner) not in present):
            for name, place in inner.names.items():
                known = block.names.get(name)
                if known is None or place[:2] < known[:2]:
                    block.names[name] = place
            waiting += reversed(inner.below)
        else:
            found.append(inner)
    return found


def key_of(block: Block) -> tuple[str, str, int]:
    """What a scope has in common with symtable's: kind, name and line."""
    return ("function" if block.kind == "comprehension" else block.kind), block.name, block.line
