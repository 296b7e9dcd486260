"""The output pane: streams apart, safe to draw, answers given, tracebacks linked."""

from __future__ import annotations

import msgspec
import pytest

from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, InputWanted, Output, RaisedError, TracebackFrame
from flowtui.model.span import Span
from flowtui.ui.panes.output import OutputPane
from flowtui.ui.panes.output_text import MAX_LINE, OutputText
from tests.ui.panes.stand import SIZES, Stand, screen_text

PY = Interpreter(
    path="python3.13",
    real_path="python3.13",
    implementation="cpython",
    version="3.13.0",
    implementation_version="3.13.0",
    build="",
    free_threaded=False,
    gil=True,
    jit="no",
    magic="",
    cache_tag="",
    capabilities=frozenset({"run"}),
    protocol=1,
)
TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "demo.py", line 3, in <module>\n'
    "    f()\n"
    "    ~^^\n"
    "NameError: no\n"
)


ENDED = Ended(
    exit_status=0,
    signal=None,
    limit=None,
    error=None,
    sentence="It ended with status 0.",
    wall=0.1,
    cpu=0.1,
    peak_memory=1 << 20,
    processes_killed=0,
)


def ended(**fields) -> Ended:
    return msgspec.structs.replace(ENDED, **fields)


def lines(text: OutputText) -> list[str]:
    return [text.plain(row) for row in range(len(text))]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (["a\nb"], ["a", "b"]),
        (["a", "b\n"], ["ab", ""]),
        (["a\r\nb\r\n"], ["a", "b", ""]),
        (["10%\r50%\r100%\n"], ["100%", ""]),
        (["abc\rX"], ["Xbc"]),
        (["abc\b\bX"], ["aXc"]),
        (["a\tb"], ["a       b"]),
        (["\x1b[31mred\x1b[0m"], ["red"]),
        (["\x1b[3", "1mred"], ["red"]),
        (["\x1b]0;title\x07x"], ["x"]),
        (["\x00\x07\x7f"], ["␀␇␡"]),
        (["\ud800"], ["�"]),
        (["\x1b[2J\x1b[Hx"], ["x"]),
    ],
)
def test_what_a_terminal_would_show(written, shown):
    text = OutputText()
    for piece in written:
        text.write("stdout", piece)
    assert lines(text) == shown


def test_streams_share_a_line_and_stay_apart():
    text = OutputText()
    text.write("stdout", "ab")
    text.write("stderr", "cd")
    assert text.lines[0] == [("ab", "stdout"), ("cd", "stderr")]


def test_a_line_without_end_is_cut():
    text = OutputText()
    text.write("stdout", "x" * (1 << 20))
    assert max(len(line) for line in lines(text)) == MAX_LINE
    assert sum(len(line) for line in lines(text)) == 1 << 20


def test_lines_are_bounded(monkeypatch):
    monkeypatch.setattr("flowtui.ui.panes.output_text.MAX_LINES", 10)
    monkeypatch.setattr("flowtui.ui.panes.output_text._DROP", 5)
    text = OutputText()
    for number in range(100):
        text.write("stdout", f"{number}\n")
    assert 10 <= len(text) <= 15
    assert text.dropped + len(text) == 101
    assert lines(text)[-2:] == ["99", ""]


@pytest.mark.parametrize("size", SIZES)
async def test_streams_and_how_it_ended(size):
    pane = OutputPane(id="output", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=size) as pilot:
        assert "nothing was run yet" in screen_text(app)
        pane.begin(PY)
        pane.show_event(Output("stdout", "out\n"))
        pane.show_event(Output("stderr", "err\n"))
        pane.show_event(ended())
        await pilot.pause()
        text = screen_text(app)
        assert "3.13 runs the source" in text
        assert "  out" in text
        assert "! err" in text
        assert "✓ It ended with status 0." in text


async def test_the_end_stays_in_sight_until_it_is_left():
    pane = OutputPane(id="output", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=(60, 10)) as pilot:
        pane.begin(PY)
        await pilot.pause()
        pane.show_event(Output("stdout", "".join(f"line {i}\n" for i in range(100_000))))
        await pilot.pause()
        assert "line 99999" in screen_text(app)
        pane.focus_content()
        await pilot.press("home")
        await pilot.pause()
        assert "line 0" in screen_text(app)
        pane.show_event(Output("stdout", "more\n"))
        await pilot.pause()
        assert "line 0" in screen_text(app)
        await pilot.press("end")
        pane.show_event(Output("stdout", "last\n"))
        await pilot.pause()
        assert "last" in screen_text(app)


async def test_the_end_stays_in_sight_when_the_line_for_answers_comes_and_goes():
    pane = OutputPane(id="output", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=(60, 8)) as pilot:
        pane.begin(PY)
        await pilot.pause()
        pane.show_event(Output("stdout", "".join(f"line {i}\n" for i in range(30))))
        pane.show_event(InputWanted())
        await pilot.pause()
        assert "line 29" in screen_text(app)
        pane.show_event(Output("stdin", "answer\n"))
        await pilot.pause()
        pane.show_event(Output("stderr", TRACEBACK))
        pane.show_event(ended(sentence="the very end"))
        await pilot.pause()
        assert "the very end" in screen_text(app)
        assert "processor 100 ms" in screen_text(app).rstrip().split("\n")[-1]


async def test_the_program_is_answered():
    pane = OutputPane(id="output", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=(60, 10)) as pilot:
        pane.begin(PY)
        pane.show_event(Output("stdout", "name? "))
        pane.show_event(InputWanted())
        await pilot.pause()
        assert pane.is_waiting
        pane.focus_content()
        await pilot.press("A", "d", "a", "enter")
        await pilot.pause()
        assert app.answers == ["Ada"]
        assert not pane.is_waiting
        pane.show_event(InputWanted())
        await pilot.pause()
        pane.focus_content()
        await pilot.press("ctrl+d")
        await pilot.pause()
        assert app.answers == ["Ada", None]


async def test_a_tracebacks_lines_are_linked():
    pane = OutputPane(id="output", classes="pane")
    app = Stand(pane)
    span = Span(3, 0, 3, 3)
    error = RaisedError("NameError", "no", (TracebackFrame("demo.py", 3, "<module>", span, "f()"),))
    async with app.run_test(size=(60, 14)) as pilot:
        pane.begin(PY)
        pane.show_event(Output("stderr", TRACEBACK))
        pane.show_event(ended(exit_status=1, error=error, sentence="NameError: no"))
        await pilot.pause()
        assert "✗ NameError: no" in screen_text(app)
        pane.focus_content()
        at = next(i for i in range(len(pane.lines.text)) if "File" in pane.lines.text.plain(i))
        pane.log_view._go(at + 1)
        await pilot.press("enter")
        await pilot.pause()
        assert app.frames == [("demo.py", 3, span)]


async def test_a_second_run_begins_anew():
    pane = OutputPane(id="output", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=(60, 10)) as pilot:
        pane.begin(PY)
        pane.show_event(Output("stdout", "first\n"))
        pane.begin(PY)
        await pilot.pause()
        assert "first" not in screen_text(app)
        pane.clear()
        await pilot.pause()
        assert "nothing was run yet" in screen_text(app)
