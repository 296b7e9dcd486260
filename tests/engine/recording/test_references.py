"""The index of references against a plain model of the same random streams, at every step."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from flowtui.engine.recording.reference_streams import Reader
from flowtui.engine.recording.references import Holder, References
from flowtui.probe import recording_format as form

LOCALS = 3


class Streams:
    """Raw streams, and beside them who really holds what at every step."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.steps = [form.MAGIC]
        self.changes = []
        self.heap = []
        self.stack = [1]
        self.frames = 1
        self.suspended = []
        self.slots = {1: {}}
        self.globals = {}
        self.content = {}
        self.maps = {}
        self.freed = {}
        self.truth = [None]
        self.write(form.S_CALL)
        self.snapshot()

    # what the reader asks for

    @property
    def total(self):
        return len(self.steps) - 1

    def raw_steps(self):
        return self.steps

    def raw_changes(self):
        return self.changes

    def raw_heap(self):
        return self.heap

    files = ()

    def object_at(self, number, n):
        return None

    def local_slots(self, code):
        return LOCALS

    # what writes

    def write(self, kind, where=1):
        self.steps.append(kind << 29 | 0 << 16 | where)

    def change(self, what, index, value):
        self.changes += [self.now << 32 | what << 28 | index, value]

    def version(self, number, what, start, removed, values):
        self.heap += [self.now << 32 | number, what << 56 | start << 28 | removed, len(values), *values]

    def value(self):
        """An object that there is, or a plain value."""
        alive = [*self.content, *self.maps]
        if alive and self.random.random() < 0.7:
            return self.random.choice(alive) << 3 | form.V_OBJECT
        return self.random.randrange(5) << 3 | form.V_INT

    def snapshot(self):
        held = Counter()
        for frame in [*self.stack, *self.suspended]:
            for slot, value in self.slots[frame].items():
                held[value, Holder("slot", frame, slot)] += 1
        for (module, name), value in self.globals.items():
            held[value, Holder("global", module, name)] += 1
        for number, row in self.content.items():
            for value in row:
                held[value, Holder("object", number, 0)] += 1
        for number, items in self.maps.items():
            for key, value in items.items():
                held[key, Holder("object", number, 0)] += 1
                held[value, Holder("object", number, 0)] += 1
        self.truth.append({(v >> 3, h): n for (v, h), n in held.items() if v & 7 == form.V_OBJECT})

    def step(self):
        self.now = len(self.steps)
        kind = self.random.choice([form.S_AT] * 8 + [form.S_CALL, form.S_RETURN, form.S_YIELD, form.S_RESUME])
        if kind == form.S_CALL:
            self.frames += 1
            self.stack.append(self.frames)
            self.slots[self.frames] = {}
        elif kind == form.S_RESUME and self.suspended:
            frame = self.suspended.pop(self.random.randrange(len(self.suspended)))
            self.change(form.D_RESUMED, 0, frame)
            self.stack.append(frame)
        elif (kind in (form.S_RETURN, form.S_YIELD) and len(self.stack) < 2) or kind == form.S_RESUME:
            kind = form.S_AT
        self.write(kind)
        for _ in range(self.random.randrange(4)):
            self.random.choice(
                [self.slot, self.slot, self.glob, self.made, self.spliced, self.mapped, self.gone]
            )()
        self.snapshot()
        if kind in (form.S_RETURN, form.S_YIELD):
            frame = self.stack.pop()
            if kind == form.S_YIELD:
                self.suspended.append(frame)

    def slot(self):
        frame, slot, value = self.stack[-1], self.random.randrange(LOCALS + 2), self.value()
        if len(self.stack) > 1 and self.random.random() < 0.2:
            frame = self.stack[-2]
            self.change(form.D_FRAME, 0, frame)
        self.change(form.D_SLOT, slot, value)
        if slot < LOCALS:
            self.slots[frame][slot] = value

    def glob(self):
        name, value = self.random.randrange(3), self.value()
        self.change(form.D_GLOBAL, 1 << 16 | name, value)
        self.globals[1, name] = value

    def made(self):
        number = len(self.content) + len(self.maps) + len(self.freed) + 1
        self.version(number, form.H_BORN, 1, 0, [number * 16, 0])
        if self.random.random() < 0.5:
            self.content[number] = []
            self.version(number, form.H_SEQUENCE, 0, 0, [])
        else:
            self.maps[number] = {}

    def spliced(self):
        if not self.content:
            return
        number = self.random.choice(list(self.content))
        row = self.content[number]
        start = self.random.randrange(len(row) + 1)
        removed = self.random.randrange(len(row) - start + 1)
        values = [self.value() for _ in range(self.random.randrange(3))]
        if self.random.random() < 0.2:
            self.version(number, form.H_SET, 0, 0, values)
            row[:] = values
        else:
            self.version(number, form.H_SEQUENCE, start, removed, values)
            row[start : start + removed] = values

    def mapped(self):
        if not self.maps:
            return
        number = self.random.choice(list(self.maps))
        items = self.maps[number]
        how = self.random.randrange(4)
        if how == 0 and items:
            place = self.random.randrange(len(items))
            value = self.value()
            self.version(number, form.H_MAPPING_AT, place, 0, [value])
            items[list(items)[place]] = value
        elif how == 1 and items:
            key = self.random.choice(list(items))
            self.version(number, form.H_REMOVED, 0, 0, [key])
            del items[key]
        elif how == 2:
            pairs = {self.value(): self.value() for _ in range(2)}
            self.version(number, form.H_MAPPING, 0, 0, [each for pair in pairs.items() for each in pair])
            self.maps[number] = pairs
        else:
            key, value = self.value(), self.value()
            self.version(number, form.H_MAPPING_ITEM, 0, 0, [key, value])
            items[key] = value

    def gone(self):
        known = [*self.content, *self.maps]
        if not known or self.random.random() < 0.7:
            return
        number = self.random.choice(known)
        self.version(number, form.H_FREED, form.FREED_BY_COUNT, 0, [])
        self.content.pop(number, None)
        self.maps.pop(number, None)
        self.freed[number] = self.now


@pytest.mark.parametrize("seed", range(40))
def test_who_holds_what_is_known_at_every_step(seed):
    streams = Streams(seed)
    index = References()
    reader = Reader(streams, index)
    for _ in range(120):
        streams.step()
        if streams.random.random() < 0.1:
            reader.update(10**6)  # it is read while it is written
    while not reader.complete:
        reader.update(50)
    assert index.looked == streams.total
    for n in range(1, streams.total + 1):
        wanted = streams.truth[n]
        numbers = {number for number, _ in wanted} | set(range(1, 12))
        found = {
            (number, holder): count
            for number in numbers
            for holder, count in index.holding(number, n).items()
        }
        assert found == wanted, n
        for number in numbers:
            assert index.held(number, n) == sum(c for (o, _), c in wanted.items() if o == number)
            if n > 1:
                now = {h: c for (o, h), c in wanted.items() if o == number}
                before = {h: c for (o, h), c in streams.truth[n - 1].items() if o == number}
                assert now == before or index.changed_between(number, n - 1, n)
    assert {number: index.freed(number)[0] for number in streams.freed} == streams.freed


def test_counts_are_those_read_last():
    streams = Streams(0)
    for n, count in ((2, 3), (5, 1)):
        while len(streams.steps) < n:
            streams.write(form.S_AT)
        streams.now = n
        streams.write(form.S_AT)
        streams.version(1, form.H_COUNT, count, 0, [])
    index = References()
    Reader(streams, index).update(10**6)
    assert [index.counted(1, n) for n in (1, 2, 4, 5, 9)] == [None, (2, 3), (2, 3), (5, 1), (5, 1)]
    assert index.seen_after(1, 4)
    assert not index.seen_after(1, 5)


def test_a_damaged_stream_stops_no_reader():
    for seed in range(20):
        streams = Streams(seed)
        for _ in range(40):
            streams.step()
        for row in (streams.heap, streams.changes):
            for _ in range(10):
                row[streams.random.randrange(len(row))] = streams.random.getrandbits(64)
        index = References()
        Reader(streams, index).update(10**6)
        assert index.looked == streams.total
