"""A run is recorded and walked through in a real terminal, kept in a file, and opened again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_in_terminal import SIZES, command_mode

Start = Callable[..., Terminal]
pytestmark = pytest.mark.terminal


def step(terminal: Terminal) -> list[int]:
    """The step that is shown, and how many there are; empty while there is none."""
    found = re.search(r"step\s+([\d,]+) / ([\d,]+)", terminal.text)
    return [int(number.replace(",", "")) for number in found.groups()] if found else []


def go(terminal: Terminal, *keys: str) -> None:
    """Press keys, and wait until another step is shown."""
    before = step(terminal)
    terminal.press(*keys)
    terminal.wait_until(lambda: step(terminal) not in ([], before), "another step")


def border(terminal: Terminal, title: str) -> object:
    """The border before a pane's title as it is drawn: it tells who has the focus."""
    for row, line in enumerate(terminal.lines):
        if (column := line.find(title)) > 0:
            return terminal.cell(row, len(line[:column].rstrip()) - 1)
    return None


def focus(terminal: Terminal, title: str, focused: object) -> None:
    """Go to a pane; keys that come before its border is as `focused` would be another pane's."""
    terminal.press(title[0])
    terminal.wait_until(lambda: border(terminal, title) == focused, f"the focus on {title}")


@SIZES
def test_a_run_is_recorded_walked_kept_and_opened(start: Start, demo: Path, size: tuple[int, int]) -> None:
    terminal = start(str(demo), size=size)
    command_mode(terminal)
    focused = border(terminal, "1 Source")
    terminal.press("R")
    terminal.wait_for("5 Run", "frames", "step ", "<module>")
    terminal.wait_for("run ✓" if size[0] > 100 else "run")
    terminal.wait_until(lambda: len(step(terminal)) == 2, "the first step")
    go(terminal, "f8")
    go(terminal, "f8")
    terminal.wait_for("▶")
    # A breakpoint in the function: to it, and the arguments are there.
    focus(terminal, "1 Source", focused)
    terminal.press("home")
    go(terminal, *["up"] * 10, "down", "b", "x")
    terminal.wait_for("area", "width", "height", "operand stack" if size[0] < 100 else "stack")
    focus(terminal, "5 Run", focused)
    terminal.press("end")
    terminal.wait_until(lambda: step(terminal)[:1] == step(terminal)[1:] != [], "the last step")
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
