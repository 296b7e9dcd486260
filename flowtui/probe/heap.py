"""Objects of the running program as a recording has them: identity, structure, versions, counts, deaths.

How it is called (`Heap`, made by `make_heap`): `ref` gives the value word of anything, and writes what the recording
does not have yet. Whoever knows that an object has changed says so *before* it asks for the words of the same step:
`stored` and `attribute_stored` when it is known what, `touch` when it is not, `sweep` when anything may have. All is
written for the step `n` that is given.

**Identity.** An object is known by its address, and an address is used again. What can have weak references has one
of ours: its death is told at once, exactly (`heap_weak` hides them from the program). Lists, tuples, dictionaries and
sets cannot. They are looked at again whenever they are met: what is recorded is what is there, always. When the content
is another one without anybody having told of a change, and the place where it was met is its only reference, it is a
new object at an old address, and gets a new number. (Equal content leaves the number: nobody can see the difference.)

**Nothing of the program's is kept alive or run.** Tables hold addresses, words and copies of texts; an object is read
as `heap_kinds` says. An address is followed only when the container that holds it has just been looked at.

**Counts** are read from the object itself; the references of the recorder's own that exist at that moment are
subtracted: `held` says how many the caller has (one: a local variable that it passes on).

The hot path is closures over local variables, which cost half of what attributes do: one long function, `make_heap`.
"""

from __future__ import annotations

from array import array
from struct import Struct

from . import frame_stack, heap_kinds, heap_texts
from . import recording_format as form
from .heap_kinds import ATTRIBUTES, DICT, LEAF, LIST, SET, TUPLE, make_plan
from .heap_weak import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Iterable

MASK = (1 << 64) - 1
ALWAYS = 1 << 62  # a step that never comes: what has a weak reference needs no second look
SHORT = 8  # sequences up to here are compared value by value whenever they are met
SAMPLE = 8  # values that are compared of longer ones
MOST_KNOWN = (
    1 << 18
)  # known containers without weak references, before the ones not met for long are forgotten
IMMORTAL = 1 << 30
put_word = Struct("<Q").pack_into
NO_WORDS: Any = ()


class Known:
    """What is known of one object.

    Attributes:
        number, word: its number and value word; number 0: it is gone, and its address may be another object's.
        kind: the type's id, to see that an address has another object.
        seen: the last step at which it was looked at; `ALWAYS` when its weak reference watches it.
        born: the step of its first look.
        pointers: addresses of the elements, as bytes (exact lists and tuples) or a list; None: not comparable now.
        words: the recorded elements: words in an array, or a dictionary of key words and value words.
        kids: how often each address of a known object is among the elements.
        plain: no key of a dictionary is an object, so that looking one up runs no code of the program's.
        tag: of a dictionary its version where it has one; of a list or tuple 1 when some element's address does not
            say what it is (a float's, a big integer's).
        mark: the epoch in which its kids were last found to be what they were.
        left: how many elements are not recorded.
    """

    __slots__ = (
        "address", "born", "count", "kids", "kind", "left", "mark", "number", "plain", "plan", "pointers", "seen",
        "tag", "text", "weak", "word", "words",
    )  # fmt: skip


class Heap:
    """What `make_heap` gives; the methods are closures, to be bound to local variables.

    Attributes:
        ref: ``ref(value, n, held=1)``: the value word of anything; `held`: references to it of the caller's own.
        touch: ``touch(value, n)``: it may have been changed.
        stored: ``stored(container, key, n)``: ``container[key] = …`` has been executed.
        attribute_stored: ``attribute_stored(object, name, n)``: ``object.name = …`` has.
        sweep: ``sweep(roots, n)``: anything reachable from these may have been changed. Roots are addresses of living
            objects where `exact`, else the objects themselves.
        settle: ``settle(n)``: note the deaths in `pending`.
        collected: ``collected(phase, info, n)``: for `gc.callbacks`, both phases; gives (generation, collected,
            uncollectable) at the end of a collection, None at its beginning.
        pending: weak references of ours whose objects have died since the last call.
        exact: whether objects are read from memory.
    """

    __slots__ = (
        "_full", "_position", "attribute_stored", "collected", "exact", "pending", "ref", "settle", "stored", "sweep",
        "texts", "touch",
    )  # fmt: skip

    @property
    def words(self) -> int:
        """Words written to the stream ``heap``."""
        return self._position()

    @property
    def text_bytes(self) -> int:
        """Bytes written to the stream ``texts``."""
        return self.texts.position()

    @property
    def full(self) -> bool:
        """Whether something did not fit any more; from then on nothing is written."""
        return self._full() or self.texts.full()


def splice(old: Any, new: Any) -> tuple[int, int, int]:
    """Where two arrays of 8-byte items differ: the items before, the old ones between, the new ones between.

    Bisection on slices, which compare at the speed of memory.
    """
    had, has = len(old) >> 3, len(new) >> 3
    low, high = 0, min(had, has)
    if old[: high << 3] == new[: high << 3]:
        low = high
    while low < high - 1:
        middle = (low + high) >> 1
        if old[low << 3 : middle << 3] == new[low << 3 : middle << 3]:
            low = middle
        else:
            high = middle
    first = low
    if first < min(had, has) and old[first << 3 : first + 1 << 3] == new[first << 3 : first + 1 << 3]:
        first += 1
    low, high = 0, min(had, has) - first
    while low < high:
        middle = (low + high + 1) >> 1
        if old[had - middle << 3 : had - low << 3] == new[has - middle << 3 : has - low << 3]:
            low = middle
        else:
            high = middle - 1
    return first, had - first - low, has - first - low


def make_heap(heap_words: memoryview, texts: memoryview, exact: bool) -> Heap:
    """Make the recording of objects.

    Args:
        heap_words: the stream ``heap``, writable u64 words.
        texts: the stream ``texts``, writable bytes.
        exact: whether the interpreter's memory can be read here, as the self-test found.
    """
    memory: Any = frame_stack.MEMORY
    exact = exact and memory is not None and frame_stack.HEADER == 16
    tagged = exact and frame_stack.VERSION <= (3, 12)  # dictionaries have a version of their own
    from_address: Any = frame_stack.from_address if exact else None
    writers = heap_texts.make_texts(texts)
    strings, floats, others = writers.strings, writers.floats, writers.others
    integer, string, real, number_of_text = writers.integer, writers.string, writers.real, writers.number
    limit, most = form.INT_LIMIT, form.MAX_ELEMENTS
    end = len(heap_words)
    at = 0
    total = 0
    full = False
    epoch = (
        0  # deaths and new objects at old addresses: grows when a known object's address may mean another one
    )
    objects: dict[int, Known] = {}
    get = objects.get
    plans: dict[int, heap_kinds.Plan] = {}
    plan_watch: dict[int, Reference] = {}
    todo: list[tuple[Known, Any]] = []
    looked: list[Known] = []
    recount: list[Known] = []
    deaths: list[Reference] = []
    died = deaths.append
    collecting: list[
        Any
    ] = []  # while the collector runs: its generation, and known containers that it may free
    fast_base = meet_base = last_raw = 0
    top_address = top_held = 0

    # ---- writing

    def write(n: int, number: int, what: int, start: int, removed: int, words: Any, size: int = 0) -> None:
        nonlocal at, full
        count = len(words)
        after = at + 3 + count
        if full or after > end:
            full = True
            return
        heap_words[at] = n << 32 | number
        heap_words[at + 1] = what << 56 | start << 28 | removed
        heap_words[at + 2] = size << 32 | count
        if count > 4:
            heap_words[at + 3 : after] = words if type(words) is array else array("Q", words)
        else:
            place = at + 3
            for each in words:
                heap_words[place] = each
                place += 1
        at = after

    def plan_of(cls: type) -> heap_kinds.Plan:
        key = id(cls)
        plan = plans.get(key)
        if plan is None:
            plan = make_plan(cls)
            plan.text = number_of_text(form.T_TYPE, plan.name)
            if not heap_kinds.CPYTHON or heap_kinds.flags_of(cls) & heap_kinds.HEAP_TYPE:
                watch = Reference(cls, died)
                watch.key = key
                plan_watch[key] = watch
            plans[key] = plan
        return plan

    def register(value: Any, plan: heap_kinds.Plan, address: int, n: int) -> int:
        nonlocal total
        if full:
            return form.UNKNOWN
        total += 1
        o = Known()
        o.number, o.word, o.plan = total, total << 3 | form.V_OBJECT, plan
        o.address, o.seen, o.born = address, n, n
        o.count = o.left = o.tag = o.mark = 0
        o.plain = False
        o.pointers, o.words, o.kids, o.weak, o.text = None, None, {}, None, ""
        described = 0
        if plan.describe is not None:
            o.text = plan.describe(value)
            described = number_of_text(form.T_LEAF, o.text)
        size = 0
        if plan.sized:
            try:
                size = min(heap_kinds.size_of(value), 0xFFFFFFFF)
            except Exception:
                size = 0
        write(n, total, form.H_BORN, plan.text, 0, (address, described), size)
        if plan.weak:
            try:
                o.weak = Reference(value, died)
            except TypeError:
                pass
            else:
                o.weak.key = address
                o.seen = ALWAYS
        objects[address] = o
        if plan.kind != LEAF:
            todo.append((o, value))
        return o.word

    def forget(o: Known, n: int, cause: int) -> None:
        """An object is known to be gone."""
        nonlocal epoch
        epoch += 1
        if cause >= 0:
            write(n, o.number, form.H_FREED, cause, 0, NO_WORDS)
        o.number = 0
        o.weak = None
        if get(o.address) is o:
            del objects[o.address]

    def settle(n: int) -> None:
        cause = form.FREED_BY_COLLECTION + collecting[0] if collecting else form.FREED_BY_COUNT
        while deaths:
            watch = deaths.pop(0)
            o = get(watch.key)
            if o is not None and o.weak is watch:
                forget(o, n, cause if heap_kinds.CPYTHON else form.FREED_BY_COLLECTION)
            elif plan_watch.get(watch.key) is watch:
                del plan_watch[watch.key], plans[watch.key]

    # ---- words

    def ref(value: Any, n: int, held: int = 1) -> int:
        t = type(value)
        if t is int:
            if -limit < value < limit:
                return (value << 3 | 1) & MASK
            return integer(value)
        if t is str:
            if len(value) <= 200:
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
        o = get(id(value))
        if o is not None and o.seen >= n:
            if exact and o.plan.counted:
                count = (memory[o.address >> 3] & 0xFFFFFFFF) - fast_base - held
                if count != o.count:
                    note_count(o, count, n)
            return o.word
        return meet(value, t, n, held)

    def word(value: Any, n: int) -> int:
        """The same inside a look: what has to be looked at waits in `todo`, what to be counted in `recount`."""
        t = type(value)
        if t is int:
            if -limit < value < limit:
                return (value << 3 | 1) & MASK
            return integer(value)
        if t is str:
            if len(value) <= 200:
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
        writer = others.get(t)
        if writer is not None:
            return writer(value)
        if value is ...:
            return form.ELLIPSIS
        if deaths:
            settle(n)
        address = id(value)
        plan = plans.get(id(t)) or plan_of(t)
        o = get(address)
        if o is not None:
            if o.seen >= n:
                if plan.counted:
                    recount.append(o)
                return o.word
            if o.plan is plan:
                o.seen = n
                todo.append((o, value))
                return o.word
            forget(o, n, form.FREED_BY_COUNT if exact else -1)
        return register(value, plan, address, n)

    def meet(value: Any, t: type, n: int, held: int) -> int:
        nonlocal top_address, top_held
        r = enlist(value, t, n)
        if todo:
            top_address, top_held = id(value), held + meet_base
            drain(n)
            top_address = 0
            o = get(id(value))
            return r if o is None else o.word
        return r

    def note_count(o: Known, count: int, n: int) -> None:
        if 0 <= count < IMMORTAL and count != o.count:
            o.count = count
            write(n, o.number, form.H_COUNT, count, 0, NO_WORDS)

    def drain(n: int) -> None:
        """Look at everything that waits; again at containers of what turned out to be new objects."""
        nonlocal last_raw
        count = 0
        while True:
            before = epoch
            while todo:
                o, value = todo.pop()
                if not o.number:
                    continue
                if exact:
                    last_raw = memory[o.address >> 3] & 0xFFFFFFFF
                    count = last_raw - 1
                    if o.address == top_address:
                        count -= top_held
                look(o, value, n, count, False)
                if exact and o.number and o.plan.counted:
                    note_count(o, count, n)
                value = None
                looked.append(o)
            if epoch == before or not exact:
                break
            for o in looked[::-1]:
                if o.number and o.plan.kind != LEAF and get(o.address) is o:
                    value = from_address(o.address)
                    look(o, value, n, (memory[o.address >> 3] & 0xFFFFFFFF) - 1, True)
                    value = None
        looked.clear()
        if recount:
            if exact and not deaths:
                for o in recount:
                    if o.number and o.address != top_address:
                        note_count(o, memory[o.address >> 3] & 0xFFFFFFFF, n)
            recount.clear()

    # ---- looking at one object. `count`: its true reference count when it was met, 0 when it is told of or unknown

    def look(o: Known, value: Any, n: int, count: int, again: bool) -> None:
        kind = o.plan.kind
        if kind == LIST or kind == TUPLE:
            if exact:
                look_array(o, value, n, count, again)
            else:
                look_elements(o, value, n, count)
        elif kind == DICT or kind == ATTRIBUTES:
            look_items(o, value, n, count)
        elif kind == SET:
            look_set(o, value, n, count)
        elif kind == LEAF:
            if o.weak is None and o.plan.describe is not None and o.plan.describe(value) != o.text:
                renew(o, value, n)
        else:
            look_elements(o, value, n, count)

    def renew(o: Known, value: Any, n: int) -> None:
        """A new object stands at a known address."""
        plan, address = o.plan, o.address
        forget(o, n, form.FREED_BY_COUNT if exact else -1)
        register(value, plan, address, n)

    def is_new(o: Known, n: int, count: int) -> bool:
        """Whether an object that differs from what is known must be another one: see the module's docstring."""
        return count == 1 and o.born != n and o.weak is None and exact

    def kids_hold(o: Known) -> bool:
        """Whether the known elements of an object are the objects that they were at the last look."""
        for address, (_, r) in o.kids.items():
            kid = get(address)
            if kid is None or kid.word != r:
                return False
        o.mark = epoch
        return True

    def cut(o: Known, n: int, left: int) -> None:
        if left != o.left:
            o.left = left
            write(n, o.number, form.H_CUT, 0, min(left, (1 << 28) - 1), NO_WORDS)

    def look_array(o: Known, value: Any, n: int, count: int, again: bool) -> None:
        """A list or tuple, by the addresses of its elements."""
        place = o.address >> 3
        length = memory[place + 2]
        first = memory[place + 3] >> 3 if o.plan.kind == LIST else place + 3
        shown = length if length <= most else most
        now = bytearray(memory[first : first + shown]) if shown else bytearray()
        old = o.pointers
        if now == old:
            if o.mark != epoch and not kids_hold(o):
                again = True
            if not again and not (o.tag and (shown <= SHORT or count == 1)):
                if length - shown != o.left:
                    cut(o, n, length - shown)
                return
            words = array("Q", [word(each, n) for each in (value if shown == length else value[:shown])])
            if words == o.words:
                cut(o, n, length - shown)
                o.mark = epoch
                return
        elif is_new(o, n, count) and old is not None:
            renew(o, value, n)
            return
        else:
            words = None
        if old is None:
            words = array("Q", [word(each, n) for each in (value if shown == length else value[:shown])])
            start, removed, new = 0, len(o.words or ()), words
            fresh_kids = True
        elif words is not None:
            if is_new(o, n, count):
                renew(o, value, n)
                return
            start, removed, added = splice(o.words.tobytes(), words.tobytes())
            new = words[start : start + added]
            fresh_kids = True
        else:
            start, removed, added = splice(old, now)
            new = array("Q", [word(each, n) for each in value[start : start + added]])
            gone = old[start << 3 : start + removed << 3]
            fresh_kids = False
        if fresh_kids:
            if len(words) != shown:  # changed while it was looked at
                now = None
            o.words = words
            kids = {}
            if any(each & 7 == 3 for each in words):
                for address, each in zip(memoryview(now or b"").cast("Q"), words):
                    if each & 7 == 3:
                        kid = kids.get(address)
                        if kid is None:
                            kids[address] = [1, each]
                        else:
                            kid[0] += 1
            o.kids = kids
        else:
            if len(new) != added:
                o.pointers = None
                look_array(o, value, n, 0, again)
                return
            kids = o.kids
            if kids:
                for address, each in zip(memoryview(gone).cast("Q"), o.words[start : start + removed]):
                    if each & 7 == 3:
                        kid = kids.get(address)
                        if kid is not None:
                            kid[0] -= 1
                            if not kid[0]:
                                del kids[address]
            for address, each in zip(memoryview(now[start << 3 : start + added << 3]).cast("Q"), new):
                if each & 7 == 3:
                    kid = kids.get(address)
                    if kid is None:
                        kids[address] = [1, each]
                    else:
                        kid[0] += 1
            o.words[start : start + removed] = new
        o.mark = epoch
        o.pointers = now
        if not o.tag and any(each & 7 != 3 and each & 7 != 4 for each in new):
            o.tag = 1  # some element's address does not say what it is
        write(n, o.number, form.H_SEQUENCE, start, removed, new)
        cut(o, n, length - shown)

    def look_elements(o: Known, value: Any, n: int, count: int) -> None:
        """A sequence, by the values of its elements."""
        elements = o.plan.read(value)
        length = len(elements)
        shown = elements[:most]
        words = array("Q", [word(each, n) for each in shown])
        if words != o.words:
            old = o.words
            if old is None:
                write(n, o.number, form.H_SEQUENCE, 0, 0, words)
            elif is_new(o, n, count):
                renew(o, value, n)
                return
            else:
                start, removed, added = splice(old.tobytes(), words.tobytes())
                write(n, o.number, form.H_SEQUENCE, start, removed, words[start : start + added])
            o.words = words
        o.kids = {id(each): [1, r] for each, r in zip(shown, words) if r & 7 == 3}
        cut(o, n, length - len(shown))

    def look_set(o: Known, value: Any, n: int, count: int) -> None:
        """A set, by the values of its elements."""
        elements = o.plan.read(value)
        shown = elements[:most]
        now = {word(each, n): None for each in shown}
        old = o.words
        if old is None:
            write(n, o.number, form.H_SET, 0, 0, list(now))
        elif now.keys() != old.keys():
            if is_new(o, n, count):
                renew(o, value, n)
                return
            added = [r for r in now if r not in old]
            removed = [r for r in old if r not in now]
            if len(added) + len(removed) > len(now) >> 1:
                write(n, o.number, form.H_SET, 0, 0, list(now))
            else:
                if removed:
                    write(n, o.number, form.H_REMOVED, 0, 0, removed)
                if added:
                    write(n, o.number, form.H_ADDED, 0, 0, added)
        o.words = now
        o.kids = (
            {id(each): [1, r] for each, r in zip(shown, now) if r & 7 == 3} if len(now) == len(shown) else {}
        )
        cut(o, n, len(elements) - len(shown))

    def namespace(o: Known, value: Any) -> Any:
        """The dictionary that an object is or has; None: its attributes are not in one."""
        if o.plan.kind == DICT:
            return value
        if o.plan.read is heap_kinds.own_names:
            names = heap_kinds.attribute(value, "__dict__")
            return names if isinstance(names, dict) else None
        return None

    def look_items(o: Known, value: Any, n: int, count: int) -> None:
        """A mapping, or attributes: by the dictionary's own version where it has one, else by the values."""
        names = namespace(o, value)
        if tagged and names is not None:
            place = id(names) >> 3
            tag = memory[place + 3]
            if tag == o.tag and o.words is not None and (o.mark == epoch or kids_hold(o)):
                return
            pairs = list(heap_kinds.dict_items(names))
        else:
            tag = 0
            pairs = list(o.plan.read(value) if names is None else heap_kinds.dict_items(names))
        shown = pairs[:most]
        now = {}
        kids = {}
        plain = True
        for key, each in shown:
            k = word(key, n)
            now[k] = r = word(each, n)
            if r & 7 == 3:
                kids[id(each)] = [1, r]
            if k & 7 == 3:
                kids[id(key)] = [1, k]
                plain = False
        old = o.words
        if old is not None and (now != old or list(now) != list(old)) and is_new(o, n, count):
            renew(o, value, n)
            return
        write_items(o, n, old, now)
        o.words, o.kids, o.tag, o.mark, o.plain = now, kids, tag, epoch, plain and len(shown) == len(pairs)
        cut(o, n, len(pairs) - len(now))

    def write_items(o: Known, n: int, old: Any, now: Any) -> None:
        """Write what differs of a mapping."""
        mapping = o.plan.kind == DICT
        if old is not None:
            number = o.number
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
        write(n, o.number, form.H_MAPPING if mapping else form.H_ATTRIBUTES, 0, 0, flat)

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
        top_address, top_held = (
            o.address,
            ALWAYS,
        )  # the caller holds it, who knows how often: its count is not read
        drain(n)
        top_address = 0

    def stored(container: Any, key: Any, n: int) -> None:
        nonlocal at
        o = get(id(container))
        if o is None or deaths:
            touch(container, n)
            return
        t = type(container)
        if t is list and type(key) is int and exact and o.pointers is not None:
            length = memory[(o.address >> 3) + 2]
            if key < 0:
                key += length
            if 0 <= key < length and len(o.pointers) >> 3 == (length if length <= most else most):
                if key >= most:
                    return
                value = container[key]
                r = word(value, n)
                words = o.words
                old = words[key]
                if old & 7 == 3 or r & 7 == 3:
                    store_kid(o, key, old, id(value), r)
                elif not o.tag:
                    o.tag = 1
                put_word(o.pointers, key << 3, id(value))
                if r != old:
                    words[key] = r
                    if at + 4 <= end:
                        heap_words[at] = n << 32 | o.number
                        heap_words[at + 1] = form.H_SEQUENCE << 56 | key << 28 | 1
                        heap_words[at + 2] = 1
                        heap_words[at + 3] = r
                        at += 4
                    else:
                        write(n, o.number, form.H_SEQUENCE, key, 1, (r,))
                if todo or recount:
                    finish(o, n)
                return
        elif t is dict and (type(key) is str or type(key) is int) and store_item(o, container, key, n):
            return
        touch(container, n)

    def store_kid(o: Known, key: int, old: int, address: int, r: int) -> None:
        """The element at `key` becomes another one, and one of them is an object."""
        kids = o.kids
        if old & 7 == 3:
            had = int.from_bytes(o.pointers[key << 3 : (key << 3) + 8], "little")
            kid = kids.get(had)
            if kid is not None:
                kid[0] -= 1
                if not kid[0]:
                    del kids[had]
        if r & 7 == 3:
            kid = kids.get(address)
            if kid is None:
                kids[address] = [1, r]
            else:
                kid[0] += 1

    def store_item(o: Known, names: Any, key: Any, n: int) -> bool:
        """One item of a dictionary has been set; False: look at all of it."""
        words = o.words
        if words is None or not o.plain or o.left or len(words) >= most:
            return False
        k = word(key, n)
        old = words.get(k)
        if dict.__len__(names) != len(words) + (old is None):
            return False
        value = dict.get(names, key, NO_WORDS)
        if value is NO_WORDS:
            return False
        r = word(value, n)
        if (old or 0) & 7 == 3:
            o.tag = 0
            return False
        if r & 7 == 3:
            o.kids[id(value)] = [1, r]
        words[k] = r
        if tagged:
            o.tag = memory[(id(names) >> 3) + 3]
        if r != old:
            mapping = o.plan.kind == DICT
            write(n, o.number, form.H_MAPPING_ITEM if mapping else form.H_ATTRIBUTE, 0, 0, (k, r))
        if todo or recount:
            finish(o, n)
        return True

    def attribute_stored(value: Any, name: str, n: int) -> None:
        o = get(id(value))
        if o is not None and not deaths and o.plan.read is heap_kinds.own_names:
            names = heap_kinds.attribute(value, "__dict__")
            if type(names) is dict and type(name) is str and store_item(o, names, name, n):
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
            o = get(address)
            if o is None or address in done:
                continue
            done.add(address)
            value = from_address(address) if exact else root
            if o.plan is not plans.get(id(type(value))):
                continue
            if o.weak is None:
                o.seen = n
            look(o, value, n, 0, False)
            if todo or recount:
                finish(o, n)
            if exact:
                work.extend(o.kids)
            elif o.plan.kind != LEAF:
                work.extend(elements_of(o, value))
            value = None

    def elements_of(o: Known, value: Any) -> list[Any]:
        """All elements of an object that may be known objects themselves."""
        kind = o.plan.kind
        if kind == DICT or kind == ATTRIBUTES:
            names = namespace(o, value)
            pairs = o.plan.read(value) if names is None else heap_kinds.dict_items(names)
            return [each for pair in list(pairs) for each in pair]
        return list(o.plan.read(value))[:most]

    # ---- the collector

    def collected(phase: str, info: dict[str, int], n: int) -> tuple[int, int, int] | None:
        import gc

        settle(n)
        generation_ = info.get("generation", 0)
        if phase == "start":
            if exact:
                young = [each for g in range(generation_ + 1) for each in gc.get_objects(generation=g)]
                candidates = {id(each) for each in young} & objects.keys()
                del young
                collecting[:] = [generation_, {a for a in candidates if objects[a].weak is None}]
            else:
                collecting[:] = [generation_, set()]
            return None
        candidates = collecting[1] if collecting else set()
        collecting.clear()
        if candidates and info.get("collected", 0):
            alive = {id(each) for each in gc.get_objects()}
            for address in candidates - alive:
                o = get(address)
                if o is not None and o.weak is None:
                    forget(o, n, form.FREED_BY_COLLECTION + generation_)
        return generation_, info.get("collected", 0), info.get("uncollectable", 0)

    def calibrate() -> None:
        """Find how many references a call of `ref` itself makes, on this interpreter, by calling it."""
        nonlocal at, total, fast_base, meet_base
        trial: list[object] = []
        ref(trial, 1)
        meet_base = last_raw - 2
        ref(trial, 1)
        fast_base = objects[id(trial)].count
        objects.clear()
        for place in range(at):
            heap_words[place] = 0
        at = total = 0

    if exact and end > 64:
        calibrate()
    heap = Heap()
    heap.ref, heap.touch, heap.stored, heap.attribute_stored = ref, touch, stored, attribute_stored
    heap.sweep, heap.settle, heap.collected = sweep, settle, collected
    heap.pending, heap.exact, heap.texts = deaths, exact, writers
    heap._position = lambda: at
    heap._full = lambda: full
    return heap
