"""The house stands as ARCHITECTURE.md says: what is shipped, who may import whom, what is promised."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contract(beginning):
    """The import contract whose name begins so."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["name"].startswith(beginning))


def test_the_wheel_ships_the_lessons_and_the_styles(tmp_path, monkeypatch):
    from hatchling.build import build_wheel

    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        names = set(wheel.namelist())
    for lesson in (ROOT / "lessons").iterdir():
        if lesson.is_file():
            assert f"flowtui/lessons/{lesson.name}" in names
    for style in (ROOT / "flowtui").rglob("*.tcss"):
        assert style.relative_to(ROOT).as_posix() in names
    assert "flowtui/probe/__main__.py" in names
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("flowtui/model/span.py", "import flowtui.engine"),
        ("flowtui/engine/analysis.py", "import textual"),
        ("flowtui/engine/analysis.py", "import flowtui.probe.serve"),
        ("flowtui/ui/panes/tokens.py", "import flowtui.ui.panes.tree"),
        ("flowtui/ui/layout.py", "import subprocess"),
        ("flowtui/report/text.py", "import yaml"),
    ],
)
def test_a_broken_import_contract_is_caught(tmp_path, module, line):
    shutil.copytree(ROOT / "flowtui", tmp_path / "flowtui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / module
    broken.write_text(broken.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    lines = (
        "import sys",
        "sys.path.insert(0, '')",
        "from importlinter.cli import lint_imports",
        "sys.exit(lint_imports())",
    )
    command = "; ".join(lines)
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert re.search(r"\b1 broken", done.stdout), done.stdout


def test_the_readme_begins_with_the_two_commands():
    commands = re.findall(
        r"^(?:    |\$ )?(make \w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert commands[:2] == ["make run", "make test"]


def test_the_version_is_told_once():
    import flowtui

    assert PROJECT["project"]["version"] == flowtui.__version__


def test_every_room_of_the_probe_but_the_two_formats_is_closed_to_the_parent():
    closed = contract("Only the wire")["forbidden_modules"]
    rooms = {path.stem for path in (ROOT / "flowtui/probe").glob("*.py")} - {
        "__init__",
        "wire",
        "recording_format",
    }
    assert {name.removeprefix("flowtui.probe.") for name in closed} == rooms


def test_the_map_names_every_room():
    import flowtui.ui.widgets

    words = set(re.findall(r"\w+", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    words |= set(re.findall(r"\w+", flowtui.ui.widgets.__doc__ or ""))
    rooms = {path.stem for path in (ROOT / "flowtui").rglob("*.py")} - {"__init__"}
    assert {room for room in rooms - words if not room.startswith("opcodes_")} == set()


def test_no_pane_may_import_another():
    from flowtui.ui.screens.slots import PANES

    assert set(contract("A pane never")["modules"]) == {
        f"flowtui.ui.panes.{entry.module}" for entry in PANES.values()
    }
