"""Looking at one object: what differs from what is recorded of it becomes a version.

`make_looks` gives `look`, a closure over the recording's book and the function that makes words; recursion there is
none: elements that have to be looked at wait in the book's list.

A look begins with the container's print, where memory can be read (`heap_prints`). An equal print says that the
elements are the same objects *if* the container has lived since: a living one keeps its elements alive. It may have
been freed and made again, elements too, at the same addresses. So when it is met with nobody else referring to it, or
when it is short, its `soft` elements are compared by value as well.
"""

from __future__ import annotations

from array import array

from . import frame_stack, heap_kinds, heap_prints
from . import recording_format as form
from .heap_book import NO_WORDS, Book, Known
from .heap_kinds import ATTRIBUTES, CPYTHON, DICT, LEAF, LIST, SET, TUPLE

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable

SHORT = 8  # sequences up to here are compared value by value whenever they are met
#: References to a container that only one place refers to: up to 3.10 tracing adds one for each local variable.
ALONE = 1 if frame_stack.VERSION >= (3, 11) else 2
MOST = form.MAX_ELEMENTS
#: Words whose objects live for ever: the address says which value it is.
HARD = {(n << 3 | form.V_INT) & (1 << 64) - 1 for n in range(-5, 257)} | {
    form.NONE,
    form.TRUE,
    form.FALSE,
    form.ELLIPSIS,
}


def splice(old: Any, new: Any) -> tuple[int, int, int]:
    """Where two arrays of 8-byte items differ: how many items are before, between in the old one, and in the new one.

    Bisection on slices, which compare at the speed of memory.
    """
    had, has = len(old) >> 3, len(new) >> 3
    shorter = had if had < has else has
    low, high = 0, shorter
    if old[: high << 3] == new[: high << 3]:
        low = high
    while low < high - 1:
        middle = (low + high) >> 1
        if old[low << 3 : middle << 3] == new[low << 3 : middle << 3]:
            low = middle
        else:
            high = middle
    if low < shorter and old[low << 3 : low + 1 << 3] == new[low << 3 : low + 1 << 3]:
        low += 1
    first = low
    low, high = 0, shorter - first
    while low < high:
        middle = (low + high + 1) >> 1
        if old[had - middle << 3 : had - low << 3] == new[has - middle << 3 : has - low << 3]:
            low = middle
        else:
            high = middle - 1
    return first, had - first - low, has - first - low


def make_looks(
    book: Book, word: Callable[[Any, int], int]
) -> tuple[Callable[[Known, Any, int, int, bool], None], Callable[[Known], bool]]:
    """Make `look` and `kids_hold`.

    Args:
        book: the recording's.
        word: gives the word of an element, and lets what is to be looked at wait.
    """
    exact, objects, write = book.exact, book.objects, book.write
    get = objects.get
    versioned = exact and heap_prints.VERSIONED
    list_addresses, tuple_addresses = heap_prints.list_addresses, heap_prints.tuple_addresses
    list_begins, list_end = heap_prints.list_begins, heap_prints.list_end
    dict_print, set_print = heap_prints.dict_print, heap_prints.set_print
    own_names, attribute, items = heap_kinds.own_names, heap_kinds.attribute, heap_kinds.dict_items
    dict_length, all_of = dict.__len__, heap_kinds.all_of

    def look(o: Known, value: Any, n: int, count: int, again: bool) -> None:
        """Write what is new about an object.

        Args:
            o: what is known of it.
            value: the object.
            n: the step.
            count: its true reference count when it was met, by itself or as an element; 0: unknown, or it is told that
                it changed.
            again: compare by values, whatever the print says.
        """
        if exact:
            o.trust = book.doubt
        kind = o.plan.kind
        if kind == DICT or kind == ATTRIBUTES:  # noqa: SIM109  # no tuple is made
            look_items(o, value, n, count, again)
        elif kind == SET:
            look_set(o, value, n, count, again)
        elif kind != LEAF:
            look_sequence(o, value, n, count, again)
        elif o.weak is None and o.plan.describe is not None and o.plan.describe(value) != o.text:
            renew(o, value, n)

    def renew(o: Known, value: Any, n: int) -> None:
        """A new object stands at a known address."""
        plan, address = o.plan, o.address
        book.forget(o, n, form.FREED_BY_COUNT if CPYTHON else -1)
        book.register(value, plan, address, n)

    def is_new(o: Known, n: int, count: int) -> bool:
        """Whether an object that differs from what is known must be another one: see `heap`."""
        return count == 1 and o.born != n and o.weak is None

    def kids_hold(o: Known) -> bool:
        """Whether the known elements of an object are the objects that they were at the last look."""
        for r, kid in o.kids.items():
            known = get(kid[1])
            if known is None or known.word != r:
                return False
        o.epoch = book.epoch
        return True

    def unchanged(o: Known, count: int, length: int, again: bool) -> bool:
        """Whether an equal print is enough."""
        if again or (o.epoch != book.epoch and not kids_hold(o)):
            return False
        return not o.soft or (length > SHORT and not 0 < count <= ALONE)

    def cut(o: Known, n: int, left: int) -> None:
        """Say how many elements are not recorded."""
        if left != o.left:
            o.left = left
            write(n, o.number, form.H_CUT, 0, min(left, form.INDEX), NO_WORDS)

    def soft(new: Any) -> bool:
        """Whether one of some words stands for an object whose address does not say what it is."""
        return not HARD.issuperset(new)

    def gained(o: Known, words: Any, elements: Any) -> None:
        """Elements have come."""
        kids = o.kids
        for r, each in zip(words, elements):
            if r & 7 == 3:
                kid = kids.get(r)
                if kid is None:
                    address = id(each)
                    kids[r] = [1, address]
                    known = get(address)
                    if known is not None:
                        known.inside = True
                else:
                    kid[0] += 1

    def lost(o: Known, words: Any) -> None:
        """Elements have gone."""
        kids = o.kids
        if kids:
            for r in words:
                if r & 7 == 3:
                    kid = kids.get(r)
                    if kid is not None:
                        kid[0] -= 1
                        if not kid[0]:
                            del kids[r]

    def look_sequence(o: Known, value: Any, n: int, count: int, again: bool) -> None:
        kind = o.plan.kind
        old = o.print
        now: Any
        if exact and kind == LIST:
            elements, length = value, len(value)
            shown = length if length < MOST else MOST
            had = -1 if old is None else len(old) >> 3
            # Most lists change at their end: then only that is copied.
            at_end = had >= 0 and had != shown and list_begins(o.address, old, had if had < shown else shown)
            now = old if at_end else list_addresses(o.address, MOST)
        else:
            at_end = False
            if exact and kind == TUPLE:
                elements, now, length = value, tuple_addresses(o.address, MOST), len(value)
            else:
                elements = o.plan.read(value)
                length = len(elements)
                now = bytearray(array("Q", map(id, elements[:MOST]))) if exact else None
            shown = length if length < MOST else MOST
        words = o.words
        if at_end:
            if is_new(o, n, count):
                renew(o, value, n)
                return
            start = had if had < shown else shown
            removed, added = had - start, shown - start
            if removed:
                del now[shown << 3 :]
            else:
                now += list_end(o.address, had, shown)
        elif words is None:
            start, removed, added = 0, 0, shown
            o.words = words = array("Q")
        elif now is not None and old is not None and now != old:
            if is_new(o, n, count):
                renew(o, value, n)
                return
            start, removed, added = splice(old, now)
        else:
            if now is not None and old is not None and unchanged(o, count, shown, again):
                cut(o, n, length - shown)
                return
            all_words = array(
                "Q", [word(each, n) for each in (elements if shown == length else elements[:shown])]
            )
            if all_words == words:
                if len(all_words) == shown:
                    o.print, o.epoch = now, book.epoch
                cut(o, n, length - shown)
                return
            if exact and is_new(o, n, count):
                renew(o, value, n)
                return
            start, removed, added = splice(words.tobytes(), all_words.tobytes())
        part = elements if added == length else elements[start : start + added]
        new = array("Q", [word(each, n) for each in part])
        if removed:
            lost(o, words[start : start + removed])
        words[start : start + removed] = new
        if added and soft(new):
            o.soft = True
            gained(o, new, part)
        # A finaliser that ran meanwhile, by way of the collector, may have changed it: then the next look is whole.
        o.print = now if len(words) == shown else None
        o.epoch = book.epoch
        write(n, o.number, form.H_SEQUENCE, start, removed, new)
        cut(o, n, length - shown)

    def look_set(o: Known, value: Any, n: int, count: int, again: bool) -> None:
        """A set; its words are kept by the addresses of its elements."""
        print_ = set_print(o.address) if exact else None
        old = o.words
        if print_ is not None and print_ == o.print:
            if unchanged(o, count, len(old), again):
                return
        elif old is not None and exact and is_new(o, n, count):
            renew(o, value, n)
            return
        elements = o.plan.read(value)
        length = len(elements)
        told = exact and not count and not again and not o.left and length <= MOST
        if told and old is not None and len(old) > SHORT and kids_hold(o):
            change_set(o, n, old, elements)
            o.print, o.epoch = print_, book.epoch
            return
        if length > MOST:
            elements = elements[:MOST]
        words = [word(each, n) for each in elements]
        now = dict(zip(map(id, elements), words))
        if old is not None and exact and is_new(o, n, count) and set(words) != set(old.values()):
            renew(o, value, n)
            return
        write_set(o, n, old, now)
        o.words, o.print, o.epoch = now, print_, book.epoch
        o.soft = soft(words)
        o.kids = {}
        if o.soft:
            gained(o, words, elements)
        cut(o, n, length - len(now))

    def change_set(o: Known, n: int, old: Any, elements: list[Any]) -> None:
        """A set that is told to have changed: what is at an address where it had something is what it was."""
        new = [each for each in elements if id(each) not in old]
        if len(old) + len(new) != len(elements):
            addresses = set(map(id, elements))
            removed = [old.pop(address) for address in list(old) if address not in addresses]
            lost(o, removed)
            write(n, o.number, form.H_REMOVED, 0, 0, removed)
        if new:
            words = [word(each, n) for each in new]
            old.update(zip(map(id, new), words))
            if soft(words):
                o.soft = True
                gained(o, words, new)
            write(n, o.number, form.H_ADDED, 0, 0, words)

    def write_set(o: Known, n: int, old: Any, now: Any) -> None:
        """Write what differs of a set."""
        if old is None:
            write(n, o.number, form.H_SET, 0, 0, list(now.values()))
            return
        had, has = set(old.values()), set(now.values())
        if had == has:
            return
        removed, added = had - has, has - had
        if len(removed) + len(added) > len(now) >> 1:
            write(n, o.number, form.H_SET, 0, 0, list(now.values()))
            return
        if removed:
            write(n, o.number, form.H_REMOVED, 0, 0, list(removed))
        if added:
            write(n, o.number, form.H_ADDED, 0, 0, list(added))

    def look_items(o: Known, value: Any, n: int, count: int, again: bool) -> None:
        """A mapping, or attributes."""
        names = value
        print_ = None
        if o.plan.kind == ATTRIBUTES:
            names = None
            if o.plan.read is own_names:
                names = attribute(value, "__dict__")
                if not isinstance(names, dict):
                    names = None
        if exact and names is not None:
            print_ = dict_print(id(names))
            if print_ == o.print:
                if versioned:
                    # The very same dictionary: what it refers to has lived since.
                    if not again and (o.epoch == book.epoch or kids_hold(o)):
                        return
                elif o.words is not None and unchanged(o, count, len(o.words), again):
                    return
        if o.words is None and names is not None and not dict_length(names):
            write(n, o.number, form.H_MAPPING if o.plan.kind == DICT else form.H_ATTRIBUTES, 0, 0, NO_WORDS)
            o.words, o.print, o.epoch, o.plain = {}, print_, book.epoch, True
            return
        pairs = all_of(items(names)) if names is not None else o.plan.read(value)
        shown = pairs if len(pairs) <= MOST else pairs[:MOST]
        keys = [word(key, n) for key, _ in shown]
        values = [word(each, n) for _, each in shown]
        now = dict(zip(keys, values))
        old = o.words
        if old is not None and now != old and is_new(o, n, count) and exact:
            renew(o, value, n)
            return
        write_items(o, n, old, now)
        o.words, o.print, o.epoch = now, print_, book.epoch
        o.kids = {}
        o.soft = soft(values) or soft(keys)
        o.plain = len(now) == len(pairs)
        if o.soft:
            gained(o, keys, [key for key, _ in shown])
            o.plain = o.plain and not o.kids
            gained(o, values, [each for _, each in shown])
        cut(o, n, len(pairs) - len(now))

    def write_items(o: Known, n: int, old: Any, now: Any) -> None:
        """Write what differs of a mapping."""
        mapping = o.plan.kind == DICT
        number = o.number
        if old is not None:
            if old == now and list(old) == list(now):
                return
            gone = [k for k in old if k not in now]
            left = [k for k in old if k in now] if gone else list(old)
            new = list(now)
            if len(gone) <= len(now) and left == new[: len(left)]:
                changed = [index for index, k in enumerate(left) if old[k] != now[k]]
                if len(changed) <= len(now) >> 1 or len(now) < 4:
                    if gone:
                        write(n, number, form.H_REMOVED, 0, 0, gone)
                    for index in changed:
                        what = form.H_MAPPING_AT if mapping else form.H_ATTRIBUTE_AT
                        write(n, number, what, index, 0, (now[left[index]],))
                    for k in new[len(left) :]:
                        what = form.H_MAPPING_ITEM if mapping else form.H_ATTRIBUTE
                        write(n, number, what, 0, 0, (k, now[k]))
                    return
        flat = []
        for pair in now.items():
            flat += pair
        write(n, number, form.H_MAPPING if mapping else form.H_ATTRIBUTES, 0, 0, flat)

    return look, kids_hold
