"""How many values each instruction takes from the operand stack and puts on it, CPython 3.8 to 3.15.

What an instruction only looks at and leaves in place (the iterator of FOR_ITER, the exception of CHECK_EXC_MATCH) is
neither taken nor put. ``dis.stack_effect`` gives the difference alone; the two numbers stand in
``Python/bytecodes.c``, before 3.12 in ``Python/ceval.c``.
"""

from __future__ import annotations

from collections.abc import Callable

Version = tuple[int, int]
Effect = tuple[int, int]

#: A line each: pops, pushes, names.
_PLAIN = """
0 0 NOP RESUME CACHE EXTENDED_ARG NOT_TAKEN PRECALL KW_NAMES COPY_FREE_VARS MAKE_CELL SETUP_ANNOTATIONS TRACE_RECORD
0 0 JUMP_FORWARD JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT JUMP_ABSOLUTE RETURN_CONST POP_BLOCK SETUP_FINALLY
0 0 SETUP_ASYNC_WITH CALL_FINALLY DELETE_FAST DELETE_NAME DELETE_GLOBAL DELETE_DEREF
0 1 PUSH_NULL COPY DUP_TOP LOAD_CONST LOAD_SMALL_INT LOAD_COMMON_CONSTANT LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_BORROW
0 1 LOAD_FAST_AND_CLEAR LOAD_NAME LOAD_DEREF LOAD_CLASSDEREF LOAD_CLOSURE LOAD_LOCALS LOAD_BUILD_CLASS
0 1 LOAD_ASSERTION_ERROR IMPORT_FROM GET_ANEXT GET_LEN MATCH_MAPPING MATCH_SEQUENCE WITH_EXCEPT_START RETURN_GENERATOR
0 1 BEGIN_FINALLY FOR_ITER
0 2 DUP_TOP_TWO LOAD_FAST_LOAD_FAST LOAD_FAST_BORROW_LOAD_FAST_BORROW
1 0 POP_TOP STORE_FAST STORE_NAME STORE_GLOBAL STORE_DEREF DELETE_ATTR LIST_APPEND SET_ADD
1 0 LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE IMPORT_STAR RETURN_VALUE PRINT_EXPR INTERPRETER_EXIT EXIT_INIT_CHECK
1 0 POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE POP_JUMP_FORWARD_IF_TRUE
1 0 POP_JUMP_FORWARD_IF_FALSE POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE POP_JUMP_BACKWARD_IF_TRUE
1 0 POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE GEN_START
1 1 UNARY_NEGATIVE UNARY_NOT UNARY_INVERT UNARY_POSITIVE TO_BOOL FORMAT_SIMPLE CONVERT_VALUE LIST_TO_TUPLE GET_AITER
1 1 GET_YIELD_FROM_ITER GET_AWAITABLE YIELD_VALUE ASYNC_GEN_WRAP CALL_INTRINSIC_1 CHECK_EXC_MATCH STORE_FAST_LOAD_FAST
1 1 LOAD_FROM_DICT_OR_DEREF LOAD_FROM_DICT_OR_GLOBALS COPY_DICT_WITHOUT_KEYS
1 2 LOAD_METHOD LOAD_SPECIAL BEFORE_WITH BEFORE_ASYNC_WITH SETUP_WITH PUSH_EXC_INFO
2 0 STORE_ATTR DELETE_SUBSCR MAP_ADD STORE_FAST_STORE_FAST JUMP_IF_NOT_EXC_MATCH
2 1 BINARY_OP COMPARE_OP IS_OP CONTAINS_OP IMPORT_NAME FORMAT_WITH_SPEC SET_FUNCTION_ATTRIBUTE BUILD_TEMPLATE
2 1 YIELD_FROM CALL_INTRINSIC_2 PREP_RERAISE_STAR
2 2 CHECK_EG_MATCH ROT_TWO
3 0 STORE_SUBSCR
3 1 BINARY_SLICE
3 3 ROT_THREE
4 0 STORE_SLICE
4 4 ROT_FOUR
"""
_FIXED: dict[str, Effect] = {
    name: (int(pops), int(pushes))
    for pops, pushes, *names in map(str.split, _PLAIN.strip().splitlines())
    for name in names
}
_BY_ARG: dict[str, Callable[[int], Effect]] = {
    **dict.fromkeys(
        ("BUILD_TUPLE", "BUILD_LIST", "BUILD_SET", "BUILD_STRING", "BUILD_SLICE"), lambda n: (n, 1)
    ),
    **dict.fromkeys(
        (
            "BUILD_LIST_UNPACK",
            "BUILD_TUPLE_UNPACK",
            "BUILD_SET_UNPACK",
            "BUILD_MAP_UNPACK",
            "BUILD_MAP_UNPACK_WITH_CALL",
            "BUILD_TUPLE_UNPACK_WITH_CALL",
        ),
        lambda n: (n, 1),
    ),
    "BUILD_MAP": lambda n: (2 * n, 1),
    "BUILD_CONST_KEY_MAP": lambda n: (n + 1, 1),
    "BUILD_INTERPOLATION": lambda n: (2 + (n & 1), 1),
    "FORMAT_VALUE": lambda n: (2 if n & 4 else 1, 1),
    "UNPACK_SEQUENCE": lambda n: (1, n),
    "UNPACK_EX": lambda n: (1, (n & 0xFF) + 1 + (n >> 8)),
    "SWAP": lambda n: (n, n),
    "ROT_N": lambda n: (n, n),
    "CALL": lambda n: (n + 2, 1),
    "CALL_KW": lambda n: (n + 3, 1),
    "CALL_FUNCTION": lambda n: (n + 1, 1),
    "CALL_FUNCTION_KW": lambda n: (n + 2, 1),
    "CALL_METHOD": lambda n: (n + 2, 1),
    "RAISE_VARARGS": lambda n: (n, 0),
}
_BY_VERSION: dict[str, Callable[[int, Version], Effect]] = {
    "LOAD_GLOBAL": lambda n, v: (0, 1 + (n & 1 if v >= (3, 11) else 0)),
    "LOAD_ATTR": lambda n, v: (1, 1 + (n & 1 if v >= (3, 12) else 0)),
    "LOAD_SUPER_ATTR": lambda n, v: (3, 1 + (n & 1)),
    "CALL_FUNCTION_EX": lambda n, v: (
        4 if v >= (3, 14) else 3 + (n & 1) if v >= (3, 11) else 2 + (n & 1),
        1,
    ),
    "MAKE_FUNCTION": lambda n, v: (
        1 if v >= (3, 13) else (n & 15).bit_count() + (1 if v >= (3, 11) else 2),
        1,
    ),
    "GET_ITER": lambda n, v: (1, 2 if v >= (3, 15) else 1),
    "POP_ITER": lambda n, v: (2 if v >= (3, 15) else 1, 0),
    "END_FOR": lambda n, v: (1 if v >= (3, 13) else 2, 0),
    "SEND": lambda n, v: (1, 1),
    "END_SEND": lambda n, v: (3 if v >= (3, 15) else 2, 1),
    "END_ASYNC_FOR": lambda n, v: (2 if v >= (3, 11) else 7, 0),
    "CLEANUP_THROW": lambda n, v: (3, 2 if v >= (3, 12) else 1),
    "POP_EXCEPT": lambda n, v: (1 if v >= (3, 11) else 3, 0),
    "RERAISE": lambda n, v: (1 if v >= (3, 11) else 3, 0),
    "MATCH_CLASS": lambda n, v: (3, 1 if v >= (3, 11) else 2),
    "MATCH_KEYS": lambda n, v: (0, 1 if v >= (3, 11) else 2),
}
#: Those that do something else when they jump.
_JUMPING: dict[str, Callable[[Version], Effect]] = {
    "FOR_ITER": lambda v: (1, 0) if v < (3, 12) else (0, 1),
    "SEND": lambda v: (2, 1) if v < (3, 12) else (1, 1),
    "JUMP_IF_TRUE_OR_POP": lambda v: (0, 0),
    "JUMP_IF_FALSE_OR_POP": lambda v: (0, 0),
}


def effects(opname: str, arg: int | None, version: Version, *, jump: bool = False) -> Effect | None:
    """How many values an instruction takes from the stack, and how many it puts there.

    Args:
        opname: its name, not a specialised one.
        arg: its argument, with what EXTENDED_ARG adds; None for none.
        version: of the CPython that compiled it.
        jump: it jumps; of FOR_ITER from 3.12 on, the effect that the compiler counts with.

    Returns:
        Pops and pushes; None for what is unknown, and for 3.8's ways out of a ``try``, whose effect depends on how
        the ``try`` was left.
    """
    if jump and opname in _JUMPING:
        return _JUMPING[opname](version)
    fixed = _FIXED.get(opname)
    if fixed is not None:
        return fixed
    if opname in _BY_ARG:
        return _BY_ARG[opname](arg or 0)
    if opname in _BY_VERSION:
        return _BY_VERSION[opname](arg or 0, version)
    if opname.startswith(("BINARY_", "INPLACE_")):
        return 2, 1
    if opname.startswith("JUMP_IF_"):  # …_OR_POP
        return 1, 0
    return None
