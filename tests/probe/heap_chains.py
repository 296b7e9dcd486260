# ruff: noqa: UP031  # several numbers in one sentence read better so
"""Long chains of containers: what a step costs does not grow with them, and what is made anew in their place is seen.

Run as ``PYTHON -I heap_chains.py PROBE``; says the first difference and ends with status 1.
"""

import collections
import gc
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import heap_reading


class Node:
    """A link with a dictionary."""

    def __init__(self, following):
        self.following = following


class Slotted:
    """A link that nobody can have weak references to."""

    __slots__ = ("following",)

    def __init__(self, following):
        self.following = following


Pair = collections.namedtuple("Pair", "following")
LINKS = {
    "list": lambda head: [head],
    "tuple": lambda head: (head,),
    "dict": lambda head: {"k": head},
    "namedtuple": Pair,
    "node": Node,
    "slotted": Slotted,
}


def make(probe, exact=True):
    """A heap and what reads it."""
    words = memoryview(bytearray(16 << 20)).cast("Q")
    texts = memoryview(bytearray(1 << 20))
    heap = heap_reading.load(probe, "heap").make_heap(words, texts, exact)
    return heap, heap_reading.Reading(heap_reading.load(probe, "recording_format"), words, texts)


def calls_of(function, *words):
    """How many functions a call calls."""
    count = [0]

    def note(frame, event, argument):
        if event in ("call", "c_call"):
            count[0] += 1

    sys.setprofile(note)
    function(*words)
    sys.setprofile(None)
    return count[0]


def check_cost(probe):
    """A link more costs the same, however long the chain is."""
    for name, link in LINKS.items():
        heap, reading = make(probe)
        if not heap.exact:
            return
        head = None
        costs = []
        for n in range(1, 401):
            head = link(head)
            costs.append(calls_of(heap.ref, head, n))
        # Each place of the older ones may be that of something of the recorder's: the least counts.
        early, late = min(costs[10:60]), sorted(costs[300:])[50]
        assert late <= 2 * early + 10, "%s: %d calls, then %d" % (name, early, late)
        reading.update(heap)


def check_made_again(probe):
    """Structures that are freed and made again, outermost first, at the same addresses."""
    for collect in (False, True):
        for exact in (True, False):
            heap, reading = make(probe, exact)
            for n in range(1, 300):
                inner = '[[%d.5, "x"], {"k": [%d]}]' % (n, n % 3 + 1000)
                value = json.loads("[" * 40 + inner + "]" * 40)
                word = heap.ref(value, n)
                reading.update(heap)
                difference = reading.difference(word, value)
                assert difference is None, "step %d: %s" % (n, difference)
                value = None
                if collect and not n % 7:
                    gc.collect(n % 3)


if __name__ == "__main__":
    check_made_again(sys.argv[1])
    check_cost(sys.argv[1])
