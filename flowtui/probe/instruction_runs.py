"""Which instructions need an event of their own, and what is written for those in between.

A recorder that takes an event for every instruction is slow. From one event to the next the way is known when nothing
branches in between, so the steps of the *run* behind an event are written at the next one, from an array made here.
What the instructions of a run have put on the stack is read there too; so an instruction has an event of its own when

- it is where a branch leads to, or a handler begins: the event tells which way it went;
- it changes an object, which is looked up on the stack before;
- it takes away, or writes over, what the run put on the stack and what nobody has read yet. A value that goes straight
  into a local variable is read there; a truth value that a jump takes is told by where it went; what is returned or
  yielded comes with that event.

What is read: ``(j, kind, a, b)``, for the step j behind the event's own step. See the ``R_…`` names.
"""

from __future__ import annotations

import sys
from array import array

from .line_plan import CALL, STORES_CELL, STORES_NAME, YIELDS, Instruction, LinePlan, in_place
from .recording_format import DERIVED, FALSE, TRUE, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Dict, List, Optional, Tuple

    Read = Tuple[int, int, Any, Any]
    #: What is read, how many words of steps, and these words (a view of u32).
    Todo = Tuple[Tuple[Read, ...], int, Any]
    #: By the next event's offset; ``~offset`` for the return or yield at an offset.
    Run = Dict[int, Todo]

VERSION = sys.version_info[:2]
R_WORD = 0  # slot b has the value of the word in slot a
R_CONSTANT = 1  # slot b has the value a
R_TOUCH = 2  # as R_WORD; and the object there may have changed in place
R_NAME = 3  # the name a may have changed; then slot b, when it is not -1, has its value
R_CELL = 4  # the cell in slot a may have changed
R_UNSET = 5  # slot b is empty
R_GIVEN = 6  # slot b has what is returned or yielded
R_LOOK = 7  # the object in slot a may have changed
R_LOOK_NAME = 8  # the object that the name a has may have changed
#: Longer runs are cut.
LONGEST = 48
RETURNS = frozenset(("RETURN_VALUE", "RETURN_CONST"))
#: Instructions that can end in an exception handler without a RAISE event.
RERAISES = frozenset(("RERAISE", "END_ASYNC_FOR", "CLEANUP_THROW"))
#: These have an event: control leaves them in ways of their own.
OWN_EVENT = RERAISES | frozenset(
    ("SEND", "RETURN_GENERATOR", "END_SEND", "YIELD_FROM", "SETUP_WITH", "SETUP_ASYNC_WITH")
)
#: What these give is a bool (3.12's other comparisons may give anything).
BOOLS = frozenset(("IS_OP", "CONTAINS_OP", "UNARY_NOT", "TO_BOOL"))
PLAIN = (int, str, float, bool, type(None), bytes, complex, type(Ellipsis))
APPENDING = frozenset(
    ("LIST_APPEND", "SET_ADD", "MAP_ADD", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE")
)


def derived(one: Instruction) -> bool:
    """Whether a reader works out what it gives."""
    if one.name == "LOAD_CONST":
        return type(one.argval) in PLAIN
    return one.name in DERIVED


def loads_cell(one: Instruction, plan: LinePlan) -> bool:
    """Whether it may put a cell on the stack, where a reader knows the cell's content alone."""
    if VERSION < (3, 11) or "LOAD_FAST" not in one.name or not plan.cells:
        return False
    names = one.argval if isinstance(one.argval, tuple) else (one.argval,)
    return any(plan.index[name] in plan.cells for name in names)


def is_bool(one: Instruction) -> bool:
    """Whether its result is certainly True or False."""
    if one.name == "COMPARE_OP":
        return VERSION >= (3, 13) and bool(one.arg & 16)
    return one.name in BOOLS


def branches(one: Instruction) -> bool:
    """Whether it has two ways on."""
    name = one.name
    return one.target >= 0 and (
        name.startswith(("POP_JUMP", "JUMP_IF")) or name in ("FOR_ITER", "SEND", "FOR_LOOP")
    )


class Pending:
    """A value that an instruction of the run put on the stack and that is still to be read."""

    __slots__ = ("kind", "maker", "read", "step", "write")

    def __init__(self, step: int, maker: Instruction, slot: int, kind: int) -> None:
        self.step, self.maker, self.kind = step, maker, kind
        self.read: Any = slot
        self.write = slot


class NeedsEventError(Exception):
    """The run cannot go on into this instruction: it needs an event."""


class Walk:
    """Follows a run and collects what is to be read."""

    def __init__(self, plan: LinePlan) -> None:
        self.plan = plan
        self.step = 1
        self.words: List[int] = []
        self.reads: List[Any] = []
        #: By slot of the stack.
        self.pending: Dict[int, Pending] = {}
        self.stored: set[int] = set()
        self.cell_stored = False
        self.names: set[str] = set()
        self.watched: Dict[int, int] = {}

    def execute(self, one: Instruction, first: bool) -> None:
        """Take the effects of one instruction; what it gives is seen at `self.step`.

        Raises:
            NeedsEventError: it needs an event (never when it is the first).
        """
        plan = self.plan
        if one.before < 0 or (one.after < 0 and one.pops < 0):
            raise NeedsEventError
        top = plan.locals + one.before
        self._take(one, top, first)
        slots = [plan.index[name] for name in stored(one) if name in plan.index]
        if not first and (self.stored & set(slots) or (one.name in STORES_NAME and one.argval in self.names)):
            raise NeedsEventError
        for slot in slots:
            self.stored.add(slot)
            unset = one.name in ("DELETE_FAST", "LOAD_FAST_AND_CLEAR")
            self.reads.append([self.step, R_UNSET if unset else R_WORD, slot, slot])
        if one.name in STORES_NAME:
            self.names.add(one.argval)
            self.reads.append([self.step, R_NAME, one.argval, -1])
        elif one.name in STORES_CELL:
            if self.cell_stored and not first:
                raise NeedsEventError  # when one cell is looked at all are: none may have its next value already
            self.cell_stored = True
            self.reads.append([self.step, R_CELL, plan.index.get(one.argval, -1), -1])
        elif one.name in APPENDING:
            slot = top - one.arg - (2 if one.name == "MAP_ADD" else 1)
            self.reads.append([self.step, R_LOOK, slot, -1])
            self.watched[slot] = self.step
        self.give(one, one.after)

    def give(self, one: Instruction, after: int) -> None:
        """Note the results of an instruction that leaves the stack `after` deep."""
        plan = self.plan
        if one.name == "PRECALL":  # it may take a method apart: function and self in its place
            bottom = plan.locals + one.before - one.arg - 2
            after = one.before - one.arg
        elif one.pops < 0 or (derived(one) and not loads_cell(one, plan)):
            return
        else:
            bottom = plan.locals + one.before - one.pops
        if one.name == "FOR_ITER" and VERSION >= (3, 15):
            bottom -= 1  # an index lies above what is iterated, and is counted up
            uncounted = self.pending.get(bottom)
            if uncounted is not None:
                uncounted.kind, uncounted.read = R_CONSTANT, UNKNOWN
        kind = R_TOUCH if in_place(one) else R_WORD
        for slot in range(bottom, plan.locals + after):
            pending = Pending(self.step, one, slot, kind)
            self.pending[slot] = pending
            self.reads.append(pending)

    def _take(self, one: Instruction, top: int, first: bool) -> None:
        """Settle what becomes of values that nobody has read when `one` takes them."""
        count = one.pops if one.pops >= 0 else one.before
        if one.name == "PRECALL" and not first:
            callables = top - one.arg - 2, top - one.arg - 1
            if any(slot in self.pending for slot in callables):
                raise NeedsEventError
        for slot in range(top - count, top):
            if slot in self.watched and not first:
                raise NeedsEventError
            pending = self.pending.pop(slot, None)
            if pending is None or first:
                continue
            if one.name.startswith("STORE_FAST") and not isinstance(one.argval, tuple):
                pending.read = self.plan.index[one.argval]
            elif one.name == "STORE_FAST_STORE_FAST" or one.name == "STORE_FAST_LOAD_FAST":
                names = one.argval
                pending.read = self.plan.index[names[0] if slot == top - 1 else names[1]]
            elif one.name in ("STORE_NAME", "STORE_GLOBAL"):
                if pending.kind == R_TOUCH:
                    self.reads.append((pending.step, R_LOOK_NAME, one.argval, -1))
                pending.read = one.argval
                pending.kind = R_NAME
            elif one.name in RETURNS or one.name == "YIELD_VALUE":
                pending.kind = R_GIVEN
            elif (
                one.name.startswith("POP_JUMP")
                and one.name.endswith(("TRUE", "FALSE"))
                and is_bool(pending.maker)
            ):
                pending.kind = R_CONSTANT
            else:
                raise NeedsEventError

    def finish(self, jumped: bool = False, branch: Optional[Instruction] = None) -> Todo:
        """What is to be done when the run has come to its end."""
        reads: List[Read] = []
        for each in self.reads:
            if not isinstance(each, Pending):
                reads.append(tuple(each))
            elif each.kind == R_CONSTANT:
                word = each.read
                if branch is not None:
                    word = TRUE if branch.name.endswith("TRUE") == jumped else FALSE
                reads.append((each.step, R_CONSTANT, word, each.write))
            else:
                reads.append((each.step, each.kind, each.read, each.write))
        reads.sort(key=lambda read: (read[0], read[1] != R_LOOK_NAME))
        words = memoryview(array("I", self.words)) if self.words else None
        return tuple(reads), len(self.words), words


def stored(one: Instruction) -> Tuple[str, ...]:
    """The locals that it binds or unbinds, without those whose cell is made."""
    name = one.name
    if "_FAST" not in name or not ("STORE" in name or "DELETE" in name or "CLEAR" in name):
        return ()
    value = one.argval
    if name == "STORE_FAST_LOAD_FAST":
        return (value[0],)
    return value if isinstance(value, tuple) else (value,)


def exit_of(plan: LinePlan, one: Instruction) -> int:
    """Where a FOR_ITER leads to at its end.

    It skips END_FOR (and 3.13's POP_TOP). The specialised form for generators executes them, which is no step either.
    """
    target = plan.by_offset.get(one.target)
    for name in ("END_FOR", "POP_TOP") if VERSION < (3, 14) else ("END_FOR",):
        if target is not None and target.name == name and (name == "END_FOR" or VERSION == (3, 13)):
            target = plan.by_offset.get(target.next)
    return target.offset if target is not None else one.target


class Runs:
    """The runs of one code object.

    Attributes:
        events: by the offset of an instruction with an event its run.
        handlers: what may come after an exception: the beginnings of handlers.
    """

    def __init__(self, plan: LinePlan) -> None:
        self._plan = plan
        self._events = self._certain()
        self.handlers: Run = {
            offset: (tuple([(1, R_WORD, slot, slot) for slot in slots]), 0, None)
            for offset, slots in plan.handlers.items()
        }
        work = list(self._events)
        resumed = [one.offset for one in plan.instructions if one.name == "RESUME"]
        for offset in resumed:
            self._discover(offset, work, True)
        if not resumed and plan.instructions:
            self._events.add(plan.instructions[0].offset)  # before 3.11 a frame begins without an instruction
            work.append(plan.instructions[0].offset)
        while work:
            self._discover(work.pop(), work, False)
        self.events: Dict[int, Run] = {}
        for offset in self._events:
            self.events[offset] = self.after(offset)
        #: By the offset of a SEND: a StopIteration that it catches itself is an exception too, and it goes on.
        self.sends = {
            at: {**self.handlers, **run}
            for at, run in self.events.items()
            if plan.by_offset[at].name in ("SEND", "YIELD_FROM")
        }
        self._from: Dict[Tuple[int, bool], Run] = {}
        self._partial: Dict[Tuple[int, int], Todo] = {}
        #: By the offset of an instruction that stores: what is seen of that already while it drops the old value.
        self.stores: Dict[int, Tuple[Read, ...]] = {}
        for one in plan.instructions:
            slots = [plan.index[name] for name in stored(one) if name in plan.index]
            unset = one.name == "DELETE_FAST"
            if slots and one.before >= 0:
                self.stores[one.offset] = tuple(
                    [(1, R_UNSET if unset else R_WORD, slot, slot) for slot in slots]
                )
            elif one.name in STORES_NAME:
                self.stores[one.offset] = ((1, R_NAME, one.argval, -1),)
            elif one.name in STORES_CELL:
                self.stores[one.offset] = ((1, R_CELL, plan.index.get(one.argval, -1), -1),)
        #: By any offset that of its instruction (3.12's frames stand at an instruction's last cache while it calls).
        self.owner: Dict[int, int] = {}
        for one in plan.instructions:
            end = one.next if one.next >= 0 else one.offset + 2
            for offset in range(one.offset, end, 2):
                self.owner[offset] = one.offset

    def _certain(self) -> set[int]:
        """Instructions that need an event wherever a run comes from."""
        plan = self._plan
        found = set(plan.handlers)
        if VERSION < (3, 9):  # ways through a ``finally`` that the bytecode alone does not tell
            return {one.offset for one in plan.instructions}
        for one in plan.instructions:
            if one.before < 0:
                continue
            name = one.name
            mutation = plan.mutations.get(one.offset)
            if branches(one):
                found.update((exit_of(plan, one) if one.name == "FOR_ITER" else one.target, one.next))
            if (
                (mutation is not None and name not in APPENDING and not in_place(one))
                or name in OWN_EVENT
                or (mutation is not None and mutation[0] == CALL)
            ):
                found.add(one.offset)
            if (name in RERAISES or (VERSION < (3, 11) and name in YIELDS)) and one.next >= 0:
                found.add(one.next)
        return {offset for offset in found if offset in plan.by_offset}

    def _discover(self, start: int, work: List[int], inclusive: bool) -> None:
        """Follow the run from an event; an instruction that stops it becomes an event."""
        stopped = self._walk(start, inclusive, None)
        if isinstance(stopped, int) and stopped not in self._events:
            self._events.add(stopped)
            work.append(stopped)

    def after(self, offset: int) -> Run:
        """The run behind an instruction."""
        found = self._walk(offset, False, None)
        assert isinstance(found, dict)
        return found

    def begin(self, offset: int, *, inclusive: bool) -> Run:
        """The run from a RESUME on, which is a step itself or not; the value sent lies on the stack."""
        if offset < 0:
            return {one.offset: ((), 0, None) for one in self._plan.instructions[:1]}
        if VERSION < (3, 11):
            one = self._plan.by_offset.get(self._plan.by_offset[offset].next)
            if one is None or one.before < 1:
                return {}
            if VERSION < (3, 10):
                return {one.offset: ((), 0, None)}  # where the value sent lies is not certain there
            slot = self._plan.locals + one.before - 1
            return {one.offset: (((1, R_WORD, slot, slot),), 0, None)}
        key = offset, inclusive
        if key not in self._from:
            found = self._walk(offset, True, None, silent=not inclusive)
            assert isinstance(found, dict)
            self._from[key] = found
        return self._from[key]

    def until(self, start: int, offset: int) -> Optional[Todo]:
        """What to do when the run behind `start` is at `offset`, which is being executed; None off the run.

        A negative `start` is the ``~offset`` of a RESUME that the frame has begun with.
        """
        key = start, offset
        if key not in self._partial:
            begins = start < 0
            found = self._walk(~start if begins else start, begins, offset, silent=begins)
            if not isinstance(found, tuple):
                return None
            self._partial[key] = found
        return self._partial[key]

    def _walk(self, start: int, inclusive: bool, until: Optional[int], silent: bool = False) -> Any:
        """A run as a dictionary, or (with `until`) the one thing to do, or the offset of what needs an event."""
        plan = self._plan
        walk = Walk(plan)
        one = plan.by_offset[start]
        run: Run = {}
        try:
            if inclusive:
                if one.arg & 3 and one.before > 0:  # resumed after a yield or await
                    slot = plan.locals + one.before - 1
                    # read before the next instruction takes it and another value lies there
                    sent = walk.pending[slot] = Pending(1, one, slot, R_WORD)
                    walk.reads.append(sent)
                if not silent:
                    walk.words.append(plan.base | one.offset >> 1)
                    walk.step += 1
            elif one.name in RERAISES:
                run.update(self.handlers)
            if not inclusive:
                walk.execute(one, True)
        except NeedsEventError:
            return dict(self.handlers)
        count = 0
        while True:
            if one.name in RETURNS or one.name == "YIELD_VALUE":
                run[~one.offset] = walk.finish()
                return run
            if branches(one):
                return self._fork(walk, one, run)
            if one.name == "RAISE_VARARGS" or one.name in ("RERAISE",):
                return run
            following = one.target if one.target >= 0 and one.name.startswith("JUMP") else one.next
            if following in self._events:
                run[following] = walk.finish()
                return run
            following_one = plan.by_offset.get(following)
            if following_one is None or following_one.before < 0:
                return run
            count += 1
            if count > LONGEST:
                return following
            one = following_one
            try:
                if until == one.offset:
                    walk.words.append(plan.base | one.offset >> 1)
                    return self._at(walk, one)
                walk.step += 1
                walk.execute(one, False)
            except NeedsEventError:
                return one.offset
            walk.words.append(plan.base | one.offset >> 1)

    def _at(self, walk: Walk, one: Instruction) -> Todo:
        """The run stands in the middle of an instruction: what it takes may have gone already."""
        walk._take(one, self._plan.locals + one.before, False)
        reads = [
            each
            for each in walk.reads
            if not (isinstance(each, Pending) and each.kind in (R_CONSTANT, R_GIVEN))
        ]
        walk.reads = reads
        return walk.finish()

    def _fork(self, walk: Walk, one: Instruction, run: Run) -> Run:
        """Both ways behind a branch; a value that only one of them has is read there."""
        kept = list(walk.reads)
        if one.name == "FOR_ITER":
            run[one.next] = walk.finish()
            # the iterator is gone then, and nobody has seen it
            below = 2 if VERSION >= (3, 15) else 1
            iterator = walk.pending.get(self._plan.locals + one.before - below)
            walk.reads = [each for each in kept if not (isinstance(each, Pending) and each.maker is one)]
            if iterator is not None:
                iterator.kind, iterator.read = R_CONSTANT, UNKNOWN
            run[exit_of(self._plan, one)] = walk.finish()
        elif one.name == "SEND":
            run[one.next] = walk.finish()
            for each in walk.reads:  # 3.11 takes the receiver away when it jumps
                if VERSION < (3, 12) and isinstance(each, Pending) and each.maker is one:
                    each.read -= 1
                    each.write -= 1
            run[one.target] = walk.finish()
            run.update(self.handlers)
        else:
            run[one.next] = walk.finish(False, one)
            run[one.target] = walk.finish(True, one)
        return run
