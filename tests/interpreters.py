"""The interpreters on this machine that the tests run on; one that is not there is skipped with a reason."""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from pathlib import Path

import pytest

#: The interpreters that flowtui shows.
WANTED = [*(f"cpython-3.{minor}" for minor in range(8, 16)), *(f"pypy-3.{minor}" for minor in range(9, 12))]


@lru_cache(1)
def interpreters() -> dict[str, str]:
    """The interpreters on PATH, in pyenv and below ``/opt``, one a version, by name: ``cpython-3.8``."""
    found = {f"cpython-{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for folder in folders():
        for implementation, word in (("cpython", "python"), ("pypy", "pypy")):
            for path in folder.glob(f"{word}3.*"):
                match = re.fullmatch(rf"{word}(3\.\d+)", path.name)
                if match and f"{implementation}-{match[1]}" in WANTED and os.access(path, os.X_OK):
                    found.setdefault(f"{implementation}-{match[1]}", str(path))
    return {name: found[name] for name in WANTED if name in found}


def folders() -> list[Path]:
    """Where interpreters are looked for; pyenv's shims, scripts that choose for themselves, are left out."""
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    found = [folder for folder in on_path if "shims" not in folder.parts]
    found += sorted(pyenv().glob("*/bin"))
    return [*found, *sorted(Path("/opt").glob("*/bin")), Path("/usr/local/bin"), Path("/usr/bin")]


def pyenv() -> Path:
    """The folder of pyenv's interpreters; it may not exist, or be another user's."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return root / "versions" if os.access(root, os.X_OK) else Path("/nonexistent")


def at_hand() -> list[str]:
    """Every wanted CPython, there or not; of PyPy, which few have in every version, those there or one name."""
    pypys = [name for name in interpreters() if name.startswith("pypy")]
    return [name for name in WANTED if name.startswith("cpython")] + (pypys or ["pypy-3.11"])


def need(name: str) -> str:
    """The path of an interpreter such as ``cpython-3.8``; the test is skipped where there is none."""
    path = interpreters().get(name)
    if path is None:
        pytest.skip(f"needs {name}")
    return path
