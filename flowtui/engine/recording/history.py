"""What has happened to many keys, findable by step: few bytes an entry, whatever the number of keys."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator

#: From so many entries on a key has a list of its own; until then its entries are a chain.
LONG = 48


class History:
    """Entries of keys, both numbered from 1; each entry belongs to one key and to a step that never decreases.

    Args:
        step_of: the step of an entry.
    """

    def __init__(self, step_of: Callable[[int], int]) -> None:
        self._step_of = step_of
        self._before = array("I", [0])
        self._last = array("I", [0])
        self._count = array("I", [0])
        self._long: dict[int, array[int]] = {}

    def __len__(self) -> int:
        return len(self._before) - 1

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return len(self._last) - 1

    def add_key(self) -> int:
        """One more key; gives its number."""
        self._last.append(0)
        self._count.append(0)
        return len(self._last) - 1

    def add(self, key: int) -> int:
        """One more entry, of `key`; gives its number."""
        entry = len(self._before)
        self._before.append(self._last[key])
        self._last[key] = entry
        self._count[key] += 1
        long = self._long.get(key)
        if long is not None:
            long.append(entry)
        elif self._count[key] == LONG:
            self._long[key] = array("I", list(self.backwards(key))[::-1])
        return entry

    def skip(self) -> int:
        """An entry that belongs to no key."""
        self._before.append(0)
        return len(self._before) - 1

    def long_keys(self) -> Collection[int]:
        """The keys with so many entries."""
        return self._long.keys()

    def backwards(self, key: int) -> Iterator[int]:
        """The entries of a key, the last first."""
        entry = self._last[key]
        while entry:
            yield entry
            entry = self._before[entry]

    def all(self, key: int) -> array[int]:
        """The entries of a key in their order."""
        long = self._long.get(key)
        return array("I", list(self.backwards(key))[::-1]) if long is None else long

    def until(self, key: int, n: int) -> Iterator[int]:
        """The entries of a key at steps ≤ n, the last first."""
        long = self._long.get(key)
        if long is None:
            step_of = self._step_of
            for entry in self.backwards(key):
                if step_of(entry) <= n:
                    yield entry
            return
        for at in range(bisect_right(long, n, key=self._step_of) - 1, -1, -1):
            yield long[at]

    def last(self, key: int, n: int) -> int:
        """The last entry of a key at a step ≤ n; 0 for none."""
        return next(self.until(key, n), 0)

    def after(self, key: int, n: int) -> int:
        """The first entry of a key at a step > n; 0 for none."""
        entries = self.all(key)
        at = bisect_right(entries, n, key=self._step_of)
        return entries[at] if at < len(entries) else 0

    def place(self, key: int, entry: int) -> int:
        """Which of the key's entries it is, from 0."""
        return bisect_left(self.all(key), entry)


class PlaceHistory:
    """What happened in the places (slots, names) of many frames: entries and frames numbered from 1.

    Args:
        step_of: the step of an entry.
        place_of: the place of an entry.
    """

    def __init__(self, step_of: Callable[[int], int], place_of: Callable[[int], int]) -> None:
        self._step_of, self._place_of = step_of, place_of
        self._before = array("I", [0])
        self._last = array("I", [0])
        self._count = array("I", [0])
        #: By frame with many entries: by place its entries.
        self._long: dict[int, dict[int, array[int]]] = {}

    def __len__(self) -> int:
        return len(self._before) - 1

    def add_frame(self) -> int:
        """One more frame; gives its number."""
        self._last.append(0)
        self._count.append(0)
        return len(self._last) - 1

    def skip(self) -> int:
        """An entry that belongs to no frame; gives its number."""
        self._before.append(0)
        return len(self._before) - 1

    def add(self, frame: int, place: int) -> None:
        """One more entry, of a place of a frame."""
        long = self._long.get(frame)
        entry = len(self._before)
        if long is not None:
            self._before.append(0)
            try:
                long[place].append(entry)
            except KeyError:
                long[place] = array("I", [entry])
            return
        self._before.append(self._last[frame])
        self._last[frame] = entry
        self._count[frame] += 1
        if self._count[frame] == LONG:
            long = self._long[frame] = {}
            for each in list(self._chain(frame))[::-1]:
                long.setdefault(self._place_of(each), array("I")).append(each)

    def _chain(self, frame: int) -> Iterator[int]:
        entry = self._last[frame]
        while entry:
            yield entry
            entry = self._before[entry]

    def last(self, frame: int, place: int, n: int) -> int:
        """The last entry of a place at a step ≤ n; 0 for none."""
        step_of = self._step_of
        long = self._long.get(frame)
        if long is None:
            place_of = self._place_of
            return next((e for e in self._chain(frame) if place_of(e) == place and step_of(e) <= n), 0)
        entries = long.get(place, ())
        at = bisect_right(entries, n, key=step_of) - 1
        return entries[at] if at >= 0 else 0

    def lasts(self, frame: int, n: int) -> dict[int, int]:
        """The last entry of each place at a step ≤ n."""
        step_of = self._step_of
        long = self._long.get(frame)
        found: dict[int, int] = {}
        if long is None:
            for entry in self._chain(frame):
                if step_of(entry) <= n:
                    found.setdefault(self._place_of(entry), entry)
            return found
        for place, entries in long.items():
            at = bisect_right(entries, n, key=step_of) - 1
            if at >= 0:
                found[place] = entries[at]
        return found

    def all(self, frame: int, place: int) -> array[int]:
        """The entries of a place, in order."""
        long = self._long.get(frame)
        if long is not None:
            return long.get(place, array("I"))
        return array("I", [entry for entry in self._chain(frame) if self._place_of(entry) == place][::-1])
