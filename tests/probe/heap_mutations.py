# ruff: noqa: UP031  # several numbers in one sentence read better so
"""Random programs by hand: objects are made, changed and dropped, a heap is told, and what it wrote is compared.

Run as ``PYTHON -I heap_mutations.py PROBE SEED ROUNDS``; says the first difference and ends with status 1.
"""

import os
import random
import sys
from collections import Counter, OrderedDict, defaultdict, deque

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import heap_reading


class Point:
    """An instance with a dictionary."""


class Slotted:
    """An instance with slots, and no weak reference."""

    __slots__ = ("a", "b")


class Both(Slotted):
    """Slots and a dictionary."""


class Row(list):
    """A list with more."""


class Table(dict):
    """A dictionary with more."""


class Pair(tuple):
    """A tuple without weak references."""

    __slots__ = ()


class Bag(set):
    """A set with more."""


SLOTS = 8
EXACT = sys.implementation.name == "cpython"


def own_references():
    """What `sys.getrefcount` counts of a variable and of the call itself; from 3.14 on a call borrows."""
    value = []
    return sys.getrefcount(value) if EXACT else 0


OWN = own_references()


class Program:
    """Slots, random changes of what is in them, and a heap that is told."""

    def __init__(self, probe, seed, exact):
        self.form = heap_reading.load(probe, "recording_format")
        heap_module = heap_reading.load(probe, "heap")
        self.random = random.Random(seed)
        words = memoryview(bytearray(64 << 20)).cast("Q")
        texts = memoryview(bytearray(8 << 20))
        self.heap = heap_module.make_heap(words, texts, exact)
        assert self.heap.exact == exact
        self.reading = heap_reading.Reading(self.form, words, texts)
        self.slots = [None] * SLOTS
        self.values = [self.form.NONE] * SLOTS
        self.n = 0
        self.pinned = {}
        self.pins = []

    def atom(self):
        """A value without a number."""
        r = self.random
        k = r.randrange(12)
        if k < 4:
            return r.randrange(-9, 9)
        if k < 7:
            return r.choice([r.random(), float(r.randrange(4)), -0.0])
        return r.choice(
            [None, True, False, "a" * r.randrange(4), str(r.random()), "é" * r.randrange(300), r.randrange(1 << 70),
             -1 << 60, 1 << 2500, b"xy" * r.randrange(3), b"z" * 201, 2j, ..., "\udc80"]
        )  # fmt: skip

    def value(self, depth=2):
        """Anything: fresh, or what is in a slot."""
        r = self.random
        k = r.randrange(10)
        if k < 4 or not depth:
            return self.atom()
        if k < 6:
            return r.choice(self.slots)
        return self.container(depth - 1)

    def key(self):
        """Something that can be hashed without code of ours."""
        r = self.random
        return r.choice([r.randrange(12), "k%d" % r.randrange(9), (r.randrange(3), "x"), frozenset([r.randrange(3)]),
                         None, 1.5, Point()])  # fmt: skip

    def container(self, depth):
        """A fresh container."""
        r = self.random
        size = r.choice([0, 1, 2, 3, 3, 5, 9, 12, 30])
        many = [self.value(depth) for _ in range(size)]
        kind = r.randrange(17)
        if kind < 4:
            return many
        if kind < 6:
            return tuple(many)
        if kind == 6:
            return {self.key(): each for each in many}
        if kind == 7:
            return {self.key() for each in many}
        if kind == 8:
            return frozenset(self.key() for each in many)
        if kind == 9:
            return r.choice([Row, deque, Pair])(many)
        if kind == 10:
            return Table((self.key(), each) for each in many)
        if kind == 11:
            made = r.choice([OrderedDict, Counter, lambda: defaultdict(list)])()
            for each in many:
                made[self.key()] = each
            return made
        if kind == 12:
            return Bag(self.key() for each in many)
        if kind == 13:
            return ValueError(*many)
        if kind == 14:
            return r.choice(
                [range(size), int, len, os, many.append, self.container, iter(many), lambda: many]
            )
        made = r.choice([Point, Slotted, Both])()
        made.a = many
        if type(made) is not Slotted and size:
            made.x = many[0]
        return made

    def reachable(self):
        """A random object that the slots hold, directly or not."""
        value = self.random.choice(self.slots)
        for _ in range(self.random.randrange(4)):
            form, elements = (
                heap_reading.real_elements(value) if heap_reading.real_atom(value) is None else ("any", ())
            )
            if form in ("any", "leaf") or not elements:
                break
            step = self.random.choice(elements)
            if form in ("mapping", "attributes"):
                step = self.random.choice(step)
            value = step
        return value

    def change(self):
        """Change something that is known, and tell."""
        heap, n, r = self.heap, self.n, self.random
        value = self.reachable()
        cls = type(value)
        if isinstance(value, list) and value and r.random() < 0.5:
            index = r.randrange(-len(value), len(value))
            value[index] = self.value()
            heap.stored(value, index, n)
            return
        if isinstance(value, dict) and r.random() < 0.5:
            key = self.key()
            if r.random() < 0.5 and len(value):
                key = r.choice(list(value))
            value[key] = self.value()
            heap.stored(value, key, n)
            return
        if cls in (Point, Slotted, Both) and r.random() < 0.7:
            name = r.choice("ab") if cls is Slotted else r.choice(["a", "b", "x", "y"])
            setattr(value, name, self.value())
            heap.attribute_stored(value, name, n)
            return
        if isinstance(value, (list, deque)):
            k = r.randrange(8)
            if k < 3:
                value.append(self.value())
            elif k == 3 and value:
                value.pop()
            elif k == 4:
                value.insert(0, self.value())
            elif k == 5 and isinstance(value, list):
                value[r.randrange(len(value) + 1) :] = [self.value() for _ in range(r.randrange(4))]
            elif k == 6:
                value.reverse()
            elif k == 7 and r.random() < 0.2:
                value.clear()
        elif isinstance(value, dict):
            k = r.randrange(5)
            if k == 0 and len(value):
                value.popitem()
            elif k == 1 and len(value):
                del value[r.choice(list(value))]
            elif k == 2:
                dict.update(value, {self.key(): self.value(), self.key(): self.value()})
            elif k == 3 and r.random() < 0.2:
                value.clear()
            else:
                value[self.key()] = self.value()
        elif isinstance(value, set):
            k = r.randrange(4)
            if k < 2:
                value.add(self.key())
            elif k == 2 and value:
                value.pop()
            elif r.random() < 0.2:
                value.clear()
        elif cls in (Point, Both):
            vars(value).pop("x", None)
        elif isinstance(value, ValueError):
            value.args = (self.value(), self.value())
        if r.random() < 0.7:
            heap.touch(value, n)
        else:
            value = None
            self.sweep()

    def sweep(self):
        """Tell that anything may have changed."""
        self.heap.sweep([id(each) for each in self.slots] if self.heap.exact else list(self.slots), self.n)

    def step(self):
        """One step: change, or give a slot another value."""
        self.n += 1
        r = self.random
        if r.random() < 0.5:
            self.change()
        else:
            index = r.randrange(SLOTS)
            # At once, so that what is freed is made again at the same address.
            self.slots[index] = r.choice([self.value, lambda: [[r.random()]], lambda: [r.random()] * 20])()
            if r.random() < 0.1:
                self.slots[index] = self.slots
                self.slots[index] = None
            value = self.slots[index]
            self.values[index] = self.heap.ref(value, self.n)
        if r.random() < 0.02:
            each = self.reachable()
            if heap_reading.real_atom(each) is None:
                self.pins.append(each)
        if self.heap.pending:
            self.heap.settle(self.n)

    def check(self):
        """What is written against what is."""
        reading = self.reading
        reading.update(self.heap)
        for index, (word, value) in enumerate(zip(self.values, self.slots)):  # noqa: B905  # 3.8 has no strict
            difference = reading.difference(word, value)
            assert difference is None, "step %d, slot %d%s" % (self.n, index, difference)
        # What lives on has one number for ever.
        numbers = {}
        for number, each in reading.objects.items():
            if each["changed"] is not None:
                numbers.setdefault(each["address"], []).append(number)
        if EXACT:
            for address, many in numbers.items():
                assert len(many) == 1, "step %d: %x has the numbers %r" % (self.n, address, many)
        for each in self.pins:
            number = self.pinned.setdefault(id(each), numbers[id(each)][-1])
            assert number in numbers[id(each)], "step %d: %r is not #%d any more" % (
                self.n,
                type(each),
                number,
            )
        if self.heap.exact and sys.version_info >= (3, 11):
            self.check_counts()

    def check_counts(self):
        """The counts of what was just met."""
        for index in range(SLOTS):
            value = self.slots[index]
            if heap_reading.real_atom(value) is not None:
                continue
            word = self.heap.ref(value, self.n)
            self.reading.update(self.heap)
            shown = self.reading.objects[word >> 3]
            if shown["form"] != "leaf":
                count = sys.getrefcount(value) - OWN
                assert shown["count"] == count or (shown["count"] is None and count >= 1 << 28), (
                    "step %d: #%d %r has count %r, really %r"
                    % (self.n, word >> 3, type(value), shown["count"], count)
                )


def main():
    """Run rounds of steps from one seed."""
    probe, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for exact in (True, False) if EXACT else (False,):
        program = Program(probe, seed, exact)
        for _ in range(rounds):
            program.step()
            program.check()
        assert not program.heap.full


if __name__ == "__main__":
    main()
