"""A probe on each interpreter at hand, and one for a test alone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interpreters import at_hand, need, pyenv
from tests.probe.probes import Probe


@pytest.fixture(scope="module", params=at_hand())
def python(request: pytest.FixtureRequest) -> str:
    """The path of each interpreter."""
    return need(request.param)


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
    for path in sorted(pyenv().glob("*/bin/python")):
        if path.parts[-3].startswith(("2.7", "3.6", "3.7")):
            return str(path)
    pytest.skip("needs a Python older than 3.8")
