"""Functions: opcodes that make, call, enter and leave them."""

from __future__ import annotations

from flowtui.explain.values import Entry

CALL: dict[str, Entry] = {
    "CALL": (
        "Calls what stands below the arguments on the stack and pushes what it returns.",
        "Calls with {arguments} (not counting a method's `self`) and pushes what comes back.",
    ),
    "CALL_KW": (
        "Pops a tuple of keyword names, calls what stands below the arguments and pushes what it returns.",
        "Calls with {arguments}, the last ones by keyword, whose names are on top, and pushes what comes back.",
    ),
    "CALL_FUNCTION": (
        "Calls a function with positional arguments and pushes what it returns.",
        "Calls a function with {arguments} and pushes what it returns.",
    ),
    "CALL_FUNCTION_KW": (
        "Pops a tuple of keyword names, calls a function with arguments, some by keyword, and pushes what it returns.",
        "Calls a function with {arguments}, the last ones by keyword, whose names are on top, and pushes what it returns.",
    ),
    "CALL_FUNCTION_EX": "Calls a function with an iterable of arguments, perhaps also a mapping: the work of `f(*args, **kwargs)`.",
    "CALL_METHOD": (
        "Calls the method that LOAD_METHOD found and pushes what it returns.",
        "Calls the method that LOAD_METHOD found with {arguments} and pushes what it returns.",
    ),
    "CALL_METHOD_KW": (
        "PyPy: pops keyword names, calls the method that LOAD_METHOD found and pushes what it returns.",
        "PyPy: calls the method that LOAD_METHOD found with {arguments}, the last ones by keyword, and pushes the result.",
    ),
    "PRECALL": (
        "Gets a call ready: a bound method is taken apart into its function and `self`.",
        "Gets a call with {arguments} ready: a bound method is taken apart into its function and `self`.",
    ),
    "KW_NAMES": (
        "Keeps the names of the keyword arguments for the call that follows.",
        "Keeps the names of the keyword arguments, the {value}, for the call that follows.",
    ),
    "CALL_INTRINSIC_1": "Replaces the value on top by what a small helper inside the interpreter makes of it.",
    "CALL_INTRINSIC_2": "Pops two values and pushes what a small helper inside the interpreter makes of them.",
    "MAKE_FUNCTION": (
        "Makes a function from the code object on the stack and pushes it.",
        "Makes a function from the code object on the stack, with its {shown}, and pushes it.",
    ),
    "SET_FUNCTION_ATTRIBUTE": (
        "Pops a function and a value, sets one of the function's attributes to it and pushes the function again.",
        "Gives the function on top of the stack its {shown}, taken from below it; the function stays.",
    ),
    "RETURN_VALUE": "Pops a value, ends the function and hands the value to the caller.",
    "RETURN_CONST": (
        "Ends the function and hands a constant to the caller.",
        "Ends the function and hands the {value} to the caller.",
    ),
    "RESUME": "Marks where running starts or goes on: tracing and pending signals are looked after here.",
    "INTERPRETER_EXIT": "Leaves the interpreter's loop and hands the value on top to the C code that called Python.",
    "EXIT_INIT_CHECK": "Checks that `__init__` returned None, and leaves the new object on the stack.",
    "ENTER_EXECUTOR": "Goes over from the bytecode to an optimised trace of the loop that starts here.",
    "TRACE_RECORD": "Notes what is run here while the JIT records a trace; no code on disk holds it.",
}

#: What each helper of CALL_INTRINSIC_1 and CALL_INTRINSIC_2 does, by the name that `dis` gives it.
INTRINSICS: dict[str, str] = {
    "INTRINSIC_1_INVALID": "No helper has this number: finished code never holds it.",
    "INTRINSIC_2_INVALID": "No helper has this number: finished code never holds it.",
    "INTRINSIC_PRINT": "Shows the value on top of the stack as the interactive prompt does, with `sys.displayhook`.",
    "INTRINSIC_IMPORT_STAR": "Copies the public names of the module on top into the namespace: `from … import *`.",
    "INTRINSIC_STOPITERATION_ERROR": "Turns a StopIteration that would escape from a generator or coroutine into a RuntimeError.",
    "INTRINSIC_ASYNC_GEN_WRAP": "Wraps the value on top, so that it is known as one that an async generator yields.",
    "INTRINSIC_UNARY_POSITIVE": "Replaces the value on top of the stack by `+value`.",
    "INTRINSIC_LIST_TO_TUPLE": "Replaces the list on top of the stack by a tuple of its items.",
    "INTRINSIC_TYPEVAR": "Replaces the name on top of the stack by a TypeVar of that name.",
    "INTRINSIC_PARAMSPEC": "Replaces the name on top of the stack by a ParamSpec of that name.",
    "INTRINSIC_TYPEVARTUPLE": "Replaces the name on top of the stack by a TypeVarTuple of that name.",
    "INTRINSIC_SUBSCRIPT_GENERIC": "Replaces the type parameters on top by `Generic[…]` of them, a base of the new class.",
    "INTRINSIC_TYPEALIAS": "Makes the alias of a `type` statement from its name, type parameters and value.",
    "INTRINSIC_PREP_RERAISE_STAR": "Pops what `except*` handlers raised and left over, and pushes the group to raise, or None.",
    "INTRINSIC_TYPEVAR_WITH_BOUND": "Pops a name and a function that gives its bound, and pushes a TypeVar.",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS": "Pops a name and a function that gives its constraints, and pushes a TypeVar.",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS": "Gives a generic function its tuple of type parameters, `__type_params__`.",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT": "Gives a type parameter the function that works out its default.",
}
