"""A program in a pseudo-terminal, with the end of each of its frames known.

Textual asks a terminal whether it can update the screen at once (mode 2026). This one says yes, so each frame
ends with a mark, and the time from a key to the end of the frame that answers it can be measured.
"""

from __future__ import annotations

import fcntl
import math
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence

FRAME_END = b"\x1b[?2026l"
_QUESTION, _ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


class Terminal:
    """A pseudo-terminal and the program in it.

    Args:
        command: the program and its arguments.
        columns: the terminal's width.
        rows: its height.
        environment: more variables for the program.
    """

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        # An installed program finds its modules compiled.
        for name in ("TMUX", "COLUMNS", "LINES", "NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
            variables.pop(name, None)
        self.started = time.perf_counter()
        self.received = 0
        self.pid, self._descriptor = pty.fork()
        if not self.pid:
            try:
                # Before the program looks; the parent sets it as well, which is too late at times.
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(command[0], list(command), variables)
            finally:
                os._exit(127)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds: float) -> bytes | None:
        """What comes within some time; None when the program has ended."""
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self._descriptor, 1 << 18)
        except OSError:
            return None
        if not data:
            return None
        if _QUESTION in data:
            os.write(self._descriptor, _ANSWER)
        self.received += len(data)
        return data

    def wait_for(self, mark: bytes, seconds: float = 120) -> float:
        """Seconds since the start until `mark` came.

        Raises:
            TimeoutError: it did not.
        """
        seen = b""
        while time.perf_counter() - self.started < seconds:
            data = self.read(0.05)
            if data is None:
                break
            seen += data
            if mark in seen:
                return time.perf_counter() - self.started
        raise TimeoutError(f"{mark!r} did not come; the end of what came: {seen[-500:]!r}")

    def settle(self, quiet: float = 0.3, limit: float = 60) -> None:
        """Read until nothing came for some time."""
        begin = last = time.perf_counter()
        while (now := time.perf_counter()) - last < quiet and now - begin < limit:
            data = self.read(0.02)
            if data is None:
                return
            if data:
                last = time.perf_counter()

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._descriptor, keys)

    def key(self, keys: bytes, seconds: float = 30) -> tuple[float, int]:
        """Type, and wait for the end of the next frame.

        Returns:
            Seconds and bytes; seconds are not a number when no frame came.
        """
        while self.read(0):
            pass
        begin = time.perf_counter()
        self.send(keys)
        seen = b""
        while time.perf_counter() - begin < seconds:
            data = self.read(0.05)
            if data is None:
                break
            seen += data
            if FRAME_END in seen:
                return time.perf_counter() - begin, len(seen)
        return math.nan, len(seen)

    def close(self) -> None:
        """End the program."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self._descriptor)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def percentile(values: Sequence[float], percent: float) -> float:
    """A percentile of the values that are numbers; not a number when there are none."""
    ordered = sorted(value for value in values if not math.isnan(value))
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def python_source(lines: int) -> str:
    """So many lines of Python, with a bit of everything."""
    block = '''def walk{n}(points, step=1, *, name="the {{name}}"):
    """Add what the points say.

    Nothing is returned before the end.
    """
    total = 0.5e3  # begins somewhere
    seen = []
    for i, p in enumerate(points):
        if i % 2 == 0 and p is not None:
            total = total + norm(p) ** 2 * step
            seen.append((i, f"{{name!r:>{{i}}}} and {{total:.2f}}"))
    return total, seen

'''
    text: list[str] = []
    n = 0
    while len(text) < lines:
        text += block.format(n=n).split("\n")[:-1]
        n += 1
    return "\n".join(text[:lines]) + "\n"


def this_python() -> str:
    """The interpreter that runs the benchmark."""
    return sys.executable
