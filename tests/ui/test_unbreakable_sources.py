"""Sources that break things elsewhere: each is shown, or told of in one clear sentence; the workbench goes on."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList, Static

from flowtui.app import FlowApp
from flowtui.engine import analysis, recovery, settings
from flowtui.engine.interpreters import version_key
from flowtui.model.analysis import STAGES
from flowtui.ui.screens.dialogs import ChoiceDialog
from flowtui.ui.screens.files import FileBrowser
from flowtui.ui.screens.home import HomeScreen
from tests.interpreters import need
from tests.ui.benches import Bench, opened

pytestmark = pytest.mark.hostile

SUM = "x = " + "+".join(["1"] * 20_000) + "\n"
MINUSES = "x = " + "-" * 30_000 + "1\n"
CHAIN = "x = a" + ".b" * 20_000 + "\n"

#: Bytes, and what the link bar says of them: words of the error, or none where every stage can be made.
SOURCES = {
    "empty": (b"", ""),
    "50,000 lines": (b"x = [1, 2]\n" * 50_000, ""),
    "a line of 1 MB": (b"x = '" + b"y" * 1_000_000 + b"'\n", ""),
    "a line of 1 MB, wide": (("x = '" + "漢" * 333_333 + "'\n").encode(), ""),
    "a null byte": (b"x = 1\0\ny = 2\n", "null byte"),
    "lone surrogates": (b"x = '\xed\xa0\x80'\n", "codec can't decode byte 0xed"),
    "10,000 brackets": (b"(" * 10_000 + b")" * 10_000, "too many nested parentheses"),
    "undecodable bytes": (b"x = '\xe9\xff'\ny = 1\n", "codec can't decode byte 0xe9"),
    "any bytes": (bytes(range(256)) * 20, "Error: "),
    "an unknown coding line": (b"# coding: no-such-codec\nx = 1\n", "unknown encoding: no-such-codec"),
    "a deep sum": (SUM.encode(), "Error"),
    "a deep negation": (MINUSES.encode(), "Error"),
}


def check_told(bench: Bench, words: str = "") -> None:
    """There is one sentence about the error, it stands on the screen, and one stage is red."""
    error = bench.workbench.told_error
    assert error is not None
    assert words in error.sentence
    assert "\n" not in error.sentence
    assert error.sentence.isprintable()
    assert error.sentence[:50] in bench.screen_text
    marks = bench.workbench.pipeline_bar.pipeline.stages
    assert [mark.state for mark in marks].count("failed") <= 1


def without_error(bench: Bench) -> bool:
    return not bench.workbench.analysis.failures


@pytest.mark.parametrize("name", SOURCES)
async def test_a_source_is_shown_or_told_of(name: str) -> None:
    data, words = SOURCES[name]
    async with opened(data) as bench:
        workbench = await bench.analysed()
        # A newer interpreter may manage what an older one does not.
        if words and not (words == "Error" and without_error(bench)):
            check_told(bench, words)
            assert workbench.told_error is not None
            assert workbench.told_error.type not in ("Fault", "Crash", "Timeout")
        else:
            assert workbench.analysis.failures == {}
            assert all(workbench.analysis.table(stage) is not None for stage in STAGES)
            assert "tok 1 " in bench.screen_text
        workbench.view.move_cursor(workbench.view.document.end)
        await bench.answers()
        await bench.follows()
        assert workbench.source_now().data == data
        assert not workbench.dirty


@pytest.mark.parametrize("name", ["cpython-3.8", "cpython-3.12", "cpython-3.14", "pypy-3.11"])
async def test_a_deep_tree_on_any_interpreter(name: str) -> None:
    """Each draws its own border, at one stage or another; none takes the screen along."""
    async with opened("x = 1\n", python=need(name)) as bench:
        workbench = await bench.analysed()
        for text in (SUM, MINUSES, CHAIN):
            workbench.view.load(text)
            workbench.text_changed()
            await bench.analysed()
            if workbench.error is not None:
                check_told(bench)
            assert workbench.view.text == text
        await bench.answers()
        assert not [note for note in bench.notices if "rror" in note]


#: The parsers of 3.8 to 3.10 overflow the stack of C, PyPy's trips over bytes behind a syntax error.
DEADLY = {
    "cpython-3.8": (b"x = " + b"+".join([b"1"] * 150_000) + b"\n", "was killed by SIGSEGV"),
    "pypy-3.11": (b"x = = '\xc3\xa9 \xa9'\n", "was killed by SIGABRT"),
}


@pytest.mark.parametrize("name", DEADLY)
async def test_a_source_that_kills_its_interpreter(name: str) -> None:
    data, death = DEADLY[name]
    async with opened(data, python=need(name)) as bench:
        workbench = await bench.analysed()
        error = workbench.told_error
        assert error is not None
        if error.type == "Crash":  # another build may survive
            assert death in error.message
            assert error.message.endswith(" at this stage")
        check_told(bench)
        await bench.answers()
        workbench.view.load("x = 1\n")
        workbench.text_changed()
        await bench.analysed()
        assert workbench.error is None


async def test_a_stage_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first tokenizers of 3.12 need a quadratic time for one line of 1 MB."""
    path = need("cpython-3.12")
    monkeypatch.setattr(analysis, "Analyst", functools.partial(analysis.Analyst, stage_timeout=2.0))
    text = f"x = {' '.join([repr('y' * 47)] * 20_000)}\n"
    async with opened("x = 1\n", python=path) as bench:
        workbench = await bench.analysed()
        assert workbench.interpreter is not None
        if version_key(workbench.interpreter.version) >= version_key("3.12.2"):
            pytest.skip("needs Python 3.12.0 or 3.12.1")
        workbench.view.load(text)
        workbench.text_changed()
        await bench.analysed()
        assert "Timeout: Python 3.12 did not answer within 2 s and was ended" in bench.screen_text
        assert bench.state("tokens") == "failed"
        assert list(workbench.analysis.failures) == ["tokens"]
        assert workbench.analysis.bytecode is not None
        await bench.answers()
        assert workbench.view.text == text


@pytest.mark.parametrize("typed", ["\ud800", "\udfff\ud800 # x", "\udc80"], ids=ascii)
async def test_lone_surrogates_typed(typed: str, tmp_path: Path) -> None:
    """Python refuses them; here they are shown, kept, saved as the bytes they would be, and undone."""
    file = tmp_path / "file.py"
    file.write_text("x = 1\n")
    async with opened(file) as bench:
        workbench = await bench.analysed()
        await bench.command("e")
        bench.app.post_message(events.Paste(typed))  # as the terminal's driver does
        await bench.until(lambda: workbench.dirty, "the paste")
        await bench.analysed()
        check_told(bench, "utf-8")
        assert ascii(workbench.view.document.lines[0]) == ascii(typed + "x = 1")
        kept = next(recovery.folder().glob("*.text")).read_bytes()
        assert typed.encode("utf-8", "surrogatepass") in kept
        await bench.answers()
        await bench.command("w")
        escaped = typed.encode("utf-8", "surrogateescape" if typed == "\udc80" else "surrogatepass")
        assert file.read_bytes() == escaped + b"x = 1\n"
        assert ascii(workbench.view.document.lines[0]) == ascii(typed + "x = 1")
        await bench.command("r")
        await bench.until(lambda: workbench.ended is not None, "the end")
        assert workbench.ended is not None
        assert "SyntaxError" in workbench.ended.sentence
        await bench.command("u")
        await bench.analysed()
        assert without_error(bench)
        assert workbench.view.text == "x = 1\n"


async def test_what_the_files_encoding_cannot_hold(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    before = "# coding: latin-1\nx = 'é'\n".encode("latin-1")
    file.write_bytes(before)
    async with opened(file) as bench:
        workbench = await bench.analysed()
        workbench.view.move_cursor((1, 5))
        await bench.command("e")
        bench.app.post_message(events.Paste("漢"))
        await bench.until(lambda: workbench.dirty, "the paste")
        await bench.analysed()
        check_told(bench, "iso-8859-1 cannot hold '漢' (line 2): save as UTF-8")
        assert bench.state("source") == "failed"
        await bench.command("w")
        assert "Not saved: iso-8859-1 cannot hold '漢' (line 2)" in bench.notices[-1]
        await bench.command("r")
        await bench.until(lambda: len(bench.notices) == 2, "the refusal")
        assert "The program was not started: iso-8859-1 cannot hold" in bench.notices[-1]
        assert file.read_bytes() == before
        assert workbench.view.document.lines[1] == "x = '漢é'"
        await bench.answers()


# ---- files


def make_missing(path: Path) -> str:
    return f"there is no file {path}"


def make_folder(path: Path) -> str:
    path.mkdir()
    return ""


def make_pipe(path: Path) -> str:
    os.mkfifo(path)
    return f"{path} is a FIFO: give a file with Python source"


def make_device(path: Path) -> str:
    path.symlink_to("/dev/zero")
    return f"{path} is a device: give a file with Python source"


def make_circle(path: Path) -> str:
    path.symlink_to(path)
    return f"{path} is a link that leads in a circle"


def make_unreadable(path: Path) -> str:
    if os.geteuid() == 0:
        pytest.skip("needs a user whom file permissions hold")
    path.write_text("x = 1\n")
    path.chmod(0)
    return f"{path} cannot be read: permission denied"


def make_huge(path: Path) -> str:
    with path.open("wb") as file:
        file.truncate(65 << 20)
    return "is larger than 64 MB: too large to be shown"


MADE = [make_missing, make_folder, make_pipe, make_device, make_circle, make_unreadable, make_huge]


@pytest.mark.parametrize("make", MADE)
async def test_what_cannot_be_opened_leaves_what_is_open(make: object, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    assert callable(make)
    said = make(other)
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        await bench.command("o")
        await bench.until(lambda: isinstance(bench.app.screen, FileBrowser), "the browser")
        field = bench.app.screen.query_one(Input)
        field.focus()
        field.value = str(other)
        await bench.pilot.press("enter")
        if make in (make_folder, make_missing):
            # A folder is looked into, a typing error can be mended; either is left again.
            hint = bench.app.screen.query_one("#hint", Static)
            await bench.until(lambda: said in str(hint.content), "a word")
            await bench.pilot.press("escape")
        else:
            await bench.until(lambda: bench.notices, "a word")
            assert [note for note in bench.notices if said in note]
        await bench.until(lambda: bench.app.screen is workbench, "the workbench")
        assert workbench.view.text == "x = 1\n"
        await bench.answers()


@pytest.mark.parametrize(
    "name", [b"a\x1b[31m\nb.py", b"\xff\xfe.py", "é漢\u202e.py".encode(), b"[red]x[[]].py"], ids=repr
)
async def test_a_file_with_an_odd_name(name: bytes, tmp_path: Path) -> None:
    # The folders have a closing tag between them, were the path taken for markup.
    file = tmp_path / "x[" / "b]" / os.fsdecode(name)
    file.parent.mkdir(parents=True)
    file.write_text("x = 1\n")
    async with opened(file) as bench:
        workbench = await bench.analysed()
        await bench.answers()
        await bench.command("e", "#", "f2")
        assert file.read_text() == "#x = 1\n"
        assert not workbench.dirty
        await bench.command("r")
        await bench.until(lambda: workbench.ended is not None, "the end")
        assert workbench.ended is not None
        assert workbench.ended.exit_status == 0
        assert bench.screen_text
        file.unlink()
        await bench.until(lambda: any("deleted" in note for note in bench.notices), "the news")
        assert bench.screen_text


async def test_a_file_deleted_while_open_is_kept_and_can_be_saved_again(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text("x = 1\n")
    async with opened(file) as bench:
        workbench = await bench.analysed()
        file.unlink()
        await bench.until(lambda: bench.notices, "the news")
        assert "file.py was deleted by another program; the text is kept here" in bench.notices[-1]
        assert workbench.view.text == "x = 1\n"
        await bench.answers()
        # The screen has the only copy: it is not given up without a question.
        await bench.command("q")
        await bench.until(lambda: isinstance(bench.app.screen, ChoiceDialog), "the question")
        await bench.pilot.press("escape")
        await bench.command("w")
        assert file.read_text() == "x = 1\n"
        assert not workbench.dirty


async def test_a_file_that_is_deleted_and_comes_back_is_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text("x = 1\n")
    async with opened(file) as bench:
        workbench = await bench.analysed()
        file.unlink()
        await bench.until(lambda: workbench.dirty, "the news")
        file.write_text("x = 2\n")
        await bench.until(lambda: workbench.view.text == "x = 2\n", "the new text")
        assert not workbench.dirty


@pytest.mark.parametrize("edited", [False, True])
async def test_a_file_replaced_by_a_folder_while_open(edited: bool, tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text("x = 1\n")
    async with opened(file) as bench:
        workbench = await bench.analysed()
        text = "x = 1\n"
        if edited:
            await bench.command("e", "#", "escape")
            text = "#x = 1\n"
        file.unlink()
        file.mkdir()
        if edited:
            await bench.until(lambda: isinstance(bench.app.screen, ChoiceDialog), "the question")
            await bench.pilot.press("r")
        await bench.until(lambda: bench.notices, "a word")
        assert "is a directory" in bench.notices[-1]
        assert bench.app.screen is workbench
        assert workbench.view.text == text
        await bench.answers()
        await bench.command("w")
        await bench.until(lambda: any("Not saved" in note for note in bench.notices), "the refusal")
        assert workbench.view.text == text
        assert workbench.dirty
        file.rmdir()
        await bench.command("w")
        assert file.read_text() == text
        assert not workbench.dirty


async def test_a_file_that_becomes_broken_while_open(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text("x = 1\n")
    async with opened(file) as bench:
        workbench = await bench.analysed()
        for data in (b"\xff\0\xed\xa0\x80", b"", b"(" * 9_999, b"y = 2\n"):
            file.write_bytes(data)
            await bench.until(lambda data=data: workbench.document.source.data == data, "the new text")
            await bench.analysed()
            assert workbench.source_now().data == data
            assert bench.screen_text
        assert without_error(bench)


async def test_odd_names_in_lists(tmp_path: Path) -> None:
    """In the browser, among the recent files, in the offer of unsaved text."""
    file = tmp_path / os.fsdecode(b"[red] \x1b[31m\xff.py")
    file.write_text("x = 1\n")
    settings.update(lambda remembered: remembered.with_recent(file))
    assert settings.load().recent_files() == [str(file)]
    lost = recovery.Keeper(str(tmp_path / "gone.py"), "gone.py")
    lost.keep("\x1b[31m\udcff = 'of a file that is gone'\n")
    os.close(lost._lock or 0)
    app = FlowApp(folder=str(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = Bench(app, pilot)
        await bench.until(lambda: isinstance(app.screen, FileBrowser), "the browser")
        await bench.until(lambda: "[31m" in bench.screen_text, "the file")
        await pilot.press("escape")
        await bench.until(lambda: isinstance(app.screen, HomeScreen), "home")
        assert "␛[31m" in bench.screen_text
        assert "of a file that is gone" in bench.screen_text
        options = app.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("recover 0")
        await pilot.press("enter")
        workbench = await bench.analysed()
        assert "of a file that is gone" in workbench.view.text
        assert workbench.document.path == str(tmp_path / "gone.py")
        assert workbench.dirty
        await bench.command("w")
        assert (tmp_path / "gone.py").read_bytes() == b"\x1b[31m\xff = 'of a file that is gone'\n"
        app._end_now()
        await bench.until(lambda: app._exit, "the end")
