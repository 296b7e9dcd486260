"""Unsaved text outlives a crash: it is kept in a folder of ours from the first edit until it is saved.

One file for each open source: a line of JSON that says what it is, then the text. The process holds a lock
beside it for as long as it lives, so a text whose lock is free belongs to nobody any more and can be offered.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import time
from pathlib import Path

import msgspec

from flowtui.engine.disk import data_folder, decode_json, encode_json

#: Text is kept byte for byte, lone surrogates (undecodable bytes of a file) included.
_ENCODING, _ERRORS = "utf-8", "surrogatepass"


class Unsaved(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was edited and not saved by a process that is gone.

    Attributes:
        file: where it is kept.
        path: the file that was edited, empty for a source without one.
        name: what titles called it.
        encoding: the file's encoding.
        newline: its line end; `text` always has line feeds.
        written: when, in seconds since 1970.
        text: the text.
    """

    file: str = ""
    path: str
    name: str
    encoding: str
    newline: str
    written: float
    text: str = ""


def folder() -> Path:
    """Where unsaved text is kept."""
    return data_folder() / "unsaved"


def _key(path: str) -> str:
    real = str(Path(path).resolve()) if path else ""
    return hashlib.sha256(os.fsencode(real)).hexdigest()[:16] if real else "unnamed"


class Keeper:
    """Keeps the unsaved text of one open source."""

    def __init__(self, path: str, name: str, encoding: str = "utf-8", newline: str = "\n") -> None:
        self.path, self.name, self.encoding, self.newline = path, name, encoding, newline
        self._file: Path | None = None
        self._lock: int | None = None

    def keep(self, text: str) -> None:
        """Write `text` down; what was kept before is replaced at once and as a whole.

        Raises:
            OSError: the folder cannot be written.
        """
        if self._file is None:
            self._file = self._claim()
        head = encode_json(
            Unsaved(
                path=str(Path(self.path).resolve()) if self.path else "",
                name=self.name,
                encoding=self.encoding,
                newline=self.newline,
                written=time.time(),
            )
        )
        part = self._file.with_suffix(".part")
        part.write_bytes(head + b"\n" + text.encode(_ENCODING, _ERRORS))
        part.replace(self._file)

    def forget(self) -> None:
        """The text was saved or given up: nothing is kept any more."""
        if self._file is not None:
            _remove(self._file)
            self._file = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _claim(self) -> Path:
        """A file name of our own, locked."""
        where = folder()
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = where / f"{_key(self.path)}-{secrets.token_hex(6)}.text"
        lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # A folder that cannot lock still keeps the text.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._lock = lock
        return file


def find(path: str = "") -> list[Unsaved]:
    """What processes that are gone kept of `path`, the newest first.

    Args:
        path: a file; empty for sources without one, and for those whose file is gone too.
    """
    try:
        files = list(folder().glob(f"{_key(path)}-*.text" if path else "*.text"))
    except OSError:
        return []
    found = [unsaved for file in files if _is_free(file) and (unsaved := _read(file)) is not None]
    if not path:
        found = [unsaved for unsaved in found if not unsaved.path or not Path(unsaved.path).exists()]
    return sorted(found, key=lambda unsaved: unsaved.written, reverse=True)


def discard(unsaved: Unsaved) -> None:
    """Remove a text that `find` gave: it was restored, or is not wanted."""
    _remove(Path(unsaved.file))


def _is_free(file: Path) -> bool:
    """Whether no living process holds the text's lock."""
    try:
        lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _read(file: Path) -> Unsaved | None:
    try:
        head, _, text = file.read_bytes().partition(b"\n")
        unsaved = decode_json(head, Unsaved)
        return msgspec.structs.replace(unsaved, file=str(file), text=text.decode(_ENCODING, _ERRORS))
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _remove(file: Path) -> None:
    for each in (file, file.with_suffix(".lock"), file.with_suffix(".part")):
        with contextlib.suppress(OSError):
            each.unlink()
