"""The depth of the operand stack before and after every instruction, worked out from the bytecode alone.

Each path is followed once from the code's beginning; a handler begins at the depth that the exception table
names (3.11 on, PyPy 3.11) or that its SETUP instruction stood at. The effect of one instruction is
``dis.stack_effect``'s, except where that gives the compiler's upper bound or counts a frame's start
differently (see `Effects`).

Up to 3.8 a ``finally`` body is entered with one value (from the end of the ``try``), with one more below (a
``return``), or with six (an exception): the depth shown is that of the first of these ways that exists.
"""

from __future__ import annotations

import dis
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Sequence, Tuple

    #: A frame's unfinished handlers on 3.8: how deep the stack is below each, and how it was entered.
    Marks = Tuple[Tuple[int, str], ...]

PYPY = sys.implementation.name == "pypy"
OPMAP = dis.opmap
#: How much deeper than at its SETUP instruction a handler begins, before there was an exception table.
#: CPython pushes the old and the new exception, three values each; SETUP_WITH's block lies below the
#: result of ``__enter__``, SETUP_ASYNC_WITH has that result on the stack already. PyPy pushes what was
#: handled before and an unroller, and in SETUP_EXCEPT the value and the type on top.
HANDLERS = (
    {"SETUP_FINALLY": 2, "SETUP_EXCEPT": 4, "SETUP_WITH": 2, "SETUP_ASYNC_WITH": 1}
    if PYPY
    else {"SETUP_FINALLY": 6, "SETUP_WITH": 6, "SETUP_ASYNC_WITH": 5}
)
#: After these the next instruction is reached by a jump only.
ENDS = frozenset(
    OPMAP[name]
    for name in [
        "RETURN_VALUE",
        "RETURN_CONST",
        "RERAISE",
        "RAISE_VARARGS",
        "JUMP_FORWARD",
        "JUMP_ABSOLUTE",
        "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT",
        "INTERPRETER_EXIT",
    ]
    if name in OPMAP
)
JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs)
#: 3.14's END_ASYNC_FOR names the SEND it belongs to and jumps nowhere; a SETUP instruction names its handler.
NO_JUMP = frozenset(OPMAP[name] for name in (*HANDLERS, "END_ASYNC_FOR") if name in OPMAP)
SETUPS = {OPMAP[name]: extra for name, extra in HANDLERS.items() if name in OPMAP}
#: 3.8's way of leaving a ``try``, by opcode.
LEAVING = {
    OPMAP[name]: name
    for name in [
        "BEGIN_FINALLY",
        "CALL_FINALLY",
        "END_FINALLY",
        "POP_FINALLY",
        "POP_EXCEPT",
        "WITH_CLEANUP_START",
        "WITH_CLEANUP_FINISH",
    ]
    if name in OPMAP and "BEGIN_FINALLY" in OPMAP
}
GEN_START = OPMAP.get("GEN_START", -1)
SETUP_ASYNC_WITH = OPMAP.get("SETUP_ASYNC_WITH", -1)


class Effects(dict):  # type: ignore[type-arg]  # dict[tuple, int | None] cannot be subclassed on 3.8
    """``effects[opcode, arg]``: by how much the stack grows when it goes on, or when it jumps.

    None stands for what is no instruction.

    The corrections are checked against the real stacks of running frames on 3.11 to 3.15.
    """

    def __init__(self, jump: bool) -> None:
        super().__init__()
        self._jump = jump

    def __missing__(self, key: tuple[int, int | None]) -> int | None:
        self[key] = effect = self._effect(*key, self._jump)
        return effect

    def _effect(self, opcode: int, arg: int | None, jump: bool) -> int | None:
        corrected = (pypy_effect if PYPY else cpython_effect)(dis.opname[opcode], arg, jump)
        if corrected is not None:
            return corrected
        try:
            return dis.stack_effect(opcode, arg, jump=jump)
        except (ValueError, TypeError):
            return None


def cpython_effect(name: str, arg: int | None, jump: bool) -> int | None:
    """CPython's exceptions from ``dis.stack_effect``; None where that is right."""
    first = sys.version_info[:2]
    if name == "PRECALL":
        return 0  # 3.11 only; what it announces is CALL's
    if name == "CALL" and first == (3, 11):
        return -(arg or 0) - 1
    if name == "GEN_START":
        return -1  # the value sent in is on the stack when a generator of 3.10 starts
    if name == "RETURN_GENERATOR":
        return 1
    if name == "SEND":  # receiver, value → receiver, result; 3.11 takes the receiver when it jumps
        return -1 if jump and first == (3, 11) else 0
    if name == "END_ASYNC_FOR" and first >= (3, 11):
        return -2
    if name == "CLEANUP_THROW":
        return -1 if first >= (3, 12) else -2
    return None


def pypy_effect(name: str, arg: int | None, jump: bool) -> int | None:
    """PyPy's exceptions from its ``dis.stack_effect``, which leaves jumps to its compiler; None for none."""
    if name.startswith("POP_JUMP_"):
        return -1
    if name == "FOR_ITER":
        return -1 if jump else 1
    if name in ("JUMP_IF_TRUE_OR_POP", "JUMP_IF_FALSE_OR_POP"):
        return 0 if jump else -1
    if name == "JUMP_IF_NOT_EXC_MATCH":
        return -2
    if name in ("SETUP_EXCEPT", "SETUP_FINALLY", "SETUP_ASYNC_WITH"):
        return 0
    if name == "CALL_FUNCTION_EX":
        # Its own function aborts the whole process at an argument that is not 0 or 1.
        return -1 - ((arg or 0) & 1)
    return None


#: When it goes on with the next instruction, and when it jumps.
ON, JUMPING = Effects(False), Effects(True)
#: All that is more than an effect on the stack.
SPECIAL = ENDS | (JUMPS - NO_JUMP) | SETUPS.keys() | LEAVING.keys()


class Flow:
    """The walk through one code object.

    Attributes:
        before: the depth before each instruction; -1 where no path leads.
        after: the depth after it when it goes on (or jumps, if it always does); -1 likewise.
        conflicts: places that two paths reach with different depths: (row, first, other). None are known.
    """

    def __init__(
        self,
        offsets: Sequence[int],
        opcodes: Sequence[int],
        args: Sequence[int | None],
        targets: Sequence[int],
        table: Sequence[Sequence[int]],
    ) -> None:
        self._opcodes, self._args, self._targets, self._offsets = opcodes, args, targets, offsets
        self._row = {offset: row for row, offset in enumerate(offsets)}
        self._table = table
        self._effects: list[int | None] = list(map(ON.__getitem__, zip(opcodes, args)))
        self.before = [-1] * len(opcodes)
        self.after = [-1] * len(opcodes)
        self.conflicts: list[tuple[int, int, int]] = []
        #: What to follow once nothing else is left: calls of ``finally`` bodies, then handlers, the innermost
        #: first: a body that is left through an inner handler is left plainly.
        self._calls: list[tuple[int, int, Marks]] = []
        self._handlers: list[tuple[int, int, Marks]] = []

    def run(self) -> Flow:
        """Follow every path: the plain ones first, then handlers that nothing else reached."""
        if not self._opcodes:
            return self
        self._follow(0, 1 if self._opcodes[0] == GEN_START else 0, ())
        while self._calls or self._handlers or self._table_entries():
            if self._calls:
                row, depth, marks = self._calls.pop()
            elif self._handlers:
                row, depth, marks = self._handlers.pop()
            else:
                continue
            if self.before[row] < 0:
                self._follow(row, depth, marks)
        return self

    def _table_entries(self) -> bool:
        """Follow the handlers of the exception table that guard something reached; whether there was one."""
        left = []
        for entry in self._table:
            start, end, target, depth, lasti = entry
            row, first = self._row.get(target, -1), self._row.get(start, -1)
            if row < 0 or first < 0 or self.before[row] >= 0:
                continue
            offsets = self._offsets
            for guarded in range(first, len(offsets)):
                if offsets[guarded] >= end:
                    left.append(entry)
                    break
                if self.before[guarded] >= 0:
                    self._follow(row, depth + bool(lasti) + 1, ())
                    break
        found = len(left) < len(self._table)
        self._table = left
        return found

    def _follow(self, row: int, depth: int, marks: Marks) -> None:
        """Follow the paths from `row` until they end or meet one that was followed already."""
        opcodes, effects, special = self._opcodes, self._effects, SPECIAL
        before, after = self.before, self.after
        count = len(opcodes)
        work = [(row, depth, marks)]
        while work:
            row, depth, marks = work.pop()
            while row < count:
                known = before[row]
                if known >= 0:
                    if known != depth:
                        self.conflicts.append((row, known, depth))
                    break
                before[row] = depth
                if opcodes[row] in special:
                    jump = self._jump(row, depth, marks)
                    if jump is not None:
                        work.append(jump)
                    if opcodes[row] in LEAVING:
                        step = self._leave(row, depth, marks)
                        if step is None:
                            break
                        depth, marks = step
                        after[row] = depth
                        row += 1
                        continue
                    if opcodes[row] in ENDS:
                        after[row] = jump[1] if jump is not None else max(0, depth + (effects[row] or 0))
                        break
                effect = effects[row]
                if effect is None or depth + effect < 0:  # bytecode that no compiler wrote
                    break
                depth += effect
                after[row] = depth
                row += 1

    def _jump(self, row: int, depth: int, marks: Marks) -> tuple[int, int, Marks] | None:
        """Where an instruction may jump, and how deep the stack is there; a handler is kept for later."""
        opcode = self._opcodes[row]
        there = self._row.get(self._targets[row])
        if there is None:
            return None
        if opcode in SETUPS:
            below = depth if opcode != SETUP_ASYNC_WITH else depth - 1
            self._handlers.append((there, depth + SETUPS[opcode], (*marks, (below, "raise"))))
        elif opcode in JUMPS and opcode not in LEAVING:
            effect = JUMPING[opcode, self._args[row]]
            if effect is not None and depth + effect >= 0:
                return there, depth + effect, marks
        return None

    def _leave(self, row: int, depth: int, marks: Marks) -> tuple[int, Marks] | None:
        """3.8's instructions at the border of a ``try``: depth and marks behind one, None for no way on."""
        name = LEAVING[self._opcodes[row]]
        if name == "BEGIN_FINALLY":
            if row + 1 < len(self.before) and self.before[row + 1] >= 0:
                self.after[row] = depth + 1
                return None  # the body is shown as another way enters it
            return depth + 1, (*marks, (depth, "begin"))
        if name == "CALL_FINALLY":
            there = self._row.get(self._targets[row])
            if there is not None:
                self._calls.append((there, depth + 1, (*marks, (depth, "call"))))
            return depth, marks
        if not marks:
            return None
        below, kind = marks[-1]
        if name == "WITH_CLEANUP_START":
            # It takes the exit function away and pushes the exception and the call's result.
            return depth + (2 if kind == "raise" else 1), (*marks[:-1], (below - 1, kind))
        if name == "WITH_CLEANUP_FINISH":  # an exception goes on only when it is swallowed
            return below + 1, (*marks[:-1], (below, "begin" if kind == "raise" else kind))
        if name == "POP_FINALLY":
            return depth - 1, marks[:-1]
        if name == "POP_EXCEPT":
            return depth - 3, marks[:-1]
        self.after[row] = below
        return (below, marks[:-1]) if kind == "begin" else None
