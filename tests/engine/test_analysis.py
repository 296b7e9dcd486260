import asyncio
import itertools
import logging
import os
import signal
from pathlib import Path

import pytest

from flowtui.engine.analysis import Analyst, analyse, inspect_pyc
from flowtui.engine.connection import ProbeError
from flowtui.engine.files import SourceError, decode_source
from flowtui.engine.interpreters import own
from flowtui.model.analysis import STAGES
from flowtui.model.failure import Failure
from flowtui.model.stages import CodeTable
from tests.engine.fakes import gone


def source(text="x = 1\n"):
    return decode_source(text.encode(), "x.py")


class Watch:
    """Takes what an analyst delivers, and waits for a complete version."""

    def __init__(self):
        self.seen = []
        self._arrived = asyncio.Event()

    def __call__(self, analysis):
        self.seen.append(analysis)
        self._arrived.set()

    async def until(self, true):
        async with asyncio.timeout(60):
            while not any(map(true, self.seen)):
                self._arrived.clear()
                await self._arrived.wait()
        return next(filter(true, self.seen))

    async def complete(self, version):
        return await self.until(lambda analysis: analysis.complete and analysis.version == version)


@pytest.fixture
async def analyst(fakes):
    """Make analysts of fake probes; all are closed at the end."""
    made = []

    async def make(body, **options):
        watch = Watch()
        analyst = Analyst(fakes.interpreter(body), watch, **options)
        made.append(analyst)
        await analyst.start()
        return analyst, watch

    yield make
    for analyst in made:
        await analyst.close()


GOOD = """
hello()
send("ready")
for request in requests():
    if request.kind != "analyse":
        continue
    tokens(request)
    fail(request, "ast")
    done(request)
    send("ready")
"""


async def test_stages_arrive_one_by_one_and_fold_into_one_analysis(analyst):
    keeper, watch = await analyst(GOOD)
    keeper.submit(7, source)
    last = await watch.complete(7)
    first = watch.seen[0]
    assert (first.version, len(first.tokens), first.complete, first.failures) == (7, 1, False, {})
    assert first.tokens.row(0).type == "NAME" and first.tokens.string_of(0) == "NAME"
    assert first.lines == ("x = 1", "")
    assert last.failure.stage == "ast" and last.tokens is first.tokens
    assert last.milliseconds == {"tokens": 1.0}
    assert len(watch.seen) == 2


SLOW = """
hello()
send("ready")
for request in requests():
    if request.kind != "analyse":
        continue
    tokens(request)
    import select
    while not os.path.exists(GATE) and not select.select([fin], [], [], 0.002)[0]:
        pass
    if os.path.exists(GATE):
        fail(request, "ast")
        done(request)
    else:
        done(request, abandoned=True)
    send("ready")
"""


async def test_only_the_newest_text_is_made_and_older_work_is_dropped(analyst, fakes):
    gate = fakes.folder / "gate"
    keeper, watch = await analyst(SLOW.replace("GATE", repr(str(gate))))
    made = []

    def submit(version):
        def get_source():
            made.append(version)
            return source()

        keeper.submit(version, get_source)

    submit(1)
    await watch.until(lambda a: a.version == 1)
    for version in range(2, 50):
        submit(version)
    await watch.until(lambda a: a.version == 49)
    gate.touch()
    await watch.complete(49)
    assert made == [1, 49]
    assert [(a.version, a.complete) for a in watch.seen] == [(1, False), (49, False), (49, True)]


async def test_one_version_is_finished_now_and_then_however_fast_one_types(analyst, fakes):
    now = 0.0
    gate = fakes.folder / "gate"
    keeper, watch = await analyst(SLOW.replace("GATE", repr(str(gate))), clock=lambda: now)
    for version in (1, 2, 3):
        keeper.submit(version, source)  # stops the one before
        await watch.until(lambda a, version=version: a.version == version)
    now = 1.0
    keeper.submit(4, source)
    gate.touch()
    await watch.complete(3)
    await watch.complete(4)


async def test_submitting_waits_for_nothing_and_works_before_the_start(fakes):
    watch = Watch()
    keeper = Analyst(fakes.interpreter(GOOD), watch)
    keeper.submit(1, source)
    await keeper.start()
    await watch.complete(1)
    await keeper.close()
    keeper.submit(2, source)
    assert keeper.pid is None


DEATHS = {
    "a crash": (
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "Crash",
        "Python 3.13 was killed by SIGSEGV at this stage",
    ),
    "an end": ("sys.exit('enough')", "Crash", "Python 3.13 ended with status 1 (enough) at this stage"),
    "silence": ("hang()", "Timeout", "Python 3.13 did not answer within 0.3 s and was ended"),
    "garbage": ("os.write(fout, b'garbage garbage'); hang()", "Fault", "sent what is no message"),
    "a table without columns": (
        "send('stage', id=request.head['id'], stage='ast')",
        "Fault",
        "lacks or spoils",
    ),
    "a stage of its own invention": (
        "send('stage', id=request.head['id'], stage='soup')",
        "Fault",
        "nobody asked",
    ),
    "a failure that is none": (
        "send('failure', id=request.head['id'], stage=3)",
        "Fault",
        "failure is wrong",
    ),
    "a fault of its own": (
        "send('fault', id=request.head['id'], whose='handler', message='oh')",
        "Fault",
        "oh",
    ),
}


@pytest.mark.hostile
@pytest.mark.parametrize("name", DEATHS)
async def test_a_probe_that_fails_at_a_stage_costs_that_stage_and_the_next_text_works(analyst, name):
    action, kind, message = DEATHS[name]
    body = f"""
hello()
send("ready")
for request in requests():
    if request.kind != "analyse":
        continue
    if "tokens" in request.head["stages"]:
        tokens(request)
    if b"bad" in request.columns["source"].tobytes():
        {action}
    else:
        fail(request, "ast")
    done(request)
    send("ready")
"""
    keeper, watch = await analyst(body, stage_timeout=0.3 if kind == "Timeout" else 20)
    keeper.submit(1, lambda: source("bad\n"))
    bad = await watch.complete(1)
    assert bad.failure.stage == "ast" and bad.failure.type == kind
    assert message in bad.failure.message and "\n" not in bad.failure.message
    assert bad.tokens is not None
    keeper.submit(2, source)
    good = await watch.complete(2)
    assert good.failure.type == "SyntaxError"


async def test_stages_that_do_not_need_the_fatal_one_are_still_made(analyst):
    body = """
    hello()
    send("ready")
    for request in requests():
        if "tokens" in request.head["stages"]:
            os.abort()
        fail(request, "ast")
        done(request)
        send("ready")
    """
    keeper, watch = await analyst(body)
    keeper.submit(1, source)
    last = await watch.complete(1)
    assert {stage: f.type for stage, f in last.failures.items()} == {"tokens": "Crash", "ast": "SyntaxError"}


async def test_a_probe_that_is_killed_while_idle_is_not_missed(analyst):
    keeper, watch = await analyst(GOOD)
    keeper.submit(1, source)
    await watch.complete(1)
    for version in (2, 3):
        pid = keeper.pid
        os.kill(pid, signal.SIGKILL)
        if version == 3:
            assert gone(pid)
        keeper.submit(version, source)
        last = await watch.complete(version)
        assert last.failure.type == "SyntaxError" and last.tokens is not None
        assert keeper.pid != pid


async def test_an_interpreter_that_has_vanished_is_one_sentence_until_it_is_back(analyst, fakes):
    keeper, watch = await analyst(GOOD)
    path = fakes.make(GOOD)
    os.rename(path, path + ".away")
    os.kill(keeper.pid, signal.SIGKILL)
    assert gone(keeper.pid)
    keeper.submit(1, source)
    last = await watch.complete(1)
    assert last.failure == Failure(
        stage="tokens",
        type="Crash",
        message=f"{path} does not exist; choose another interpreter with --python",
    )
    os.rename(path + ".away", path)
    keeper.submit(2, source)
    assert (await watch.complete(2)).tokens is not None


async def test_what_is_no_interpreter_does_not_start(fakes):
    for body in ("sys.exit(1)", "send('nonsense')"):
        keeper = Analyst(fakes.interpreter(body), Watch())
        with pytest.raises(ProbeError):
            await keeper.start()
        await keeper.close()


async def test_a_text_that_cannot_be_encoded_fails_at_the_source(analyst):
    keeper, watch = await analyst(GOOD)

    def get_source():
        raise SourceError("latin-1 cannot hold '…'")

    keeper.submit(1, get_source)
    last = await watch.complete(1)
    assert (last.failure.stage, last.failure.message) == ("source", "latin-1 cannot hold '…'")
    keeper.submit(2, source)
    await watch.complete(2)


async def test_a_caller_that_raises_does_not_stop_the_analyst(fakes, caplog):
    watch = Watch()

    def on_change(analysis):
        watch(analysis)
        raise RuntimeError("a pane is broken")

    def get_source():
        raise RuntimeError("no text")

    keeper = Analyst(fakes.interpreter(GOOD), on_change)
    await keeper.start()
    with caplog.at_level(logging.CRITICAL, "asyncio"):
        keeper.submit(1, source)
        await watch.complete(1)
        keeper.submit(2, get_source)
        while keeper._wanted is not None:
            await asyncio.sleep(0.001)
        keeper.submit(3, source)
        await watch.complete(3)
    await keeper.close()


@pytest.mark.hostile
def test_a_loop_that_ends_without_closing_leaves_no_probe(fakes):
    interpreter = fakes.interpreter("hello()\nsend('ready')\nfor request in requests(): hang()")

    async def forget():
        keeper = Analyst(interpreter, Watch())
        await keeper.start()
        keeper.submit(1, source)
        await asyncio.sleep(0)
        return keeper.pid

    assert gone(asyncio.run(forget()))


async def test_every_stage_by_the_real_probe():
    interpreter = await own()
    text = "def f(a):\n    return a + 1\n\nprint(f(2), 'ä€𝄞')\n"
    made = await analyse(interpreter, source(text))
    assert made.complete
    assert [stage for stage in STAGES if made.table(stage)] == list(STAGES), made.failures
    assert [made.tokens.string_of(i) for i in range(1, 4)] == ["def", "f", "("]
    assert made.ast.kind_of(0) == "Module"
    assert [code.name for code in made.bytecode.codes] == ["<module>", "f"]
    assert set(made.milliseconds) == set(STAGES)


async def test_only_the_stages_that_are_asked_for():
    made = await analyse(await own(), source(), ["ast"])
    assert made.complete and made.ast is not None
    assert made.tokens is None and made.bytecode is None


@pytest.mark.parametrize(
    "data",
    [  # named by number: the bytes themselves are no names
        b"",
        b"\0",
        b"\xff\xfe\x00",
        b"# coding: nonsense\nx = 1\n",
        b"\xef\xbb\xbfx = 1\r\n",
        b"x = '\xed\xa0\x80'\n",
        b"(" * 10_000,
        b"-" * 50_000 + b"1\n",
        b"x" * 1_000_000,
        b"a\n" * 50_000,
        b"\x0c\tx = (\r",
    ],
    ids=itertools.count(),
)
@pytest.mark.hostile
async def test_any_bytes_end_in_tables_or_in_sentences(data):
    made = await analyse(await own(), decode_source(data, "x.py"))
    assert made.complete
    for failure in made.failures.values():
        assert failure.sentence and "\n" not in failure.sentence
        assert failure.type not in ("Fault", "Timeout")


async def test_an_edit_by_the_real_probe_gives_the_newest_tables():
    watch = Watch()
    keeper = Analyst(await own(), watch)
    await keeper.start()
    for version in range(1, 30):
        keeper.submit(version, lambda version=version: source(f"x = {version}\n" * 500))
        await asyncio.sleep(0)
    last = await watch.complete(29)
    assert last.tokens.string_of(3) == "29"
    versions = [a.version for a in watch.seen]
    assert versions == sorted(versions)
    await keeper.close()


async def test_a_pyc_is_taken_apart_and_never_executed(tmp_path):
    import py_compile

    path = tmp_path / "mod.py"
    path.write_text("import os\nraise SystemExit(3)\n")
    compiled = py_compile.compile(str(path), cfile=str(tmp_path / "mod.pyc"))
    header, code = await inspect_pyc(await own(), compiled, str(path))
    assert header.exists and header.readable and header.state == "fresh"
    assert isinstance(code, CodeTable) and code.codes[0].name == "<module>"

    header, code = await inspect_pyc(await own(), str(tmp_path / "nothing.pyc"))
    assert not header.exists and not isinstance(code, CodeTable)

    (tmp_path / "broken.pyc").write_bytes(Path(compiled).read_bytes()[:40])
    header, code = await inspect_pyc(await own(), str(tmp_path / "broken.pyc"))
    assert header.exists and isinstance(code, Failure)


PYC = {
    "a crash after the header": ("os.kill(os.getpid(), signal.SIGSEGV)", "Crash", "SIGSEGV"),
    "silence after the header": ("hang()", "Timeout", "did not answer"),
    "a fault after the header": ("send('fault', id=1, whose='handler', message='oh')", "Fault", "oh"),
}


@pytest.mark.hostile
@pytest.mark.parametrize("name", PYC)
async def test_a_pyc_that_kills_its_reader_still_shows_its_header(fakes, name):
    action, kind, message = PYC[name]
    body = f"""
hello()
send("ready")
for request in requests():
    send("pyc", id=1, header=dict(path=request.head["path"], exists=True))
    {action}
"""
    header, code = await inspect_pyc(
        fakes.interpreter(body), "x.pyc", timeout=0.3 if kind == "Timeout" else 20
    )
    assert header.path == os.path.abspath("x.pyc")
    assert code.type == kind and message in code.message


async def test_a_pyc_answer_that_makes_no_sense_is_told(fakes):
    for answer, sentence in {
        "send('pyc', id=1, header=[])": "makes no sense",
        "done(request)": "no header came",
        "os.abort()": "SIGABRT",
    }.items():
        body = f"hello()\nsend('ready')\nfor request in requests(): {answer}"
        with pytest.raises(ProbeError, match=sentence):
            await inspect_pyc(fakes.interpreter(body), "x.pyc")
