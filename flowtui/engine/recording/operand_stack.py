"""The operand stack of a frame at a step, rebuilt from what is recorded of it.

A recorder writes the results of opaque instructions only (`probe.recording_format.DERIVED` has the others): what a
local, a constant or a copy put on the stack is worked out here, from bytecode and locals. Everything is exact: a value
follows from values that were read, or is None.

For each slot the frame's steps are followed back to the instruction that filled it. Most were filled by one of the
last few; for the others `stack_origins` knows where to look at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flowtui.engine.recording.stack_moves import (
    CONSTANT,
    DEEPEST,
    LOCAL,
    SLOT,
    YIELDS,
    CodeMoves,
    constant_type,
)
from flowtui.engine.recording.stack_origins import Stack, origins
from flowtui.model.stages import CodeTable
from flowtui.model.trace import Value
from flowtui.probe.recording_format import MAX_TEXT, NONE, UNSET

#: A slot's content: a value word of `probe.recording_format` (for a plain constant such as ``None`` or ``3`` too), the
#: repr of a constant that is no word (a string, a float, …: see `constant`), or None where it is not known.
Slot = int | str | None
#: Own steps that are followed back before a code object's origins are worked out.
_NEAR = 24


class Recorded(Protocol):
    """What the reader has to give: three look-ups in a recording of granularity ``instruction``.

    A frame's *own* steps are its ``S_AT`` steps, those at which one of its instructions is about to be executed.
    """

    def slot_write(self, frame: int, slot: int, n: int) -> tuple[int, int] | None:
        """The last ``D_SLOT`` change of a frame's slot at a step ≤ n: (its step, the value word); None for none.

        Slots are numbered as in the format: fast locals first, then the operand stack. By bisection.
        """

    def steps_before(self, frame: int, n: int) -> Iterator[int]:
        """The frame's own steps < n, the latest first, made as far as somebody asks.

        A step costs a bisection at most, however many steps of callees, other threads or a suspension lie between.
        """

    def offset(self, n: int) -> int:
        """The offset in bytes of the instruction at an own step n (a `D_WIDE` one too)."""


class StackRebuilder:
    """Rebuilds the operand stacks of frames whose code objects are in one `CodeTable` (one source file).

    Make one a file and keep it: what is found out about a code object stays.

    Args:
        table: of the file.
        recorded: the look-ups.
    """

    def __init__(self, table: CodeTable, recorded: Recorded) -> None:
        self._table = table
        self._recorded = recorded
        self._moves: dict[int, CodeMoves] = {}
        self._origins: dict[int, dict[int, Stack]] = {}
        self._virtual = _counts_iterations(table)

    def stack(self, code: int, frame: int, n: int, *, calling: bool = False) -> list[Slot] | None:
        """The operand stack, bottom first, as it is before the instruction of step n is executed.

        Ask only where `C_STACK` is 1: else there is nothing to rebuild from, and a state's stack is None.

        Args:
            code: the code object's id in the table (its number less the file's base).
            frame: the frame's number.
            n: an own step of the frame. For a step of another kind (call, return, raise, yield), and for the frames
                below the top, that is the frame's last own step before it; a frame that has none yet has an empty
                stack: do not ask.
            calling: the frame is not on top: what a call instruction took from the stack is left out.

        Returns:
            The stack; None where it was not recorded: in a ``finally`` body of 3.8 that an exception or a ``return``
            has entered.
        """
        moves = self._moves_of(code)
        row = moves.row_at(self._recorded.offset(n))
        if row is None:
            return []
        if moves.doubtful and self._deeper(moves, frame, n, row):
            return None
        depth = min(moves.before[row], DEEPEST)
        if calling:
            depth -= moves.taken_by_call(row)
        if depth <= 0:
            return []
        return _Search(self, code, frame, depth).run(n, row)

    def _deeper(self, moves: CodeMoves, frame: int, n: int, row: int) -> bool:
        """Whether a ``finally`` body around `row`, where step n is, was entered deeper than the table says."""
        around = [(first, last) for first, last in moves.doubtful if first <= row <= last]
        for step in self._recorded.steps_before(frame, n) if around else ():
            earlier = moves.row_at(self._recorded.offset(step))
            if earlier is None:
                return True
            for first, last in around:
                entered = row == first and not first <= earlier <= last
                # BEGIN_FINALLY or CALL_FINALLY has put one value there, or this is not the way that the table shows.
                if entered and (
                    moves.move(earlier, row).row < 0 or moves.before[earlier] + 1 != moves.before[row]
                ):
                    return True
            around = [(first, last) for first, last in around if first <= earlier <= last]
            if not around:
                break
            row = earlier
        return False

    def _moves_of(self, code: int) -> CodeMoves:
        moves = self._moves.get(code)
        if moves is None:
            moves = self._moves[code] = CodeMoves(self._table, code, virtual=self._virtual)
        return moves

    def _origins_of(self, code: int) -> dict[int, Stack]:
        found = self._origins.get(code)
        if found is None:
            found = self._origins[code] = origins(self._moves_of(code))
        return found


class _Search:
    """Where the values of one stack are from: walks back through the frame's own steps."""

    def __init__(self, rebuilder: StackRebuilder, code: int, frame: int, depth: int) -> None:
        self._rebuilder = rebuilder
        self._moves = rebuilder._moves_of(code)
        self._recorded = rebuilder._recorded
        self._code, self._frame = code, frame
        self._stack: list[Slot] = [None] * depth
        #: By a slot of the stack at the step that was reached: the wanted slots that have its value.
        self._left: dict[int, list[int]] = {slot: [slot] for slot in range(depth)}

    def run(self, n: int, row: int) -> list[Slot]:
        """The stack at step n, whose instruction stands in `row`."""
        recorded, moves = self._recorded, self._moves
        for count, earlier in enumerate(recorded.steps_before(self._frame, n)):
            if count == _NEAR:
                self._take_origins(n, row)
                if not self._left:
                    break
            earlier_row = moves.row_at(recorded.offset(earlier))
            if earlier_row is None:
                return self._stack
            self._follow(earlier_row, row, earlier, n)
            if not self._left:
                break
            n, row = earlier, earlier_row
        else:
            self._take_beginning(n)
        return self._stack

    def _follow(self, row: int, following: int, step: int, n: int) -> None:
        """Go back from step n, at `following`, to the frame's own step before it, at `row`."""
        move = self._moves.move(row, following)
        left = self._left
        if max(left) < move.low:
            return
        self._left = {}
        since = n - 1 if move.row >= 0 and self._moves.opname(move.row) in YIELDS else step
        for slot, wanted in left.items():
            if slot < move.low:
                self._want(slot, wanted)
                continue
            source = self._moves.source(move, slot)
            if source.recorded:
                write = self._recorded.slot_write(self._frame, self._moves.slots + slot, n)
                if write is not None and write[0] > since:
                    self._settle(wanted, write[1])
                    continue
            if source.kind == SLOT and 0 <= source.slot < move.before:
                self._want(source.slot, wanted)
            elif source.kind == LOCAL:
                self._settle(wanted, self._local(source.slot, step))
            elif source.kind == CONSTANT:
                self._settle(wanted, source.constant)

    def _take_origins(self, n: int, row: int) -> None:
        """Settle what the code's origins say of the stack at step n, whose instruction stands in `row`."""
        known = self._rebuilder._origins_of(self._code).get(row, ())
        left = self._left
        self._left = {}
        for slot, wanted in left.items():
            origin = known[slot] if slot < len(known) else None
            if origin is None:
                self._left[slot] = wanted
            elif origin.kind == CONSTANT:
                self._settle(wanted, origin.constant)
            elif origin.kind == LOCAL:
                self._settle(wanted, self._local(origin.slot, n))
            else:
                write = self._recorded.slot_write(self._frame, self._moves.slots + origin.slot, n)
                self._settle(wanted, None if write is None else write[1])

    def _take_beginning(self, n: int) -> None:
        """Settle what the frame's first own step, n, found: the None that a generator of 3.10 is begun with.

        From 3.15 on a generator expression has its iterator there, which is recorded like a result.
        """
        for slot, wanted in self._left.items():
            write = self._recorded.slot_write(self._frame, self._moves.slots + slot, n)
            if write is not None:
                self._settle(wanted, write[1])
            elif not self._moves.modern:
                self._settle(wanted, NONE)

    def _want(self, slot: int, wanted: list[int]) -> None:
        """Remember that what `slot` has at the step that was reached is wanted."""
        self._left[slot] = self._left[slot] + wanted if slot in self._left else wanted

    def _settle(self, wanted: list[int], value: Slot) -> None:
        for slot in wanted:
            self._stack[slot] = value

    def _local(self, slot: int, n: int) -> Slot:
        """What a local's slot has at step n."""
        write = self._recorded.slot_write(self._frame, slot, n)
        return UNSET if write is None else write[1]


def constant(text: str) -> Value:
    """The value that a `Slot` of type str stands for."""
    kind = constant_type(text)
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}…"
    return Value(text, kind)


def _counts_iterations(table: CodeTable) -> bool:
    """Whether loops keep an index beside what they iterate, as 3.15's do: GET_ITER pushes both then."""
    names = [index for index, name in enumerate(table.strings) if name == "GET_ITER"]
    rows = (row for row, name in enumerate(table.opname) if name in names and table.stack_before[row] >= 0)
    row = next(rows, None)
    return row is not None and table.stack_after[row] > table.stack_before[row]
