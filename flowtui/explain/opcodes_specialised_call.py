"""Specialised calls, under the names that they had in 3.11 (PRECALL), 3.12 (NO_KW) and from 3.13 on."""

from __future__ import annotations

from flowtui.explain.values import Entry

#: What each specialised call of a function or method written in C does; the part of its name that never changed.
_C_CALLS = {
    "BUILTIN_CLASS": "the callable is a class written in C, which makes its object directly",
    "BUILTIN_O": "the callable is a C function of exactly one argument",
    "BUILTIN_FAST": "the callable is a C function that takes its positional arguments straight from the stack",
    "BUILTIN_FAST_WITH_KEYWORDS": "the callable is a C function that takes arguments, by keyword too, from the stack",
    "ISINSTANCE": "the callable is the built-in `isinstance` with two arguments",
    "LEN": "the callable is the built-in `len` with one argument",
    "LIST_APPEND": "`list.append` as a statement, which adds the item without making a call",
    "METHOD_DESCRIPTOR_O": "a method written in C with exactly one argument besides `self`",
    "METHOD_DESCRIPTOR_NOARGS": "a method written in C without arguments besides `self`",
    "METHOD_DESCRIPTOR_FAST": "a method written in C that takes its positional arguments straight from the stack",
    "METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS": "a method written in C that takes arguments, by keyword too, from the stack",
    "STR_1": "the callable is `str` with one argument",
    "TUPLE_1": "the callable is `tuple` with one argument",
    "TYPE_1": "the callable is `type` with one argument, which gives the object's class",
}

#: The calls above whose names said until 3.12 that no keyword is passed.
_ONCE_NO_KW = frozenset(_C_CALLS) - {
    "BUILTIN_CLASS",
    "BUILTIN_FAST_WITH_KEYWORDS",
    "METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS",
}

SPECIALISED_CALL: dict[str, Entry] = {
    **{f"CALL_{kind}": f"Specialised CALL: {what}." for kind, what in _C_CALLS.items()},
    **{f"CALL_NO_KW_{kind}": f"Specialised CALL (3.12): {_C_CALLS[kind]}." for kind in sorted(_ONCE_NO_KW)},
    **{
        f"PRECALL_{'NO_KW_' if kind in _ONCE_NO_KW else ''}{kind}": f"Specialised PRECALL (3.11): {what}."
        for kind, what in _C_CALLS.items()
    },
    "PRECALL_BOUND_METHOD": "Specialised PRECALL (3.11): a bound method is taken apart into its function and `self`.",
    "PRECALL_PYFUNC": "Specialised PRECALL (3.11): the callable is a Python function, for which nothing is to be done.",
    "CALL_PY_EXACT_ARGS": "Specialised CALL: a Python function that takes just this many arguments; its frame starts directly.",
    "CALL_PY_WITH_DEFAULTS": "Specialised CALL: a Python function with fewer arguments than it takes; defaults fill the rest.",
    "CALL_PY_GENERAL": "Specialised CALL: a Python function with parameters of any kind; its frame starts directly.",
    "CALL_BOUND_METHOD_EXACT_ARGS": "Specialised CALL: a bound method of a Python function that takes just this many arguments.",
    "CALL_BOUND_METHOD_GENERAL": "Specialised CALL: a bound method of a Python function with parameters of any kind.",
    "CALL_NON_PY_GENERAL": "Specialised CALL: the callable is not a Python function and has no form of its own.",
    "CALL_ALLOC_AND_ENTER_INIT": "Specialised CALL: a class written in Python; makes the object and runs `__init__` directly.",
    "CALL_KW_PY": "Specialised CALL_KW: a Python function; its frame starts directly.",
    "CALL_KW_BOUND_METHOD": "Specialised CALL_KW: a bound method of a Python function; its frame starts directly.",
    "CALL_KW_NON_PY": "Specialised CALL_KW: the callable is not a Python function.",
    "CALL_EX_PY": "Specialised CALL_FUNCTION_EX: a Python function called with `*args`; its frame starts directly.",
    "CALL_EX_NON_PY_GENERAL": "Specialised CALL_FUNCTION_EX: the callable is not a Python function.",
}
