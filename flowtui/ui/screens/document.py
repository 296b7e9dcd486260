"""What is open: where it came from, what of it is saved, and its text as an interpreter gets it."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from flowtui.engine import files
from flowtui.model.source import Source
from flowtui.ui.panes.text import visible

if TYPE_CHECKING:
    from flowtui.engine.recovery import Keeper, Unsaved

#: What a source without a file is called.
UNNAMED = "unnamed"


def source_beside(pyc: str) -> str:
    """The source that a ``.pyc`` file was made of, by the rules of PEP 3147; empty when there is none."""
    candidates = [pyc[:-1]]
    with contextlib.suppress(ValueError):
        candidates.insert(0, importlib.util.source_from_cache(pyc))
    return next((path for path in candidates if Path(path).is_file()), "")


class Document:
    """One open source.

    Attributes:
        source: as it was last read or saved: its bytes are what the file holds.
        saved: the lines of that.
        on_disk: whether its file is there, as far as is known.
        writable: whether it can be edited at all; the text beside a ``.pyc`` file cannot.
        pyc: the ``.pyc`` file that was opened, empty when a source was.
    """

    def __init__(self, source: Source, *, pyc: str = "") -> None:
        self.source = source
        self.saved = source.lines
        self.pyc = pyc
        self.writable = not pyc
        self.on_disk = bool(source.path)
        self._keeper: Keeper | None = None

    @property
    def keeper(self) -> Keeper:
        """Keeps the text while it is unsaved."""
        if self._keeper is None:
            from flowtui.engine.recovery import Keeper

            old = self.source
            self._keeper = Keeper(old.path, old.name, old.encoding, old.newline)
        return self._keeper

    def forget_unsaved(self) -> None:
        """What is unsaved is not wanted any more."""
        if self._keeper is not None:
            self._keeper.forget()
            self._keeper = None

    @classmethod
    def empty(cls) -> Document:
        """A new source."""
        return cls(Source(name=UNNAMED, data=b"", text=""))

    @classmethod
    def open(cls, path: str) -> Document:
        """A file: a source, or a ``.pyc`` file with the source that it was made of, if that is there.

        Raises:
            SourceError: it cannot be read.
        """
        if not path.endswith(".pyc"):
            return cls(files.read_source(path))
        # Says in one line what is wrong with the file, if something is.
        name = files.read_source(path).name
        found = source_beside(path)
        text = files.read_source(found) if found else Source(name=name, data=b"", text="")
        return cls(msgspec.structs.replace(text, name=name, path=""), pyc=str(Path(path).absolute()))

    @property
    def has_source(self) -> bool:
        """Whether the lines on the screen are those that the stages speak of."""
        return not self.pyc or bool(source_beside(self.pyc))

    @classmethod
    def recovered(cls, unsaved: Unsaved) -> tuple[Document, str]:
        """The document that an unsaved text belongs to, its file read anew, and the text.

        Raises:
            SourceError: the file is there and cannot be read.
        """
        if unsaved.path and Path(unsaved.path).exists():
            return cls(files.read_source(unsaved.path)), unsaved.text
        kept = Source(
            name=unsaved.name,
            path=unsaved.path,
            data=b"",
            text="",
            encoding=unsaved.encoding,
            newline=unsaved.newline,
        )
        document = cls(kept)
        document.on_disk = False
        return document, unsaved.text

    @property
    def path(self) -> str:
        """The file, empty when there is none."""
        return self.source.path

    @property
    def name(self) -> str:
        """What the interpreter calls it."""
        return self.source.name

    @property
    def title(self) -> str:
        """The name, fit for a screen: a file's name may hold what a terminal would obey."""
        return visible(self.name)

    def is_edited(self, lines: Sequence[str]) -> bool:
        """Whether the text is another than the file's. Lines that were not touched compare by identity."""
        return list(lines) != self.saved

    def is_dirty(self, lines: Sequence[str]) -> bool:
        """Whether there is something to save: edits, or a file that is gone, so that this is the only copy."""
        return self.is_edited(lines) or bool(self.path and not self.on_disk)

    def as_source(self, lines: Sequence[str]) -> Source:
        """The text as an interpreter gets it: the file's own bytes as long as nothing was edited.

        Raises:
            SourceError: its encoding cannot hold it.
        """
        if not self.is_edited(lines):
            return self.source
        old = self.source
        return files.text_source("\n".join(lines), old.name, old.path, old.encoding, old.newline)

    def save(self, lines: Sequence[str], path: str = "") -> None:
        """Save the text, under another name when `path` is given; nothing is kept aside any more.

        Raises:
            SourceError: it cannot be saved; the file, and what is kept aside, are untouched.
        """
        source = files.save_source(
            path or self.path, "\n".join(lines), self.source.encoding, self.source.newline
        )
        self.forget_unsaved()
        self._take(source, list(lines))

    def has_changed_on_disk(self) -> bool:
        """Whether the file holds something else than what was read or saved last."""
        try:
            return files.read_source(self.path).data != self.source.data
        except files.SourceError:
            return False

    def reload(self) -> Source:
        """Read the file again; what was unsaved is given up.

        Raises:
            SourceError: it cannot be read.
        """
        source = files.read_source(self.path)
        self.forget_unsaved()
        self._take(source, source.lines)
        return source

    def _take(self, source: Source, lines: list[str]) -> None:
        self.source, self.saved, self.on_disk = source, lines, True
