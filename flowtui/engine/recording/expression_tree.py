"""The interpreter of expressions over a recording: a walk over the syntax tree that runs nothing but itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flowtui.engine.recording.expression_calls import (
    ATTRIBUTES,
    FUNCTIONS,
    TYPES,
    call_method,
    text_of,
)
from flowtui.engine.recording.expression_operators import binary, compare, items, too_large, unary
from flowtui.engine.recording.expression_values import (
    EXACT,
    MOST,
    Budget,
    Cut,
    ExpressionError,
    Handle,
    TypeName,
    deep,
    type_name,
    type_of,
)

#: What gives a name's value; raises KeyError for a name that has none.
Names = Callable[[str], Any]
_CONVERSIONS: dict[int, Callable[[Any], str]] = {115: str, 114: repr, 97: ascii}
_LONG_NUMBER = re.compile(r"\d{4}")


class Walk:
    """One evaluation.

    Args:
        names: gives the values of names.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._own: dict[str, Any] = {}
        self._budget = Budget()

    def value(self, node: ast.AST) -> Any:
        """The value of a node.

        Raises:
            ExpressionError: it is a kind that is not worked out, or a value is not known.
        """
        work = getattr(self, f"_{type(node).__name__}", None)
        if work is None:
            raise ExpressionError(f"{kind_in_words(node)} cannot be worked out over a recording")
        return work(node)

    def _Constant(self, node: ast.Constant) -> Any:  # noqa: N802  # named after the nodes
        return node.value

    def _Name(self, node: ast.Name) -> Any:  # noqa: N802  # the node's name
        if node.id in self._own:
            return self._own[node.id]
        try:
            return self._names(node.id)
        except KeyError:
            pass
        if node.id in TYPES:
            return TypeName(node.id)
        if node.id in FUNCTIONS:
            raise ExpressionError(f"{node.id} is a function; call it")
        raise ExpressionError(f"there is no {node.id} here")

    def _BoolOp(self, node: ast.BoolOp) -> Any:  # noqa: N802  # the node's name
        wanted = isinstance(node.op, ast.Or)
        found: Any = None
        for each in node.values:
            found = self.value(each)
            if bool(found) is wanted:
                break
        return found

    def _BinOp(self, node: ast.BinOp) -> Any:  # noqa: N802  # the node's name
        return binary(node.op, self.value(node.left), self.value(node.right), self._budget)

    def _UnaryOp(self, node: ast.UnaryOp) -> Any:  # noqa: N802  # the node's name
        return unary(node.op, self.value(node.operand), self._budget)

    def _Compare(self, node: ast.Compare) -> bool:  # noqa: N802  # the node's name
        left = self.value(node.left)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other)
            if not compare(sign, left, right, self._budget):
                return False
            left = right
        return True

    def _IfExp(self, node: ast.IfExp) -> Any:  # noqa: N802  # the node's name
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _Attribute(self, node: ast.Attribute) -> Any:  # noqa: N802  # the node's name
        value = self.value(node.value)
        name = node.attr
        if isinstance(value, Handle):
            return self._recorded_attribute(value, name)
        named = type_name(value)
        if named is not None and name in ("__name__", "__qualname__"):
            return named
        if not isinstance(value, Cut) and name in ATTRIBUTES.get(type(value).__name__, ()):
            return getattr(value, name)
        raise ExpressionError(f"a {type_of(value)} has no attribute {name} that could be looked at here")

    def _recorded_attribute(self, value: Handle, name: str) -> Any:
        if name == "__class__":
            return TypeName(value.type)
        if value.form == "attributes":
            elements = value.elements()
            for key, found in zip(elements.keys or (), elements.items, strict=True):
                if key == name:
                    return found
        if name == "__name__" and value.form == "leaf" and (type_name(value) or " " in value.text):
            return type_name(value) or value.text.rpartition(" ")[2]
        raise ExpressionError(
            f"no attribute {name} is recorded of this {value.type}; a property would be run"
        )

    def _Subscript(self, node: ast.Subscript) -> Any:  # noqa: N802  # the node's name
        value = self.value(node.value)
        key = self.value(node.slice)
        if isinstance(value, Cut):
            raise value.refuse()
        if isinstance(value, Handle):
            return self._recorded_item(value, key)
        if isinstance(value, str | bytes | list | tuple | range):
            return value[key]
        if isinstance(value, dict):
            return value[deep(key, self._budget)]
        raise TypeError(f"'{type_of(value)}' object is not subscriptable")

    def _recorded_item(self, value: Handle, key: Any) -> Any:
        if value.form == "mapping":
            return self._mapped(value, key)
        if value.form == "set" and value.type in EXACT:
            raise TypeError(f"'{value.type}' object is not subscriptable")
        if value.form != "sequence":
            raise ExpressionError(f"what a {value.type} gives for a subscript would take its own code")
        if isinstance(key, slice):
            found = list(value.all().items[key])
            return tuple(found) if value.type == "tuple" else found
        if not isinstance(key, int):
            raise TypeError(f"{value.type} indices must be integers or slices, not {type_of(key)}")
        elements, length = value.elements(), len(value)
        if not -length <= key < length:
            raise IndexError(f"{value.type} index out of range")
        key %= length
        if key >= len(elements.items):
            raise ExpressionError(f"element {key} of this {value.type} is not recorded")
        return elements.items[key]

    def _mapped(self, value: Handle, key: Any) -> Any:
        elements = value.elements()
        self._budget.spend(len(elements.items))
        wanted = deep(key, self._budget)
        hash(wanted)
        for each, found in zip(elements.keys or (), elements.items, strict=True):
            # None of a mapping's own code runs: its keys are compared as recorded values.
            if deep(each, self._budget) == wanted:
                return found
        if elements.left_out:
            raise ExpressionError(f"{elements.left_out} elements of this {value.type} are not recorded")
        raise KeyError(wanted if isinstance(wanted, str | int | float | tuple | None) else type_of(key))

    def _Slice(self, node: ast.Slice) -> slice:  # noqa: N802  # the node's name
        parts = (node.lower, node.upper, node.step)
        return slice(*[None if each is None else self.value(each) for each in parts])

    def _List(self, node: ast.List) -> list[Any]:  # noqa: N802  # the node's name
        return list(self._all(node.elts))

    def _Tuple(self, node: ast.Tuple) -> tuple[Any, ...]:  # noqa: N802  # the node's name
        return tuple(self._all(node.elts))

    def _Set(self, node: ast.Set) -> set[Any]:  # noqa: N802  # the node's name
        return {deep(each, self._budget) for each in self._all(node.elts)}

    def _Dict(self, node: ast.Dict) -> dict[Any, Any]:  # noqa: N802  # the node's name
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(deep(self.value(value), self._budget))
            else:
                made[deep(self.value(key), self._budget)] = self.value(value)
        return made

    def _all(self, nodes: list[ast.expr]) -> Iterator[Any]:
        for each in nodes:
            if isinstance(each, ast.Starred):
                yield from items(self.value(each.value), self._budget)
            else:
                yield self.value(each)

    def _Call(self, node: ast.Call) -> Any:  # noqa: N802  # the node's name
        arguments = list(self._all(node.args))
        named: Mapping[str, Any] = {}
        if node.keywords:
            if any(each.arg is None for each in node.keywords):
                raise ExpressionError("`**` in a call is not worked out here")
            named = {each.arg: self.value(each.value) for each in node.keywords if each.arg}
        if isinstance(node.func, ast.Attribute):
            if named:
                raise ExpressionError("named arguments of methods are not worked out here")
            return call_method(self.value(node.func.value), node.func.attr, arguments, self._budget)
        if not isinstance(node.func, ast.Name):
            raise ExpressionError("only functions and methods that are named can be called here")
        name = node.func.id
        function = FUNCTIONS.get(name)
        if function is None or self._shadowed(name):
            raise ExpressionError(f"{name} is not called: nothing of the program is run again")
        return function(self._budget, *arguments, **named)

    def _shadowed(self, name: str) -> bool:
        if name in self._own:
            return True
        try:
            self._names(name)
        except KeyError:
            return False
        return True

    def _JoinedStr(self, node: ast.JoinedStr) -> str:  # noqa: N802  # the node's name
        parts = [str(self.value(each)) for each in node.values]
        if sum(map(len, parts)) > MOST:
            raise too_large("text")
        return "".join(parts)

    def _FormattedValue(self, node: ast.FormattedValue) -> str:  # noqa: N802  # the node's name
        value = self.value(node.value)
        spec = self.value(node.format_spec) if node.format_spec is not None else ""
        if _LONG_NUMBER.search(spec):
            raise too_large("text")
        if node.conversion >= 0:
            value = text_of(value, self._budget, _CONVERSIONS[node.conversion])
        elif not spec:
            value = text_of(value, self._budget)
        elif not isinstance(value, str | int | float | complex):
            raise ExpressionError(f"a format for a {type_of(value)} is not worked out here")
        return format(value, spec)

    def _ListComp(self, node: ast.ListComp) -> list[Any]:  # noqa: N802  # the node's name
        return list(self._loop(node.generators, node.elt))

    def _GeneratorExp(self, node: ast.GeneratorExp) -> list[Any]:  # noqa: N802  # the node's name
        return list(self._loop(node.generators, node.elt))

    def _SetComp(self, node: ast.SetComp) -> set[Any]:  # noqa: N802  # the node's name
        return {deep(each, self._budget) for each in self._loop(node.generators, node.elt)}

    def _DictComp(self, node: ast.DictComp) -> dict[Any, Any]:  # noqa: N802  # the node's name
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return {deep(k, self._budget): v for k, v in self._loop(node.generators, pair)}

    def _loop(self, loops: list[ast.comprehension], element: ast.expr) -> Iterator[Any]:
        if not loops:
            yield self.value(element)
            return
        loop, *inner = loops
        if loop.is_async:
            raise ExpressionError("`async for` is not worked out here")
        for each in items(self.value(loop.iter), self._budget):
            before = dict(self._own)
            self._bind(loop.target, each)
            if all(self.value(test) for test in loop.ifs):
                yield from self._loop(inner, element)
            self._own = before

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._own[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            values = items(value, self._budget)
            if len(values) != len(target.elts):
                raise ValueError(f"{len(target.elts)} values to unpack, got {len(values)}")
            for each, found in zip(target.elts, values, strict=True):
                self._bind(each, found)
        else:
            raise ExpressionError("a loop here can only name what it goes over")


def kind_in_words(node: ast.AST) -> str:
    """What a learner calls a node that is refused."""
    words = {
        "Lambda": "a lambda",
        "NamedExpr": "`:=`, which would change a variable,",
        "Await": "`await`",
        "Yield": "`yield`",
        "YieldFrom": "`yield from`",
        "Starred": "`*` outside a call, list, tuple or set",
    }
    return words.get(type(node).__name__, type(node).__name__)
