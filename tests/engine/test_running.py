"""A run: events in order, input, limits of time, one end, nothing left."""

from __future__ import annotations

import asyncio
import os
import threading

import msgspec
import pytest

from flowtui.engine import running
from flowtui.engine.run_clock import RunClock
from flowtui.engine.running import Run
from flowtui.model.run import Ended, InputWanted, Limits, Output, RunEvent
from flowtui.model.source import Source
from tests.programs import interpreter, marked, run, with_limits


def source(code: str) -> Source:
    return Source(name="<code>", data=code.encode(), text=code)


async def first(code: str, kind: type, limits: Limits | None = None) -> tuple[Run, list[RunEvent]]:
    """Start a program and wait for its first event of a kind."""
    events: list[RunEvent] = []
    seen = asyncio.get_running_loop().create_future()

    def take(event: RunEvent) -> None:
        events.append(event)
        if isinstance(event, kind) and not seen.done():
            seen.set_result(None)

    program = await Run.start(interpreter(), source(code), take, limits=limits)
    await seen
    return program, events


async def test_the_prompt_comes_before_the_wish_for_input():
    def answer(program, event):
        if isinstance(event, InputWanted):
            program.write_input("4\n")

    record = await run("n = int(input('how many? '))\nprint(n * 2)", on_event=answer)
    kinds = [(type(event).__name__, getattr(event, "text", "")) for event in record.events[:-1]]
    assert kinds == [
        ("Output", "how many? "),
        ("InputWanted", ""),
        ("Output", "4\n"),
        ("Output", "8\n"),
    ]
    assert record.ended.sentence.startswith("Ended with status 0 after ")


async def test_lines_given_ahead_are_not_asked_for():
    code = "import os\nprint('up')\nos.read(0, 1)\nprint(input(), input(), input('more? '))"

    def answer(program, event):
        if isinstance(event, Output) and event.text == "up\n":
            program.write_input("!a\nb\n")
        elif isinstance(event, InputWanted):
            program.write_input("c\n")

    record = await run(code, on_event=answer)
    assert record.text("stdout") == "up\nmore? a b c\n"
    assert sum(isinstance(event, InputWanted) for event in record.events) == 1


async def test_a_large_input_is_delivered():
    text = "x" * 1_000_000 + "\n"

    def answer(program, event):
        if isinstance(event, InputWanted):
            program.write_input(text)
            program.close_input()

    record = await run("import sys\nprint(len(sys.stdin.read()))", on_event=answer)
    assert record.text("stdout") == "1000001\n"


async def test_characters_cut_by_the_pipe_stay_whole():
    record = await run(
        "import os\nfor byte in '數🐍'.encode(): os.write(1, bytes([byte]))\nos.write(1, b'\\xff\\xf0\\x9f')"
    )
    assert record.text("stdout") == "數🐍\ufffd\ufffd"


async def test_time_stands_still_while_input_is_wanted():
    program, events = await first("input()\nwhile True: pass", InputWanted, with_limits(wall=0.4, cpu=60))
    other = await run("import time\ntime.sleep(1000)", limits=with_limits(wall=0.8))
    assert other.ended.limit == "wall"
    assert not any(isinstance(event, Ended) for event in events)
    program.write_input("\n")
    ended = await program.wait()
    assert ended.limit == "wall"


async def test_a_stop_ends_everything():
    code = "import os, time\nos.fork()\nprint('on')\nwhile True: time.sleep(100)"
    program, events = await first(code, Output)
    ended = await program.stop()
    assert ended.limit == "stopped"
    assert ended.exit_status is None
    assert events[-1] is ended
    assert marked(program.token) == []
    assert not program.running


async def test_a_stop_while_input_is_wanted():
    program, _ = await first("input()", InputWanted)
    assert (await program.stop()).limit == "stopped"


async def test_a_stop_before_anything_has_begun():
    events: list[RunEvent] = []
    program = await Run.start(interpreter(), source("print(1)"), events.append)
    ended = await program.stop()
    assert ended.limit == "stopped"
    assert events == [ended]


async def test_a_stop_after_the_end_changes_nothing():
    program, events = await first("print(1)", Ended)
    assert await program.stop() is events[-1]
    program.write_input("late\n")
    program.close_input()
    assert sum(isinstance(event, Ended) for event in events) == 1


async def test_two_stops_at_once():
    program, events = await first("print(1)\nwhile True: pass", Output)
    one, two = await asyncio.gather(program.stop(), program.stop())
    assert one is two
    assert sum(isinstance(event, Ended) for event in events) == 1


async def test_to_cancel_the_waiting_does_not_end_the_program():
    program, _ = await first("print(input())", InputWanted)
    waiting = asyncio.create_task(program.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    program.write_input("on\n")
    assert (await program.wait()).exit_status == 0


def test_the_end_of_the_loop_ends_the_program():
    """Nobody waits for the run when the loop is closed: no process may stay for that."""
    token = asyncio.run(leave_running())
    import gc

    gc.collect()
    assert marked(token) == []


async def leave_running() -> str:
    program, _ = await first("print(1)\nwhile True: pass", Output)
    return program.token


async def test_nothing_of_ours_is_left():
    await run("print(1)")
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        await run("import sys\nprint(input('? '))")
    await run("raise SystemExit(3)", python="/nonexistent/python")
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors


async def test_an_interpreter_that_does_not_exist():
    record = await run("1", python="/nonexistent/python")
    assert record.ended.sentence.startswith("/nonexistent/python does not exist")
    assert record.ended.exit_status is None


async def test_an_interpreter_that_is_no_program(tmp_path):
    path = tmp_path / "python"
    path.write_text("this is no program")
    path.chmod(0o755)
    record = await run("1", python=str(path))
    assert (
        record.ended.sentence == f"{path} cannot be started: exec format error; choose another interpreter."
    )


async def test_an_interpreter_that_is_something_else():
    record = await run("1", python="/bin/true")
    assert record.ended.exit_status == 0
    assert "before the program began" in record.ended.sentence


async def test_an_interpreter_that_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "HANDSHAKE", 0.2)
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\nsleep 1000\n")
    path.chmod(0o755)
    record = await run("1", python=str(path))
    assert record.ended.sentence == f"{path} did not begin within 0.2 s; choose another interpreter."
    assert record.ended.limit is None


async def test_an_event_handler_that_fails_does_not_stop_the_events():
    loop = asyncio.get_running_loop()
    reported = []
    loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))

    def fail(program, event):
        raise KeyError(type(event).__name__)

    record = await run("print(1)", on_event=fail)
    assert [type(event) for event in record.events] == [Output, Ended]
    assert len(reported) == 2


async def test_lone_surrogates_pass():
    record = await run("raise ValueError('\\ud800')", name="\udcff.py")
    assert record.ended.error is not None
    assert record.ended.error.message == "\ud800"
    assert record.ended.error.frames[0].filename == "\udcff.py"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"x = '\xff'", "SyntaxError"), (b"x = 1\0", "SyntaxError"), (b"", None), (b"(" * 10_000, None)],
)
async def test_odd_sources(data, kind):
    record = await run(data)
    error = record.ended.error
    if kind is None and not data:
        assert record.ended.exit_status == 0
    else:
        assert record.ended.exit_status == 1
        assert error is not None
        assert error.type in (kind, "SyntaxError", "ValueError", "MemoryError", "RecursionError")


def test_no_limits_at_all_can_be_asked_for():
    none = Limits(cpu=0, wall=0, memory=0, processes=0, output=0, file_size=0)

    async def main():
        return await run("import resource\nprint(resource.getrlimit(resource.RLIMIT_AS))", limits=none)

    assert asyncio.run(main()).ended.exit_status == 0


async def test_limits_are_those_of_the_program():
    code = """
import resource
for name in ("CORE", "CPU", "AS", "FSIZE", "NOFILE"):
    print(name, *resource.getrlimit(getattr(resource, "RLIMIT_" + name)))
"""
    record = await run(code, limits=with_limits(cpu=2.5, memory=512 << 20, file_size=1 << 20))
    values = dict(line.split(" ", 1) for line in record.text("stdout").splitlines())
    assert values["CORE"] == "0 0"
    assert values["CPU"] == "4 5"
    assert values["AS"].split()[0] == str(512 << 20)
    assert values["FSIZE"] == f"{1 << 20} {1 << 20}"
    assert values["NOFILE"] == "256 256"


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time is set by hand."""

    now = 0.0

    def time(self) -> float:
        return self.now


def test_the_clock_counts_only_while_it_goes():
    loop = Clock()
    expired: list[float] = []
    clock = RunClock(loop, 10.0, lambda: expired.append(loop.now))
    try:
        clock.go()
        loop.now = 4.0
        clock.pause()
        loop.now = 1000.0
        assert clock.seconds == 4.0
        clock.go()
        clock.go()
        loop.now = 1005.0
        assert clock.seconds == 9.0
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert expired == []
        loop.now = 1006.0
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert expired == [1006.0]
    finally:
        loop.close()


def test_events_can_be_written_down():
    numbers = {"wall": 0.0, "cpu": 0.0, "peak_memory": 0, "processes_killed": 0}
    ended = Ended(exit_status=0, signal=None, limit=None, error=None, sentence="x.", **numbers)
    assert msgspec.json.decode(msgspec.json.encode(ended), type=Ended) == ended
