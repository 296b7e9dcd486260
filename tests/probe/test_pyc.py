"""Cache files: the header's fields, whether it is stale, and that hostile bytes harm nobody."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.model.pyc import PycHeader
from flowtui.probe.wire import Frame
from tests.interpreters import interpreters
from tests.probe import comparison
from tests.probe.probes import Probe

SOURCE = "def f(é):\n    return 'ü', é\nprint(f(1))\n"
COMPILE = (
    "import py_compile, sys;"
    "py_compile.compile(sys.argv[1], sys.argv[2], doraise=True, "
    "invalidation_mode=getattr(py_compile.PycInvalidationMode, sys.argv[3]))"
)


def ask(probe: Probe, path: Path | str, source: Path | str = "") -> tuple[PycHeader, dict[str, Frame]]:
    answers = probe.request({"kind": "pyc", "path": str(path), "source_path": str(source)})
    assert answers[0].kind == "pyc"
    header = msgspec.convert(answers[0].head["header"], PycHeader)
    return header, {f.head["stage"] + ("!" if f.kind == "failure" else ""): f for f in answers[1:-1]}


@pytest.fixture
def made(python: str, tmp_path: Path) -> Any:
    """Make a source and its cache file, in one of the modes."""
    source, cache = tmp_path / "m.py", tmp_path / "m.pyc"
    source.write_text(SOURCE, "utf-8")
    os.utime(source, (1_600_000_000, 1_600_000_000))

    def make(mode: str) -> tuple[Path, Path]:
        subprocess.run([python, "-I", "-c", COMPILE, str(source), str(cache), mode], check=True)
        return source, cache

    return make


def test_a_fresh_file_shows_the_code_with_its_columns(probe: Probe, made: Any) -> None:
    source, cache = made("TIMESTAMP")
    header, frames = ask(probe, cache)
    assert (header.kind, header.state, header.readable) == ("timestamp", "fresh", True)
    assert (header.source_mtime, header.source_size) == (1_600_000_000, len(SOURCE.encode()))
    assert header.magic == probe.hello["magic"]
    assert header.code_size == header.size - 16 == cache.stat().st_size - 16
    assert header.source_path == str(source)
    expected = probe.analyse(SOURCE.encode(), "bytecode", name=str(source))
    assert comparison.code_rows(frames["bytecode"]) == comparison.code_rows(expected["bytecode"])


def test_a_changed_source_makes_it_stale(probe: Probe, made: Any) -> None:
    source, cache = made("TIMESTAMP")
    os.utime(source, (1_600_000_001, 1_600_000_001))
    header, frames = ask(probe, cache)
    assert header.state == "stale"
    assert "time" in header.reason
    assert set(frames["bytecode"].columns["line"]) == {0}  # no spans: the source is another
    source.write_text(SOURCE + "#", "utf-8")
    os.utime(source, (1_600_000_000, 1_600_000_000))
    assert "bytes" in ask(probe, cache)[0].reason
    source.unlink()
    assert ask(probe, cache)[0].state == "no source"


def test_hashes(probe: Probe, made: Any) -> None:
    source, cache = made("CHECKED_HASH")
    header, _ = ask(probe, cache, source)
    assert (header.kind, header.flags, header.state) == ("checked-hash", 3, "fresh")
    assert header.source_hash is not None
    assert len(header.source_hash) == 16
    source.write_text("x", "utf-8")
    assert ask(probe, cache)[0].state == "stale"
    made("UNCHECKED_HASH")
    header, frames = ask(probe, cache)
    assert (header.kind, header.state) == ("unchecked-hash", "unchecked")
    assert "bytecode" in frames


def test_the_name_of_the_source_follows_from_the_folder(own_probe: Probe, tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "m.py").write_text("x = 1\n", "utf-8")
    cache = tmp_path / "__pycache__" / "m.some-tag.opt-2.pyc"
    cache.write_bytes(bytes.fromhex(own_probe.hello["magic"]) + bytes(12))
    assert ask(own_probe, cache)[0].source_path == str(tmp_path / "m.py")


@pytest.mark.parametrize(
    ("magic", "writer", "size"),
    [
        (3413, "CPython 3.8", 16),
        (3495, "CPython 3.11", 16),
        (3571, "CPython 3.13", 16),
        (3379, "CPython 3.6", 12),
        (3180, "CPython 3.2", 8),
        (62211, "CPython 2.7", 8),
        (336, "PyPy 3.9", 16),
        (12345, "", 0),
    ],
)
def test_who_wrote_a_foreign_file(tmp_path: Path, magic: int, writer: str, size: int) -> None:
    python = interpreters().get("cpython-3.12") or sys.executable
    probe = Probe(python)
    cache = tmp_path / "m.pyc"
    cache.write_bytes(magic.to_bytes(2, "little") + b"\r\n" + bytes(36))
    header, frames = ask(probe, cache)
    assert header.written_by == writer
    if header.magic != probe.hello["magic"]:
        assert (header.state, header.readable) == ("foreign", False)
        assert "pyc!" in frames
    assert header.code_size == (40 - size if size else 0)
    probe.close()


def test_files_that_are_none(own_probe: Probe, tmp_path: Path) -> None:
    header, frames = ask(own_probe, tmp_path / "absent.pyc")
    assert (header.exists, header.state, frames) == (False, "absent", {})
    header, _ = ask(own_probe, tmp_path)
    assert not header.exists
    assert "regular file" in header.reason
    (tmp_path / "short.pyc").write_bytes(b"\xa7")
    header, frames = ask(own_probe, tmp_path / "short.pyc")
    assert (header.state, set(frames)) == ("foreign", {"pyc!"})
    os.mkfifo(tmp_path / "pipe.pyc")
    assert not ask(own_probe, tmp_path / "pipe.pyc")[0].exists


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff" * 50,
        marshal.dumps([1, 2]),
        marshal.dumps("code"),
        b"(" + b"\xff\xff\xff\x7f",
        b"[\x01\0\0\0" * 5000,
    ],
    ids=["nothing", "garbage", "a list", "a string", "a huge tuple", "deep lists"],
)
def test_a_payload_that_is_no_code_is_a_failure(own_probe: Probe, tmp_path: Path, payload: bytes) -> None:
    cache = tmp_path / "m.pyc"
    cache.write_bytes(bytes.fromhex(own_probe.hello["magic"]) + bytes(12) + payload)
    header, frames = ask(own_probe, cache)
    assert header.readable
    assert set(frames) == {"pyc!"}
    assert frames["pyc!"].head["message"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=40))
def test_any_bytes_give_a_header(own_probe: Probe, tmp_path: Path, data: bytes) -> None:
    cache = tmp_path / "m.pyc"
    cache.write_bytes(data)
    header, _ = ask(own_probe, cache)
    assert header.exists
    assert header.reason
