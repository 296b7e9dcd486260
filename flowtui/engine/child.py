"""A child process with a session of its own: started clean, ended as a whole group, and reaped."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

#: Seconds that a child which was killed, or has closed its pipe, may take to be gone.
GRACE = 1.0
_KEPT_VARIABLES = frozenset({"PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"})


def clean_environment() -> dict[str, str]:
    """The variables a probe may see: no PYTHON…, nothing of the learner's session but paths and language."""
    return {k: v for k, v in os.environ.items() if k in _KEPT_VARIABLES or k.startswith("LC_")}


def make_pipe() -> tuple[int, int]:
    """A pipe whose ends are not inherited and never stand at 0, 1 or 2, even where those are closed."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def signal_name(number: int) -> str:
    """``SIGSEGV`` for 11."""
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has a number only
        return f"signal {number}"


class Child:
    """One child process; it leads a process group that has its number."""

    def __init__(self, command: Sequence[str], output: int, inherited: Sequence[int] = ()) -> None:
        """Start it.

        Args:
            command: the program's absolute path and its arguments.
            output: the descriptor that becomes its standard output and standard error; standard input is
                empty.
            inherited: descriptors that it gets under the same numbers.

        Raises:
            OSError: it cannot be started.
            ValueError: the command holds a null byte.
        """
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=inherited,
            env=clean_environment(),
            cwd="/",
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Its process id, which is its group's and its session's too."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, a signal's number with a minus; None until it is reaped."""
        return self._process.returncode

    def limit(self, memory: int = 0) -> None:
        """Allow no core file, and `memory` bytes of address space (0: any); where a parent can say so.

        It is done from here since Python code between fork and exec is not safe in a process with threads.
        """
        with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
            import resource

            resource.prlimit(self.pid, resource.RLIMIT_CORE, (0, 0))
            if memory:
                resource.prlimit(self.pid, resource.RLIMIT_AS, (memory, memory))

    def has_ended(self) -> bool:
        """Whether it has ended; it stays unreaped: its number still names its group and nobody else's."""
        if self._process.returncode is not None:
            return True
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return True

    async def end(self, seconds: float = GRACE) -> None:
        """Wait until it has ended by itself, `seconds` at most."""
        await _until(self.has_ended, seconds)

    def kill(self) -> None:
        """Kill the whole group, as long as its number is known to be ours."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    async def reap(self) -> None:
        """Collect the killed child; when cancelled, at once and without the loop."""
        try:
            await _until(lambda: self._process.poll() is not None, GRACE)
        except asyncio.CancelledError:
            self.reap_now()
            raise

    def reap_now(self) -> None:
        """Collect the killed child without an event loop."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)


async def _until(true: Callable[[], bool], seconds: float) -> None:
    """Look again and again, `seconds` at most: a killed child takes a millisecond or two to be gone."""
    deadline, pause = time.monotonic() + seconds, 0.0005
    while not true() and time.monotonic() < deadline:
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.02)
