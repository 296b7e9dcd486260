"""Exceptions and `with`."""

from __future__ import annotations

from flowtui.explain.values import Entry

EXCEPTIONS: dict[str, Entry] = {
    "RAISE_VARARGS": "Raises an exception: the work of `raise`.",
    "RERAISE": "Raises the exception on top of the stack again.",
    "PUSH_EXC_INFO": "Starts a handler: makes the exception on top the current one and keeps the former one below it.",
    "POP_EXCEPT": "Ends a handler: makes the former exception, kept on the stack, the current one again.",
    "CHECK_EXC_MATCH": "Pops a type and pushes whether the exception below it matches: the test of an `except`.",
    "CHECK_EG_MATCH": "Splits an exception group by a type: the rest and the part that matches, for an `except*`.",
    "PREP_RERAISE_STAR": "Pops what `except*` handlers raised and left over, and pushes the group to raise, or None.",
    "SETUP_FINALLY": (
        "Guards the code that follows: an exception in it goes to a handler.",
        "Guards the code that follows: an exception in it goes to the handler at offset {target}.",
    ),
    "SETUP_CLEANUP": (
        "Compiler's own mark: an exception in what follows goes to a handler that also gets the instruction's place.",
        "Compiler's own mark: an exception in what follows goes to the handler at offset {target}.",
    ),
    "SETUP_WITH": (
        "Opens a `with` block: up to 3.10 it calls `__enter__` too; later it is the compiler's mark of the handler.",
        "Opens a `with` block by calling `__enter__`; an exception in the block goes to offset {target}.",
    ),
    "SETUP_ASYNC_WITH": (
        "Opens the block of an `async with`: an exception in it goes to the code that awaits `__aexit__`.",
        "Opens the block of an `async with`: an exception in it goes to offset {target}.",
    ),
    "SETUP_EXCEPT": (
        "PyPy: guards the code that follows: an exception in it goes to the `except` clauses.",
        "PyPy: guards the code that follows: an exception in it goes to the `except` clauses at offset {target}.",
    ),
    "POP_BLOCK": "Ends the code that the last SETUP instruction guards.",
    "BEFORE_WITH": "Starts a `with`: replaces the manager by its `__exit__` method and what `__enter__` returns.",
    "BEFORE_ASYNC_WITH": "Starts an `async with`: replaces the manager by its `__aexit__` and what `__aenter__` returns, to be awaited.",
    "WITH_EXCEPT_START": "Calls the manager's `__exit__` with the exception and pushes its answer: true silences the exception.",
}
