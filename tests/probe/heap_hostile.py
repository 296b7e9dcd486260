# ruff: noqa: UP031  # read by 3.8
"""Objects that misbehave when anybody asks them anything: the heap asks nothing. Read by 3.8 and PyPy too.

Run as ``PYTHON -I heap_hostile.py PROBE``; a failed assertion ends it with status 1.
"""

import gc
import os
import sys
import types
import weakref
from collections import OrderedDict, defaultdict, deque

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import heap_reading

EXACT = sys.implementation.name == "cpython"
CALLS = []


def trap(name):
    """A method that must not be called."""

    def method(self, *arguments):
        CALLS.append(name)
        raise RuntimeError(name)

    return method


NAMES = """
    __repr__ __str__ __eq__ __ne__ __lt__ __len__ __bool__ __iter__ __next__ __getitem__ __contains__
    __getattr__ __getattribute__ __sizeof__ __format__ __call__ __reduce__ __reduce_ex__ __dir__
    __index__ __int__ __float__ __copy__ __keys__ keys items values copy __reversed__ __length_hint__
    __subclasshook__ __instancecheck__ __set_name__
""".split()  # noqa: SIM905  # as a column of words it is read, and compared, at a glance
TRAPS = {name: trap(name) for name in NAMES}
hash_allowed = [True]


def careful_hash(self):
    """Dictionaries and sets need it once, when they are made."""
    if not hash_allowed[0]:
        CALLS.append("__hash__")
        raise RuntimeError
    return 7


class LyingMeta(type):
    """A metaclass with a say in everything."""

    def __getattribute__(cls, name):
        if not hash_allowed[0]:
            CALLS.append("meta " + name)
            raise RuntimeError(name)
        return type.__getattribute__(cls, name)

    def __instancecheck__(cls, instance):
        CALLS.append("__instancecheck__")
        raise RuntimeError

    __subclasscheck__ = __instancecheck__


def make(name, base, **more):
    """A class whose every method is a trap."""
    namespace = dict(TRAPS, __hash__=careful_hash, __class__=property(trap("__class__")), **more)
    return LyingMeta(name, (base,), namespace)


Evil = make("Evil", object)
EvilDict = make("EvilDict", dict)
EvilList = make("EvilList", list)
EvilTuple = make("EvilTuple", tuple)
EvilSet = make("EvilSet", set)
EvilInt = make("EvilInt", int)
EvilStr = make("EvilStr", str)
EvilFloat = make("EvilFloat", float)
EvilError = make("EvilError", ValueError)
EvilDeque = make("EvilDeque", deque)
EvilOrdered = make("EvilOrdered", OrderedDict)
EvilDefault = make("EvilDefault", defaultdict)
EvilNames = make("EvilNames", object, __dict__=property(trap("__dict__")))
EvilSlots = make("EvilSlots", object, __slots__=("a", "b"))
EvilMeta = LyingMeta("EvilMeta", (type,), dict(TRAPS, __hash__=careful_hash))


class Fixture:
    """A heap and a reader."""

    def __init__(self, probe, words=4 << 20, texts=1 << 20):
        self.form = heap_reading.load(probe, "recording_format")
        self.words = memoryview(bytearray(words)).cast("Q")
        self.texts = memoryview(bytearray(texts))
        self.heap = heap_reading.load(probe, "heap").make_heap(self.words, self.texts, EXACT)
        self.reading = heap_reading.Reading(self.form, self.words, self.texts)

    def ref(self, value, n):
        """The word, and everything read."""
        word = self.heap.ref(value, n)
        self.reading.update(self.heap)
        return word

    def shown(self, word):
        """The object of a word."""
        return self.reading.objects[word >> 3]


def test_evil(probe):
    """Nothing of theirs runs, and what they hold is seen."""
    f = Fixture(probe)
    evil = object.__new__(Evil)
    object.__setattr__(evil, "x", 1)
    slots = object.__new__(EvilSlots)
    type.__getattribute__(EvilSlots, "a").__set__(slots, evil)
    values = [
        (evil, "attributes", 1), (slots, "attributes", 1), (dict.__new__(EvilDict), "mapping", 2),
        (list.__new__(EvilList), "sequence", 2), (tuple.__new__(EvilTuple, (evil, 2)), "sequence", 2),
        (set.__new__(EvilSet), "set", 1), (int.__new__(EvilInt, 5), None, 0), (str.__new__(EvilStr, "x"), None, 0),
        (float.__new__(EvilFloat, 1.5), None, 0), (ValueError.__new__(EvilError, evil, 2), "sequence", 2),
        (deque.__new__(EvilDeque), "sequence", 2), (OrderedDict.__new__(EvilOrdered), "mapping", 2),
        (defaultdict.__new__(EvilDefault), "mapping", 2), (object.__new__(EvilNames), None, 0),
        (Evil, "leaf", 0), (EvilMeta, "leaf", 0), ({evil: evil}, "mapping", 1), ({evil}, "set", 1),
        (types.MethodType(Evil, evil), None, 0), (weakref.ref(evil), None, 0),
    ]  # fmt: skip
    for value, _, _ in values:
        kind = type(value)
        line = type.__dict__["__mro__"].__get__(kind)
        if dict in line and kind is not dict:
            dict.__setitem__(value, evil, 1)
            dict.__setitem__(value, "k", evil)
        elif list in line:
            list.extend(value, [evil, 2])
        elif set in line and kind is not set:
            set.add(value, evil)
        elif deque in line:
            deque.extend(value, [evil, 2])
    hash_allowed[0] = False
    n = 1
    for value, form, size in values:
        word = f.ref(value, n)
        if form:
            shown = f.shown(word)
            assert shown["form"] == form, (n, shown)
            assert len(shown["items"]) == size, (n, shown)
        f.heap.touch(value, n + 1)
        f.heap.stored(value, 0, n + 2)
        f.heap.stored(value, "k", n + 3)
        f.heap.stored(value, evil, n + 4)
        f.heap.attribute_stored(value, "x", n + 5)
        f.heap.sweep([id(value)] if f.heap.exact else [value], n + 6)
        f.heap.ref(value, n + 7)
        n += 8
    f.reading.update(f.heap)
    assert not CALLS, CALLS
    hash_allowed[0] = True


def test_recursive_and_deep(probe):
    """What contains itself, and what is nested deeper than any stack."""
    f = Fixture(probe, 64 << 20, 1 << 20)
    loop = []
    loop.append(loop)
    names = {"loop": loop}
    names["self"] = names
    assert f.reading.difference(f.ref(loop, 1), loop) is None
    assert f.reading.difference(f.ref(names, 2), names) is None
    deep = []
    for _ in range(50000):
        deep = [deep]
    word = f.ref(deep, 3)
    assert len(f.reading.objects) > 50000
    f.heap.sweep([id(deep)] if f.heap.exact else [deep], 4)
    assert f.ref(deep, 5) == word
    while deep:  # so that no deallocation nests
        deep = deep.pop()


def test_big(probe):
    """A long list is cut, and what is beyond the cut costs nothing."""
    f = Fixture(probe, 64 << 20, 1 << 20)
    big = list(range(10**6))
    again = big
    word = f.ref(big, 1)
    most = f.form.MAX_ELEMENTS
    assert len(f.shown(word)["items"]) == most
    assert f.shown(word)["left"] == 10**6 - most
    written = f.heap.words
    for n in range(2, 200):
        big[n] = -n
        f.heap.stored(big, n, n)
        big[-n] = -n
        f.heap.stored(big, -n, n)
        f.heap.ref(big, n)
    f.reading.update(f.heap)
    if EXACT:
        assert f.heap.words - written <= 198 * 8
    assert f.reading.difference(word, big) is None
    del big[most - 5 :]
    f.heap.touch(big, 300)
    f.reading.update(f.heap)
    assert f.reading.difference(word, again) is None
    assert f.shown(word)["left"] == 0
    for kind in (set, tuple, dict.fromkeys, deque):
        value = kind(range(most + 7))
        assert f.shown(f.ref(value, 301))["left"] == 7
    many = {}
    word = f.ref(many, 302)
    written = f.heap.words
    for n in range(500):
        many[n] = n
        f.heap.stored(many, n, 303 + n)
    few = set()
    f.ref(few, 900)
    for n in range(500):
        few.add(n)
        f.heap.touch(few, 901 + n)
    assert f.heap.words - written < 500 * 12, f.heap.words - written
    f.reading.update(f.heap)


def test_bounds(probe):
    """Streams of any size are never written beyond their end; what came before it can be read."""
    for words, texts in [
        (0, 0),
        (8, 5),
        (64, 64),
        (800, 64),
        (800, 0),
        (520, 4096),
        (4096, 90),
        (8000, 8000),
    ]:
        f = Fixture(probe, words, texts)
        keep = []
        for n in range(1, 200):
            value = [n, str(n), {n: [n]}, {n, n + 1}, float(n), f, n << 80]
            keep.append(value)
            f.heap.ref(value, n)
            value.append(value)
            f.heap.touch(value, n)
            value[0] = keep
            f.heap.stored(value, 0, n)
            value[2][n] = None
            f.heap.stored(value[2], n, n)
            f.attribute = n
            f.heap.attribute_stored(f, "attribute", n)
            f.heap.sweep([id(keep)] if f.heap.exact else [keep], n)
        assert f.heap.full
        assert f.heap.words <= len(f.words)
        assert f.heap.text_bytes <= texts
        f.reading.update(f.heap)


class Node:
    """An object that can be in a cycle."""


def test_deaths(probe):
    """Who died, when, and why."""
    f = Fixture(probe)
    node = Node()
    number = f.ref(node, 1) >> 3
    node = None
    if EXACT:
        assert len(f.heap.pending) == 1
    gc.collect()
    f.heap.settle(2)
    f.reading.update(f.heap)
    assert f.reading.freed[number][0] == 2
    if not EXACT:
        return
    assert f.reading.freed[number] == (2, f.form.FREED_BY_COUNT)
    n = 10
    step = [n]
    told = []

    def tell(phase, info):
        step[0] += 1
        told.append(f.heap.collected(phase, info, step[0]))

    gc.disable()
    for generation in (2, 0, 1, 2):
        gc.collect()
        node = Node()
        node.cycle = [node, {"back": node}, (node, 1)]
        kept = [Node()]
        numbers = [f.ref(each, n) >> 3 for each in (node, *node.cycle[:3])]
        numbers.append(f.ref(node.cycle, n) >> 3)
        alive = f.ref(kept, n) >> 3
        if generation == 1:
            gc.collect(0)
        node = None
        gc.callbacks.append(tell)
        gc.collect(generation)
        gc.callbacks.remove(tell)
        f.reading.update(f.heap)
        if sys.version_info < (3, 14) or generation == 2:
            for number in numbers:
                assert f.reading.freed.get(number) == (step[0], f.form.FREED_BY_COLLECTION + generation), (
                    generation, number, f.reading.freed, told)  # fmt: skip
            assert told[-2] is None
            assert told[-1][0] == generation
            assert told[-1][1] >= 4
        assert alive not in f.reading.freed
    gc.enable()


def test_invisible(probe):
    """Nothing is kept alive, nothing is counted, and no code object of ours is seen by weak references."""
    if not EXACT:
        return
    f = Fixture(probe)
    deleted = []

    class Told:
        def __del__(self):
            deleted.append(self.name)

    values = [
        Told(), [1.5], {"k": 2.5}, {3.5}, (4.5,), "text %d" % len(deleted), 1 << 90, 7.25, b"bytes %d" % 5, 5j, Told,
        lambda: f, Node(), deque([1]), ValueError(2), range(1000, 2000),
    ]  # fmt: skip
    values[0].name = "first"
    before = [sys.getrefcount(each) for each in values]
    for n in range(1, 5):
        for value in values:
            f.heap.ref(value, n)
            f.heap.touch(value, n)
        f.heap.sweep([id(each) for each in values], n)
    value = None
    assert [sys.getrefcount(each) for each in values] == before
    assert weakref.getweakrefcount(values[0]) == 0
    assert weakref.getweakrefs(values[12]) == []
    mine = weakref.ref(values[12])
    assert weakref.getweakrefcount(values[12]) == 1
    assert weakref.getweakrefs(values[12]) == [mine]
    values[0] = None
    assert deleted == ["first"]


def test_sizes(probe):
    """Sizes are what `sys.getsizeof` says, where no code of the program's says it."""
    if not EXACT:
        return
    f = Fixture(probe)

    class Lying:
        def __sizeof__(self):
            CALLS.append("__sizeof__")
            return 1

    for value in (
        [],
        [1, 2],
        (),
        (1,),
        {},
        {"a": 1},
        set(),
        {1},
        Node(),
        deque(),
        ValueError(),
        len,
        Node,
        range(3),
    ):
        assert f.shown(f.ref(value, 1))["size"] == sys.getsizeof(value), value
    assert f.shown(f.ref(Lying(), 2))["size"] == 0
    assert not CALLS


def test_leaves(probe):
    """What has no elements is described."""
    f = Fixture(probe)

    def generator():
        yield

    node = Node()
    node.method = None
    for value, text in [
        (test_leaves, "function test_leaves"), (len, "function len"), (os, "module os"), (Node, "class Node"),
        (range(3), "range(0, 3)"), (range(0, 9, 2), "range(0, 9, 2)"), (f.ref, "method ref"),
        (generator(), "generator generator"), (test_leaves.__code__, "code test_leaves"),
        ([].append, "function append"),
    ]:  # fmt: skip
        shown = f.shown(f.ref(value, 1))
        assert shown["text"][1] == text or (not EXACT and text == "function append"), (shown, text)
        assert shown["form"] == "leaf"
    for n in range(2, 40):
        value = range(n)
        assert f.shown(f.ref(value, n))["text"][1] == "range(0, %d)" % n
        value = None


def main():
    """Run all."""
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test(sys.argv[1])


if __name__ == "__main__":
    main()
