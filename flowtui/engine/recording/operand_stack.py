"""The operand stack of a frame at a step, rebuilt from what is recorded of it.

A recorder writes the results of opaque instructions only (`probe.recording_format.DERIVED` has the others): what a
local, a constant or a copy put on the stack is worked out here, from bytecode and locals. Everything is exact: a value
follows from values that were read, or is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flowtui.model.stages import CodeTable
from flowtui.model.trace import Value

#: A slot's content: a value word of `probe.recording_format` (for a plain constant such as ``None`` or ``3`` too), the
#: repr of a constant that is no word (a string, a float, …: see `constant`), or None where it is not known.
Slot = int | str | None


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

    def stack(self, code: int, frame: int, n: int, *, calling: bool = False) -> list[Slot]:
        """The operand stack, bottom first, as it is before the instruction of step n is executed.

        Ask only where `C_STACK` is 1: else there is nothing to rebuild from, and a state's stack is None.

        Args:
            code: the code object's id in the table (its number less the file's base).
            frame: the frame's number.
            n: an own step of the frame. For a step of another kind (call, return, raise, yield), and for the frames
                below the top, that is the frame's last own step before it; a frame that has none yet has an empty
                stack: do not ask.
            calling: the frame is not on top: what a call instruction took from the stack is left out.
        """
        raise NotImplementedError


def constant(text: str) -> Value:
    """The value that a `Slot` of type str stands for."""
    raise NotImplementedError
