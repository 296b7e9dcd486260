"""The self-test of an interpreter's stacks: asked once, and believed when it crashes too."""

from __future__ import annotations

import stat
import sys

import msgspec
import pytest

from flowtui.engine.interpreters import ask
from flowtui.engine.stack_check import exact_stack, stack_verdict
from tests import interpreters

CPYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]


@pytest.mark.parametrize("python", CPYTHONS)
async def test_every_cpython_at_hand_has_stacks_that_are_read_exactly(python):
    interpreter = await ask(interpreters.need(python))
    verdict = await stack_verdict(interpreter, timeout=30)
    assert verdict.exact, verdict.reason
    assert not verdict.reason


async def test_pypy_has_none_and_says_so():
    names = [name for name in interpreters.interpreters() if name.startswith("pypy")]
    interpreter = await ask(interpreters.need(names[0] if names else "pypy-3.9"))
    verdict = await stack_verdict(interpreter, timeout=30)
    assert not verdict.exact
    assert "only CPython" in verdict.reason


async def test_what_is_not_there_has_none():
    interpreter = msgspec.structs.replace(await ask(sys.executable), path="/nonexistent")
    assert not await exact_stack(interpreter)


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def pretend(tmp_path, text):
    """flowtui's own interpreter, but a script is started in its place."""
    path = script(tmp_path / "python", text)
    return msgspec.structs.replace(await ask(sys.executable), path=path, real_path=path)


async def test_the_answer_is_remembered_until_the_file_changes(tmp_path):
    count = tmp_path / "count"
    good = f'echo >> {count}; echo \'{{"exact": true, "reason": ""}}\''
    interpreter = await pretend(tmp_path, good)
    assert await exact_stack(interpreter, timeout=30)
    assert await exact_stack(interpreter, timeout=30)
    assert len(count.read_text()) == 1
    script(tmp_path / "python", f"{good}; true another size")
    assert await exact_stack(interpreter, timeout=30)
    assert len(count.read_text()) == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kill -SEGV $$", "crashed it (SIGSEGV)"),
        ("echo nonsense", "failed: nonsense"),
        ("true", "it said nothing"),
        ('echo \'{"exact": false, "reason": "wrong"}\'', "wrong"),
    ],
)
async def test_a_crash_and_nonsense_are_verdicts(tmp_path, text, reason):
    verdict = await stack_verdict(await pretend(tmp_path, text), timeout=30)
    assert not verdict.exact
    assert reason in verdict.reason


async def test_silence_is_no_verdict_and_is_not_remembered(tmp_path):
    interpreter = await pretend(tmp_path, "exec sleep 60")
    assert not await exact_stack(interpreter, timeout=0.05)
    script(tmp_path / "python", "echo '{\"exact\": true}'")
    assert await exact_stack(interpreter, timeout=30)
