"""A run is recorded and walked through in a real terminal, kept in a file, and opened again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_in_terminal import SIZES, command_mode

Start = Callable[..., Terminal]
pytestmark = pytest.mark.terminal


@SIZES
def test_a_run_is_recorded_walked_kept_and_opened(start: Start, demo: Path, size: tuple[int, int]) -> None:
    terminal = start(str(demo), size=size)
    command_mode(terminal)
    terminal.press("R")
    terminal.wait_for("5 Run", "frames", "step ", "<module>")
    terminal.wait_for("run ✓" if size[0] > 100 else "run")
    terminal.press("f8", "f8")
    terminal.wait_for("▶")
    # A breakpoint in the function: to it, and the arguments are there.
    terminal.press("1", "home")
    terminal.press(*["up"] * 10, "down", "b", "x")
    terminal.wait_for("area", "width", "height", "operand stack" if size[0] < 100 else "stack")
    terminal.press("5", "end")
    terminal.wait_until(lambda: "returns" in terminal.text or "last" in terminal.text, "the end")
    terminal.press("K")
    terminal.wait_for("Keep the recording as")
    terminal.press("enter")
    terminal.wait_for("kept in")
    kept = demo.with_suffix(".flowtrace")
    assert kept.read_bytes()
    terminal.press("q")
    assert terminal.wait_end() == 0
    again = start(str(kept), size=size)
    again.wait_for("5 Run", "frames", "<module>", "demo.py")
    again.press("n", "n")
    again.wait_for("▶")
    again.press("q")
    assert again.wait_end() == 0
