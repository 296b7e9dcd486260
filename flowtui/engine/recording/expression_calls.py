"""Functions and methods that an expression over a recording may use: bounded, and none of the learner's."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from flowtui.engine.recording.expression_operators import Function, binary, items, plain, too_large
from flowtui.engine.recording.expression_values import (
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


def _compared(values: list[Any], budget: Budget) -> list[Any]:
    return [plain(each, budget) for each in values]


def _length(budget: Budget, value: Any) -> int:
    return len(value)


def _extreme(choose: Function) -> Function:
    def extreme(budget: Budget, *values: Any, **named: Any) -> Any:
        if set(named) - {"default"}:
            raise ExpressionError("of the named arguments only default is worked out here")
        found = items(values[0], budget) if len(values) == 1 else list(values)
        return choose(_compared(found, budget), **(named if len(values) == 1 else {}))

    return extreme


def _sum(budget: Budget, value: Any, start: Any = 0) -> Any:
    total = plain(start, budget)
    for each in _compared(items(value, budget), budget):
        total = binary(ast.Add(), total, each, budget)
    return total


def _sorted(budget: Budget, value: Any, *, reverse: Any = False) -> list[Any]:
    return sorted(_compared(items(value, budget), budget), reverse=bool(reverse))


def _rounded(budget: Budget, value: Any, digits: Any = None) -> Any:
    if isinstance(digits, int) and abs(digits) > 400:
        raise too_large("integer")
    return round(plain(value, budget), digits)


def _power_call(budget: Budget, base: Any, exponent: Any) -> Any:
    return binary(ast.Pow(), base, exponent, budget)


def text_of(value: Any, budget: Budget, how: Function = str) -> str:
    """``str``, ``repr`` or ``ascii`` of a value, when that takes none of the learner's code.

    Raises:
        ExpressionError: it would take such code, or be too long.
    """
    if isinstance(value, TypeName):
        return f"<class '{value.name}'>"
    found = plain(value, budget)
    budget.measure(found)
    if isinstance(value, list | tuple | set | frozenset | dict | Handle):
        _only_plain(found)
    return str(how(found))


def _only_plain(value: Any) -> None:
    if isinstance(value, Cut):
        raise value.refuse()
    if isinstance(value, Handle):
        raise ExpressionError(f"the text of a {value.type} would take its own code")
    if isinstance(value, dict):
        for key, each in value.items():
            _only_plain(key)
            _only_plain(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            _only_plain(each)


def is_instance(value: Any, wanted: Any) -> bool:
    """``isinstance`` by the names of types, as far as the bases are known."""
    if isinstance(wanted, tuple | list):
        return any(is_instance(value, each) for each in wanted)
    name = wanted if isinstance(wanted, str) else type_name(wanted)
    if name is None:
        raise TypeError("isinstance() arg 2 must be a type or a tuple of types")
    own = type_of(value)
    if name in (own, "object"):
        return True
    if isinstance(value, Handle):
        bases = value.facts.bases(own)
        if bases is None:
            raise ExpressionError(f"the base classes of {own} are not recorded")
        return name in bases
    return any(base.__name__ == name for base in type(value).__mro__)


def _address(budget: Budget, value: Any) -> int:
    if isinstance(value, Handle):
        return value.address
    raise ExpressionError(f"the address of this {type_of(value)} is not recorded")


def _made(kind: Callable[[Iterable[Any]], Any]) -> Function:
    return lambda budget, value=(): kind([deep(each, budget) for each in items(value, budget)])


def _mapped(function: Function) -> Function:
    return lambda budget, *values: function(*[plain(each, budget) for each in values])


def _zipped(budget: Budget, *values: Any) -> list[Any]:
    return list(zip(*[items(each, budget) for each in values], strict=False))


def _range(budget: Budget, *values: Any) -> range:
    return range(*values)


#: The functions by name; each gets the budget first.
FUNCTIONS: dict[str, Function] = {
    "abs": _mapped(abs),
    "all": lambda budget, value: all(bool(each) for each in items(value, budget)),
    "any": lambda budget, value: any(bool(each) for each in items(value, budget)),
    "ascii": lambda budget, value: text_of(value, budget, ascii),
    "bin": _mapped(bin),
    "bool": lambda budget, value=False: bool(value),
    "chr": _mapped(chr),
    "dict": lambda budget, value: dict(plain(value, budget)),
    "divmod": _mapped(divmod),
    "enumerate": lambda budget, value, start=0: list(enumerate(items(value, budget), start)),
    "float": _mapped(float),
    "frozenset": _made(frozenset),
    "hex": _mapped(hex),
    "id": _address,
    "int": _mapped(int),
    "isinstance": lambda budget, value, wanted: is_instance(value, wanted),
    "len": _length,
    "list": lambda budget, value=(): items(value, budget),
    "max": _extreme(max),
    "min": _extreme(min),
    "oct": _mapped(oct),
    "ord": _mapped(ord),
    "pow": _power_call,
    "range": _range,
    "repr": lambda budget, value: text_of(value, budget, repr),
    "reversed": lambda budget, value: items(value, budget)[::-1],
    "round": _rounded,
    "set": _made(set),
    "sorted": _sorted,
    "str": lambda budget, value="": text_of(value, budget),
    "sum": _sum,
    "tuple": lambda budget, value=(): tuple(items(value, budget)),
    "type": lambda budget, value: TypeName(type_of(value)),
    "zip": _zipped,
}
#: Functions that are types too: what ``isinstance`` and ``type(x) is …`` name.
TYPES = frozenset(
    {
        "bool",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "range",
        "set",
        "str",
        "tuple",
        "type",
        "bytes",
        "complex",
        "object",
    }
)

_TEXT_METHODS = frozenset(
    {
        "capitalize",
        "casefold",
        "count",
        "endswith",
        "find",
        "index",
        "isalnum",
        "isalpha",
        "isascii",
        "isdecimal",
        "isdigit",
        "isidentifier",
        "islower",
        "isnumeric",
        "isprintable",
        "isspace",
        "istitle",
        "isupper",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "rfind",
        "rindex",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "upper",
    }
)
_PADDING = frozenset({"center", "ljust", "rjust", "zfill"})
_METHODS: dict[str, frozenset[str]] = {
    "str": _TEXT_METHODS | _PADDING | {"join", "replace"},
    "bytes": (_TEXT_METHODS - {"casefold", "isdecimal", "isidentifier", "isnumeric", "isprintable"})
    | {"hex"},
    "int": frozenset({"bit_length", "bit_count", "is_integer", "conjugate"}),
    "float": frozenset({"is_integer", "hex", "conjugate"}),
    "complex": frozenset({"conjugate"}),
    "list": frozenset({"count", "index"}),
    "tuple": frozenset({"count", "index"}),
    "range": frozenset({"count", "index"}),
    "dict": frozenset({"get", "items", "keys", "values"}),
    "set": frozenset({"isdisjoint", "issubset", "issuperset", "union", "intersection", "difference"}),
}
_METHODS["frozenset"] = _METHODS["set"]
#: Attributes that are plain numbers.
ATTRIBUTES = {"int": {"real", "imag", "numerator", "denominator"}, "float": {"real", "imag"}}
ATTRIBUTES |= {"complex": {"real", "imag"}, "range": {"start", "stop", "step"}}


def call_method(value: Any, name: str, arguments: list[Any], budget: Budget) -> Any:
    """What a method without side effects gives.

    Raises:
        ExpressionError: there is no such method here, or its result would be too large.
    """
    if isinstance(value, Cut):
        prefix = (
            arguments[0] if name == "startswith" and len(arguments) == 1 and value.type == "str" else None
        )
        if isinstance(prefix, str) and len(prefix) <= len(value.beginning):
            return value.beginning.startswith(prefix)
        raise value.refuse()
    subject = deep(value, budget)
    if isinstance(subject, Handle) or name not in _METHODS.get(type(subject).__name__, ()):
        raise ExpressionError(f"the method {name} of a {type_of(value)} is not run over a recording")
    values = [deep(each, budget) for each in arguments]
    if name in _PADDING and any(isinstance(each, int) and each > MOST for each in values):
        raise too_large("text")
    new = values[1] if name == "replace" and len(values) >= 2 else None
    if isinstance(new, str | bytes) and (len(subject) + 1) * len(new) > MOST:
        raise too_large("text")
    if name == "join" and len(values) == 1:
        values = [items(values[0], budget)]
        budget.measure(values)
        budget.spend(len(values[0]) * len(subject) // 64)
    found = getattr(subject, name)(*values)
    return list(found) if isinstance(subject, dict) and name != "get" else found
