import sys

import pytest

from flowtui.engine import interpreters
from flowtui.engine.connection import ProbeError
from flowtui.engine.interpreters import (
    TooOldError,
    UnknownInterpreterError,
    ask,
    discover,
    discover_all,
    find,
    own,
    version_key,
)
from flowtui.engine.search import Candidate

COUNTED = "open(__file__ + '.asked', 'a').write('x')\n"


@pytest.fixture
def machine(fakes, monkeypatch):
    """A machine on which exactly the given fakes are found."""

    def install(**bodies):
        found = []
        for name, body in bodies.items():
            path = fakes.make(COUNTED + body, f"{name}/bin/python")
            found.append(Candidate(path, path, "own" if name == "own" else "PATH"))
        monkeypatch.setattr(interpreters, "candidates", lambda: found)
        monkeypatch.setattr(
            interpreters, "own_candidate", lambda: next((c for c in found if c.source == "own"), None)
        )
        return fakes

    install.asked = lambda name: len((fakes.folder / name / "bin" / "python.asked").read_text())
    return install


def hello(version, **more):
    extra = "".join(f", {key}={value!r}" for key, value in more.items())
    return f"hello(version={version!r}{extra})"


async def test_ones_own_interpreter_describes_itself():
    interpreter = await own()
    assert interpreter.path == sys.executable
    assert interpreter.source == "own"
    assert interpreter.version == ".".join(map(str, sys.version_info[:3]))
    assert interpreter.implementation == sys.implementation.name
    assert interpreter.can("tokens") and interpreter.can("bytecode")
    assert await find("") == interpreter


async def test_asking_checks_every_field(fakes):
    for body, sentence in {
        "hello(version='three')": "'three' is no version",
        "hello(version=3)": "Expected `str`, got `int` - at `$.version`",
        "hello(gil='yes')": "Expected `bool`",
        "hello(jit='maybe')": "Invalid enum value",
        "hello(capabilities=None)": "Expected `array`",
        "h = dict(HELLO); del h['magic']; os.write(fout, wire.encode(h))": "missing required field `magic`",
    }.items():
        with pytest.raises(ProbeError, match="describes itself wrongly") as caught:
            await ask(fakes.make(body))
        assert caught.value.reason == "lied"
        assert sentence in str(caught.value)


async def test_an_older_python_is_told_its_age(fakes):
    body = """\
#!/bin/sh
case "$*" in
*"-c import sys"*) printf 'version 2.7.18';;
*) echo 'Unknown option: -I' >&2; exit 2;;
esac
"""
    path = fakes.script(body)
    with pytest.raises(TooOldError, match=r"is too old: flowtui needs 3\.8, this is 2\.7\.18") as caught:
        await ask(path)
    assert caught.value.version == "2.7.18"
    with pytest.raises(TooOldError, match=r"this is 3\.7\.1"):
        await ask(fakes.make("hello(version='3.7.1')"))


async def test_what_is_no_python_is_not_called_old(fakes):
    with pytest.raises(
        ProbeError, match=r"is no Python that flowtui can use: it ended with status 7 \(sorry\)"
    ):
        await ask(fakes.script("#!/bin/sh\necho sorry >&2\nexit 7\n"))


async def test_the_order_is_own_then_cpython_then_free_threaded_then_others(machine):
    machine(
        pypy=hello("3.11.9", implementation="pypy"),
        old=hello("3.9.1"),
        own=hello("3.11.7"),
        next=hello("3.15.0a2"),
        final=hello("3.15.0"),
        candidate=hello("3.15.0rc1"),
        threaded=hello("3.14.0", free_threaded=True),
        ten=hello("3.10.0"),
    )
    names = [f"{i.name} {i.version}" for i in await discover()]
    assert names == [
        "3.11 3.11.7",
        "3.15 3.15.0",
        "3.15 3.15.0rc1",
        "3.15 3.15.0a2",
        "3.10 3.10.0",
        "3.9 3.9.1",
        "3.14t 3.14.0",
        "pypy 3.11 3.11.9",
    ]


async def test_a_bad_one_does_not_hide_the_others_and_is_listed_with_its_reason(machine):
    machine(good=hello("3.13.0"), liar="send('nonsense')", dead="sys.exit('no')", old=hello("3.6.9"))
    found = await discover_all()
    assert [i.version for i in found.usable] == ["3.13.0"]
    assert {u.path.split("/")[-3]: (u.reason, u.cause) for u in found.unusable} == {
        "liar": ("lied", "began with 'nonsense' and not with a handshake"),
        "dead": ("died", "is no Python that flowtui can use: it ended with status 1 (no)"),
        "old": ("protocol", "is too old: flowtui needs 3.8, this is 3.6.9"),
    }
    assert all(u.sentence == f"{u.path} {u.cause}" for u in found.unusable)


async def test_answers_are_remembered_until_the_file_changes(machine):
    fakes = machine(good=hello("3.13.0"), dead="sys.exit('no')")
    first = await discover_all()
    assert await discover_all() == first
    assert machine.asked("good") == 1 and machine.asked("dead") == 1

    fakes.make(COUNTED + hello("3.13.11"), "good/bin/python")
    assert [i.version for i in await discover()] == ["3.13.11"]
    assert machine.asked("good") == 2 and machine.asked("dead") == 1

    await discover(refresh=True)
    assert machine.asked("good") == 3 and machine.asked("dead") == 2


async def test_a_broken_or_foreign_cache_is_an_empty_one(machine, home):
    machine(good=hello("3.13.0"))
    await discover()
    cache = home / "cache" / "interpreters.json"
    assert cache.is_file()
    for spoilt in (b"", b"{", b"\xff\xfe", b"[]", cache.read_bytes().replace(b'"key":"', b'"key":"other ')):
        cache.write_bytes(spoilt)
        assert [i.version for i in await discover()] == ["3.13.0"]
    assert machine.asked("good") == 6


async def test_without_a_place_for_the_cache_everything_works(machine, home):
    (home / "cache").write_text("a file where the folder should be")
    machine(good=hello("3.13.0"))
    assert [i.version for i in await discover()] == ["3.13.0"]
    assert [i.version for i in await discover()] == ["3.13.0"]


async def test_a_silent_one_is_given_another_chance_later(machine, monkeypatch):
    machine(silent="hang()")
    real = ask
    monkeypatch.setattr(interpreters, "ask", lambda path, source: real(path, source=source, timeout=0.2))
    found = await discover_all()
    assert [u.reason for u in found.unusable] == ["hung"]
    asked = machine.asked("silent")
    await discover_all()
    assert machine.asked("silent") == asked
    monkeypatch.setattr("flowtui.engine.cache._SILENCE", 0.0)
    await discover_all()
    assert machine.asked("silent") == asked + 1


async def test_words_that_mean_an_interpreter(machine, fakes):
    machine(
        own=hello("3.11.7"),
        thirteen=hello("3.13.0"),
        newer=hello("3.13.4"),
        threaded=hello("3.13.2", free_threaded=True),
        nine=hello("3.9.16", implementation="pypy"),
        eleven=hello("3.11.13", implementation="pypy"),
    )
    for word, version in {
        "": "3.11.7",
        "3.13": "3.13.4",
        "3.13.0": "3.13.0",
        "3.13t": "3.13.2",
        "3": "3.11.7",
        "cpython": "3.11.7",
        "python3.13": "3.13.4",
        "pypy": "3.11.13",
        "pypy3": "3.11.13",
        "PyPy3.9": "3.9.16",
        "pypy 3.9": "3.9.16",
    }.items():
        assert (await find(word)).version == version, word
    for word in ("3.1", "3.14", "pypy3.10", "3.9", "jython", "3.11t"):
        with pytest.raises(UnknownInterpreterError) as caught:
            await find(word)
        assert "3.11, 3.13, 3.13t, pypy 3.11, pypy 3.9" in str(caught.value)
        assert repr(word) in str(caught.value)


async def test_a_path_means_what_is_there(machine, fakes, monkeypatch):
    machine()
    path = fakes.make(hello("3.12.1"), "here/python")
    interpreter = await find(path)
    assert (interpreter.path, interpreter.version, interpreter.source) == (path, "3.12.1", "given")
    monkeypatch.chdir(fakes.folder / "here")
    assert (await find("./python")).path == path
    with pytest.raises(ProbeError, match="does not exist"):
        await find("./nothing")
    with pytest.raises(UnknownInterpreterError, match="none that can be used"):
        await find("nothing-at-all")
    monkeypatch.setenv("PATH", str(fakes.folder / "here"))
    assert (await find("python")).version == "3.12.1"


async def test_a_word_for_one_that_is_too_old_says_so(machine):
    machine(good=hello("3.13.0"), old=hello("3.7.16"))
    with pytest.raises(UnknownInterpreterError, match="is too old"):
        await find("3.7")


async def test_two_ways_to_one_executable_are_one_interpreter(machine):
    machine(one=hello("3.13.0", executable=sys.executable), two=hello("3.13.0", executable=sys.executable))
    usable = await discover()
    assert [i.path.split("/")[-3] for i in usable] == ["one"]


def test_versions_sort():
    versions = ["3.15.0", "3.9.1", "3.15.0a2", "3.15.0rc1", "3.15.0b1", "3.10.0", "3.15.0rc2"]
    expected = ["3.9.1", "3.10.0", "3.15.0a2", "3.15.0b1", "3.15.0rc1", "3.15.0rc2", "3.15.0"]
    assert sorted(versions, key=version_key) == expected
    with pytest.raises(ValueError, match="no version"):
        version_key("three")
