from __future__ import annotations

import pytest

from flowtui.model.span import Span
from flowtui.report import layout
from flowtui.report.layout import cells, cut, expand, milliseconds, text_lines, visible, where


@pytest.mark.parametrize(
    ("text", "width", "wanted"),
    [
        ("abc", 0, "abc"),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("", 1, ""),
        ("a" * 100_000, 4, "aaa…"),
    ],
)
def test_a_text_is_cut_in_cells(text: str, width: int, wanted: str) -> None:
    assert cut(text, width) == wanted
    assert not width or cells(cut(text, width)) <= width


def test_nothing_that_a_terminal_obeys_is_left() -> None:
    assert visible("a\x1b[31mb\x07\x9b\u202e\ud800é\t") == "a\\x1b[31mb\\x07\\x9b\\u202e\\ud800é\t"


@pytest.mark.parametrize(
    ("text", "wanted"), [("\ta", " " * 8 + "a"), ("日\ta", "日" + " " * 6 + "a"), ("ab", "ab")]
)
def test_tabs_go_to_the_next_stop(text: str, wanted: str) -> None:
    assert expand(text) == wanted


def test_places() -> None:
    assert [where(None), where(Span(3, 1, 3, 5)), where(Span(3, 1, 4, 0))] == ["", "3:1-5", "3:1-4:0"]


def test_figures() -> None:
    assert [milliseconds(0.314), milliseconds(31.4), milliseconds(314.2)] == ["0.31 ms", "31.4 ms", "314 ms"]
    assert [layout.count(1, "token"), layout.count(1234, "token")] == ["1 token", "1,234 tokens"]


def test_output_lines_end_where_the_program_ended_them() -> None:
    assert list(text_lines("a\r\n\tb\n\nc")) == ["a", "        b", "", "c"]
    assert list(text_lines("")) == []
