from __future__ import annotations

import json

import msgspec
import pytest

from flowtui.engine.stack_check import Verdict
from flowtui.report import doctor, surroundings
from flowtui.report.layout import cells
from tests.report.material import INTERPRETER

TERMINAL = surroundings.Terminal(
    input_is_terminal=True,
    output_is_terminal=True,
    columns=72,
    rows=20,
    term="xterm",
    colorterm="",
    colours="standard",
    encoding="ascii",
    unicode=False,
    multiplexer="tmux",
    ssh=True,
    synchronized_output="unknown",
)
EXAMINATION = doctor.Examination(
    interpreters=[INTERPRETER],
    unanswered=[
        doctor.Unanswered("/opt/python9", "system", "did not answer within 5 s " + "and so on " * 20)
    ],
    terminal=TERMINAL,
    system=surroundings.system(),
    stacks={INTERPRETER.path: Verdict(False, "the test of its operand stack failed: " + "no " * 30)},
)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_text_fits(width: int) -> None:
    lines = "".join(doctor.text(EXAMINATION, width)).split("\n")
    too_long = [line for line in lines if cells(line) > max(width, 80)]
    assert too_long == []


def test_the_text_says_what_matters() -> None:
    shown = "".join(doctor.text(EXAMINATION, 0))
    for part in ("3.99t", "CPython 3.99.1, free-threaded", "off", "/usr/bin/python3.99", "/opt/python9"):
        assert part in shown
    assert "72 × 20, less than the 80 × 24" in shown
    assert "did not answer within 5 s" in shown
    assert "tmux" in shown
    assert "read from the frames themselves: of none here" in shown
    assert "3.99t: the test of its operand stack failed" in shown


def test_json_has_everything() -> None:
    whole = json.loads(doctor.as_json(EXAMINATION))
    assert list(whole) == ["flowtui", "interpreters", "unanswered", "terminal", "system"]
    assert whole["interpreters"][0]["version"] == "3.99.1"
    assert whole["interpreters"][0]["operand_stack"]["exact"] is False
    assert whole["unanswered"][0]["path"] == "/opt/python9"
    assert {limit["name"] for limit in whole["system"]["limits"]} >= {"RLIMIT_CPU", "RLIMIT_AS"}


def test_without_any_interpreter_the_status_is_1() -> None:
    assert EXAMINATION.status == 0
    nothing = msgspec.structs.replace(EXAMINATION, interpreters=[])
    assert nothing.status == 1
    assert "None that can be used" in "".join(doctor.text(nothing, 80))


@pytest.mark.parametrize(
    ("environment", "multiplexer", "synchronized"),
    [
        ({"TERM": "xterm-kitty"}, "", True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "", True),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x", "KITTY_WINDOW_ID": "1"}, "tmux", False),
        ({"TERM": "screen", "STY": "1"}, "screen", False),
        ({"TERM": "xterm"}, "", False),
    ],
)
def test_terminals_are_told_by_the_environment(
    environment: dict[str, str], multiplexer: str, synchronized: bool
) -> None:
    assert surroundings.multiplexer(environment) == multiplexer
    assert surroundings.knows_synchronized_output(environment) is synchronized
    found = surroundings.terminal({**environment, "SSH_TTY": "/dev/pts/0"})
    assert found.ssh
    assert found.term == environment["TERM"]


def test_the_system_is_looked_at() -> None:
    found = surroundings.system()
    assert 1 <= found.usable_cores <= found.cores
    assert surroundings.rlimit("RLIMIT_OF_NO_SYSTEM") is None
