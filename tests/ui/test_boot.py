"""The first picture: fast, harmless, and where the app will paint."""

import os
import subprocess
import sys

from flowtui.ui import boot


def test_nothing_large_is_imported_for_it() -> None:
    code = "import sys; import flowtui.ui.boot; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert (
        not loaded & {"textual", "rich", "asyncio", "msgspec", "json", "argparse", "pathlib", "re"} - _early()
    )


def _early() -> set[str]:
    """What this interpreter's start-up itself imports."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


def test_without_a_terminal_nothing_happens() -> None:
    code = "from flowtui.ui import boot; boot.paint(__file__ if 0 else '', 'x = 1'); boot.restore()"
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60
    )
    assert done.stdout == done.stderr == b""


def test_the_picture_has_title_and_text_and_no_foreign_controls() -> None:
    picture = boot._picture("demo.py", "x = 1\n\x1b]0;owned\x07\ttab\n", 80, 24)
    assert "demo.py" in picture
    assert "x = 1" in picture
    assert "\x1b]0" not in picture
    assert "\x07" not in picture


def test_broken_colours_are_not_used(tmp_path: os.PathLike[str], monkeypatch: object) -> None:
    os.makedirs(os.path.join(tmp_path, "cache"))
    with open(os.path.join(tmp_path, "cache", "first-picture"), "w") as file:
        file.write("48;2;1;2;3\n\x1b[2J\nx\ny")
    monkeypatch.setenv("FLOWTUI_HOME", str(tmp_path))  # type: ignore[attr-defined]  # pytest's fixture
    assert boot._colours() == boot._DEFAULT
