"""Cells and code points of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from flowtui.ui.widgets.cells import STEP, CellMap, cells_after, glyphs, is_plain, safe

#: Everything that a line can be made of, odd things often.
CHARACTERS = st.one_of(
    st.sampled_from(
        "abc  \t\t"
        "\"'\\{}#中文é"
        "\u0301\u0301\ufe0f\u200d\x00\x0c\x1b\x7f\x85\xa0\u3000\u2028\ud800\udcff😀\u202e\u1161"
    ),
    st.characters(exclude_characters="\r\n"),
)
LINES = st.text(CHARACTERS, max_size=60)


@pytest.mark.parametrize(
    ("text", "drawn", "cells"),
    [
        ("abc", "abc", 3),
        ("a\tb", "a   b", 5),
        ("\t\tb", "        b", 9),
        ("中\tb", "中  b", 5),
        ("e\u0301x", "e\u0301x", 2),
        ("\u0301x", "◌\u0301x", 2),
        ("\x00\x0c\x1b\x7f\x85", "␀␌␛␡�", 5),
        ("\xa0\u3000", "␣␣", 2),
        ("\ud800\u202e\u200d\u2028", "����", 4),
        ("❤\ufe0f!", "❤!", 2),
    ],
)
def test_what_is_drawn(text: str, drawn: str, cells: int) -> None:
    assert "".join(glyph for glyph, _, _ in glyphs(text, 0)) == drawn
    assert cells_after(text) == cells


@given(LINES)
def test_drawn_text_has_the_width_that_is_said_and_is_printable(text: str) -> None:
    drawn = list(glyphs(text, 0))
    assert len(drawn) == len(text)
    for glyph, width, _ in drawn:
        assert cell_len(glyph) == width
        assert glyph.isprintable()
    assert sum(width for _, width, _ in drawn) == cells_after(text)
    assert safe(text).isprintable()


@given(LINES)
def test_every_cell_belongs_to_the_code_point_that_is_drawn_there(text: str) -> None:
    line = CellMap(text)
    at = 0
    for column, (_, width, _) in enumerate(glyphs(text, 0)):
        if width:
            assert line.cell(column) == at
            for cell in range(at, at + width):
                assert line.column(cell) == column
        at += width
    assert line.cell(len(text)) == at
    assert line.column(at) == len(text)
    assert line.column(at + 100) == len(text)


@given(LINES, st.integers(0, 60), LINES)
def test_an_edited_long_line_is_measured_as_if_it_were_new(part: str, column: int, inserted: str) -> None:
    text = ("é中\t" * STEP) + part
    line = CellMap(text)
    assert line.cell(len(text)) == cells_after(text)
    place = len(text) - min(column, len(part))
    new = text[:place] + inserted + text[place:]
    edited = line.edited(new, place)
    for column in (0, place, len(new), STEP, STEP + 1):
        assert edited.cell(column) == CellMap(new).cell(column)
    for cell in (0, STEP, 2 * STEP, edited.cell(place)):
        assert edited.column(cell) == CellMap(new).column(cell)


def test_plain() -> None:
    assert is_plain("x = 1")
    assert not is_plain("x\t")
    assert not is_plain("é")
    assert not is_plain("\x1b")
