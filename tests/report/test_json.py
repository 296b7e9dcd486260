from __future__ import annotations

import json
from typing import Any

import msgspec

from flowtui import __version__
from flowtui.model.analysis import Analysis
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.report import json as form
from tests.report.material import INTERPRETER, broken, ran, report

INSTRUCTION = ["offset", "opcode", "opname", "arg", "argval", "argrepr", "jump_target", "is_jump_target"]
INSTRUCTION += ["line", "span", "stack_before", "stack_after"]
CODE = ["id", "parent", "name", "qualname", "firstlineno", "flags", "stacksize", "consts", "names"]
CODE += ["varnames", "freevars", "cellvars", "exception_table", "instructions"]


def read(given: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(b"".join(form.chunks(given)))
    return whole


def test_the_object_has_the_keys_of_the_contract() -> None:
    whole = read(report("def f(a):\n    return a\n"))
    assert list(whole) == ["flowtui", "interpreter", "source", "stages"]
    assert whole["flowtui"] == __version__
    assert whole["source"] == {"name": "m.py", "lines": 2, "encoding": "utf-8"}
    assert set(whole["interpreter"]) == set(msgspec.structs.asdict(INTERPRETER))
    assert msgspec.convert(whole["interpreter"], Interpreter) == INTERPRETER
    stages = whole["stages"]
    assert list(stages) == ["tokens", "ast", "symbols", "bytecode", "output"]
    assert stages["tokens"]["rows"][1] == {
        "type": "NAME",
        "exact_type": "NAME",
        "string": "f",
        "span": [1, 4, 1, 5],
    }
    assert list(stages["ast"]["rows"][1]) == ["id", "parent", "field", "index", "kind", "attrs", "span"]
    assert stages["ast"]["rows"][0]["parent"] is None
    assert stages["ast"]["rows"][0]["span"] is None
    assert list(stages["bytecode"]["code"][1]) == [*CODE]
    assert list(stages["bytecode"]["code"][0]["instructions"][0]) == INSTRUCTION
    assert [code["id"] for code in stages["bytecode"]["code"]] == [0, 1]
    assert stages["symbols"]["rows"][1]["names"] == [
        {"name": "a", "roles": ["parameter", "local"], "span": [1, 6, 1, 7]}
    ]
    assert stages["output"]["stdout"] == "hello\n"
    assert stages["output"]["exit_status"] == 0


def test_after_a_run_instructions_tell_what_they_became() -> None:
    instruction = read(report("x = 1\n", adaptive=True))["stages"]["bytecode"]["code"][0]["instructions"][0]
    assert list(instruction) == [*INSTRUCTION, "specialised"]


def test_the_stages_before_a_failure_are_given() -> None:
    stages = read(broken())["stages"]
    assert list(stages) == ["tokens", "ast"]
    assert stages["ast"] == {
        "error": {
            "stage": "ast",
            "type": "SyntaxError",
            "message": "'(' was never closed",
            "span": [2, 11, 2, 12],
            "text": "print('é', (2",
        }
    }


def test_tokens_that_came_before_the_failure_stand_beside_it() -> None:
    tokens = read(broken("tokens"))["stages"]["tokens"]
    assert list(tokens) == ["error", "rows"]
    assert tokens["rows"][0]["string"] == "x"


def test_a_stage_that_was_asked_for_alone_tells_where_the_error_arose() -> None:
    stages = read(broken(stages=("bytecode",), named=True))["stages"]
    assert stages["bytecode"]["error"]["stage"] == "ast"


def test_lone_surrogates_are_valid_json() -> None:
    given = report("x = 1\n", ran=ran("\udc80 é\n"))
    raw = b"".join(form.chunks(given))
    assert b"\\udc80" in raw
    raw.decode("utf-8")
    assert json.loads(raw)["stages"]["output"]["stdout"] == "\udc80 é\n"


def test_a_row_stands_on_a_line_of_its_own() -> None:
    lines = b"".join(form.chunks(report("x = 1\n" * 2000, stages=("tokens",), named=True))).split(b"\n")
    rows = [line for line in lines if line.startswith(b'{"type"')]
    assert len(rows) == 8001
    assert json.loads(rows[0].rstrip(b",")) == {
        "type": "NAME",
        "exact_type": "NAME",
        "string": "x",
        "span": [1, 0, 1, 1],
    }


def test_no_rows_are_an_empty_list() -> None:
    assert read(report("", stages=("ast",)))["stages"]["ast"]["rows"][0]["kind"] == "Module"
    assert b"".join(form.rows([])) == b""


def test_a_cache_file() -> None:
    header = PycHeader(
        path="/x/m.pyc", exists=True, magic="00000d0a", written_by="CPython 3.1", state="foreign"
    )
    given = report(
        "", stages=("pyc",), named=True, analysis=Analysis(), pyc=header, readers=("3.1",), ran=None
    )
    given = msgspec.structs.replace(given, source=msgspec.structs.replace(given.source, encoding=""))
    whole = read(given)
    assert whole["source"] == {"name": "m.py", "lines": 0, "encoding": None}
    assert whole["stages"]["pyc"]["state"] == "foreign"
    assert whole["stages"]["pyc"]["readers"] == ["3.1"]
    assert set(msgspec.structs.asdict(header)) < set(whole["stages"]["pyc"])
