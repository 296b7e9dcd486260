"""Where the lessons lie, in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

#: The program that `flowtui` shows when nobody named another.
WELCOME = "welcome.py"


class LessonsMissingError(Exception):
    """The installation has no lessons: one line that says what to do."""


def lessons_folder() -> Path:
    """The folder of the lessons: inside the package (a wheel), else beside it (a checkout).

    Raises:
        LessonsMissingError: there is neither.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "lessons", package.parent / "lessons"):
        if (folder / WELCOME).is_file():
            return folder
    raise LessonsMissingError("the lessons are not installed: install flowtui again")


def welcome_path() -> Path:
    """The welcome program's file.

    Raises:
        LessonsMissingError: see `lessons_folder`.
    """
    return lessons_folder() / WELCOME


def programs() -> list[Path]:
    """Every Python program among the lessons, in the order of their names.

    Raises:
        LessonsMissingError: see `lessons_folder`.
    """
    return sorted(lessons_folder().rglob("*.py"))
