"""Jumps and loops."""

from __future__ import annotations

from flowtui.explain.values import Entry

JUMP: dict[str, Entry] = {
    "JUMP": "Compiler's own jump, either way; finished code has JUMP_FORWARD or JUMP_BACKWARD instead.",
    "JUMP_NO_INTERRUPT": "Compiler's own jump without a look at signals; finished code has a real jump instead.",
    "JUMP_IF_FALSE": "Compiler's own jump for a false value, which stays on the stack; finished code has other instructions.",
    "JUMP_IF_TRUE": "Compiler's own jump for a true value, which stays on the stack; finished code has other instructions.",
    "JUMP_FORWARD": (
        "Goes on further down, without a condition.",
        "Goes on at offset {target}, without a condition.",
    ),
    "JUMP_ABSOLUTE": (
        "Goes on somewhere else, without a condition.",
        "Goes on at offset {target}, without a condition.",
    ),
    "JUMP_BACKWARD": (
        "Goes back, as at the end of a loop's turn, after a look at pending signals.",
        "Goes back to offset {target}, after a look at pending signals.",
    ),
    "JUMP_BACKWARD_NO_INTERRUPT": (
        "Goes back without a look at pending signals, where an interruption would do harm.",
        "Goes back to offset {target} without a look at pending signals.",
    ),
    "POP_JUMP_IF_TRUE": (
        "Pops a value and, if it is true, goes on elsewhere.",
        "Pops a value and, if it is true, goes to offset {target}.",
    ),
    "POP_JUMP_IF_FALSE": (
        "Pops a value and, if it is false, goes on elsewhere.",
        "Pops a value and, if it is false, goes to offset {target}.",
    ),
    "POP_JUMP_IF_NONE": (
        "Pops a value and, if it is None, goes on elsewhere.",
        "Pops a value and, if it is None, goes to offset {target}.",
    ),
    "POP_JUMP_IF_NOT_NONE": (
        "Pops a value and, if it is not None, goes on elsewhere.",
        "Pops a value and, if it is not None, goes to offset {target}.",
    ),
    "POP_JUMP_FORWARD_IF_TRUE": (
        "Pops a value and, if it is true, goes on further down.",
        "Pops a value and, if it is true, goes on at offset {target}.",
    ),
    "POP_JUMP_FORWARD_IF_FALSE": (
        "Pops a value and, if it is false, goes on further down.",
        "Pops a value and, if it is false, goes on at offset {target}.",
    ),
    "POP_JUMP_FORWARD_IF_NONE": (
        "Pops a value and, if it is None, goes on further down.",
        "Pops a value and, if it is None, goes on at offset {target}.",
    ),
    "POP_JUMP_FORWARD_IF_NOT_NONE": (
        "Pops a value and, if it is not None, goes on further down.",
        "Pops a value and, if it is not None, goes on at offset {target}.",
    ),
    "POP_JUMP_BACKWARD_IF_TRUE": (
        "Pops a value and, if it is true, goes back for another turn of the loop.",
        "Pops a value and, if it is true, goes back to offset {target}.",
    ),
    "POP_JUMP_BACKWARD_IF_FALSE": (
        "Pops a value and, if it is false, goes back for another turn of the loop.",
        "Pops a value and, if it is false, goes back to offset {target}.",
    ),
    "POP_JUMP_BACKWARD_IF_NONE": (
        "Pops a value and, if it is None, goes back for another turn of the loop.",
        "Pops a value and, if it is None, goes back to offset {target}.",
    ),
    "POP_JUMP_BACKWARD_IF_NOT_NONE": (
        "Pops a value and, if it is not None, goes back for another turn of the loop.",
        "Pops a value and, if it is not None, goes back to offset {target}.",
    ),
    "JUMP_IF_TRUE_OR_POP": (
        "If the value on top is true, keeps it and goes on elsewhere, else pops it: the work of `or`.",
        "If the value on top is true, keeps it and goes to offset {target}, else pops it: the work of `or`.",
    ),
    "JUMP_IF_FALSE_OR_POP": (
        "If the value on top is false, keeps it and goes on elsewhere, else pops it: the work of `and`.",
        "If the value on top is false, keeps it and goes to offset {target}, else pops it: the work of `and`.",
    ),
    "JUMP_IF_NOT_EXC_MATCH": (
        "Pops an exception and a type, and goes on elsewhere unless they match: the test of an `except`.",
        "Pops an exception and a type, and goes to offset {target} unless they match: the test of an `except`.",
    ),
    "NOT_TAKEN": "Does nothing; it stands on the path where the jump before it was not taken, for `sys.monitoring`.",
}

LOOP: dict[str, Entry] = {
    "GET_ITER": "Replaces the object on top of the stack by an iterator over it (3.15 adds an index, or NULL, above it).",
    "FOR_ITER": (
        "Takes the next item from the iterator on top of the stack; when there is none, leaves the loop.",
        "Takes the next item from the iterator on top of the stack; when there is none, goes to offset {target}.",
    ),
    "END_FOR": "Ends a `for` loop: drops what a finished generator left behind; other loops jump past it.",
    "POP_ITER": "Removes the iterator of a finished loop from the stack (3.15: and the index above it).",
}
