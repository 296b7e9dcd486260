"""An app with one pane in it, and what the pane says."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult

import flowtui.ui
from flowtui.ui.panes.base import Pane
from flowtui.ui.panes.output import OutputPane

STYLES = Path(flowtui.ui.__file__).parent / "styles"
SIZES = [(38, 8), (80, 24), (200, 60)]


class Stand(App[None]):
    CSS_PATH: ClassVar = [STYLES / "workbench.tcss", STYLES / "panes.tcss"]

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self.pane = pane
        self.selected: list[tuple[str, int]] = []
        self.sentences: list[str] = []
        self.answers: list[str | None] = []
        self.frames: list[tuple[str, int, object]] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_pane_selected(self, event: Pane.Selected) -> None:
        self.selected.append((event.stage, event.row))

    def on_pane_explained(self, event: Pane.Explained) -> None:
        self.sentences.append(event.sentence)

    def on_output_pane_answered(self, event: OutputPane.Answered) -> None:
        self.answers.append(event.text)

    def on_output_pane_input_closed(self) -> None:
        self.answers.append(None)

    def on_output_pane_frame_chosen(self, event: OutputPane.FrameChosen) -> None:
        self.frames.append((event.filename, event.line, event.span))


def screen_text(app: App[None]) -> str:
    """What stands on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
