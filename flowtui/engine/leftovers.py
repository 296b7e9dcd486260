"""Processes of a run that outlived their keeper: found by the mark in their environment, and ended.

The mark is inherited by everything that the program starts, whatever it does about sessions and parents. A
program that starts another one with an environment of its own hides it from this search; its session is the
second trace.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

#: The environment variable that every process of a run carries.
MARK = "FLOWTUI_RUN"


def find(token: str, session: int) -> list[int]:
    """Give the living processes of a run.

    Args:
        token: the mark's value.
        session: the program's session; 0 when it is not known.
    """
    if Path("/proc/self/environ").exists():
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and _is(entry, token, session)
        ]
    return _find_elsewhere(token)


def end(token: str, session: int) -> int:
    """Kill the processes of a run that are found now; gives how many."""
    found = find(token, session)
    for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, so that none starts another meanwhile
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, number)
    return len(found)


def _is(entry: Path, token: str, session: int) -> bool:
    try:
        fields = (entry / "stat").read_bytes().rpartition(b") ")[2].split()
        if fields[0] in (b"Z", b"X"):
            return False
        if session and int(fields[3]) == session:
            return True
        return f"{MARK}={token}".encode() in (entry / "environ").read_bytes().split(b"\0")
    except (OSError, IndexError):  # gone, or another user's
        return False


def _find_elsewhere(token: str) -> list[int]:
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == token and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found
