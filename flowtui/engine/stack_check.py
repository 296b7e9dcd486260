"""Whether an interpreter's operand stacks can be read: its own self-test is asked once, and remembered.

The test runs in a process of its own, which it may crash (`probe.stack_selftest`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import msgspec

from flowtui.engine.cache import file_stamp, probe_key
from flowtui.engine.child import Child, make_pipe, signal_name
from flowtui.engine.connection import PROBE_MAIN, ProbeError, check_program
from flowtui.engine.disk import cache_folder, decode_json, encode_json, write_atomically
from flowtui.engine.pipes import Tail
from flowtui.model.interpreter import Interpreter


class Verdict(msgspec.Struct, frozen=True):
    """What the self-test found.

    Attributes:
        exact: stacks are read, and all that was read was right.
        reason: why not, half a sentence.
    """

    exact: bool
    reason: str = ""


class _Entry(msgspec.Struct, frozen=True):
    stamp: tuple[int, int]
    verdict: Verdict


class _File(msgspec.Struct):
    key: str
    entries: dict[str, _Entry]


async def exact_stack(interpreter: Interpreter, *, timeout: float = 5.0) -> bool:
    """Whether a recording of this interpreter's instructions may have its real operand stacks."""
    return (await stack_verdict(interpreter, timeout=timeout)).exact


async def stack_verdict(interpreter: Interpreter, *, timeout: float = 5.0) -> Verdict:
    """The same with the reason; what is remembered costs no process.

    Args:
        interpreter: whose stacks.
        timeout: seconds that the test may take; it needs a tenth of one.
    """
    try:
        program = check_program(interpreter.path)
    except ProbeError as error:
        return Verdict(False, error.cause)
    real_path = await asyncio.to_thread(os.path.realpath, program)
    known = await asyncio.to_thread(_remembered)
    stamp = file_stamp(real_path)
    entry = known.entries.get(real_path)
    if entry is not None and entry.stamp == stamp:
        return entry.verdict
    verdict = await _ask(program, timeout)
    if verdict is None:  # it may be the machine that is busy: nothing is remembered
        return Verdict(False, "the test of its operand stack did not end in time")
    if stamp is not None:
        await asyncio.to_thread(_remember, real_path, _Entry(stamp, verdict))
    return verdict


async def _ask(program: str, timeout: float) -> Verdict | None:
    """Run the test; None when it does not end."""
    our_end, child_end = make_pipe()
    try:
        child = Child([program, "-I", "-S", str(PROBE_MAIN), "selftest"], child_end)
    except (OSError, ValueError) as error:
        os.close(our_end)
        return Verdict(False, f"cannot be started: {error}")
    finally:
        os.close(child_end)
    child.limit()  # no core file
    tail = Tail(our_end, asyncio.get_running_loop())
    try:
        await child.end(timeout)
        ended = child.has_ended()
        said = tail.last_line()
    finally:
        child.kill()
        tail.close()
        await child.reap()
    return _verdict(said, child.status) if ended else None


def _verdict(said: str, status: int | None) -> Verdict:
    if status is not None and status < 0:
        return Verdict(False, f"reading its operand stack crashed it ({signal_name(-status)})")
    try:
        return msgspec.json.decode(said, type=Verdict)
    except msgspec.MsgspecError:
        return Verdict(False, f"the test of its operand stack failed: {said or 'it said nothing'}")


def _remembered() -> _File:
    key = probe_key()
    with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
        read = decode_json(_path().read_bytes(), _File)
        if read.key == key:
            return read
    return _File(key, {})


def _remember(real_path: str, entry: _Entry) -> None:
    file = _remembered()
    file.entries[real_path] = entry
    with contextlib.suppress(OSError):  # then it is asked again next time
        _path().parent.mkdir(parents=True, exist_ok=True)
        write_atomically(_path(), encode_json(file))


def _path() -> Path:
    return cache_folder() / "stacks.json"
