"""Which containers have been made since the last look, without asking the program: the collector's youngest list.

A list that is freed, and another one made at its address, may look exactly like it. CPython has every container that it
makes at the end of its youngest generation, a list linked both ways (``Include/internal/pycore_gc.h``: two words before
each object, the next and the one before). A list of ours marks where that ended: what is behind it is what was made
since, and a known object that is not there has lived. Nothing is followed but that list, and what it costs is
what the program has made.

What is not certain is doubted: a collection has moved the mark, too much was made, other threads run.
"""

from __future__ import annotations

import _thread
import gc

from . import frame_stack

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable

    from .heap_book import Book

#: New containers between two looks that are gone through; beyond, all is doubted.
MOST = 4000
memory: Any = frame_stack.MEMORY
other_threads: Callable[[], int] = vars(_thread)["_count"]


class Births:
    """What `make_births` gives.

    Attributes:
        since: to be called when the program may have run, before the recorder makes any container.
        mark: all that was made until now is looked at, or the recorder's own.
        collected: the collector has run.
    """

    __slots__ = ("collected", "mark", "since")

    def __init__(
        self, since: Callable[[], None], mark: Callable[[], None], collected: Callable[[], None]
    ) -> None:
        self.since = since
        self.mark = mark
        self.collected = collected


def make_births(book: Book) -> Births:
    """Make what tells of births.

    Args:
        book: `trust` of what was made since is taken away; `doubt` grows where nothing can be said.
    """
    objects = book.objects
    sentinel: list[object] = []
    place = head = 0

    def mark() -> None:
        nonlocal sentinel, place, head
        sentinel = []
        place = (id(sentinel) >> 3) - 2
        head = memory[place] >> 3

    def since() -> None:
        each = memory[place] >> 3
        if each != head or other_threads():
            distrust(each)

    def distrust(each: int) -> None:
        begun = book.collections
        left = MOST
        while True:
            # A collection may run wherever a loop goes round, and free what would be followed.
            if not left or book.collections != begun or other_threads():
                book.doubt += 1
                break
            if each == head:
                break
            address = each + 2 << 3
            if address in objects:
                objects[address].trust = -1
            left -= 1
            each = memory[each] >> 3
        mark()

    def collected() -> None:
        # What was made since it began is all that is young now; but what others do when it begins is not seen.
        if len(gc.callbacks) > 1:
            book.doubt += 1
        distrust(memory[head] >> 3)

    mark()
    return Births(since, mark, collected)
