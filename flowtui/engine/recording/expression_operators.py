"""Operators of an expression over a recording: bounded, and none of the learner's code."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from flowtui.engine.recording.expression_values import (
    MOST,
    MOST_BITS,
    Budget,
    Cut,
    ExpressionError,
    Handle,
    deep,
    type_name,
    type_of,
)

Function = Callable[..., Any]


def too_large(what: str) -> ExpressionError:
    """What is said of a result that would be beyond all measure."""
    return ExpressionError(f"the {what} would be too large")


def _bits(value: object) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _repeated(left: Any, right: Any) -> None:
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, str | bytes | list | tuple) and isinstance(times, int):
            if len(sequence) * max(0, times) > MOST:
                raise too_large(type(sequence).__name__)
            return
    if _bits(left) + _bits(right) > MOST_BITS:
        raise too_large("integer")


def _power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int) and right > 0 and _bits(left) * right > MOST_BITS:
        raise too_large("integer")


def _shifted(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int) and left and _bits(left) + right > MOST_BITS:
        raise too_large("integer")


def _joined(left: Any, right: Any) -> None:
    if (
        isinstance(left, str | bytes | list | tuple)
        and type(left) is type(right)
        and len(left) + len(right) > MOST
    ):
        raise too_large(type(left).__name__)


_WIDTH = re.compile(r"\d{4}|\*")


def _formatted(left: Any, right: Any) -> None:
    if isinstance(left, str | bytes):
        text = left if isinstance(left, str) else left.decode("latin-1")
        if _WIDTH.search(text):
            raise too_large("text")


_OPERATORS: dict[type[ast.operator], tuple[Function, Function | None]] = {
    ast.Add: (operator.add, _joined),
    ast.Sub: (operator.sub, None),
    ast.Mult: (operator.mul, _repeated),
    ast.Div: (operator.truediv, None),
    ast.FloorDiv: (operator.floordiv, None),
    ast.Mod: (operator.mod, _formatted),
    ast.Pow: (operator.pow, _power),
    ast.LShift: (operator.lshift, _shifted),
    ast.RShift: (operator.rshift, None),
    ast.BitOr: (operator.or_, None),
    ast.BitAnd: (operator.and_, None),
    ast.BitXor: (operator.xor, None),
}
_UNARY: dict[type[ast.unaryop], Function] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_ORDER: dict[type[ast.cmpop], Function] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def plain(value: Any, budget: Budget) -> Any:
    """A value that an operator can be applied to: recorded containers as real ones.

    Raises:
        ExpressionError: what it is would take its own code, or is not recorded whole.
    """
    if isinstance(value, Cut):
        raise value.refuse()
    if isinstance(value, Handle | list | tuple | set | frozenset | dict):
        value = deep(value, budget)
        if isinstance(value, Handle):
            raise ExpressionError(f"this operation on a {value.type} would take its own code")
    elif isinstance(value, str | bytes):
        budget.spend(len(value) // 64)
    return value


def binary(sign: ast.operator, left: Any, right: Any, budget: Budget) -> Any:
    """The result of a binary operator.

    Raises:
        ExpressionError: it would be too large, or would take the learner's code.
    """
    known = _OPERATORS.get(type(sign))
    if known is None:
        raise ExpressionError("this operator is not one that is worked out over recorded values")
    left, right = plain(left, budget), plain(right, budget)
    function, guard = known
    if guard is not None:
        guard(left, right)
    return function(left, right)


def unary(sign: ast.unaryop, value: Any, budget: Budget) -> Any:
    """The result of a unary operator."""
    if isinstance(sign, ast.Not):
        return not value
    return _UNARY[type(sign)](plain(value, budget))


def compare(sign: ast.cmpop, left: Any, right: Any, budget: Budget) -> bool:
    """The result of one comparison."""
    if isinstance(sign, ast.Is | ast.IsNot):
        return same(left, right) is isinstance(sign, ast.Is)
    if isinstance(sign, ast.In | ast.NotIn):
        return contains(right, left, budget) is isinstance(sign, ast.In)
    left, right = deep(left, budget), deep(right, budget)
    if isinstance(sign, ast.Eq | ast.NotEq):
        return (left == right) is isinstance(sign, ast.Eq)
    return bool(_ORDER[type(sign)](plain(left, budget), plain(right, budget)))


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same object, where a recording can tell."""
    left_type, right_type = type_name(left), type_name(right)
    if left_type is not None and right_type is not None:
        return left_type == right_type
    if isinstance(left, Handle) and isinstance(right, Handle):
        return left.number == right.number
    for one, other in ((left, right), (right, left)):
        if one is None or isinstance(one, bool) or one is Ellipsis:
            return one is other
        if isinstance(one, Handle):
            return False
    if type_of(left) != type_of(right) or not _equal_plain(left, right):
        return False
    raise ExpressionError(f"whether two equal {type_of(left)}s are one object is not recorded; use `==`")


def _equal_plain(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except ExpressionError:
        return True


def contains(container: Any, value: Any, budget: Budget) -> bool:
    """Whether `value` is in `container`: the same object, or an equal one."""
    if isinstance(container, Cut):
        raise container.refuse()
    if isinstance(container, str | bytes):
        budget.spend(len(container) // 64)
        return bool(operator.contains(container, value))
    if isinstance(container, range):
        return isinstance(value, int | float) and value in container
    wanted = deep(value, budget)
    if isinstance(container, set | frozenset | dict) or (
        isinstance(container, Handle) and container.form in ("set", "mapping")
    ):
        hash(wanted)  # these look for nothing that has no hash
    handle = value if isinstance(value, Handle) else None
    for each in items(container, budget):
        if handle is not None and isinstance(each, Handle) and each.number == handle.number:
            return True
        if deep(each, budget) == wanted:
            return True
    return False


def items(value: Any, budget: Budget) -> list[Any]:
    """All that `value` iterates over.

    Raises:
        ExpressionError: too much, or not known.
        TypeError: nothing to iterate over.
    """
    if isinstance(value, Cut):
        raise value.refuse()
    if isinstance(value, Handle):
        if value.form not in ("sequence", "set", "mapping"):
            raise ExpressionError(f"what a {value.type} iterates over is not recorded")
        budget.spend(len(value))
    elif isinstance(value, range | str | bytes | list | tuple | set | frozenset | dict):
        budget.spend(len(value))
    else:
        raise TypeError(f"'{type_of(value)}' object is not iterable")
    return list(value)
