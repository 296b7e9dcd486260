"""The real locals and operand stack of a live frame, read from the interpreter's memory.

CPython 3.8 to 3.15 on 64-bit little-endian machines, free-threaded builds too, by ctypes alone. All memory is one
`memoryview` of u64 words, so that a look at a frame is one slice and costs about 0.1 µs::

    size = slot_count(code) + code.co_stacksize
    words = window(frame, size)         # fast locals, then the operand stack, bottom first
    value = value_of(words[slot])

**What holds.** Read a frame only while it is executing or suspended, in its own thread, at an event of its own. The
slots below the top of the stack hold what CPython itself has there; what lies above is stale: it may point to
objects that are gone, and a reader that touches one crashes the process later. So a slot of the stack is read only
when the instructions executed tell that it was just filled; `depth` says where the top is, except on 3.12 and 3.13,
where it is not in memory during an event. A slot of the locals holds a value, or NULL; a cell variable's slot holds
the cell (before its MAKE_CELL on 3.11 on: the argument itself, or NULL).

**How long a window is good.** From the frame's first event to its last (its return or unwind, included), across
suspensions too: the frame of a generator lies inside the generator object from RETURN_GENERATOR on, which is executed
before the first event. When a frame object outlives its call (a traceback holds it) CPython copies the frame's data
into the frame object after the last event: make no use of an older window then.

Before 3.11 the data lies inside the frame object itself, locals and stack one behind the other. Since then the frame
object points to it (``Include/internal/pycore_frame.h``, ``Include/cpython/frameobject.h`` of 3.8–3.10).
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType, FrameType
    from typing import Any

VERSION = sys.version_info[:2]
WORD = 8
#: Bytes of an object's header; more than 16 in free-threaded builds, and where all objects are linked.
HEADER = getattr(object, "__basicsize__", 16)  # PyPy does not say
#: How much of the address space is seen: all that a 64-bit Linux or macOS gives to a process.
SPACE = 1 << 47
#: From 3.14 on the two low bits of a word are no part of the address: a reference that is not counted, NULL, or
#: an integer without an object (both set). ``Include/internal/pycore_stackref.h``.
TAG = ~3 if VERSION >= (3, 14) else ~0
#: A word that is a small integer and no object: ``word & INT_TAG == INT_TAG``. Before 3.14 there are none.
INT_TAG = 3 if VERSION >= (3, 14) else 1 << 64
#: Where `_PyRuntime.debug_offsets` describes a frame, as a number of u64 words: size, previous, executable, instr_ptr,
#: localsplus, owner, and from 3.14 on stackpointer. ``Include/internal/pycore_debug_offsets.h``.
SECTIONS = {(3, 13): 28, (3, 14): 31, (3, 15): 39}


class Null:
    """What `value_of` gives for a word that is NULL."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NULL"


NULL = Null()


def open_memory() -> tuple[memoryview | None, str]:
    """All memory as u64 words, and why not when that cannot be had."""
    if sys.implementation.name != "cpython":
        return None, "only CPython has an operand stack in memory that can be read"
    if not (3, 8) <= VERSION <= (3, 15):
        return None, "where this version keeps its operand stack is not known"
    if sys.maxsize != (1 << 63) - 1 or sys.byteorder != "little":
        return None, "the operand stack is read on 64-bit little-endian machines only"
    try:
        import ctypes

        bytes_of_all = (ctypes.c_char * SPACE).from_address(0)
        return memoryview(bytes_of_all).cast("B").cast("Q"), ""
    except Exception as error:  # ctypes may be missing, broken, or forbidden by an audit hook
        return None, "ctypes does not work here: %s" % (error,)


#: All memory: the word at `address` is ``MEMORY[address >> 3]``. None where it cannot be read.
MEMORY, REASON = open_memory()


def available() -> bool:
    """Whether frames can be read here at all; whether what is read is right only `stack_selftest` can tell."""
    return MEMORY is not None


def reason() -> str:
    """Why frames cannot be read, as half a sentence; empty when they can."""
    return REASON


def frame_layout() -> tuple[int, int]:
    """Offsets of the locals and of what tells the stack's top, from where a frame's data begins.

    Up to 3.10 the data begins with the frame object itself.
    """
    if VERSION <= (3, 9):
        return HEADER + 344, HEADER + 56  # f_localsplus; f_stacktop, a pointer
    if VERSION == (3, 10):
        return HEADER + 336, HEADER + 64  # f_localsplus; f_stackdepth, an int
    if VERSION <= (3, 12):
        return 72, 64  # localsplus; stacktop, an int
    known = (72, 64) if VERSION == (3, 13) else (80, 64)
    try:
        import ctypes

        runtime = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
        words = memoryview(ctypes.string_at(runtime, 512)).cast("Q")
    except Exception:  # a build that hides the symbol
        return known
    first = SECTIONS[VERSION]
    size, localsplus = words[first], words[first + 4]
    if words[0].to_bytes(8, "little") != b"xdebugpy" or words[1] >> 16 != sys.hexversion >> 16:
        return known
    if not (words[first + 1] == 8 and words[first + 2] == 0 and 64 <= localsplus < size <= 256):
        return known
    return localsplus, words[first + 6] if VERSION >= (3, 14) else 64


if MEMORY is not None:
    LOCALS, TOP = frame_layout()
    #: Offset of the pointer to a frame's data in a frame object (behind its f_back); 3.11 on.
    DATA = HEADER + WORD
    MEMORY_ = MEMORY  # known to be there

    if VERSION >= (3, 11):

        def base(frame: FrameType) -> int:
            """The index in `MEMORY` of the frame's first slot."""
            return (MEMORY_[(id(frame) + DATA) >> 3] + LOCALS) >> 3
    else:

        def base(frame: FrameType) -> int:
            """The index in `MEMORY` of the frame's first slot."""
            return (id(frame) + LOCALS) >> 3

    def window(frame: FrameType, size: int) -> memoryview:
        """The first `size` slots of a frame as u64 words: its fast locals, then its operand stack, bottom first."""
        first = base(frame)
        return MEMORY_[first : first + size]

    try:
        from _ctypes import PyObj_FromPtr as from_address
    except ImportError:

        def from_address(address: int, /) -> Any:
            """The object at an address."""
            import ctypes

            return ctypes.cast(address, ctypes.py_object).value


def value_of(word: int) -> object:
    """What a slot's word stands for: an object, `NULL`, or the integer that lies in the slot itself (3.14 on)."""
    if word & INT_TAG == INT_TAG:
        return (word >> 2) - (1 << 62 if word >> 63 else 0)
    address = word & TAG
    return from_address(address) if address else NULL


def depth(frame: FrameType, slots: int) -> int:
    """How many values are on a frame's operand stack; -1 where that is not in memory (3.12, 3.13).

    Args:
        frame: one that is at an event of its own.
        slots: `slot_count` of its code.
    """
    if VERSION >= (3, 14):
        first = base(frame)
        top = MEMORY_[first - (LOCALS - TOP) // WORD]
        return (top >> 3) - first - slots if top else -1
    if VERSION == (3, 10):
        top = MEMORY_[(id(frame) + TOP) >> 3] & 0xFFFFFFFF
        return top if top < 1 << 31 else -1
    if VERSION <= (3, 9):
        top = MEMORY_[(id(frame) + TOP) >> 3]
        return (top >> 3) - base(frame) - slots if top else -1
    top = MEMORY_[base(frame) - 1] & 0xFFFFFFFF
    return top - slots if top < 1 << 31 else -1


def slot_names(code: CodeType) -> tuple[str, ...]:
    """The names of a code object's fast locals in the order of their slots.

    Since 3.11 a cell variable that is a local too (an argument) has one slot, before that a second one.
    """
    names = code.co_varnames
    cells = code.co_cellvars
    if VERSION >= (3, 11) and cells:
        cells = tuple([name for name in cells if name not in names])
    return names + cells + code.co_freevars


def slot_count(code: CodeType) -> int:
    """How many slots a frame has before its operand stack."""
    return len(slot_names(code))
