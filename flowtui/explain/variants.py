"""Opcodes whose argument changes what they do: the sentence for the argument at hand.

Each function gets the numeric argument and what `dis` shows beside it, and returns a sentence (with placeholders as in
`values`) or None where the opcode's ordinary one fits.
"""

from __future__ import annotations

from collections.abc import Callable

from flowtui.explain.opcodes_call import INTRINSICS

Variant = Callable[[int | None, str], str | None]

_RAISE = {
    0: "Raises the exception that is being handled once more: a `raise` without an expression.",
    1: "Pops an exception, or its class, and raises it.",
    2: "Pops a cause and an exception, and raises the exception: `raise … from …`.",
}
_RESUME = {
    0: "Marks where running starts: tracing and pending signals are looked after here.",
    1: "Marks where running goes on after a `yield`: tracing and pending signals are looked after here.",
    2: "Marks where running goes on after a step of `yield from`.",
    3: "Marks where running goes on after a step of `await`.",
}
_AWAITABLE = {
    1: "Replaces what `__aenter__` gave by the iterator that the `async with` awaits.",
    2: "Replaces what `__aexit__` gave by the iterator that the `async with` awaits.",
}
_IDENTITY = {
    0: "Pops two values and pushes whether they are the very same object: `is`.",
    1: "Pops two values and pushes whether they are two different objects: `is not`.",
}
_CONTAINMENT = {
    0: "Pops a container and a value, and pushes whether the value is in it: `in`.",
    1: "Pops a container and a value, and pushes whether the value is missing from it: `not in`.",
}
_SLICE = {
    2: "Pops an end and a start, and pushes a slice object of them.",
    3: "Pops a step, an end and a start, and pushes a slice object of them.",
}
#: Comparisons that had opcodes of their own only from 3.9 on.
_OLD_COMPARISONS = {
    "in": _CONTAINMENT[0],
    "not in": _CONTAINMENT[1],
    "is": _IDENTITY[0],
    "is not": _IDENTITY[1],
    "exception match": "Pops a type and an exception, and pushes whether they match: the test of an `except`.",
}
#: Conversions of FORMAT_VALUE, the two lowest bits of its argument.
_CONVERSIONS = ("", "`str`", "`repr`", "`ascii`")


def _by_number(sentences: dict[int, str], mask: int = -1) -> Variant:
    return lambda arg, argrepr: None if arg is None else sentences.get(arg & mask)


def _by_name(sentences: dict[str, str]) -> Variant:
    return lambda arg, argrepr: sentences.get(argrepr)


def _attribute(arg: int | None, argrepr: str) -> str | None:
    if "NULL" not in argrepr:
        return None
    return "Looks the method {name} up on the object on top and pushes it with its `self` (or a NULL), ready for a call."


def _empty(what: str) -> Variant:
    return lambda arg, argrepr: f"Pushes {what}." if arg == 0 else None


def _super_attribute(arg: int | None, argrepr: str) -> str | None:
    if "NULL" not in argrepr:
        return None
    return "Looks the method {name} up on the parent classes, with `super()`, and pushes it ready for a call."


def _binary(arg: int | None, argrepr: str) -> str | None:
    return "Pops a key and a container, and pushes `container[key]`." if argrepr == "[]" else None


def _compare(arg: int | None, argrepr: str) -> str | None:
    if argrepr.startswith("bool("):
        return "Pops two values, compares them with {operator} and pushes the outcome as True or False."
    return _OLD_COMPARISONS.get(argrepr)


def _format(arg: int | None, argrepr: str) -> str | None:
    if arg is None:
        return None
    conversion = _CONVERSIONS[arg & 3]
    first = f" what {conversion} makes of" if conversion else ""
    if arg & 4:
        return f"Pops a format and a value, and formats{first} the value with it, for an f-string."
    return f"Pops a value and formats{first} it without a format of its own, for an f-string."


def _interpolation(arg: int | None, argrepr: str) -> str | None:
    if arg is None:
        return None
    conversion = _CONVERSIONS[arg >> 2 & 3]
    kept = f" that asks for {conversion}" if conversion else ""
    popped = "a format, a source text and a value" if arg & 1 else "a source text and a value"
    return f"Pops {popped}, and pushes an Interpolation{kept}, for a t-string."


def _call_ex(arg: int | None, argrepr: str) -> str | None:
    if arg is None:  # 3.14 on: always both, the mapping perhaps NULL
        return None
    keywords = "`f(*args, **kwargs)`" if arg & 1 else "`f(*args)`"
    return f"Calls a function with what it pops, as in {keywords}, and pushes what it returns."


def _import(arg: int | None, argrepr: str) -> str | None:
    if argrepr.endswith(" + lazy"):
        return "Pushes a stand-in for the module {name}, which is imported only when it is first used: `lazy import`."
    return None


def _reraise(arg: int | None, argrepr: str) -> str | None:
    return (
        "Raises the exception on top of the stack again, as if from the place where it arose."
        if arg
        else None
    )


VARIANTS: dict[str, Variant] = {
    "RAISE_VARARGS": _by_number(_RAISE),
    "RERAISE": _reraise,
    "RESUME": _by_number(_RESUME, 3),  # the higher bits tell the depth of exception blocks (3.13 on)
    "GET_AWAITABLE": _by_number(_AWAITABLE),
    "IS_OP": _by_number(_IDENTITY),
    "CONTAINS_OP": _by_number(_CONTAINMENT),
    "BUILD_TUPLE": _empty("the empty tuple"),
    "BUILD_LIST": _empty("a new, empty list"),
    "BUILD_SET": _empty("a new, empty set"),
    "BUILD_MAP": _empty("a new, empty dict"),
    "BUILD_SLICE": _by_number(_SLICE),
    "BINARY_OP": _binary,
    "COMPARE_OP": _compare,
    "FORMAT_VALUE": _format,
    "BUILD_INTERPOLATION": _interpolation,
    "LOAD_ATTR": _attribute,
    "LOAD_SUPER_ATTR": _super_attribute,
    "IMPORT_NAME": _import,
    "CALL_FUNCTION_EX": _call_ex,
    "CALL_INTRINSIC_1": _by_name(INTRINSICS),
    "CALL_INTRINSIC_2": _by_name(INTRINSICS),
}
