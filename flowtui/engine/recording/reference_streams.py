"""The way from a recording's raw streams into the index of references: one pass, a bounded piece at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from flowtui.engine.recording.references import Holder, Kind, References
from flowtui.engine.recording.sentence_scene import File
from flowtui.model.trace import HeapObject
from flowtui.probe import recording_format as form


def is_object(value: int) -> bool:
    """Whether a value word names an object; a damaged recording may hold any word."""
    return value & 7 == form.V_OBJECT and value < 1 << 35


class Raw(Protocol):
    """What of a recording the index reads; words are those of `probe.recording_format`."""

    @property
    def total(self) -> int:
        """Committed steps."""
        ...

    def raw_steps(self) -> Sequence[int]:
        """The stream ``steps``."""
        ...

    def raw_changes(self) -> Sequence[int]:
        """The stream ``changes``, at least as far as the committed steps'."""
        ...

    def raw_heap(self) -> Sequence[int]:
        """The stream ``heap``, in the same way."""
        ...

    @property
    def files(self) -> Sequence[File]:
        """The source files."""
        ...

    def object_at(self, number: int, n: int) -> HeapObject | None:
        """An object at a step."""
        ...

    def local_slots(self, code: int) -> int:
        """How many local slots the frames of a code object have; the operand stack's slots come after them."""
        ...


class Reader:
    """Fills an index.

    Args:
        raw: the recording; it may still grow.
        index: where to.
    """

    def __init__(self, raw: Raw, index: References) -> None:
        self._raw = raw
        self._index = index
        self._changes = _Changes(index)
        self._heap = _Heap(index, self._ended)

    @property
    def complete(self) -> bool:
        """Whether all committed steps are in the index."""
        return self._index.looked >= self._raw.total

    def update(self, words: int) -> bool:
        """Take about so many words more in; whether all is in by then."""
        index, total = self._index, self._raw.total
        while index.looked < total and words > 0:
            until = min(total, index.looked + max(64, words // 8))
            words -= self._changes.read(self._raw, until) + self._heap.read(self._raw.raw_heap(), until)
            words -= (until - index.looked) // 16
            index.looked = until
        return self.complete

    def _ended(self, number: int, n: int) -> None:
        """An object is gone: when it is a generator, its suspended frame is gone too, often without an event."""
        suspended = self._changes.suspended
        if not suspended or not self._index.is_opaque(number):
            return
        shown = self._raw.object_at(number, n)
        kind, _, name = shown.text.rpartition(" ") if shown is not None else ("", "", "")
        if kind in ("generator", "coroutine", "async generator"):
            frames = [
                each for each in suspended if code_name(self._raw.files, self._index.codes[each]) == name
            ]
            if len(frames) == 1:  # which of several it is, nothing tells
                self._changes.end(frames[0], n)


def code_name(files: Sequence[File], number: int) -> str:
    """The name of a code object; empty for none."""
    for file in files:
        if file.base <= number < file.base + len(file.table.codes):
            return file.table.codes[number - file.base].name
    return ""


class _Changes:
    """The reader of steps and changes: slots, globals, names; knows which frame is on top."""

    def __init__(self, index: References) -> None:
        self._index = index
        self._at = 0  # index of the next change's first word
        self._step = 0  # the last step taken in
        self._frames = 0
        self._stacks: dict[int, list[int]] = {0: []}
        self._thread = 0
        self.suspended: set[int] = set()
        self._leaving: list[int] = []  # frames that are gone from the next step on
        self._slots: dict[int, dict[tuple[Kind, int], int]] = {}
        self._locals = [0]  # by frame: how many of its slots are no operand stack
        self._globals: dict[tuple[Kind, int], int] = {}

    def read(self, raw: Raw, until: int) -> int:
        """Take in all of the steps up to `until`; gives how many words that were."""
        steps, changes = raw.raw_steps(), raw.raw_changes()
        begun = self._at
        for n in range(self._step + 1, until + 1):
            kind = steps[n] >> 29
            at = self._at
            if self._leaving:
                self._leave(n)
            ours = len(changes) > at and changes[at] >> 32 == n
            if kind or ours:
                self._take(raw, n, kind, steps[n] >> 16 & form.MAX_CODE, changes)
        self._step = until
        return self._at - begun

    def _take(self, raw: Raw, n: int, kind: int, code: int, changes: Sequence[int]) -> None:
        """One step: first whose it is, then what it changes."""
        last = self._find_frame(n, kind, changes)
        stack = self._stacks[self._thread]
        if kind == form.S_CALL:
            self._frames += 1
            self._index.codes.append(code)
            self._locals.append(raw.local_slots(code))
            stack.append(self._frames)
        frame = stack[-1] if stack else 0
        self._change(n, frame, last, changes)
        if kind in (form.S_RETURN, form.S_YIELD) and stack:
            stack.pop()
            if kind == form.S_RETURN:
                self._leaving.append(frame)
            else:
                self.suspended.add(frame)

    def _find_frame(self, n: int, kind: int, changes: Sequence[int]) -> int:
        """Take in which thread and which suspended frame go on; gives where the step's changes end."""
        last, end = self._at, len(changes)
        while last < end and changes[last] >> 32 == n:
            what = changes[last] >> 28 & 15
            if what == form.D_THREAD:
                self._thread = changes[last + 1]
                self._stacks.setdefault(self._thread, [])
            elif what == form.D_RESUMED and kind == form.S_RESUME:
                self._stacks[self._thread].append(changes[last + 1])
                self.suspended.discard(changes[last + 1])
            last += 2
        return last

    def _change(self, n: int, frame: int, last: int, changes: Sequence[int]) -> None:
        at, owner = self._at, frame
        while at < last:
            what, index, value = changes[at] >> 28 & 15, changes[at] & form.INDEX, changes[at + 1]
            at += 2
            if what == form.D_FRAME:
                owner = value
                continue
            if what == form.D_SLOT:
                if owner < len(self._locals) and index < self._locals[owner]:
                    self._set(self._slots.setdefault(owner, {}), "slot", owner, index, value, n)
            elif what == form.D_NAME:
                self._set(self._slots.setdefault(owner, {}), "name", owner, index, value, n)
            elif what == form.D_GLOBAL:
                self._set(self._globals, "global", index >> 16, index & 0xFFFF, value, n)
            owner = frame
        self._at = last

    def _set(
        self, slots: dict[tuple[Kind, int], int], kind: Kind, owner: int, index: int, value: int, n: int
    ) -> None:
        key = (kind, owner << 16 | index) if kind == "global" else (kind, index)
        old = slots.get(key)
        if old is not None:
            self._index.finish(old, n)
            del slots[key]
        if is_object(value):
            slots[key] = self._index.begin(value >> 3, n, Holder(kind, owner, index))

    def _leave(self, n: int) -> None:
        for frame in self._leaving:
            self.end(frame, n)
        self._leaving.clear()

    def end(self, frame: int, n: int) -> None:
        """A frame is gone from step `n` on."""
        self.suspended.discard(frame)
        for interval in self._slots.pop(frame, {}).values():
            self._index.finish(interval, n)


class _Heap:
    """The reader of the heap's versions: what each object holds now, as the intervals of its references."""

    def __init__(self, index: References, ended: Callable[[int, int], None]) -> None:
        self._index = index
        self._ended = ended
        self._at = 0
        #: By object: intervals by place (0 is none) of a sequence or set, or by key word of a mapping or instance.
        self._rows: dict[int, list[int]] = {}
        self._maps: dict[int, dict[int, tuple[int, int]]] = {}
        self._keys: dict[int, list[int]] = {}

    def read(self, words: Sequence[int], until: int) -> int:
        """Take in all versions of the steps up to `until`; gives how many words that were."""
        begun, at, end = self._at, self._at, len(words)
        while at + 2 < end:
            head = words[at]
            n = head >> 32
            if not head or n > until:
                break
            count = words[at + 2] & form.LOW
            self._version(head & form.LOW, n, words[at + 1], words[at + 3 : at + 3 + count])
            at += 3 + count
        self._at = at
        return at - begun

    def _version(self, number: int, n: int, shape: int, values: Sequence[int]) -> None:
        what, start, removed = shape >> 56, shape >> 28 & form.INDEX, shape & form.INDEX
        if what == form.H_BORN:
            self._index.note_born(number, n)
            return
        if what not in (form.H_COUNT, form.H_FREED, form.H_CUT):
            self._index.note_structure(number)
        if what in (form.H_SEQUENCE, form.H_SET):
            row = self._rows.setdefault(number, [])
            if what == form.H_SET:
                start, removed = 0, len(row)
            for each in row[start : start + removed]:
                if each:
                    self._index.finish(each - 1, n)
            row[start : start + removed] = self._begun(number, n, values)
        elif what == form.H_ADDED:
            self._rows.setdefault(number, []).extend(self._begun(number, n, values))
        elif what in (form.H_MAPPING, form.H_ATTRIBUTES):
            self._drop_map(number, n)
            self._put(number, n, values)
        elif what in (form.H_MAPPING_ITEM, form.H_ATTRIBUTE):
            self._put(number, n, values)
        elif what in (form.H_MAPPING_AT, form.H_ATTRIBUTE_AT):
            self._put_at(number, n, start, values)
        elif what == form.H_REMOVED:
            self._remove(number, n, values)
        elif what == form.H_COUNT:
            self._index.note_count(number, n, start)
        elif what == form.H_FREED:
            self._index.note_freed(number, n, start)
            self._ended(number, n)
            self._drop(number, n)

    def _begun(self, number: int, n: int, values: Sequence[int]) -> list[int]:
        """Intervals plus one of the values that are objects, 0 for the others."""
        holder = Holder("object", number, 0)
        return [self._index.begin(value >> 3, n, holder) + 1 if is_object(value) else 0 for value in values]

    def _put(self, number: int, n: int, values: Sequence[int]) -> None:
        items = self._maps.setdefault(number, {})
        for key, value in zip(values[::2], values[1::2], strict=False):
            self._put_item(number, n, items, key, value)

    def _put_item(self, number: int, n: int, items: dict[int, tuple[int, int]], key: int, value: int) -> None:
        old = items.get(key)
        if old is None:
            self._keys.setdefault(number, []).append(key)
            items[key] = (self._begun(number, n, [key])[0], self._begun(number, n, [value])[0])
            return
        if old[1]:
            self._index.finish(old[1] - 1, n)
        items[key] = (old[0], self._begun(number, n, [value])[0])

    def _put_at(self, number: int, n: int, place: int, values: Sequence[int]) -> None:
        keys = self._keys.get(number, [])
        if place < len(keys) and len(values):
            self._put_item(number, n, self._maps[number], keys[place], values[0])

    def _remove(self, number: int, n: int, values: Sequence[int]) -> None:
        items = self._maps.get(number)
        for value in values:
            if items is not None and value in items:
                self._keys[number].remove(value)
                for each in items.pop(value):
                    if each:
                        self._index.finish(each - 1, n)
            elif items is None:
                self._remove_element(number, n, value)

    def _remove_element(self, number: int, n: int, value: int) -> None:
        """An element of a set is gone; the plain ones have no interval, any of them will do."""
        row = self._rows.get(number, [])
        if not is_object(value):
            if 0 in row:
                row.remove(0)
            return
        for place, each in enumerate(row):
            if each and self._index.object_of(each - 1) == value >> 3:
                self._index.finish(each - 1, n)
                del row[place]
                return

    def _drop_map(self, number: int, n: int) -> None:
        self._keys.pop(number, None)
        for pair in self._maps.pop(number, {}).values():
            for each in pair:
                if each:
                    self._index.finish(each - 1, n)

    def _drop(self, number: int, n: int) -> None:
        for each in self._rows.pop(number, []):
            if each:
                self._index.finish(each - 1, n)
        self._drop_map(number, n)
