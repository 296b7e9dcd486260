"""Where one starts without a file: a word of welcome, what there is to do, and the files of last time."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from flowtui.engine import recovery, settings
from flowtui.ui.panes.text import visible
from flowtui.ui.widgets.key_bar import KeyBar

_WORDS = (
    "See how Python runs, on your own code: the source, its tokens, its syntax tree and its bytecode "
    "side by side, on the interpreter you choose. Put the cursor on anything: it is marked at every stage."
)


class HomeScreen(Screen[None]):
    """The first screen of ``flowtui`` alone."""

    CSS_PATH = "../styles/home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "choose('welcome')", "welcome program"),
        Binding("n", "choose('new')", "new source"),
        Binding("o,f3", "choose('open')", "open a file"),
        Binding("q", "app.quit", "quit"),
        Binding("question_mark,f1", "app.help", "help"),
    ]

    class Chosen(Message):
        """Something was chosen: ``welcome``, ``new``, ``open``, ``recover`` or ``file``, with its path."""

        def __init__(self, what: str, path: str = "") -> None:
            self.what, self.path = what, path
            super().__init__()

    def compose(self) -> ComposeResult:
        """Welcome, list, keys."""
        with Vertical(id="home"):
            yield Static(
                Content.assemble(
                    ("flow", "bold $text-accent"),
                    ("tui", "bold"),
                    "\n",
                    ("source ▸ tokens ▸ AST ▸ bytecode ▸ run", "$foreground-muted"),
                    "\n\n",
                    _WORDS,
                ),
                id="welcome",
            )
            yield OptionList(id="choices")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fill the list."""
        self._fill()
        self.query_one(OptionList).focus()

    def on_screen_resume(self) -> None:
        """The recent files may have changed."""
        self._fill()

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        before = options.highlighted
        options.clear_options()
        options.add_options(
            [
                _entry(
                    "w",
                    "The welcome program",
                    "every stage has something to say about it",
                    "welcome",
                ),
                _entry("n", "A new, empty source", "type, and watch every stage follow", "new"),
                _entry("o", "Open a file …", "any Python source, or a .pyc file", "open"),
            ]
        )
        for number, unsaved in enumerate(recovery.find()):
            first = next((line for line in unsaved.text.split("\n") if line.strip()), "")
            options.add_option(
                _entry("!", "Unsaved text of last time", visible(first.strip()[:200]), f"recover {number}")
            )
        recent = settings.load().recent_files()
        if recent:
            options.add_option(Option(Content.styled("\n  recent files", "$foreground-muted"), disabled=True))
            options.add_options(
                [
                    _entry(" ", visible(Path(path).name), visible(_short_folder(path)), f"file {path}")
                    for path in recent
                ]
            )
        options.highlighted = before if before is not None and before < options.option_count else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A line was chosen."""
        event.stop()
        what, _, path = (event.option_id or "").partition(" ")
        self.post_message(self.Chosen(what, path))

    def action_choose(self, what: str) -> None:
        """A key was pressed."""
        self.post_message(self.Chosen(what))


def _entry(key: str, title: str, about: str, name: str) -> Option:
    """One line of the list; what does not fit is left out."""
    return Option(
        Content.assemble(
            (f"{key} ", "bold $footer-key-foreground"),
            (f"{title:<26}", ""),
            " ",
            (about, "$foreground-muted"),
        ),
        id=name,
    )


def _short_folder(path: str) -> str:
    """The folder with ``~`` for the home."""
    folder = Path(path).parent
    try:
        return str("~" / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)
