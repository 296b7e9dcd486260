"""Where frames cannot be read from memory: what is recorded by names is what a slow, plain recorder sees there.

The finalisers' program ends early on PyPy, which counts no references; up to there it is compared like the others.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from flowtui.engine.recording.sentences import sentence
from flowtui.probe import recording_format as form
from tests import interpreters
from tests.recording.comparison import differences, reference
from tests.recording.kinds import KINDS, NEEDS
from tests.recording.recordings import recorded

PYPYS = [name for name in interpreters.at_hand() if name.startswith("pypy")]


def need(python: str, kind: str) -> str:
    """The path of an interpreter that can run a program."""
    path = interpreters.need(python)
    if NEEDS.get(kind, (3, 8)) > tuple(int(part) for part in python.split("-")[1].split(".")):
        pytest.skip(f"needs Python {NEEDS[kind]}: the program's syntax")
    return path


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("python", PYPYS)
async def test_every_step_shows_what_there_is(python, kind, granularity):
    path = need(python, kind)
    events = await reference(path, KINDS[kind], granularity)
    assert events
    async with recorded(KINDS[kind], granularity, python=path) as result:
        assert differences(result.recording, events) == []
        assert result.recording.granularity == granularity
        assert result.recording.end is not None
        assert result.recording.end.complete


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("python", PYPYS)
async def test_the_program_writes_what_it_writes_unrecorded(python, kind, granularity, tmp_path: Path):
    path = need(python, kind)
    program = tmp_path / "program.py"
    program.write_text(KINDS[kind], encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        path, "-I", str(program), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await process.communicate()
    async with recorded(KINDS[kind], granularity, python=path) as result:
        assert result.text("stdout") == output.decode()
        assert result.ended.exit_status == process.returncode


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("python", PYPYS)
async def test_there_is_no_operand_stack(python, granularity):
    async with recorded(KINDS["recursion"], granularity, python=interpreters.need(python)) as result:
        recording = result.recording
        assert not recording.streams.control[form.C_STACK]
        states = [recording.state(n) for n in range(1, recording.total + 1)]
        assert all(frame.stack is None for state in states for frame in state.frames)
        assert all(each.count is None for state in states for each in state.heap)


@pytest.mark.parametrize("python", PYPYS)
async def test_every_step_has_a_sentence(python):
    for kind in ("classes", "generators", "exceptions", "control"):
        async with recorded(KINDS[kind], "instruction", python=interpreters.need(python)) as result:
            recording = result.recording
            for n in range(1, recording.total + 1):
                assert sentence(recording, n, recording.state(n))


@pytest.mark.parametrize("python", PYPYS)
async def test_how_each_frame_ends(python):
    text = (
        "def numbers():\n    yield 1\n    yield 2\n"
        "class Quiet:\n    def __enter__(self): return self\n    def __exit__(self, *_): return True\n"
        "def swallows():\n    with Quiet(): raise KeyError(1)\n"
        "def loops():\n    for each in numbers(): pass\n"
        "def fails():\n    try:\n        {}[0]\n    finally:\n        x = 1\n"
        "swallows()\nloops()\n"
        "try:\n    fails()\nexcept KeyError:\n    pass\n"
        "g = numbers()\nnext(g)\ng.close()\n"
    )
    async with recorded(text, python=interpreters.need(python)) as result:
        recording = result.recording
        ends = []
        for n in range(1, recording.total + 1):
            step = recording.step(n)
            if step.event in ("return", "yield", "resume", "exception"):
                state = recording.state(n)
                ends.append(f"{state.frames[0].name} {step.note or step.event}")
        assert ends == [
            "Quiet returned",
            "Quiet.__enter__ returned",
            "swallows exception",
            "Quiet.__exit__ returned",
            "swallows returned",
            "numbers yield",
            "numbers resume",
            "numbers yield",
            "numbers resume",
            "numbers returned",
            "loops returned",
            "fails exception",
            "fails unwound",
            "<module> exception",
            "numbers yield",
            "numbers resume",
            "numbers exception",
            "numbers unwound",
            "<module> returned",
        ]


@pytest.mark.parametrize("python", PYPYS)
async def test_a_program_that_takes_the_tracing_away_is_cut_and_one_with_threads_is_not(python):
    path = interpreters.need(python)
    async with recorded("import sys\nx = 1\nsys.settrace(None)\ny = 2\n", python=path) as result:
        assert "took the tracing away" in result.recording.end.sentence
    text = (
        "import threading\ngo_on = threading.Event()\nend = threading.main_thread()\n"
        "def work():\n    end.join()\n    x = 1\n"
        "threading.Thread(target=work).start()\ny = 2\n"
    )
    async with recorded(text, python=path) as result:
        assert result.recording.end.complete
        lines = [result.recording.step(n).line for n in range(1, result.recording.total + 1)]
        assert lines.index(8) < len(lines)
        assert 5 in lines


@pytest.mark.parametrize("python", PYPYS)
async def test_code_of_the_program_that_lies_is_not_run(python):
    text = (
        "class Lies:\n    __class__ = property(lambda self: 1 / 0)\n"
        "    def __getattribute__(self, name): raise ValueError(name)\n"
        "    def __eq__(self, other): raise ValueError\n"
        "    def __hash__(self): return 1\n"
        "    def __repr__(self): raise ValueError\n"
        "class Names(dict):\n    def get(self, *_): raise ValueError\n"
        "    def keys(self): raise ValueError\n"
        "    def __iter__(self): raise ValueError\n"
        "class Meta(type):\n"
        "    def __prepare__(*_): return Names()\n"
        "    def __new__(meta, name, bases, names): return type.__new__(meta, name, bases, {})\n"
        "class Made(metaclass=Meta):\n    q = 1\n    r = 2\n"
        "x = Lies()\ny = [x]\nz = {1: x}\nprint(len(y), len(z))\n"
    )
    async with recorded(text, python=interpreters.need(python)) as result:
        assert result.text("stdout") == "1 1\n"
        assert result.recording.end.complete
