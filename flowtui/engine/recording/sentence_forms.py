"""How an instruction is told with the values at hand: by opcode, what it takes and what it gives.

`{0}` is the value on top of the stack before it, `{1}` the one below, and so on; `{result}` is on top after it,
`{result1}` below that; the other placeholders are those of `sentence_scene.Scene`. What is taken is told even when
the instruction raises or calls into a new frame; what is given only when it is known. An opcode that is not here is
told by its explanation, with the values that it pops and pushes. Orders of operands are those of CPython's
``Python/bytecodes.c`` (before 3.12 ``ceval.c``).
"""

from __future__ import annotations

#: What it takes, what it gives.
Form = tuple[str, str]

_TWO: Form = ("pops {1} and {0}", "pushes {result}")
_ONE: Form = ("pops {0}", "pushes {result}")
_NAMED: Form = ("", "pushes {value}, the value of {name}")
_BOTH: Form = ("", "pushes {result1} and {result}, the values of {first} and {second}")
_STORED: Form = ("pops {0}", "names it {name}{was}")
_DELETED: Form = ("", "takes the name {name} away{was}")
_ITEM: Form = ("pops {1} and {0}", "pushes {result}, what {1} holds under {0}")
_FORMATTED: Form = ("pops {0}", "pushes its text: {result}")
_FILLED: Form = ("pops {0}", "puts all that is in it into {into}")
_BUILT: Form = ("{takes}", "pushes a new {result}")
_UNPACKED: Form = ("pops {0}", "pushes what is in it, the first on top: {unpacked}")
_DROPPED: Form = ("pops {0}", "drops it")
_RAISED: Form = ("pops {0}", "raises it")
_AWAITED: Form = ("pops {0}", "pushes {result}, which is awaited next")

FORMS: dict[str, Form] = {
    # names and constants
    "LOAD_CONST": ("", "pushes the constant {result}"),
    "LOAD_SMALL_INT": ("", "pushes the small int {result}"),
    "LOAD_COMMON_CONSTANT": ("", "pushes {result}"),
    "LOAD_ASSERTION_ERROR": ("", "pushes {result}"),
    "LOAD_BUILD_CLASS": ("", "pushes {result}, which will make the class"),
    "LOAD_FAST": _NAMED,
    "LOAD_FAST_BORROW": _NAMED,
    "LOAD_FAST_CHECK": _NAMED,
    "LOAD_FAST_AND_CLEAR": ("", "pushes {result}, the value of {name}, and empties {name}"),
    "LOAD_NAME": _NAMED,
    "LOAD_GLOBAL": _NAMED,
    "LOAD_DEREF": _NAMED,
    "LOAD_CLASSDEREF": _NAMED,
    "LOAD_FROM_DICT_OR_DEREF": ("pops {0}", "pushes {result}, the value of {name}"),
    "LOAD_FROM_DICT_OR_GLOBALS": ("pops {0}", "pushes {result}, the value of {name}"),
    "LOAD_LOCALS": ("", "pushes the namespace of this frame, {result}"),
    "LOAD_CLOSURE": ("", "pushes the cell of {name} itself"),
    "LOAD_FAST_LOAD_FAST": _BOTH,
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": _BOTH,
    "STORE_FAST": _STORED,
    "STORE_FAST_MAYBE_NULL": _STORED,
    "STORE_NAME": _STORED,
    "STORE_GLOBAL": _STORED,
    "STORE_DEREF": _STORED,
    "STORE_FAST_LOAD_FAST": ("pops {0}", "names it {first}, then pushes {result}, the value of {second}"),
    "STORE_FAST_STORE_FAST": ("pops {0} and {1}", "names them {first} and {second}"),
    "DELETE_FAST": _DELETED,
    "DELETE_NAME": _DELETED,
    "DELETE_GLOBAL": _DELETED,
    "DELETE_DEREF": _DELETED,
    "IMPORT_NAME": ("pops {1} and {0}", "imports {name} and pushes {result}"),
    "IMPORT_FROM": ("", "pushes {result}, the {name} of {0}"),
    "IMPORT_STAR": ("pops {0}", "copies its public names into the namespace"),
    # attributes and items
    "LOAD_ATTR": ("pops {0}", "pushes {attribute}"),
    "LOAD_METHOD": ("pops {0}", "pushes {attribute}"),
    "LOAD_SPECIAL": ("pops {0}", "pushes {attribute}"),
    "LOAD_SUPER_ATTR": ("pops {2}, {1} and {0}", "pushes {attribute}"),
    "STORE_ATTR": ("pops {1} and {0}", "sets the attribute {name} of {0} to {1}"),
    "DELETE_ATTR": ("pops {0}", "deletes its attribute {name}"),
    "BINARY_SUBSCR": _ITEM,
    "BINARY_SLICE": ("pops {2}, {1} and {0}", "pushes {result}, the slice from {1} to {0}"),
    "STORE_SUBSCR": ("pops {2}, {1} and {0}", "puts {2} into {1} under {0}"),
    "STORE_SLICE": ("pops {3}, {2}, {1} and {0}", "puts what {3} holds into {2}, from {1} to {0}"),
    "DELETE_SUBSCR": ("pops {1} and {0}", "deletes what {1} holds under {0}"),
    # the stack
    "POP_TOP": _DROPPED,
    "POP_ITER": ("pops {0}", "drops it: the loop is over"),
    "PUSH_NULL": ("", "pushes NULL"),
    "COPY": ("", "pushes {result} once more"),
    "DUP_TOP": ("", "pushes {0} once more"),
    "DUP_TOP_TWO": ("", "pushes {1} and {0} once more"),
    "SWAP": ("", "swaps {0} on top with {at}"),
    "ROT_TWO": ("", "swaps {0} on top with {1}"),
    "ROT_THREE": ("", "moves {0} from the top to below {1} and {2}"),
    "ROT_FOUR": ("", "moves {0} from the top to below {1}, {2} and {3}"),
    "ROT_N": ("", "moves {0} from the top down to place {arg}"),
    "NOP": ("", "does nothing"),
    "NOT_TAKEN": ("", "does nothing: the jump before it was not taken"),
    # operators
    "BINARY_OP": _TWO,
    "COMPARE_OP": _TWO,
    "IS_OP": _TWO,
    "CONTAINS_OP": _TWO,
    "UNARY_NEGATIVE": _ONE,
    "UNARY_POSITIVE": _ONE,
    "UNARY_NOT": _ONE,
    "UNARY_INVERT": _ONE,
    "TO_BOOL": ("pops {0}", "pushes whether it is true: {result}"),
    # building
    "BUILD_TUPLE": _BUILT,
    "BUILD_LIST": _BUILT,
    "BUILD_SET": _BUILT,
    "BUILD_MAP": _BUILT,
    "BUILD_CONST_KEY_MAP": _BUILT,
    "BUILD_SLICE": _BUILT,
    "BUILD_STRING": ("{takes}", "pushes them joined: {result}"),
    "BUILD_TUPLE_UNPACK": _BUILT,
    "BUILD_TUPLE_UNPACK_WITH_CALL": _BUILT,
    "BUILD_LIST_UNPACK": _BUILT,
    "BUILD_SET_UNPACK": _BUILT,
    "BUILD_MAP_UNPACK": _BUILT,
    "BUILD_MAP_UNPACK_WITH_CALL": _BUILT,
    "BUILD_TEMPLATE": ("pops {1} and {0}", "pushes a new {result}"),
    "LIST_APPEND": ("pops {0}", "appends it to {into}"),
    "SET_ADD": ("pops {0}", "adds it to {into}"),
    "MAP_ADD": ("pops {1} and {0}", "puts {0} into {into2} under {1}"),
    "LIST_EXTEND": _FILLED,
    "SET_UPDATE": _FILLED,
    "DICT_UPDATE": _FILLED,
    "DICT_MERGE": _FILLED,
    "LIST_TO_TUPLE": _ONE,
    "UNPACK_SEQUENCE": _UNPACKED,
    "UNPACK_EX": _UNPACKED,
    "FORMAT_SIMPLE": _FORMATTED,
    "FORMAT_VALUE": ("{takes}", "pushes the text for the f-string: {result}"),
    "FORMAT_WITH_SPEC": ("pops {1} and the format {0}", "pushes the text for the f-string: {result}"),
    "CONVERT_VALUE": _FORMATTED,
    "GET_LEN": ("", "pushes {result}, the length of {0}"),
    "MATCH_SEQUENCE": ("", "pushes {result}: whether {0} is a sequence that patterns may match"),
    "MATCH_MAPPING": ("", "pushes {result}: whether {0} is a mapping"),
    "MATCH_KEYS": ("", "pushes {result}, what {1} holds under the keys {0}"),
    # functions
    "CALL": ("calls {callable}{with}", "pushes {result}"),
    "CALL_KW": ("calls {callable}{with}", "pushes {result}"),
    "CALL_FUNCTION": ("calls {callable}{with}", "pushes {result}"),
    "CALL_FUNCTION_KW": ("calls {callable}{with}", "pushes {result}"),
    "CALL_FUNCTION_EX": ("calls {callable}{with}", "pushes {result}"),
    "CALL_METHOD": ("calls {callable}{with}", "pushes {result}"),
    "CALL_METHOD_KW": ("calls {callable}{with}", "pushes {result}"),
    "MAKE_FUNCTION": ("{takes}", "pushes a new {result}"),
    "SET_FUNCTION_ATTRIBUTE": ("pops {0}", "gives it {1} as its {shown}, and pushes it again"),
    "RETURN_VALUE": ("pops {0}", "hands it to {caller}: the frame of {frame} ends"),
    "RETURN_CONST": ("", "hands {value_of_arg} to {caller}: the frame of {frame} ends"),
    "RETURN_GENERATOR": ("", "makes a generator of the frame of {frame} and hands it to {caller}"),
    "YIELD_VALUE": ("pops {0}", "hands it to {caller}: {frame} waits here"),
    "YIELD_FROM": ("sends {0} into {1}", "hands on what it gives"),
    "SEND": ("sends {0} into {1}", "gets {result}"),
    "END_SEND": ("pops {0} and {1}", "pushes {result}, the result, again"),
    "GEN_START": ("pops {0}", "starts {frame}"),
    "MAKE_CELL": ("", "turns {name} into a cell, to be shared with inner functions"),
    "PRINT_EXPR": ("pops {0}", "shows it"),
    # loops and iteration
    "GET_ITER": ("pops {0}", "pushes an iterator over it: {iterator}"),
    "GET_YIELD_FROM_ITER": ("pops {0}", "pushes what gives its values: {result}"),
    "GET_AITER": ("pops {0}", "pushes its asynchronous iterator: {result}"),
    "GET_ANEXT": ("asks {0} for its next value", "pushes {result}, which is awaited next"),
    "GET_AWAITABLE": _AWAITED,
    # exceptions and with
    "RAISE_VARARGS": ("{takes}", "raises {raised}"),
    "RERAISE": ("pops {0}", "raises it again"),
    "PUSH_EXC_INFO": ("", "makes {0} the exception that is being handled"),
    "CHECK_EXC_MATCH": ("pops {0}", "pushes {result}: whether {1} is one"),
    "POP_EXCEPT": ("pops {0}", "ends the handling of the exception"),
    "SETUP_FINALLY": ("", "guards what follows: an exception goes to {target}"),
    "SETUP_WITH": ("pops {0}", "calls its __enter__, and pushes {result}, what that gave"),
    "BEFORE_WITH": ("pops {0}", "calls its __enter__, and pushes its __exit__ and {result}, what that gave"),
    "BEFORE_ASYNC_WITH": ("pops {0}", "pushes its __aexit__ and {result}, which is awaited next"),
    "WITH_EXCEPT_START": ("calls __exit__ with {0}", "pushes {result}: a true value silences the exception"),
    "POP_BLOCK": ("", "ends the code that is guarded"),
}

_SIGNS = """
    POWER MULTIPLY MATRIX_MULTIPLY TRUE_DIVIDE FLOOR_DIVIDE MODULO ADD SUBTRACT LSHIFT RSHIFT AND XOR OR
"""
for _name in _SIGNS.split():
    FORMS[f"BINARY_{_name}"] = FORMS[f"INPLACE_{_name}"] = _TWO

#: Jumps that pop what they test.
POPPING_JUMPS = frozenset(
    f"POP_JUMP_{way}IF_{what}"
    for way in ("", "FORWARD_", "BACKWARD_")
    for what in ("TRUE", "FALSE", "NONE", "NOT_NONE")
)
#: Jumps that keep what they test when they are taken.
KEEPING_JUMPS = frozenset({"JUMP_IF_TRUE_OR_POP", "JUMP_IF_FALSE_OR_POP"})
JUMPS = frozenset({"JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"})
CALLS = frozenset(name for name in FORMS if name.startswith("CALL"))
#: Opcodes whose sentence begins with the operator, the name or the count; the others' begin with the opcode alone.
WITH_ARGUMENT = (
    frozenset(
        name
        for name in FORMS
        if FORMS[name] in (_TWO, _NAMED, _BOTH, _STORED, _DELETED, _BUILT) or "{name}" in FORMS[name][1]
    )
    | CALLS
    | {
        "LOAD_ATTR",
        "LOAD_METHOD",
        "LOAD_SUPER_ATTR",
        "SWAP",
        "COPY",
        "UNPACK_SEQUENCE",
        "LIST_APPEND",
        "ROT_N",
    }
)
WITH_ARGUMENT |= {"SET_ADD", "MAP_ADD", "BUILD_STRING", "UNPACK_EX", "RAISE_VARARGS", "MAKE_FUNCTION"}
