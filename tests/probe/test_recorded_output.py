"""Standard output that counts: the program sees the streams that it has without."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests import interpreters

PROBE = Path(__file__).parents[2] / "flowtui" / "probe"

SCRIPT = """
import io, json, os, sys
package = type(sys)("_flowtui_probe")
package.__path__ = [sys.argv[1]]
sys.modules["_flowtui_probe"] = package
output = __import__("_flowtui_probe.recorded_output", fromlist=["*"])
for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
    stream.reconfigure(encoding="utf-8", errors=errors, line_buffering=True)  # as the probe does

def seen(stream):
    raw = stream.buffer.raw
    names = "encoding errors newlines line_buffering write_through name mode closed".split()
    kinds = [[type(each).__module__, type(each).__name__] for each in (stream, stream.buffer, raw)]
    calls = "fileno isatty seekable writable readable".split()
    return [
        [repr(getattr(stream, name, None)) for name in names],
        kinds,
        [getattr(each, call)() for each in (stream, stream.buffer, raw) for call in calls],
        [repr(each) for each in (stream, stream.buffer, raw)],
        [raw.name, raw.mode, raw.closefd, raw.closed, isinstance(raw, io.FileIO)],
        sorted(dir(stream)), sorted(dir(stream.buffer)),
        [stream is each for each in (sys.__stdout__, sys.__stderr__)],
    ]

before = [seen(sys.stdout), seen(sys.stderr)]
sys.stdout.write("begun before, ")
notes = []
output.install(lambda stream, total: notes.append([stream, total]))
after = [seen(sys.stdout), seen(sys.stderr)]
print("h\\u00e4llo")
sys.stdout.write("waits ")
waiting = list(notes)
print("error", file=sys.stderr)
sys.stdout.buffer.raw.write(b"raw ")
os.write(1, b"past ")
sys.stdout.flush()
with open(sys.argv[2], "w") as file:
    json.dump({"before": before, "after": after, "waiting": waiting, "notes": notes}, file)
sys.stdout.write("at the end")
"""


@pytest.mark.parametrize("python", interpreters.at_hand())
def test_the_streams_look_the_same_and_are_counted(python, tmp_path):
    found = tmp_path / "found.json"
    done = subprocess.run(
        [interpreters.need(python), "-I", "-c", SCRIPT, str(PROBE), str(found)], capture_output=True
    )
    assert done.stderr == b"error\n"
    assert done.stdout.decode() == "begun before, hällo\nraw past waits at the end"
    told = json.loads(found.read_text(encoding="utf-8"))
    assert told["after"] == told["before"]
    assert told["waiting"] == [[1, 7]]
    assert told["notes"] == [[1, 7], [2, 6], [1, 11], [1, 17]]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_is_closed_stays_closed(stream, tmp_path):
    script = f"import sys; sys.{stream} = None; sys.__{stream}__ = None\n" + SCRIPT.split("\nfor stream")[0]
    script += f"\noutput.install(print)\nassert sys.{stream} is None"
    done = subprocess.run(
        [interpreters.need("cpython-3.11"), "-I", "-c", script, str(PROBE)], capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
