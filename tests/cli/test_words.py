"""What is refused, and how; and what costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowtui import __version__


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["show"], "needs a FILE"),
        (["show", "missing.py"], "missing.py"),
        (["missing.py"], "missing.py"),
        (["show", "."], "."),
        (["."], "folder"),
        (["show", "-c"], "-c needs CODE"),
        (["show", "-c", "1", "m.py"], "not both"),
        (["show", "-c", "1", "--stage", "nothing"], "tokens, ast"),
        (["show", "-c", "1", "--stage", "trace", "--steps", "5:x"], "--steps 5:x"),
        (["show", "-c", "1", "--stage", "trace", "--steps", ":"], "10:20"),
        (["show", "-c", "1", "--stage", "trace", "--steps", "0:5"], "from 1"),
        (["show", "-c", "1", "--stage", "trace", "--steps", "-3:5"], "--steps"),
        (["show", "-c", "1", "--stage", "trace", "--steps", "9:5"], "ends before it begins"),
        (["show", "-c", "1", "--stage", "trace", "--at", "0"], "from 1"),
        (["show", "-c", "1", "--stage", "trace", "--at", "1e3"], "--at 1e3"),
        (["show", "-c", "1", "--stage", "trace", "--at", "1000"], "the last one is "),
        (["show", "-c", "1", "--stage", "trace", "--limit-steps", "0"], "from 1"),
        (["show", "-c", "1", "--stage", "trace", "--limit-steps", "9" * 12], "to 1,000,000,000"),
        (["show", "-c", "1", "--stage", "trace", "--granularity", "atom"], "atom"),
        (["show", "-c", "1", "--stage", "trace", "--adaptive"], "--adaptive"),
        (["show", "-c", "1", "--steps", "1:5"], "--steps belongs to --stage trace"),
        (["show", "-c", "1", "--stage", "output", "--at", "1"], "--at belongs to --stage trace"),
        (["show", "-c", "1", "--save", "x.flowtrace"], "--save belongs to --stage trace"),
        (["show", "missing.flowtrace"], "missing.flowtrace"),
        (["show", "missing.flowtrace", "--stage", "tokens"], "has no tokens"),
        (["show", "missing.flowtrace", "--python", "3.8"], "leave --python out"),
        (["show", "missing.flowtrace", "--", "a"], "is a run that is over"),
        (["show", "-c", "1", "--stage", "memory"], "`memory` is not part of this version"),
        (["show", "-c", "1", "--stage", "profile"], "`profile` is not part of this version"),
        (["show", "-c", "1", "--stage", "pyc"], "needs a FILE"),
        (["show", "-c", "1", "--format", "pdf"], "pdf"),
        (["show", "-c", "1", "--cpu", "soon"], "10s"),
        (["show", "-c", "1", "--memory", "much"], "512M"),
        (["show", "-c", "1", "--processes", "-3"], "processes"),
        (["show", "-c", "1", "--nothing"], "--nothing"),
        (["show", "-c", "1", "--python", "no-such-python"], "no-such-python"),
        (["show", "-c", "1", "--python", "/dev/null"], "/dev/null"),
        (["show", "-c", "1", "--python", "9.99"], "9.99"),
        (["show", "-c", "1", "--input", "missing.txt"], "missing.txt"),
        (["show", "-", "--input", "-"], "both"),
        (["show", "-c", "1", "--format", "json", "--width", "80"], "width"),
        (["show", "missing.pyc"], "missing.pyc"),
        (["show", "a\x1b[31m\nb.py"], "\\x1b[31m\\nb.py"),
        (["learn"], "`learn` is not part of this version"),
        (["compare", "a.py"], "`compare` is not part of this version"),
        (["gil"], "`gil` is not part of this version"),
        (["lessons", "list"], "`lessons` is not part of this version"),
        (["serve"], "`serve` is not part of this version"),
        (["doctor", "--format", "svg"], "svg"),
        (["doctor", "now"], "now"),
        (["--nonsense"], "--nonsense"),
        (["a.py", "b.py"], "b.py"),
    ],
    ids=lambda value: (
        " ".join(value).replace("\x1b", "ESC").replace("\n", "NL") if isinstance(value, list) else ""
    ),
)
def test_wrong_words_are_one_line_and_status_2(words: list[str], part: str, flowtui: Any) -> None:
    result = flowtui(*words)
    assert result.returncode == 2, result.stdout[:200]
    assert result.stdout == ""
    assert result.stderr.startswith("flowtui: ")
    assert result.stderr.endswith("\n")
    assert result.stderr.count("\n") == 1
    assert part in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="needs a user whom file permissions hold")
def test_an_unreadable_file(flowtui: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("x = 1\n")
    (tmp_path / "m.py").chmod(0)
    result = flowtui("show", tmp_path / "m.py")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


def test_a_pipe_in_place_of_a_file_does_not_hang(flowtui: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.py")
    result = flowtui("show", tmp_path / "m.py")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


def test_version_and_help(flowtui: Any) -> None:
    assert flowtui("--version").stdout == f"flowtui {__version__}\n"
    for words in (["--help"], ["-h"], ["show", "--help"], ["doctor", "-h"]):
        result = flowtui(*words)
        assert result.returncode == 0
        assert result.stdout.startswith("usage: flowtui")
        assert max(map(len, result.stdout.split("\n"))) <= 80


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_they_load_nothing_large(word: str) -> None:
    program = (
        "import sys; from flowtui.cli import main; status = main([sys.argv[1]]);"
        "large = {'textual', 'msgspec', 'psutil', 'rich', 'asyncio', 'yaml'};"
        "print(status, sorted(large & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program, word], capture_output=True, text=True, timeout=60)
    assert result.stdout.endswith("0 []\n")


def flowtui_in_shell(
    script: str, environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """A shell that calls flowtui as ``"$@"``."""
    return subprocess.run(
        ["bash", "-c", script, "bash", sys.executable, "-m", "flowtui"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def test_a_reader_that_leaves_is_no_error(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("x = [1, 2]\n" * 20_000)
    script = '"$@" show m.py --stage tokens --format json | head -n 1; echo "${PIPESTATUS[0]}"'
    result = flowtui_in_shell(script, environment, tmp_path)
    assert result.stderr == ""
    assert result.stdout.split("\n")[1] == "0"


@pytest.mark.parametrize(
    ("script", "part", "status"),
    [
        ('"$@" show -c 1 >&-', "standard output is closed", "1"),
        ('"$@" --version >&-', "standard output is closed", "1"),
        ('"$@" show -c 1 >/dev/full', "no space left", "1"),
        ('"$@" --help >/dev/full', "no space left", "1"),
        ('"$@" show - <&-', "standard input is closed", "2"),
        ('"$@" show missing.py 2>&-', "", "2"),
        ('"$@" show missing.py 2>/dev/full', "", "2"),
    ],
)
def test_closed_and_full_streams(
    script: str, part: str, status: str, environment: dict[str, str], tmp_path: Path
) -> None:
    result = flowtui_in_shell(f"{script}; echo $?", environment, tmp_path)
    assert result.stdout.rstrip().split("\n")[-1] == status
    assert part in result.stderr
    assert result.stderr.count("\n") == (1 if part else 0)


def test_closed_streams_do_not_harm_the_program(environment: dict[str, str], tmp_path: Path) -> None:
    result = flowtui_in_shell('"$@" show -c "print(6*7)" --stage output <&- 2>&-', environment, tmp_path)
    assert result.returncode == 0
    assert "│ 42" in result.stdout


def test_an_interrupt_is_quiet(environment: dict[str, str], tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    code = f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(999)"
    process = subprocess.Popen(
        [sys.executable, "-m", "flowtui", "show", "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    with started.open():  # returns when the program runs
        process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, b"", b"")
