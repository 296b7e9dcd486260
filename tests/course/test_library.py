from __future__ import annotations

from pathlib import Path

import pytest

from flowtui.course import library
from flowtui.engine.files import read_source
from flowtui.engine.interpreters import own
from scripts.check_lessons import complaints


def pretend(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `library` believe that the package lies in that folder."""
    monkeypatch.setattr(library, "__file__", str(package / "course" / "library.py"))


def test_the_lessons_are_found_here() -> None:
    assert library.welcome_path().is_file()
    assert library.welcome_path() in library.programs()
    assert len(read_source(library.welcome_path()).lines) < 24


@pytest.mark.parametrize("place", ["flowtui/lessons", "lessons"], ids=["wheel", "checkout"])
def test_both_places_are_known(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / place
    folder.mkdir(parents=True)
    (folder / "welcome.py").touch()
    pretend(tmp_path / "flowtui", monkeypatch)
    assert library.lessons_folder() == folder


def test_without_lessons_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path / "flowtui", monkeypatch)
    with pytest.raises(library.LessonsMissingError, match="install"):
        library.welcome_path()


@pytest.mark.parametrize(
    ("program", "wrong"),
    [("print(1)", []), ("1/0", ["output"]), ("x = y z", ["ast", "symbols", "bytecode", "output"])],
)
async def test_a_broken_program_of_a_lesson_is_told(program: str, wrong: list[str], tmp_path: Path) -> None:
    file = tmp_path / "lesson.py"
    file.write_text(program)
    found = await complaints(await own(), file)
    assert [line.split(":")[0] for line in found] == wrong
