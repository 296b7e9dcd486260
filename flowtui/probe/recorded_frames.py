"""The frames of a program that is being recorded: what both drivers, `monitored` and `traced`, tell of events.

`make` gives functions that share their variables as cells of one scope: this is what every step of the learner's
program waits for, and a cell costs a fifth of an attribute. That is why the scope is longer than a function should be.
The order within a step is the format's: first the changes, its word last.

Objects of the program are held here only from the instruction that changes one to the next event, and those that a
running C function may change while it calls the program's functions. Frames and functions are known by their addresses,
never held.
"""

from __future__ import annotations

import _thread
import struct
import sys
from _thread import get_ident
from sys import _getframe as getframe
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType

from . import frame_stack, pure_calls
from .instruction_runs import (
    R_CELL,
    R_CONSTANT,
    R_GIVEN,
    R_LOOK,
    R_LOOK_NAME,
    R_NAME,
    R_TOUCH,
    R_UNSET,
    R_WORD,
    Runs,
)
from .line_plan import ATTRIBUTE, BY_LINE, CALL, ITEM, TOUCH, LinePlan
from .recording_format import (
    D_COLLECTED,
    D_FRAME,
    D_GLOBAL,
    D_NAME,
    D_OUTPUT,
    D_RESUMED,
    D_THREAD,
    D_VALUE,
    D_WIDE,
    INT_LIMIT,
    NULL,
    S_COLLECT,
    S_RAISE,
    S_RESUME,
    S_RETURN,
    S_THREAD,
    S_YIELD,
    THREAD_BEGINS,
    THROWN,
    UNSET,
    UNWOUND,
    V_INT,
    WIDE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import FrameType
    from typing import Any

    from .recorder import Recorder

VERSION = sys.version_info[:2]
#: Where a frame object points to its data, in bytes; before 3.11 it holds them.
DATA = getattr(frame_stack, "DATA", 0) if VERSION >= (3, 11) else 0
LOCALS = getattr(frame_stack, "LOCALS", 0)
SWEEP = -1
MASK = (1 << 64) - 1
MISSING: Any = object()
#: Places in a frame's record, which is a list: nothing is faster to make.
NUMBER, WORDS, LAST, PLAN, ADDRESS, WAITING, CELLS, NAMES, NAMED, AGAIN, AT = range(11)
KIND = 29
STARTS_THREAD = frozenset(
    [
        id(each)
        for name, each in vars(_thread).items()
        if name in ("start_new_thread", "start_new", "start_joinable_thread")
    ]
)
ATOMS = pure_calls.ATOMS
#: Frames of generators lie anywhere.
MOST_WINDOWS = 4096
READ = (R_WORD, R_TOUCH)
# what a change is, above its index
IN_FRAME, GLOBAL, NAME, VALUE, RESUMED, OUTPUT, COLLECTED, THREAD, PLACE = (
    each << 28
    for each in (D_FRAME, D_GLOBAL, D_NAME, D_VALUE, D_RESUMED, D_OUTPUT, D_COLLECTED, D_THREAD, D_WIDE)
)


class Space:
    """A module's namespace: the dictionary, and by name the last value recorded."""

    __slots__ = ("hidden", "index", "last", "names", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.names: dict[str, Any] = {}
        #: Names that were there before the module's code ran: the interpreter's.
        self.hidden: frozenset[str] = frozenset()
        self.last: dict[str, int] = {}
        self.index: dict[str, int] = {}

    def open(self, names: dict[str, Any]) -> None:
        """Begin with a module's dictionary."""
        self.names = names
        self.hidden = frozenset([name for name in names if type(name) is str])
        self.last.clear()


class Frames:
    """What `make` gives: its functions."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self.__dict__.update(functions)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def code_offset() -> int:
    """Where a function object has its code object, in words; reading ``__code__`` raises an audit event."""
    assert frame_stack.MEMORY is not None
    first = id(code_offset) >> 3
    words = list(frame_stack.MEMORY[first : first + 16])
    return words.index(id(code_offset.__code__))


def make(recorder: Recorder) -> Frames:
    """The functions for one recording.

    Args:
        recorder: gives the streams, the heap, the plans by the address of their code objects, and is told when a
            limit is reached.
    """
    steps, changes = recorder.streams.steps, recorder.streams.changes.cast("B")
    heap = recorder.heap
    plans = recorder.plans
    failed = recorder.failed
    by_instruction = recorder.by_instruction
    ref, touch, stored, attribute_stored = heap.ref, heap.touch, heap.stored, heap.attribute_stored
    deaths, note_deaths = heap.pending, heap.settle
    pack = struct.Struct("=QQ").pack_into
    memory: Any = frame_stack.MEMORY
    look: Any = vars(frame_stack)["from_address"] if VERSION < (3, 14) else frame_stack.value_of
    code_at = code_offset()
    pure, pure_types = pure_calls.ADDRESSES, pure_calls.TYPES
    method_of_type = pure_calls.MethodDescriptor
    spaces = recorder.spaces
    check = recorder.check
    n = m = made = 0
    check_at = recorder.first_check
    raised_word = UNSET
    frames: list[list[Any]] = []
    suspended: dict[int, list[Any]] = {}
    #: What may have been changed since the last event: (kind, object, key).
    dirty: list[tuple[int, Any, Any]] = []
    names_too = False
    nothing: Any = {}
    # of the frame on top
    cur: Any = None
    words: Any = ()
    last: Any = []
    base = 0
    plan_lines: Any = nothing
    waiting: Any = None  # what the line being executed can change
    run: Any = nothing  # what comes behind the instruction being executed
    events: Any = nothing
    mutations: Any = nothing
    at = 0  # that instruction's offset
    up_at_start, up_at_resume = 2, 1  # how far below the callbacks the program's frame is
    active = get_ident()
    threads: dict[int, list[Any]] = {active: [0]}
    named: dict[int, int] = {}
    top: Any = None  # the frame that a step's changes belong to without being named

    # ---- values

    def value_word(word: int, empty: int) -> int:
        """The recorded value of a slot's word that is no cell."""
        if word <= 1:
            return empty
        value = look(word)
        if type(value) is int and -INT_LIMIT < value < INT_LIMIT:
            return (value << 3 | V_INT) & MASK
        return ref(value, n)

    def write_slot(frame: list[Any], slot: int, value: int) -> None:
        nonlocal m
        if frame is not top:
            pack(changes, m, n << 32 | IN_FRAME, frame[NUMBER])
            m += 16
        pack(changes, m, n << 32 | slot, value)
        m += 16

    def slot_changed(frame: list[Any], slot: int, word: int) -> None:
        """A local slot has another word now; a cell's content may be another."""
        cells = frame[CELLS]
        frame[LAST][slot] = word
        if word > 1 and cells is not None and slot in cells:
            value = look(word)
            if type(value) is CellType:
                try:
                    value = value.cell_contents
                except ValueError:
                    value = MISSING
            if type(value) is int and 0 <= value < INT_LIMIT:
                found = value << 3 | V_INT
            else:
                found = UNSET if value is MISSING else ref(value, n)
            if found != cells[slot]:
                cells[slot] = found
                write_slot(frame, slot, found)
            return
        found = value_word(word, UNSET)
        if cells is not None and slot in cells:
            cells[slot] = found
        write_slot(frame, slot, found)

    def look_at_cells(frame: list[Any]) -> None:
        window_of_frame = frame[WORDS]
        for slot in frame[CELLS]:
            slot_changed(frame, slot, window_of_frame[slot])

    def cell_stored() -> None:
        """A cell was stored to: every frame that shares it shows the new value."""
        for frame in frames:
            if frame[CELLS] is not None:
                look_at_cells(frame)

    def global_changed(space: Space, name: str) -> None:
        nonlocal m
        value = space.names.get(name, MISSING)
        if type(value) is int and 0 <= value < INT_LIMIT:
            found = value << 3 | V_INT
        else:
            found = UNSET if value is MISSING else ref(value, n)
        if space.last.get(name, UNSET) != found:
            index = space.index.get(name)
            if index is None:
                index = space.index[name] = GLOBAL | space.number << 16 | recorder.name(name)
            space.last[name] = found
            pack(changes, m, n << 32 | index, found)
            m += 16

    def name_changed(frame: list[Any], name: str) -> None:
        """A name was stored by code that is no function: a module's, or a class body's."""
        nonlocal m
        names = frame[NAMES]
        if names is None:
            global_changed(frame[PLAN].space, name)
            return
        value = dict.get(names, name, MISSING)
        found = UNSET if value is MISSING else ref(value, n)
        if frame[NAMED].get(name, UNSET) != found:
            frame[NAMED][name] = found
            if frame is not top:
                pack(changes, m, n << 32 | IN_FRAME, frame[NUMBER])
                m += 16
            pack(changes, m, n << 32 | NAME | recorder.name(name), found)
            m += 16
        space = frame[PLAN].space
        if name in space.last:
            global_changed(space, name)

    # ---- objects that were changed

    def note_mutation(offset: int) -> Any:
        """The instruction at an offset is about to change an object; False when none ever does there."""
        mutation = cur[PLAN].mutations.get(offset)
        if mutation is None:
            return False
        kind, slot, count, name = mutation
        if kind == CALL:
            word = words[slot]
            if word <= 1:  # up to 3.12 NULL or a method lies below the callable or its object
                slot += 1
                count -= 1
                word = words[slot]
            if word > 1:
                call_made(look(word), slot + 1, count - 1)
            return True
        word = words[slot]
        if word > 1:
            owner = look(word)
            if kind == ITEM:
                dirty.append((ITEM, owner, look(words[slot + 1])))
            elif type(owner) not in ATOMS:
                dirty.append((kind, owner, name))
        return True

    def call_made(function: Any, first: int, count: int) -> None:
        """A call is about to be made, with `count` words from slot `first` on: what may it change?"""
        kind = type(function)
        if kind is FunctionType:
            if memory[(id(function) >> 3) + code_at] in plans:
                return
        elif id(function) in pure:
            return
        elif id(function) in STARTS_THREAD:
            recorder.threads_begin()
            return
        elif kind is method_of_type:
            if count and words[first] > 1:
                dirty.append((TOUCH, look(words[first]), None))
            return
        elif kind in pure_types or issubclass(kind, type):
            return
        elif kind is MethodType:
            function = function.__func__
            kind = type(function)
            if kind is FunctionType and memory[(id(function) >> 3) + code_at] in plans:
                return
        elif kind is BuiltinFunctionType:
            owner = function.__self__
            if type(owner) is not ModuleType and owner is not None:
                dirty.append((TOUCH, owner, None))
        elif kind not in pure_calls.IN_C and memory[(id(pure_calls.called(kind)) >> 3) + code_at] in plans:
            return
        arguments_of_call(function, kind, first, count)

    def arguments_of_call(function: Any, kind: type, first: int, count: int) -> None:
        """What is given to an unknown callable may be changed; a function in Python may change anything."""
        found = False
        for position in range(first, first + count):
            word = words[position]
            if word > 1:
                value = look(word)
                if type(value) is tuple:
                    found = True
                    dirty.extend([(TOUCH, each, None) for each in value[:16]])
                elif type(value) not in ATOMS:
                    found = True
                    dirty.append((TOUCH, value, None))
        if kind in pure_calls.IN_C:
            if id(function) in pure_calls.RUN_ANYTHING:
                dirty.append((SWEEP, None, None))
        elif found or kind is not FunctionType:
            dirty.append((SWEEP, None, None))

    def heap_work() -> None:
        """Look at what was changed since the last event."""
        unknown = False
        for kind, owner, key in dirty:
            if kind == ITEM:
                stored(owner, key, n)
            elif kind == ATTRIBUTE:
                if type(owner) is ModuleType:
                    module_changed(owner, key)
                else:
                    attribute_stored(owner, key, n)
                    continue
            elif kind == SWEEP:
                unknown = True
                continue
            else:
                touch(owner, n)
            if id(owner) in spaces:
                names_changed(spaces[id(owner)])
        dirty.clear()
        if unknown:
            sweep()

    def module_changed(module: Any, name: str) -> None:
        space = spaces.get(id(module.__dict__))
        if space is not None:
            global_changed(space, name)

    def names_changed(space: Space) -> None:
        """Any name of a module may have another value."""
        for name in [*space.last, *space.names]:
            if type(name) is str and (name in space.last or name not in space.hidden):
                global_changed(space, name)

    def sweep() -> None:
        """Something unknown has run: look at all objects, then (at the event) at all names."""
        nonlocal names_too
        names_too = True
        addresses: list[int] = []
        for frame in frames:
            for word in frame[WORDS][: frame[PLAN].locals].tolist():
                if word > 1:
                    value = look(word)
                    if type(value) is CellType:
                        try:
                            addresses.append(id(value.cell_contents))
                        except ValueError:
                            pass
                    else:
                        addresses.append(id(value))
            if frame[NAMES] is not None:
                addresses += map(id, dict.values(frame[NAMES]))
        for space in list(spaces.values()):
            addresses += map(id, space.names.values())
        heap.sweep(addresses, n)

    def look_at_names() -> None:
        """Look at all names and cells; what a run behind the call has stored is written by then."""
        nonlocal names_too
        names_too = False
        for frame in frames:
            if frame[CELLS] is not None:
                look_at_cells(frame)
            if frame[NAMES] is not None:
                for name in [*frame[NAMED], *frame[NAMES]]:
                    if type(name) is str:
                        name_changed(frame, name)
        for space in list(spaces.values()):
            names_changed(space)

    # ---- lines

    def settle() -> None:
        """Write what the line that was executed has changed; `n` is the step at which it is seen."""
        nonlocal m
        slots, names, flags = waiting
        if flags & 5 and BY_LINE:
            dirty.append((SWEEP, None, None))
            heap_work()
        for each in slots:
            slot = each >> 1
            word = words[slot]
            if word != last[slot] or each & 1:
                if word > 1 and cur[CELLS] is None:
                    value = look(word)
                    if type(value) is int and 0 <= value < INT_LIMIT:
                        last[slot] = word
                        if cur is not top:
                            pack(changes, m, n << 32 | IN_FRAME, cur[NUMBER])
                            m += 16
                        pack(changes, m, n << 32 | slot, value << 3 | V_INT)
                        m += 16
                        continue
                    if each & 1 and type(value) not in ATOMS:
                        touch(value, n)
                    value = None  # its references are counted there
                slot_changed(cur, slot, word)
        for name in names:
            if flags & 8:
                space = cur[PLAN].space
                value = (space.names if cur[NAMES] is None else cur[NAMES]).get(name)
                if type(value) not in ATOMS:
                    touch(value, n)
            name_changed(cur, name)
        if flags & 2:
            cell_stored()

    def line(code: object, number: int) -> None:
        """A line is about to be executed; the callback of LINE events."""
        nonlocal n, waiting
        try:
            n += 1
            if dirty:
                heap_work()
            if waiting is not None:
                settle()
            if names_too:
                look_at_names()
            if deaths:
                note_deaths(n)
            steps[n] = base | number
            waiting = plan_lines.get(number)
            if n >= check_at:
                limits()
        except BaseException as error:
            failed(error)

    # ---- instructions

    def flush(reads: Any) -> None:
        """Write what is seen at the steps behind the last one written, `n`; they are still to be written."""
        nonlocal n, m
        first = n
        cells = cur[CELLS]
        for j, kind, a, b in reads:
            n = first + j
            if kind in READ:
                word = words[a]
                if word > 1:
                    value = look(word)
                    if cells is None and type(value) is int and 0 <= value < INT_LIMIT:
                        pack(changes, m, n << 32 | b, value << 3 | V_INT)
                        m += 16
                        continue
                    if kind == R_TOUCH and type(value) not in ATOMS:
                        touch(value, n)
                if cells is not None and a in cells:
                    slot_changed(cur, a, word)
                    if a != b:
                        write_slot(cur, b, cells[a])
                    continue
                found = ref(value, n) if word > 1 else UNSET if b < cur[PLAN].locals else NULL
                pack(changes, m, n << 32 | b, found)
                m += 16
            elif kind == R_CONSTANT:
                pack(changes, m, n << 32 | b, a)
                m += 16
            elif kind == R_UNSET:
                if cells is not None and b in cells:
                    cells[b] = UNSET
                pack(changes, m, n << 32 | b, UNSET)
                m += 16
            elif kind == R_NAME:
                if b < 0:
                    name_changed(cur, a)
                else:
                    names = cur[NAMES]
                    value = (cur[PLAN].space.names if names is None else names).get(a)
                    pack(changes, m, n << 32 | b, ref(value, n))
                    m += 16
            elif kind == R_CELL:
                cell_stored()
            elif kind == R_LOOK:
                touch(look(words[a]), n)
            elif kind == R_LOOK_NAME:
                names = cur[NAMES]
                touch((cur[PLAN].space.names if names is None else names).get(a), n)
            elif kind == R_GIVEN:
                pack(changes, m, n << 32 | b, ref(given, n, 0))
                m += 16
        n = first

    given: Any = None

    def instruction(code: object, offset: int) -> Any:
        """An instruction may be about to be executed; False when it is none that has an event.

        What comes before a frame's RESUME is told of while the frame below is still on top here.
        """
        nonlocal n, run, at
        try:
            if cur is None or code is not cur[PLAN].code or offset not in events:
                return False
            if dirty:
                note_changes()
            todo = run.get(offset)
            if todo is not None:
                reads, count, run_words = todo
                if reads:
                    flush(reads)
                if count:
                    steps[n + 1 : n + 1 + count] = run_words
                    n += count
            n += 1
            if names_too:
                look_at_names()
            if deaths:
                note_deaths(n)
            steps[n] = base | offset >> 1 or the_first()
            at = offset
            run = events[offset]
            if offset in mutations:
                note_mutation(offset)
            if n >= check_at:
                limits()
        except BaseException as error:
            failed(error)
        return None

    def the_first() -> int:
        """The word for offset 0 of code object 0, which would be zero, the end of a recording."""
        nonlocal m
        pack(changes, m, n << 32 | PLACE, 0)
        m += 16
        return WIDE

    def flush_until(offset: int) -> None:
        """The frame on top is in the middle of a run, at an offset that is being executed."""
        nonlocal run, at
        if dirty:
            note_changes()
        if offset == at:
            return
        runs = cur[PLAN].runs
        todo = runs.until(at, offset)
        if todo is not None:
            write_run(*todo)
            at = offset
            run = runs.after(offset)

    def write_run(reads: Any, count: int, run_words: Any) -> None:
        nonlocal n
        flush(reads)
        if count:
            steps[n + 1 : n + 1 + count] = run_words
            n += count

    def write_stored(reads: Any) -> None:
        """An instruction that stores is dropping the old value: what it stored is seen at the next step."""
        nonlocal n, top
        n += 1
        top = None
        for _, kind, a, _b in reads:
            if kind == R_NAME:
                name_changed(cur, a)
            elif kind == R_CELL:
                cell_stored()
            else:
                slot_changed(cur, a, words[a])
        n -= 1

    def note_changes() -> None:
        """Look at changed objects; seen at the next step."""
        nonlocal n
        n += 1
        heap_work()
        n -= 1

    # ---- frames

    def leave_for(frame: FrameType) -> None:
        """Another frame begins or goes on: write what the one on top has changed so far."""
        nonlocal n, top
        if by_instruction:
            back = frame.f_back
            while back is not None and id(back) != cur[ADDRESS]:
                back = back.f_back
            if back is not None:
                offset = cur[PLAN].runs.owner.get(back.f_lasti, at)
                if offset != at:
                    flush_until(offset)
                stores = cur[PLAN].runs.stores.get(offset)
                if stores is not None:
                    write_stored(stores)
            cur[WAITING] = run
            cur[AT] = at
        else:
            cur[WAITING] = waiting
        top = None
        n += 1
        if dirty:
            cur[AGAIN] = dirty[:]
            heap_work()
            if names_too:
                look_at_names()
        if waiting is not None:
            settle()
        n -= 1

    def enter(plan: LinePlan, frame: FrameType, offset: int) -> None:
        """A frame begins; `offset` is its RESUME's."""
        nonlocal n, m, made, cur, words, last, base, plan_lines, waiting, run, events, mutations, at, top
        if by_instruction or waiting is not None or dirty:
            if cur is not None:
                leave_for(frame)
        elif cur is not None:
            cur[WAITING] = None
        n += 1
        made += 1
        first = memory[(id(frame) + DATA) >> 3] + LOCALS if DATA else id(frame) + LOCALS
        words = plan.windows.get(first)
        if words is None:
            if len(plan.windows) > MOST_WINDOWS:
                plan.windows.clear()
            words = plan.windows[first] = memory[first >> 3 : (first >> 3) + plan.size]
        last = plan.empty[:]
        base = plan.base
        cells = (plan.cells and dict.fromkeys(plan.cells, UNSET)) or None
        cur = top = [made, words, last, plan, id(frame), None, cells, None, None, None, 0]
        frames.append(cur)
        mutations = plan.mutations
        if by_instruction:
            events = plan.runs.events
            run = plan.runs.begin(offset, inclusive=False)
            at = ~offset
        else:
            plan_lines = plan.lines
            waiting = None
        for slot in plan.argument_slots:
            word = last[slot] = words[slot]
            if word > 1:
                value = look(word)
                if type(value) is int and 0 <= value < INT_LIMIT:
                    pack(changes, m, n << 32 | slot, value << 3 | V_INT)
                else:
                    pack(changes, m, n << 32 | slot, ref(value, n))
                m += 16
        if cells is not None:
            look_at_cells(cur)
        if not plan.optimized:
            begin_names(plan, frame)
        if deaths:
            note_deaths(n)
        steps[n] = plan.call_word

    def begin_names(plan: LinePlan, frame: FrameType) -> None:
        """A module's code or a class body begins: its names are in a dictionary."""
        if plan.is_module:
            recorder.module_begins(plan, frame)
            return
        names = frame.f_locals
        if issubclass(type(names), dict):
            cur[NAMES] = names
            cur[NAMED] = {}

    def leave(value: object, word: int, offset: int) -> None:
        """The frame on top ends or is suspended; `offset` is where it stands."""
        nonlocal n, m, given, cur, words, last, base, plan_lines, waiting, run, events, mutations, at, top
        if by_instruction:
            if dirty:
                note_changes()
            todo = run.get(~offset)
            if todo is not None:
                given = value
                write_run(*todo)
                given = None
            n += 1
        else:
            n += 1
            if dirty:
                heap_work()
            if waiting is not None:
                settle()
        if names_too:
            look_at_names()
        if type(value) is int and 0 <= value < INT_LIMIT:
            pack(changes, m, n << 32 | VALUE, value << 3 | V_INT)
        else:
            pack(changes, m, n << 32 | VALUE, raised_word if value is MISSING else ref(value, n, 0))
        m += 16
        steps[n] = word | base
        frames.pop()
        if frames:
            restore()
        else:
            cur = top = waiting = None
            words = ()
            run = mutations = nothing

    def restore() -> None:
        """The frame below is on top again."""
        nonlocal cur, words, last, base, plan_lines, waiting, run, events, mutations, at, top
        cur = top = frames[-1]
        plan = cur[PLAN]
        words = cur[WORDS]
        last = cur[LAST]
        base = plan.base
        mutations = plan.mutations
        if by_instruction:
            events = plan.runs.events
            run = cur[WAITING]
            at = cur[AT]
        else:
            plan_lines = plan.lines
            waiting = cur[WAITING]
        if cur[AGAIN] is not None:
            dirty.extend(cur[AGAIN])
            cur[AGAIN] = None

    def start(code: object, offset: int) -> None:
        """PY_START."""
        try:
            enter(plans[id(code)], getframe(up_at_start), offset)
        except BaseException as error:
            failed(error)

    def returned(code: object, offset: int, value: object) -> None:
        """PY_RETURN."""
        try:
            leave(value, S_RETURN << KIND, offset)
        except BaseException as error:
            failed(error)

    def yielded(code: object, offset: int, value: object) -> None:
        """PY_YIELD."""
        try:
            frame = cur
            leave(value, S_YIELD << KIND, offset)
            frame[WAITING] = plan_lines_of(frame, offset)
            suspended[frame[ADDRESS]] = frame
        except BaseException as error:
            failed(error)

    def plan_lines_of(frame: list[Any], offset: int) -> Any:
        """What the rest of a line that has yielded can still change."""
        return None if by_instruction else frame[PLAN].lines.get(frame[PLAN].line_of.get(offset))

    def resume(plan: LinePlan, frame: FrameType, offset: int, thrown: bool) -> None:
        """A suspended frame goes on; one that is not known begins."""
        nonlocal n, m, run, at
        record = suspended.pop(id(frame), None)
        if record is None or record[PLAN] is not plan:
            enter(plan, frame, offset)
            return
        if cur is not None:
            leave_for(frame)
        n += 1
        frames.append(record)
        record[AGAIN] = None
        restore()
        if record[CELLS] is not None:
            look_at_cells(record)
        if by_instruction:
            run = nothing if thrown else plan.runs.begin(offset, inclusive=False)
            at = ~offset
        pack(changes, m, n << 32 | RESUMED, record[NUMBER])
        m += 16
        steps[n] = S_RESUME << KIND | base | (THROWN if thrown else 0)

    def resumed(code: object, offset: int) -> None:
        """PY_RESUME."""
        try:
            resume(plans[id(code)], getframe(up_at_resume), offset, False)
        except BaseException as error:
            failed(error)

    def raised(value: object, offset: int, where: int) -> None:
        """An exception arises in the frame on top, or has come up to it."""
        nonlocal n, m, run, at, raised_word
        if by_instruction:
            offset = cur[PLAN].runs.owner.get(offset, offset)
            where = min(offset >> 1, WIDE)
            flush_until(offset)
            run = cur[PLAN].runs.sends.get(offset) or cur[PLAN].runs.handlers
            at = offset
            n += 1
        else:
            n += 1
            if dirty:
                heap_work()
            if waiting is not None:
                settle()
        if names_too:
            look_at_names()
        raised_word = ref(value, n, 0)
        pack(changes, m, n << 32 | VALUE, raised_word)
        m += 16
        steps[n] = S_RAISE << KIND | base | where

    def unwind(value: object = MISSING) -> None:
        """The frame on top is left by an exception (the last one that was raised)."""
        leave(value, S_RETURN << KIND | UNWOUND, -2)

    def collected(phase: str, info: dict[str, int], inside: bool) -> None:
        """The collector begins (phase "start") or has ended ("stop"); a step tells of what it freed.

        `inside`: the recorder's own work has set it off, a step is half written.
        """
        nonlocal n, m
        found = heap.collected(phase, info, n if inside else n + 1)
        if phase == "stop" and not inside and found is not None and (found[1] or found[2]):
            n += 1
            pack(changes, m, n << 32 | COLLECTED, found[0] << 56 | found[1] << 28 | found[2])
            m += 16
            steps[n] = S_COLLECT << KIND

    def output(stream: int, total: int) -> None:
        """So many bytes were written to a stream; seen at the next step."""
        nonlocal m
        pack(changes, m, n + 1 << 32 | OUTPUT | stream, total)
        m += 16

    # ---- threads

    def thread_is(ident: int) -> None:
        """Events of this thread follow; each has frames of its own. Held by the lock of whoever calls."""
        nonlocal \
            active, \
            n, \
            m, \
            frames, \
            dirty, \
            cur, \
            words, \
            last, \
            base, \
            plan_lines, \
            waiting, \
            run, \
            events, \
            mutations, \
            at, \
            top
        if ident == active:
            return
        threads[active][1:] = (
            frames,
            dirty,
            cur,
            words,
            last,
            base,
            plan_lines,
            waiting,
            run,
            events,
            mutations,
            at,
            top,
        )
        active = ident
        known: Any = threads.get(ident)
        name = recorder.thread_name(ident)
        if known is not None and not known[1] and ident in named and named[ident] != name:
            known = None  # the number of a thread that has ended is used again
        named[ident] = name
        begins = known is None
        if begins:
            known = threads[ident] = [
                recorder.thread_number(),
                [],
                [],
                None,
                (),
                [],
                0,
                nothing,
                None,
                nothing,
                nothing,
            ]
            known += [nothing, 0, None]
        _, frames, dirty, cur, words, last, base, plan_lines, waiting, run, events, mutations, at, top = known
        if begins:
            n += 1
        pack(changes, m, (n if begins else n + 1) << 32 | THREAD | name, known[0])
        m += 16
        if begins:
            steps[n] = S_THREAD << KIND | THREAD_BEGINS

    def thread_begins(ident: int) -> None:
        """A thread has begun; its number in the system may be that of one that has ended."""
        if ident in threads and ident != active and not threads[ident][1]:
            del threads[ident]
        thread_is(ident)

    def deeper() -> None:
        """Callbacks are called through those that tell threads apart."""
        nonlocal up_at_start, up_at_resume
        up_at_start, up_at_resume = 4, 2

    # ---- the whole

    def limits() -> None:
        nonlocal check_at
        check_at = check(n, m)

    def current() -> Any:
        """The address of the frame on top, 0 for none."""
        return cur[ADDRESS] if cur is not None else 0

    def extent() -> tuple[int, int]:
        """Steps, and bytes of changes."""
        return n, m

    return Frames(
        {
            "start": start,
            "returned": returned,
            "yielded": yielded,
            "resumed": resumed,
            "line": line,
            "instruction": instruction,
            "note_mutation": note_mutation,
            "call_made": call_made,
            "enter": enter,
            "resume": resume,
            "raised": raised,
            "unwind": unwind,
            "collected": collected,
            "output": output,
            "current": current,
            "thread_is": thread_is,
            "thread_begins": thread_begins,
            "deeper": deeper,
            "extent": extent,
        }
    )


__all__ = ["Frames", "Runs", "Space", "make"]
