"""`flowtui show --stage trace` and trace files: the JSON contract, the text, the errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import interpreters

PROGRAM = """\
def add(a, b):
    total = a + b
    return total

numbers = [1, 2]
result = add(numbers[0], 5)
print("result", result)
"""
STEP = ["n", "event", "code", "offset", "line", "span", "depth", "stack", "changes"]
EVENTS = {"line", "instruction", "call", "return", "yield", "exception", "collect"}


@pytest.fixture
def program(tmp_path: Any) -> str:
    (tmp_path / "add.py").write_text(PROGRAM)
    return "add.py"


def trace_of(whole: dict[str, Any]) -> dict[str, Any]:
    assert list(whole["stages"]) == ["trace"]
    trace: dict[str, Any] = whole["stages"]["trace"]
    assert {"granularity", "total", "truncated", "ended", "steps"} <= set(trace)
    for step in trace["steps"]:
        assert list(step)[: len(STEP)] == STEP
        assert set(step) - set(STEP) <= {"file", "thread", "note"}
        assert step["event"] in EVENTS
    return trace


def test_lines_as_the_contract_says(show_json: Any, program: str) -> None:
    trace = trace_of(show_json(program, "--stage", "trace"))
    assert (trace["granularity"], trace["truncated"]) == ("line", False)
    assert trace["ended"]["exit_status"] == 0
    assert trace["total"] == len(trace["steps"])
    assert [step["n"] for step in trace["steps"]] == list(range(1, trace["total"] + 1))
    told = [(step["event"], step["line"], step["depth"]) for step in trace["steps"]]
    begin = told.index(("line", 1, 1))
    assert told[begin:-1] == [
        ("line", 1, 1),
        ("line", 5, 1),
        ("line", 6, 1),
        ("call", 1, 2),
        ("line", 2, 2),
        ("line", 3, 2),
        ("return", 3, 2),
        ("line", 7, 1),
    ]
    assert told[-1][0] == "return"
    assert {step["stack"] is None for step in trace["steps"]} == {True}
    call = next(step for step in trace["steps"] if step["event"] == "call" and step["depth"] == 2)
    given = {
        change["name"]: change["value"]["text"] for change in call["changes"] if change["what"] == "local"
    }
    assert given == {"a": "1", "b": "5"}
    names = {code["id"]: code["qualname"] for code in trace["code"]}
    assert names[call["code"]] == "add"
    returned = next(step for step in trace["steps"] if step["event"] == "return" and step["depth"] == 2)
    assert [change["value"]["text"] for change in returned["changes"] if change["what"] == "value"] == ["6"]


@pytest.mark.parametrize("python", interpreters.at_hand())
def test_every_interpreter_gives_the_lines(show_json: Any, program: str, python: str) -> None:
    path = interpreters.need(python)
    trace = trace_of(show_json(program, "--stage", "trace", "--python", path))
    lines = [step["line"] for step in trace["steps"] if step["event"] == "line"]
    assert lines == [1, 5, 6, 2, 3, 7]


@pytest.mark.parametrize("python", [name for name in interpreters.at_hand() if name.startswith("pypy")])
def test_instructions_without_an_operand_stack(
    flowtui: Any, show_json: Any, program: str, python: str
) -> None:
    words = ["--stage", "trace", "--granularity", "instruction", "--python", interpreters.need(python)]
    trace = trace_of(show_json(program, *words))
    assert trace["granularity"] == "instruction"
    steps = [step for step in trace["steps"] if step["event"] == "instruction"]
    assert steps
    assert all(step["stack"] is None and step["offset"] is not None for step in steps)
    shown = flowtui("show", program, *words)
    assert shown.returncode == 0
    assert "A new frame begins: add with a=1 and b=5." in shown.stdout


def test_instructions_with_their_operand_stack(show_json: Any, program: str) -> None:
    path = interpreters.need("cpython-3.11")
    words = ["--stage", "trace", "--granularity", "instruction", "--python", path]
    trace = trace_of(show_json(program, *words))
    code = show_json(program, "--stage", "bytecode", "--python", path)["stages"]["bytecode"]["code"]
    offsets = {each["id"]: {i["offset"]: i for i in each["instructions"]} for each in code}
    seen = []
    for step in trace["steps"]:
        if step["event"] == "instruction":
            instruction = offsets[step["code"]][step["offset"]]
            assert step["span"] == instruction["span"]
            assert len(step["stack"]) == instruction["stack_before"]
            seen.append((instruction["opname"], [value["text"] for value in step["stack"]]))
    assert ("BINARY_OP", ["1", "5"]) in seen
    assert ("STORE_FAST", ["6"]) in seen


def test_expressions_are_steps_of_the_same_recording(show_json: Any, program: str) -> None:
    path = interpreters.need("cpython-3.12")
    words = ["--stage", "trace", "--python", path, "--granularity"]
    fine = trace_of(show_json(program, *words, "instruction"))
    coarse = trace_of(show_json(program, *words, "expression"))
    assert coarse["granularity"] == "expression"
    assert coarse["total"] == fine["total"]
    assert 6 < len(coarse["steps"]) < len(fine["steps"])
    by_number = {step["n"]: step for step in fine["steps"]}
    assert all(by_number[step["n"]] == step for step in coarse["steps"])


def test_a_slice_includes_both_ends(show_json: Any, program: str) -> None:
    whole = trace_of(show_json(program, "--stage", "trace"))["steps"]
    for words, numbers in {
        "3:5": [3, 4, 5],
        "4": [4],
        ":2": [1, 2],
        f"{len(whole) - 1}:": [len(whole) - 1, len(whole)],
        f"{len(whole)}:999": [len(whole)],
        "500:999": [],
    }.items():
        part = trace_of(show_json(program, "--stage", "trace", "--steps", words))
        assert [step["n"] for step in part["steps"]] == numbers, words
        assert part["steps"] == [step for step in whole if step["n"] in numbers]
        assert part["total"] == len(whole)


def test_the_whole_state_at_a_step(show_json: Any, program: str) -> None:
    steps = trace_of(show_json(program, "--stage", "trace"))["steps"]
    number = next(step["n"] for step in steps if step["line"] == 3 and step["event"] == "line")
    trace = trace_of(show_json(program, "--stage", "trace", "--at", number))
    assert [step["n"] for step in trace["steps"]] == [number]
    state = trace["at"]
    assert [frame["name"] for frame in state["frames"]] == ["add", "<module>"]
    found = {each["name"]: each["value"]["text"] for each in state["frames"][0]["locals"]}
    assert found == {"a": "1", "b": "5", "total": "6"}
    numbers = next(each["value"] for each in state["globals"] if each["name"] == "numbers")
    on_heap = next(each for each in state["heap"] if each["number"] == numbers["object"])
    assert [element["value"]["text"] for element in on_heap["elements"]] == ["1", "2"]
    assert state["stdout"] == ""
    last = trace_of(show_json(program, "--stage", "trace", "--at", steps[-1]["n"]))["at"]
    assert last["stdout"] == "result 6\n"


def test_a_step_that_is_not_there_says_how_many_there_are(flowtui: Any, program: str) -> None:
    result = flowtui("show", program, "--stage", "trace", "--at", "12345")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "--at 12345: there is no such step, the last one is " in result.stderr


def test_trace_and_output_come_from_one_run(show_json: Any, tmp_path: Any) -> None:
    (tmp_path / "once.py").write_text("open('ran', 'a').write('x')\nprint('hello')\n")
    whole = show_json("once.py", "--stage", "output", "--stage", "trace")
    assert list(whole["stages"]) == ["trace", "output"]
    assert whole["stages"]["output"]["stdout"] == "hello\n"
    assert (tmp_path / "ran").read_text() == "x"


def test_a_limit_of_steps_ends_the_recording_and_not_the_program(flowtui: Any, show_json: Any) -> None:
    code = "for i in range(100):\n    x = i\nprint(x)"
    trace = trace_of(show_json("-c", code, "--stage", "trace", "--limit-steps", "20"))
    assert (trace["total"], trace["truncated"], trace["recording"]["cut"]) == (20, True, "steps")
    assert trace["ended"]["exit_status"] == 0
    text = flowtui("show", "-c", code, "--stage", "trace", "--limit-steps", "20")
    assert text.returncode == 0
    assert "20 steps by line, cut" in text.stdout


def test_a_program_that_fails_gives_status_1_and_its_steps(show_json: Any) -> None:
    trace = trace_of(show_json("-c", "x = 1\ny = x / 0\n", "--stage", "trace", status=1))
    assert trace["ended"]["error"]["type"] == "ZeroDivisionError"
    raised = next(step for step in trace["steps"] if step["event"] == "exception")
    assert raised["line"] == 2
    crash = "import os\nx = 1\nos.abort()\n"
    trace = trace_of(show_json("-c", crash, "--stage", "trace", status=1))
    assert trace["ended"]["signal"] == "SIGABRT"
    assert trace["truncated"]
    assert trace["steps"][-1]["line"] == 3


def test_a_source_that_does_not_compile_has_no_trace(show_json: Any) -> None:
    whole = show_json("-c", "x = (\n", "--stage", "trace", status=1)
    assert set(whole["stages"]["trace"]) == {"error"} or whole["stages"]["trace"]["ended"]["error"]


def test_generators_give_yield_and_a_call_that_is_resumed(show_json: Any) -> None:
    code = "def g():\n    yield 1\n    yield 2\nfor x in g(): pass\n"
    steps = trace_of(show_json("-c", code, "--stage", "trace"))["steps"]
    told = [(step["event"], step.get("note", "")) for step in steps if step["depth"] == 2]
    assert ("yield", "") in told
    assert ("call", "resumed") in told


def test_the_text_is_bounded_and_fits(flowtui: Any) -> None:
    code = "total = 0\nfor i in range(300):\n    total += i\n"
    result = flowtui("show", "-c", code, "--stage", "trace")
    lines = result.stdout.splitlines()
    assert result.returncode == 0
    assert 200 < len(lines) < 420
    assert max(map(len, lines)) <= 80
    assert "--steps 201:400 shows the next ones" in result.stdout
    assert any("total += i" in line and "line" in line for line in lines)
    assert "Ended with status 0" in lines[-1]
    every = flowtui("show", "-c", code, "--stage", "trace", "--steps", "1:").stdout
    assert "shows the next ones" not in every
    assert every.count("total += i") == 300


def test_the_state_as_text(flowtui: Any, program: str, show_json: Any) -> None:
    steps = trace_of(show_json(program, "--stage", "trace"))["steps"]
    number = next(step["n"] for step in steps if step["line"] == 7 and step["event"] == "line")
    text = flowtui("show", program, "--stage", "trace", "--at", number).stdout
    assert "result  = 6" in text.replace("result =", "result  =")
    assert "list" in text
    assert "heap" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("form", ["html", "svg"])
def test_pages_and_pictures(flowtui: Any, program: str, form: str) -> None:
    result = flowtui("show", program, "--stage", "trace", "--format", form)
    assert result.returncode == 0
    assert "total" in result.stdout


# ---- files


@pytest.mark.parametrize("granularity", ["line", "instruction"])
def test_a_saved_recording_is_shown_as_it_was(
    flowtui: Any, show_json: Any, program: str, tmp_path: Any, granularity: str
) -> None:
    words = ["--stage", "trace", "--granularity", granularity]
    first = show_json(program, *words, "--save", "add.flowtrace")
    again = show_json("add.flowtrace")
    assert again["stages"] == first["stages"]
    assert again["source"] == first["source"]
    named = {**first["interpreter"], "path": "", "real_path": "", "source": ""}
    assert again["interpreter"] == named
    output = show_json("add.flowtrace", "--stage", "output")["stages"]["output"]
    assert output["stdout"] == "result 6\n"
    assert flowtui("add.flowtrace").stdout == flowtui("show", "add.flowtrace").stdout


def test_a_recording_by_instructions_is_shown_by_lines_too(show_json: Any, program: str) -> None:
    show_json(program, "--stage", "trace", "--granularity", "instruction", "-o", "add.flowtrace")
    lines = trace_of(show_json("add.flowtrace", "--granularity", "line"))
    stepped = [step["line"] for step in lines["steps"] if step["event"] in ("line", "instruction")]
    assert list(dict.fromkeys(stepped)) == [1, 5, 6, 2, 3, 7]


def test_a_recording_by_lines_has_no_instructions(flowtui: Any, show_json: Any, program: str) -> None:
    show_json(program, "--stage", "trace", "--save", "add.flowtrace")
    result = flowtui("show", "add.flowtrace", "--granularity", "instruction")
    assert (result.returncode, result.stdout) == (2, "")
    assert (
        result.stderr == "flowtui: the recording goes by lines: it has no steps of granularity instruction\n"
    )


def test_a_file_that_is_no_trace_is_one_line(flowtui: Any, tmp_path: Any) -> None:
    (tmp_path / "bad.flowtrace").write_text("print(1)\n")
    for words in (["show", "bad.flowtrace"], ["bad.flowtrace"]):
        result = flowtui(*words)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith("flowtui: bad.flowtrace is no trace file")
        assert result.stderr.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_line(flowtui: Any, program: str) -> None:
    result = flowtui("show", program, "--stage", "trace", "--save", "no/where/x.flowtrace")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("flowtui: no/where/x.flowtrace cannot be saved")
    assert json.dumps(result.stderr).count("\\n") == 1
