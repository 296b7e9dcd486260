"""The bar at the top: the file, the stages with their counts and times, the interpreter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

#: ``waiting``: not made yet; ``done``; ``failed``: the error arose here; ``idle``: it comes after a failed
#: one, or was not asked for; ``running``: a program runs.
State = Literal["waiting", "done", "failed", "idle", "running"]


@dataclass(frozen=True)
class StageMark:
    """What the bar shows of one stage: ``tokens 143 1.2 ms``."""

    name: str
    pane: str
    count: str = ""
    unit: str = ""
    milliseconds: float | None = None
    state: State = "waiting"


@dataclass(frozen=True)
class Pipeline:
    """All that the bar shows."""

    title: str = ""
    dirty: bool = False
    stages: tuple[StageMark, ...] = ()
    interpreter: str = ""
    running: bool = False
    program: str = field(default="flowtui")


def duration(milliseconds: float) -> str:
    """A time in few letters: ``0.4 ms``, ``27 ms``, ``1.3 s``."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


class PipelineBar(Widget):
    """``flowtui demo.py*  source 22 lines ▸ tokens 143 ▸ AST 98 ▸ bytecode 87 ▸ run      v 3.13``."""

    DEFAULT_CSS = """
    PipelineBar { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    class StageChosen(Message):
        """A stage was clicked; `pane` is the name of the pane that shows it."""

        def __init__(self, pane: str) -> None:
            self.pane = pane
            super().__init__()

    class InterpreterChosen(Message):
        """The interpreter was clicked."""

    def __init__(self, pipeline: Pipeline | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.auto_links = False
        self._pipeline = pipeline or Pipeline()

    @property
    def pipeline(self) -> Pipeline:
        """What is shown."""
        return self._pipeline

    def show(self, pipeline: Pipeline) -> None:
        """Show `pipeline`; nothing is drawn when it is what is shown already."""
        if pipeline != self._pipeline:
            self._pipeline = pipeline
            self.refresh()

    def render(self) -> Content:
        """The most detailed form that fits the width."""
        width = self.content_size.width
        for times, units, title_width, counts, tight, brand in (
            (True, True, 40, True, False, True),
            (True, False, 30, True, False, True),
            (False, True, 30, True, False, True),
            (False, False, 20, True, True, True),
            (False, False, 20, True, True, False),
            (False, False, 12, True, True, False),
            (False, False, 14, False, True, True),
            (False, False, 8, False, True, False),
        ):
            line = self._line(
                width, times=times, units=units, title=title_width, counts=counts, tight=tight, brand=brand
            )
            if line is not None:
                return line
        return self._shortest(width)

    def action_stage(self, pane: str) -> None:
        """A stage's name was clicked."""
        self.post_message(self.StageChosen(pane))

    def action_interpreter(self) -> None:
        """The interpreter's name was clicked."""
        self.post_message(self.InterpreterChosen())

    def _line(
        self, width: int, *, times: bool, units: bool, title: int, counts: bool, tight: bool, brand: bool
    ) -> Content | None:
        pipeline = self._pipeline
        name = pipeline.title if len(pipeline.title) <= title else pipeline.title[: title - 1] + "…"
        left = Content.assemble(
            (pipeline.program[:4] if brand else "", "bold $text-accent"),
            (pipeline.program[4:] if brand else "", "bold"),
            " " if brand else "",
            name,
            ("*" if pipeline.dirty else "", "bold $text-warning"),
            " " if tight else "  ",
        )
        arrow = (" ▸ ", "$foreground-muted")
        marks = [self._mark(mark, times=times, units=units, counts=counts) for mark in pipeline.stages]
        parts: list[Content | tuple[str, str]] = [left]
        for number, mark in enumerate(marks):
            if number:
                parts.append(arrow)
            parts.append(mark)
        line = Content.assemble(*parts)
        right = self._right(short=tight)
        gap = width - line.cell_length - right.cell_length
        return None if gap < 2 else Content.assemble(line, " " * gap, right)

    def _shortest(self, width: int) -> Content:
        """For very narrow screens: the title, and the failed stage if there is one."""
        pipeline = self._pipeline
        failed = next((mark for mark in pipeline.stages if mark.state == "failed"), None)
        right = self._right(short=True)
        parts: list[Content | str] = [pipeline.title + ("*" if pipeline.dirty else ""), "  "]
        if failed is not None:
            parts.append(self._mark(failed, times=False, units=False, counts=False))
        line = Content.assemble(*parts).truncate(max(1, width - right.cell_length - 1), ellipsis=True)
        return Content.assemble(
            line, " " * max(1, width - line.cell_length - right.cell_length), right
        ).truncate(width)

    def _right(self, *, short: bool) -> Content:
        pipeline = self._pipeline
        # The mark of the last stage says it too: where room is scarce, that is enough.
        running = "" if short else "● running"
        name = Content.assemble(("v", "$footer-key-foreground"), " ", pipeline.interpreter)
        return Content.assemble(
            (f"{running}  " if pipeline.running and running else "", "$text-success"),
            name.stylize(Style.from_meta({"@click": "interpreter"})) if pipeline.interpreter else "",
        )

    def _mark(self, mark: StageMark, *, times: bool, units: bool, counts: bool) -> Content:
        style = {
            "failed": "bold $text-error",
            "idle": "$foreground-disabled",
            "running": "$text-success",
        }.get(mark.state, "")
        sign = {"failed": "✗ ", "running": "● "}.get(mark.state, "")
        parts: list[tuple[str, str]] = [(sign + mark.name, style or "bold" if mark.count else style)]
        if counts and mark.count:
            count = f" {mark.count}{' ' + mark.unit if units and mark.unit else ''}"
            parts.append((count, style or "$text-accent"))
        if times and mark.milliseconds is not None:
            parts.append((f" {duration(mark.milliseconds)}", style or "$foreground-muted"))
        return Content.assemble(*parts).stylize(Style.from_meta({"@click": f"stage({mark.pane!r})"}))
