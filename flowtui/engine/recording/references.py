"""Which references to each recorded object there were, from when to when.

A reference is an interval of steps, and its holder: a local slot, a global, a name of a class body, or an object.
`reference_streams` fills the index from a recording's streams. What is not in these (operand stacks, and all that C
code holds) is none of its business.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import Literal, NamedTuple

Kind = Literal["slot", "global", "name", "object"]


class Holder(NamedTuple):
    """Who holds a reference.

    Attributes:
        kind: what it is.
        owner: the frame's number, the module's (source file's), or the object's.
        place: the slot's or the name's number; 0 for an object.
    """

    kind: Kind
    owner: int
    place: int


class References:
    """The index of one recording.

    Attributes:
        looked: all steps up to this one are in the index.
    """

    def __init__(self) -> None:
        self.looked = 0
        #: Intervals: first step, first step without it (0: still there), holder.
        self._start = array("I")
        self._end = array("I")
        self._holder = array("I")
        self._object = array("I")
        self._of: dict[int, array[int]] = {}
        self.holders: list[Holder] = []
        self._numbers: dict[Holder, int] = {}
        self._counts: dict[int, tuple[array[int], array[int]]] = {}
        self._freed: dict[int, tuple[int, int]] = {}
        self._open: dict[int, int] = {}
        self._dropped: dict[int, list[int]] = {}
        self._last_seen: dict[int, int] = {}
        #: By object, less one: the step at which it was first seen; and those of which no structure is recorded.
        self.born = array("I")
        self._opaque: set[int] = set()
        #: By frame its code object's number; a frame's number is its place.
        self.codes = array("I", [0])

    # ---- what it tells

    def holding(self, number: int, n: int) -> dict[Holder, int]:
        """Who holds references to an object at a step, and how many each."""
        found: dict[Holder, int] = {}
        for each in self._of.get(number, ()):
            if self._start[each] <= n and (not self._end[each] or n < self._end[each]):
                holder = self.holders[self._holder[each]]
                found[holder] = found.get(holder, 0) + 1
        return found

    def held(self, number: int, n: int) -> int:
        """How many of these references there are."""
        start, end = self._start, self._end
        return sum(start[i] <= n and (not end[i] or n < end[i]) for i in self._of.get(number, ()))

    def changed_between(self, number: int, first: int, last: int) -> bool:
        """Whether a reference to an object came or went at a step after `first`, up to `last`."""
        start, end = self._start, self._end
        return any(first < start[i] <= last or first < end[i] <= last for i in self._of.get(number, ()))

    def counted(self, number: int, n: int) -> tuple[int, int] | None:
        """The last step up to `n` at which the reference count was read, and the count; None where there is none."""
        known = self._counts.get(number)
        if known is None:
            return None
        at = bisect_right(known[0], n) - 1
        return None if at < 0 else (known[0][at], known[1][at])

    @property
    def any_counted(self) -> bool:
        """Whether reference counts were read at all: not on every interpreter."""
        return bool(self._counts)

    def readings(self, number: int) -> tuple[array[int], array[int]] | None:
        """All steps at which the reference count was read, and the counts; None where there is none."""
        return self._counts.get(number)

    def freed(self, number: int) -> tuple[int, int] | None:
        """The step at which an object was freed, and how (`FREED_BY_…`); None while it is not known to be."""
        return self._freed.get(number)

    def dropped(self, n: int) -> list[int]:
        """Objects whose last reference, of those that are seen here, went at step `n`."""
        return [each for each in self._dropped.get(n, ()) if not self.held(each, n)]

    def seen_after(self, number: int, n: int) -> bool:
        """Whether anything referred to an object anew, or its count was read, after step `n`."""
        return self._last_seen.get(number, 0) > n

    def opaque_since(self, first: int, n: int, most: int = 500) -> list[int] | None:
        """Objects without recorded structure first seen from step `first` to `n`; None when there may be too many."""
        begin, end = bisect_left(self.born, first), bisect_right(self.born, n)
        if end - begin > most:
            return None
        return [number for number in range(begin + 1, end + 1) if number in self._opaque]

    def is_opaque(self, number: int) -> bool:
        """Whether nothing is recorded of what an object holds."""
        return number in self._opaque

    # ---- what fills it

    def begin(self, number: int, n: int, holder: Holder) -> int:
        """A reference begins; gives its interval."""
        known = self._numbers.get(holder)
        if known is None:
            known = self._numbers[holder] = len(self.holders)
            self.holders.append(holder)
        interval = len(self._start)
        self._start.append(n)
        self._end.append(0)
        self._holder.append(known)
        self._object.append(number)
        of = self._of.get(number)
        if of is None:
            of = self._of[number] = array("I")
        of.append(interval)
        self._open[number] = self._open.get(number, 0) + 1
        self._last_seen[number] = n
        return interval

    def object_of(self, interval: int) -> int:
        """The object that an interval's reference is to."""
        return self._object[interval]

    def finish(self, interval: int, n: int) -> None:
        """A reference is gone from step `n` on."""
        self._end[interval] = n
        number = self._object[interval]
        self._open[number] -= 1
        if not self._open[number]:
            self._dropped.setdefault(n, []).append(number)

    def note_born(self, number: int, n: int) -> None:
        """An object is seen for the first time; they come in the order of their numbers."""
        if number == len(self.born) + 1:
            self.born.append(n)
            self._opaque.add(number)

    def note_structure(self, number: int) -> None:
        """What an object holds is recorded."""
        self._opaque.discard(number)

    def note_count(self, number: int, n: int, count: int) -> None:
        """A reference count was read."""
        self._last_seen[number] = n
        known = self._counts.get(number)
        if known is None:
            known = self._counts[number] = array("I"), array("I")
        if known[0] and known[0][-1] == n:
            known[1][-1] = count
        else:
            known[0].append(n)
            known[1].append(count)

    def note_freed(self, number: int, n: int, how: int) -> None:
        """An object is gone."""
        self._freed.setdefault(number, (n, how))
