"""The document: Python's lines, and widths that stay right."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset

from flowtui.ui.widgets.cells import cells_after
from flowtui.ui.widgets.document import LONG, CellNavigator, PythonDocument, UnwrappedDocument
from flowtui.ui.widgets.highlight import Highlighter
from flowtui.ui.widgets.python_scan import next_state, scan_line

PIECES = st.sampled_from(
    [
        "",
        "a",
        "中",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\x0c",
        "\u2028",
        '"""',
        "'''",
        'f"""{',
        "}",
        '"',
        "'",
        "\\",
        "\\\n",
        "# x",
        "def f(x):",
        "x" * (LONG + 5),
        "é" * (LONG + 5),
        "\u0301",
        "\ud800",
        "rf'{x:>{y}}'",
        '"""\n',
        "{{",
        "\n\n",
    ]
)
EDIT = st.tuples(st.floats(0, 1), st.floats(0, 1), PIECES)


def normal(text: str) -> str:
    return re.sub("\r\n|\r", "\n", text)


def location(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n"), index - (before.rfind("\n") + 1)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("a\x0cb\u2028c\x1cd\x85e", ["a\x0cb\u2028c\x1cd\x85e"]),
    ],
)
def test_lines_are_python_lines(text: str, lines: list[str]) -> None:
    assert PythonDocument(text).lines == lines


@given(
    st.lists(PIECES, max_size=12),
    st.lists(EDIT, max_size=14),
    st.lists(st.floats(0, 1), min_size=14, max_size=14),
)
def test_random_edits(pieces: list[str], edits: list[tuple[float, float, str]], looks: list[float]) -> None:
    """After any edits the text is that of a plain string, widths and highlighting those of a new document."""
    text = normal("".join(pieces))
    changes: list[tuple[int, int, int]] = []
    document = PythonDocument(text, lambda *change: changes.append(change))
    highlighter = Highlighter(document.lines)
    for (start, end, inserted), look in zip(edits, looks, strict=False):
        first, last = sorted((int(start * len(text)), int(end * len(text))))
        result = document.replace_range(location(text, first), location(text, last), inserted)
        highlighter.edited(*changes.pop())
        assert result.replaced_text == text[first:last]
        text = text[:first] + normal(inserted) + text[last:]
        assert result.end_location == location(text, first + len(normal(inserted)))
        assert document.text == text
        highlighter.state(int(look * (document.line_count - 1)))  # somebody looks here and there
    fresh = PythonDocument(text)
    assert document.lines == fresh.lines
    assert document.get_size(4) == fresh.get_size(4)
    assert document.get_size(4).width == max(map(cells_after, document.lines))
    state = ()
    for row, line in enumerate(document.lines):
        assert highlighter.state(row) == state
        spans, state_after = scan_line(line, state)
        assert next_state(line, state) == state_after
        assert highlighter.spans(row) == spans
        state = state_after
        assert document.cell_map(row).cell(len(line)) == cells_after(line)


def test_deleting_beyond_the_end_and_undoing_it_restores_the_text() -> None:
    document = PythonDocument("a\nb")
    result = document.replace_range((1, 0), (2, 0), "")
    assert (document.text, result.replaced_text) == ("a\n", "b")
    document.replace_range((1, 0), result.end_location, result.replaced_text)
    assert document.text == "a\nb"


def test_only_rows_around_the_edit_are_reported() -> None:
    changes: list[tuple[int, int, int]] = []
    document = PythonDocument("a\nb\nc\nd", lambda *change: changes.append(change))
    document.replace_range((1, 1), (1, 1), "x")
    document.replace_range((1, 0), (3, 0), "")
    document.replace_range((0, 1), (0, 1), "\n\n")
    assert changes == [(1, 1, 1), (1, 3, 1), (0, 1, 3)]


def test_vertical_movement_keeps_the_cell() -> None:
    wrapped = UnwrappedDocument(PythonDocument("abcdef\n中文字\n\tx"))
    navigator = CellNavigator(wrapped)
    navigator.last_x_offset = 4
    assert navigator.get_location_below((0, 4)) == (1, 2)
    assert navigator.get_location_below((1, 2)) == (2, 1)
    assert navigator.get_location_above((2, 1)) == (1, 2)
    assert navigator.get_location_above((0, 3)) == (0, 0)
    assert navigator.get_location_below((2, 0)) == (2, 2)
    assert wrapped.offset_to_location(Offset(3, 99)) == (2, 0)


def test_a_state_is_looked_for_no_further_than_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    document = PythonDocument("\n".join(["x = 1"] * 50_000))
    highlighter = Highlighter(document.lines)
    highlighter.state(49_999)
    seen: list[str] = []

    def counted(text: str, state: object) -> object:
        seen.append(text)
        return next_state(text, state)  # type: ignore[arg-type]  # the stand-in takes what it is given

    monkeypatch.setattr("flowtui.ui.widgets.highlight.next_state", counted)
    document.replace_range((10, 0), (10, 0), "y")
    highlighter.edited(10, 1, 1)
    highlighter.state(40)
    assert len(seen) <= 2  # the state is the same behind the edit
    document.replace_range((10, 0), (10, 0), '"""')
    highlighter.edited(10, 1, 1)
    seen.clear()
    assert highlighter.state(40)
    assert len(seen) <= 31  # only up to where somebody looks
    document.replace_range((10, 0), (10, 3), "")
    highlighter.edited(10, 1, 1)
    assert not highlighter.state(49_999)
