"""A pseudo-terminal with a program in it, read through a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

KEYS = {
    "escape": "\x1b",
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
}
#: What pyte would print instead of obeying: the kitty keyboard protocol and mode queries.
_UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;]*u|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u")
#: The beginning of a sequence whose end has not come yet.
_PARTIAL = re.compile(rb"\x1b(\[[0-9;?<>=$]*)?\Z")
#: Makes the terminal the controlling one of a new session, so that its size changes are told.
_LAUNCHER = (
    "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execvp(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """One program on a terminal of its own.

    Args:
        argv: the program and its words.
        size: columns and rows.
        env: variables beside the usual ones.
        cwd: where it starts.
        patience: seconds that a wait may take; far more than it needs.
    """

    def __init__(
        self,
        argv: Sequence[str],
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        patience: float = 30.0,
    ) -> None:
        self.columns, self.rows = size
        self.patience = patience
        self.received = 0
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self._rest = b""
        self._master, slave = os.openpty()
        self.resize_master(size)
        self.before = termios.tcgetattr(slave)
        variables = {k: v for k, v in os.environ.items() if k not in ("TMUX", "COLUMNS", "LINES", "NO_COLOR")}
        variables.update({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, **(env or {}))
        self.process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCHER, *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=variables,
            start_new_session=True,
        )
        self._slave = slave
        self._open = [slave, self._master]

    def resize_master(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as when a window is pulled."""
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        self.resize_master((columns, rows))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- reading

    @property
    def lines(self) -> list[str]:
        """The screen's lines, blanks at their ends left out."""
        return [line.rstrip() for line in self._screen.display]

    def cell(self, row: int, column: int) -> tuple[str, str, str, bool]:
        """One cell: its character, its colours, and whether it is bold."""
        found = self._screen.buffer[row][column]
        return found.data, found.fg, found.bg, found.bold

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    def pump(self, timeout: float) -> bool:
        """Take what the program has written; whether there was something."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self.received += len(data)
        data = self._rest + data
        partial = _PARTIAL.search(data)
        self._rest = data[partial.start() :] if partial else b""
        data = data[: partial.start()] if partial else data
        if b"\x1b[?2026$p" in data:
            os.write(self._master, b"\x1b[?2026;2$y")
        self._stream.feed(_UNKNOWN.sub(b"", data))
        return bool(data)

    def wait_until(self, true: Callable[[], bool], what: str) -> None:
        """Read until `true` says so."""
        end = time.monotonic() + self.patience
        while not true():
            left = end - time.monotonic()
            if left <= 0 or (self.process.poll() is not None and not self.pump(0.05) and not true()):
                state = self.process.poll()
                raise AssertionError(f"waited in vain for {what} (exit status {state}):\n{self.text}")
            self.pump(min(left, 0.25))

    def wait_for(self, *texts: str) -> None:
        """Read until every one of `texts` is on the screen."""
        self.wait_until(lambda: all(text in self.text for text in texts), repr(texts))

    def wait_gone(self, text: str) -> None:
        """Read until `text` is not on the screen any more."""
        self.wait_until(lambda: text not in self.text, f"the end of {text!r}")

    # ---- writing

    def press(self, *keys: str) -> None:
        """Press keys by name, or write text; one at a time, as a person does."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def click(self, text: str) -> None:
        """Press the mouse on the first place of `text`."""
        row = next(i for i, line in enumerate(self.lines) if text in line)
        column = self.lines[row].index(text)
        for sign in "Mm":
            os.write(self._master, f"\x1b[<0;{column + 2};{row + 1}{sign}".encode())

    # ---- the end

    def wait_end(self) -> int:
        """Wait for the program's end; its exit status."""
        end = time.monotonic() + self.patience
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"the program does not end:\n{self.text}")
            self.pump(0.1)
        while self.pump(0):
            pass
        return self.process.returncode

    @property
    def settings(self) -> list[object]:
        """The terminal's settings now; `before` holds those it had at first."""
        return termios.tcgetattr(self._slave)

    def kill(self) -> None:
        """End the program as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def hang_up(self) -> int:
        """Take the terminal away, as when a window is closed; the program's exit status."""
        self._give_back()
        return self.process.wait(self.patience)

    def close(self) -> None:
        """End the program if it has not ended, and give the terminal back."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._give_back()

    def _give_back(self) -> None:
        while self._open:
            os.close(self._open.pop())
