from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import msgspec
import pytest

from flowtui.engine.files import decode_source
from flowtui.model.failure import Failure
from flowtui.model.pyc import PycHeader
from flowtui.model.run import Specialised
from flowtui.report.pipeline import Request, cache_path, foreign_sentence, stops, with_specialised
from tests.report.material import INTERPRETER, analysis, broken, code_table, ran, report


def test_stages_come_in_the_order_of_the_pipeline() -> None:
    source = decode_source(b"", "m.py", "/m.py")
    asked = Request(source=source, interpreter=INTERPRETER, stages=("output", "ast", "tokens", "ast"))
    assert asked.wanted == ("tokens", "ast", "output")
    usual = Request(source=source, interpreter=INTERPRETER)
    assert usual.wanted == ("tokens", "ast", "symbols", "bytecode", "output")


def test_a_cache_file_has_two_stages() -> None:
    source = decode_source(b"", "m.pyc", "/m.pyc")
    assert Request(source=source, interpreter=INTERPRETER).wanted == ("pyc", "bytecode")
    assert Request(source=source, interpreter=INTERPRETER, stages=("bytecode",)).wanted == ("bytecode",)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 0),
        ({"exit_status": 3}, 1),
        ({"exit_status": None, "signal": "SIGSEGV"}, 1),
        ({"exit_status": None, "limit": "cpu"}, 1),
    ],
)
def test_the_status_is_that_of_the_program(changes: dict[str, object], status: int) -> None:
    assert report("x\n", ran=ran(**changes)).status == status


def test_a_run_for_specialisation_alone_does_not_fail_the_report() -> None:
    given = report("x\n", stages=("bytecode",), named=True, adaptive=True, ran=ran(exit_status=1))
    assert given.status == 0


@pytest.mark.parametrize("stage", ["tokens", "ast", "symbols", "bytecode"])
def test_a_failed_stage_is_status_1(stage: str) -> None:
    assert broken(stage).status == 1


def test_what_stops_the_way_to_the_run() -> None:
    assert not stops(Failure(stage="tokens", type="TokenError", message=""))
    assert not stops(Failure(stage="symbols", type="Unavailable", message=""))
    assert stops(Failure(stage="symbols", type="SyntaxError", message=""))
    assert stops(Failure(stage="source", type="SyntaxError", message=""))


def test_stages_behind_a_failure_are_left_out() -> None:
    given = broken()
    assert given.outcome("symbols") is None
    assert given.outcome("output") is None
    assert isinstance(given.outcome("ast"), Failure)


def test_an_empty_table_is_a_table() -> None:
    empty = msgspec.structs.replace(analysis("x\n"), symbols=None)
    assert isinstance(report("", analysis=empty).outcome("symbols"), Failure)


def test_specialised_names_find_their_instructions() -> None:
    table = code_table("x = 1\n")
    rows = ((0, 2, "LOAD_CONST"), (0, 4, "STORE_QUICK"), (7, 4, "NOWHERE"))
    changed = with_specialised(table, Specialised(rows))
    assert [changed.row(i).specialised for i in range(4)] == [None, None, "STORE_QUICK", None]
    assert table.row(2).specialised is None


@pytest.mark.parametrize("name", ["m.py", "sub/a.b.py", "noend"])
@pytest.mark.parametrize("prefix", ["", "/elsewhere/cache"])
def test_the_cache_file_is_where_importlib_puts_it(
    name: str, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", prefix or None)
    path = str(tmp_path / name)
    assert cache_path(path, sys.implementation.cache_tag or "", prefix) == importlib.util.cache_from_source(
        path
    )


def test_a_foreign_cache_file_says_who_can_read_it() -> None:
    header = PycHeader(path="m.pyc", exists=True, magic="a70d0d0a", written_by="CPython 3.11")
    assert foreign_sentence(header, INTERPRETER, ("3.11", "pypy 3.9")) == (
        "written by CPython 3.11, not for 3.99t; it can be read with --python 3.11 or --python pypy3.9"
    )
    assert "no interpreter found here" in foreign_sentence(header, INTERPRETER, ())
