"""The workbench: panes in slots, one selection, the file and its edits."""

from __future__ import annotations

import os
import py_compile
import shutil
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from flowtui.app import FlowApp
from flowtui.engine import recovery, settings
from flowtui.ui import boot
from flowtui.ui.screens.dialogs import ChoiceDialog, LineDialog
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.files import FileBrowser
from flowtui.ui.screens.help import HelpScreen
from flowtui.ui.screens.home import HomeScreen
from flowtui.ui.screens.interpreters import InterpreterScreen
from flowtui.ui.screens.slots import PANES
from flowtui.ui.screens.workbench import Workbench
from flowtui.ui.widgets.key_bar import KeyBar
from flowtui.ui.widgets.pipeline_bar import StageMark
from tests.ui.waiting import DEMO, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])


def bench_of(app: FlowApp) -> Workbench:
    bench = app.workbench
    assert bench is not None
    return bench


async def ready(pilot: Pilot[object], app: FlowApp) -> Workbench:
    """The workbench with everything analysed, all panes there, in command mode."""
    await until(pilot, lambda: app.workbench is not None)
    bench = bench_of(app)
    await until(
        pilot,
        lambda: len(bench.panes) == len(PANES) and bench.is_fresh and bench.analysis.complete,
        "analysis",
    )
    bench.action_leave()
    await pilot.pause()
    return bench


def titles(bench: Workbench) -> list[str]:
    return [bench.panes[name].TITLE for name in bench.slots.visible]


@SIZES
async def test_digits_show_panes_and_z_zooms(demo: Path, size: tuple[int, int]) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=size) as pilot:
        bench = await ready(pilot, app)
        for key, name in {
            "2": "tokens",
            "3": "ast",
            "4": "bytecode",
            "9": "output",
            "5": "run",
            "0": "symbols",
        }.items():
            await pilot.press(key)
            assert name in bench.slots.visible
            assert bench.current_pane.id == name
        await pilot.press("z")
        assert bench.slots.visible == ["symbols"]
        await pilot.press("2")
        assert bench.slots.visible == ["tokens"]
        await pilot.press("f4")
        assert len(bench.slots.visible) == {80: 2, 120: 4, 200: 7}[size[0]]
        assert "tokens" in bench.slots.visible


@SIZES
async def test_tab_goes_round_the_visible_panes(demo: Path, size: tuple[int, int]) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=size) as pilot:
        bench = await ready(pilot, app)
        seen = []
        for _ in bench.slots.visible:
            seen.append(bench.current_pane.id)
            await pilot.press("tab")
        assert seen == bench.slots.visible
        await pilot.press("shift+tab")
        assert bench.current_pane.id == seen[-1]


async def test_the_selection_goes_both_ways(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(200, 60)) as pilot:
        bench = await ready(pilot, app)
        bench.view.move_cursor((1, 11))
        await pilot.pause()
        assert bench.link_bar.way.startswith("2:11  tok 12 NAME → Name 'width' → ")
        await pilot.press("3", "down")
        await pilot.pause()
        assert bench.selection.origin == "ast"
        assert bench.view.cursor_location == (1, 17)
        assert "Mult" in bench.link_bar.way
        await pilot.press("4", "end")
        await pilot.pause()
        assert bench.selection.origin == "bytecode"
        assert "RETURN_VALUE" in bench.link_bar.way


async def test_a_syntax_error_stands_at_its_stage(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("e", "(")
        await until(pilot, lambda: bench.is_fresh and bench.error is not None, "the error")
        states = {mark.name: mark.state for mark in bench.pipeline_bar.pipeline.stages}
        assert list(states.values()).count("failed") == 1
        assert states["bytecode"] == "idle"
        assert "SyntaxError" in bench.link_bar.way or "TokenError" in bench.link_bar.way
        await pilot.press("backspace")
        await until(pilot, lambda: bench.is_fresh and bench.error is None, "the end of the error")
        assert not bench.pipeline_bar.pipeline.dirty


async def test_escape_leaves_the_editor_and_e_enters_it(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("x", "j", "u")
        assert bench.view.text == DEMO
        await pilot.press("e", "x")
        assert bench.view.text == "x" + DEMO
        await pilot.press("escape", "u")
        assert bench.view.text == DEMO
        await pilot.press("U")
        assert bench.view.text == "x" + DEMO


async def test_save_writes_and_the_edits_are_not_kept_aside(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("e", "#")
        assert [file.suffix for file in sorted(recovery.folder().iterdir())] == [".lock", ".text"]
        assert bench.dirty
        await pilot.press("f2")
        assert demo.read_text() == "#" + DEMO
        assert not bench.dirty
        assert list(recovery.folder().iterdir()) == []
        assert settings.load().recent_files() == [str(demo)]


async def test_a_file_that_cannot_be_saved_is_told_and_kept(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("e", "#")
        shutil.rmtree(demo.parent)
        await pilot.press("f2")
        await pilot.pause()
        assert bench.dirty
        assert any("Not saved" in note.message for note in app._notifications)


async def test_quitting_asks_and_can_be_called_off(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("e", "#", "escape", "q")
        assert isinstance(app.screen, ChoiceDialog)
        await pilot.press("escape")
        assert app.screen is bench
        await pilot.press("q", "s")
        await until(pilot, lambda: not app.is_running or app._exit, "the end")
    assert demo.read_text() == "#" + DEMO


async def test_another_programs_change_is_asked_about_when_there_are_edits(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("e", "#")
        demo.write_text("other = 1\n")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog), "the question")
        await pilot.press("k")
        assert bench.view.text == "#" + DEMO
        demo.write_text("other = 2\n")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog), "the question")
        await pilot.press("r")
        assert bench.view.text == "other = 2\n"
        assert not bench.dirty


async def test_another_programs_change_keeps_the_cursor_when_there_are_none(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        bench.view.move_cursor((4, 3))
        demo.write_text(DEMO + "print('more')\n")
        await until(pilot, lambda: "more" in bench.view.text, "the new text")
        assert bench.view.cursor_location == (4, 3)
        demo.unlink()
        await until(pilot, lambda: any("deleted" in note.message for note in app._notifications), "the news")
        assert "more" in bench.view.text


async def test_go_to_line_and_search(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("g")
        assert isinstance(app.screen, LineDialog)
        await pilot.press(*"99", "enter")
        assert isinstance(app.screen, LineDialog)
        await pilot.press("backspace", "backspace", *"5:8", "enter")
        await pilot.pause()
        assert bench.view.cursor_location == (4, 8)
        await pilot.press("slash", *"area", "enter")
        await pilot.pause()
        assert bench.view.selection.start == (6, 10)
        await pilot.press("n")
        assert bench.view.selection.start == (0, 4)
        await pilot.press("N")
        assert bench.view.selection.start == (6, 10)


async def test_the_interpreter_can_be_changed_and_is_remembered(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        before = bench.version
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, InterpreterScreen), "the list")
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: options.option_count > 0, "interpreters")
        await pilot.press("slash", *sys.executable, "enter")
        await until(pilot, lambda: app.screen is bench and bench.version > before, "the change")
        await until(pilot, lambda: bench.is_fresh and bench.analysis.complete, "analysis")
        assert settings.load().interpreter == sys.executable


async def test_an_interpreter_that_does_not_work_leaves_the_old_one(demo: Path, tmp_path: Path) -> None:
    liar = tmp_path / "python-liar"
    liar.write_text("#!/bin/sh\necho nonsense\n")
    liar.chmod(0o755)
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        old = bench.interpreter
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, InterpreterScreen), "the list")
        await pilot.press("slash", *str(liar), "enter")
        screen = app.screen
        await until(pilot, lambda: str(liar) in str(screen.query_one("#looking").render()), "the refusal")
        await pilot.press("escape")
        assert bench.interpreter is old


async def test_a_program_is_run_and_its_error_linked(tmp_path: Path) -> None:
    path = tmp_path / "boom.py"
    path.write_text("def boom(x):\n    return 1 / x\n\n\nboom(0)\n")
    app = FlowApp(Document.open(str(path)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: bench.ended is not None, "the end")
        assert bench.view.cursor_location == (1, 11) or bench.view.cursor_location == (1, 4)
        assert bench.pipeline_bar.pipeline.stages[-1].state == "failed"
        assert "ZeroDivisionError" in bench.link_bar.sentence


async def test_a_loop_is_stopped_with_one_key(tmp_path: Path) -> None:
    path = tmp_path / "loop.py"
    path.write_text("while True:\n    pass\n")
    app = FlowApp(Document.open(str(path)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: bench._run is not None, "the start")
        assert bench.pipeline_bar.pipeline.running
        await pilot.press("t")
        await until(pilot, lambda: bench.ended is not None, "the end")
        assert bench.ended is not None
        assert bench.ended.limit == "stopped"
        assert not bench.pipeline_bar.pipeline.running


async def test_unsaved_text_of_a_killed_session_is_offered(demo: Path) -> None:
    keeper = recovery.Keeper(str(demo), "demo.py")
    keeper.keep("rescued = True\n")
    os.close(keeper._lock or 0)
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog), "the offer")
        await pilot.press("r")
        bench = bench_of(app)
        assert bench.view.text == "rescued = True\n"
        assert bench.dirty
        assert demo.read_text() == DEMO


async def test_pictures_of_the_screen_and_of_a_pane(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo.parent)
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("p", "P", "P")
        assert {file.name for file in demo.parent.glob("*.svg")} == {
            "demo-flowtui.svg",
            "demo-Source.svg",
            "demo-Source-2.svg",
        }
        svg = (demo.parent / "demo-Source.svg").read_text()
        assert "area" in svg
        assert "AST" not in svg
        # The whole screen, from the bar at the top to the keys at the bottom, and nothing that was told meanwhile.
        svg = (demo.parent / "demo-flowtui.svg").read_text()
        assert all(word in svg for word in ("bytecode", "area", "AST", "interpreter"))
        assert "Picture" not in svg


async def test_a_source_is_looked_at_first_and_an_empty_one_is_typed(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.workbench is not None and app.workbench.analysis.complete)
        bench = bench_of(app)
        assert bench.view.read_only
        assert "`e` edits" in bench.link_bar.sentence
        await pilot.press("d")
        assert bench.view.text == DEMO
        assert "Keys are commands here" in bench.link_bar.sentence
        await pilot.press("e", "d")
        assert bench.view.text == "d" + DEMO
        await pilot.press("backspace")
        await bench.open_document(Document.empty())
        await pilot.press("d")
        assert bench.view.text == "d"


async def test_the_keys_at_the_bottom_are_ranked(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        bar = bench.query_one(KeyBar)

        def shown() -> list[str]:
            return [words for _, words, pinned in bar.shown() if not pinned]

        assert shown()[:5] == ["edit", "run", "record", "next pane", "zoom"]
        await pilot.press("4")
        assert shown()[:4] == ["exceptions", "caches", "specialised", "edit"]
        await pilot.press("e")
        assert shown()[:2] == ["commands", "run"]
        assert "next pane" not in shown()


async def test_a_matchs_number_stays_until_the_search_ends(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("slash", *"area", "enter")
        await pilot.pause()
        assert bench.link_bar.sentence.startswith("match 1 of 2")
        await pilot.press("n")
        await pilot.pause()
        assert bench.link_bar.sentence.startswith("match 2 of 2")
        await pilot.press("escape")
        assert "match" not in bench.link_bar.sentence


async def test_the_mark_of_a_run_belongs_to_the_text_that_was_run(demo: Path) -> None:
    def mark() -> StageMark:
        return bench.pipeline_bar.pipeline.stages[-1]

    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: mark().state == "done", "the end of the run")
        await pilot.press("e", "x", "space")
        assert mark().state != "done"
        await until(pilot, lambda: bench.error is not None, "the error")
        await pilot.press("escape", "r")
        await until(pilot, lambda: bench.ended is not None and bench.ended.error is not None, "the end")
        await pilot.pause()
        assert {stage.name: stage.state for stage in bench.pipeline_bar.pipeline.stages}["AST"] == "failed"
        assert mark().state == "idle"


async def test_what_a_pane_can_do_is_found_from_everywhere(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("ctrl+p", *"exceptions")
        await pilot.pause()
        await until(pilot, lambda: app.screen.query_one("CommandList").option_count > 0, "the list")
        await pilot.press("enter")
        await until(pilot, lambda: bench.bytecode_pane.exceptions, "the action")
        assert "bytecode" in bench.slots.visible


async def test_a_pyc_file_is_taken_apart(demo: Path) -> None:
    cache = Path(py_compile.compile(str(demo), doraise=True))
    app = FlowApp(Document.open(str(cache)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        assert bench.analysis.bytecode is not None
        assert bench.view.text == DEMO
        await pilot.press("e", "x")
        assert bench.view.text == DEMO


async def test_a_pyc_file_without_its_source_has_bytecode_alone(demo: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.pyc"
    py_compile.compile(str(demo), cfile=str(alone), doraise=True)
    app = FlowApp(Document.open(str(alone)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        assert bench.analysis.bytecode is not None
        assert bench.analysis.tokens is None
        assert bench.view.text == ""


async def test_home_begins_a_new_source_and_comes_back() -> None:
    app = FlowApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")
        await pilot.press("n")
        bench = await ready(pilot, app)
        assert bench.document.name == "unnamed"
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")


async def test_home_is_there_from_a_file_that_was_opened_at_once(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        for _ in range(2):
            await pilot.press("H")
            await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")
            assert app.workbench is None
            await pilot.press("w")
            bench = await ready(pilot, app)
            assert bench.document.name == "welcome.py"
            assert bench.interpreter is not None


async def test_a_folder_is_browsed(demo: Path) -> None:
    (demo.parent / "notes.txt").write_text("")
    app = FlowApp(folder=str(demo.parent))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FileBrowser), "the browser")
        await pilot.press("slash", *"demo.py", "enter")
        bench = await ready(pilot, app)
        assert bench.view.text == DEMO


async def test_a_file_that_cannot_be_opened_leaves_everything(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FileBrowser), "the browser")
        await pilot.press("slash", *"missing.py", "enter")
        hint = app.screen.query_one("#hint", Static)
        await until(pilot, lambda: "missing.py" in str(hint.content), "a word")
        bad = demo.parent / "bad.py"
        os.mkfifo(bad)
        await pilot.press(*["backspace"] * len("missing.py"), *"bad.py", "enter")
        await until(pilot, lambda: app.screen is bench, "the workbench")
        await until(pilot, lambda: any("bad.py" in note.message for note in app._notifications), "a word")
        assert bench.view.text == DEMO


async def test_help_and_palette_know_every_action(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        said = " ".join(f"{keys} {words}" for group in app.screen._groups for keys, words in group.keys)
        for words in ("zoom", "run", "save as", "next match", "exceptions", "contexts", "redraw"):
            assert words in said
        await pilot.press("escape")
        from flowtui.ui.screens.commands import ActionCommands

        commands = ActionCommands(bench)
        titles = [str(hit.display) async for hit in commands.discover()]
        for words in ("Zoom", "Run", "Save as", "Picture of the pane", "Next match", "Interpreter"):
            assert words in titles


async def test_nothing_breaks_at_any_size(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        for size in [
            (40, 12),
            (39, 12),
            (10, 3),
            (1, 1),
            (100, 12),
            (160, 13),
            (300, 100),
            (99, 24),
            (80, 24),
        ]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert bench.has_class("-too-small") is (size[0] < 40 or size[1] < 12)
        assert bench.current_pane.id == "source"


async def test_the_answer_line_gives_input(tmp_path: Path) -> None:
    path = tmp_path / "ask.py"
    path.write_text("print('Hello', input('Who? '))\n")
    app = FlowApp(Document.open(str(path)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.focused, Input), "the question")
        await pilot.press(*"Ada", "enter")
        await until(pilot, lambda: bench.ended is not None, "the end")
        text = bench.output_pane.lines.text
        assert any("Hello Ada" in text.plain(row) for row in range(len(text)))


async def test_panes_are_what_the_workbench_says_of_them(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        for name, pane in bench.panes.items():
            entry = PANES[name]
            assert (entry.number, entry.title, name) == (pane.NUMBER, pane.TITLE, pane.STAGE)


async def test_the_theme_is_remembered_and_the_first_picture_follows(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.theme = "nord"
        await until(pilot, lambda: settings.load().theme == "nord", "the settings")
        await until(pilot, lambda: boot._colours() != boot._DEFAULT, "the colours")
    assert FlowApp(Document.open(str(demo))).theme == "nord"


async def test_a_worker_that_fails_is_told_of(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)

        async def fail() -> None:
            raise RuntimeError("the worker's trouble")

        bench.run_worker(fail(), exit_on_error=False)
        await until(pilot, lambda: any("trouble" in note.message for note in app._notifications), "the word")
        assert app.is_running


async def test_unsaved_text_without_a_file_is_on_the_home_screen() -> None:
    keeper = recovery.Keeper("", "unnamed")
    keeper.keep("rescued = True\n")
    os.close(keeper._lock or 0)
    app = FlowApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: options.option_count == 4, "the offer")
        await pilot.press("down", "down", "down", "enter")
        bench = await ready(pilot, app)
        assert bench.view.text == "rescued = True\n"
        assert bench.dirty
        assert [unsaved.text for unsaved in recovery.find()] == []


async def test_the_sentence_is_about_the_focused_pane(demo: Path) -> None:
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await ready(pilot, app)
        bench.view.move_cursor((1, 11))
        await pilot.pause()
        said = {bench.link_bar.sentence}
        for key in "24":
            await pilot.press(key)
            await pilot.pause()
            said.add(bench.link_bar.sentence)
        assert len(said) == 3


async def test_going_to_a_line_proposes_the_place_of_the_error(demo: Path) -> None:
    demo.write_text("x = 1\nif x = 2:\n    pass\n")
    app = FlowApp(Document.open(str(demo)))
    async with app.run_test(size=(80, 24)) as pilot:
        bench = await ready(pilot, app)
        assert bench.told_error is not None and bench.told_error.span is not None
        await pilot.press("g", "enter")
        await until(pilot, lambda: app.screen is bench, "the workbench")
        assert bench.view.cursor_location[0] == 1
        assert bench.view.cursor_location[1] == bench.told_error.span.column
        await pilot.press("g", "1", "enter")
        await until(pilot, lambda: bench.view.cursor_location == (0, 0), "the first line")
