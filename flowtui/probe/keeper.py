"""Role `keep`: between the parent and a running program; at its end nothing that it started is left.

Who runs where: the parent starts this on flowtui's own interpreter, with the order (one JSON object) as its
argument and the descriptors of the program's three streams, of its probe's channel and, when the run is
recorded, of the recording's files. It starts the chosen interpreter in a session of its own under `limits`,
counts the processes and threads below it, and at the end, whatever ended it, freezes, kills and reaps all that
is left: as the *subreaper* of the tree it inherits every orphan, so that "no child left" means "no process
left". The parent's order to stop is the end of file on the command pipe, which comes as well when the parent
dies.

What goes over the wire, on the report pipe: ``keeping`` {pid}, then ``kept`` {status | signal, cpu,
peak_memory, killed, limit, left, watched}, or ``refused`` {message} when the interpreter cannot be started.

Where it ends: the program runs as the same user, and so can kill this process. Then its first process dies
with this one (PR_SET_PDEATHSIG), and the parent looks for the others by their session and environment. Only
Linux has subreapers and ``/proc``; elsewhere the program's process group is killed, ``watched`` is false, and
a process that left its group escapes.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import select
import signal
import sys
import time

from . import descendants, limits, wire

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Callable
    from typing import Any

#: Seconds between two looks at the tree: when it is small, and when it has begun to grow.
CALM, ALERT = 0.02, 0.004
#: From this many processes and threads on, the tree is looked at more often.
GROWING = 8
#: Seconds that children get to end by themselves after their program: multiprocessing's resource tracker
#: does.
GRACE = 0.5
#: Seconds after which killing is given up: what is left then cannot be killed by this user.
PATIENCE = 3.0
#: The probe's channel, and a recording's files, are moved up to here: above RLIMIT_NOFILE, where
#: ``os.closerange(3, 256)`` does not reach them.
CHANNEL = 1000

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Order:
    """What the parent asks for; see ``engine.running``, which writes it."""

    def __init__(self, text: str) -> None:
        fields = json.loads(text)
        self.parent: int = fields["parent"]
        self.commands: int = fields["commands"]
        self.reports: int = fields["reports"]
        self.streams: list[int] = fields["streams"]
        self.channel: list[int] = fields["channel"]
        self.recording: dict[str, int] = fields["recording"]
        self.limits: dict[str, Any] = fields["limits"]
        self.command: list[str] = fields["command"]


def prctl() -> Callable[[int, int], object] | None:
    """Give Linux's own call for what a process is to its parents and children (prctl(2)), or None."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    function = ctypes.CDLL(None).prctl
    return lambda option, value: function(option, ctypes.c_ulong(value), 0, 0, 0)


def become(order: Order, control: Callable[[int, int], object] | None, keeper: int, tasks: int) -> None:
    """In the new process: turn into the program; never returns."""
    os.setsid()
    if control:
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:  # it died before the line above
        os._exit(1)
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue
    for target, stream in enumerate(order.streams):
        os.dup2(stream, target)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    highest = CHANNEL if allowed == resource.RLIM_INFINITY else min(CHANNEL, allowed - 16)
    # all other descriptors of this process are closed by exec
    inward, outward = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, highest) for descriptor in order.channel)
    files = [
        "%s=%d" % (name, fcntl.fcntl(descriptor, fcntl.F_DUPFD, highest))
        for name, descriptor in order.recording.items()
    ]
    limits.apply(order.limits, tasks)
    os.execv(order.command[0], [*order.command, str(inward), str(outward), *files])


class Keeper:
    """One program from its start until nothing of it is left."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.child = 0
        self.wait_status: int | None = None
        self.limit: str | None = None
        self.killed: set[int] = set()

    def say(self, **fields: Any) -> None:
        """Report to the parent; a parent that is gone is no error here."""
        data = memoryview(wire.encode(fields))
        try:
            while data:
                data = data[os.write(self.order.reports, data) :]
        except OSError:
            pass

    def start(self) -> str | None:
        """Start the program; the reason in one line when that fails."""
        control = prctl()
        if control:
            control(PR_SET_CHILD_SUBREAPER, 1)
        tasks = 0 if os.geteuid() == 0 else descendants.tasks_of(os.geteuid())
        keeper = os.getpid()
        failure, report = os.pipe()  # closed by a successful exec: then the reading end is at its end
        self.child = os.fork()
        if self.child == 0:
            try:
                become(self.order, control, keeper, tasks)
            except BaseException as error:
                os.write(report, str(getattr(error, "strerror", None) or error).encode("utf-8", "replace"))
            finally:
                os._exit(127)
        os.close(report)
        for descriptor in [*self.order.streams, *self.order.channel, *self.order.recording.values()]:
            os.close(descriptor)
        message = os.read(failure, 4096).decode("utf-8", "replace")
        os.close(failure)
        if message:
            os.waitpid(self.child, 0)
            return message
        hurry()
        return None

    def reap(self) -> bool:
        """Take the ended children, orphans of the program too; False when there is no child left at all."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.child:
                self.wait_status = status

    def look(self) -> int:
        """Count the tree; note the limit that it is beyond. Gives the number of processes and threads."""
        below = descendants.tree(os.getpid())
        if below is None:
            return 0
        count = sum(below.values())
        allowed = self.order.limits
        if allowed["processes"] and count > allowed["processes"]:
            self.limit = "processes"
        elif allowed["cpu"] and any(processor_time(pid) > allowed["cpu"] for pid in below):
            self.limit = "cpu"
        return count

    def watch(self) -> None:
        """Look until the program and its children end, or one is beyond a limit, or all is to be stopped."""
        poll = select.poll()
        poll.register(self.order.commands, select.POLLIN)
        end = open_pidfd(self.child)
        if end is not None:
            poll.register(end, select.POLLIN)
        count = 0
        while self.wait_status is None and self.limit is None:
            ready = [descriptor for descriptor, _ in poll.poll(1000 * (ALERT if count > GROWING else CALM))]
            if self.order.commands in ready or os.getppid() != self.order.parent:
                return
            count = self.look()
            self.reap()
        if end is not None:
            poll.unregister(end)
        until = time.monotonic() + GRACE
        while self.limit is None and time.monotonic() < until and self.reap():
            if poll.poll(1000 * ALERT):
                return
            self.look()

    def kill(self) -> None:
        """End all that is left: stop everything first, so that none can start another one meanwhile."""
        until = time.monotonic() + PATIENCE
        while self.reap() and time.monotonic() < until:
            if self.wait_status is None:
                send_group(self.child, signal.SIGSTOP)
            below = self.freeze()
            if below is None:
                self.kill_group()
            for pid in below or ():
                if descendants.state(pid) not in ("", "Z"):
                    self.killed.add(pid)
                send(pid, signal.SIGKILL)
            time.sleep(0.001)

    def freeze(self) -> set[int] | None:
        """Stop the whole tree; gives its processes, or None where they cannot be listed.

        A group is stopped at one blow, even while its members fork (a fork with a signal pending starts
        again, see copy_process in kernel/fork.c); that is what wins against a fork bomb.
        """
        own = os.getpgrp()
        before: set[int] = set()
        while True:
            below = descendants.tree(os.getpid())
            if below is None or before.issuperset(below):
                return None if below is None else set(below)
            groups = {pid: group_of(pid) for pid in below}
            for group in set(groups.values()) - {0, own}:
                send_group(group, signal.SIGSTOP)
            for pid, group in groups.items():
                if group in (0, own):
                    send(pid, signal.SIGSTOP)
            before = set(below)

    def kill_group(self) -> None:
        """Where the tree cannot be read: end the program's process group."""
        send_group(self.child, signal.SIGKILL)

    def report(self) -> None:
        """Say how it ended."""
        below = descendants.tree(os.getpid())
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        unit = 1 if sys.platform == "darwin" else 1024
        status = self.wait_status
        died = status is not None and os.WIFSIGNALED(status)
        self.say(
            kind="kept",
            status=None if status is None or died else os.WEXITSTATUS(status),
            signal=signal_name(os.WTERMSIG(status)) if status is not None and died else None,
            cpu=usage.ru_utime + usage.ru_stime,
            peak_memory=usage.ru_maxrss * unit,
            killed=len(self.killed - {self.child}),
            limit=self.limit,
            left=len(below or ()),
            watched=below is not None,
        )


def hurry() -> None:
    """Be in time for a fork bomb; root, whom RLIMIT_NPROC does not protect, is allowed to."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (AttributeError, OSError):
        pass


def open_pidfd(pid: int) -> int | None:
    """A descriptor that is readable once the process has ended, or None where there is no such thing."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process; 0 when it is gone (Linux's clock_getcpuclockid(3))."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def send(pid: int, number: int) -> None:
    """Send a signal; a process that is gone is no error."""
    try:
        os.kill(pid, number)
    except OSError:
        pass


def send_group(group: int, number: int) -> None:
    """Send a signal to a process group; one that is gone is no error."""
    try:
        os.killpg(group, number)
    except OSError:
        pass


def group_of(pid: int) -> int:
    """A process's group; 0 when it is gone."""
    try:
        return os.getpgid(pid)
    except OSError:
        return 0


def signal_name(number: int) -> str:
    """``SIGSEGV``; the real-time signals have numbers only."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number


def main(arguments: list[str]) -> int:
    """Keep one program, as the order in ``arguments[0]`` says; the status is 0 whatever the program's was."""
    order = Order(arguments[0])
    given = (order.commands, order.reports, *order.streams, *order.channel, *order.recording.values())
    for descriptor in given:
        os.set_inheritable(descriptor, False)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)  # the parent's end of file is the one order to stop
    keeper = Keeper(order)
    refusal = keeper.start()
    if refusal is not None:
        keeper.say(kind="refused", message=refusal)
        return 0
    keeper.say(kind="keeping", pid=keeper.child)
    try:
        keeper.watch()
    finally:
        keeper.kill()
    keeper.report()
    return 0
