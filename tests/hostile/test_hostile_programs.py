"""Programs that misbehave: each gets one clear sentence, the parent goes on, and no process is left."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import textwrap

import pytest

from flowtui.engine.running import HIGH_WATER, Run
from flowtui.engine.streams import CHUNK
from flowtui.model.run import Output, RunEvent
from tests.programs import SHORT, marked, run, with_limits

pytestmark = pytest.mark.hostile


def code(text: str) -> str:
    return textwrap.dedent(text)


async def test_a_loop_without_end_meets_the_limit_of_processor_time():
    record = await run("while True: pass", limits=with_limits(cpu=0.5))
    assert record.ended.limit == "cpu"
    assert record.ended.sentence == "Stopped: it used more than 0.5 s of processor time (limit: cpu)."
    assert record.ended.exit_status is None
    assert record.ended.signal is None
    assert record.ended.cpu >= 0.5


async def test_a_sleep_without_end_meets_the_limit_of_time():
    record = await run("import time; time.sleep(1000)", limits=with_limits(wall=0.3))
    assert record.ended.sentence == "Stopped: it ran longer than 0.3 s (limit: wall)."


async def test_recursion_without_end_is_a_recursion_error():
    record = await run("def f(): return f()\nf()")
    assert record.ended.exit_status == 1
    assert record.ended.error is not None
    assert record.ended.error.type == "RecursionError"
    assert record.ended.error.frames[0].line == 2
    assert 1 < len(record.ended.error.frames) <= 200
    assert record.text("stderr").count("\n") < 30


async def test_recursion_that_overflows_the_stack_of_c():
    record = await run(
        code("""
            import sys
            sys.setrecursionlimit(10 ** 9)
            class Deep:
                def __repr__(self): return repr(self)
            repr(Deep())
        """),
        limits=with_limits(memory=1 << 30),
    )
    assert record.ended.signal == "SIGSEGV"
    assert record.ended.sentence == "Killed by SIGSEGV: the interpreter itself crashed."


@pytest.mark.parametrize("piece", ["bytearray(1 << 20)", "[0] * 10", "object()"])
async def test_eating_memory_meets_the_limit_of_memory(piece):
    record = await run(
        f"eaten = []\nwhile True: eaten.append({piece})", limits=with_limits(cpu=60, memory=128 << 20)
    )
    assert record.ended.limit == "memory"
    assert (
        record.ended.sentence
        == "Ended with MemoryError: it needed more than 128 MB of memory (limit: memory)."
    )
    assert record.ended.error is not None
    # Of very small pieces nothing is left for a traceback, in plain Python either.
    assert {frame.line for frame in record.ended.error.frames} <= {2}
    assert record.text("stderr").endswith("MemoryError\n")


# Each process of a bomb gives up by itself after a while, lest a failing test should take the machine along.
BOMBS = {
    "forks": "os.fork()",
    "sessions": "os.fork() or os.setsid()",
    "orphans": "os.fork() and os.fork() and os._exit(0)",
}


@pytest.mark.parametrize("name", sorted(BOMBS))
async def test_a_fork_bomb_meets_the_limit_of_processes(name):
    bomb = f"import os, time\nend = time.monotonic() + 5\nwhile time.monotonic() < end: {BOMBS[name]}"
    record = await run(bomb, limits=with_limits(cpu=10))
    assert record.ended.limit == "processes"
    assert record.ended.sentence == "Stopped: it had more than 16 processes and threads (limit: processes)."


async def test_threads_without_end_meet_the_limit_of_processes():
    record = await run(
        code("""
            import threading
            wait = threading.Event()
            while True: threading.Thread(target=wait.wait).start()
        """),
        limits=with_limits(memory=0),
    )
    assert record.ended.limit == "processes"


async def test_a_flood_of_output_is_cut_exactly_and_leaves_the_loop_its_turns():
    turns = [0]
    seen: list[int] = []

    async def beat():
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    def take(program: Run, event: RunEvent) -> None:
        if isinstance(event, Output):
            seen.append(turns[0])

    heart = asyncio.create_task(beat())
    flood = "import sys\npiece = 'x' * 99_999 + '\\n'\nfor _ in range(10_000): sys.stdout.write(piece)"
    record = await run(flood, on_event=take)
    heart.cancel()
    assert record.ended.limit == "output"
    assert record.ended.sentence == "Stopped: it wrote more than 1 MB (limit: output)."
    outputs = [each for each in record.events if isinstance(each, Output)]
    assert sum(len(each.text) for each in outputs) == SHORT.output
    assert max(len(each.text) for each in outputs) <= HIGH_WATER + CHUNK
    assert len(seen) >= 4
    assert all(one < two for one, two in itertools.pairwise(seen[:-1]))


async def test_a_flood_on_both_streams_is_counted_together():
    record = await run(
        "import os\nwhile True:\n os.write(1, b'o' * 5000)\n os.write(2, b'e' * 5000)",
        limits=with_limits(output=50_000),
    )
    assert record.ended.limit == "output"
    assert len(record.text("stdout")) + len(record.text("stderr")) == 50_000


async def test_without_a_limit_of_output_everything_arrives():
    record = await run(
        "import os\nfor _ in range(300): os.write(1, b'x' * 10_000)", limits=with_limits(output=0)
    )
    assert record.ended.exit_status == 0
    assert len(record.text("stdout")) == 3_000_000


async def test_bytes_on_descriptors_1_and_3():
    record = await run(
        code("""
            import os
            os.write(1, b"one ")
            try:
                os.write(3, b"three")
            except OSError as error:
                os.write(1, error.strerror.encode())
        """)
    )
    assert record.text("stdout") == "one Bad file descriptor"
    assert record.ended.sentence.startswith("Ended with status 0 after ")


async def test_garbage_on_every_descriptor():
    record = await run(
        code("""
            import os
            for descriptor in range(3, 2000):
                try: os.write(descriptor, b"flw\\x01 or not")
                except OSError: pass
            print("done")
        """)
    )
    assert record.text("stdout") == "done\n"
    assert record.ended.exit_status == 0
    assert "It wrote into flowtui's own channel" in record.ended.sentence


FORGED = """
import os, json, struct
def forge(head, length=None):
    text = json.dumps(dict(head, columns=[])).encode()
    frame = struct.pack("<4sII", b"flw\\x01", len(text) if length is None else length, 0) + text
    for descriptor in range(3, 2000):
        try: os.write(descriptor, frame)
        except OSError: pass
"""


@pytest.mark.parametrize(
    "call",
    [
        'forge({"kind": "party"})',
        'forge({"kind": "ended", "status": "fine", "error": None})',
        'forge({"kind": "ended", "status": 0, "error": {"type": 5}})',
        'forge({"kind": "specialised", "rows": [[-1, 0, "NOP"]]})',
        'forge({"kind": "started"}, 1 << 31)',
        'forge({"kind": "started"}, 200 << 20); forge({"kind": "x", "fill": "y" * 1000})',
    ],
)
async def test_forged_messages_are_no_facts(call):
    record = await run(FORGED + call + "\nprint('after')")
    assert record.text("stdout") == "after\n"
    assert record.ended.exit_status == 0
    assert record.ended.error is None


async def test_a_forged_end_does_not_change_the_status():
    record = await run(FORGED + 'forge({"kind": "ended", "status": 0, "error": None})\nraise SystemExit(7)')
    assert record.ended.exit_status == 7


async def test_a_flood_into_the_channel_does_not_stop_the_program():
    record = await run(
        code("""
            import os, stat
            pipes = []
            for descriptor in range(3, 2000):
                try:
                    if stat.S_ISFIFO(os.fstat(descriptor).st_mode): pipes.append(descriptor)
                except OSError: pass
            for _ in range(100):
                for descriptor in pipes: os.write(descriptor, b"x" * 50_000)
            print(len(pipes))
        """)
    )
    assert record.text("stdout") == "1\n"
    assert "own channel" in record.ended.sentence


async def test_closing_the_usual_descriptors_costs_nothing():
    record = await run("import os\nos.closerange(3, 256)\nraise ValueError('still told')")
    assert record.ended.error is not None
    assert record.ended.error.message == "still told"


async def test_closing_all_descriptors():
    record = await run("import os\nprint('before', flush=True)\nos.closerange(0, 5000)\nraise ValueError")
    assert record.text("stdout") == "before\n"
    assert record.ended.error is None
    # Python itself ends with 120 when it cannot flush a stream that was closed behind its back.
    assert record.ended.exit_status in (1, 120)
    assert "without a last word from the interpreter" in record.ended.sentence


async def test_another_file_under_the_channels_number_is_left_alone(tmp_path):
    target = tmp_path / "file"
    record = await run(
        code(f"""
            import os, resource
            os.closerange(3, 5000)
            mine = os.open({str(target)!r}, os.O_CREAT | os.O_WRONLY)
            for number in range(3, 256):
                if number != mine: os.dup2(mine, number)
        """)
    )
    assert record.ended.exit_status == 0
    assert target.read_bytes() == b""


async def test_os_exit():
    record = await run("import os\nprint('x', flush=True)\nos._exit(3)")
    assert record.ended.exit_status == 3
    assert record.ended.sentence.endswith("without a last word from the interpreter (os._exit does that).")
    assert record.text("stdout") == "x\n"


async def test_a_crash_of_the_interpreter():
    record = await run("import ctypes\nprint('x')\nctypes.string_at(0)")
    assert record.ended.signal == "SIGSEGV"
    assert record.ended.exit_status is None
    assert record.ended.sentence == "Killed by SIGSEGV: the interpreter itself crashed."
    assert record.text("stdout") == "x\n"


async def test_another_program_in_its_place():
    record = await run("import os\nos.execv('/bin/sh', ['sh', '-c', 'echo shell; exit 4'])")
    assert record.text("stdout") == "shell\n"
    assert record.ended.exit_status == 4


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("import io, sys; sys.stdout = io.StringIO(); print('hidden')", ""),
        ("import sys; del sys.stdout", ""),
        ("import sys; sys.stdout = None; print('hidden')", ""),
        ("import sys; sys.stdout.close()", ""),
        ("import sys; sys.stdout = open(1, 'w', closefd=False); print('mine')", "mine\n"),
    ],
)
async def test_replaced_standard_output(line, out):
    record = await run(line)
    assert record.text("stdout") == out
    assert record.ended.exit_status == 0


@pytest.mark.parametrize(
    "line", ["del sys.stderr", "sys.stderr = None", "sys.stderr = 5", "sys.stderr.close()"]
)
async def test_an_error_without_standard_error_is_told_all_the_same(line):
    record = await run(f"import sys\n{line}\n1 / 0")
    assert record.ended.exit_status in (1, 120)  # 120: Python cannot flush what stands there now
    assert record.ended.error is not None
    assert record.ended.error.type == "ZeroDivisionError"


async def test_a_trace_function_sees_the_program_alone():
    record = await run(
        code("""
            import sys
            seen = []
            def tracer(frame, event, argument):
                seen.append((frame.f_code.co_name, event))
                return tracer
            import atexit
            atexit.register(lambda: print(sorted({name for name, _ in seen})))
            sys.settrace(tracer)
            def f(): return 1
            f()
            raise SystemExit(5)
        """)
    )
    assert record.ended.exit_status == 5
    assert "'f'" in record.text("stdout")
    assert "finish" not in record.text("stdout")


async def test_a_trace_function_that_raises():
    record = await run(
        "import sys\ndef t(*a): raise ValueError('traced')\nsys.settrace(t)\ndef f(): pass\nf()"
    )
    assert record.ended.error is not None
    assert record.ended.error.message == "traced"


async def test_ignored_signals_do_not_help():
    ready = asyncio.get_running_loop().create_future()

    def take(program: Run, event: RunEvent) -> None:
        if isinstance(event, Output) and not ready.done():
            ready.set_result(None)
            asyncio.get_running_loop().create_task(program.stop())

    record = await run(
        code("""
            import signal, time
            for number in signal.valid_signals():
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            print("deaf")
            while True: time.sleep(1)
        """),
        on_event=take,
    )
    assert record.ended.limit == "stopped"
    assert record.ended.sentence.startswith("Stopped by you after ")


async def test_ignored_sigxcpu_does_not_help():
    record = await run(
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        limits=with_limits(cpu=0.3),
    )
    assert record.ended.limit == "cpu"


async def test_children_that_are_left_behind_are_ended():
    record = await run(
        code("""
            import subprocess, sys
            for _ in range(3): subprocess.Popen(["sleep", "1000"])
            print("gone")
        """)
    )
    assert record.ended.exit_status == 0
    assert record.ended.processes_killed == 3
    assert record.ended.sentence.endswith("Left 3 processes behind; they were ended.")


async def test_a_daemon_is_ended():
    record = await run(
        code("""
            import os, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for descriptor in range(256):
                        try: os.close(descriptor)
                        except OSError: pass
                    os.environ.clear()
                    while True: time.sleep(100)
                os._exit(0)
            os.wait()
        """)
    )
    assert record.ended.processes_killed == 1
    assert record.ended.sentence.endswith("Left 1 process behind; it was ended.")


async def test_a_forked_child_that_runs_to_the_end_tells_nothing():
    record = await run(
        code("""
            import os
            if os.fork():
                os.wait()
                print("parent")
            else:
                print("child")
                raise ValueError("the child's")
        """)
    )
    assert record.ended.exit_status == 0
    assert record.ended.error is None
    assert record.text("stdout") == "child\nparent\n"
    assert "ValueError: the child's" in record.text("stderr")


async def test_children_that_end_soon_are_not_called_left_behind():
    record = await run(
        code("""
            import os
            ours, theirs = os.pipe()
            if os.fork() == 0:
                os.close(theirs)
                os.read(ours, 1)  # until the program has ended
                os._exit(0)
        """)
    )
    assert record.ended.processes_killed == 0


@pytest.mark.parametrize("method", ["__str__", "__repr__"])
async def test_a_hanging_message_is_cut_and_the_error_told(method):
    record = await run(
        code(f"""
            import time
            class Slow(Exception):
                def {method}(self):
                    while True: time.sleep(1)
            def f(): raise Slow(1)
            f()
        """),
        limits=with_limits(wall=0.5),
    )
    if method == "__repr__":  # an exception's message is not its repr
        assert record.ended.exit_status == 1
    else:
        assert record.ended.limit == "wall"
    assert record.ended.error is not None
    assert record.ended.error.type == "Slow"
    assert [frame.line for frame in record.ended.error.frames] == [7, 6]


async def test_a_failing_message():
    record = await run("class E(Exception):\n def __str__(self): raise KeyError\nraise E")
    assert record.ended.error is not None
    assert record.ended.error.message == "<exception str() failed>"
    assert "E: <exception str() failed>" in record.text("stderr")


async def test_a_metaclass_that_hides_the_name():
    record = await run(
        code("""
            class Meta(type):
                def __getattribute__(cls, name): raise RuntimeError("no")
            class Hidden(Exception, metaclass=Meta): pass
            raise Hidden("x")
        """)
    )
    assert record.ended.exit_status == 1
    assert record.ended.error is not None
    assert record.ended.error.type == "Hidden"


async def test_a_huge_file(tmp_path):
    target = tmp_path / "huge"
    record = await run(
        f"file = open({str(target)!r}, 'wb')\nwhile True: file.write(b'x' * (1 << 20))",
        limits=with_limits(cpu=10),
    )
    assert record.ended.limit == "file_size"
    assert record.ended.sentence == "Ended: it wrote a file larger than 8 MB (limit: file_size)."
    assert target.stat().st_size == SHORT.file_size


@pytest.mark.parametrize(
    ("argument", "status", "err"),
    [
        ("", 0, ""),
        ("None", 0, ""),
        ("True", 1, ""),
        ("256", 0, ""),
        ("-1", 255, ""),
        ("2 ** 70", 255, ""),
        ("'a message'", 1, "a message\n"),
        ("(1, 2)", 1, "(1, 2)\n"),
        ("3.0", 1, "3.0\n"),
    ],
)
async def test_odd_ways_to_exit(argument, status, err):
    record = await run(f"import sys\nsys.exit({argument})")
    assert record.ended.exit_status == status
    assert record.ended.error is None
    assert record.text("stderr") == err
    assert record.ended.sentence.startswith(f"Ended with status {status} after ")


async def test_an_error_in_atexit():
    record = await run("import atexit\natexit.register(lambda: 1 / 0)\nprint('x')")
    assert record.ended.exit_status == 0
    assert "ZeroDivisionError" in record.text("stderr")


async def test_a_program_that_never_ends_its_threads():
    record = await run(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()",
        limits=with_limits(wall=0.5),
    )
    assert record.ended.limit == "wall"


async def test_the_end_of_input():
    record = await run("input('? ')")
    assert record.ended.error is not None
    assert record.ended.error.type == "EOFError"
    assert record.text("stdout") == "? "


@pytest.mark.parametrize("line", ["os.close(0)", "sys.stdin.close()", "sys.stdin = None", "del sys.stdin"])
async def test_a_closed_standard_input(line):
    record = await run(f"import os, sys\n{line}\ninput()")
    assert record.ended.exit_status == 1
    assert record.ended.error is not None
    assert record.ended.error.type in ("OSError", "ValueError", "RuntimeError")


async def test_a_tiny_recursion_limit():
    record = await run("import sys\nsys.setrecursionlimit(12)\ndef f(): f()\nf()")
    assert record.ended.error is not None
    assert record.ended.error.type == "RecursionError"


async def test_a_hook_for_exceptions_that_fails():
    record = await run("import sys\ndef hook(*a): raise KeyError('hook')\nsys.excepthook = hook\n1 / 0")
    assert record.text("stderr").startswith("Error in sys.excepthook:\nTraceback (most recent call last):\n")
    assert "\nOriginal exception was:\nTraceback (most recent call last):\n" in record.text("stderr")
    assert record.ended.exit_status == 1


@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGABRT", "SIGUSR1"])
async def test_a_signal_to_itself(number):
    record = await run(f"import os, signal\nos.kill(os.getpid(), signal.{number})")
    assert record.ended.signal == number
    assert record.ended.sentence.startswith(f"Killed by {number}")


async def test_a_stopped_program_meets_the_limit_of_time():
    record = await run(
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", limits=with_limits(wall=0.3)
    )
    assert record.ended.limit == "wall"


KILL_THE_KEEPER = """
import os, signal, subprocess, sys, time
if os.fork() == 0:
    os.setsid()
    while True: time.sleep(1)
subprocess.Popen([sys.executable, "-c", "import time\\nwhile True: time.sleep(1)"], start_new_session=True)
print("ready")
os.kill(os.getppid(), signal.SIGKILL)
while True: time.sleep(1)
"""


async def test_a_program_that_kills_its_keeper():
    record = await run(KILL_THE_KEEPER)
    assert record.text("stdout") == "ready\n"
    assert record.ended.exit_status is None
    assert record.ended.sentence.startswith("Ended: the process that watches over the program was killed")
    assert record.ended.processes_killed >= 2


async def test_a_program_that_stops_its_keeper():
    record = await run(
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(1000)",
        limits=with_limits(wall=0.3),
    )
    assert record.ended.limit == "wall"


async def test_a_program_that_makes_itself_a_reaper():
    record = await run(
        code("""
            import ctypes, subprocess
            libc = ctypes.CDLL(None)
            libc.prctl(36, 1, 0, 0, 0)
            libc.prctl(1, 0, 0, 0, 0)
            subprocess.Popen(["sleep", "1000"], start_new_session=True)
        """)
    )
    assert record.ended.processes_killed == 1


async def test_the_end_of_the_parent_ends_everything(tmp_path):
    """The parent is killed, as by a closed terminal: the keeper sees its pipe end."""
    script = tmp_path / "parent.py"
    script.write_text(
        code("""
            import asyncio, os, signal
            from tests.programs import interpreter
            from flowtui.engine.running import Run
            from flowtui.model.run import Output
            from flowtui.model.source import Source
            CODE = "import os, time\\nos.fork()\\nprint('on')\\nwhile True: time.sleep(1)"
            async def main():
                def take(event):
                    if isinstance(event, Output):
                        print(run.token, flush=True)
                        os.kill(os.getpid(), signal.SIGKILL)
                run = await Run.start(interpreter(), Source(name="x", data=CODE.encode(), text=CODE), take)
                await run.wait()
            asyncio.run(main())
        """)
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    )
    out, _ = await parent.communicate()
    token = out.decode().split()[0]
    async with asyncio.timeout(20):
        while marked(token):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "piece", ["b'no frame at all'", "b'flw\\x01\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00{}'"]
)
async def test_garbage_in_the_keepers_own_pipes(piece):
    record = await run(
        code(f"""
            import os
            parent = os.getppid()
            for name in os.listdir(f"/proc/{{parent}}/fd"):
                try:
                    descriptor = os.open(f"/proc/{{parent}}/fd/{{name}}", os.O_WRONLY | os.O_NONBLOCK)
                    os.write(descriptor, {piece})
                except OSError:
                    pass
            while True: pass
        """)
    )
    assert record.ended.exit_status is None
    assert record.ended.limit is None
    assert "own channel" in record.ended.sentence or "Killed by SIGKILL" in record.ended.sentence
