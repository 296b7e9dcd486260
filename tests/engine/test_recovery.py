"""Unsaved text outlives the process that held it, and nobody is offered what is still open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowtui.engine import recovery
from flowtui.engine.recovery import Keeper

ODD = "π = 3\n\x00\udcff tab\t\x0c\r end\n"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWTUI_HOME", str(tmp_path / "home"))


def keep_and_die(path: Path, text: str) -> None:
    """Another process keeps a text and is killed."""
    code = (
        "import os, signal, sys; from flowtui.engine.recovery import Keeper\n"
        "text = sys.argv[2].encode('ascii').decode('unicode_escape')\n"
        "Keeper(sys.argv[1], 'demo.py', 'latin-1', '\\r\\n').keep(text)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    escaped = text.encode("unicode_escape").decode("ascii")
    subprocess.run([sys.executable, "-c", code, str(path), escaped], timeout=60)


def test_what_a_killed_process_kept_is_found(tmp_path: Path) -> None:
    path = tmp_path / "demo.py"
    keep_and_die(path, ODD)
    (unsaved,) = recovery.find(str(path))
    assert (unsaved.text, unsaved.path, unsaved.encoding, unsaved.newline) == (
        ODD,
        str(path),
        "latin-1",
        "\r\n",
    )
    assert recovery.find(str(tmp_path / "other.py")) == []
    recovery.discard(unsaved)
    assert recovery.find(str(path)) == []
    assert list(recovery.folder().iterdir()) == []


def test_what_is_open_is_offered_to_nobody(tmp_path: Path) -> None:
    keeper = Keeper(str(tmp_path / "demo.py"), "demo.py")
    keeper.keep("a")
    assert recovery.find(str(tmp_path / "demo.py")) == []
    keeper.forget()


def test_a_source_without_a_file_is_found_too() -> None:
    keep_and_die(Path(), "x = 1\n")
    keeper = Keeper("", "unnamed")
    keeper.keep("y = 2\n")
    os.close(keeper._lock or 0)
    keeper._lock = None
    assert [unsaved.text for unsaved in recovery.find()] == ["y = 2\n"]


def test_a_later_text_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    keeper = Keeper(str(tmp_path / "a.py"), "a.py")
    for text in ("one", "two"):
        keeper.keep(text)
    assert [file.suffix for file in sorted(recovery.folder().iterdir())] == [".lock", ".text"]
    keeper.forget()
    assert list(recovery.folder().iterdir()) == []


def test_a_broken_file_is_passed_over() -> None:
    recovery.folder().mkdir(parents=True)
    (recovery.folder() / "unnamed-00.text").write_bytes(b"no head")
    assert recovery.find() == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOWTUI_HOME", str(tmp_path / "file"))
    with pytest.raises(OSError):
        Keeper("", "unnamed").keep("text")


def test_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.py")
    keep_and_die(path, "x = 1\n")
    (unsaved,) = recovery.find(str(path))
    assert (os.fsencode(unsaved.path), unsaved.text) == (os.fsencode(path), "x = 1\n")


def test_a_text_whose_file_is_gone_is_offered_with_those_without_one(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("x\n")
    keep_and_die(path, "x = 1\n")
    assert recovery.find() == []
    path.unlink()
    assert [unsaved.path for unsaved in recovery.find()] == [str(path)]
