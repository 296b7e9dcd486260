"""Opcodes of CPython 3.8 to 3.10 that later versions do without, and PyPy's own.

Operators had an opcode each until 3.11 made them arguments of BINARY_OP.
"""

from __future__ import annotations

from flowtui.explain.values import Entry

_SIGNS = {
    "POWER": "**",
    "MULTIPLY": "*",
    "MATRIX_MULTIPLY": "@",
    "TRUE_DIVIDE": "/",
    "FLOOR_DIVIDE": "//",
    "MODULO": "%",
    "ADD": "+",
    "SUBTRACT": "-",
    "LSHIFT": "<<",
    "RSHIFT": ">>",
    "AND": "&",
    "XOR": "^",
    "OR": "|",
}

LEGACY_OPERATORS: dict[str, Entry] = {
    **{
        f"BINARY_{name}": f"Pops two values and pushes the result of `{sign}`."
        for name, sign in _SIGNS.items()
    },
    **{
        f"INPLACE_{name}": f"Pops two values and pushes the result of `{sign}=`, which may be the first one, changed in place."
        for name, sign in _SIGNS.items()
    },
}

LEGACY_STACK: dict[str, Entry] = {
    "ROT_TWO": "Swaps the two items on top of the stack.",
    "ROT_THREE": "Moves the item on top of the stack down to the third place.",
    "ROT_FOUR": "Moves the item on top of the stack down to the fourth place.",
    "ROT_N": (
        "Moves the item on top of the stack further down.",
        "Moves the item on top of the stack down to place {arg}.",
    ),
    "DUP_TOP": "Pushes the item on top of the stack once more.",
    "DUP_TOP_TWO": "Pushes the two items on top of the stack once more, in the same order.",
    "PRINT_EXPR": "Pops a value and shows it as the interactive prompt does, with `sys.displayhook`.",
}

LEGACY_BUILD: dict[str, Entry] = {
    "BUILD_TUPLE_UNPACK": (
        "Pops iterables and pushes one tuple of all their items.",
        "Pops {values}, all iterables, and pushes one tuple of all their items.",
    ),
    "BUILD_TUPLE_UNPACK_WITH_CALL": (
        "Pops iterables and pushes one tuple of all their items, the positional arguments of a call.",
        "Pops {values}, all iterables, and pushes one tuple of their items, the positional arguments of a call.",
    ),
    "BUILD_LIST_UNPACK": (
        "Pops iterables and pushes one list of all their items.",
        "Pops {values}, all iterables, and pushes one list of all their items.",
    ),
    "BUILD_SET_UNPACK": (
        "Pops iterables and pushes one set of all their items.",
        "Pops {values}, all iterables, and pushes one set of all their items.",
    ),
    "BUILD_MAP_UNPACK": (
        "Pops mappings and pushes one dict of all their entries.",
        "Pops {values}, all mappings, and pushes one dict of all their entries.",
    ),
    "BUILD_MAP_UNPACK_WITH_CALL": (
        "Pops mappings and pushes one dict of their entries, the keyword arguments of a call; a double key is an error.",
        "Pops {values}, all mappings, and pushes one dict of keyword arguments; a double key is an error.",
    ),
}

LEGACY_EXCEPTIONS: dict[str, Entry] = {
    "BEGIN_FINALLY": "Pushes a NULL that tells END_FINALLY that the `finally` was reached without an exception.",
    "CALL_FINALLY": (
        "Pushes the place to come back to and goes to the `finally` code.",
        "Pushes the place to come back to and goes to the `finally` code at offset {target}.",
    ),
    "END_FINALLY": "Ends a `finally`: raises the waiting exception again, or goes back to where CALL_FINALLY came from.",
    "POP_FINALLY": "Drops what the start of a `finally` left on the stack, when the code leaves it by a `return` or jump.",
    "WITH_CLEANUP_START": "Calls the manager's `__exit__`, with the exception if there is one, and pushes its answer.",
    "WITH_CLEANUP_FINISH": "Pops the answer of `__exit__`: a true one silences the exception.",
}

PYPY: dict[str, Entry] = {
    "BUILD_LIST_FROM_ARG": "PyPy: puts an empty list, with room for the items of the iterable on top, below that iterable.",
    "LOAD_REVDB_VAR": (
        "PyPy: pushes a variable of its reverse debugger, written `$5` there.",
        "PyPy: pushes the variable number {arg} of its reverse debugger.",
    ),
}
