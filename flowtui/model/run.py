"""A program's run: its limits, what it tells while it runs, and how it ended."""

from __future__ import annotations

from typing import Literal

import msgspec

from flowtui.model.span import Span


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a learner's program may use; 0 switches a limit off.

    Attributes:
        cpu: seconds of processor time, a process (RLIMIT_CPU).
        wall: seconds from start to end; the time it waits for an answer to ``input()`` does not count.
        memory: bytes of address space, a process (RLIMIT_AS).
        processes: how many processes and threads its whole tree may have.
        output: bytes on standard output and standard error together.
        file_size: bytes of any file it writes (RLIMIT_FSIZE).
    """

    cpu: float = 10.0
    wall: float = 60.0
    memory: int = 1 << 30
    processes: int = 64
    output: int = 1 << 20
    file_size: int = 64 << 20


class Output(msgspec.Struct, frozen=True):
    """Bytes decoded from one of the program's streams, in the order of arrival."""

    stream: Literal["stdout", "stderr", "stdin"]
    text: str


class InputWanted(msgspec.Struct, frozen=True):
    """The program reads standard input and waits."""


class TracebackFrame(msgspec.Struct, frozen=True):
    """One line of a traceback, outermost first; `span` where the interpreter knows columns, `line` always."""

    filename: str
    line: int
    name: str
    span: Span | None
    text: str


class RaisedError(msgspec.Struct, frozen=True):
    """The exception that ended the program."""

    type: str
    message: str
    frames: tuple[TracebackFrame, ...]


class Specialised(msgspec.Struct, frozen=True):
    """Instructions as they stood after the run: `rows` are (code object's id, offset, opname)."""

    rows: tuple[tuple[int, int, str], ...]


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How the run ended.

    Attributes:
        exit_status: the program's status; None when it was killed. A limit that the program met as an exception of its
            own (MemoryError, OSError) leaves it the status that the exception gave.
        signal: the signal's name (``SIGSEGV``), else None.
        limit: the limit that ended it (a field of `Limits`), ``stopped`` when the learner did, else None.
        error: the exception that ended it, if the probe could still tell.
        sentence: one sentence for the screen.
        wall: seconds.
        cpu: seconds of processor time of its whole tree.
        peak_memory: bytes, the largest resident set of one of its processes.
        processes_killed: how many processes were left behind and killed.
    """

    exit_status: int | None
    signal: str | None
    limit: str | None
    error: RaisedError | None
    sentence: str
    wall: float
    cpu: float
    peak_memory: int
    processes_killed: int


RunEvent = Output | InputWanted | Specialised | Ended
