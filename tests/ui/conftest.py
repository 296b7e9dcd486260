"""What the tests of the screen share: a home of their own, and a program on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.waiting import DEMO


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
