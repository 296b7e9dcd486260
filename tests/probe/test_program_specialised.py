"""The quick look at specialised instructions sees what ``dis`` sees."""

from __future__ import annotations

import asyncio
import json

from flowtui.probe.bytecode import walk
from flowtui.probe.specialised import nested
from tests.programs import run

# The program asks its own interpreter at the end of its run, when nothing specialises any more.
PROGRAM = """
import atexit, dis, json, sys

class Point:
    def __init__(self, x): self.x = x
    def scaled(self, by): return Point(self.x * by)

def total(n, text="abc"):
    result = 0
    for i in range(n):
        result = result + i
        if result > 1000 and text[i % 3] == "b":
            result -= len([each for each in (1, 2)])
    return result

def unused(): return (lambda: 1)()

for _ in range(50): total(50); Point(2.0).scaled(3).x

def as_dis_says():
    stack, number, rows = [MODULE], 0, []
    while stack:
        code = stack.pop()
        if code.co_name == "as_dis_says":  # it stands last, and runs after the probe has looked
            return {"before": number, "rows": rows}
        plain = {each.offset: each.opname for each in dis.get_instructions(code)}
        for each in dis.get_instructions(code, adaptive=True):
            if each.opname != plain.get(each.offset):
                rows.append((number, each.offset, each.opname))
        stack += [const for const in reversed(code.co_consts) if isinstance(const, type(code))]
        number += 1

MODULE = sys._getframe().f_code
if hasattr(MODULE, "_co_code_adaptive"):
    atexit.register(lambda: print(json.dumps(as_dis_says())))
else:
    print('{"before": 0, "rows": []}')
"""


def test_the_same_as_dis(python):
    record = asyncio.run(run(PROGRAM, python=python, specialised=True))
    assert record.ended.exit_status == 0, record.text("stderr")
    assert record.specialised is not None
    expected = json.loads(record.text("stdout"))
    rows = [row for row in record.specialised.rows if row[0] < expected["before"]]
    assert rows == [tuple(row) for row in expected["rows"]]


def test_the_numbers_are_those_of_the_bytecode_stage():
    code = compile(PROGRAM, "<program>", "exec")
    assert list(nested(code)) == [each for each, _, _ in walk(code)]
