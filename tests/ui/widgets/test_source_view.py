"""The editor, with its keys and its mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.document._document import Selection
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from flowtui.ui.widgets.source_view import SourceView

SIZES = [(80, 24), (120, 40)]


class Host(App[None]):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.left = 0

    def compose(self) -> ComposeResult:
        yield SourceView(self.text)

    def on_source_view_left(self) -> None:
        self.left += 1


Opened = Callable[..., AbstractAsyncContextManager[tuple[SourceView, Pilot[None]]]]


@asynccontextmanager
async def opened(
    text: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[SourceView, Pilot[None]]]:
    app = Host(text)
    async with app.run_test(size=size) as pilot:
        view = app.query_one(SourceView)
        view.focus()
        await pilot.pause()
        yield view, pilot


def drawn(view: SourceView, y: int) -> str:
    return view.render_line(y).text.rstrip()


def style_at(view: SourceView, y: int, x: int) -> Style:
    at = 0
    for segment in view.render_line(y):
        at += segment.cell_length
        if at > x:
            return segment.style or Style()
    raise AssertionError(x)


# ---- keys -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cursor", "keys", "expected"),
    [
        ("", (0, 0), "tab x", "    x"),
        ("ab", (0, 2), "tab x", "ab  x"),
        ("中", (0, 1), "tab x", "中  x"),
        ("      x", (0, 6), "shift+tab", "    x"),
        ("  x", (0, 3), "shift+tab shift+tab", "x"),
        ("if x:", (0, 5), "enter y", "if x:\n    y"),
        ("    if x:  # why", (0, 16), "enter y", "    if x:  # why\n        y"),
        ("x = 'a:'", (0, 8), "enter y", "x = 'a:'\ny"),
        ("x # a:", (0, 6), "enter y", "x # a:\ny"),
        ("f(", (0, 2), "enter 1", "f(\n    1"),
        ("        return 1", (0, 16), "enter y", "        return 1\n    y"),
        ("    return f(a,", (0, 15), "enter y", "    return f(a,\n    y"),
        ("    pass", (0, 8), "enter y", "    pass\ny"),
        ("    passed", (0, 10), "enter y", "    passed\n    y"),
        ("    ab  cd", (0, 6), "enter", "    ab\n    cd"),
        ("    ab", (0, 0), "enter", "\n    ab"),
        ("    ab", (0, 4), "enter", "    \n    ab"),
        ("    ", (0, 4), "enter x", "\n    x"),
        ("'''\n  a:", (1, 4), "enter x", "'''\n  a:\n  x"),
        ("        x", (0, 8), "backspace", "    x"),
        ("       x", (0, 7), "backspace", "    x"),
        ("  x  ", (0, 5), "backspace", "  x "),
        ("a\nb", (1, 0), "backspace", "ab"),
        ("    x", (0, 2), "ctrl+underscore", "    # x"),
        ("    # x\n\n#y", (0, 2), "alt+a ctrl+underscore", "    x\n\ny"),
        ("a\n  b\n\nc", (0, 0), "alt+a ctrl+underscore", "# a\n#   b\n\n# c"),
        ("a\nb", (0, 0), "alt+down", "b\na"),
        ("a\nb", (1, 0), "alt+up x", "xb\na"),
        ("a\nb", (0, 0), "alt+up", "a\nb"),
        ("a\nb", (0, 1), "alt+shift+down x", "a\nax\nb"),
        ("ab", (0, 2), "c d ctrl+z", "ab"),
        ("ab", (0, 2), "enter c ctrl+z ctrl+z ctrl+y", "ab\n"),
        ("\ta\n\tb", (1, 2), "enter tab c", "\ta\n\tb\n\t\tc"),
        ("\tif a:\n\tb", (0, 6), "enter c", "\tif a:\n\t\tc\n\tb"),
        ("\t\ta", (0, 2), "shift+tab", "\ta"),
        ("ab cd", (0, 5), "ctrl+left x", "ab xcd"),
        ("ab cd", (0, 0), "ctrl+right x", "abx cd"),
    ],
)
async def test_keys(text: str, cursor: tuple[int, int], keys: str, expected: str) -> None:
    async with opened(text) as (view, pilot):
        view.move_cursor(cursor)
        await pilot.press(*keys.split())
        assert view.text == expected


async def test_a_selected_block_moves_as_a_whole_and_stays_selected() -> None:
    async with opened("if a:\nb\n\n  c\nd") as (view, pilot):
        view.selection = Selection((1, 0), (4, 0))
        await pilot.press("tab")
        assert view.text == "if a:\n    b\n\n    c\nd"
        await pilot.press("tab")
        assert view.text == "if a:\n        b\n\n        c\nd"
        await pilot.press("shift+tab", "shift+tab")
        assert view.text == "if a:\nb\n\nc\nd"
        assert view.selection.end == (4, 0)
        await pilot.press("ctrl+z")
        assert view.text == "if a:\n    b\n\n    c\nd"


async def test_escape_leaves_and_is_not_swallowed_in_a_text_that_cannot_be_edited() -> None:
    async with opened("x") as (view, pilot):
        await pilot.press("escape")
        view.read_only = True
        await pilot.press("escape", "tab", "enter", "x", "backspace", "alt+down")
        assert isinstance(pilot.app, Host)
        assert pilot.app.left == 2
        assert view.text == "x"


# ---- the mouse ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_a_click_lands_on_the_character_that_is_drawn_there(size: tuple[int, int]) -> None:
    text = "a\t中e\u0301\x0c\ud800z"
    async with opened(text, size) as (view, pilot):
        gutter = view.gutter_width
        for cell, column in {0: 0, 1: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 5, 8: 6, 9: 7, 10: 8, 40: 8}.items():
            await pilot.click(view, offset=(gutter + cell, 0))
            assert view.cursor_location == (0, column), cell
        await pilot.click(view, offset=(gutter + 3, 9))
        assert view.cursor_location[0] == 0


async def test_what_cannot_be_drawn_is_drawn_as_something_visible() -> None:
    async with opened("a\tb\x00\x1b[31m\x0c\ud800\u202e\u0301\n\u0301") as (view, _):
        gutter = view.gutter_width
        assert drawn(view, 0)[gutter:] == "a   b␀␛[31m␌��\u0301"
        assert drawn(view, 1)[gutter:] == "◌\u0301"
        assert style_at(view, 0, gutter + 5).reverse


# ---- places ---------------------------------------------------------------------------------------------


async def test_goto_and_find() -> None:
    text = "\n".join(f"line {n} Foo foo" for n in range(1, 201))
    async with opened(text) as (view, pilot):
        view.goto(150, 5)
        await pilot.pause()
        assert view.cursor_location == (149, 5)
        assert view.scroll_offset.y < 149 < view.scroll_offset.y + view.size.height
        view.goto(9999, 99)
        assert view.cursor_location == (199, len("line 200 Foo foo"))
        found = view.find("foo", case=True)
        assert (found.match, found.index, found.count) == ((0, 11, 14), 1, 200)
        assert view.selected_text == "foo"
        assert view.find("FOO").match == (1, 7, 10)
        assert view.find("FOO", forward=False).match == (0, 11, 14)
        assert view.find("FOO", forward=False).match == (0, 7, 10)
        assert view.find("FOO", forward=False).match == (199, 13, 16)
        assert view.find("nowhere").match is None
        assert view.find("").count == 0
        view.find("line 1")
        await pilot.pause()
        row = view.cursor_location[0] - view.scroll_offset.y
        assert style_at(view, row + 9, view.gutter_width).underline  # "line 10"


async def test_a_bracket_in_a_string_is_no_partner() -> None:
    async with opened("f('(', [1])  # )") as (view, _):
        view.move_cursor((0, 1))
        assert view.find_matching_bracket("(", (0, 1)) == (0, 10)
        assert view.find_matching_bracket(")", (0, 10)) == (0, 1)
        assert view.find_matching_bracket("(", (0, 3)) is None
        assert view.find_matching_bracket("]", (0, 9)) == (0, 7)


# ---- what lies over the text ----------------------------------------------------------------------------


async def test_overlays_and_marks_follow_their_lines() -> None:
    async with opened("a\nb\nccc\nd") as (view, pilot):
        view.set_overlay("linked", {2: [(1, 2)]})
        view.set_overlay("executing", {3: [(0, None)]})
        view.set_overlay("error", {0: [(1, 1)]})
        view.set_marks({2: "●", 3: "▶"})
        await pilot.pause()
        gutter = view.gutter_width
        plain = style_at(view, 2, gutter).bgcolor
        assert style_at(view, 2, gutter + 1).bgcolor != plain
        assert style_at(view, 3, 60).bgcolor != plain
        assert style_at(view, 0, gutter + 1).underline
        assert drawn(view, 2).startswith("●")
        view.move_cursor((0, 1))
        await pilot.press("enter", "enter")
        assert view.marks == {4: "●", 5: "▶"}
        assert style_at(view, 4, gutter + 1).bgcolor != plain
        await pilot.press("ctrl+z", "ctrl+z")
        assert view.marks == {2: "●", 3: "▶"}
        view.clear_overlays()
        assert style_at(view, 2, gutter + 1).bgcolor == plain
        with pytest.raises(ValueError, match="no overlay"):
            view.set_overlay("nonsense", {})


async def test_every_theme_shows_what_matters() -> None:
    async with opened("def f(): return 'x' # c\nabc") as (view, pilot):
        view.set_overlay("linked", {1: [(0, 1)]})
        view.set_overlay("error", {1: [(1, 2)]})
        view.set_overlay("enclosing", {1: [(2, 3)]})
        for theme in BUILTIN_THEMES:
            pilot.app.theme = theme
            await pilot.pause()
            gutter = view.gutter_width
            seen = [style_at(view, 1, gutter + cell) for cell in range(4)]
            assert len(set(seen)) == 4, theme
            for y, cell in ((0, 0), (0, 9), (0, 16), (1, 0), (1, 1), (1, 2)):
                style = style_at(view, y, gutter + cell)
                assert style.color is not None, theme
                assert style.color != style.bgcolor or style.color.is_default, theme


# ---- size -----------------------------------------------------------------------------------------------


async def test_fifty_thousand_lines_and_one_of_a_megabyte() -> None:
    long = "x = [" + "'é\t', " * 170_000 + "]"
    async with opened("\n".join(["y = 1  # ok"] * 50_000 + [long])) as (view, pilot):
        view.goto(50_001, len(long))
        await pilot.press("backspace", "z", "ctrl+left", "home", "end", "up", "enter")
        assert view.document[50_000] == ""
        assert view.document[50_001].endswith(", z")
        view.goto(25_000)
        await pilot.press("quotation_mark", "quotation_mark", "quotation_mark", "ctrl+z", "pagedown")
        assert view.document.line_count == 50_002


async def test_loading_keeps_the_place_when_asked() -> None:
    async with opened("\n".join("abc" for _ in range(100))) as (view, pilot):
        view.goto(60, 2)
        await pilot.pause()
        scrolled = view.scroll_offset
        view.load("\n".join("xyz" for _ in range(100)), keep_place=True)
        await pilot.pause()
        assert (view.cursor_location, view.scroll_offset) == ((59, 2), scrolled)
        view.load("\tx")
        await pilot.pause()
        assert (view.cursor_location, view.indent_unit) == ((0, 0), "\t")
        assert drawn(view, 0).endswith("    x")


async def test_scrolled_sideways() -> None:
    async with opened("0123456789" * 20 + "\n" + "中" * 100) as (view, pilot):
        view.scroll_to(x=51, animate=False, force=True)
        await pilot.pause()
        gutter = view.gutter_width
        assert drawn(view, 0)[gutter:].startswith("123456")
        assert drawn(view, 1)[gutter:].startswith(" 中中")
        assert view.render_line(1).cell_length == view.size.width
        await pilot.click(view, offset=(gutter + 1, 1))
        assert view.cursor_location == (1, 26)
