"""The tree of processes below one, read from Linux's ``/proc``; elsewhere there is none, and `tree` says so.

``/proc/PID/task/TID/children`` costs a few microseconds a task, however many processes the machine has. A
kernel without it (``CONFIG_PROC_CHILDREN``) has its whole table read instead. Either list can miss a process
that starts while it is read: whoever must be certain stops the processes first and reads again.
"""

from __future__ import annotations

import os

BY_TASK = os.path.exists("/proc/thread-self/children")
BY_TABLE = os.path.exists("/proc/self/stat")


def tree(root: int) -> dict[int, int] | None:
    """Give every descendant's number of threads, by process id; None where the system does not tell."""
    if BY_TASK:
        return _by_task(root)
    return _by_table(root) if BY_TABLE else None


def threads(pid: int) -> list[str]:
    """The thread ids of a process; none when it is gone."""
    try:
        return os.listdir("/proc/%d/task" % pid)
    except OSError:
        return []


def state(pid: int) -> str:
    """A process's state as one letter of proc(5): ``Z`` for one that has ended; empty when it is gone."""
    return _fields(pid)[:1]


def tasks_of(uid: int) -> int:
    """How many processes and threads a user has, on the whole machine; 0 where the system does not tell."""
    if not BY_TABLE:
        return 0
    total = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat("/proc/" + name).st_uid == uid:
                total += len(threads(int(name)))
        except OSError:
            continue
    return total


def _fields(pid: int) -> str:
    """The part of ``/proc/PID/stat`` behind the command's name, which may itself hold spaces and brackets."""
    try:
        with open("/proc/%d/stat" % pid, "rb", buffering=0) as file:
            return file.read(4096).rpartition(b") ")[2].decode("ascii")
    except OSError:
        return ""


def _by_task(root: int) -> dict[int, int]:
    found: dict[int, int] = {}
    work = [root]
    while work:
        pid = work.pop()
        tasks = threads(pid)
        if pid != root:
            found[pid] = len(tasks)
        for task in tasks:
            try:
                with open("/proc/%d/task/%s/children" % (pid, task), "rb", buffering=0) as file:
                    work += [child for child in map(int, file.read(1 << 20).split()) if child not in found]
            except OSError:
                continue
    return found


def _by_table(root: int) -> dict[int, int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _fields(int(name)).split(None, 2)
            if len(fields) > 1:
                children.setdefault(int(fields[1]), []).append(int(name))
    found: dict[int, int] = {}
    work = list(children.get(root, ()))
    while work:
        pid = work.pop()
        found[pid] = len(threads(pid))
        work += children.get(pid, ())
    return found
