"""What `named_frames` knows of a code object, and of a frame that is being recorded by names."""

from __future__ import annotations

import dis

from .bytecode import exception_table, lines
from .recording_format import UNKNOWN, V_OBJECT

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType, FrameType
    from typing import Any

    from .recorded_frames import Space

OPTIMIZED = 1  # inspect.CO_OPTIMIZED
NOTHING: dict[str, Any] = {}
STORES = ("STORE_FAST", "DELETE_FAST", "STORE_NAME", "DELETE_NAME", "STORE_GLOBAL", "DELETE_GLOBAL")
#: Instructions that change no object unless they call functions in Python, of which a trace function is told.
_QUIET = """
    NOP RESUME CACHE EXTENDED_ARG POP_TOP PUSH_NULL COPY SWAP ROT_TWO ROT_THREE ROT_FOUR ROT_N DUP_TOP DUP_TOP_TWO
    LOAD_CONST LOAD_SMALL_INT LOAD_FAST LOAD_FAST_CHECK LOAD_NAME LOAD_GLOBAL LOAD_DEREF LOAD_CLOSURE LOAD_CLASSDEREF
    LOAD_ATTR LOAD_METHOD LOAD_ASSERTION_ERROR LOAD_BUILD_CLASS BUILD_LIST BUILD_TUPLE BUILD_SET BUILD_MAP BUILD_STRING
    BUILD_SLICE BUILD_CONST_KEY_MAP FORMAT_VALUE MAKE_FUNCTION COMPARE_OP IS_OP RETURN_VALUE RETURN_CONST
    BINARY_ADD BINARY_SUBTRACT BINARY_MULTIPLY BINARY_TRUE_DIVIDE BINARY_FLOOR_DIVIDE BINARY_MODULO BINARY_POWER
    BINARY_LSHIFT BINARY_RSHIFT BINARY_AND BINARY_OR BINARY_XOR UNARY_NOT UNARY_NEGATIVE UNARY_POSITIVE UNARY_INVERT
    JUMP_FORWARD JUMP_BACKWARD JUMP_ABSOLUTE POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE JUMP_IF_TRUE_OR_POP
    JUMP_IF_FALSE_OR_POP POP_BLOCK SETUP_FINALLY
"""
QUIET = frozenset(_QUIET.split() + list(STORES))
RETURNS = frozenset(("RETURN_VALUE", "RETURN_CONST"))


class Plan:
    """What is known of a code object.

    Attributes:
        code: kept alive here, for plans are found by its address.
        space: the names of its module.
        base: the code's number as it stands in a step's word.
        slots: by name, in the order of `engine.recording.codes.Code.names`.
        quiet: by line or offset, where no object can be changed: the names that are bound there. -1 is where a frame
            stands before it executes anything.
        begin: the offset of a frame that begins.
        names: the instructions' names by offset.
    """

    def __init__(
        self, code: CodeType, number: int, space: Space, module: CodeType, by_instruction: bool
    ) -> None:
        self.code, self.space = code, space
        self.base = number << 16
        self.optimized = bool(code.co_flags & OPTIMIZED)
        self.is_module = code is module and not self.optimized
        cells = code.co_cellvars
        plain = list(dis.get_instructions(code))
        if exception_table(code) or any(each.opname == "RESUME" for each in plain):
            cells = tuple([name for name in cells if name not in code.co_varnames])
        # an argument that is a cell variable has two slots up to 3.10, and its value in the second
        self.slots = {name: slot for slot, name in enumerate(code.co_varnames + cells + code.co_freevars)}
        self.names = {each.offset: each.opname for each in plain}
        places = {each.offset: each.offset for each in plain} if by_instruction else lines(code, plain)
        bound: dict[int, set[str]] = {}
        loud = set()
        for each in plain:
            where = places.get(each.offset, 0)
            bound.setdefault(where, set())
            if each.opname not in QUIET:
                loud.add(where)
            elif each.opname in STORES:
                bound[where].add(each.argval)
        if not by_instruction and (0 in loud or bound.get(0)):
            loud.update(bound)  # what has no line is executed on whatever line came before
        self.quiet = {where: frozenset(names) for where, names in bound.items() if where not in loud}
        self.quiet[-1] = frozenset()
        self.begin = next((each.offset for each in plain if each.opname == "RESUME"), -1)

    def returns(self, offset: int) -> bool:
        """Whether a frame that stands here has come to its return."""
        return self.names.get(offset) in RETURNS

    def yields(self, offset: int) -> bool:
        """Whether a frame that stands here is suspended; CPython before 3.11 stands before a YIELD_FROM."""
        return "YIELD" in self.names.get(offset, "") or self.names.get(offset + 2) == "YIELD_FROM"


class Record:
    """A frame of the program.

    Attributes:
        number: its number in the recording.
        plan: of its code.
        frame: itself, while it is being executed.
        names: its own namespace, if it is a class body.
        words, ids: by name the last value recorded, and the address of that value.
        at: its line or offset, -1 before the first.
        through: other code has called it, which goes on when it returns.
        raised: the last exception's word; raised_at: its offset, -1 when the frame has gone on since.
    """

    __slots__ = ("at", "frame", "ids", "names", "number", "plan", "raised", "raised_at", "through", "words")

    def __init__(self, number: int, plan: Plan, frame: FrameType | None) -> None:
        self.number, self.plan, self.frame = number, plan, frame
        self.names: Any = None
        self.words: dict[str, int] = {}
        self.ids: dict[str, int] = {}
        self.at = -1
        self.through = False
        self.raised = UNKNOWN
        self.raised_at = -1

    def locals(self) -> Any:
        """The local variables that have a value, if it is a function's frame."""
        return self.frame.f_locals if self.frame is not None and self.plan.optimized else NOTHING

    def shared(self) -> bool:
        """Whether something else than its own code can change what it shows."""
        plan = self.plan
        if not plan.optimized:
            return self.names is not None
        if plan.code.co_cellvars or plan.code.co_freevars:
            return True
        return any(word & 7 == V_OBJECT for word in self.words.values())


class Thread:
    """What belongs to one thread: its number, its frames, and whether other code has run."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.frames: list[Record] = []
        #: Whose line or instruction is being executed; None: everything is to be looked at.
        self.executing: Record | None = None


__all__ = ["Plan", "Record", "Thread"]
