"""Hard sources and bad interpreters without a screen: one clear line, the right status, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fakes import FakeProbes
from tests.interpreters import need

pytestmark = pytest.mark.hostile

#: What it is, the status, the type of the error that the JSON names first (None: there is none).
SOURCES: dict[str, tuple[bytes, int, set[str] | None]] = {
    "50,000 lines": (b"0\n" * 50_000, 0, None),
    "a line of 1 MB": (b"x = '" + b"y" * 1_000_000 + b"'\n", 0, None),
    "10,000 brackets": (b"(" * 10_000 + b")" * 10_000, 1, {"SyntaxError", "TokenError"}),
    # What one interpreter cannot do, a newer one may.
    "a deep sum": (b"x = " + b"+".join([b"1"] * 20_000) + b"\n", 1, {"RecursionError", "MemoryError"}),
    "a deep negation": (b"x = " + b"-" * 30_000 + b"1\n", 1, {"MemoryError", "RecursionError"}),
    "lone surrogates": (b"x = '\xed\xa0\x80'\n", 1, {"SyntaxError"}),
    "any bytes": (bytes(range(256)) * 20, 1, {"SyntaxError", "TokenError", "UnicodeDecodeError"}),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_hard_source_is_shown_or_told_of(name: str, show_json: Any, flowtui: Any, tmp_path: Path) -> None:
    data, status, kinds = SOURCES[name]
    file = tmp_path / "hard.py"
    file.write_bytes(data)
    words = ["--stage", "ast", "--stage", "tokens"]
    result = flowtui("show", file, *words)
    status = 0 if kinds and "RecursionError" in kinds and result.returncode == 0 else status
    assert (result.returncode, result.stderr) == (status, "")
    assert "Traceback" not in result.stdout
    stages = show_json(file, *words, status=status)["stages"]
    errors = [stage["error"] for stage in stages.values() if "error" in stage]
    if status == 0:
        assert errors == []
    else:
        assert kinds is not None
        assert errors[0]["type"] in kinds
        assert errors[0]["message"]
        assert "\n" not in errors[0]["message"]
        assert errors[0]["type"] in result.stdout


@pytest.mark.parametrize(
    ("name", "data", "stage"),
    [
        ("cpython-3.8", b"x = " + b"+".join([b"1"] * 150_000), "ast"),
        ("pypy-3.11", b"x = = '\xc3\xa9 \xa9'\n", "ast"),
    ],
    ids=["cpython-3.8", "pypy-3.11"],
)
def test_a_source_that_kills_its_interpreter(
    name: str, data: bytes, stage: str, show_json: Any, tmp_path: Path
) -> None:
    file = tmp_path / "deadly.py"
    file.write_bytes(data)
    stages = show_json(file, "--python", need(name), "--stage", stage, status=1)["stages"]
    error = stages[stage]["error"]
    if error["type"] == "Crash":  # another build may survive
        assert "was killed by SIG" in error["message"]
        assert error["message"].endswith("at this stage")


def make_link_in_a_circle(path: Path) -> None:
    path.symlink_to(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(65 << 20)


@pytest.mark.parametrize("make", [make_link_in_a_circle, make_device, make_pipe, make_folder, make_huge])
def test_what_is_no_source_is_one_line(make: Any, flowtui: Any, tmp_path: Path) -> None:
    # A name that a terminal would obey, and bytes that are no text.
    path = tmp_path / os.fsdecode(b"odd \x1b[31m\xff.py")
    make(path)
    result = flowtui("show", path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("flowtui: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.rstrip("\n").isprintable()


@pytest.mark.parametrize("form", ["text", "json", "html", "svg"])
def test_a_file_with_an_odd_name_is_shown(form: str, flowtui: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd [" / os.fsdecode(b"b] <b>\x1b[31m\xff.py")
    path.parent.mkdir()
    path.write_text("print(1)\n1 / 0\n")
    result = flowtui("show", path, "--format", form)
    assert (result.returncode, result.stderr) == (1, "")
    assert "\x1b" not in result.stdout


BROKEN = {
    "hangs": ("hang()", "did not answer within 5 s"),
    "dies": ("os.kill(os.getpid(), signal.SIGSEGV)", "it was killed by SIGSEGV"),
    "lies": ("send('nonsense')", "began with 'nonsense' and not with a handshake"),
    "says what a terminal obeys": ("sys.exit('\\x1b[31m sorry')", "ended with status 1"),
    "dies later": (
        "if role == 'describe': hello()\nelse: os.kill(os.getpid(), signal.SIGKILL)",
        "it was killed by SIGKILL",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_interpreter_that_does_not_work_is_one_line(name: str, flowtui: Any, tmp_path: Path) -> None:
    body, sentence = BROKEN[name]
    path = FakeProbes(tmp_path).make(body)
    result = flowtui("show", "-c", "x = 1", "--python", path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"flowtui: {path} ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stderr.rstrip("\n").isprintable()


def test_an_interpreter_that_dies_at_a_stage_shows_the_others(show_json: Any, tmp_path: Path) -> None:
    path = FakeProbes(tmp_path).make("""
        hello()
        if role == "describe": sys.exit(0)
        send("ready")
        for request in requests():
            tokens(request)
            os.kill(os.getpid(), signal.SIGSEGV)
    """)
    words = ["-c", "x = 1", "--python", path, "--stage", "tokens", "--stage", "ast"]
    stages = show_json(*words, status=1)["stages"]
    assert stages["tokens"]["rows"]
    assert stages["ast"]["error"]["type"] == "Crash"
    assert "Python 3.13 was killed by SIGSEGV at this stage" in stages["ast"]["error"]["message"]


PROGRAMS = {
    "forks without end": (
        "import os, time\nend = time.monotonic() + 5\nwhile time.monotonic() < end: os.fork()",
        "processes",
    ),
    "crashes": ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    "closes its descriptors": ("import os\nos.closerange(0, 5000)\nraise ValueError", "status 1"),
    "kills its keeper": (
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass",
        "watches",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_misbehaves_is_told_of(name: str, flowtui: Any) -> None:
    code, part = PROGRAMS[name]
    result = flowtui(
        "show", "-c", code, "--stage", "output", "--processes", "16", "--cpu", "2s", "--width", "0"
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert part in result.stdout
    assert "Traceback" not in result.stdout
