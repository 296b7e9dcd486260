"""Any text through the analyst, as an editor hands it over: every version is answered, and every place links."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.engine.analysis import Analyst
from flowtui.engine.files import decode_source, text_source
from flowtui.engine.interpreters import own
from flowtui.model import links
from flowtui.model.analysis import STAGES, Analysis
from flowtui.model.selection import Selection
from flowtui.model.source import Source
from flowtui.model.span import Position, Span
from tests.any_source import garbage, mutated

pytestmark = pytest.mark.hostile

#: From a file, or typed: lone surrogates too.
sources = st.one_of(
    st.one_of(mutated(), garbage).map(lambda data: decode_source(data, "any.py")),
    st.text(st.one_of(st.characters(exclude_categories=[]), st.sampled_from("()[]'\"\\\n\t:=#x1 "))).map(
        lambda text: text_source(text, "any.py")
    ),
)


class Editor:
    """Submits one version after another and waits for the last."""

    def __init__(self) -> None:
        self.version = 0
        self.analyst: Analyst | None = None
        self.complete: asyncio.Future[Analysis] | None = None
        self.seen: list[Analysis] = []

    def take(self, analysis: Analysis) -> None:
        self.seen.append(analysis)
        if self.complete is not None and analysis.complete and analysis.version == self.version:
            self.complete.set_result(analysis)

    async def analyse(self, source: Source) -> Analysis:
        if self.analyst is None:
            self.analyst = Analyst(await own(), self.take)
            await self.analyst.start()
        self.version += 1
        self.seen.clear()
        self.complete = asyncio.get_running_loop().create_future()
        self.analyst.submit(self.version, lambda: source)
        async with asyncio.timeout(60):
            return await self.complete

    async def close(self) -> None:
        if self.analyst is not None:
            await self.analyst.close()


def check_span(span: Span | None, lines: tuple[str, ...], *, behind: int = 0) -> None:
    """A span lies in the text; line ends and the last tokens of `tokenize` lie `behind` it."""
    if span is None:
        return
    assert span.start <= span.end
    assert 1 <= span.line <= span.end_line <= len(lines) + behind
    for line, column in (span.start, span.end):
        assert 0 <= column <= (len(lines[line - 1]) if line <= len(lines) else 0) + behind


def check_selection(analysis: Analysis, selection: Selection) -> None:
    """Every row that a selection names is there, and what it says can be written anywhere."""
    rows = {stage: len(table) if (table := analysis.table(stage)) is not None else 0 for stage in STAGES}
    assert selection.token is None or 0 <= selection.token < rows["tokens"]
    assert all(0 <= row < rows["tokens"] for row in selection.tokens)
    assert selection.node is None or 0 <= selection.node < rows["ast"]
    assert all(0 <= row < rows["ast"] for row in selection.enclosing)
    assert all(0 <= row < rows["bytecode"] for row in selection.instructions)
    assert all(0 <= row < rows["symbols"] for row in selection.symbols)
    if selection.node is not None and analysis.ast is not None:
        for child, parent in zip((selection.node, *selection.enclosing), selection.enclosing, strict=False):
            assert analysis.ast.parent[child] == parent
    check_span(selection.span, analysis.lines, behind=2)
    for kind, text in links.describe(analysis, selection):
        assert kind and "\n" not in text
        text.encode("utf-8")


def check(analysis: Analysis, source: Source, data: st.DataObject) -> None:
    lines = analysis.lines
    assert analysis.complete
    assert list(lines) == source.lines
    for failure in analysis.failures.values():
        assert failure.type not in ("Crash", "Timeout", "Fault"), failure
        assert "\n" not in failure.sentence
        check_span(failure.span, lines)
    assert analysis.failures or all(analysis.table(stage) is not None for stage in STAGES)
    for stage in STAGES:
        table: Any = analysis.table(stage)
        if table is not None:
            for row in range(len(table)):
                check_span(table.span(row), lines, behind=2 if stage == "tokens" else 0)
    places = [(1, 0), (len(lines), len(lines[-1])), (len(lines) + 1, 0), (10**6, 10**6)]
    for _ in range(5):
        line = data.draw(st.integers(1, len(lines)))
        places.append((line, data.draw(st.integers(0, len(lines[line - 1]) + 2))))
    for place in places:
        selection = links.at_position(analysis, Position(*place))
        assert selection.position == place
        assert links.at_position(analysis, Position(*place)) == selection
        check_selection(analysis, selection)
        if selection.token is not None and len(selection.tokens) == 1:  # not a stretch between tokens
            again = links.at_token(analysis, selection.token)
            assert (again.token, again.node) == (selection.token, selection.node)
    for find, stage in (
        (links.at_token, "tokens"),
        (links.at_node, "ast"),
        (links.at_instruction, "bytecode"),
        (links.at_symbol, "symbols"),
    ):
        table = analysis.table(stage)
        if table is not None and len(table):
            check_selection(analysis, find(analysis, data.draw(st.integers(0, len(table) - 1))))


def test_any_text_is_answered_and_linked() -> None:
    editor = Editor()
    with asyncio.Runner() as runner:

        @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(source=sources, data=st.data())
        def every_text(source: Source, data: st.DataObject) -> None:
            analysis = runner.run(editor.analyse(source))
            assert [each.version for each in editor.seen] == [editor.version] * len(editor.seen)
            check(analysis, source, data)

        try:
            every_text()
        finally:
            runner.run(editor.close())
