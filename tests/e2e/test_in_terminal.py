"""The workbench in a real terminal: opened, walked through, run, answered, stopped, saved, left."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.e2e.terminal import Terminal

Start = Callable[..., Terminal]
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
pytestmark = pytest.mark.terminal
#: In the keys' line while plain keys are commands.
COMMANDS = "v interpreter"


def command_mode(terminal: Terminal) -> None:
    terminal.wait_for(COMMANDS, "bytecode ")


def typing_mode(terminal: Terminal) -> None:
    command_mode(terminal)
    terminal.press("e")
    terminal.wait_for("esc commands")


@SIZES
def test_every_stage_is_counted_and_linked(start: Start, demo: Path, size: tuple[int, int]) -> None:
    terminal = start(str(demo), size=size)
    terminal.wait_for("demo.py", "source 7", "tokens ", "AST ", "bytecode ")
    terminal.wait_for("1 Source", "3 AST", "Module")
    terminal.press(*["down"] * 6, *["right"] * 13)
    terminal.wait_for("7:13", "area", "NAME" if size[0] > 100 else "STRING")
    terminal.wait_until(lambda: "→" in terminal.text, "the selection's way")


@SIZES
def test_rows_link_back_to_the_source(start: Start, demo: Path, size: tuple[int, int]) -> None:
    terminal = start(str(demo), size=size)
    command_mode(terminal)
    terminal.press("2")
    terminal.wait_for("ENCODING")
    terminal.press("home")
    terminal.press(*["down"] * 11)
    # At 80×24 the sentence may take the place of the selection's way.
    terminal.wait_for("return is a keyword", "2:4")
    terminal.press("4")
    terminal.wait_for("opcode", "RETURN_VALUE")
    terminal.press("1")
    terminal.wait_for("1 Source")


@SIZES
def test_a_program_is_run_answered_and_stopped(start: Start, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "ask.py"
    path.write_text('name = input("Who? ")\nprint("Hello", name)\nwhile True:\n    pass\n')
    terminal = start(str(path), size=size)
    command_mode(terminal)
    terminal.press("r")
    terminal.wait_for("input ▸")
    terminal.press(*"Ada", "enter")
    terminal.wait_for("Hello Ada", "●")
    terminal.press("\x03")
    terminal.wait_for("topped")
    terminal.wait_gone("●")


@SIZES
def test_a_traceback_is_linked_to_the_source(start: Start, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "boom.py"
    path.write_text("def boom(x):\n    return 1 / x\n\n\nboom(0)\n")
    terminal = start(str(path), size=size)
    command_mode(terminal)
    terminal.press("r")
    terminal.wait_for("ZeroDivisionError", "✗ run")
    terminal.wait_for("2:11")


@SIZES
def test_what_is_typed_is_analysed_and_saved(start: Start, demo: Path, size: tuple[int, int]) -> None:
    terminal = start(str(demo), size=size)
    typing_mode(terminal)
    terminal.press(*"x = (")
    terminal.wait_for("demo.py*", "✗")
    terminal.press(*"1)", "enter")
    terminal.wait_gone("✗")
    terminal.press("f2")
    terminal.wait_for("Saved")
    terminal.wait_gone("demo.py*")
    assert demo.read_text().startswith("x = (1)\n")


@SIZES
def test_leaving_asks_about_unsaved_edits(start: Start, demo: Path, size: tuple[int, int]) -> None:
    before = demo.read_text()
    terminal = start(str(demo), size=size)
    typing_mode(terminal)
    terminal.press("#")
    terminal.wait_for("demo.py*")
    terminal.press("escape")
    terminal.wait_for(COMMANDS)
    terminal.press("q")
    terminal.wait_for("unsaved edits")
    terminal.press("d")
    assert terminal.wait_end() == 0
    assert demo.read_text() == before
    assert terminal.settings == terminal.before


def test_a_kill_loses_nothing(start: Start, demo: Path) -> None:
    terminal = start(str(demo))
    typing_mode(terminal)
    terminal.press(*"# precious", "enter")
    terminal.wait_for("# precious", "2:0")
    probes = psutil.Process(terminal.process.pid).children(recursive=True)
    terminal.kill()
    _, alive = psutil.wait_procs(probes, timeout=30)
    assert not alive
    again = start(str(demo))
    again.wait_for("Unsaved edits of demo.py")
    again.press("r")
    again.wait_for("# precious", "demo.py*")


def test_an_orderly_end_by_signal_keeps_the_text_too(start: Start, demo: Path) -> None:
    terminal = start(str(demo))
    typing_mode(terminal)
    terminal.press(*"# precious")
    terminal.wait_for("# precious")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait_end() == 0
    assert terminal.settings == terminal.before
    again = start(str(demo))
    again.wait_for("Unsaved edits of demo.py")


def test_a_closed_window_ends_everything_and_keeps_the_text(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "loop.py"
    path.write_text("while True:\n    pass\n")
    terminal = start(str(path))
    command_mode(terminal)
    terminal.press("r")
    terminal.wait_for("● run")
    terminal.press("e")
    terminal.wait_for("editing")
    terminal.press(*"# precious ")
    terminal.wait_for("# precious while")
    children = psutil.Process(terminal.process.pid).children(recursive=True)
    assert children
    terminal.hang_up()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
    again = start(str(path))
    again.wait_for("Unsaved edits of loop.py")


def test_another_programs_change_is_taken_over(start: Start, demo: Path) -> None:
    terminal = start(str(demo))
    command_mode(terminal)
    demo.write_text("answer = 42\n")
    terminal.wait_for("answer = 42")


def test_a_source_of_the_command_line_is_named_when_it_is_saved(start: Start, tmp_path: Path) -> None:
    terminal = start("-c", "print('from a word')")
    command_mode(terminal)
    terminal.wait_for("<code>", "from a word")
    terminal.press("w")
    terminal.wait_for("Save as")
    terminal.press(*"named.py", "enter")
    terminal.wait_for("Saved")
    assert (tmp_path / "named.py").read_text() == "print('from a word')"


def test_home_opens_the_welcome_program(start: Start) -> None:
    terminal = start()
    terminal.wait_for("welcome program", "q quit")
    terminal.press("w")
    terminal.wait_for("welcome.py", "1 Source", "bytecode ")


@SIZES
def test_help_names_the_keys_of_every_pane(start: Start, demo: Path, size: tuple[int, int]) -> None:
    terminal = start(str(demo), size=size)
    command_mode(terminal)
    terminal.press("f1")
    terminal.wait_for("Keys", "previous pane")
    terminal.press("escape")
    terminal.wait_gone("previous pane")


def test_other_sizes_while_it_runs(start: Start, demo: Path) -> None:
    terminal = start(str(demo))
    terminal.wait_for("1 Source", "bytecode ")
    terminal.resize(200, 60)
    terminal.wait_for("2 Tokens", "4 Bytecode", "0 Symbols", "9 Output")
    terminal.wait_for("ENCODING", "RESUME" if "3.11" in terminal.text else "module")
    terminal.resize(40, 12)
    terminal.wait_for("1 Source", "3 AST")
    terminal.resize(30, 8)
    terminal.wait_for("30×8")
    terminal.resize(80, 24)
    terminal.wait_for("1 Source", "3 AST", "? help")


def test_the_mouse_shows_panes(start: Start, demo: Path) -> None:
    terminal = start(str(demo))
    terminal.wait_for("2 Tokens", "bytecode ")
    terminal.click("Tokens")
    terminal.wait_for("ENCODING")
    terminal.click("bytecode")
    terminal.wait_for("opcode")
