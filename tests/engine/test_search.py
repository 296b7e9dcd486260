import os
import sys
from pathlib import Path

import pytest

from flowtui.engine import search


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A home of its own, and nothing of this machine on PATH."""
    for variable in list(os.environ):
        if variable.startswith(("PYENV", "UV_", "CONDA", "MAMBA", "ASDF", "MISE", "XDG")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def link(path: Path, target: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def found(machine):
    """Path below the machine's home → source, in order."""
    below = [c for c in search.candidates() if c.path.startswith(str(machine))]
    return {os.path.relpath(c.path, machine): c.source for c in below}


def test_flowtuis_own_comes_first(machine):
    program(machine / "bin" / "python3")
    first = search.candidates()[0]
    assert (first.path, first.source) == (sys.executable, "own")
    assert first.real_path == os.path.realpath(sys.executable)


def test_every_home_of_interpreters_is_looked_into(machine, monkeypatch):
    monkeypatch.setenv("CONDA_PREFIX", str(machine / "elsewhere"))
    program(machine / "bin" / "python3.12")
    program(machine / ".pyenv/versions/3.13.0/bin/python3.13")
    program(machine / ".pyenv/versions/3.14.0t/bin/python3.14t")
    program(machine / ".local/share/uv/python/cpython-3.11-linux/bin/python3.11")
    program(machine / "miniforge3/bin/python3.10")
    program(machine / "miniforge3/envs/old/bin/python")
    program(machine / "elsewhere/bin/python3.9")
    program(machine / "listed/bin/python3.8")
    (machine / ".conda").mkdir()
    (machine / ".conda/environments.txt").write_text(f"{machine}/listed\n\n/nowhere\n")
    program(machine / ".asdf/installs/python/pypy3.10-7.3/bin/pypy3")
    program(machine / ".local/share/mise/installs/python/3.13/bin/python")
    assert found(machine) == {
        "bin/python3.12": "PATH",
        ".pyenv/versions/3.14.0t/bin/python3.14t": "pyenv",
        ".pyenv/versions/3.13.0/bin/python3.13": "pyenv",
        ".local/share/uv/python/cpython-3.11-linux/bin/python3.11": "uv",
        "listed/bin/python3.8": "conda",
        "elsewhere/bin/python3.9": "conda",
        "miniforge3/bin/python3.10": "conda",
        "miniforge3/envs/old/bin/python": "conda",
        ".asdf/installs/python/pypy3.10-7.3/bin/pypy3": "asdf",
        ".local/share/mise/installs/python/3.13/bin/python": "mise",
    }


def test_the_variables_of_pyenv_and_uv_are_followed(machine, monkeypatch):
    monkeypatch.setenv("PYENV_ROOT", str(machine / "p"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(machine / "u"))
    program(machine / "p/versions/3.13.0/bin/python")
    program(machine / "u/cpython-3.12/bin/python")
    assert found(machine) == {"p/versions/3.13.0/bin/python": "pyenv", "u/cpython-3.12/bin/python": "uv"}


def test_one_file_is_one_interpreter_under_its_most_telling_name(machine):
    real = program(machine / ".pyenv/versions/3.13.0/bin/python3.13")
    link(real.with_name("python"), real)
    link(real.with_name("python3"), real)
    assert found(machine) == {".pyenv/versions/3.13.0/bin/python3.13": "pyenv"}
    link(machine / "bin/python3", real)
    assert found(machine) == {"bin/python3": "PATH"}


def test_a_virtual_environment_stands_for_its_base_only_when_that_is_nowhere(machine):
    base = program(machine / "hidden/python3.13")
    (machine / "pyvenv.cfg").write_text("home = hidden\n")
    link(machine / "bin/python", base)
    assert found(machine) == {"bin/python": "PATH"}
    program(machine / ".pyenv/versions/x/bin/python3.12")
    link(machine / ".pyenv/versions/y/bin/python3.13", base)
    assert found(machine) == {
        ".pyenv/versions/y/bin/python3.13": "pyenv",
        ".pyenv/versions/x/bin/python3.12": "pyenv",
    }


def test_what_is_no_interpreter_is_left_out(machine, monkeypatch):
    monkeypatch.setenv("PATH", f"{machine}/bin::relative:{machine}/shims:{machine}/nowhere:{machine}/file")
    program(machine / "file")
    program(machine / "shims/python3")
    for name in ("python3-config", "python3.11-gdb.py", "pythonw", "ipython3", "python-x", "mypy", "pypyjit"):
        program(machine / "bin" / name)
    (machine / "bin/python3").mkdir()
    program(machine / "bin/python3.9").chmod(0o644)
    link(machine / "bin/python3.10", machine / "gone")
    loop = machine / "bin/python3.12"
    loop.symlink_to(loop)
    assert found(machine) == {}


def test_no_home_and_no_path_are_no_trouble(monkeypatch):
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("PATH", raising=False)
    assert search.candidates()
