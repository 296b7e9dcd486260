"""Why an object is alive: the way from a variable to it, and all that refers to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from flowtui.ui.panes.text import visible

#: Lines of what refers to an object.
_MOST = 200


def referrer_lines(referrers: Sequence[Any]) -> list[str]:
    """What refers to it, a line each."""
    lines = [visible(str(each.text)) for each in referrers[:_MOST]]
    if len(referrers) > _MOST:
        lines.append(f"… and {len(referrers) - _MOST:,} more")
    return lines


def path_lines(path: Sequence[Any] | None) -> list[str]:
    """The way from a root, a line a link."""
    if path is None:
        return ["Nothing that the program can reach leads to it: it waits for the collector."]
    return [
        f"{'  ' * depth}{'└ ' if depth else ''}{visible(str(each.text))}" for depth, each in enumerate(path)
    ]


class ReasonsScreen(ModalScreen[None]):
    """Shows them; any of its keys closes it."""

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,y,enter", "close", "close")]

    def __init__(self, title: str, about: str, path: Sequence[str], referrers: Sequence[str]) -> None:
        super().__init__()
        self._title, self._about, self._path, self._referrers = title, about, path, referrers

    def compose(self) -> ComposeResult:
        """One block each."""
        with VerticalScroll(id="reasons") as scroll:
            scroll.border_title = self._title
            scroll.border_subtitle = "esc closes"
            yield Static(Content.styled(self._about, "$text-muted"))
            yield Static(self._block("The shortest way to it", self._path))
            many = len(self._referrers)
            yield Static(self._block(f"{many} refer{'s' if many == 1 else ''} to it", self._referrers))

    @staticmethod
    def _block(title: str, lines: Sequence[str]) -> Content:
        shown = [Content(f"  {line}") for line in lines] or [Content.styled("  nothing", "$text-muted")]
        return Content("\n").join([Content(""), Content.styled(title, "bold $text-accent"), *shown])

    def on_mount(self) -> None:
        """Arrows scroll."""
        self.query_one("#reasons").focus()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
