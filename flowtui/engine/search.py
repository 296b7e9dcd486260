"""Where to look for interpreters. Nothing is started here: the whole search is a few folder listings."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

#: The names of interpreters that a probe can run on, and of the older ones, so that it can be said that they
#: are too old.
_NAME = re.compile(r"(?:python|pypy)(?:\d(?:\.\d+t?)?)?")
#: Folders that hold virtual environments of conda and its relatives.
_CONDA_ROOTS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")


class Candidate(NamedTuple):
    """A file that looks like an interpreter.

    Attributes:
        path: as people would type it.
        real_path: with every link followed.
        source: where it was found: ``own``, ``PATH``, ``pyenv``, ``uv``, ``conda``, ``asdf``, ``mise``,
            ``system``.
    """

    path: str
    real_path: str
    source: str


def own_candidate() -> Candidate | None:
    """The interpreter that runs flowtui."""
    return _candidate(sys.executable, "own") if sys.executable else None


def candidates() -> list[Candidate]:
    """All that look like interpreters, one for each real path: flowtui's own, then by the order of `places`.

    Of several names for one file the first found is kept, in one folder the longest (``python3.12``, which
    will not mean another one after an upgrade); a virtual environment's only if the interpreter it was made
    of is not found elsewhere.
    """
    own = own_candidate()
    found: dict[str, Candidate] = {own.real_path: own} if own else {}
    in_environments: list[Candidate] = []
    for folder, source in places():
        environment = (folder.parent / "pyvenv.cfg").is_file()
        for name in _names_in(folder):
            candidate = _candidate(str(folder / name), source)
            if candidate is None:
                continue
            if environment:
                in_environments.append(candidate)
            else:
                found.setdefault(candidate.real_path, candidate)
    for candidate in in_environments:
        found.setdefault(candidate.real_path, candidate)
    return list(found.values())


def places() -> Iterator[tuple[Path, str]]:
    """The folders to look in, each once, and whose each is; shims, which start others, are left out."""
    seen = set()
    for folder, source in _all_places():
        if folder not in seen and folder.is_absolute() and folder.name != "shims":
            seen.add(folder)
            yield folder, source


def _all_places() -> Iterator[tuple[Path, str]]:
    home = Path(os.environ.get("HOME") or "/")
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        if entry:
            yield Path(entry), "PATH"
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    yield from _below(pyenv / "versions", "pyenv")
    uv = os.environ.get("UV_PYTHON_INSTALL_DIR")
    yield from _below(Path(uv) if uv else _data_home(home) / "uv" / "python", "uv")
    yield from _conda_places(home)
    yield from _below(Path(os.environ.get("ASDF_DATA_DIR") or home / ".asdf") / "installs" / "python", "asdf")
    mise = Path(os.environ.get("MISE_DATA_DIR") or _data_home(home) / "mise")
    yield from _below(mise / "installs" / "python", "mise")
    for folder in ("/usr/local/bin", "/usr/bin", "/bin"):
        yield Path(folder), "system"
    yield from _below(Path("/opt"), "system")


def _conda_places(home: Path) -> Iterator[tuple[Path, str]]:
    try:
        listed = (home / ".conda" / "environments.txt").read_text(errors="replace").split("\n")
    except OSError:
        listed = []
    roots = [Path(line.strip()) for line in listed if line.strip()]
    given = (os.environ.get(variable) for variable in ("CONDA_PREFIX", "MAMBA_ROOT_PREFIX"))
    roots += [Path(root) for root in given if root]
    roots += [parent / name for parent in (home, Path("/opt")) for name in _CONDA_ROOTS]
    for root in roots:
        yield root / "bin", "conda"
        yield from _below(root / "envs", "conda")


def _data_home(home: Path) -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")


def _below(root: Path, source: str) -> Iterator[tuple[Path, str]]:
    """The folder ``bin`` of everything that is installed in `root`, the newest-looking names first."""
    for name in sorted(_listing(root), reverse=True):
        yield root / name / "bin", source


def _names_in(folder: Path) -> list[str]:
    names = [n for n in _listing(folder) if n.startswith(("python", "pypy")) and _NAME.fullmatch(n)]
    return sorted(names, key=lambda name: (-len(name), name))


def _listing(folder: Path) -> Iterable[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except (OSError, ValueError):
        return ()


def _candidate(path: str, source: str) -> Candidate | None:
    try:
        real_path = os.path.realpath(path, strict=True)
    except (OSError, ValueError):
        return None
    if not Path(real_path).is_file() or not os.access(real_path, os.X_OK):
        return None
    return Candidate(path, real_path, source)
