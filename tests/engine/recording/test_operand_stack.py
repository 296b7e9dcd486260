"""Rebuilt operand stacks against really read ones, at every step of programs of every kind."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import random
import tempfile
from array import array
from bisect import bisect_right
from pathlib import Path

import msgspec
import pytest

from flowtui.engine.recording.operand_stack import StackRebuilder, constant
from flowtui.engine.recording.stack_moves import DEEPEST, CodeMoves
from flowtui.model.stages import CodeTable
from flowtui.probe.recording_format import DERIVED, ELLIPSIS, FALSE, NONE, NULL, TRUE, UNSET, V_INT, V_TEXT
from tests import interpreters
from tests.recording.kinds import KINDS, NEEDS

HERE = Path(__file__).parent
PROBE = HERE.parents[2] / "flowtui" / "probe"
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]
WORDS = {NONE: "None", TRUE: "True", FALSE: "False", NULL: "NULL", UNSET: "-", ELLIPSIS: "Ellipsis"}


async def truth(python, text):
    """The table of a program, and what really lies on its stacks."""
    with tempfile.TemporaryDirectory() as folder:
        program, events = Path(folder, "program.py"), Path(folder, "events")
        program.write_text(text, encoding="utf-8", errors="surrogatepass")
        words = [python, "-I", str(HERE / "stack_truth.py"), str(PROBE), str(program)]
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            'exec "$@" 3>"$0"',
            str(events),
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "PYTHONIOENCODING": "utf-8:surrogatepass"},
        )
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        lines = events.read_text(encoding="utf-8").splitlines()
    head, columns = json.loads(lines[0])
    head["milliseconds"] = 0.0
    wide = {name: array("q" if name == "arg" else "i", values) for name, values in columns.items()}
    return CodeTable.from_frame(head, wide), [json.loads(line) for line in lines[1:]]


class Fake:
    """A recording of true events: what a recorder writes of them, and no more."""

    def __init__(self, table, events):
        self.table, self.events = table, events
        self.texts = []
        self.numbers = {}
        self.writes = {}
        self.own = {}
        self.moves = {}
        previous = {}
        for n, (frame, code, offset, stack, changed) in enumerate(events, 1):
            moves = self.moves.get(code)
            if moves is None:
                moves = self.moves[code] = CodeMoves(table, code, virtual=False)
            for slot, name in changed.items():
                self.write(frame, int(slot), n, name)
            row = moves.row_at(offset)
            if frame in previous:
                for slot in self.recorded(moves, *previous[frame], row, stack):
                    self.write(frame, moves.slots + slot, n, stack[slot])
            elif moves.modern:
                for slot, name in enumerate(stack):
                    self.write(frame, moves.slots + slot, n, name)
            previous[frame] = row, stack
            self.own.setdefault(frame, []).append(n)

    def recorded(self, moves, earlier, old, row, stack):
        """The slots of the stack that a recorder writes between two steps."""
        move = moves.move(earlier, row)
        executed = moves.instruction(earlier)
        if move.row < 0:
            return range(move.low, len(stack))
        name = moves.opname(executed)
        if name == "PRECALL":
            return [slot for slot in range(move.low, len(stack)) if stack[slot] != old[slot]]
        if name == "FOR_ITER" and len(stack) > len(old) and stack[: len(old)] != old:
            return [len(old) - 1, len(old)]
        if name in DERIVED and (name != "LOAD_CONST" or not stack[-1].startswith("#")):
            return [
                slot
                for slot in range(move.low, len(stack))
                if self.loads_cell(moves, name, executed, slot, len(old))
            ]
        return range(move.low, len(stack))

    def loads_cell(self, moves, name, row, slot, before):
        """Whether an instruction may have put a cell into a slot of the stack."""
        if "LOAD_FAST" not in name:
            return False
        arg = moves.arg(row)
        double = name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW")
        if name == "STORE_FAST_LOAD_FAST" or (double and slot > before):
            arg &= 15
        elif double:
            arg >>= 4
        return arg in moves.cells

    def write(self, frame, slot, n, name):
        if name not in self.numbers:
            self.texts.append(name)
            self.numbers[name] = len(self.texts)
        steps, words = self.writes.setdefault((frame, slot), ([], []))
        steps.append(n)
        words.append(self.numbers[name] << 3 | V_TEXT)

    def name(self, slot):
        """What a rebuilt slot stands for."""
        if slot is None or isinstance(slot, str):
            return slot
        if slot & 7 == V_TEXT:
            return self.texts[(slot >> 3) - 1]
        if slot & 7 == V_INT:
            return str((slot >> 3) - (1 << 61 if slot >> 63 else 0))
        return WORDS[slot]

    def slot_write(self, frame, slot, n):
        steps, words = self.writes.get((frame, slot), ((), ()))
        at = bisect_right(steps, n)
        return (steps[at - 1], words[at - 1]) if at else None

    def steps_before(self, frame, n):
        for step in reversed(self.own[frame]):
            if step < n:
                yield step

    def offset(self, n):
        return self.events[n - 1][2]


def wrong(table, events, *, only=None):
    """The steps whose rebuilt stack is not the real one."""
    fake = Fake(table, events)
    rebuilder = StackRebuilder(table, fake)
    found, unknown = [], 0
    for n, (frame, code, offset, stack, _) in enumerate(events, 1):
        if only is not None and n not in only:
            continue
        rebuilt = rebuilder.stack(code, frame, n)
        if rebuilt is None:
            assert "BEGIN_FINALLY" in table.strings  # 3.8 alone
            unknown += 1
            continue
        shown = [fake.name(slot) for slot in rebuilt]
        if shown != stack:
            moves = fake.moves[code]
            earlier = [
                fake.offset(step) for step, _ in zip(fake.steps_before(frame, n), range(4), strict=False)
            ]
            names = [moves.opname(moves.row_at(each)) for each in reversed([offset, *earlier])]
            found.append((n, table.codes[code].name, offset, names, shown, stack))
    assert unknown <= len(events) // 10
    return found


@pytest.mark.parametrize("python", PYTHONS)
async def test_every_stack_of_every_kind_of_program_is_the_real_one(python):
    path = interpreters.need(python)
    for kind, text in KINDS.items():
        if NEEDS.get(kind, (3, 8)) > tuple(map(int, python.split("-")[1].split("."))):
            continue
        table, events = await truth(path, text)
        assert len(events) > 50, kind
        found = wrong(table, events)
        assert not found, (kind, len(found), found[:3])


def test_a_constant_knows_its_type():
    texts = ["'a'", "b'a'", "1.5", "1e+100", "inf", "-3j", "(1+2j)", "1" * 30, "(nan+nanj)"]
    kinds = ["str", "bytes", "float", "float", "float", "complex", "complex", "int", "complex"]
    assert [constant(text).type for text in texts] == kinds


@pytest.mark.parametrize("seed", range(20))
async def test_a_damaged_table_gives_something_and_no_error(seed):
    """A trace file may hold anything that has a table's form."""
    table, events = await damaged_from()
    chance = random.Random(seed)
    columns = {}
    for name in ("offset", "opname", "arg", "jump_target", "stack_before", "stack_after"):
        column = array(getattr(table, name).typecode, getattr(table, name))
        for _ in range(chance.choice([0, 1, 30])):
            small, large = chance.randint(-3, 300), chance.choice([-(1 << 31), (1 << 31) - 1])
            value = chance.choice([small, small, large])
            if name == "opname":
                value %= len(table.strings)
            column[chance.randrange(len(column))] = value
        columns[name] = column
    codes = [
        msgspec.structs.replace(
            each,
            exception_table=tuple(
                (*(chance.choice([part, chance.randint(-5, 1 << 20)]) for part in entry[:4]), True)
                for entry in each.exception_table
            ),
            first=chance.choice([each.first, each.first, chance.randint(-9, 1 << 20)]),
        )
        for each in table.codes
    ]
    spoilt = msgspec.structs.replace(table, codes=codes, **columns)
    fake = Fake(table, events)
    rebuilder = StackRebuilder(spoilt, fake)
    for n, (frame, code, *_) in enumerate(events, 1):
        if n % 7 == seed % 7:
            stack = rebuilder.stack(code, frame, n, calling=bool(n % 2))
            assert stack is None or len(stack) <= DEEPEST


@functools.cache
def _damaged_from():
    return asyncio.run(truth(interpreters.need(PYTHONS[3]), KINDS["exceptions"]))


async def damaged_from():
    """A good table and its events, made once."""
    return await asyncio.to_thread(_damaged_from)
