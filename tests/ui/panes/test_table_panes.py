"""Each pane of a table, with real tables, narrow and wide."""

from __future__ import annotations

import pytest

from flowtui.model import links
from flowtui.model.analysis import Analysis
from flowtui.model.failure import Failure
from flowtui.model.run import Specialised
from flowtui.model.span import Position, Span
from flowtui.ui.panes.base import TablePane
from flowtui.ui.panes.bytecode import BytecodePane
from flowtui.ui.panes.source import SourcePane
from flowtui.ui.panes.symbols import SymbolsPane
from flowtui.ui.panes.tokens import TokensPane
from flowtui.ui.panes.tree import TreePane
from tests.interpreters import need
from tests.tables import DEMO, analyse
from tests.ui.panes.stand import SIZES, Stand, screen_text

PANES: list[type[TablePane]] = [TokensPane, TreePane, BytecodePane, SymbolsPane]
ENUMERATE = Position(18, 20)
BROKEN = "x = 1\ndef f(:\n    pass\n"


def make(kind: type[TablePane]) -> TablePane:
    return kind(id=kind.STAGE, classes="pane")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", PANES)
async def test_the_linked_row_is_shown_and_rows_are_chosen_by_keys(kind, size):
    analysis = analyse(DEMO)
    pane = make(kind)
    app = Stand(pane)
    async with app.run_test(size=size) as pilot:
        pane.show_analysis(analysis)
        pane.show_selection(links.at_position(analysis, ENUMERATE))
        await pilot.pause()
        assert "▌" in screen_text(app)
        assert any(
            "enumer" in line or "LOAD_GLOBAL" in line
            for line in screen_text(app).split("\n")
            if line.startswith("▌")
        )
        pane.focus_content()
        await pilot.press("down")
        await pilot.pause()
        assert [stage for stage, _ in app.selected] == [kind.STAGE]
        assert 0 <= app.selected[0][1] < len(analysis.table(kind.STAGE))
        assert app.sentences
        assert app.sentences[-1]


@pytest.mark.parametrize("kind", PANES)
async def test_nothing_is_there_yet(kind):
    pane = make(kind)
    app = Stand(pane)
    async with app.run_test(size=(38, 8)):
        assert "not there yet" in screen_text(app)


@pytest.mark.parametrize("size", [(38, 8), (80, 24)])
async def test_the_stage_where_an_error_arose_shows_message_line_and_caret(size):
    pane = make(TreePane)
    app = Stand(pane)
    async with app.run_test(size=size) as pilot:
        pane.show_analysis(analyse(BROKEN))
        await pilot.pause()
        text = screen_text(app)
        assert "SyntaxError: invalid syntax" in text
        lines = text.split("\n")
        at = next(i for i, line in enumerate(lines) if "def f(:" in line)
        assert lines[at + 1].index("^") == lines[at].index(":")


@pytest.mark.parametrize("kind", [BytecodePane, SymbolsPane])
async def test_later_stages_say_where_to_look(kind):
    pane = make(kind)
    app = Stand(pane)
    async with app.run_test(size=(38, 8)) as pilot:
        pane.show_analysis(analyse(DEMO))
        pane.show_analysis(analyse(BROKEN))
        await pilot.pause()
        assert "see AST (SyntaxError)" in screen_text(app)
        pane.show_analysis(analyse(DEMO))
        await pilot.pause()
        assert "see AST" not in screen_text(app)


async def test_tokens_before_an_error_stay_below_its_message():
    pane = make(TokensPane)
    app = Stand(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        analysis = analyse("first = 1\nx = (\n")
        pane.show_analysis(analysis)
        await pilot.pause()
        assert "tokens" in analysis.failures
        assert "Error" in screen_text(app)
        assert "first" in screen_text(app)


async def test_what_an_interpreter_lacks_is_said():
    analysis = analyse(DEMO, need("pypy-3.11"))
    assert analysis.failures["symbols"].type == "Unavailable"
    pane = make(SymbolsPane)
    app = Stand(pane)
    async with app.run_test(size=(80, 8)) as pilot:
        pane.show_analysis(analysis)
        await pilot.pause()
        assert "has no symbols to show" in screen_text(app)
        assert "CPython" in screen_text(app)


@pytest.mark.parametrize("kind", PANES)
async def test_cursor_and_scrolling_stay_when_new_tables_arrive(kind):
    pane = make(kind)
    app = Stand(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        pane.show_analysis(analyse(DEMO))
        await pilot.pause()
        pane.focus_content()
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        content = pane._content
        before = (content.cursor, content.scroll_offset.y)
        assert before[1] > 0
        pane.show_analysis(Analysis(version=2))  # the next text, of which nothing has come yet
        pane.show_analysis(analyse(DEMO + "\n"))
        await pilot.pause()
        assert (content.cursor, content.scroll_offset.y) == before


async def test_rows_of_an_older_text_link_to_nothing():
    pane = make(TokensPane)
    app = Stand(pane)
    async with app.run_test(size=(80, 12)) as pilot:
        pane.show_analysis(analyse(DEMO))
        pane.show_analysis(Analysis(version=2))
        await pilot.pause()
        pane.focus_content()
        await pilot.press("down")
        await pilot.pause()
        assert app.selected == []


async def test_a_pane_that_is_mounted_later_shows_what_it_was_given():
    pane = make(TokensPane)
    pane.show_analysis(analyse(DEMO))
    app = Stand(pane)
    async with app.run_test(size=(80, 12)):
        assert "ENCODING" in screen_text(app)


# ---- the tree


async def test_contexts_are_hidden_until_they_are_asked_for():
    pane = make(TreePane)
    app = Stand(pane)
    async with app.run_test(size=(80, 60)) as pilot:
        analysis = analyse("a = b\n")
        pane.show_analysis(analysis)
        await pilot.pause()
        assert "Load" not in screen_text(app)
        assert "targets Name 'a'" in screen_text(app)
        pane.focus_content()
        await pilot.press("c")
        await pilot.pause()
        assert "ctx Load" in screen_text(app)
        assert "ctx Store" in screen_text(app)
        context = next(r for r in range(len(analysis.ast)) if analysis.ast.kind_of(r) == "Load")
        await pilot.press("c")
        pane.show_selection(links.at_node(analysis, context))
        await pilot.pause()
        linked = next(line for line in screen_text(app).split("\n") if line.startswith("▌"))
        assert "value Name 'b'" in linked


async def test_closed_nodes_stay_closed_in_the_next_tree():
    pane = make(TreePane)
    app = Stand(pane)
    async with app.run_test(size=(80, 60)) as pilot:
        pane.show_analysis(analyse("def f():\n    return 1\n\nx = 2\n"))
        await pilot.pause()
        pane.focus_content()
        await pilot.press("down", "left")
        await pilot.pause()
        assert "Return" not in screen_text(app)
        pane.show_analysis(analyse("def f():\n    return 1\n\nx = 2 + 3\n"))
        await pilot.pause()
        assert "Return" not in screen_text(app)
        assert "BinOp" in screen_text(app)


def test_sizes_without_contexts_count_what_is_shown():
    from flowtui.ui.panes.tree import TreeRows

    rows = TreeRows(analyse(DEMO).ast, contexts=False)
    depths, sizes = list(rows.depths), [rows.sizes[i] for i in range(len(rows.sizes))]
    for number, depth in enumerate(depths):
        end = next((i for i in range(number + 1, len(depths)) if depths[i] <= depth), len(depths))
        assert sizes[number] == end - number


# ---- the bytecode


async def test_headings_jump_targets_and_the_stack():
    pane = make(BytecodePane)
    app = Stand(pane)
    async with app.run_test(size=(110, 60)) as pilot:
        analysis = analyse(DEMO)
        pane.show_analysis(analysis)
        pane.show_selection(links.at_position(analysis, ENUMERATE))
        await pilot.pause()
        text = screen_text(app)
        assert "▪ walk  line 15  stack" in text
        assert "OPTIMIZED NEWLOCALS" in text
        assert "»" in text.split("\n", 2)[2]
        assert "stack" in text
        assert "→" in text
        assert " at 0x" not in text


def try_source() -> str:
    return "try:\n    import a\nexcept E:\n    pass\n"


async def test_exception_tables_and_caches_on_demand():
    pane = make(BytecodePane)
    app = Stand(pane)
    async with app.run_test(size=(110, 60)) as pilot:
        pane.show_analysis(analyse(try_source(), need("cpython-3.13")))
        await pilot.pause()
        assert "an error from" not in screen_text(app)
        pane.focus_content()
        await pilot.press("x")
        await pilot.pause()
        assert "an error from" in screen_text(app)
        await pilot.press("end")
        await pilot.pause()
        assert app.sentences[-1].startswith("Exception table")
        await pilot.press("c")
        await pilot.pause()
        assert "caches" in screen_text(app)
        assert "counter" in screen_text(app)
        await pilot.press("x", "c")
        await pilot.pause()
        assert "an error from" not in screen_text(app)


async def test_specialised_names_after_a_run():
    pane = make(BytecodePane)
    app = Stand(pane)
    async with app.run_test(size=(110, 60)) as pilot:
        analysis = analyse(DEMO)
        pane.show_analysis(analysis)
        await pilot.pause()
        pane.focus_content()
        await pilot.press("s")
        await pilot.pause()
        assert "Run the program" in app.sentences[-1]
        code = analysis.bytecode
        row = next(r for r in range(len(code)) if code.strings[code.opname[r]] == "BINARY_OP")
        pane.show_specialised(Specialised(((code.code[row], code.offset[row], "BINARY_OP_ADD_INT"),)))
        pane.show_selection(links.at_instruction(analysis, row))
        pane.listing.move_to(pane.rows.row_of(row))
        await pilot.pause()
        assert "✦BINARY_OP_ADD_INT" in screen_text(app)


async def test_every_row_of_the_listing_is_one_instruction_a_heading_or_an_entry():
    from flowtui.ui.panes.code_rows import CodeRows

    table = analyse(DEMO + try_source()).bytecode
    for exceptions in (False, True):
        rows = CodeRows(table, ["ln", "opcode", "meaning"], exceptions)
        seen = [rows.at(row)[1] for row in range(len(rows))]
        assert [r for r in seen if r is not None] == list(range(len(table)))
        assert all(rows.at(rows.row_of(r))[1] == r for r in range(len(table)))
        assert all(rows.cells(row) for row in range(len(rows)))


# ---- symbols


async def test_a_scope_is_explained_and_a_name_is_chosen():
    pane = make(SymbolsPane)
    app = Stand(pane)
    async with app.run_test(size=(80, 60)) as pilot:
        analysis = analyse(DEMO)
        pane.show_analysis(analysis)
        await pilot.pause()
        pane.focus_content()
        await pilot.press("home")
        await pilot.pause()
        assert app.selected == []
        assert "scope" in app.sentences[-1]
        await pilot.press("down")
        await pilot.pause()
        stage, row = app.selected[-1]
        assert stage == "symbols"
        assert analysis.symbols.symbol(row).name in app.sentences[-1]


# ---- the source


@pytest.mark.parametrize("size", SIZES)
async def test_the_source_shows_the_selection_and_goes_there(size):
    analysis = analyse(DEMO)
    pane = SourcePane(id="source", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=size) as pilot:
        pane.view.load(DEMO)
        pane.show_analysis(analysis)
        token = links.at_position(analysis, ENUMERATE).token
        pane.show_selection(links.at_token(analysis, token))
        await pilot.pause()
        assert pane.view.cursor_location == (17, 16)
        assert pane.view._overlays["linked"] == {17: ((16, 25),)}
        assert pane.view._overlays["enclosing"] == {17: ((16, 33),)}
        assert "for i, p in" in screen_text(app)


async def test_the_source_shows_what_is_executed_and_where_an_error_is():
    pane = SourcePane(id="source", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.view.load(DEMO)
        pane.show_executing(12)
        pane.show_error(Span(2, 5, 2, 5))
        await pilot.pause()
        assert "▶" in screen_text(app)
        assert pane.view._overlays["executing"] == {11: ((0, None),)}
        assert pane.view._overlays["error"] == {1: ((5, 6),)}
        pane.show_executing(None)
        assert pane.view.marks == {}


async def test_a_long_node_is_laid_over_the_rows_near_the_cursor_only():
    text = "def f():\n" + "    pass\n" * 3000
    analysis = analyse(text)
    pane = SourcePane(id="source", classes="pane")
    app = Stand(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.view.load(text)
        pane.show_analysis(analysis)
        pane.show_selection(links.at_token(analysis, 1))
        await pilot.pause()
        assert len(pane.view._overlays["enclosing"]) < 1000


def test_a_message_with_control_characters_is_harmless():
    from flowtui.ui.panes.notice import about_failure

    failure = Failure(
        stage="ast", type="SyntaxError", message="\x1b[31mno\x07", span=Span(1, 3, 1, 4), text="\tx \x1b= 数$"
    )
    words = about_failure(failure, None, [])
    assert words.code is not None
    assert "\x1b" not in words.text.plain + words.code.plain
