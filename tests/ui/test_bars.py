"""The bars: what fits is shown, what failed is marked, whatever the width."""

import pytest
from textual.app import App, ComposeResult

from flowtui.ui.widgets.link_bar import LinkBar
from flowtui.ui.widgets.pipeline_bar import Pipeline, PipelineBar, StageMark, duration

STAGES = (
    StageMark("source", "source", "22", "lines", state="done"),
    StageMark("tokens", "tokens", "143", "", 1.2, "done"),
    StageMark("AST", "ast", "98", "", 0.44, "done"),
    StageMark("bytecode", "bytecode", "87", "", 12.5, "done"),
    StageMark("run", "output"),
)
WAY = [
    ("where", "18:22"),
    ("token", "tok 86 NAME"),
    ("node", "Name 'enumerate'"),
    ("instruction", "10 LOAD_GLOBAL NULL + enumerate"),
]


class Bars(App[None]):
    CSS = "LinkBar.tall { height: 2; }"

    def __init__(self) -> None:
        super().__init__()
        self.bar = PipelineBar(Pipeline("demo.py", True, STAGES, "3.13"))
        self.link = LinkBar()
        self.heard: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.bar
        yield self.link

    def on_pipeline_bar_stage_chosen(self, event: PipelineBar.StageChosen) -> None:
        self.heard.append(event.pane)

    def on_pipeline_bar_interpreter_chosen(self) -> None:
        self.heard.append("interpreter")


def rows(app: App[None]) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (140, " flowtui demo.py*  source 22 lines ▸ tokens 143 1.2 ms ▸ AST 98 0.4 ms ▸ bytecode 87 12 ms ▸"),
        (92, " flowtui demo.py*  source 22 lines ▸ tokens 143 ▸ AST 98 ▸ bytecode 87 ▸ run"),
        (80, " flowtui demo.py* source 22 ▸ tokens 143 ▸ AST 98 ▸ bytecode 87 ▸ run"),
        (74, " demo.py* source 22 ▸ tokens 143 ▸ AST 98 ▸ bytecode 87 ▸ run"),
        (66, " flowtui demo.py* source ▸ tokens ▸ AST ▸ bytecode ▸ run"),
        (40, " demo.py*"),
    ],
)
async def test_the_title_bar_says_as_much_as_fits(width: int, shown: str) -> None:
    app = Bars()
    async with app.run_test(size=(width, 10)):
        line = rows(app)[0]
        assert line.startswith(shown)
        assert line.endswith("v 3.13")
        assert len(line) <= width


async def test_where_an_error_arose_has_a_sign_beside_its_colour() -> None:
    app = Bars()
    async with app.run_test(size=(90, 10)) as pilot:
        failed = (
            *STAGES[:2],
            StageMark("AST", "ast", state="failed"),
            StageMark("bytecode", "bytecode", state="idle"),
        )
        app.bar.show(Pipeline("demo.py", False, failed, "3.13"))
        await pilot.pause()
        assert "▸ ✗ AST ▸ bytecode" in rows(app)[0]


async def test_at_forty_columns_the_failed_stage_is_what_is_said() -> None:
    app = Bars()
    async with app.run_test(size=(40, 12)) as pilot:
        app.bar.show(Pipeline("demo.py", False, (StageMark("AST", "ast", state="failed"),), "3.13"))
        await pilot.pause()
        assert "✗ AST" in rows(app)[0]


async def test_a_running_program_is_marked() -> None:
    app = Bars()
    async with app.run_test(size=(120, 10)) as pilot:
        app.bar.show(Pipeline("demo.py", False, STAGES[:1], "3.13", running=True))
        await pilot.pause()
        assert "● running" in rows(app)[0]


async def test_stages_and_the_interpreter_can_be_clicked() -> None:
    app = Bars()
    async with app.run_test(size=(100, 10)) as pilot:
        line = rows(app)[0]
        await pilot.click(offset=(line.index("AST") + 1, 0))
        await pilot.click(offset=(line.index("3.13") + 1, 0))
        assert app.heard == ["ast", "interpreter"]


async def test_the_way_is_one_line() -> None:
    app = Bars()
    async with app.run_test(size=(100, 10)) as pilot:
        app.link.show_parts(WAY)
        await pilot.pause()
        assert rows(app)[1] == " 18:22  tok 86 NAME → Name 'enumerate' → 10 LOAD_GLOBAL NULL + enumerate"


async def test_the_sentence_has_a_line_where_there_is_room() -> None:
    app = Bars()
    async with app.run_test(size=(60, 24)) as pilot:
        app.link.add_class("tall")
        app.link.show_parts(WAY)
        app.link.show_sentence(
            "Pushes a global variable, and perhaps a NULL below it, for a call that follows."
        )
        await pilot.pause()
        assert rows(app)[1].startswith(" 18:22  tok 86 NAME")
        assert rows(app)[1].endswith("…")
        assert rows(app)[2].startswith(" Pushes a global variable")


async def test_on_one_line_the_sentence_goes_first_while_rows_are_walked_through() -> None:
    app = Bars()
    async with app.run_test(size=(60, 20)) as pilot:
        app.link.show_parts(WAY)
        app.link.show_sentence("Pushes a global variable.", prefer=True)
        await pilot.pause()
        assert rows(app)[1] == " 18:22  Pushes a global variable."


@pytest.mark.parametrize(
    ("milliseconds", "words"), [(0.04, "0.0 ms"), (1.25, "1.2 ms"), (27.4, "27 ms"), (1349.0, "1.3 s")]
)
def test_durations_are_short(milliseconds: float, words: str) -> None:
    assert duration(milliseconds) == words


async def test_no_stage_falls_off_the_end_of_the_way() -> None:
    app = Bars()
    async with app.run_test(size=(70, 10)) as pilot:
        way = [
            ("where", "1:0"),
            ("token", "tok 1 STRING"),
            ("node", "Constant 'A small pond to look into'"),
            ("instruction", "4 STORE_NAME __doc__"),
        ]
        app.link.show_parts(way)
        await pilot.pause()
        line = rows(app)[1]
        assert line.startswith(" 1:0  tok 1 STRING → Constant 'A")
        assert line.endswith("… → 4 STORE_NAME __doc__")


async def test_a_sentence_that_is_too_long_ends_with_a_clause() -> None:
    app = Bars()
    async with app.run_test(size=(60, 20)) as pilot:
        app.link.styles.height = 2
        app.link.show_parts(WAY)
        app.link.show_sentence("`def` is a keyword that starts a function; the tokenizer calls it a NAME.")
        await pilot.pause()
        assert rows(app)[2] == " def is a keyword that starts a function …"
