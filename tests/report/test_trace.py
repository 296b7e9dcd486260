"""A recorded run as lines and as objects: recordings written by hand, no process is started for them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from flowtui.engine.files import decode_source
from flowtui.engine.recording.trace_file import About
from flowtui.model.trace import RecordingOptions
from flowtui.report import json as form
from flowtui.report.layout import cells
from flowtui.report.sections import sections
from flowtui.report.trace import StepsError, Traced, TraceRequest, event_of
from tests.recording.writer import Writer
from tests.report.material import ENDED, INTERPRETER, report

SOURCE = (
    "def f(x):\n    yield x\n\nnumbers = [1, 2]\nfor each in f(numbers):\n    print('größe\\x1b[31m', each)\n"
)


@dataclasses.dataclass
class Made:
    """What `Traced` needs of a recording."""

    about: About
    recording: Any
    unrecorded: str = ""

    def save(self, path: str) -> None:
        raise AssertionError(path)


def written() -> Writer:
    writer = Writer(SOURCE)
    writer.call(0, 1)
    writer.at(4)
    numbers = writer.make([1, 2])
    writer.set_global("numbers", numbers)
    writer.at(5)
    writer.set_slot(0, numbers)
    writer.call(1, 1)
    writer.at(2, 1)
    writer.give(numbers, 1)
    writer.set_global("each", numbers)
    writer.at(6)
    writer.write(1, 15)
    writer.resume(2, 1)
    writer.leave(None, 1)
    writer.freed(numbers)
    writer.thread(1, "Thread-1 (\x1b[2J)")
    writer.step(7, 0, 0)
    writer.step(7, 0, 1)
    writer.collected(2, 5)
    writer.thread(0)
    writer.raises("boom", 6)
    writer.leave(None)
    return writer


def traced(writer: Writer | None = None, *, unrecorded: str = "", **asked: Any) -> Traced:
    writer = writer or written()
    writer.end()
    recording = writer.recording()
    recording.output("größe\x1b[31m [1, 2]\n".encode(), b"")
    about = About(
        interpreter=INTERPRETER,
        source=decode_source(SOURCE.encode(), "m.py"),
        options=RecordingOptions(granularity=recording.granularity),
        ended=ENDED,
    )
    return Traced(Made(about, recording, unrecorded), TraceRequest(**asked))  # type: ignore[arg-type]  # tests ask with plain keywords


def lines(given: Traced, width: int = 80) -> list[str]:
    whole = report(SOURCE, stages=("trace",), named=True, traced=given)
    (section,) = sections(whole, width)
    return [line.text for line in section.lines]


def as_json(given: Traced) -> dict[str, Any]:
    whole = json.loads(b"".join(form.chunks(report(SOURCE, stages=("trace",), named=True, traced=given))))
    trace: dict[str, Any] = whole["stages"]["trace"]
    return trace


def test_every_event_has_a_name_of_the_contract() -> None:
    steps = as_json(traced())["steps"]
    assert [(step["event"], step.get("note", "")) for step in steps] == [
        ("call", ""),
        ("line", ""),
        ("line", ""),
        ("call", ""),
        ("line", ""),
        ("yield", ""),
        ("line", ""),
        ("call", "resumed"),
        ("return", "returned"),
        ("call", "thread begins"),
        ("return", "thread ends"),
        ("collect", ""),
        ("exception", ""),
        ("return", "returned"),
    ]
    assert [step.get("thread", 0) for step in steps][9:11] == [1, 1]


def test_the_keys_are_those_of_the_contract_and_come_first() -> None:
    trace = as_json(traced())
    assert list(trace)[:4] == ["granularity", "total", "truncated", "ended"]
    assert (trace["granularity"], trace["total"], trace["truncated"]) == ("line", 14, False)
    assert trace["ended"]["sentence"] == ENDED.sentence
    keys = ["n", "event", "code", "offset", "line", "span", "depth", "stack", "changes"]
    assert all(list(step)[:9] == keys for step in trace["steps"])
    assert [code["qualname"] for code in trace["code"]] == ["<module>", "f"]


def test_a_state_is_given_with_what_it_holds() -> None:
    trace = as_json(traced(at=7))
    state = trace["at"]
    assert [step["n"] for step in trace["steps"]] == [7]
    assert [frame["name"] for frame in state["frames"]] == ["<module>"]
    assert [each["name"] for each in state["globals"]] == ["numbers", "each"]
    assert [len(each["elements"]) for each in state["heap"] if each["type"] == "list"] == [2]
    assert state["stdout"] == ""
    assert as_json(traced(at=8))["at"]["stdout"] == "größe\x1b[31m [1"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("asked", [{}, {"at": 7}, {"at": 8}, {"at": 13}])
def test_the_text_fits_and_is_harmless(width: int, asked: dict[str, int]) -> None:
    shown = lines(traced(**asked), width)
    assert [line for line in shown if cells(line) > max(width, 60)] == []
    assert not any("\x1b" in line for line in shown)


def test_a_step_is_told_with_what_changes() -> None:
    shown = lines(traced(), 120)
    assert any("5  for each in f(numbers):" in line and "numbers = " in line for line in shown)
    assert any("call" in line and "· " in line for line in shown)
    assert shown[-1] == f"  {ENDED.sentence}"


def test_a_text_without_a_slice_has_the_first_steps_and_says_how_to_see_more() -> None:
    writer = Writer("x = 1\n")
    writer.call(0, 1)
    for _ in range(500):
        writer.at(1)
    shown = lines(traced(writer))
    assert sum("def f(x):" in line or "call" in line for line in shown) == 200
    assert "  … --steps 201:400 shows the next ones, --steps 1: all" in shown
    assert len(lines(traced(writer, sliced=True, first=1))) == 502
    assert len(lines(traced(writer, sliced=True, first=10, last=19))) == 11


def test_what_the_recording_does_not_have_is_one_line() -> None:
    with pytest.raises(StepsError, match="--at 15: there is no such step, the last one is 14"):
        traced(at=15)
    with pytest.raises(StepsError, match="no steps of granularity expression"):
        traced(zoom="expression")
    with pytest.raises(StepsError, match="there is no such step, there is none"):
        traced(Writer("x = 1\n"), at=1)


def test_a_run_that_could_not_be_recorded_says_why() -> None:
    given = traced(Writer("x = 1\n"), unrecorded="ImportError: no mmap")
    assert "  Nothing was recorded: ImportError: no mmap" in lines(given)
    assert as_json(given)["recording"]["sentence"] == "Nothing was recorded: ImportError: no mmap"
    assert report(SOURCE, stages=("trace",), named=True, traced=given).status == 1


def test_a_wider_zoom_starts_at_the_next_step_of_its_own() -> None:
    writer = Writer("x = 1 + y\n", "instruction")
    writer.call(0, 1)
    for half in range(6):
        writer.at(half)
    writer.leave(None)
    every = [step["n"] for step in as_json(traced(writer, zoom="line"))["steps"]]
    later = [step["n"] for step in as_json(traced(writer, zoom="line", first=2, sliced=True))["steps"]]
    assert every[0] == 1
    assert len(every) < 8
    assert later == [number for number in every if number >= 2]


def test_an_event_keeps_its_note() -> None:
    step = written().recording().step(8)
    assert event_of(step) == ("call", "resumed")
