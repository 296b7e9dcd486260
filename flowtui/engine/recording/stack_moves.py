"""Where each slot of the operand stack has its value from, one executed instruction back.

Between two own steps of a frame one instruction was executed, or raised and was caught. It leaves the slots below some
depth as they were; of each slot from there on this module says whether the value was another slot's, a local's, a
constant, or is a result that only the recording can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from flowtui.model.stack_effects import effects
from flowtui.model.stages import CodeTable
from flowtui.probe.recording_format import (
    DERIVED,
    ELLIPSIS,
    FALSE,
    INT_LIMIT,
    NONE,
    NULL,
    TRUE,
    V_INT,
)

#: What a `Source` is: a result, a slot of the stack before, a local's slot, a constant.
RESULT, SLOT, LOCAL, CONSTANT = range(4)
#: What they put on the stack is what was sent; before that what they give is recorded in the same slot.
YIELDS = frozenset({"YIELD_VALUE", "YIELD_FROM"})
#: In place of a row: an exception arose and was caught; it was thrown into a generator that had just given a value.
CAUGHT, THROWN = -1, -2
#: The deepest stack that is believed; CPython's own code objects stay far below.
DEEPEST = 1 << 16


class Source(NamedTuple):
    """Where a slot's value is from.

    Attributes:
        kind: `RESULT`, `SLOT`, `LOCAL` or `CONSTANT`.
        slot: of a `SLOT` its number on the stack before, of a `LOCAL` its slot.
        constant: of a `CONSTANT` a value word, or a repr.
        recorded: a value may be recorded all the same, and wins then.
        certain: it is recorded, always.
    """

    kind: int
    slot: int = 0
    constant: int | str | None = None
    recorded: bool = False
    certain: bool = False


class Move(NamedTuple):
    """What one transition did to the stack.

    Attributes:
        row: of the instruction that was executed, in the table; `CAUGHT` or `THROWN` where a handler was entered.
        low: slots below are untouched.
        before: the depth before.
    """

    row: int
    low: int
    before: int


_RESULT = Source(RESULT, recorded=True, certain=True)
#: Recorded perhaps; else nobody knows.
_UNSURE = Source(RESULT, recorded=True)
#: After these the next instruction is reached by a jump only.
_ENDS = frozenset(
    [
        "RETURN_VALUE",
        "RETURN_CONST",
        "RERAISE",
        "RAISE_VARARGS",
        "INTERPRETER_EXIT",
        "JUMP_FORWARD",
        "JUMP_ABSOLUTE",
        "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT",
    ]
)
#: Their pops differ from version to version; what they push does not.
_PUSHES = {
    **dict.fromkeys(("CALL_FUNCTION_EX", "MAKE_FUNCTION", "END_SEND"), 1),
    **dict.fromkeys(("POP_ITER", "END_FOR", "END_ASYNC_FOR", "POP_EXCEPT"), 0),
}
_LOADS = frozenset(("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"))
_DOUBLE_LOADS = frozenset(("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"))
_ROTATIONS = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}
_WHOLE = re.compile(r"-?\d{1,19}")
_WORDS = {"None": NONE, "True": TRUE, "False": FALSE, "Ellipsis": ELLIPSIS}


def constant_word(text: str) -> int | str | None:
    """A constant's repr as a value word if it has one, else the repr; None for what is recorded as an object."""
    if _WHOLE.fullmatch(text):
        number = int(text)
        return (number << 3 | V_INT) & (1 << 64) - 1 if abs(number) < INT_LIMIT else text
    if text in _WORDS:
        return _WORDS[text]
    return text if constant_type(text) else None


def constant_type(text: str) -> str:
    """The type of a plain constant by its repr; empty for anything else (a tuple, a code object)."""
    if text[:1] in "'\"":
        return "str"
    if text[:2] in ("b'", 'b"'):
        return "bytes"
    if text in ("inf", "nan", "-inf"):
        return "float"
    if len(text) < 100 and re.fullmatch(r"\(?[-+0-9.einfaj]+\)?", text):
        try:
            return type(ast.literal_eval(text)).__name__
        except (ValueError, SyntaxError):
            return "complex" if text.rstrip(")")[-1:] == "j" else ""
    return "int" if text.removeprefix("-").isdecimal() else ""


class CodeMoves:
    """The transitions of one code object.

    Attributes:
        first: its first row in the table.
        end: one behind its last.
        slots: how many fast locals its frames have before their stacks.
        before: the table's column of depths.
        handlers: rows at which an exception's handler begins, each with whether the place of the exception (*lasti*)
            lies below it on the stack.
    """

    def __init__(self, table: CodeTable, code: int, *, virtual: bool) -> None:
        entry = table.codes[code]
        self._table = table
        self._entry = entry
        self._virtual = virtual
        self._known: dict[tuple[int, int], Move] = {}
        self.first = max(0, entry.first)
        self.end = min(entry.first + entry.count, len(table))
        self.before = table.stack_before
        # END_FOR and END_SEND end every loop and SEND since 3.12; where else the version matters, `_PUSHES` tells.
        self._version = (3, 15) if {"END_FOR", "END_SEND"} & set(table.strings) else (3, 11)
        self._rows = {table.offset[row]: row for row in range(self.first, self.end)}
        self.modern = bool(entry.exception_table) or "RESUME" in table.strings
        names = entry.varnames
        cells = entry.cellvars
        #: 3.11 on: a cell that is a local too has one slot.
        own_cells = [name for name in cells if name not in names] if self.modern else list(cells)
        self.slots = len(names) + len(own_cells) + len(entry.freevars)
        holders = set(cells) | set(entry.freevars) if self.modern else set()
        layout = [*names, *own_cells, *entry.freevars]
        #: Slots that may hold cells: what is recorded of them is the cell's content, what is loaded is the cell,
        #: or a plain value of a comprehension that is part of the function: it is recorded like a result.
        self.cells = frozenset(slot for slot, name in enumerate(layout) if name in holders)
        self.handlers: dict[int, bool] = {}
        for _, _, target, _, lasti in entry.exception_table:
            if target in self._rows:
                self.handlers[self._rows[target]] = lasti
        if not self.modern:
            for row in range(self.first, self.end):
                if self.opname(row) in ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH"):
                    handler = self._rows.get(table.jump_target[row])
                    if handler is not None:
                        self.handlers[handler] = False

        #: 3.8: stretches (first row, last row) of ``finally`` bodies, which an exception enters with five, a ``return``
        #: with one more value on the stack than the table says.
        self.doubtful = [
            (row, self._end_finally(row))
            for row in self.handlers
            if row > self.first and self.opname(row - 1) == "BEGIN_FINALLY"
        ]

    def _end_finally(self, row: int) -> int:
        """The row of the END_FINALLY of the body that begins at `row`."""
        inside = 0
        while row + 1 < self.end:
            name = self.opname(row)
            if name.startswith("SETUP_") and name != "SETUP_ANNOTATIONS":
                inside += 1
            elif name in ("END_FINALLY", "END_ASYNC_FOR"):
                if not inside:
                    break
                inside -= 1
            row += 1
        return row

    def row_at(self, offset: int) -> int | None:
        """The row of the instruction at an offset; None where there is none."""
        return self._rows.get(offset)

    def opname(self, row: int) -> str:
        """The instruction's name."""
        return self._table.strings[self._table.opname[row]]

    def arg(self, row: int) -> int:
        """The instruction's argument, 0 for none."""
        return max(0, self._table.arg[row])

    def target(self, row: int) -> int | None:
        """The row that an instruction may jump to; a SETUP instruction and END_ASYNC_FOR jump nowhere."""
        offset = self._table.jump_target[row]
        name = self.opname(row)
        if offset < 0 or name.startswith("SETUP_") or name == "END_ASYNC_FOR":
            return None
        return self._rows.get(offset)

    def ends(self, row: int) -> bool:
        """Whether the instruction never goes on with the next one."""
        return self.opname(row) in _ENDS

    def instruction(self, row: int) -> int:
        """The row of the instruction that an EXTENDED_ARG at `row` belongs to; any other row itself."""
        while self.opname(row) == "EXTENDED_ARG" and row + 1 < self.end:
            row += 1
        return row

    def pops(self, row: int, *, jump: bool = False) -> int | None:
        """How many values the instruction takes; None where that depends on the way there (3.8)."""
        name = self.opname(row)
        pushes = _PUSHES.get(name)
        if pushes is not None:
            return max(0, pushes - (self._table.stack_after[row] - self.before[row]))
        if name == "PRECALL":
            return self.arg(row) + 2  # it may take a method apart: function and self in its place
        if name == "FOR_ITER" and self._virtual and not jump:
            return 1  # 3.15: an index lies above what is iterated, and is counted up
        effect = effects(name, self.arg(row), self._version, jump=jump)
        return None if effect is None else effect[0]

    def move(self, row: int, following: int) -> Move:
        """What happened between two own steps of a frame, at the instructions `row` and then `following`."""
        known = self._known.get((row, following))
        if known is None:
            known = self._known[row, following] = self._move(row, following)
        return known

    def _move(self, row: int, following: int) -> Move:
        executed = self.instruction(row)
        if row < following <= executed:  # an EXTENDED_ARG that is a step of its own
            return Move(row, self.before[following], self.before[following])
        target = self.target(executed)
        on = following == executed + 1 and not self.ends(executed)
        before = self.before[executed]
        # 3.12 and 3.13 jump past the END_FOR (and POP_TOP) that a loop's end is written with.
        jumped = target is not None and following - target in range(1 if following in self.handlers else 3)
        if following in self.handlers and not on and not jumped:
            kept = max(0, self.before[following] - self.pushed_by_exception(following))
            # An exception thrown into a generator: first a None is sent, in the place of what was given.
            if self.opname(executed) == "YIELD_VALUE" and before - 1 < kept:
                return Move(THROWN, max(0, before - 1), before)
            return Move(CAUGHT, kept, before)
        if (
            following == row and self.opname(row) == "YIELD_FROM"
        ):  # it gave a value, was sent one, and goes on
            return Move(executed, max(0, before - 1), before)
        pops = self.pops(executed, jump=jumped and not on)
        low = self.before[following] - 3 if pops is None else before - pops
        return Move(executed, max(0, low), before)

    def pushed_by_exception(self, handler: int) -> int:
        """How many values an exception pushes before the handler at a row begins."""
        return (
            1 + self.handlers[handler] if self.modern else 6
        )  # the one handled before, and the new: three each

    def guarded(self) -> Iterator[tuple[int, int, int]]:
        """Rows (first, end) and the row of the handler that an exception there enters."""
        for start, end, target, _, _ in self._entry.exception_table:
            handler = self._rows.get(target)
            if handler is not None:
                rows = [self._rows[offset] for offset in (start,) if offset in self._rows]
                for first in rows:
                    last = first
                    while last < self.end and self._table.offset[last] < end:
                        last += 1
                    yield first, last, handler
        if not self.modern:
            for handler in self.handlers:
                yield self.first, self.end, handler

    def source(self, move: Move, slot: int) -> Source:
        """Where a slot from `move.low` on has its value from."""
        row, _, before = move
        if row < 0:
            return Source(CONSTANT, 0, NONE) if row == THROWN and slot == before - 1 else _UNSURE
        name = self.opname(row)
        if name not in DERIVED and not (name == "FOR_ITER" and slot < before):
            return _UNSURE if name in YIELDS else _RESULT
        arg = self.arg(row)
        if name in _LOADS:
            return self._local(arg)
        if name in _DOUBLE_LOADS:
            return self._local(arg >> 4 if slot == before else arg & 15)
        if name == "STORE_FAST_LOAD_FAST":
            return Source(SLOT, before - 1) if arg >> 4 == arg & 15 else self._local(arg & 15)
        if name in ("LOAD_CONST", "LOAD_SMALL_INT"):
            word = constant_word(self._table.strings[self._table.argval[row]])
            return _RESULT if word is None else Source(CONSTANT, 0, word)
        if name == "PUSH_NULL":
            return Source(CONSTANT, 0, NULL)
        return Source(SLOT, self._moved(name, arg, before, slot), None, name in ("PRECALL", "FOR_ITER"))

    def _local(self, slot: int) -> Source:
        return _RESULT if slot in self.cells else Source(LOCAL, slot)

    @staticmethod
    def _moved(name: str, arg: int, before: int, slot: int) -> int:
        """The slot that an instruction which only moves values around has filled `slot` from."""
        if name == "COPY":
            return before - arg
        if name == "DUP_TOP":
            return before - 1
        if name == "DUP_TOP_TWO":
            return slot - 2
        if name == "SWAP":
            return {before - 1: before - arg, before - arg: before - 1}.get(slot, slot)
        turned = _ROTATIONS.get(name, arg if name == "ROT_N" else 0)
        if turned:  # the top goes down to the lowest place, the others go up by one
            return before - 1 if slot == before - turned else slot - 1
        return slot

    def stored(self, row: int) -> tuple[int, ...]:
        """The slots of the locals that an instruction may change."""
        name, arg = self.opname(row), self.arg(row)
        if name in ("STORE_FAST", "DELETE_FAST", "LOAD_FAST_AND_CLEAR", "MAKE_CELL"):
            return (arg,)
        if name == "STORE_FAST_STORE_FAST":
            return arg >> 4, arg & 15
        if name == "STORE_FAST_LOAD_FAST":
            return (arg >> 4,)
        return ()

    def taken_by_call(self, row: int) -> int:
        """How many values a call instruction takes away while what it calls is executed; 0 for all others."""
        row = self.instruction(row)
        return (self.pops(row) or 0) if self.opname(row).startswith("CALL") else 0
