"""Choose a file: a tree of folders with the Python files in them, and a field for a path."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from rich.text import Text, TextType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DirectoryTree, Input, Static

from flowtui.ui.panes.text import visible
from flowtui.ui.widgets.line_input import LineInput

#: What can be opened.
SUFFIXES = frozenset({".py", ".pyw", ".pyi", ".pyc", ".flowtrace"})


class PythonTree(DirectoryTree):
    """Folders and Python files; hidden ones are left out."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Folders, sources and cache files, in the order they came."""
        return [path for path in paths if not path.name.startswith(".") and self._wanted(path)]

    def process_label(self, label: TextType) -> Text:
        """A file's name, fit for a screen."""
        return Text(visible(str(label)))

    @staticmethod
    def _wanted(path: Path) -> bool:
        try:
            return path.suffix in SUFFIXES or path.is_dir()
        except OSError:
            return False


class FileBrowser(ModalScreen[str | None]):
    """Gives the path of the file that was chosen, or None."""

    CSS_PATH = "../styles/files.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel"),
        Binding("backspace", "parent", "folder above"),
        Binding("slash", "path", "type a path"),
    ]

    def __init__(self, folder: str = ".") -> None:
        super().__init__()
        self._folder = Path(folder).expanduser().resolve()

    def compose(self) -> ComposeResult:
        """The folder's name, the tree, the field."""
        with Vertical(id="browser"):
            yield Static(visible(str(self._folder)), id="folder", markup=False)
            yield PythonTree(self._folder)
            yield LineInput(placeholder="/  a path: ~/project/main.py", compact=True)
            yield Static("⏎ open   ⌫ folder above   / type a path   esc cancel", id="hint", markup=False)

    def on_mount(self) -> None:
        """Arrows move in the tree at once."""
        browser = self.query_one("#browser")
        browser.border_title = "Open a Python file"
        self.query_one(PythonTree).focus()

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """A file was chosen."""
        event.stop()
        self.dismiss(str(event.path))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A path was typed: a folder is shown, anything else is given to the caller to open."""
        event.stop()
        path = Path(event.value).expanduser()
        if not event.value:
            return
        path = path if path.is_absolute() else self._folder / path
        if path.is_dir():
            self._show(path)
        elif not (path.is_symlink() or path.exists()):  # what is wrong with a link is said when it is opened
            said = Content.styled(f"there is no file {visible(str(path))}", "$text-error")
            self.query_one("#hint", Static).update(said)
        else:
            self.dismiss(str(path))

    def action_parent(self) -> None:
        """One folder up."""
        self._show(self._folder.parent)

    def action_path(self) -> None:
        """Type a path."""
        self.query_one(Input).focus()

    def action_cancel(self) -> None:
        """Nothing was chosen."""
        self.dismiss(None)

    def _show(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.query_one("#folder", Static).update(visible(str(self._folder)))
        tree = self.query_one(PythonTree)
        tree.path = self._folder
        tree.focus()
