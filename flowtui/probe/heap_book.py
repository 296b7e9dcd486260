"""What a recording knows of the program's objects, and how it writes it: what `heap` and `heap_looks` share."""

from __future__ import annotations

from array import array
from struct import Struct

from . import frame_stack
from . import recording_format as form
from .heap_kinds import CPYTHON, HEAP_TYPE, LEAF, Plan, flags_of, make_plan, size_of
from .heap_texts import make_texts
from .heap_weak import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

ALWAYS = 1 << 62  # a step that never comes: what has a weak reference needs no second look
#: Known objects; each costs about half a kilobyte of the program's own process.
MOST_KNOWN = 1 << 18
IMMORTAL = 1 << 28  # no count: what lives for ever has one of a billion or so
MASK = (1 << 64) - 1
NO_WORDS: Any = ()
#: A version's head, number and step first, and up to four words, in one go.
PACK = [Struct("=IIQII%dQ" % count).pack_into for count in range(5)]
PACK_BORN, PACK_COUNT = PACK[2], PACK[0]
COUNT = form.H_COUNT << 56


class Known:
    """What is known of one object.

    Attributes:
        number, word: its number and value word; number 0: it is gone, and its address may be another object's.
        plan: how it is looked at.
        seen: the last step at which it was looked at; `ALWAYS` when its weak reference watches it.
        born: the step of its first look.
        count: its reference count as last written.
        weak: the weak reference that watches it, or None.
        text: what a leaf is.
        words: the recorded elements: words in an array (sequences), or a dictionary (key words and value words; a set's
            words). None: it was not looked at yet.
        print: what its memory was like at the last look: equal means that it refers to what it referred to then.
            None: not comparable.
        kids: known objects among the elements, keys included: by their word [how often, address].
        soft: some element's address does not say what it is: a float, a big integer, a list, were they freed, may have
            left their address to another one.
        plain: it is a dictionary no key of which is an object: looking one up runs no code of the program's.
        epoch: in which its kids were last found to be what they were.
        inside: it has been an element of a known object.
        trust: `Book.doubt` when it was last looked at, -1 when another one may have been made at its address since.
        left: how many elements are not recorded.
    """

    __slots__ = (
        "address", "born", "count", "epoch", "inside", "kids", "left", "number", "plain", "plan", "print", "seen",
        "soft", "text", "trust", "weak", "word", "words",
    )  # fmt: skip

    address: int
    born: int
    count: int
    epoch: int
    inside: bool
    kids: dict[int, list[int]]
    left: int
    number: int
    plain: bool
    plan: Plan
    print: Any
    seen: int
    soft: bool
    text: str
    trust: int
    weak: Reference | None
    word: int
    words: Any


class Book:
    """One recording's objects.

    Args:
        heap_words: the stream ``heap``, writable u64 words.
        texts: the stream ``texts``, writable bytes.
        exact: whether the interpreter's memory can be read.

    Attributes:
        at: words written; `end`: of how many; `full`: something did not fit, nothing is written any more.
        objects: what is known, by address.
        todo: objects to be looked at, with the objects; `recount`: known ones that were met inside a look.
        deaths: our weak references whose objects have died, oldest first.
        epoch: grows when a known address may have another object.
        doubt: grows when it is not known what was made since; see `heap_births`.
        collections: grows whenever the collector begins or ends.
        collecting: while the collector runs: the generation, and addresses of known containers that it may free.
    """

    __slots__ = (
        "at", "collecting", "collections", "deaths", "doubt", "end", "epoch", "exact", "full", "heap_bytes",
        "heap_words", "objects", "plan_watch", "plans", "recount", "texts", "todo", "total",
    )  # fmt: skip

    def __init__(self, heap_words: memoryview, texts: memoryview, exact: bool) -> None:
        self.heap_words = heap_words
        self.heap_bytes = heap_words.cast("B")
        self.exact = exact and frame_stack.MEMORY is not None and frame_stack.HEADER == 16
        self.texts = make_texts(texts)
        self.at = self.total = self.epoch = self.doubt = self.collections = 0
        self.end = len(heap_words)
        self.full = False
        self.objects: dict[int, Known] = {}
        self.plans: dict[int, Plan] = {}
        self.plan_watch: dict[int, Reference] = {}
        self.todo: list[tuple[Known, Any]] = []
        self.recount: list[Known] = []
        self.deaths: list[Reference] = []
        self.collecting: tuple[int, frozenset[int]] | None = None

    def write(
        self, n: int, number: int, what: int, start: int, removed: int, words: Any, size: int = 0
    ) -> None:
        """Write one version: see `recording_format`."""
        at = self.at
        count = len(words)
        after = at + 3 + count
        if self.full or after > self.end:
            self.full = True
            return
        head = what << 56 | start << 28 | removed
        if count <= 4:
            PACK[count](self.heap_bytes, at << 3, number, n, head, count, size, *words)
        else:
            PACK[0](self.heap_bytes, at << 3, number, n, head, count, size)
            self.heap_words[at + 3 : after] = words if type(words) is array else array("Q", words)
        self.at = after

    def plan_of(self, cls: type) -> Plan:
        """How objects of a type are looked at."""
        key = id(cls)
        plan = self.plans.get(key)
        if plan is None:
            plan = make_plan(cls)
            plan.text = self.texts.number(form.T_TYPE, plan.name)
            if not CPYTHON or flags_of(cls) & HEAP_TYPE:
                self.plan_watch[key] = watch = Reference(cls, self.deaths.append)
                watch.key = key
            self.plans[key] = plan
        return plan

    def register(self, value: Any, plan: Plan, address: int, n: int) -> int:
        """Take in an object that was not met before; gives its word."""
        if len(self.objects) >= MOST_KNOWN:
            self.full = True
        if self.full or not plan.text:
            return form.UNKNOWN
        self.total = number = self.total + 1
        o = Known()
        o.number = number
        o.word = word = number << 3 | form.V_OBJECT
        o.plan = plan
        o.address = address
        o.seen = o.born = n
        o.count = o.left = 0
        o.epoch = o.trust = -1
        o.soft = o.plain = o.inside = False
        o.print = o.words = o.weak = None
        o.kids = {}
        described = 0
        if plan.describe is not None:
            o.text = plan.describe(value)
            described = self.texts.number(form.T_LEAF, o.text)
            if not described:
                return form.UNKNOWN
        size = 0
        if plan.sized:
            try:
                size = min(size_of(value), 0xFFFFFFFF)
            except Exception:  # a built-in one that fails
                size = 0
        at = self.at
        if at + 5 > self.end:
            self.full = True
            return form.UNKNOWN
        PACK_BORN(
            self.heap_bytes,
            at << 3,
            number,
            n,
            form.H_BORN << 56 | plan.text << 28,
            2,
            size,
            address,
            described,
        )
        self.at = at + 5
        if plan.weak:
            try:
                o.weak = watch = Reference(value, self.deaths.append)
            except TypeError:  # nobody can have weak references to this one
                pass
            else:
                watch.key = address
                o.seen = ALWAYS
        self.objects[address] = o
        if plan.kind != LEAF:
            self.todo.append((o, value))
        return word

    def forget(self, o: Known, n: int, cause: int) -> None:
        """An object is known to be gone; `cause` as in H_FREED, negative: not known, nothing is written."""
        if o.inside:
            self.epoch += 1
        if cause >= 0:
            self.write(n, o.number, form.H_FREED, cause, 0, NO_WORDS)
        o.number = 0
        o.weak = None
        if self.objects.get(o.address) is o:
            del self.objects[o.address]

    def settle(self, n: int) -> None:
        """Note the deaths that weak references told of."""
        objects, deaths, watches = self.objects, self.deaths, self.plan_watch
        cause = form.FREED_BY_COUNT
        if self.collecting is not None:
            cause = form.FREED_BY_COLLECTION + self.collecting[0]
        elif not CPYTHON:
            cause = form.FREED_BY_COLLECTION
        while deaths:
            watch = deaths.pop(0)
            o = objects.get(watch.key)
            if o is not None and o.weak is watch:
                self.forget(o, n, cause)
            elif watches.get(watch.key) is watch:
                del watches[watch.key], self.plans[watch.key]

    def note_count(self, o: Known, count: int, n: int) -> None:
        """Write an object's reference count when it is another one than was written."""
        if 0 <= count < IMMORTAL and count != o.count:
            at = self.at
            if at + 3 > self.end:
                self.full = True
                return
            o.count = count
            PACK_COUNT(self.heap_bytes, at << 3, o.number, n, COUNT | count << 28, 0, 0)
            self.at = at + 3
