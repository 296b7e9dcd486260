"""Objects of the running program as a recording has them: identity, structure, versions, counts, deaths.

How it is called (`Heap`, made by `make_heap`): `ref` gives the value word of anything, and writes what the recording
does not have yet. Whoever knows that an object has changed says so *before* it asks for the words of the same step:
`stored` and `attribute_stored` when it is known what, `touch` when it is not, `sweep` when anything may have. All is
written for the step `n` that is given.

**Identity.** An object is known by its address, and an address is used again. What can have weak references has one
of ours: its death is told at once, exactly (`heap_weak` hides them from the program). Lists, tuples, dictionaries and
sets cannot. They are looked at again whenever they are met, and what they refer to where another one may stand at their
address (`heap_births`): what is recorded is what is there, always. When the content
is another one without anybody having told of a change, and the place where it was met is its only reference, it is a
new object at an old address, and gets a new number. (Equal content leaves the number: nobody can see the difference.)

**Nothing of the program's is kept alive or run.** Tables hold addresses, words and copies of texts; an object is read
as `heap_kinds` says. An address is followed only when the container that holds it has just been looked at.

**Counts** are read from the object itself; the references of the recorder's own that exist at that moment are
subtracted: `held` says how many the caller has (one: a local variable that it passes on; zero: it does not know, and
nothing is counted). Up to 3.10 tracing itself refers to a frame's locals a second time (`frame.f_locals`, renewed
before each call of a trace function), which the program sees as well: no counts are written there.

The hot path is closures over local variables, which cost half of what attributes do: one long function, `make_heap`.
"""

from __future__ import annotations

from struct import Struct
from types import CellType

from . import frame_stack, heap_kinds, heap_weak
from . import recording_format as form
from .heap_births import make_births
from .heap_book import ALWAYS, MASK, NO_WORDS, PACK, Book, Known
from .heap_collector import make_collected
from .heap_kinds import ATTRIBUTES, CPYTHON, DICT, ELEMENTS, LEAF
from .heap_looks import ALONE, HARD, SHORT, make_looks
from .heap_prints import TUPLE_ITEMS, VERSIONED, dict_entries, dict_print

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable, Iterable

COUNTED = 4  # sequences up to here have their elements counted again whenever a variable is seen to hold them
FEW = 32  # items up to here are rather compared one by one than by a print that each store would renew
put_word = Struct("<Q").pack_into
pack_one, pack_two = PACK[1], PACK[2]
ONE_ELEMENT = form.H_SEQUENCE << 56 | 1
MAPPING_ITEM, ATTRIBUTE = form.H_MAPPING_ITEM << 56, form.H_ATTRIBUTE << 56


def nothing() -> None:
    """Where births cannot be seen."""


class Heap:
    """What `make_heap` gives; the methods are closures, to be bound to local variables.

    Attributes:
        ref: ``ref(value, n, held=1)``: the value word of anything; `held`: references to it of the caller's own, 0
            when it does not know.
        touch: ``touch(value, n)``: it may have been changed.
        stored: ``stored(container, key, n)``: ``container[key] = …`` has been executed.
        attribute_stored: ``attribute_stored(object, name, n)``: ``object.name = …`` has.
        sweep: ``sweep(roots, n)``: anything reachable from these may have been changed. Roots are addresses of living
            objects where `exact`, else the objects themselves. It costs about 0.5 µs for each known object that can be
            reached, more for those that did change and for short ones with floats, strings or lists in them.
        settle: ``settle(n)``: note the deaths in `pending`.
        collected: ``collected(phase, info, n)``: for `gc.callbacks`, both phases; gives (generation, collected,
            uncollectable) at the end of a collection, None at its beginning.
        pending: weak references of ours whose objects have died since the last call.
        exact: whether objects are read from memory.
        texts: the writers of texts.
    """

    __slots__ = (
        "_book", "attribute_stored", "collected", "exact", "pending", "ref", "settle", "stored", "sweep", "texts",
        "touch",
    )  # fmt: skip

    ref: Callable[..., int]
    touch: Callable[[Any, int], None]
    stored: Callable[[Any, Any, int], None]
    attribute_stored: Callable[[Any, Any, int], None]
    sweep: Callable[[Iterable[Any], int], None]
    collected: Callable[[str, dict[str, int], int], tuple[int, int, int] | None]

    def __init__(self, book: Book) -> None:
        self._book = book
        self.settle = book.settle
        self.pending = book.deaths
        self.exact = book.exact
        self.texts = book.texts

    @property
    def words(self) -> int:
        """Words written to the stream ``heap``."""
        return self._book.at

    @property
    def text_bytes(self) -> int:
        """Bytes written to the stream ``texts``."""
        return self.texts.position()

    @property
    def full(self) -> bool:
        """Whether something did not fit any more; from then on nothing is written."""
        return self._book.full or self.texts.full()


def make_heap(heap_words: memoryview, texts: memoryview, exact: bool) -> Heap:
    """Make the recording of objects.

    Args:
        heap_words: the stream ``heap``, writable u64 words.
        texts: the stream ``texts``, writable bytes.
        exact: whether the interpreter's memory can be read here, as the self-test found.
    """
    heap_weak.hide()
    book = Book(heap_words, texts, exact)
    exact = book.exact
    memory: Any = frame_stack.MEMORY
    from_address: Any = vars(frame_stack).get("from_address")
    strings, floats, others = book.texts.strings, book.texts.floats, book.texts.others
    integer: Any = book.texts.integer
    string, real = book.texts.string, book.texts.real
    limit, most, longest = form.INT_LIMIT, form.MAX_ELEMENTS, form.MAX_TEXT
    objects, plans, deaths, todo, recount = book.objects, book.plans, book.deaths, book.todo, book.recount
    get = objects.get
    plan_of, register, forget = book.plan_of, book.register, book.forget
    plan_of_list, plan_of_tuple, plan_of_dict = plan_of(list), plan_of(tuple), plan_of(dict)
    heap_bytes = book.heap_bytes
    versioned = exact and VERSIONED
    counting = False
    settle, note_count = book.settle, book.note_count
    own_names, attribute = heap_kinds.own_names, heap_kinds.attribute
    end = book.end
    looked: list[Known] = []
    births = make_births(book) if exact else None
    since, mark = (births.since, births.mark) if births is not None else (nothing, nothing)
    asked = 0  # the step at which births were last asked for
    #: References of a call's own to a value that is met again, or for the first time: `calibrate` finds them.
    again_base = first_base = raw = 0
    #: The object that a caller is holding, and how many references there are to it for that reason.
    top_address = top_held = 0

    def ref(value: Any, n: int, held: int = 1) -> Any:
        t = type(value)
        if t is int:
            if -limit < value < limit:
                return (value << 3 | 1) & MASK
            return integer(value)
        if t is str:
            if len(value) <= longest:
                r = strings.get(value)
                if r is not None:
                    return r
            return string(value)
        if value is None:
            return 4
        if t is bool:
            return 12 if value else 20
        if t is float:
            r = floats.get(value)
            return r if r is not None and value else real(value)
        if deaths:
            settle(n)
        address = id(value)
        o = get(address)
        if o is not None and (
            o.seen >= n or same(o, t, address, n, again_base + held + ALONE if held else 0)
        ):
            if counting and held and o.plan.counted:
                count = (memory[address >> 3] & 0xFFFFFFFF) - again_base - held
                if count != o.count:
                    note_count(o, count, n)
            return o.word
        return meet(value, t, n, held)

    def same(o: Known, t: type, address: int, n: int, alone: int) -> bool:
        """Whether a known object is certainly what it was, by a quick look.

        `alone`: what its count is when nobody else refers to it; 0: it may be so. What is asked here is
        what `heap_looks` asks, for the types that are met most.
        """
        nonlocal asked
        if asked != n:
            asked = n
            since()
        trusted = o.trust == book.doubt and alone >= 0
        if t is list:
            if not exact or o.plan is not plan_of_list:
                return False
            place = address >> 3
            first = memory[place + 3] >> 3
        elif t is tuple:
            if not exact or o.plan is not plan_of_tuple:
                return False
            place = address >> 3
            first = place + TUPLE_ITEMS
        elif t is dict:
            if not exact or o.plan is not plan_of_dict or (o.epoch != book.epoch and not kids_hold(o)):
                return False
            # A dictionary that the collector does not know is not among what was made, either.
            if not (versioned or (trusted and memory[(address >> 3) - 2])) or dict_print(address) != o.print:
                return False
            o.seen = n
            return True
        else:
            # It has lived, and whoever changes it tells.
            kind = o.plan.kind
            if not trusted or (kind != ATTRIBUTES and kind != ELEMENTS) or t is CellType:
                return False
            if o.plan is not plans.get(id(t)) or (o.epoch != book.epoch and not kids_hold(o)):
                return False
            o.seen = n
            return True
        length = memory[place + 2]
        if o.epoch != book.epoch and not (trusted and kids_hold(o)):
            return False
        if o.soft and not trusted and (not alone or length <= SHORT or memory[place] & 0xFFFFFFFF <= alone):
            return False
        if length > most or memory[first : first + length].tobytes() != o.print:
            return False
        o.seen = n
        if alone > 0 and counting and length <= COUNTED:
            for kid in o.kids.values():
                known = get(kid[1])
                if known is not None and known.plan.counted:
                    note_count(known, memory[known.address >> 3] & 0xFFFFFFFF, n)
        return True

    def word(value: Any, n: int) -> Any:
        """The same inside a look: what has to be looked at waits in `todo`, what to be counted in `recount`."""
        t = type(value)
        if t is int:
            if -limit < value < limit:
                return (value << 3 | 1) & MASK
            return integer(value)
        if t is str:
            if len(value) <= longest:
                r = strings.get(value)
                if r is not None:
                    return r
            return string(value)
        if value is None:
            return 4
        if t is bool:
            return 12 if value else 20
        if t is float:
            r = floats.get(value)
            return r if r is not None and value else real(value)
        return enlist(value, t, n)

    def enlist(value: Any, t: type, n: int) -> int:
        nonlocal asked
        if deaths:
            settle(n)
        address = id(value)
        plan = plans.get(id(t))
        if plan is None:
            writer = others.get(t)
            if writer is not None:
                return writer(value)
            if value is ...:
                return form.ELLIPSIS
            plan = plan_of(t)
        if asked != n and not plan.weak:  # what has a weak reference is known by it
            asked = n
            since()
        o = get(address)
        if o is not None:
            if o.seen >= n:
                if plan.counted:
                    recount.append(o)
                return o.word
            if o.plan is plan:
                if same(o, t, address, n, 0):
                    recount.append(o)
                    return o.word
                o.seen = n
                todo.append((o, value))
                return o.word
            forget(o, n, form.FREED_BY_COUNT if CPYTHON else -1)
        return register(value, plan, address, n)

    def meet(value: Any, t: type, n: int, held: int) -> int:
        nonlocal top_address, top_held
        r = enlist(value, t, n)
        if todo or recount:
            top_address, top_held = id(value), held + first_base if held else ALWAYS
            drain(n)
            top_address = 0
            o = get(id(value))
            return r if o is None else o.word
        return r

    def drain(n: int) -> None:
        """Look at everything that waits; again at containers of what turned out to be new objects."""
        nonlocal raw
        count = 0
        while True:
            before = book.epoch
            while todo:
                o, value = todo.pop()
                if not o.number:
                    continue
                if exact:
                    raw = memory[o.address >> 3] & 0xFFFFFFFF
                    count = raw - 1
                    if o.address == top_address:
                        count -= top_held
                look(o, value, n, count, count < 0 and o.born != n)
                if counting and o.number and o.plan.counted:
                    note_count(o, count, n)
                value = None
                looked.append(o)
            if book.epoch == before or not exact:
                break
            for o in looked[::-1]:
                if o.number and o.plan.kind != LEAF:
                    value = from_address(o.address)
                    count = (memory[o.address >> 3] & 0xFFFFFFFF) - 1
                    if o.address == top_address:
                        count -= top_held
                    look(o, value, n, count, True)
                    value = None
        looked.clear()
        if recount:
            if counting and not deaths:
                for o in recount:
                    if o.number and o.address != top_address:
                        note_count(o, memory[o.address >> 3] & 0xFFFFFFFF, n)
            recount.clear()
        if asked == n:
            mark()

    look, kids_hold = make_looks(book, word)

    # ---- what others tell

    def touch(value: Any, n: int) -> None:
        if deaths:
            settle(n)
        o = get(id(value))
        if o is None or o.plan is not plans.get(id(type(value))):
            return
        if o.weak is None:
            o.seen = n
        look(o, value, n, 0, False)
        if todo or recount:
            finish(o, n)

    def finish(o: Known, n: int) -> None:
        """Look at what waits, and at `o` itself when that had new objects at old addresses."""
        nonlocal top_address, top_held
        if todo:
            looked.append(o)
        # The caller holds it, who knows how often: its count is not read.
        top_address, top_held = o.address, ALWAYS
        drain(n)
        top_address = 0

    def stored(container: Any, key: Any, n: int) -> None:
        o = get(id(container))
        if o is None or deaths:
            touch(container, n)
            return
        t = type(container)
        if t is list:
            pointers = o.print
            if type(key) is int and exact and pointers is not None:
                length = len(container)
                if key < 0:
                    key += length
                words = o.words
                if 0 <= key < length and len(words) == (length if length <= most else most):
                    if key >= most:
                        return
                    value = container[key]
                    small = type(value) is int and -limit < value < limit
                    r = (value << 3 | 1) & MASK if small else word(value, n)
                    old = words[key]
                    put_word(pointers, key << 3, id(value))
                    if r != old:
                        words[key] = r
                        if old & 7 == 3 or r & 7 == 3:
                            change_kid(o, old, r, id(value))
                        if not o.soft and r not in HARD:
                            o.soft = True
                        at = book.at
                        if at + 4 <= end:
                            pack_one(heap_bytes, at << 3, o.number, n, ONE_ELEMENT | key << 28, 1, 0, r)
                            book.at = at + 4
                        else:
                            book.full = True
                    if todo or recount:
                        value = None
                        finish(o, n)
                    return
        elif t is dict and (type(key) is str or type(key) is int) and store_item(o, container, key, n):
            return
        touch(container, n)

    def change_kid(o: Known, old: int, r: int, address: int) -> None:
        """An element becomes another one, and one of them is an object."""
        kids = o.kids
        if old & 7 == 3:
            kid = kids.get(old)
            if kid is not None:
                kid[0] -= 1
                if not kid[0]:
                    del kids[old]
        if r & 7 == 3:
            kid = kids.get(r)
            if kid is None:
                kids[r] = [1, address]
                known = get(address)
                if known is not None:
                    known.inside = True
            else:
                kid[0] += 1

    def store_item(o: Known, names: Any, key: Any, n: int) -> bool:
        """One item of a dictionary has been set; False: look at all of it."""
        words = o.words
        if words is None or not o.plain or len(words) >= most:
            return False
        k = strings.get(key) if type(key) is str else None
        if k is None:
            k = word(key, n)
        old = words.get(k)
        if len(names) != len(words) + (old is None):
            return False
        value = names.get(key, NO_WORDS)
        if value is NO_WORDS:
            return False
        small = type(value) is int and -limit < value < limit
        words[k] = r = (value << 3 | 1) & MASK if small else word(value, n)
        if versioned:
            o.print = memory[(id(names) >> 3) + 3]
        elif exact:
            o.print = dict_entries(id(names)) if len(words) > FEW else None
        if r != old:
            if not o.soft and (r not in HARD or k not in HARD):
                o.soft = True
            if old is None:
                old = 0
            if old & 7 == 3 or r & 7 == 3:
                change_kid(o, old, r, id(value))
            at = book.at
            if at + 5 <= end:
                head = MAPPING_ITEM if o.plan.kind == DICT else ATTRIBUTE
                pack_two(heap_bytes, at << 3, o.number, n, head, 2, 0, k, r)
                book.at = at + 5
            else:
                book.full = True
        if todo or recount:
            value = None
            finish(o, n)
        return True

    def attribute_stored(value: Any, name: Any, n: int) -> None:
        o = get(id(value))
        if o is not None and not deaths and o.plan.read is own_names and type(name) is str:
            names = attribute(value, "__dict__")
            if type(names) is dict and store_item(o, names, name, n):
                return
        touch(value, n)

    def sweep(roots: Iterable[Any], n: int) -> None:
        if deaths:
            settle(n)
        work = list(roots)
        done = set()
        while work:
            root = work.pop()
            address = root if exact else id(root)
            if address in done:
                continue
            o = get(address)
            if o is None:
                continue
            done.add(address)
            if o.plan.kind == LEAF:
                continue
            value = from_address(address) if exact else root
            if o.plan is not plans.get(id(type(value))):
                continue
            if versioned and o.plan.read is own_names:
                # An instance's dictionary that has the same version: nothing was stored.
                names = attribute(value, "__dict__")
                still = memory[(id(names) >> 3) + 3] == o.print and o.epoch == book.epoch
            else:
                still = o.weak is None and same(o, type(value), address, n, -1)
            if not still:
                if o.weak is None:
                    o.seen = n
                look(o, value, n, 0, False)
                if todo or recount:
                    finish(o, n)
            if exact:
                if o.kids:
                    work += [kid[1] for kid in o.kids.values()]
            else:
                work += elements_of(o, value)
            value = None

    def elements_of(o: Known, value: Any) -> list[Any]:
        """All recorded elements of an object, keys included."""
        elements = o.plan.read(value)
        if o.plan.kind == DICT or o.plan.kind == ATTRIBUTES:
            return [each for pair in heap_kinds.all_of(elements)[:most] for each in pair]
        return list(elements[:most])

    def calibrate() -> None:
        """Find how many references a call of `ref` itself makes, on this interpreter, by calling it."""
        nonlocal again_base, first_base, counting
        trial: list[object] = []
        ref(trial, 1)
        first_base = raw - 2
        counting = True
        ref(trial, 1)
        counting = exact and frame_stack.VERSION >= (3, 11)
        o = get(id(trial))
        again_base = 0 if o is None else o.count  # None: there is no room for anything
        objects.clear()
        for place in range(book.at):
            heap_words[place] = 0
        book.at = book.total = 0

    if exact and end > 64:
        calibrate()
    heap = Heap(book)
    heap.ref, heap.touch, heap.stored, heap.attribute_stored = ref, touch, stored, attribute_stored
    heap.sweep, heap.collected = sweep, make_collected(book, births)
    return heap
