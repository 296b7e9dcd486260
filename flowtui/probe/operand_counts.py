"""How many values each instruction takes from the operand stack.

``dis.stack_effect`` gives only the difference between what is taken and what is put there. Together with the depths
that `depth` works out, these counts tell which slots of the stack an instruction fills.
"""

from __future__ import annotations

import sys

VERSION = sys.version_info[:2]
_FIXED = {
    0: """NOP RESUME CACHE EXTENDED_ARG NOT_TAKEN PUSH_NULL COPY DUP_TOP DUP_TOP_TWO LOAD_CONST LOAD_SMALL_INT
        LOAD_COMMON_CONSTANT LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_AND_CLEAR LOAD_FAST_BORROW LOAD_FAST_LOAD_FAST
        LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_GLOBAL LOAD_NAME LOAD_DEREF LOAD_CLASSDEREF LOAD_CLOSURE LOAD_LOCALS
        LOAD_BUILD_CLASS LOAD_ASSERTION_ERROR IMPORT_FROM DELETE_FAST DELETE_NAME DELETE_GLOBAL DELETE_DEREF
        GET_ANEXT GET_LEN FOR_ITER RETURN_GENERATOR RETURN_CONST COPY_FREE_VARS MAKE_CELL SETUP_ANNOTATIONS JUMP_FORWARD
        JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT JUMP_ABSOLUTE PRECALL KW_NAMES WITH_EXCEPT_START MATCH_KEYS
        MATCH_MAPPING MATCH_SEQUENCE SETUP_FINALLY SETUP_ASYNC_WITH POP_BLOCK CALL_FINALLY BEGIN_FINALLY""",
    1: """POP_TOP COPY_DICT_WITHOUT_KEYS POP_ITER END_FOR LOAD_FROM_DICT_OR_DEREF LOAD_FROM_DICT_OR_GLOBALS LOAD_ATTR
        LOAD_METHOD LOAD_SPECIAL
        IMPORT_STAR STORE_FAST STORE_FAST_LOAD_FAST STORE_NAME STORE_GLOBAL STORE_DEREF DELETE_ATTR UNARY_NEGATIVE
        UNARY_NOT UNARY_INVERT UNARY_POSITIVE TO_BOOL LIST_APPEND SET_ADD LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE
        LIST_TO_TUPLE UNPACK_SEQUENCE UNPACK_EX FORMAT_SIMPLE CONVERT_VALUE GET_ITER GET_YIELD_FROM_ITER GET_AITER
        GET_AWAITABLE SEND YIELD_VALUE ASYNC_GEN_WRAP RETURN_VALUE GEN_START POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE
        POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE POP_JUMP_FORWARD_IF_TRUE POP_JUMP_FORWARD_IF_FALSE
        POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE
        POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE JUMP_IF_TRUE_OR_POP JUMP_IF_FALSE_OR_POP
        CALL_INTRINSIC_1 PUSH_EXC_INFO
        CHECK_EXC_MATCH BEFORE_WITH BEFORE_ASYNC_WITH INTERPRETER_EXIT PRINT_EXPR SETUP_WITH
        EXIT_INIT_CHECK""",
    2: """ROT_TWO STORE_FAST_STORE_FAST STORE_ATTR DELETE_SUBSCR IS_OP CONTAINS_OP COMPARE_OP BINARY_OP BINARY_SUBSCR
        BUILD_TEMPLATE MAP_ADD FORMAT_WITH_SPEC END_SEND YIELD_FROM SET_FUNCTION_ATTRIBUTE JUMP_IF_NOT_EXC_MATCH
        CALL_INTRINSIC_2 CHECK_EG_MATCH PREP_RERAISE_STAR END_ASYNC_FOR IMPORT_NAME""",
    3: "ROT_THREE STORE_SUBSCR BINARY_SLICE LOAD_SUPER_ATTR MATCH_CLASS CLEANUP_THROW",
    4: "ROT_FOUR STORE_SLICE",
}
FIXED = {name: count for count, names in _FIXED.items() for name in names.split()}
#: By name (how many times its argument, how many more).
BY_ARGUMENT = {
    "SWAP": (1, 0),
    "ROT_N": (1, 0),
    "BUILD_LIST": (1, 0),
    "BUILD_TUPLE": (1, 0),
    "BUILD_SET": (1, 0),
    "BUILD_STRING": (1, 0),
    "BUILD_SLICE": (1, 0),
    "BUILD_LIST_UNPACK": (1, 0),
    "BUILD_TUPLE_UNPACK": (1, 0),
    "BUILD_TUPLE_UNPACK_WITH_CALL": (1, 0),
    "BUILD_SET_UNPACK": (1, 0),
    "BUILD_MAP_UNPACK": (1, 0),
    "BUILD_MAP_UNPACK_WITH_CALL": (1, 0),
    "BUILD_MAP": (2, 0),
    "BUILD_CONST_KEY_MAP": (1, 1),
    "RAISE_VARARGS": (1, 0),
    "CALL": (1, 2),
    "CALL_KW": (1, 3),
    "CALL_FUNCTION": (1, 1),
    "CALL_FUNCTION_KW": (1, 2),
    "CALL_METHOD": (1, 2),
}


def pops(name: str, arg: int) -> int:
    """How many values an instruction takes; -1 where that is not known."""
    count = FIXED.get(name)
    if count is not None:
        if VERSION >= (3, 15) and name in ("POP_ITER", "END_SEND"):
            return count + 1
        if VERSION == (3, 12) and name == "END_FOR":
            return 2
        if VERSION < (3, 11) and name == "END_ASYNC_FOR":
            return 7  # what is iterated, and two exceptions in three parts
        return count
    if name in BY_ARGUMENT:
        factor, more = BY_ARGUMENT[name]
        return factor * arg + more
    if name == "CALL_FUNCTION_EX":
        if VERSION >= (3, 14):
            return 4
        return (3 if VERSION >= (3, 11) else 2) + (arg & 1)
    if name == "MAKE_FUNCTION":
        if VERSION >= (3, 13):
            return 1
        return bin(arg & 15).count("1") + (1 if VERSION >= (3, 11) else 2)
    if name == "FORMAT_VALUE":
        return 1 + (1 if arg & 4 else 0)
    if name == "BUILD_INTERPOLATION":
        return 2 + (arg & 1)
    if name in ("POP_EXCEPT", "RERAISE"):
        return 1 if VERSION >= (3, 11) else 3
    if name.startswith(("BINARY_", "INPLACE_")):
        return 2
    return -1
