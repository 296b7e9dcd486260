"""Programs that misbehave, run from the workbench: one clear sentence each, the app goes on, nothing is left."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import pytest

from flowtui.engine import recovery
from flowtui.engine.settings import Settings
from tests.programs import SHORT
from tests.ui.benches import Bench, opened, processes

pytestmark = pytest.mark.hostile

#: Smaller than anybody would set them, so that each program meets its own soon.
LIMITS = msgspec.structs.replace(SHORT, cpu=1, wall=10, memory=160 << 20, output=200_000)


class Program(NamedTuple):
    """A program, what its end is called, and how the title bar shows it."""

    code: str
    sentence: str
    state: str = "failed"
    limits: Mapping[str, float] = MappingProxyType({})


PROGRAMS = {
    "loops for ever": Program("while True: pass", "Stopped: it used more than 1 s of processor time"),
    "waits for ever": Program(
        "import time\nwhile True: time.sleep(1)", "Stopped: it ran longer than 0.5 s", limits={"wall": 0.5}
    ),
    "recurses": Program("def f(): return f()\nf()", "Ended with status 1 after "),
    "overflows the stack of C": Program(
        """
        import sys
        sys.setrecursionlimit(10 ** 9)
        class Deep:
            def __repr__(self): return repr(self)
        repr(Deep())
        """,
        "Killed by SIGSEGV: the interpreter itself crashed",
        limits={"memory": 1 << 30},
    ),
    "eats memory": Program(
        "eaten = []\nwhile True: eaten.append(bytearray(1 << 20))",
        "Ended with MemoryError: it needed more than 160 MB of memory",
    ),
    # It gives up by itself after a while, lest a failing test should take the machine along.
    "forks without end": Program(
        "import os, time\nend = time.monotonic() + 5\nwhile time.monotonic() < end: os.fork()",
        "Stopped: it had more than 16 processes and threads",
        limits={"cpu": 10},
    ),
    "writes 1 GB": Program(
        "import sys\nfor _ in range(10_000): sys.stdout.write('x' * 99_999 + '\\n')",
        "Stopped: it wrote more than 195 kB",
    ),
    "writes 1 GB in one line": Program(
        "import os\nwhile True: os.write(2, '漢'.encode() * 30_000)", "Stopped: it wrote more than 195 kB"
    ),
    "writes to descriptors 1 and 3": Program(
        """
        import os
        os.write(1, b"one")
        for descriptor in range(3, 300):
            try: os.write(descriptor, b"garbage")
            except OSError: pass
        """,
        "Ended with status 0 after ",
        "done",
    ),
    "writes what a terminal obeys": Program(
        r"import os; os.write(1, b'\x1b[2J\x1b]0;mine\x07\x9b31m\xff\x00\r\x1b[999Cend\x1b')",
        "Ended with status 0 after ",
        "done",
    ),
    "closes its descriptors": Program(
        "import os\nos.closerange(0, 5000)\nraise ValueError", "Ended with status 1"
    ),
    "leaves by os._exit": Program("import os\nos._exit(3)", "Ended with status 3 after "),
    "crashes": Program(
        "import ctypes\nctypes.string_at(0)", "Killed by SIGSEGV: the interpreter itself crashed"
    ),
    "kills itself": Program("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "Killed by SIGKILL"),
    "replaces sys.stdout": Program(
        "import io, sys\nsys.stdout = io.StringIO()\nsys.stderr = None\nprint('hidden')",
        "Ended with status 0 after ",
        "done",
    ),
    "sets a trace function": Program(
        "import sys\ndef t(*a): raise ValueError('traced')\nsys.settrace(t)\ndef f(): pass\nf()",
        "Ended with status 1 after ",
    ),
    "leaves children behind": Program(
        """
        import os, subprocess, sys
        for new in (False, True, False):
            subprocess.Popen(["sleep", "1000"], start_new_session=new)
        """,
        "Ended with status 0 after ",
        "done",
    ),
    "has a hanging __repr__": Program(
        """
        class Slow:
            def __repr__(self):
                while True: pass
        print(Slow())
        """,
        "Stopped: it used more than 1 s of processor time",
    ),
    "has a hanging error": Program(
        """
        import time
        class Slow(Exception):
            def __str__(self):
                while True: time.sleep(1)
        raise Slow
        """,
        "Stopped: it ran longer than 1 s",
        limits={"wall": 1},
    ),
    "kills its keeper": Program(
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: time.sleep(1)",
        "Ended: the process that watches over the program was killed",
    ),
}


def remembered(**changes: float) -> Settings:
    return Settings(limits=msgspec.structs.replace(LIMITS, **changes))


async def check_ended(bench: Bench, sentence: str, text: str) -> None:
    """Everything that must hold after any end."""
    workbench = bench.workbench
    ended = workbench.ended
    assert ended is not None
    assert ended.sentence.startswith(sentence)
    assert ended.sentence.endswith(".")
    assert "\n" not in ended.sentence
    await bench.pilot.pause()
    assert ended.sentence in bench.output[-4:]
    assert sentence[:40] in bench.screen_text
    assert not workbench.program_runs
    assert not workbench.pipeline_bar.pipeline.running
    assert workbench.view.text == text
    assert workbench.dirty
    assert text.encode() in next(recovery.folder().glob("*.text")).read_bytes()
    assert processes(of_runs=True) == []
    assert not [note for note in bench.notices if "rror" in note]


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_program_ends_in_one_sentence(name: str) -> None:
    program = PROGRAMS[name]
    code = textwrap.dedent(program.code).lstrip()
    async with opened(code, remembered=remembered(**program.limits)) as bench:
        workbench = await bench.analysed()
        # Something is typed that is not saved anywhere.
        workbench.view.move_cursor(workbench.view.document.end)
        await bench.command("e", "#", "1", "escape")
        text = code + "#1"
        await bench.command("r")
        await bench.until(lambda: workbench.ended is not None, "the end")
        await check_ended(bench, program.sentence, text)
        assert bench.state("run") == program.state
        await bench.obeys()


async def test_a_program_that_ignores_all_signals_is_stopped_by_a_key() -> None:
    code = textwrap.dedent("""\
        import os, signal, time
        for number in signal.valid_signals():
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        if os.fork() == 0: os.setsid()
        print("deaf", flush=True)
        while True: time.sleep(1)
    """)
    async with opened(code, remembered=remembered(wall=60, cpu=60)) as bench:
        workbench = await bench.analysed()
        workbench.view.move_cursor((0, 0))
        await bench.command("r")
        await bench.until(lambda: "deaf" in bench.output, "its output")
        # While it runs the keys are as good as ever.
        await bench.command("e", "#", "escape")
        await bench.analysed()
        assert bench.state("run") == "running"
        await bench.obeys()
        await bench.pilot.press("t")
        await bench.until(lambda: workbench.ended is not None, "the end")
        await check_ended(bench, "Stopped by you after ", "#" + code)


async def test_a_flood_leaves_the_keys_their_turns() -> None:
    """Output for as long as the program is let; keys are obeyed in the midst of it."""
    code = "import os\nwhile True: os.write(1, b'flood ' * 1000)"
    async with opened(code, remembered=remembered(wall=0, cpu=0, output=0)) as bench:
        workbench = await bench.analysed()
        workbench.view.move_cursor((0, 0))
        await bench.command()
        # Not the pilot's own keys, which wait until the app has nothing to do.
        bench.send("r")
        await bench.until(lambda: len(bench.output) > 100, "its output")
        bench.send("e")
        await bench.until(lambda: workbench.editing, "the editor")
        bench.send("#")
        await bench.until(lambda: workbench.view.document.lines[0] == "#import os", "the edit")
        bench.send("escape")
        await bench.until(lambda: not workbench.editing, "the end of editing")
        assert workbench.ended is None
        bench.send("t")
        await bench.until(lambda: workbench.ended is not None, "the end")
        await check_ended(bench, "Stopped by you after ", "#" + code)


async def test_quitting_ends_what_runs() -> None:
    code = "import os, time\nos.fork()\nprint('on', flush=True)\nwhile True: time.sleep(1)"
    async with opened(code, remembered=remembered(wall=0)) as bench:
        workbench = await bench.analysed()
        await bench.command("r")
        await bench.until(lambda: "on" in bench.output, "its output")
        assert len(processes(of_runs=True)) >= 2
        await bench.command("q")
        await bench.until(lambda: bench.app._exit, "the end")
        await bench.until(lambda: not processes(), "nothing left")
        assert workbench.ended is None or workbench.ended.limit == "stopped"


async def test_one_run_after_another_whatever_the_last_one_did() -> None:
    async with opened("import os\nos._exit(3)\n", remembered=remembered()) as bench:
        workbench = await bench.analysed()
        for code, status in [("1 / 0", 1), ("import os, signal; os.kill(0, signal.SIGKILL)", None), ("", 0)]:
            workbench.view.load(code)
            workbench.text_changed()
            await bench.analysed()
            await bench.command("r")
            await bench.until(lambda: workbench.ended is not None, "the end")
            assert workbench.ended is not None
            assert workbench.ended.exit_status == status
            assert processes(of_runs=True) == []
        assert bench.state("run") == "done"
