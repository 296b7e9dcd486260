"""The installed program on a terminal of its own, with a home of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

DEMO = """\
def area(width, height):
    return width * height


sizes = [(3, 4), (6, 8)]
for width, height in sizes:
    print("area", area(width, height))
"""


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A small program on disk."""
    path = tmp_path / "demo.py"
    path.write_text(DEMO)
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts ``python -m flowtui`` with words; every terminal is closed at the end."""
    opened: list[Terminal] = []

    def start(*words: str, size: tuple[int, int] = (80, 24), env: dict[str, str] | None = None) -> Terminal:
        terminal = Terminal(
            [sys.executable, "-m", "flowtui", *words],
            size,
            {"FLOWTUI_HOME": str(tmp_path / "home"), **(env or {})},
            tmp_path,
        )
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
