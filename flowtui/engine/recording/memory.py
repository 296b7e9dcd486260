"""Memory inside a recording: who refers to an object, how often, what keeps it alive, cycles, ghosts.

What holds references here: local slots, cells, globals, names of class bodies, elements of other objects, operand
stacks as far as they are recorded, and a value on its way out of a frame. All the rest (C code, iterators, functions,
classes) is *outside*; the recorded reference counts tell how many there are.

A count is exact at a step at which it was read, and as long as no reference came or went since. Else it is the last one
read, corrected by the references gained and lost since: inferred. An object that no variable leads to any more died,
unless it is part of a cycle, or referred to from one: then it is garbage and waits for the collector.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from flowtui.engine.recording.memory_words import Memory, Referrer, Words, in_loop
from flowtui.engine.recording.object_graph import components
from flowtui.engine.recording.reference_streams import Reader
from flowtui.engine.recording.references import Holder, References
from flowtui.engine.recording.states import cause
from flowtui.model.trace import HeapObject, State

__all__ = ["Memory", "Referrer", "annotate", "look_at", "paths", "referrers"]

#: Words of the streams that the first call takes into the index (all of an ordinary program), and each later one: some
#: milliseconds.
FIRST, PIECE = 100_000, 8_000
#: Objects that are looked at on the way up from one of them.
MOST_UP = 2_000
#: Counts that were read, to each side, that tell how many references come from outside.
NEAREST = 8
#: Holders of one object that are told one by one.
MOST_TOLD = 50
#: Objects whose counts are worked out anew in one call of `annotate`; the last ones read are kept for the others.
MOST_COUNTED = 200

Fate = Literal["reached", "garbage", "gone", "unknown"]


def look_at(recording: Memory) -> Look:
    """What is known of a recording's memory; it goes on from where it was.

    It is kept by the recording itself, so that both end together.
    """
    kept = vars(recording)
    known = kept.get("_look")
    if not isinstance(known, Look):
        known = kept["_look"] = Look(recording)
    return known


def referrers(recording: Memory, number: int, n: int) -> tuple[Referrer, ...]:
    """Who refers to an object at a step; the last entry may say how many more there are that are not recorded."""
    return look_at(recording).referrers(number, n)


def paths(recording: Memory, number: int, n: int) -> tuple[Referrer, ...] | None:
    """Why it is alive: the shortest chain from a variable to the object.

    Returns:
        A variable (or a place on an operand stack), then each object's element that leads on, the last one to the
        object itself; a single ``outside`` where only what is not recorded refers to it; None when nothing does:
        it is gone, or garbage that waits for the collector.
    """
    return look_at(recording).path(number, n)


def annotate(recording: Memory, state: State) -> State:
    """A state whose objects have their counts, cycles and ends.

    Counts that are not exact are marked. Objects beyond `MOST_COUNTED`, and all while a long recording is still being
    looked through (each call takes a piece of it), have the count that was read last, marked as inferred.
    """
    return look_at(recording).annotated(state)


class Look:
    """All that is found out about one recording's memory."""

    def __init__(self, recording: Memory) -> None:
        self._recording = recording
        self.references = References()
        self._reader = Reader(recording, self.references)
        self._words = Words(recording, self.references)
        self._stacks: dict[int, Counter[int] | None] = {}
        self._fates: dict[tuple[int, int], Fate] = {}
        self._held: dict[tuple[int, int], int] = {}
        self._outside: dict[tuple[int, int], int] = {}
        self._holding: dict[tuple[int, int], dict[Holder, int]] = {}

    def ready(self, n: int, words: int = PIECE) -> bool:
        """Whether all up to step `n` is in the index; takes a piece more in where it is not."""
        words = words if self.references.looked else max(words, FIRST)
        if not self._reader.complete and self._reader.update(words):
            self._fates.clear()  # only now it is known what is never seen again
            self._held.clear()
            self._outside.clear()
            self._holding.clear()
        return self.references.looked >= n

    # ---- operand stacks

    def on_stacks(self, n: int) -> Counter[int]:
        """How often each object is on the operand stacks of step `n`, or on its way out of a frame."""
        known = self._stacks.get(n)
        if known is None:
            if len(self._stacks) > 4096:
                self._stacks.clear()
            state = self._recording.state(n, heap_limit=0)
            known = self._stacks[n] = Counter(
                each.object for frame in state.frames for each in frame.stack or () if each.object is not None
            )
            value = state.value.object if state.value is not None else None
            if value is not None and state.step.event in ("return", "yield"):
                known[value] += 1
        return known

    def borrows(self) -> bool:
        """Whether references on the operand stacks may not be counted: CPython 3.14 on."""
        return any(
            name.startswith("LOAD_FAST_BORROW")
            for each in self._recording.files
            for name in each.table.strings
        )

    # ---- reachable or not

    def fate(self, number: int, n: int) -> Fate:
        """What is to be said of an object at a step."""
        known = self._fates.get((number, n))
        if known is None:
            if len(self._fates) > 50_000:
                self._fates.clear()
            self._fates[number, n] = "unknown"  # what a circle leads back to
            known = self._fates[number, n] = self._find_fate(number, n)
        return known

    def _find_fate(self, number: int, n: int) -> Fate:
        freed = self.references.freed(number)
        if freed is not None and freed[0] <= n:
            return "gone"
        up = self._up(number, n)
        if up is None:
            return self._fates[number, n]
        edges = {each: [holder.owner for holder in up[each] if holder.kind == "object"] for each in up}
        cycles = components(edges)
        if not self.references.any_counted:  # nothing tells of what is outside
            return "garbage" if cycles else "unknown"
        if not self._reader.complete or any(self._kept_outside(each, n) for each in up):
            return "unknown"
        return "garbage" if cycles else "gone"

    def _kept_outside(self, number: int, n: int) -> bool:
        """Whether what is not recorded refers, or may refer, to an object that nothing recorded refers to."""
        if self.references.seen_after(number, n):
            return True
        if self.references.freed(number) is not None:
            return False
        read = self.references.counted(number, n)
        if read is None or self.outside(number, n):
            return True
        # Whatever took it up since is an object that is newer: an iterator, a bound method, a function's defaults.
        newer = self.references.opaque_since(read[0], n)
        if newer is None or in_loop(self._recording, n):
            return True
        return any(
            each != number and (self.references.held(each, n) or self.on_stacks(n)[each]) for each in newer
        )

    def _up(self, number: int, n: int) -> dict[int, dict[Holder, int]] | None:
        """An object that no variable leads to, and all that leads to it, each with who holds it.

        None when the fate of the object was found on the way: it is reached, and so is what led to it; or there is too
        much to look at.
        """
        found: dict[int, dict[Holder, int]] = {}
        came = {number: 0}
        work = [number]
        while work:
            each = work.pop()
            found[each] = holders = self.holding(each, n)
            if self._fates.get((each, n)) == "reached" or self._is_root(each, n, holders):
                while each:
                    self._fates[each, n] = "reached"
                    each = came[each]
                return None
            if len(found) >= MOST_UP:
                return None
            for holder in holders:
                if holder.kind == "object" and holder.owner not in came:
                    came[holder.owner] = each
                    work.append(holder.owner)
        return found

    def holding(self, number: int, n: int) -> dict[Holder, int]:
        """Who holds references to an object; remembered."""
        known = self._holding.get((number, n))
        if known is None:
            if len(self._holding) > 20_000:
                self._holding.clear()
            known = self._holding[number, n] = self.references.holding(number, n)
        return known

    def _is_root(self, number: int, n: int, holders: Iterable[Holder]) -> bool:
        return any(each.kind != "object" for each in holders) or self.on_stacks(n)[number] > 0

    # ---- counts

    def held(self, number: int, n: int) -> int:
        """References to an object at a step, of those that are recorded; none from objects that are gone."""
        known = self._held.get((number, n))
        if known is None:
            if len(self._held) > 50_000:
                self._held.clear()
            known = self.on_stacks(n)[number]
            for holder, count in self.holding(number, n).items():
                if holder.kind != "object" or self.fate(holder.owner, n) != "gone":
                    known += count
            self._held[number, n] = known
        return known

    def count(self, number: int, n: int) -> tuple[int, bool] | None:
        """The reference count at a step, and whether it is inferred; None for unknown."""
        read, outside = self.references.counted(number, n), self.outside(number, n)
        if read is None or outside is None:
            return None
        step, count = read
        total = self.held(number, n) + outside
        on_stack = self.on_stacks(n)[number] or self.on_stacks(step)[number]
        if step == n and count == total:
            return count, False
        if self.on_stacks(n)[number] and self.borrows():
            return None
        unchanged = not on_stack and count == total and not self.references.changed_between(number, step, n)
        return total, not unchanged or self._lost_holder(number, n)

    def _lost_holder(self, number: int, n: int) -> bool:
        """Whether an object that held a reference is gone without anybody having seen its end."""
        holders = self.holding(number, n)
        return any(each.kind == "object" and self.fate(each.owner, n) == "gone" for each in holders)

    def outside(self, number: int, n: int) -> int | None:
        """References from what is not recorded; None when no count was read.

        It is what the counts say that were read nearest, the least of them: what is on a stack for a moment, or in the
        recorder's own hands, is in one and not in the next. An object that was seen to end had none left.
        """
        readings = self.references.readings(number)
        if readings is None:
            return None
        steps, counts = readings
        at = max(0, bisect_right(steps, n) - 1)
        known = self._outside.get((number, at))
        if known is None:
            if len(self._outside) > 50_000:
                self._outside.clear()
            self._outside[number, at] = 0  # what a circle leads back to
            known = 0 if self.references.freed(number) is not None else 1 << 30
            for each in sorted(
                range(max(0, at - NEAREST), min(len(steps), at + NEAREST)), key=lambda i: abs(i - at)
            ):
                if known:
                    known = min(known, max(0, counts[each] - self.held(number, steps[each])))
            self._outside[number, at] = known
        return known

    # ---- in words

    def referrers(self, number: int, n: int) -> tuple[Referrer, ...]:
        """See `referrers`."""
        if not self.ready(n, FIRST):
            return (self._not_looked(),)
        found = [
            self._words.referrer(holder, number, n, count)
            for holder, count in self.holding(number, n).items()
            if holder.kind != "object" or self.fate(holder.owner, n) != "gone"
        ]
        found.sort(key=lambda each: (each.kind == "element", each.frame, each.object or 0))
        left = len(found) - MOST_TOLD
        if left > 0:
            found = [*found[:MOST_TOLD], Referrer(kind="unknown", text=f"and {left} more", count=left)]
        found += self._words.on_stack(number, n)
        outside = self.outside(number, n)
        if outside:
            what = f"{outside} reference{'' if outside == 1 else 's'} from outside what is recorded"
            found.append(Referrer(kind="outside", text=f"and {what}" if found else what, count=outside))
        return tuple(found)

    def _not_looked(self) -> Referrer:
        share = 100 * self.references.looked // max(1, self._recording.total)
        return Referrer(
            kind="unknown", text=f"not all of this recording was looked at yet ({share} %): ask again"
        )

    def path(self, number: int, n: int) -> tuple[Referrer, ...] | None:
        """See `paths`."""
        if not self.ready(n, FIRST):
            return (self._not_looked(),)
        came: dict[int, int] = {number: 0}
        work = [number]
        for each in work:
            holders = self.holding(each, n)
            if self._is_root(each, n, holders):
                return self._chain(each, came, holders, n)
            if len(came) > MOST_UP:
                return (Referrer(kind="unknown", text="too much leads to it to look at all of it"),)
            for holder in holders:
                if holder.kind == "object" and holder.owner not in came:
                    came[holder.owner] = each
                    work.append(holder.owner)
        if self.fate(number, n) == "unknown":
            return (Referrer(kind="outside", text="only what is not recorded refers to it"),)
        return None

    def _chain(
        self, top: int, came: dict[int, int], holders: Iterable[Holder], n: int
    ) -> tuple[Referrer, ...]:
        roots = [self._words.referrer(each, top, n, 1) for each in holders if each.kind != "object"]
        chain = [*roots[:1], *([] if roots else list(self._words.on_stack(top, n))[:1])]
        while came[top]:
            child = came[top]
            chain.append(Referrer(kind="element", text=self._words.element(top, child, n), object=top))
            top = child
        return tuple(chain)

    # ---- a whole state

    def annotated(self, state: State) -> State:
        """See `annotate`."""
        n = state.step.number
        if not self.ready(n):
            return state
        cycles = self._cycles([each.number for each in state.heap], n)
        heap = [
            self._annotated(each, n, cycles, exactly=place < MOST_COUNTED)
            for place, each in enumerate(state.heap)
        ]
        shown = {each.number: place for place, each in enumerate(heap)}
        for ghost in self._ghosts(n):
            place = shown.get(ghost.number)
            if place is None:
                heap.append(ghost)
            else:
                heap[place] = ghost
        return msgspec.structs.replace(state, heap=tuple(heap))

    def _cycles(self, numbers: Sequence[int], n: int) -> dict[int, int]:
        """The number of its cycle, by object."""
        edges: dict[int, list[int]] = {each: [] for each in numbers}
        for number in numbers:
            for holder in self.holding(number, n):
                if holder.kind == "object" and holder.owner in edges:
                    edges[holder.owner].append(number)
        found = enumerate(components(edges), 1)
        return {number: cycle for cycle, members in found for number in members}

    def _annotated(self, each: HeapObject, n: int, cycles: dict[int, int], *, exactly: bool) -> HeapObject:
        freed = self.references.freed(each.number)
        if each.ghost or (freed is not None and freed[0] <= n):
            why = cause(freed[1]) if freed is not None else each.cause
            return msgspec.structs.replace(each, cause=each.cause or why, count=0, count_inferred=False)
        if exactly:
            counted = self.count(each.number, n)
        else:
            read = self.references.counted(each.number, n)
            counted = None if read is None else (read[1], read[0] != n)
        return msgspec.structs.replace(
            each,
            count=None if counted is None else counted[0],
            count_inferred=counted is not None and counted[1],
            cycle=cycles.get(each.number),
        )

    def _ghosts(self, n: int) -> Iterator[HeapObject]:
        """Objects that died at step `n` as far as can be inferred; recorded deaths are in the state already."""
        if n < 2:
            return
        work = [*self.references.dropped(n), *(self.on_stacks(n - 1).keys() - self.on_stacks(n).keys())]
        seen: set[int] = set()
        for number in work:
            if number in seen or len(seen) > MOST_COUNTED or self.references.freed(number) is not None:
                continue
            seen.add(number)
            if self.fate(number, n) != "gone" or self.fate(number, n - 1) == "gone":
                continue
            found = self._recording.object_at(number, n)
            if found is None:
                continue
            work += [each.value.object for each in found.elements if each.value.object is not None]
            yield msgspec.structs.replace(
                found, ghost=True, died=n, cause="count", count=0, count_inferred=True, changed=False
            )
