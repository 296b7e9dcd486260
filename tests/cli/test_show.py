from __future__ import annotations

import json
import py_compile
import re
import sys
from pathlib import Path
from typing import Any

import pytest

MARKED = b"\xef\xbb\xbfx = 1\r\n"
STAGES = ["tokens", "ast", "symbols", "bytecode", "output"]


def test_alone_and_without_a_terminal_it_shows_the_welcome_program(flowtui: Any) -> None:
    result = flowtui()
    assert result.returncode == 0, result.stderr
    assert re.findall(r"^── (\w+) ", result.stdout, re.M) == [
        "source",
        "tokens",
        "AST",
        "symbols",
        "bytecode",
        "output",
    ]
    assert "8 letters swam by" in result.stdout
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.split("\n"))) <= 80


@pytest.mark.parametrize("words", [["m.py"], ["-"], ["-c", "print(6 * 7)"]], ids=["file", "stdin", "code"])
@pytest.mark.parametrize("command", [[], ["show"]], ids=["open", "show"])
def test_a_source_from_anywhere(words: list[str], command: list[str], flowtui: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("print(6 * 7)\n")
    result = flowtui(*command, *words, stdin="print(6 * 7)\n")
    assert result.returncode == 0, result.stderr
    assert "│ 42" in result.stdout


def test_json_of_all_stages(show_json: Any) -> None:
    whole = show_json("-c", "print(6 * 7)")
    assert list(whole) == ["flowtui", "interpreter", "source", "stages"]
    assert whole["source"] == {"name": "<code>", "lines": 1, "encoding": "utf-8"}
    assert list(whole["stages"]) == STAGES
    output = whole["stages"]["output"]
    assert (output["stdout"], output["stderr"], output["exit_status"]) == ("42\n", "", 0)
    assert {key: output[key] for key in ("signal", "limit", "error")} == dict.fromkeys(
        ("signal", "limit", "error")
    )
    assert whole["interpreter"]["version"] == ".".join(map(str, sys.version_info[:3]))


def test_stages_are_given_in_order_however_they_are_asked(show_json: Any) -> None:
    whole = show_json("-c", "x = 1", "--stage", "bytecode", "--stage", "tokens", "--stage", "bytecode")
    assert list(whole["stages"]) == ["tokens", "bytecode"]


def test_code_may_look_like_an_option(show_json: Any) -> None:
    assert show_json("-c", "-1", "--stage", "tokens")["stages"]["tokens"]["rows"][1]["string"] == "-"


def test_a_syntax_error_is_status_1_with_the_stages_before_it(show_json: Any, flowtui: Any) -> None:
    stages = show_json("-c", "x = 1\ny = )\n", status=1)["stages"]
    assert list(stages) == ["tokens", "ast"]
    assert stages["ast"]["error"]["type"] == "SyntaxError"
    assert stages["ast"]["error"]["span"][:2] == [2, 4]
    assert stages["ast"]["error"]["text"] == "y = )"
    result = flowtui("show", "-c", "x = 1\ny = )\n")
    assert result.returncode == 1
    assert "Nothing was run: the parser stopped here." in result.stdout


def test_an_error_of_the_symbol_table_leaves_the_tree(show_json: Any) -> None:
    stages = show_json("-c", "def f():\n    nonlocal x\n", status=1)["stages"]
    assert "rows" in stages["ast"]
    assert stages["symbols"]["error"]["type"] == "SyntaxError"
    assert "output" not in stages


def test_tokens_before_their_error_are_given(show_json: Any) -> None:
    tokens = show_json("-c", "x = (1,\n", "--stage", "tokens", status=1)["stages"]["tokens"]
    assert tokens["error"]["stage"] == "tokens"
    assert [row["string"] for row in tokens["rows"]][1:4] == ["x", "=", "("]


def test_a_program_that_raises_is_status_1(show_json: Any) -> None:
    output = show_json("-c", "import sys\nprint(1, flush=True)\n1/0", "--stage", "output", status=1)[
        "stages"
    ]["output"]
    assert output["stdout"] == "1\n"
    assert "ZeroDivisionError" in output["stderr"]
    assert output["error"]["type"] == "ZeroDivisionError"
    assert output["error"]["frames"][-1]["line"] == 3
    assert output["exit_status"] == 1


def test_arguments_and_input_reach_the_program(show_json: Any, tmp_path: Path) -> None:
    (tmp_path / "given").write_text("first\nsecond\n")
    code = "import sys\nprint(sys.argv[1:], input(), sys.stdin.read())"
    output = show_json("-c", code, "--stage", "output", "--input", tmp_path / "given", status=0)["stages"][
        "output"
    ]
    assert output["stdout"] == "[] first second\n\n"
    words = ["-c", code, "--stage", "output", "--input", "-", "--", "--version", "-c", "--"]
    output = show_json(*words, stdin="a\n")["stages"]["output"]
    assert output["stdout"] == "['--version', '-c', '--'] a \n"


def test_without_input_the_program_reads_the_end(show_json: Any) -> None:
    code = "import sys\nprint(repr(sys.stdin.read()))"
    assert show_json("-c", code, "--stage", "output")["stages"]["output"]["stdout"] == "''\n"


@pytest.mark.parametrize(
    ("code", "words", "limit"),
    [
        ("while True: pass", ["--cpu", "1s"], "cpu"),
        ("import time; time.sleep(999)", ["--wall", "300ms"], "wall"),
        ("while True: print('x' * 1000)", ["--output-limit", "10K"], "output"),
    ],
)
def test_limits_end_the_program(code: str, words: list[str], limit: str, show_json: Any) -> None:
    output = show_json("-c", code, "--stage", "output", *words, status=1)["stages"]["output"]
    assert output["limit"] == limit
    assert output["sentence"]


def test_a_limit_of_memory_is_an_error_of_the_program(show_json: Any) -> None:
    code = "x = bytearray(900 << 20)"
    output = show_json("-c", code, "--stage", "output", "--memory", "512M", status=1)["stages"]["output"]
    assert output["error"]["type"] == "MemoryError"


def test_specialised_instructions(show_json: Any) -> None:
    code = "def f(x):\n    return x + 1\nfor i in range(100): f(i)"
    whole = show_json("-c", code, "--stage", "bytecode", "--adaptive")
    assert list(whole["stages"]) == ["bytecode"]
    names = [row["specialised"] for row in whole["stages"]["bytecode"]["code"][1]["instructions"]]
    assert any(names)


def test_a_cache_file_that_is_not_there(show_json: Any, tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_text("x = 1\n")
    pyc = show_json(file, "--stage", "pyc")["stages"]["pyc"]
    assert pyc["state"] == "absent"
    assert pyc["path"] == str(tmp_path / "__pycache__" / f"m.{sys.implementation.cache_tag}.pyc")


def test_a_cache_file_of_a_source(show_json: Any, flowtui: Any, tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_text("x = 1\n")
    py_compile.compile(str(file), doraise=True)
    pyc = show_json(file, "--stage", "pyc")["stages"]["pyc"]
    assert (pyc["state"], pyc["kind"], pyc["source_size"]) == ("fresh", "timestamp", 6)
    file.write_text("x = 100\n")
    assert show_json(file, "--stage", "pyc")["stages"]["pyc"]["state"] == "stale"
    result = flowtui("show", file, "--stage", "pyc")
    assert result.returncode == 0
    assert "stale" in result.stdout


def test_a_pyc_file_is_opened_and_not_executed(show_json: Any, flowtui: Any, tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_text("open('touched', 'w')\n")
    cache = py_compile.compile(str(file), cfile=str(tmp_path / "other.pyc"), doraise=True)
    whole = show_json(cache)
    assert list(whole["stages"]) == ["pyc", "bytecode"]
    assert whole["source"] == {"name": "other.pyc", "lines": 0, "encoding": None}
    assert whole["stages"]["bytecode"]["code"][0]["name"] == "<module>"
    assert not (tmp_path / "touched").exists()
    assert "code object" in flowtui("show", cache).stdout
    result = flowtui("show", cache, "--stage", "tokens")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    for form in ("html", "svg"):
        assert flowtui("show", cache, "--format", form).returncode == 0


def test_a_foreign_pyc_file_says_who_wrote_it(show_json: Any, flowtui: Any, tmp_path: Path) -> None:
    file = tmp_path / "m.pyc"
    file.write_bytes((3392).to_bytes(2, "little") + b"\r\n" + bytes(12) + b"\xe3")  # 3.7's magic number
    whole = show_json(file, status=1)
    assert whole["stages"]["pyc"]["state"] == "foreign"
    assert "3.7" in whole["stages"]["pyc"]["written_by"]
    assert whole["stages"]["bytecode"]["error"]["type"]
    assert "3.7" in flowtui("show", file).stdout


@pytest.mark.parametrize("data", [b"", b"\x00", b"not a cache file at all"])
def test_a_broken_pyc_file_is_one_clear_answer(data: bytes, flowtui: Any, tmp_path: Path) -> None:
    (tmp_path / "m.pyc").write_bytes(data)
    result = flowtui("show", tmp_path / "m.pyc")
    assert result.returncode == 1, result.stderr
    assert result.stderr == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\x00",
        b"x = 1\x00",
        b"\xff\xfe",
        b"x = '\xe9'\n",
        b"# coding: nonsense\n",
        b"\xef\xbb\xbfx = 1\r\n",
    ],
    ids=["empty", "blank", "null", "null inside", "no text", "latin", "cookie", "mark"],
)
def test_odd_files_are_shown_in_every_form(data: bytes, flowtui: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_bytes(data)
    good = data in {b"", b"\n", MARKED}
    for form in ("text", "json", "html"):
        result = flowtui("show", tmp_path / "m.py", "--format", form)
        assert result.stderr == ""
        assert result.returncode == (0 if good else 1)
        if form == "json":
            json.loads(result.stdout)


def test_another_encoding_is_named(show_json: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_bytes("# coding: latin-1\nprint('é')\n".encode("latin-1"))
    whole = show_json(tmp_path / "m.py")
    assert whole["source"]["encoding"] == "iso-8859-1"
    assert whole["stages"]["output"]["stdout"] == "é\n"


def test_odd_output_is_valid_json(show_json: Any) -> None:
    code = "import os\nos.write(1, b'\\xff\\x00\\xed\\xa0\\x80')\nprint(repr('\\ud800'), '\\x00')"
    assert show_json("-c", code)["stages"]["output"]["exit_status"] == 0


def test_html_and_svg(flowtui: Any) -> None:
    page = flowtui("show", "-c", "print('<&>')", "--format", "html")
    assert page.returncode == 0
    assert page.stdout.startswith("<!DOCTYPE html>")
    assert "&lt;&amp;&gt;" in page.stdout
    picture = flowtui("show", "-c", "print(1)", "--format", "svg", "--width", "90")
    assert picture.returncode == 0
    assert picture.stdout.startswith("<svg")


def test_colours_only_where_they_are_wanted(flowtui: Any) -> None:
    words = ("show", "-c", "x = 1", "--stage", "tokens")
    assert "\x1b[" not in flowtui(*words).stdout
    assert "\x1b[" in flowtui(*words, FORCE_COLOR="1").stdout
    assert "\x1b[" not in flowtui(*words, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_an_ascii_output_gets_ascii_signs(flowtui: Any) -> None:
    result = flowtui("show", "-c", "'é日'", "--stage", "ast", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert result.stdout.isascii()
    assert "`- " in result.stdout


def test_the_width_is_obeyed(flowtui: Any) -> None:
    words = ("show", "-c", "x = '" + "y" * 300 + "'", "--stage", "tokens")
    assert max(map(len, flowtui(*words).stdout.split("\n"))) <= 80
    assert max(map(len, flowtui(*words, COLUMNS="120").stdout.split("\n"))) in range(100, 121)
    assert "y" * 300 in flowtui(*words, "--width", "0").stdout


def test_a_long_source_is_written_in_time(show_json: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("x = [1, 2]\n" * 5000)
    rows = show_json(tmp_path / "m.py", "--stage", "tokens", "--stage", "ast")["stages"]["tokens"]["rows"]
    assert len(rows) == 5000 * 8 + 2
