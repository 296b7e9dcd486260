"""Starting a keeper, and through it a program: the parent's ends of seven pipes."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from flowtui.engine import leftovers
from flowtui.engine.child import make_pipe
from flowtui.engine.connection import PROBE_MAIN, check_program
from flowtui.engine.streams import close_all
from flowtui.model.run import Limits
from flowtui.model.source import Source
from flowtui.probe.wire import encode


@dataclasses.dataclass(frozen=True, kw_only=True)
class KeeperPipes:
    """A started keeper, and the parent's end of each pipe.

    Attributes:
        process: the keeper.
        stdin: the program's standard input, to write.
        stdout: its standard output, to read.
        stderr: its standard error, to read.
        requests: to the probe, for the one request.
        channel: from the probe.
        commands: to the keeper: its end of file is the order to end everything.
        reports: from the keeper.
    """

    process: subprocess.Popen[bytes]
    stdin: int
    stdout: int
    stderr: int
    requests: int
    channel: int
    commands: int
    reports: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecordingOrder:
    """What a run is given so that its probe records it.

    Attributes:
        descriptors: the streams' files by name, open for reading and writing; the caller closes its own.
        options: what `probe.recorder.make` is to know, apart from the program itself.
        memory: bytes of address space that the recorder takes: they come on top of the program's limit.
        take_output: called with a stream's name and the bytes that the program wrote there, as they come.
    """

    descriptors: Mapping[str, int]
    options: Mapping[str, object]
    memory: int
    take_output: Callable[[str, bytes], None]


#: The parent's end of each pipe: 1 writes, 0 reads.
_ENDS = {"stdin": 1, "stdout": 0, "stderr": 0, "requests": 1, "channel": 0, "commands": 1, "reports": 0}


def start_keeper(
    interpreter: str, limits: Limits, token: str, recording: RecordingOrder | None = None
) -> KeeperPipes:
    """Start a keeper that starts `interpreter` as a probe in role `run`.

    Args:
        interpreter: the executable.
        limits: what the program may use.
        token: the mark that each of its processes is to carry; see `leftovers`.
        recording: the files that its probe is to record into, if any.

    Raises:
        ProbeError: there is no such program.
        OSError: there are no more descriptors or processes.
    """
    program = check_program(interpreter)
    files = dict(recording.descriptors) if recording else {}
    if recording and limits.memory:
        limits = msgspec.structs.replace(limits, memory=limits.memory + recording.memory)
    ours: dict[str, int] = {}
    theirs: dict[str, int] = {}
    try:
        for name, mine in _ENDS.items():
            ends = make_pipe()
            ours[name], theirs[name] = ends[mine], ends[1 - mine]
        order = {
            "parent": os.getpid(),
            "commands": theirs["commands"],
            "reports": theirs["reports"],
            "streams": [theirs["stdin"], theirs["stdout"], theirs["stderr"]],
            "channel": [theirs["requests"], theirs["channel"]],
            "recording": files,
            "limits": msgspec.to_builtins(limits),
            "command": [program, "-I", str(PROBE_MAIN), "run"],
        }
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(PROBE_MAIN), "keep", json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[*theirs.values(), *files.values()],
            start_new_session=True,
            env={**os.environ, leftovers.MARK: token},
        )
    except BaseException:
        close_all(list(ours.values()))
        raise
    finally:
        close_all(list(theirs.values()))
    return KeeperPipes(process=process, **ours)


def request(
    source: Source,
    arguments: Sequence[str],
    *,
    report_specialised: bool,
    recording: RecordingOrder | None = None,
) -> bytes:
    """Make the one request of role `run`."""
    head = {
        "kind": "run",
        "name": source.name,
        "path": str(Path(source.path).absolute()) if source.path else "",
        "arguments": list(arguments),
        "report_specialised": report_specialised,
        "recording": dict(recording.options) if recording else None,
    }
    return encode(head, {"source": array("B", source.data)})
