"""Sentences, questions and expressions over real recordings of programs of every kind."""

from __future__ import annotations

import ast
import re

import pytest

from flowtui.engine.recording import expressions, memory, predict
from flowtui.engine.recording.expressions import ExpressionError
from flowtui.engine.recording.sentences import sentence
from tests import interpreters
from tests.recording.kinds import KINDS, NEEDS
from tests.recording.recordings import recorded

PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]
ARITHMETIC = re.compile(
    r"`(?:BINARY_OP|BINARY_|INPLACE_|COMPARE_OP)\S* ?(?P<sign>[^`]*)` pops (?P<left>.+) and (?P<right>.+), "
    r"pushes (?P<result>.+)\."
)
SIGNS = {"ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "FLOOR_DIVIDE": "//", "MODULO": "%", "POWER": "**"}
CALLED = re.compile(
    r"`CALL\w* \d+` calls (?P<name>\w+) (?:with (?P<arguments>.+)|without arguments), and a new frame begins\."
)


def literal(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


@pytest.mark.parametrize("python", PYTHONS)
async def test_every_instruction_of_every_kind_of_program_is_told_truly(python):
    path = interpreters.need(python)
    version = tuple(int(part) for part in python.split("-")[1].split("."))
    checked = called = told = 0
    for kind, text in KINDS.items():
        if NEEDS.get(kind, (3, 8)) > version:
            continue
        async with recorded(text, "instruction", python=path) as result:
            recording = result.recording
            for n in range(1, recording.total + 1):
                state = recording.state(n, heap_limit=0)
                said = sentence(recording, n, state)
                assert said.endswith("."), (kind, n, said)
                assert "\n" not in said
                assert "{" not in re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "", said), (kind, n, said)
                told += state.step.event == "instruction"
                found = ARITHMETIC.fullmatch(said)
                if found:
                    checked += agrees(found, said)
                found = CALLED.fullmatch(said)
                if found:
                    called += 1
                    begun = recording.state(n + 1, heap_limit=0)
                    assert begun.step.event == "call", (kind, n, said)
                    assert begun.frames[0].name.rpartition(".")[2] == found["name"], (kind, n, said)
    assert checked > 150, checked
    assert called > 60, called
    assert told > 3000, told


def agrees(found, said):
    """Whether an operator's sentence could be worked out anew; it must be right then."""
    opname = said[1:].split("`")[0].split(" ")[0]
    sign = found["sign"] or SIGNS.get(opname.partition("_")[2], "")
    sign = (
        sign.removeprefix("bool(").removesuffix(")").removesuffix("=")
        if sign not in ("==", "<=", ">=", "!=")
        else sign
    )
    left, right, result = (literal(found[name]) for name in ("left", "right", "result"))
    if not sign or left is None or right is None or result is None or sign in ("is", "in", "[]"):
        return False
    try:
        assert eval(f"a {sign} b", {"a": left, "b": right}) == result, said
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("python", PYTHONS)
async def test_lines_tell_what_the_last_one_changed(python):
    path = interpreters.need(python)
    text = "def f(n):\n    total = 3\n    total += n\n    return total\n\nx = f(5)\nx = 'y'\ndel x\nprint('end')\n"
    async with recorded(text, "line", python=path) as result:
        recording = result.recording
        said = [sentence(recording, n) for n in range(1, recording.total + 1)]
    assert "Line 3 is next: total += n; the last line named 3 total." in said
    assert "Line 4 is next: return total; the last line changed total from 3 to 8." in said
    assert "Line 7 is next: x = 'y'; the last line named 8 x." in said
    assert "Line 8 is next: del x; the last line changed x from 8 to 'y'." in said
    assert any(
        each.startswith("Line 9 is next: print('end')") and "took the name x away" in each for each in said
    )
    assert "f returns 8 to <module>." in said
    assert "A new frame begins: f with n=5." in said


@pytest.mark.parametrize("python", PYTHONS)
async def test_questions_are_answered_by_the_recording(python):
    path = interpreters.need(python)
    kinds = set()
    async with recorded(KINDS["classes"] + KINDS["control"], "instruction", python=path) as result:
        recording = result.recording
        for n in range(1, recording.total + 1):
            asked = predict.questions(recording, n)
            assert asked == predict.questions(recording, n)
            for each in asked:
                kinds.add(each.kind)
                assert each.judge(each.answer).right, each
                check(recording, n, each)
        counted = memory.look_at(recording).references.any_counted
    assert kinds >= {"next_instruction", "top_of_stack", "next_value"}
    assert ("reference_count" in kinds) == counted


def check(recording, n, each):
    """The answer is what the recording shows, and nothing that is inferred."""
    if each.kind == "next_instruction":
        assert each.answer in each.choices
        assert len(set(each.choices)) == len(each.choices) >= 2
        assert sum(each.judge(choice).right for choice in each.choices) == 1
    elif each.kind == "top_of_stack":
        top = recording.state(each.where).frames[0].stack[-1]
        assert top.text == each.answer
        assert not top.inferred
    elif each.kind == "next_value":
        name = re.match(r"`(\w+)`", each.prompt)[1]
        assert each.where > n
        state = recording.state(each.where)
        values = [v.value.text for f in state.frames for v in f.variables if v.name == name]
        values += [v.value.text for v in state.globals if v.name == name]
        assert each.answer in values
    else:
        state = memory.annotate(recording, recording.state(n))
        assert any(o.count == int(each.answer) and not o.count_inferred for o in state.heap)


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("python", PYTHONS)
async def test_expressions_over_a_real_recording(python, granularity):
    path = interpreters.need(python)
    text = (
        "class P:\n    def __init__(self, x):\n        self.x = x\n"
        "class Q(P): pass\n"
        "def f(points, d):\n    best = None\n    for p in points:\n"
        "        if best is None or p.x > best.x:\n            best = p\n"
        "        d[p.x, 'k'] = [p]\n    return best\n"
        "long = 'ab' * 300\nbig = 2 ** 90\ntext = 'naïve \\n 数'\n"
        "a = [P(n * 7 % 10) for n in range(5)] + [Q(3)]\nprint(f(a, {}).x)\n"
    )
    lines = text.splitlines()
    async with recorded(text, granularity, python=path) as result:
        recording = result.recording
        line = lines.index("        d[p.x, 'k'] = [p]") + 1

        def found(condition, n=0, direction=+1):
            return expressions.find(recording, n, direction, 0, line, expressions.compile(condition))

        def value(expression, n):
            return expressions.compile(expression).value(recording.state(n), recording).text

        first = found("p.x == 8")
        assert (
            value("p.x, best.x, p is best, len(points)", first) == "(8, 8, False, 6)"
            or value("best.x", first) == "8"
        )
        assert value("[q.x for q in points]", first) == "[0, 7, 4, 1, 8, 3]"
        assert value("sorted(k[0] for k in d)", first) == "[0, 1, 4, 7]"
        assert value("d[7, 'k'][0] is points[1]", first) == "True"
        assert value("isinstance(points[-1], P) and type(points[-1]) is Q", first) == "True"
        assert value("big, text, len(long)", first) == repr((2**90, "naïve \n 数", 600))
        assert value("d.get((9, 'k'), 'none')", first) == "'none'"
        assert value("p == points[4] and p != points[0]", first) == "True"
        assert value("p", first) == "P"
        last = found("len(d) == 5", recording.total, -1)
        assert value("p.x", last) == "3"
        assert found("p.x > 100") is None
        assert found("best is None") is None
        with pytest.raises(ExpressionError, match="never holds: there is no nowhere here"):
            found("nowhere > 1")
        with pytest.raises(ExpressionError):
            value("p.missing", first)
