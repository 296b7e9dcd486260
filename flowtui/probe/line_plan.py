"""What is known of a code object before it is executed: which slots and names each line can change.

A recorder that works by lines looks, after a line, only at what its instructions can have stored. Objects that an
instruction is about to change are looked up on the operand stack; where they lie there is known too.
"""

from __future__ import annotations

import dis
import sys

from . import depth
from .bytecode import exception_table, lines
from .frame_stack import slot_names
from .operand_counts import pops
from .recording_format import S_CALL, WIDE

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType
    from typing import Any

VERSION = sys.version_info[:2]
OPTIMIZED = 1  # inspect.CO_OPTIMIZED
STORES_NAME = frozenset(("STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"))
STORES_CELL = frozenset(("STORE_DEREF", "DELETE_DEREF"))
#: How far below the stack's top the object lies that an instruction changes, before it is executed.
TARGETS = {"STORE_ATTR": 1, "STORE_SUBSCR": 2, "DELETE_ATTR": 1, "DELETE_SUBSCR": 2, "STORE_SLICE": 3}
APPENDS = frozenset(("LIST_APPEND", "SET_ADD", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE"))
CALLS = frozenset(("CALL", "CALL_KW", "CALL_FUNCTION_EX", "CALL_FUNCTION", "CALL_FUNCTION_KW", "CALL_METHOD"))
YIELDS = frozenset(("YIELD_VALUE", "YIELD_FROM"))
#: Without events for single instructions a line that may change objects is looked at as a whole.
BY_LINE = VERSION < (3, 12)
#: What a mutation is: look at the object again; a subscript is stored (the key lies on top of the object); an attribute
#: is; whatever the callable does.
TOUCH, ITEM, ATTRIBUTE, CALL = range(4)


class Instruction:
    """One instruction as the plans need it."""

    __slots__ = ("after", "arg", "argval", "before", "line", "name", "next", "offset", "pops", "target")

    def __init__(self, offset: int, name: str, arg: int, argval: Any) -> None:
        self.offset, self.name, self.arg, self.argval = offset, name, arg, argval
        self.line = self.target = self.next = -1
        #: The stack's depth before and after; -1 where no path leads.
        self.before = self.after = -1
        self.pops = 0


def take_apart(code: CodeType) -> tuple[list[Instruction], list[tuple[int, int, int, int, bool]]]:
    """A code object's instructions, and its exception table."""
    plain = list(dis.get_instructions(code))
    if not plain:
        return [], []
    offsets = [each.offset for each in plain]
    opcodes = [each.opcode for each in plain]
    args = [each.arg for each in plain]
    targets = [each.argval if each.opcode in depth.JUMPS else -1 for each in plain]
    table = exception_table(code)
    flow = depth.Flow(offsets, opcodes, args, targets, table).run()
    places = line_numbers(code, plain)
    found = []
    prefixed = -1
    for row, each in enumerate(plain):
        if VERSION < (3, 12) and each.opname == "EXTENDED_ARG":
            # A trace function is called for the prefix alone: the instruction behind it has no event of its own.
            prefixed = each.offset if prefixed < 0 else prefixed
            continue
        one = Instruction(each.offset if prefixed < 0 else prefixed, each.opname, each.arg or 0, each.argval)
        prefixed = -1
        one.line = places.get(each.offset, 0)
        one.target = targets[row]
        one.before, one.after = flow.before[row], flow.after[row]
        one.next = offsets[row + 1] if row + 1 < len(offsets) else -1
        one.pops = pops(each.opname, one.arg)
        found.append(one)
    return found, table


def line_numbers(code: CodeType, plain: list[Any]) -> dict[int, int]:
    """The line of each instruction, 0 where there is none."""
    if not hasattr(code, "co_lines"):
        return lines(code, plain)
    known: dict[int, int] = {}
    for start, end, line in code.co_lines():
        for offset in range(start, end, 2):
            known[offset] = line or 0
    return known


class LinePlan:
    """All that is known of one code object.

    Attributes:
        code: kept alive here, for plans are found by its address.
        space: the names of its module.
        base: the code's number as it stands in a step's word.
        names, locals: the local slots' names, and how many there are.
        size: slots with the operand stack.
        arguments: how many slots hold arguments when a frame begins.
        cells: slots that may hold cells.
        lines: by line ``(slots, names, flags)``: what it can store; a slot is ``slot << 1 | 1`` when it may hold
            another object at the same address, and when the object in it may have changed in place.
        mutations: by offset of an instruction that changes an object which lies on the stack: what it is, the object's
            slot (the lowest of those that a call takes), how many words a call takes, the attribute's name.
        line_of: by offset.
        loops: by (offset, target) the line of a jump back that stays on its line.
        handlers: by offset where an exception handler begins the slots that are filled then: the exception, below it
            its place of origin if that is kept; before 3.11 two exceptions of three values each.
    """

    def __init__(self, code: CodeType, number: int, space: Any, module: CodeType) -> None:
        self.code = code
        self.space = space
        self.is_module = code is module and not code.co_flags & OPTIMIZED
        self.base = number << 16
        self.names = slot_names(code)
        self.locals = len(self.names)
        self.size = self.locals + code.co_stacksize
        self.optimized = bool(code.co_flags & OPTIMIZED)
        self.arguments = (
            code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
        )
        self.windows: dict[int, memoryview] = {}
        self.empty = [0] * self.locals
        index = {name: slot for slot, name in enumerate(self.names)}
        if VERSION < (3, 11):
            first = len(code.co_varnames)
            index = {name: slot for slot, name in enumerate(self.names[:first])}
            self.cells = tuple(range(first, self.locals))
        else:
            self.cells = tuple(index[name] for name in code.co_cellvars + code.co_freevars)
        self.index = index
        self.argument_slots = tuple([slot for slot in range(self.arguments) if slot not in self.cells])
        self.call_word = S_CALL << 29 | self.base | min(code.co_firstlineno, WIDE)
        self.instructions, self.table = take_apart(code)
        self.by_offset = {each.offset: each for each in self.instructions}
        self.line_of = {each.offset: each.line for each in self.instructions}
        resumes = [each.offset for each in self.instructions if each.name == "RESUME"]
        #: Where a frame stands when it begins: its first RESUME, or nowhere.
        self.begin = resumes[0] if resumes else -1
        #: A frame that is left at one of these has not returned, whatever a trace function is told.
        self.reraises = frozenset([each.offset for each in self.instructions if each.name == "RERAISE"])
        self.yields = frozenset(
            # before 3.11 a frame that waits in YIELD_FROM stands before it
            [
                each.offset - 2 * (each.name == "YIELD_FROM")
                for each in self.instructions
                if each.name in YIELDS
            ]
        )
        self.handlers = self._handlers()
        self.mutations: dict[int, tuple[int, int, int, str]] = {}
        self.loops: dict[tuple[int, int], int] = {}
        self.lines: dict[int, tuple[tuple[int, ...], tuple[str, ...], int]] = {}
        #: Set by whoever records instructions.
        self.runs: Any = None
        self._find()

    def _handlers(self) -> dict[int, tuple[int, ...]]:
        """Where handlers begin, and the slots that are filled there."""
        found: dict[int, tuple[int, ...]] = {}
        for _, _, target, _, lasti in self.table:
            one = self.by_offset.get(target)
            if one is not None and one.before > 0:
                slot = self.locals + one.before - 1
                found[target] = (slot - 1, slot) if lasti else (slot,)
        if VERSION < (3, 11):
            for each in self.instructions:
                one = self.by_offset.get(each.target)
                if each.name.startswith("SETUP_") and one is not None and one.before >= 6:
                    top = self.locals + one.before
                    found[one.offset] = tuple(range(top - 6, top))
        return found

    def _find(self) -> None:
        """Fill `lines`, `mutations` and `loops`."""
        slots: dict[int, dict[int, int]] = {}
        names: dict[int, dict[str, int]] = {}
        flags: dict[int, int] = {}
        before = None
        for one in self.instructions:
            line = one.line
            if VERSION < (3, 10):
                self._unbound_anywhere(one, slots, names)
            for name in stored_locals(one):
                if name in self.index:
                    at = slots.setdefault(line, {})
                    slot = self.index[name]
                    again = slot in at or (before is not None and in_place(before))
                    at[slot] = at.get(slot, 0) | again
            if one.name in STORES_NAME:
                held = names.setdefault(line, {})
                held[one.argval] = held.get(one.argval, 0) | (before is not None and in_place(before))
            if one.name in STORES_CELL:
                flags[line] = flags.get(line, 0) | 2
            if one.before >= 0:
                mutation = self._mutation(one)
                if mutation is not None:
                    self.mutations[one.offset] = mutation
                    flags[line] = flags.get(line, 0) | (5 if mutation[0] == CALL else 1)
            there = self.by_offset.get(one.target)
            if (
                there is not None
                and there.offset <= one.offset
                and there.line == line
                and one.name.startswith("JUMP")
            ):
                self.loops[one.offset, there.offset] = line
            before = one
        # what has no line is executed on whatever line came before
        nowhere = slots.pop(0, {}), names.pop(0, {}), flags.pop(0, 0)
        used = {one.line for one in self.instructions} - {0} if any(nowhere) else set()
        cells = {line for line, bits in flags.items() if bits & 2}
        for line in set(slots) | set(names) | (set(flags) if BY_LINE else cells) | used:
            stores = dict(nowhere[0])
            stores.update(slots.get(line, {}))
            held = dict(nowhere[1])
            held.update(names.get(line, {}))
            self.lines[line] = (
                tuple([slot << 1 | again for slot, again in stores.items()]),
                tuple(held),
                flags.get(line, 0) | nowhere[2] | (8 if any(held.values()) else 0),
            )

    def _unbound_anywhere(
        self, one: Instruction, slots: dict[int, dict[int, int]], names: dict[int, dict[str, int]]
    ) -> None:
        """Up to 3.9 an exception that leaves a handler unbinds its name without an event for the line of that."""
        if one.name == "DELETE_FAST" and one.argval in self.index:
            slots.setdefault(0, {})[self.index[one.argval]] = 0
        elif one.name in ("DELETE_NAME", "DELETE_GLOBAL"):
            names.setdefault(0, {})[one.argval] = 0

    def _mutation(self, one: Instruction) -> tuple[int, int, int, str] | None:
        """What an instruction changes, if it changes an object."""
        name = one.name
        top = self.locals + one.before
        if name in TARGETS:
            kind = {"STORE_SUBSCR": ITEM, "STORE_ATTR": ATTRIBUTE}.get(name, TOUCH)
            return (kind, top - TARGETS[name], 0, str(one.argval))
        if name in APPENDS:
            return (TOUCH, top - one.arg - 1, 0, "")
        if name == "MAP_ADD":
            return (TOUCH, top - one.arg - 2, 0, "")
        if in_place(one):
            following = self.by_offset.get(one.next)
            if following is not None and (stored_locals(following) or following.name in STORES_NAME):
                return None  # what is stored is looked at again after the line
            return (TOUCH, top - 2, 0, "")
        if name in CALLS:
            return (CALL, top - one.pops, one.pops, "")
        return None


def in_place(one: Instruction) -> bool:
    """Whether it is an operator like ``+=``."""
    if one.name == "BINARY_OP":
        return 13 <= one.arg <= 25  # 26 is a subscript from 3.14 on
    return one.name.startswith("INPLACE_")


def stored_locals(one: Instruction) -> tuple[str, ...]:
    """The local variables that an instruction binds or unbinds."""
    name = one.name
    if "_FAST" not in name or not ("STORE" in name or "DELETE" in name or "CLEAR" in name):
        return (one.argval,) if name == "MAKE_CELL" else ()
    value = one.argval
    if name == "STORE_FAST_LOAD_FAST":
        return (value[0],)
    return value if isinstance(value, tuple) else (value,)
