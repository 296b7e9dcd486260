"""Programs of every kind: what a recording shows at each step is what a slow, plain recorder sees there."""

from __future__ import annotations

import pytest

from tests import interpreters
from tests.recording.comparison import differences, reference
from tests.recording.kinds import KINDS, NEEDS
from tests.recording.recordings import recorded

#: What is known to be shown otherwise than it is.
KNOWN = [
    (
        ("cpython-3.8", "cpython-3.9", "cpython-3.10"),
        "strings",
        ("instruction",),
        "`line += text` takes the name away for one step, before it stores it (unicode_concatenate in ceval.c)",
    ),
    (
        ("cpython-3.14", "cpython-3.15"),
        "finalisers",
        ("line", "instruction"),
        "an object whose finaliser has just run is still shown with its attributes",
    ),
]
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("python", PYTHONS)
async def test_every_step_shows_what_there_is(python, kind, granularity):
    path = interpreters.need(python)
    if NEEDS.get(kind, (3, 8)) > tuple(int(part) for part in python.split("-")[1].split(".")):
        pytest.skip(f"needs Python {NEEDS[kind]}: the program's syntax")
    for pythons, kinds, granularities, why in KNOWN:
        if python in pythons and kind == kinds and granularity in granularities:
            pytest.xfail(why)
    events = await reference(path, KINDS[kind], granularity)
    assert events
    async with recorded(KINDS[kind], granularity, python=path) as result:
        assert differences(result.recording, events) == []
        assert result.recording.end is not None
        assert result.recording.end.complete


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("python", PYTHONS)
async def test_forwards_and_backwards_give_the_same_states(python, granularity):
    path = interpreters.need(python)
    for kind in ("generators", "classes", "containers", "exceptions"):
        async with recorded(KINDS[kind], granularity, python=path) as result:
            recording = result.recording
            forwards = [recording.state(n) for n in range(1, recording.total + 1)]
            backwards = [recording.state(n) for n in range(recording.total, 0, -1)]
            assert forwards == backwards[::-1]
            assert len({state.step.number for state in forwards}) == recording.total


@pytest.mark.parametrize("python", PYTHONS)
async def test_the_stack_is_as_deep_as_the_bytecode_says(python):
    path = interpreters.need(python)
    for kind, text in KINDS.items():
        if NEEDS.get(kind, (3, 8)) > tuple(int(part) for part in python.split("-")[1].split(".")):
            continue
        async with recorded(text, "instruction", python=path) as result:
            recording = result.recording
            looked = 0
            for n in range(1, recording.total + 1):
                step = recording.step(n)
                if step.event != "instruction" or step.code is None:
                    continue
                frame = recording.state(n).frames[0]
                if frame.stack is None:
                    continue
                file = recording.files[step.file]
                code = file.table.codes[step.code - file.base]
                rows = range(code.first, code.first + code.count)
                row = next(row for row in rows if file.table.offset[row] == step.offset)
                assert len(frame.stack) == file.table.stack_before[row], (kind, n, file.table.row(row))
                looked += 1
            assert looked > 50, kind
