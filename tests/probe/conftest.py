"""One probe on each interpreter at hand, spoken to over the wire directly, without the engine."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from flowtui.probe.wire import PREFIX, Frame, decode, encode, lengths

MAIN = Path(__file__).parents[2] / "flowtui" / "probe" / "__main__.py"
#: The interpreters that flowtui shows; one that is not at hand is skipped with a reason.
WANTED = [*(f"cpython-3.{minor}" for minor in range(8, 16)), *(f"pypy-3.{minor}" for minor in range(9, 12))]
DEADLINE = 60.0


@lru_cache(1)
def interpreters() -> dict[str, str]:
    """The interpreters on PATH and in pyenv, by name: ``cpython-3.8``."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders += sorted(pyenv.glob("*/bin"))
    folders += [*sorted(Path("/opt").glob("*/bin")), Path("/usr/local/bin"), Path("/usr/bin")]
    found = {f"cpython-{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for folder in folders:
        if "shims" in folder.parts:  # pyenv's shims are scripts that choose for themselves
            continue
        for implementation, word in (("cpython", "python"), ("pypy", "pypy")):
            for path in folder.glob(f"{word}3.*"):
                match = re.fullmatch(rf"{word}(3\.\d+)", path.name)
                if match and f"{implementation}-{match[1]}" in WANTED and os.access(path, os.X_OK):
                    found.setdefault(f"{implementation}-{match[1]}", str(path))
    return found


class Probe:
    """A probe as the parent sees it: frames out, frames in; every wait has an end."""

    def __init__(self, python: str, role: str = "analyse", *options: str) -> None:
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        self.python = python
        self.process = subprocess.Popen(
            [python, "-I", *options, str(MAIN), role, str(theirs_in), str(theirs_out)],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.number = 0
        self.hello = self.receive().head

    def send(self, head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> None:
        self.write(encode(head, columns))

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.out, view) :]

    def _read(self, count: int) -> bytes:
        data = bytearray()
        end = time.monotonic() + DEADLINE
        while len(data) < count:
            if not select.select([self.into], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the probe says nothing")
            piece = os.read(self.into, count - len(data))
            if not piece:
                raise EOFError("the probe is gone")
            data += piece
        return bytes(data)

    def receive(self) -> Frame:
        header, blob = lengths(self._read(PREFIX.size))
        return decode(self._read(header), self._read(blob))

    def request(self, head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> list[Frame]:
        """Wait for `ready`, ask, and give all answers up to `done`."""
        frame = self.receive()
        assert frame.kind == "ready"
        self.number += 1
        self.send({**head, "id": self.number}, columns)
        answers = []
        while True:
            frame = self.receive()
            assert frame.head["id"] == self.number
            answers.append(frame)
            if frame.kind == "done":
                return answers

    def analyse(self, data: bytes, *stages: str, name: str = "<test>") -> dict[str, Frame]:
        """The frames by stage; a failure of a stage under its name and `!`."""
        wanted = list(stages or ("tokens", "ast", "symbols", "bytecode"))
        answers = self.request(
            {"kind": "analyse", "name": name, "stages": wanted}, {"source": array("B", data)}
        )
        assert answers[-1].head["abandoned"] is False
        faults = [frame.head for frame in answers if frame.kind == "fault"]
        assert not faults
        return {
            frame.head["stage"] + ("!" if frame.kind == "failure" else ""): frame for frame in answers[:-1]
        }

    def close(self) -> int:
        """Close the pipes and wait for its end; the second time only the status is told."""
        if self.out < 0:
            return self.process.returncode
        os.close(self.out)
        self.out = -1
        try:
            return self.process.wait(10)
        finally:
            os.close(self.into)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.process.stderr:
                self.process.stderr.close()


def at_hand() -> list[str]:
    """The wanted interpreters; of PyPy, which few have in every version, those that are there or one name."""
    found = interpreters()
    pypys = [name for name in WANTED if name.startswith("pypy") and name in found]
    return [name for name in WANTED if name.startswith("cpython")] + (pypys or ["pypy-3.11"])


@pytest.fixture(scope="module", params=at_hand())
def python(request: pytest.FixtureRequest) -> str:
    """The path of each interpreter."""
    path = interpreters().get(request.param)
    if path is None:
        pytest.skip(f"needs {request.param}")
    return path


@pytest.fixture(scope="module")
def probe(python: str) -> Iterator[Probe]:
    """A probe on each interpreter, shared by a module's tests: what one does must not harm the next."""
    started = Probe(python)
    yield started
    started.close()


@pytest.fixture
def own_probe() -> Iterator[Probe]:
    """A probe on the interpreter that runs the tests, for one test alone."""
    started = Probe(sys.executable)
    yield started
    started.close()


@pytest.fixture(scope="session")
def bare_python() -> str:
    """Any interpreter too old for the probe."""
    for name in ("python2.7", "python3.6", "python3.7"):
        path = shutil.which(name)
        if path and "shims" not in Path(path).parts:
            return path
    for path in sorted((Path.home() / ".pyenv" / "versions").glob("*/bin/python")):
        if path.parts[-3].startswith(("2.7", "3.6", "3.7")):
            return str(path)
    pytest.skip("needs a Python older than 3.8")
