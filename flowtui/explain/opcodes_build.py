"""Operators, and opcodes that build, fill, slice, format and take apart objects."""

from __future__ import annotations

from flowtui.explain.values import Entry

OPERATORS: dict[str, Entry] = {
    "BINARY_OP": (
        "Pops two values and pushes the result of a binary operator, such as `+` or `-=`.",
        "Pops two values and pushes the result of {operator}.",
    ),
    "UNARY_NEGATIVE": "Replaces the value on top of the stack by its negative, `-value`.",
    "UNARY_POSITIVE": "Replaces the value on top of the stack by `+value`.",
    "UNARY_NOT": "Replaces the value on top of the stack by its opposite truth, `not value`.",
    "UNARY_INVERT": "Replaces the value on top of the stack by its bitwise complement, `~value`.",
    "TO_BOOL": "Replaces the value on top of the stack by its truth, True or False.",
    "COMPARE_OP": (
        "Pops two values, compares them and pushes the outcome.",
        "Pops two values, compares them with {operator} and pushes the outcome.",
    ),
    "IS_OP": "Pops two values and pushes whether they are the very same object (or not, with argument 1).",
    "CONTAINS_OP": "Pops a container and a value, and pushes whether the value is in it (or not, with argument 1).",
    "BINARY_SUBSCR": "Pops a key and a container, and pushes `container[key]`.",
    "STORE_SUBSCR": "Pops a key, a container and a value, and does `container[key] = value`.",
    "DELETE_SUBSCR": "Pops a key and a container, and does `del container[key]`.",
    "BINARY_SLICE": "Pops an end, a start and a container, and pushes `container[start:end]`.",
    "STORE_SLICE": "Pops an end, a start, a container and a value, and does `container[start:end] = value`.",
}

BUILD: dict[str, Entry] = {
    "BUILD_TUPLE": (
        "Pops values and pushes a tuple of them.",
        "Puts {values} from the stack into a new tuple and pushes it.",
    ),
    "BUILD_LIST": (
        "Pops values and pushes a new list of them.",
        "Puts {values} from the stack into a new list and pushes it.",
    ),
    "BUILD_SET": (
        "Pops values and pushes a new set of them.",
        "Puts {values} from the stack into a new set and pushes it.",
    ),
    "BUILD_MAP": (
        "Pops keys and values in turn and pushes a new dict of them.",
        "Puts {pairs} of key and value from the stack into a new dict and pushes it.",
    ),
    "BUILD_CONST_KEY_MAP": (
        "Pops a tuple of keys, then as many values, and pushes a new dict of them.",
        "Pops a tuple of keys, puts {values} from the stack into a new dict under them, and pushes it.",
    ),
    "BUILD_STRING": (
        "Pops strings and pushes them joined into one: the end of an f-string.",
        "Pops {strings} and pushes them joined into one: the end of an f-string.",
    ),
    "BUILD_SLICE": "Pops a start, an end and perhaps a step, and pushes a slice object.",
    "BUILD_TEMPLATE": "Pops a tuple of strings and one of interpolations, and pushes the Template of a t-string.",
    "BUILD_INTERPOLATION": "Pops a value, its source text and perhaps a format, and pushes an Interpolation for a t-string.",
    "LIST_APPEND": (
        "Pops a value and appends it to a list that stays on the stack: a step of a list comprehension.",
        "Pops a value and appends it to the list at place {arg} of the stack that is left.",
    ),
    "SET_ADD": (
        "Pops a value and adds it to a set that stays on the stack: a step of a set comprehension.",
        "Pops a value and adds it to the set at place {arg} of the stack that is left.",
    ),
    "MAP_ADD": (
        "Pops a value and a key and puts them into a dict that stays on the stack: a step of a dict comprehension.",
        "Pops a value and a key and puts them into the dict at place {arg} of the stack that is left.",
    ),
    "LIST_EXTEND": (
        "Pops an iterable and appends all its items to a list that stays on the stack.",
        "Pops an iterable and appends all its items to the list at place {arg} of the stack that is left.",
    ),
    "SET_UPDATE": (
        "Pops an iterable and adds all its items to a set that stays on the stack.",
        "Pops an iterable and adds all its items to the set at place {arg} of the stack that is left.",
    ),
    "DICT_UPDATE": (
        "Pops a mapping and puts all its entries into a dict that stays on the stack.",
        "Pops a mapping and puts all its entries into the dict at place {arg} of the stack that is left.",
    ),
    "DICT_MERGE": (
        "Pops a mapping and puts its entries into a dict of keyword arguments; a key that is there already is an error.",
        "Pops a mapping of keyword arguments and puts it into the dict at place {arg}; a double key is an error.",
    ),
    "LIST_TO_TUPLE": "Replaces the list on top of the stack by a tuple of its items.",
    "UNPACK_SEQUENCE": (
        "Pops an iterable and pushes its items, the first one on top; their number must fit exactly.",
        "Pops an iterable of exactly {items} and pushes each, the first one on top.",
    ),
    "UNPACK_EX": (
        "Pops an iterable and pushes its items, with a list of those that a starred target takes.",
        "Pops an iterable and pushes its items: {before} from the start, {after} from the end, and a list of those between.",
    ),
    "FORMAT_VALUE": "Pops a value, and a format if one is given, and pushes the text for an f-string.",
    "FORMAT_SIMPLE": "Replaces the value on top of the stack by its text for an f-string, without a format.",
    "FORMAT_WITH_SPEC": "Pops a format and a value, and pushes the value's text in that format for an f-string.",
    "CONVERT_VALUE": (
        "Replaces the value on top of the stack by its `str`, `repr` or `ascii` text, as `!s`, `!r`, `!a` ask.",
        "Replaces the value on top of the stack by what {shown} makes of it.",
    ),
    "GET_LEN": "Pushes the length of the object on top of the stack, which stays there, for a `match` to compare.",
    "MATCH_SEQUENCE": "Pushes whether the subject on top of the stack is a sequence that patterns may match (not a string).",
    "MATCH_MAPPING": "Pushes whether the subject on top of the stack is a mapping.",
    "MATCH_KEYS": "Pushes a tuple of the subject's values for the keys on top of the stack, or None when a key is missing.",
    "MATCH_CLASS": (
        "Checks the subject against a class pattern and gives the attributes to match next, or that it does not fit.",
        "Checks the subject against a class pattern with {arg} positional parts and gives the attributes to match next.",
    ),
    "COPY_DICT_WITHOUT_KEYS": "Replaces the tuple of keys on top by a copy of the subject without them: `**rest` in a pattern.",
}
