"""Whether `frame_stack` reads this very interpreter's frames rightly: run once in a process of its own.

It executes a program of every kind of control flow and compares, at each instruction, what is read with what must be
there: as many values as the bytecode says; below what the last instruction took, the same words as before; on top, what
the instruction is known to put there, which is told from objects at hand. Nothing that was read is taken for an object
until its address is that of one. A wrong offset may crash the process all the same, and that is a verdict too.

The verdict is one line of JSON: ``{"exact": whether all agreed, "events": …, "checked": …, "reason": text}``.
"""

from __future__ import annotations

import dis
import sys

from . import depth, frame_stack
from .operand_counts import pops

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType, FrameType
    from typing import Any

    Words = list[int]

VERSION = sys.version_info[:2]
#: Fewer comparisons than this prove nothing.
ENOUGH = 600
PROGRAM = """
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def arguments(a, b=2, *rest, c=3, **more):
    return [a, b, *rest, c, *more.values()]

def loops(rows):
    total = 0
    for row in rows:
        for x in row:
            if x == 3:
                continue
            total += x
        else:
            total -= 1
    while total > 0:
        total //= 2
        if total == 5:
            break
    return total

def caught(f, *given):
    try:
        try:
            return f(*given)
        except KeyError as error:
            return error.args[0]
        except (TypeError, ValueError):
            raise LookupError("again")
        else:
            pass
    except LookupError:
        return "lookup"

def fails(kind):
    raise kind("wrong")

class Manager:
    count = 0
    def __enter__(self):
        self.count += 1
        return self
    def __exit__(self, *why):
        self.count -= 1
        return why[0] is not None

def managed():
    with Manager() as one, Manager() as other:
        one.count += other.count
    return one.count

def numbers(n):
    for i in range(n):
        got = yield i
        if got:
            yield got

def through():
    return (yield from numbers(3))

async def waits(n):
    return n

async def together():
    return [await waits(1), await waits(2)]

def finish(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value

def closures():
    count = 0
    def up(by):
        nonlocal count
        count += by
        return lambda: count
    return [up(i)() for i in range(3)], {i: i * i for i in range(3)}, {i % 2 for i in range(4)}

def operators(a, b):
    first, *middle, (last, end) = [a, b, 3, (4, 5)]
    text = f"{a!r:>4}{b}" + ("x" if a < b < 10 else "y")
    pair = a, b
    a, b = b, a
    a, b, first = first, a, b
    table = {**{"k": a}, "v": [b, a][0:1]}
    del table["k"]
    table["w"] = -a if not b else a and b or first
    return text, pair, middle, last, end, a is b, a in pair, table

def everything():
    generator = numbers(3)
    sent = [next(generator), generator.send("got"), list(generator)]
    generator = numbers(2)
    next(generator)
    generator.close()
    return (
        fib(8), arguments(1, 2, 3, c=4, d=5), loops([[1, 2, 3], [4, 50]]), caught(len, "abc"),
        caught(fails, KeyError), caught(fails, ValueError), managed(), sent, list(through()),
        finish(together()), closures(), operators(1, 2), sorted([3, 1, 2], key=lambda x: -x),
    )

everything()
"""
#: 3.8 enters a `finally` in three ways, with stacks of different depths, of which the bytecode tells one.
FINALLY = """
def at_last(value):
    try:
        fails(value)
    except KeyError:
        value = 1
    finally:
        value = [value]
    try:
        with Manager():
            fails(ValueError)
        return value
    finally:
        value = 2
at_last(KeyError)
"""
MATCH = """
def matched(value):
    match value:
        case [1, *rest] if rest:
            return rest
        case {"k": found, **more}:
            return found, more
        case complex(real=0):
            return "imaginary"
        case _:
            return None
[matched(each) for each in ([1, 2], [1], {"k": 1, "z": 2}, 2j, "s")]
"""
GROUPS = """
def groups():
    try:
        raise ExceptionGroup("two", [KeyError(1), ValueError(2)])
    except* KeyError as error:
        return_value = error
    except* ValueError:
        pass
groups()
"""


class Check:
    """Compares every stack of the code objects that it is given."""

    def __init__(self) -> None:
        self.events = self.checked = 0
        self.failed = ""
        self.codes: dict[CodeType, dict[int, Any]] = {}
        self.slots: dict[CodeType, int] = {}
        #: By frame: the instruction at its last event, and the words that its slots had then.
        self.last: dict[FrameType, tuple[Any, Words]] = {}

    def add(self, code: CodeType) -> None:
        """Take a code object and all inside it: by offset (instruction, depth, next offset, jump target)."""
        plain = list(dis.get_instructions(code))
        offsets = [each.offset for each in plain]
        targets = [each.argval if each.opcode in depth.JUMPS else -1 for each in plain]
        table: list[Any] = []
        read = getattr(dis, "_parse_exception_table", None)
        if read is not None and getattr(code, "co_exceptiontable", b"") != b"":
            table = [(each.start, each.end, each.target, each.depth, bool(each.lasti)) for each in read(code)]
        flow = depth.Flow(
            offsets, [each.opcode for each in plain], [each.arg for each in plain], targets, table
        )
        before = flow.run().before
        following = [*offsets[1:], -1]
        rows = zip(plain, before, following, targets)
        self.codes[code] = {each.offset: (each, *rest) for each, *rest in rows}
        self.slots[code] = frame_stack.slot_count(code)
        for constant in code.co_consts:
            if isinstance(constant, type(code)):
                self.add(constant)

    def see(self, frame: FrameType, code: CodeType, offset: int) -> None:
        """An instruction of a frame is about to be executed."""
        if self.failed:
            return
        self.events += 1
        row = self.codes[code][offset]
        slots = self.slots[code]
        deep = frame_stack.depth(frame, slots)
        name = row[0].opname
        if deep >= 0 and deep != row[1]:
            self.failed = "%s:%s: %d values on the stack, not %d" % (code.co_name, name, deep, row[1])
            return
        words = frame_stack.window(frame, slots + row[1]).tolist()
        last = self.last.get(frame)
        self.last[frame] = row, words
        if last is None:
            return
        before, old = last
        plainly = offset in (before[2], before[3]) and before[0].opname not in ("RAISE_VARARGS", "RERAISE")
        if plainly and name != "PUSH_EXC_INFO" and not self.fits(frame, before, old, words, slots, offset):
            self.failed = "%s: after %s the stack is not as it must be" % (code.co_name, before[0].opname)
        self.checked += plainly

    def fits(self, frame: FrameType, row: Any, old: Words, new: Words, slots: int, offset: int) -> bool:
        """Whether the words are what an instruction makes of the old ones."""
        one = row[0]
        name, arg = one.opname, one.arg or 0
        count = pops(name, arg)
        if name == "PRECALL":  # it may take a method apart
            count = arg + 2
        elif name == "FOR_ITER" and (VERSION >= (3, 15) or offset == row[3]):
            count = 1
        elif name == "SEND":
            count = 2
        tag = frame_stack.TAG
        if count >= 0:
            kept = len(old) - count
            if kept < slots or len(new) < kept:
                return False
            if [word & tag for word in old[slots:kept]] != [word & tag for word in new[slots:kept]]:
                return False
        expected = self.expected(frame, one, old, new)
        top = new[len(new) - len(expected) :]
        return all(address is None or word & tag == address for word, address in zip(top, expected))

    def expected(self, frame: FrameType, one: Any, old: Words, new: Words) -> list[Any]:
        """The addresses that an instruction must have put on top; None for one that is not known."""
        name, arg, tag = one.opname, one.arg or 0, frame_stack.TAG
        if name in ("LOAD_CONST", "LOAD_SMALL_INT"):
            return [id(one.argval)]
        if name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"):
            return [new[arg] & tag]
        if name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"):
            return [new[arg >> 4] & tag, new[arg & 15] & tag]
        if name == "STORE_FAST":
            return [] if new[arg] & tag == old[-1] & tag else [-1]
        if name == "LOAD_GLOBAL":
            names = frame.f_globals if one.argval in frame.f_globals else frame.f_builtins
            address = id(names[one.argval])
            if VERSION < (3, 11) or not arg & 1:
                return [address]
            return [address, 0] if VERSION >= (3, 13) else [0, address]
        if name == "PUSH_NULL":
            return [0]
        if name in ("COPY", "DUP_TOP"):
            return [old[-(arg or 1)] & tag]
        if name in ("SWAP", "ROT_TWO"):
            return [old[-1] & tag, *[None] * ((arg or 2) - 2), old[-(arg or 2)] & tag]
        if name in ("BUILD_LIST", "BUILD_TUPLE") and arg:
            made = frame_stack.value_of(new[-1])
            kind = list if name == "BUILD_LIST" else tuple
            parts = [frame_stack.value_of(word) for word in old[-arg:]]
            return [] if type(made) is kind and list(map(id, made)) == list(map(id, parts)) else [-1]
        return []

    def leave(self, frame: FrameType, value: object) -> None:
        """A frame returns or yields a value."""
        row, words = self.last.get(frame, (None, []))
        if row is not None and row[0].opname == "RETURN_VALUE" and words:
            self.checked += 1
            if words[-1] & frame_stack.TAG != id(value):
                self.failed = self.failed or "what is returned is not on top of the stack"
        if row is not None and row[0].opname.startswith("RETURN"):
            self.last.pop(frame, None)


def watch(check: Check, code: CodeType) -> None:
    """Execute a code object with every instruction seen."""
    busy = False

    def tell(*event: Any) -> None:
        nonlocal busy
        if not busy:  # no event of what this module itself executes
            busy = True
            try:
                (check.leave if len(event) == 2 else check.see)(*event)
            except Exception as error:  # it must not come out in the middle of the program
                check.failed = check.failed or "%s: %s" % (type(error).__name__, error)
            finally:
                busy = False

    namespace: dict[str, Any] = {"__name__": "selftest"}
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is not None:
        events = monitoring.events
        frame_of = sys._getframe
        monitoring.use_tool_id(monitoring.DEBUGGER_ID, "flowtui")
        register = monitoring.register_callback
        tool = monitoring.DEBUGGER_ID
        register(tool, events.INSTRUCTION, lambda code, offset: tell(frame_of(1), code, offset))
        register(tool, events.PY_RETURN, lambda code, offset, value: tell(frame_of(1), value))
        for each in check.codes:
            monitoring.set_local_events(tool, each, events.INSTRUCTION | events.PY_RETURN)
        exec(code, namespace)  # noqa: S102  # our own program
        for each in check.codes:
            monitoring.set_local_events(tool, each, 0)
        monitoring.free_tool_id(tool)
        return

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code not in check.codes:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            tell(frame, frame.f_code, frame.f_lasti)
        elif event == "return":
            tell(frame, argument)
        return trace

    sys.settrace(trace)
    try:
        exec(code, namespace)  # noqa: S102  # our own program
    finally:
        sys.settrace(None)


def verdict() -> dict[str, Any]:
    """Try it out; the keys are those of the line that is printed."""
    check = Check()
    reason = frame_stack.reason()
    if not reason:
        more = {(3, 9): FINALLY, (3, 10): MATCH, (3, 11): GROUPS}
        text = PROGRAM + "".join([part for first, part in more.items() if first <= VERSION])
        code = compile(text, "<selftest>", "exec", 0, True)
        check.add(code)
        try:
            watch(check, code)
        except Exception as error:
            check.failed = check.failed or "%s: %s" % (type(error).__name__, error)
        reason = check.failed
        if not reason and check.checked < ENOUGH:
            reason = "only %d comparisons were made" % check.checked
    return {"exact": not reason, "events": check.events, "checked": check.checked, "reason": reason}


def main() -> int:
    """Print the verdict; the exit status says nothing."""
    import json

    print(json.dumps(verdict()))  # noqa: T201  # its own standard output, read by the parent
    return 0
