"""Room for the recorder at the very bottom of a recursion, so that the program's limit stays where it is.

A callback is a call like any other for the interpreter: at the limit it cannot be called, and what it calls would end
in a RecursionError of ours. So a thread that is recorded gets `ROOM` frames more than the limit allows, by its own
counter, and whoever is told of each call sees to it that the program's own frames do not use them. The counter lies in
the thread's state in memory (``struct _ts`` in ``Include/cpython/pystate.h``): ``sys.getrecursionlimit()`` and all
other threads see nothing of it.
"""

from __future__ import annotations

import sys
from _thread import _local
from sys import getrecursionlimit

from . import frame_stack

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

VERSION = sys.version_info[:2]
#: Frames that the recorder's own calls may take.
ROOM = 120
#: From 3.11 on the counter says how many frames are left, before that how many there are.
DOWN = VERSION >= (3, 11)
#: Before 3.11: where ``recursion_depth`` is, in ints.
DEPTH = 8


def counter() -> Any:
    """This thread's counter, as a view of one int; None where it cannot be found."""
    if frame_stack.MEMORY is None:
        return None
    try:
        import ctypes

        state = ctypes.PYFUNCTYPE(ctypes.c_void_p)(("PyThreadState_Get", ctypes.pythonapi))
        address = state()
    except Exception:  # a build that hides the symbol
        return None
    words = frame_stack.MEMORY[address >> 3 : (address >> 3) + 24].cast("B").cast("i")
    here, below = list(words), called(words)
    if not DOWN:
        return words[DEPTH : DEPTH + 1] if below[DEPTH] - here[DEPTH] == 1 else None
    limit = getrecursionlimit()
    for place in range(6, 40):
        if 0 < here[place] <= limit == here[place + 1] and here[place] - below[place] == 1:
            return words[place : place + 1]
    return None


def called(words: Any) -> list[int]:
    """The same one call deeper."""
    return list(words)


class Room:
    """The room that recorded threads have; none where memory is not to be touched (`raw`).

    Attributes:
        main: the counter of the thread that makes this, whose program is recorded; None: there is no room.
    """

    def __init__(self, raw: bool) -> None:
        self.main: Any = counter() if raw else None
        #: The counter whose thread is at its very limit, where it has no room.
        self.squeezed: Any = None
        self._threads: Any = _local()

    def give(self, more: int = 0) -> None:
        """Give the thread that has made this room, and `more` for frames that the program would not have below it."""
        self._threads.counter = view = self.main
        if view is not None:
            view[0] += ROOM + more if DOWN else -ROOM - more

    def here(self) -> Any:
        """The counter of the thread that calls, which gets room when it has none yet."""
        try:
            return self._threads.counter
        except AttributeError:
            self._threads.counter = view = counter() if self.main is not None else None
            if view is not None:
                view[0] += ROOM if DOWN else -ROOM
            return view

    def take(self, more: int = 0) -> None:
        """Take it back from the thread that calls, unless it is so deep that it may be using it."""
        view = getattr(self._threads, "counter", None)
        if view is None or view is self.squeezed:
            return
        left = view[0] if DOWN else getrecursionlimit() - view[0]
        if left > 2 * ROOM:
            self._threads.counter = None
            view[0] -= ROOM + more if DOWN else -ROOM - more


__all__ = ["DOWN", "ROOM", "Room", "getrecursionlimit"]
