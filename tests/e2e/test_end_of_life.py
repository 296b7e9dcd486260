"""However the terminal or the system ends it, the program ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal


def test_a_terminal_that_goes_without_a_signal_ends_it(tmp_path: Path) -> None:
    """A program that does not lead its session gets no SIGHUP, and reads an end of file for ever."""
    path = tmp_path / "demo.py"
    path.write_text("print('here')\n")
    master, slave = os.openpty()
    variables = {**os.environ, "TERM": "xterm-256color", "FLOWTUI_HOME": str(tmp_path / "home")}
    program = subprocess.Popen(
        [sys.executable, "-m", "flowtui", str(path)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=variables,
        start_new_session=True,  # a session without a terminal: nobody is sent a signal
    )
    os.close(slave)
    try:
        seen = b""
        while b"bytecode" not in seen:
            seen += os.read(master, 1 << 16)
        os.close(master)
        assert program.wait(timeout=60) == 128 + signal.SIGHUP
    finally:
        program.kill()
        program.wait()


def test_a_request_to_end_is_met_though_nobody_reads_the_screen(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    path = tmp_path / "loop.py"
    path.write_text("while True:\n    print('x' * 1000)\n")
    terminal = start(str(path), size=(200, 60))
    terminal.wait_for("bytecode")
    terminal.press("escape")
    terminal.wait_for("v interpreter")
    terminal.press("r", "9", "z")
    # From here on nothing is read: the terminal's buffer fills up, and a write to it waits.
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(timeout=60) in (0, 128 + signal.SIGTERM)
