"""A recorded run: it ends as it would unrecorded, what was recorded up to there can be walked, and nothing is left."""

from __future__ import annotations

import asyncio
import os

import pytest

from flowtui.engine.recording.record import record, sizes
from flowtui.engine.recording.stream_files import StreamFilesError
from flowtui.model.run import Ended, InputWanted, Output
from flowtui.model.source import Source
from flowtui.model.trace import RecordingLimits, RecordingOptions
from tests import interpreters
from tests.programs import SHORT, interpreter, marked, with_limits
from tests.recording.recordings import LIMITS, recorded

#: PyPy has no frames that the recorder can read; `tests/cli/test_trace.py` has what it says then.
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]

LOOP = """\
def work(n):
    total = 0
    for i in range(n):
        total += i
    return total
print(work(3), flush=True)
"""

#: By name: what follows `LOOP`, the limits, and a part of the one sentence about the end.
ENDS = {
    "status": ("raise SystemExit(3)", SHORT, "Ended with status 3"),
    "exception": ("1 / 0", SHORT, "ZeroDivisionError: division by zero"),
    "_exit": ("import os; os._exit(4)", SHORT, "Ended with status 4"),
    "abort": ("import os; os.abort()", SHORT, "Killed by SIGABRT"),
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", SHORT, "Killed by SIGKILL"),
    "processor time": ("while True: pass", with_limits(cpu=1), "(limit: cpu)"),
    "wall time": ("import time\nwhile True: time.sleep(0.01)", with_limits(wall=1), "(limit: wall)"),
    "output": ("while True: print('x' * 1000)", with_limits(output=10_000), "(limit: output)"),
    "memory": ("x = [0]\nwhile True: x = x + x", with_limits(memory=128 << 20), "(limit: memory)"),
    "keeper killed": (
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL); input()",
        SHORT,
        "watches over",
    ),
}


@pytest.mark.parametrize("python", PYTHONS)
async def test_whatever_ends_a_program_its_steps_up_to_there_can_be_walked(python):
    path = interpreters.need(python)
    for name, (rest, limits, said) in ENDS.items():
        async with recorded(LOOP + rest + "\n", python=path, limits=limits) as result:
            assert said in result.ended.sentence, name
            assert result.ended.sentence.count("\n") == 0
            assert result.text("stdout").startswith("3\n"), name
            recording = result.recording
            lines = [recording.step(n).line for n in range(1, recording.total + 1)]
            assert lines[:2] == [1, 1] or lines[0] == 1, name
            assert 7 in lines, name
            at = lines.index(7) + 1
            state = recording.state(at)
            assert state.stdout == "3\n", name
            assert recording.end is not None, name
            assert recording.end.sentence.count("\n") == 0
            assert marked(result.recorded.run.token) == []


@pytest.mark.parametrize("python", PYTHONS)
async def test_an_interpreter_that_crashes_leaves_its_steps(python):
    crash = "import ctypes\nbefore = 5\nctypes.memmove(8, b'x', 1)\n"
    async with recorded(crash, python=interpreters.need(python)) as result:
        assert "Killed by SIGSEGV" in result.ended.sentence
        last = result.recording.state(result.recording.total)
        assert last.step.line == 3
        assert {each.name: each.value.text for each in last.globals}["before"] == "5"
        assert result.recording.end is not None
        assert not result.recording.end.complete
        assert result.recording.end.cut == "killed"


async def test_output_is_told_step_by_step_and_as_bytes():
    text = "print('one')\nimport sys\nsys.stdout.write('tw')\nprint('o', end='')\nsys.stderr.write('é\\n')\nx = 1\n"
    async with recorded(text) as result:
        recording = result.recording
        states = [recording.state(n) for n in range(1, recording.total + 1)]
        by_line = {
            state.step.line: (state.stdout, state.stderr) for state in states if state.step.event == "line"
        }
        assert by_line == {
            1: ("", ""),
            2: ("one\n", ""),
            3: ("one\n", ""),
            4: ("one\n", ""),
            5: ("one\n", ""),
            6: ("one\n", "é\n"),
        }
        assert result.text("stdout") == "one\ntwo"


async def test_input_is_waited_for_and_the_recording_is_read_meanwhile():
    events = []
    wanted = asyncio.get_running_loop().create_future()

    def take(event):
        events.append(event)
        if isinstance(event, InputWanted):
            wanted.set_result(None)

    text = "x = 1\nname = input('who? ')\nprint('hello', name)\n"
    source = Source(name="<code>", data=text.encode(), text=text)
    run = await record(
        interpreter(), source, take, limits=SHORT, options=RecordingOptions(granularity="line")
    )
    await wanted
    assert run.recording.update()
    total = run.recording.total
    assert run.recording.step(total).line == 2
    assert run.recording.end is None
    assert run.recording.state(total).stdout in ("", "who? ")
    run.run.write_input("Ada\n")
    ended = await run.wait()
    assert ended.exit_status == 0
    run.recording.update()
    assert run.recording.total > total
    assert run.recording.end.complete
    assert [each.text for each in events if isinstance(each, Output)] == ["who? ", "Ada\n", "hello Ada\n"]
    run.close()


async def test_the_recording_ends_at_its_own_limit_and_the_program_goes_on():
    async with recorded(
        "total = 0\nfor i in range(1000):\n    total += i\nprint(total)\n",
        recording_limits=RecordingLimits(steps=50),
    ) as result:
        assert result.recording.total == 50
        assert result.text("stdout") == "499500\n"
        assert result.ended.exit_status == 0
        assert (result.recording.end.complete, result.recording.end.cut) == (False, "steps")


async def test_the_recording_can_be_stopped_while_the_program_goes_on():
    printed = asyncio.get_running_loop().create_future()

    def take(event):
        if isinstance(event, Output) and not printed.done():
            printed.set_result(None)

    text = "print('up')\nimport sys\nn = 0\nwhile sys.stdin.readline():\n    n += 1\nprint(n)\n"
    source = Source(name="<code>", data=text.encode(), text=text)
    options = RecordingOptions(granularity="line")
    run = await record(interpreter(), source, take, limits=LIMITS, options=options)
    await printed
    run.stop_recording()
    run.run.write_input("line\n" * 20_000)
    run.run.close_input()
    ended = await run.wait()
    run.recording.update()
    assert ended.exit_status == 0
    assert run.recording.end.cut == "stopped"
    assert run.recording.total < 20_000
    run.close()


async def test_a_program_can_be_stopped_and_its_recording_stays():
    printed = asyncio.get_running_loop().create_future()

    def take(event):
        if isinstance(event, Output) and not printed.done():
            printed.set_result(None)

    text = "x = 5\nprint('up', flush=True)\nwhile True: x += 1\n"
    source = Source(name="<code>", data=text.encode(), text=text)
    run = await record(interpreter(), source, take, limits=LIMITS)
    await printed
    ended = await run.stop()
    assert ended.limit == "stopped"
    run.recording.update()
    assert run.recording.total > 5
    assert run.recording.end.cut == "killed"
    run.close()


async def test_a_program_gets_the_descriptors_that_it_always_gets():
    text = """\
import os
print(os.open("/dev/null", os.O_RDONLY), os.dup(1))
os.closerange(3, 256)
x = 1
print("closed")
"""
    async with recorded(text) as result:
        assert result.text("stdout") == "3 4\nclosed\n"
        assert result.ended.exit_status == 0
        assert result.recording.end.complete


@pytest.mark.parametrize("granularity", ["line", "instruction"])
async def test_the_memory_of_the_recorder_is_not_the_programs(granularity):
    """A program that needs nearly all of its limit has it when it is recorded too."""
    text = "x = bytearray(200 << 20)\nprint(len(x))\n"
    async with recorded(text, granularity, limits=with_limits(memory=320 << 20)) as result:
        assert result.text("stdout") == f"{200 << 20}\n"


async def test_no_room_is_one_clear_error(tmp_path):
    source = Source(name="<code>", data=b"1", text="1")
    options = RecordingOptions(limits=RecordingLimits(bytes=1 << 60))
    with pytest.raises(StreamFilesError, match="may need"):
        await record(interpreter(), source, print, options=options, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_an_interpreter_that_cannot_be_started_is_told_as_ever():
    events = []
    source = Source(name="<code>", data=b"1", text="1")
    run = await record(interpreter("/nonexistent/python"), source, events.append)
    ended = await run.wait()
    assert "/nonexistent/python" in ended.sentence
    run.recording.update()
    assert run.recording.total == 0
    run.close()
    assert isinstance(events[-1], Ended)


async def test_closing_gives_every_descriptor_back():
    before = os.listdir("/proc/self/fd")
    async with recorded("x = [1]\n", "instruction") as result:
        result.recording.state(1)
    assert sorted(os.listdir("/proc/self/fd")) == sorted(before)


def test_no_stream_is_longer_than_the_limits_allow():
    limits = RecordingLimits(steps=1000, bytes=1 << 20)
    assert sizes(limits)["steps"] == 4096
    assert max(size for name, size in sizes(limits).items() if name != "steps") == 1 << 19
    assert all(size % 4096 == 0 and size for size in sizes(RecordingLimits(steps=1, bytes=1)).values())
