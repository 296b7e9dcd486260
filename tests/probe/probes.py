"""One probe as the parent sees it, spoken to over the wire directly, without the engine."""

from __future__ import annotations

import os
import select
import subprocess
import time
from array import array
from pathlib import Path
from typing import Any

from flowtui.probe.wire import PREFIX, Frame, decode, encode, lengths

MAIN = Path(__file__).parents[2] / "flowtui" / "probe" / "__main__.py"
#: Seconds after which a silent probe fails its test.
DEADLINE = 60.0


class Probe:
    """A probe as the parent sees it: frames out, frames in; every wait has an end."""

    def __init__(self, python: str, role: str = "analyse", *options: str) -> None:
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        self.python = python
        self.process = subprocess.Popen(
            [python, "-I", *options, str(MAIN), role, str(theirs_in), str(theirs_out)],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.number = 0
        self.hello = self.receive().head

    def send(self, head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> None:
        self.write(encode(head, columns))

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.out, view) :]

    def _read(self, count: int) -> bytes:
        data = bytearray()
        end = time.monotonic() + DEADLINE
        while len(data) < count:
            if not select.select([self.into], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the probe says nothing")
            piece = os.read(self.into, count - len(data))
            if not piece:
                raise EOFError("the probe is gone")
            data += piece
        return bytes(data)

    def receive(self) -> Frame:
        header, blob = lengths(self._read(PREFIX.size))
        return decode(self._read(header), self._read(blob))

    def request(self, head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> list[Frame]:
        """Wait for `ready`, ask, and give all answers up to `done`."""
        frame = self.receive()
        assert frame.kind == "ready"
        self.number += 1
        self.send({**head, "id": self.number}, columns)
        answers = []
        while True:
            frame = self.receive()
            assert frame.head["id"] == self.number
            answers.append(frame)
            if frame.kind == "done":
                return answers

    def analyse(self, data: bytes, *stages: str, name: str = "<test>") -> dict[str, Frame]:
        """The frames by stage; a failure of a stage under its name and `!`."""
        wanted = list(stages or ("tokens", "ast", "symbols", "bytecode"))
        answers = self.request(
            {"kind": "analyse", "name": name, "stages": wanted}, {"source": array("B", data)}
        )
        assert answers[-1].head["abandoned"] is False
        faults = [frame.head for frame in answers if frame.kind == "fault"]
        assert not faults
        return {
            frame.head["stage"] + ("!" if frame.kind == "failure" else ""): frame for frame in answers[:-1]
        }

    def close(self) -> int:
        """Close the pipes and wait for its end; the second time only the status is told."""
        if self.out < 0:
            return self.process.returncode
        os.close(self.out)
        self.out = -1
        try:
            return self.process.wait(10)
        finally:
            os.close(self.into)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.process.stderr:
                self.process.stderr.close()
