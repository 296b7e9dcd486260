"""What the tests of the screen share: a home of their own, the app, and waiting for what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

DEMO = """def area(width, height):
    return width * height


sizes = [(3, 4), (6, 8)]
for width, height in sizes:
    print(area(width, height))
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, caches and unsaved text of a test are its own."""
    home = tmp_path / "home"
    monkeypatch.setenv("FLOWTUI_HOME", str(home))
    return home


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A small program on disk."""
    path = tmp_path / "work" / "demo.py"
    path.parent.mkdir()
    path.write_text(DEMO)
    return path


async def until(pilot: Pilot[object], true: Callable[[], object], what: str = "", tries: int = 3000) -> None:
    """Let the app go on until `true` says so; each try lets every message that waits be handled."""
    for _ in range(tries):
        if true():
            return
        await pilot.pause()
        await asyncio.sleep(0.01)
    raise AssertionError(f"waited in vain for {what or true}")
