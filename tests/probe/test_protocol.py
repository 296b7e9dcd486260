"""The conversation itself: order, ids, faults, dropped work, and how a probe ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from array import array
from pathlib import Path

import msgspec
import pytest

from flowtui.model.interpreter import Interpreter
from flowtui.probe.wire import PROTOCOL, encode
from tests.probe.probes import MAIN, Probe

STAGES = ["tokens", "ast", "symbols", "bytecode"]


def request(number: int, data: bytes, stages: list[str] = STAGES) -> bytes:
    head = {"kind": "analyse", "id": number, "name": "<test>", "stages": stages}
    return encode(head, {"source": array("B", data)})


def test_hello_has_the_fields_of_an_interpreter(probe: Probe, python: str) -> None:
    hello = dict(probe.hello, path=python, real_path=python)
    found = msgspec.convert(hello, Interpreter)
    assert found.protocol == PROTOCOL
    ask = (
        "import sys, importlib.util as u;"
        "print(sys.implementation.name, sys.version.split()[0], u.MAGIC_NUMBER.hex())"
    )
    answer = subprocess.run([python, "-I", "-c", ask], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    assert [found.implementation, found.version, found.magic] == answer.stdout.split()
    assert {"tokens", "ast", "bytecode", "run", "pyc"} <= found.capabilities
    assert found.can("symbols") == (found.implementation == "cpython")


def test_describe_says_hello_and_ends(python: str) -> None:
    probe = Probe(python, "describe")
    assert probe.hello["kind"] == "hello"
    with pytest.raises(EOFError):
        probe.receive()
    assert probe.close() == 0


def test_columns_can_be_switched_off_and_are_not_announced_then() -> None:
    probe = Probe(sys.executable, "analyse", "-X", "no_debug_ranges")
    assert "columns" not in probe.hello["capabilities"]
    frames = probe.analyse(b"x = y\n", "bytecode")
    assert set(frames["bytecode"].columns["column"]) == {0}
    assert 1 in frames["bytecode"].columns["source_line"]
    probe.close()


def test_stages_come_in_order_with_their_times(own_probe: Probe) -> None:
    answers = own_probe.request(
        {"kind": "analyse", "name": "<test>", "stages": STAGES[::-1]}, {"source": array("B", b"x = 1\n")}
    )
    assert [frame.head.get("stage") for frame in answers] == [*STAGES, None]
    assert all(frame.head["milliseconds"] >= 0 for frame in answers[:-1])


def test_work_is_dropped_when_newer_text_waits(own_probe: Probe) -> None:
    assert own_probe.receive().kind == "ready"
    own_probe.write(request(1, b"x = 1\n") + request(2, b"y = 2\n"))
    first = own_probe.receive()
    assert (first.kind, first.head["id"], first.head["abandoned"]) == ("done", 1, True)
    assert own_probe.receive().kind == "ready"
    answers = [own_probe.receive() for _ in range(5)]
    assert [frame.head["id"] for frame in answers] == [2] * 5
    assert answers[-1].head["abandoned"] is False


@pytest.mark.parametrize(
    "head",
    [
        {"kind": "dance"},
        {"kind": "analyse", "name": "x", "stages": ["tokens"]},
        {"kind": "analyse", "name": 3, "stages": ["tokens"]},
        {"kind": "analyse", "name": "x", "stages": ["music"]},
        {"kind": "pyc"},
        {"kind": "pyc", "path": "a\0b"},
    ],
)
def test_a_wrong_request_is_told_so_and_the_next_is_served(own_probe: Probe, head: dict[str, object]) -> None:
    columns = (
        {} if head.get("name") == "x" and head.get("stages") == ["tokens"] else {"source": array("B", b"x")}
    )
    answers = own_probe.request(head, columns)
    assert [frame.kind for frame in answers] == ["fault", "done"]
    assert answers[0].head["whose"] == "request"
    assert set(own_probe.analyse(b"x\n", "tokens")) == {"tokens"}


@pytest.mark.parametrize(
    "data",
    [b"no frame at all, not even close", encode({"kind": "x"})[:8] + b"\xff" * 400],
    ids=["text", "lengths"],
)
def test_garbage_ends_the_probe_with_a_fault(own_probe: Probe, data: bytes) -> None:
    assert own_probe.receive().kind == "ready"
    own_probe.write(data)
    assert own_probe.receive().head["whose"] == "request"
    with pytest.raises(EOFError):
        own_probe.receive()
    assert own_probe.close() == 1


def test_the_end_of_the_pipe_ends_the_probe(python: str) -> None:
    probe = Probe(python)
    probe.analyse(b"x\n")
    assert probe.close() == 0


def test_a_source_is_never_executed(probe: Probe, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    probe.analyse(f"open({str(witness)!r}, 'w').close()\nimport os; os._exit(3)\n".encode())
    assert not witness.exists()


def test_it_says_what_it_is_when_started_by_hand() -> None:
    answer = subprocess.run(
        [sys.executable, str(MAIN), "dance"], stderr=subprocess.PIPE, encoding="utf-8", check=False
    )
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1


def test_an_old_python_says_one_clear_line(bare_python: str) -> None:
    answer = subprocess.run(
        [bare_python, str(MAIN), "describe", "8", "9"], stderr=subprocess.PIPE, check=False
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith(b"flowtui shows Python 3.8 and newer")
    assert answer.stderr.count(b"\n") == 1


LOOK = """
import sys, os, json
package = type(sys)("_flowtui_probe")
package.__path__ = [{folder!r}]
sys.modules[package.__name__] = package
before = list(sys.path)
from _flowtui_probe import serve, stage, tokens, tree, bytecode, failure
print(json.dumps([sys.path == before, [name for name in sys.modules if name in {names!r}]]))
"""


def test_our_modules_hide_no_name_of_a_learner(python: str) -> None:
    names = [path.stem for path in MAIN.parent.glob("*.py") if path.stem not in ("__init__", "__main__")]
    names = [name for name in names if name not in ("bytecode", "symbols")] + [
        "bytecode",
        "symbols",
        "flowtui",
    ]
    script = LOOK.format(folder=str(MAIN.parent), names=names)
    answer = subprocess.run(
        [python, "-I", "-c", script], stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    assert json.loads(answer.stdout) == [True, []]


def test_the_protocol_keeps_away_from_low_descriptors(own_probe: Probe) -> None:
    folder = Path(f"/proc/{own_probe.process.pid}/fd")
    if not folder.exists():
        pytest.skip("needs /proc")
    assert own_probe.receive().kind == "ready"
    numbers = sorted(int(path.name) for path in folder.iterdir())
    assert [number for number in numbers if number >= 500]
    assert not [
        number for number in numbers if 3 <= number < 500 and "pipe" in os.readlink(folder / str(number))
    ]
