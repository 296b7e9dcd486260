"""Programs that are started as an interpreter with a probe, and behave as a test wants."""

import stat
import sys
import textwrap
import time
from pathlib import Path

import psutil

from flowtui.model.interpreter import Interpreter
from flowtui.probe import wire

HELLO = {
    "kind": "hello",
    "protocol": wire.PROTOCOL,
    "implementation": "cpython",
    "version": "3.13.7",
    "implementation_version": "3.13.7",
    "build": "3.13.7 (fake)",
    "free_threaded": False,
    "gil": True,
    "jit": "no",
    "magic": "f30d0d0a",
    "cache_tag": "cpython-313",
    "capabilities": ["tokens", "ast"],
}

PRELUDE = """\
#!{python} -ES
import os, signal, sys, time
from array import array
sys.path.insert(0, {probe!r})
import wire
del sys.path[0]
if "-c" in sys.argv:
    sys.exit(1)
role, fin, fout = sys.argv[-3], int(sys.argv[-2]), int(sys.argv[-1])
HELLO = dict({hello!r}, executable=sys.argv[0])

def send(kind, columns=None, **head):
    os.write(fout, wire.encode(dict(head, kind=kind), columns))

def hello(**changes):
    os.write(fout, wire.encode(dict(HELLO, **changes)))

def requests():
    decoder = wire.Decoder()
    while True:
        data = os.read(fin, 1 << 20)
        if not data:
            return
        yield from decoder.feed(data)

def tokens(request, **head):
    # One token row, of line 1.
    one, zero = array("i", [1]), array("i", [0])
    columns = dict(line=one, column=zero, end_line=one, end_column=one, type=zero, exact_type=zero,
                   string=zero, keyword=zero, first=array("i", [0, 0, 1]))
    send("stage", columns, id=request.head["id"], stage="tokens", milliseconds=1.0, strings=["NAME"], **head)

def fail(request, stage, type="SyntaxError", **head):
    send("failure", id=request.head["id"], stage=stage, type=type, message="no", span=None, text="", **head)

def done(request, abandoned=False):
    send("done", id=request.head["id"], abandoned=abandoned)

def hang():
    while True:
        time.sleep(60)

"""


class FakeProbes:
    """Makes executable files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, body: str, name: str = "python3.13") -> str:
        """A fake interpreter that runs `body` after the prelude."""
        prelude = PRELUDE.format(python=sys.executable, probe=str(Path(wire.__file__).parent), hello=HELLO)
        return self.script(prelude + textwrap.dedent(body), name)

    def script(self, text: str, name: str = "python3.13") -> str:
        """Any executable text."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def interpreter(self, body: str) -> Interpreter:
        """The same, described."""
        path = self.make(body)
        fields = {k: v for k, v in HELLO.items() if k not in ("kind", "capabilities")}
        return Interpreter(path=path, real_path=path, capabilities=frozenset({"tokens"}), **fields)


def gone(*pids: int) -> bool:
    """Whether the processes end, within ten seconds; ended, and not yet reaped by the system, is gone."""
    deadline = time.monotonic() + 10
    while any(map(_runs, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
