"""What interpreters said of themselves, remembered until their file, or flowtui, changes."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import msgspec

from flowtui import __version__
from flowtui.engine.connection import PROBE_MAIN, Reason
from flowtui.engine.disk import cache_folder, decode_json, encode_json, write_atomically
from flowtui.model.interpreter import Interpreter
from flowtui.probe.wire import PROTOCOL

#: Seconds for which a silent interpreter is left alone: it may have been the machine that was busy.
_SILENCE = 3600.0


class Unusable(msgspec.Struct, frozen=True, kw_only=True):
    """An interpreter, or what looked like one, that flowtui cannot use.

    Attributes:
        path: as people would type it.
        real_path: with every link followed.
        source: where it was found.
        reason: the kind of trouble, see `ProbeError`.
        cause: what is wrong, to be put after the path: ``is too old: …``.
    """

    path: str
    real_path: str
    source: str
    reason: Reason
    cause: str

    @property
    def sentence(self) -> str:
        """One line for the doctor."""
        return f"{self.path} {self.cause}"


Answer = Interpreter | Unusable


class _Entry(msgspec.Struct, frozen=True):
    """An answer, the file's time stamp and size when it was given, and when that was."""

    stamp: tuple[int, int]
    asked: float
    usable: Interpreter | None = None
    unusable: Unusable | None = None


class _File(msgspec.Struct):
    key: str
    entries: dict[str, _Entry]


class Cache:
    """The remembered answers by real path. A missing, broken or outdated file is an empty one."""

    def __init__(self) -> None:
        self._path = cache_folder() / "interpreters.json"
        self._key = probe_key()
        self._changed = False
        self._entries: dict[str, _Entry] = {}
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError):
            read = decode_json(self._path.read_bytes(), _File)
            if read.key == self._key:
                self._entries = read.entries

    def get(self, real_path: str) -> Answer | None:
        """What the interpreter said, if its file is still the same."""
        entry = self._entries.get(real_path)
        if entry is None or entry.stamp != file_stamp(real_path):
            return None
        if entry.unusable is not None and entry.unusable.reason == "hung":
            age = time.time() - entry.asked
            return entry.unusable if 0 <= age < _SILENCE else None
        return entry.usable or entry.unusable

    def put(self, real_path: str, answer: Answer) -> None:
        """Remember an answer."""
        stamp = file_stamp(real_path)
        if stamp is None:
            return
        usable, unusable = (answer, None) if isinstance(answer, Interpreter) else (None, answer)
        self._entries[real_path] = _Entry(stamp, time.time(), usable, unusable)
        self._changed = True

    def save(self) -> None:
        """Write what has changed; where that cannot be, the interpreters are asked again next time."""
        if not self._changed:
            return
        entries = {path: entry for path, entry in self._entries.items() if file_stamp(path) is not None}
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, encode_json(_File(self._key, entries)))
            self._changed = False


def probe_key() -> str:
    """What makes all answers outdated: another flowtui, protocol, or probe (in an editable install)."""
    newest = 0
    with contextlib.suppress(OSError):
        newest = max(file.stat().st_mtime_ns for file in PROBE_MAIN.parent.glob("*.py"))
    return f"{__version__} {PROTOCOL} {newest}"


def file_stamp(path: str) -> tuple[int, int] | None:
    """A file's time stamp and size; None where there is none."""
    try:
        seen = Path(path).stat()
    except (OSError, ValueError):
        return None
    return seen.st_mtime_ns, seen.st_size
