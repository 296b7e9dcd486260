"""The terminal and the system that flowtui runs on, as facts; a guess is called one."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

#: What terminals that know synchronized output (mode 2026) leave in the environment.
SYNCHRONIZED_VARIABLES = (
    "KITTY_WINDOW_ID",
    "WEZTERM_PANE",
    "WT_SESSION",
    "GHOSTTY_RESOURCES_DIR",
    "ALACRITTY_WINDOW_ID",
)
SYNCHRONIZED_TERMS = ("xterm-kitty", "alacritty", "foot", "xterm-ghostty", "wezterm", "contour")
SYNCHRONIZED_PROGRAMS = ("iTerm.app", "WezTerm", "vscode", "ghostty", "rio")

#: Linux' prctl options that only read (linux/prctl.h).
PR_GET_PDEATHSIG = 2
PR_GET_CHILD_SUBREAPER = 37

#: The limits that a program is run under.
RLIMITS = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE")


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """The terminal on standard output, and what the environment says of it.

    Attributes:
        input_is_terminal: whether keys can come from standard input.
        output_is_terminal: whether a screen can be drawn on standard output.
        columns: cells in a row, 0 without a terminal.
        rows: rows, 0 without a terminal.
        term: ``TERM``.
        colorterm: ``COLORTERM``.
        colours: ``none``, ``standard``, ``256`` or ``truecolor``, as rich reads the environment.
        encoding: of standard output.
        unicode: whether that encoding has our signs.
        multiplexer: ``tmux``, ``screen``, ``zellij`` or empty.
        ssh: whether the session came over SSH.
        synchronized_output: ``likely`` (the terminal is known for it) or ``unknown``; it is not asked.
    """

    input_is_terminal: bool
    output_is_terminal: bool
    columns: int
    rows: int
    term: str
    colorterm: str
    colours: str
    encoding: str
    unicode: bool
    multiplexer: str
    ssh: bool
    synchronized_output: str


class Limit(msgspec.Struct, frozen=True):
    """One RLIMIT: bytes, seconds or a number; None for none."""

    name: str
    soft: int | None
    hard: int | None


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What the operating system offers for running other people's programs.

    Attributes:
        system: name, release and machine.
        cores: processors of the machine.
        usable_cores: those that this process may run on.
        cgroup_cpus: processors that the cgroup's quota allows, None for no quota.
        cgroup_memory: bytes that the cgroup allows, None for no limit.
        cgroup_processes: processes that the cgroup allows, None for no limit.
        limits: the RLIMITs that exist here.
        parent_death_signal: whether a child can be killed with its parent (``PR_SET_PDEATHSIG``).
        subreaper: whether orphans can be collected (``PR_SET_CHILD_SUBREAPER``).
        user_namespaces: how many user namespaces a user may make, None where that cannot be read.
        root: whether flowtui runs as root, whom ``RLIMIT_NPROC`` does not hold.
    """

    system: str
    cores: int
    usable_cores: int
    cgroup_cpus: float | None
    cgroup_memory: int | None
    cgroup_processes: int | None
    limits: list[Limit]
    parent_death_signal: bool
    subreaper: bool
    user_namespaces: int | None
    root: bool


def terminal(environment: Mapping[str, str] = os.environ) -> Terminal:
    """Look at standard input and output and at the environment."""
    from rich.console import Console

    output = sys.stdout is not None and sys.stdout.isatty()
    size = shutil.get_terminal_size((0, 0)) if output else os.terminal_size((0, 0))
    encoding = (sys.stdout.encoding if sys.stdout is not None else "") or ""
    try:
        "─│▸✓".encode(encoding or "ascii")
        has_signs = True
    except (UnicodeEncodeError, LookupError):
        has_signs = False
    console = Console(force_terminal=True, _environ=environment)
    return Terminal(
        input_is_terminal=sys.stdin is not None and sys.stdin.isatty(),
        output_is_terminal=output,
        columns=size.columns,
        rows=size.lines,
        term=environment.get("TERM", ""),
        colorterm=environment.get("COLORTERM", ""),
        colours="none" if environment.get("NO_COLOR") else console.color_system or "none",
        encoding=encoding,
        unicode=has_signs,
        multiplexer=multiplexer(environment),
        ssh=any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")),
        synchronized_output="likely" if knows_synchronized_output(environment) else "unknown",
    )


def multiplexer(environment: Mapping[str, str]) -> str:
    """What stands between us and the terminal; empty for nothing known."""
    term = environment.get("TERM", "")
    if environment.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    if environment.get("ZELLIJ"):
        return "zellij"
    return "screen" if environment.get("STY") or term.startswith("screen") else ""


def knows_synchronized_output(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is one that is known for it; a multiplexer hides which terminal it is."""
    if multiplexer(environment):
        return False
    return (
        environment.get("TERM", "").startswith(SYNCHRONIZED_TERMS)
        or environment.get("TERM_PROGRAM", "") in SYNCHRONIZED_PROGRAMS
        or any(environment.get(name) for name in SYNCHRONIZED_VARIABLES)
    )


def system() -> System:
    """Look at the operating system's limits and helps."""
    cores = os.cpu_count() or 1
    return System(
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        cores=cores,
        usable_cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores,
        cgroup_cpus=cgroup_cpus(),
        cgroup_memory=cgroup_number("memory.max", "memory/memory.limit_in_bytes"),
        cgroup_processes=cgroup_number("pids.max", "pids/pids.max"),
        limits=[limit for name in RLIMITS if (limit := rlimit(name)) is not None],
        parent_death_signal=prctl_reads(PR_GET_PDEATHSIG),
        subreaper=prctl_reads(PR_GET_CHILD_SUBREAPER),
        user_namespaces=_number(Path("/proc/sys/user/max_user_namespaces")),
        root=os.geteuid() == 0,
    )


def rlimit(name: str) -> Limit | None:
    """One limit of this process; None where the system has no such limit."""
    which = getattr(resource, name, None)
    if which is None:
        return None
    soft, hard = (None if value == resource.RLIM_INFINITY else value for value in resource.getrlimit(which))
    return Limit(name, soft, hard)


def prctl_reads(option: int) -> bool:
    """Whether prctl answers an option that only reads: then the option that sets it exists too."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    value = ctypes.c_int(0)
    return bool(prctl(ctypes.c_int(option), ctypes.byref(value), 0, 0, 0) == 0)


def cgroup_folders() -> list[Path]:
    """This process's cgroup (version 2) and those above it, the nearest first; the mount itself last."""
    mount = Path("/sys/fs/cgroup")
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return [mount]
    own = next((line[3:] for line in lines if line.startswith("0::")), "/")
    folder = mount / own.lstrip("/")
    return [folder, *(parent for parent in folder.parents if parent.is_relative_to(mount))]


def cgroup_number(version_2: str, version_1: str) -> int | None:
    """The least number that a file of our cgroups gives; None for no limit or no cgroup."""
    found = [number for folder in cgroup_folders() if (number := _number(folder / version_2)) is not None]
    if not found and (number := _number(Path("/sys/fs/cgroup") / version_1)) is not None:
        found = [number]
    # Version 1 writes "no limit" as a number near the largest one.
    return min((number for number in found if number < 1 << 60), default=None)


def cgroup_cpus() -> float | None:
    """Processors that the cgroup's quota allows; None for no quota."""
    quotas = []
    for folder in cgroup_folders():
        try:
            quota, period = (folder / "cpu.max").read_text().split()
            quotas.append(int(quota) / int(period))
        except (OSError, ValueError):
            continue  # not there, or "max": no quota
    return min(quotas, default=None)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
