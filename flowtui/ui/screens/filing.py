"""The file behind the text: saved, reloaded, kept safe while it is unsaved; another one opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from flowtui.engine.files import FileChange, FileWatch, SourceError
from flowtui.model.run import Limits
from flowtui.ui.messages import DiskChanged
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.editing import EditingScreen

if TYPE_CHECKING:
    from flowtui.ui.screens.dialogs import Choice

#: Lines; the unsaved text of a longer source is kept a moment later, not at each key.
_SHORT = 3000
#: Seconds between two times that a long unsaved text is kept.
_KEEP_EVERY = 0.3


class FilingScreen(EditingScreen):
    """Never loses a text: neither the file's nor the one on the screen.

    Args:
        document: what is open.
        limits: what a program may use.
        on_opened: told of the path of every file that is opened or saved.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,f3", "open", "open"),
        Binding("w,f2", "save", "save"),
        Binding("W", "save_as", "save as", show=False),
    ]

    def __init__(self, document: Document, limits: Limits, on_opened: Callable[[str], None]) -> None:
        super().__init__(document, limits)
        self._on_opened = on_opened
        self._file_watch: FileWatch | None = None
        self._keeping = False
        self._keep_failed = False

    def opened(self) -> None:
        """A document was opened: watch its file, offer what is kept of it."""
        self._watch_file()
        if self.document.path:
            self._on_opened(self.document.path)
        self._offer_unsaved()

    async def open_document(self, document: Document, text: str | None = None) -> None:
        """Show another source here; what was unsaved in the old one has been asked about.

        Args:
            document: what to show.
            text: its unsaved text, if there is one.
        """
        await self.action_stop()
        self.document.forget_unsaved()
        self.forget_recording()
        self.breakpoints.clear()
        self.document = document
        self.ended = None
        self.output_pane.clear()
        self.view.load(document.source.text if text is None else text)
        self.begin_mode()
        self.text_changed()
        self.view.focus()
        self.retitle()
        self.opened()

    async def shut_down(self) -> None:
        """End probe, program and watch."""
        if self._file_watch is not None:
            await self._file_watch.close()
            self._file_watch = None
        await super().shut_down()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep what is unsaved; the floors below analyse it."""
        event.prevent_default()
        if event.text_area is not self.view:
            return
        self.text_changed()
        if not self.dirty:
            self.document.forget_unsaved()
        elif self.view.document.line_count < _SHORT:
            self._keep()
        elif not self._keeping:
            self._keeping = True
            self.set_timer(_KEEP_EVERY, self._keep)

    def _keep(self) -> None:
        """Write the unsaved text down, so that it outlives this process."""
        self._keeping = False
        if not self.dirty:
            return
        try:
            self.document.keeper.keep("\n".join(self.view.document.lines))
        except OSError as error:
            if not self._keep_failed:
                self._keep_failed = True
                said = error.strerror or str(error)
                self.notify(f"Unsaved text cannot be kept safe: {said}", severity="warning")

    def _watch_file(self) -> None:
        """Watch the file of the document, if it has one."""
        before, self._file_watch = self._file_watch, None
        if before is not None:
            self._close_watch(before)
        if self.document.path:
            self._file_watch = FileWatch(self.document.path, lambda change: self._disk_changed(change))
            self._file_watch.start()
            # It may have been changed between our reading and now.
            if self.document.has_changed_on_disk():
                self._disk_changed("changed")

    @work(group="watch", exit_on_error=False)
    async def _close_watch(self, watch: FileWatch) -> None:
        await watch.close()

    def _disk_changed(self, change: FileChange) -> None:
        self.post_message(DiskChanged(change))

    def on_disk_changed(self, message: DiskChanged) -> None:
        """Another program changed the file: take it over, ask when there are unsaved edits."""
        name = self.document.title
        if message.change == "deleted":
            self._file_lost()
            key = "F2" if self.editing else "w"
            self.notify(
                f"{name} was deleted by another program; the text is kept here: {key} saves it again.",
                severity="warning",
                timeout=10,
            )
            return
        self.document.on_disk = True
        if not self.document.is_edited(self.view.document.lines):
            self._reload()
            return
        from flowtui.ui.screens.dialogs import Choice

        self.ask(
            f"{name} was changed by another program, and you have unsaved edits.",
            [Choice("keep", "k", "keep mine"), Choice("reload", "r", "take the file")],
            lambda answer: self._reload() if answer == "reload" else None,
        )

    def _file_lost(self) -> None:
        """What is on the screen is the only copy now: it is unsaved, and kept as such."""
        self.document.on_disk = False
        self.dirty = True
        self._keep()
        self.show_pipeline()

    def _reload(self) -> None:
        try:
            source = self.document.reload()
        except SourceError as error:
            self._file_lost()
            self.notify(f"Not reloaded: {error}", severity="error")
            return
        if source.lines == self.view.document.lines:
            self.text_changed()
            return
        self.view.load(source.text, keep_place=True)
        self.text_changed()

    def _offer_unsaved(self) -> None:
        """Ask about a text of this file that an earlier process could not save."""
        if not self.document.path or not self.document.writable:
            return
        from flowtui.engine import recovery

        kept = [
            unsaved
            for unsaved in recovery.find(self.document.path)
            if unsaved.text != "\n".join(self.document.saved)
        ]
        if not kept:
            return
        from flowtui.ui.screens.dialogs import Choice

        def answered(answer: str | None) -> None:
            if answer == "restore":
                self.view.load(kept[0].text)
                self.text_changed()
                self._keep()
            if answer is not None:
                for unsaved in kept:
                    recovery.discard(unsaved)

        self.ask(
            f"Unsaved edits of {self.document.title} are left from a session that did not end well.",
            [Choice("restore", "r", "restore them"), Choice("discard", "d", "discard them")],
            answered,
        )

    def action_save(self, after: Callable[[], None] | None = None) -> None:
        """Save; a source without a name is asked for one."""
        if not self.document.writable:
            self.notify("There is no source to save: this is a .pyc file alone.", severity="warning")
        elif not self.document.path:
            self.action_save_as(after)
        else:
            self._save("", after)

    def action_save_as(self, after: Callable[[], None] | None = None) -> None:
        """Ask for a name and save under it."""
        from flowtui.ui.screens.dialogs import LineDialog

        def check(value: str) -> str:
            if not value.strip():
                return "A name, such as demo.py."
            return "That is a folder." if Path(value).expanduser().is_dir() else ""

        def named(value: str | None) -> None:
            if value is None:
                return
            path = str(Path(value).expanduser().absolute())
            if Path(path).exists() and path != self.document.path:
                from flowtui.ui.screens.dialogs import Choice

                self.ask(
                    f"{value} is there already.",
                    [Choice("no", "n", "leave it"), Choice("yes", "o", "overwrite it")],
                    lambda answer: self._save(path, after) if answer == "yes" else None,
                )
            else:
                self._save(path, after)

        self.app.push_screen(LineDialog("Save as", self.document.path, "demo.py", check), named)

    def _save(self, path: str, after: Callable[[], None] | None) -> None:
        if not path and self._file_watch is not None and self._file_watch.check() == "changed":
            # The watch has not told of it yet: neither text may be lost.
            self.on_disk_changed(DiskChanged("changed"))
            return
        try:
            self.document.save(self.view.document.lines, path)
        except SourceError as error:
            self.notify(f"Not saved: {error}", severity="error", timeout=10)
            return
        if self._file_watch is not None and not path:
            self._file_watch.accept()
        else:
            self._watch_file()
        self._on_opened(self.document.path)
        self.dirty = False
        self.show_pipeline()
        self.notify(f"Saved {self.document.path}", timeout=3)
        if after is not None:
            after()

    def action_open(self) -> None:
        """Choose another file."""
        from flowtui.ui.screens.files import FileBrowser

        folder = str(Path(self.document.path).parent) if self.document.path else "."

        def chosen(path: str | None) -> None:
            if path is not None:
                self.leave_document(lambda: self._open(path))

        self.app.push_screen(FileBrowser(folder), chosen)

    def _open(self, path: str) -> None:
        self.run_worker(self.open_path(path), group="open", exclusive=True, exit_on_error=False)

    async def open_path(self, path: str) -> None:
        """Open a file here; one that cannot be read leaves everything as it is."""
        if path.endswith(".flowtrace"):
            await self._open_trace(path)
            return
        try:
            document = Document.open(path)
        except SourceError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        await self.open_document(document)

    async def _open_trace(self, path: str) -> None:
        from flowtui.engine.recording.trace_file import TraceFileError, open_trace

        try:
            trace = open_trace(path)
        except TraceFileError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        await self.open_document(Document(trace.about.source))
        await self.open_recording(trace)

    def leave_document(self, go_on: Callable[[], None]) -> None:
        """Go on when nothing is unsaved, or the learner has said what to do with it."""
        if not self.dirty:
            self.document.forget_unsaved()
            go_on()
            return
        from flowtui.ui.screens.dialogs import Choice

        def answered(answer: str | None) -> None:
            if answer == "save":
                self.action_save(after=go_on)
            elif answer == "discard":
                self.document.forget_unsaved()
                self.dirty = False
                go_on()

        self.ask(
            f"{self.document.title} has unsaved edits.",
            [Choice("save", "s", "save"), Choice("discard", "d", "discard"), Choice("stay", "c", "cancel")],
            answered,
        )

    def ask(self, question: str, choices: Sequence[Choice], answered: Callable[[str | None], None]) -> None:
        """Ask; `answered` gets the value of the choice, None for none."""
        from flowtui.ui.screens.dialogs import ChoiceDialog

        self.app.push_screen(ChoiceDialog(question, choices), answered)
