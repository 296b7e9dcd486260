"""Interpreters that hang, die or lie: one clear sentence, the old one stays, the text too."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from flowtui.engine import analysis, interpreters, running, settings
from flowtui.engine.connection import Connection
from flowtui.model.interpreter import Interpreter
from flowtui.ui.screens.interpreters import InterpreterScreen
from tests.engine.fakes import FakeProbes
from tests.ui.benches import Bench, opened, processes

pytestmark = pytest.mark.hostile

#: What the fake does when it is asked what it is, and the sentence that comes of it, behind its path.
BROKEN = {
    "hangs": ("hang()", "did not answer within 2 s"),
    "dies": ("os.kill(os.getpid(), signal.SIGSEGV)", "it was killed by SIGSEGV"),
    "ends": ("sys.exit('[/red] \\x1b[31msorry')", "it ended with status 1"),
    "lies": ("send('nonsense')", "began with 'nonsense' and not with a handshake"),
    "speaks garbage": ("os.write(fout, b'garbage' * 1000)", "is no Python that flowtui can use"),
    "is too old": ("hello(version='3.6.1')", "is too old: flowtui needs 3.8, this is 3.6.1"),
    "describes too much": (
        "os.write(fout, wire.encode(dict(HELLO, build='x' * (2 << 20))))",
        "is no Python that flowtui can use",
    ),
}
#: It passes for an interpreter, and then does this.
GOOD_HELLO = "hello()\nif role == 'describe': sys.exit(0)\n"


@pytest.fixture
def fakes(tmp_path: Path) -> FakeProbes:
    return FakeProbes(tmp_path / "fakes")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handshake may take two seconds."""
    defaults = {**(interpreters.ask.__kwdefaults__ or {}), "timeout": 2.0}
    monkeypatch.setattr(interpreters.ask, "__kwdefaults__", defaults)
    opening = Connection.open.__func__  # type: ignore[attr-defined]  # a class method has one
    monkeypatch.setattr(opening, "__kwdefaults__", {**opening.__kwdefaults__, "timeout": 2.0})


async def choose(bench: Bench, path: str) -> str:
    """Type a path on the interpreter screen; what is said below the list."""
    await bench.command("v")
    await bench.until(lambda: isinstance(bench.app.screen, InterpreterScreen), "the list")
    screen = bench.app.screen
    field = screen.query_one(Input)
    field.focus()
    field.value = path
    await bench.pilot.press("enter")

    def said() -> str:
        return str(screen.query_one("#looking", Static).render())

    await bench.until(
        lambda: bench.app.screen is not screen or (path[-20:] in said() and "asking" not in said()),
        "an answer",
    )
    if bench.app.screen is not screen:
        return ""
    answer = said()
    assert bench.screen_text
    await bench.pilot.press("escape")
    await bench.until(lambda: bench.app.screen is bench.workbench, "the workbench")
    return answer


async def check_unharmed(bench: Bench, old: object) -> None:
    """The interpreter before is in use, and follows what is typed."""
    workbench = bench.workbench
    assert workbench.interpreter is old
    await bench.analysed()
    assert workbench.analysis.failures == {}
    await bench.follows()
    await bench.analysed()
    assert workbench.analysis.failures == {}
    await bench.obeys()


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.usefixtures("impatient")
async def test_one_that_does_not_work_is_refused_on_the_list(name: str, fakes: FakeProbes) -> None:
    body, sentence = BROKEN[name]
    path = fakes.make(body)
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        await bench.command("e", "#", "escape")
        old = workbench.interpreter
        answer = await choose(bench, path)
        assert path in answer
        assert sentence in answer
        assert "\n" not in answer
        await check_unharmed(bench, old)
        assert workbench.view.text == "#x = 1\n"
        assert settings.load().interpreter == ""


@pytest.mark.parametrize("name", ["hangs", "dies", "lies", "is missing"])
@pytest.mark.parametrize("way", ["--python", "remembered"])
@pytest.mark.usefixtures("impatient")
async def test_ones_own_takes_the_place_of_one_that_does_not_work(
    name: str, way: str, fakes: FakeProbes
) -> None:
    if name in BROKEN:
        body, sentence = BROKEN[name]
        path = fakes.make(body)
    else:
        path, sentence = str(fakes.folder / "python3.99"), "does not exist"
    if way == "remembered":
        settings.update(lambda _: settings.Settings(interpreter=path))
    async with opened("x = 1\n", python=path if way == "--python" else "") as bench:
        workbench = bench.workbench
        # There is something to read and to type long before an interpreter has answered.
        assert workbench.view.text == "x = 1\n"
        await bench.until(lambda: bench.notices, "a word")
        assert len(bench.notices) == 1
        assert path in bench.notices[0]
        assert sentence in bench.notices[0]
        await bench.analysed()
        assert workbench.interpreter is not None
        assert workbench.interpreter.source == "own"
        await check_unharmed(bench, workbench.interpreter)


LATE = {
    "hangs": ("hang()", "Timeout: Python 3.13 did not answer within 1 s and was ended"),
    "dies": (
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "Crash: Python 3.13 was killed by SIGSEGV at this stage",
    ),
    "lies": ("send('stage', id=request.head['id'], stage='soup')", "Fault: the probe sent a stage"),
    "speaks garbage": (
        "os.write(fout, b'garbage garbage')\n    hang()",
        "Fault: Python 3.13 sent what is no",
    ),
}


@pytest.mark.parametrize("name", LATE)
async def test_one_that_fails_later_is_told_of_and_can_be_left(
    name: str, fakes: FakeProbes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its handshake is good; then it does this over each stage."""
    action, sentence = LATE[name]
    body = f"{GOOD_HELLO}send('ready')\nfor request in requests():\n    {action}\n"
    path = fakes.make(body)
    timeouts = {**analysis.Analyst.__init__.__kwdefaults__, "stage_timeout": 1.0}
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        own = workbench.interpreter
        assert own is not None
        with monkeypatch.context() as patch:
            patch.setattr(analysis.Analyst.__init__, "__kwdefaults__", timeouts)
            assert await choose(bench, path) == ""
            await bench.until(lambda: workbench.interpreter is not own, "the change")
        await bench.analysed()
        assert workbench.error is not None
        assert workbench.error.sentence.startswith(sentence)
        assert sentence[:30] in bench.screen_text
        await bench.obeys()
        await bench.follows()
        await bench.analysed()
        assert await choose(bench, own.path) == ""
        await bench.until(
            lambda: workbench.interpreter is not None and workbench.interpreter.path == own.path
        )
        await bench.analysed()
        await check_unharmed(bench, workbench.interpreter)


async def test_one_that_lies_about_itself_until_it_is_used(fakes: FakeProbes) -> None:
    """It describes itself well, and dies when it is to analyse: the one before stays."""
    path = fakes.make("if role == 'describe': hello()\nelse: sys.exit('never')\n")
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        old = workbench.interpreter
        assert await choose(bench, path) == ""
        await bench.until(lambda: bench.notices, "a word")
        assert "ended with status 1 (never)" in bench.notices[-1]
        await check_unharmed(bench, old)


async def test_one_that_never_begins_a_program(fakes: FakeProbes, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "if role == 'run': hang()\nhello(capabilities=['tokens', 'run'])\nif role == 'describe': sys.exit(0)\n"
        "send('ready')\nfor request in requests():\n    tokens(request)\n    done(request)\n    send('ready')\n"
    )
    monkeypatch.setattr(running, "HANDSHAKE", 1.0)
    path = fakes.make(body)
    async with opened("x = 1\n", python=path) as bench:
        workbench = await bench.analysed()
        await bench.command("r")
        await bench.until(lambda: workbench.ended is not None, "the end")
        assert workbench.ended is not None
        said = f"{path} did not begin within 1 s; choose another interpreter."
        assert workbench.ended.sentence == said
        assert said in bench.output
        assert bench.state("run") == "failed"
        assert processes(of_runs=True) == []
        await bench.obeys()


async def test_one_that_vanishes_while_it_is_used(fakes: FakeProbes) -> None:
    body = (
        f"{GOOD_HELLO}send('ready')\nfor request in requests():\n"
        "    tokens(request)\n    done(request)\n    send('ready')\n"
    )
    path = Path(fakes.make(body))
    async with opened("x = 1\n", python=str(path)) as bench:
        workbench = await bench.analysed()
        path.rename(path.with_suffix(".away"))
        assert workbench._analyst is not None
        assert workbench._analyst.pid is not None
        os.kill(workbench._analyst.pid, signal.SIGKILL)
        await bench.command("e", "#", "escape")
        await bench.analysed()
        assert workbench.error is not None
        assert f"{path} does not exist; choose another interpreter" in workbench.error.message
        assert "does not exist" in bench.screen_text
        path.with_suffix(".away").rename(path)
        await bench.command("e", "#", "escape")
        await bench.analysed()
        assert workbench.error is None
        assert workbench.view.text == "##x = 1\n"


async def test_a_probe_that_is_killed_from_outside_while_idle() -> None:
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        for _ in range(2):
            assert workbench._analyst is not None
            pid = workbench._analyst.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await bench.follows()
            await bench.analysed()
            assert workbench.analysis.failures == {}
            assert workbench._analyst.pid != pid
        assert bench.notices == []


async def test_a_probe_that_is_killed_from_outside_at_work() -> None:
    """The stage of the moment is the price, at most; the others and the next text come."""
    text = "x = [1, 2]\n" * 15_000
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        workbench.view.load(text)
        workbench.text_changed()
        await bench.until(lambda: workbench.is_fresh and workbench.analysis.tokens is not None, "tokens")
        assert workbench._analyst is not None
        assert workbench._analyst.pid is not None
        os.kill(workbench._analyst.pid, signal.SIGKILL)
        await bench.analysed()
        assert workbench.analysis.tokens is not None
        for failure in workbench.analysis.failures.values():
            assert failure.sentence.startswith("Crash: Python ")
            assert failure.message.endswith("was killed by SIGKILL at this stage")
        await bench.follows()
        await bench.analysed()
        assert workbench.analysis.failures == {}
        assert workbench.analysis.bytecode is not None


async def test_a_refusal_outlives_the_search() -> None:
    """A path is typed while interpreters are still looked for: what is said of it stays."""
    gate = asyncio.Event()

    async def discover(*, refresh: bool) -> list[Interpreter]:
        await gate.wait()
        return []

    async with opened("x = 1\n") as bench:
        await bench.analysed()
        screen = InterpreterScreen(bench.workbench.interpreter, discover)
        await bench.app.push_screen(screen)
        field = screen.query_one(Input)
        field.focus()
        field.value = "/no/such/python"
        await bench.pilot.press("enter")
        await bench.until(lambda: "/no/such/python does not exist" in bench.screen_text, "the refusal")
        gate.set()
        await bench.until(lambda: all(worker.is_finished for worker in screen.workers), "the search")
        assert "/no/such/python does not exist" in bench.screen_text
