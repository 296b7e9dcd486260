"""The files of a recording: without names, sized in advance, on a disk that has room for them.

A file is made in a private folder and its name is removed at once, so that nothing is left whoever dies: it lives
as long as a process has it open or mapped. It is sparse: what nobody writes costs address space, not disk.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flowtui.engine.disk import cache_folder
from flowtui.engine.recording.streams import Streams
from flowtui.engine.streams import close_all
from flowtui.engine.verdict import size as size_in_words

#: Bytes read at once on the way to a stream's end.
_PIECE = 1 << 20


class StreamFilesError(Exception):
    """The files cannot be made: one line."""


class StreamFiles:
    """Open files by the names of their streams; `close` them.

    Args:
        sizes: bytes of each.
        needed: bytes that may really be written, all together.
        folder: where to make them; by default where temporary files go, or in flowtui's own folder.

    Raises:
        StreamFilesError: no folder can take them.
    """

    def __init__(self, sizes: Mapping[str, int], needed: int, folder: Path | None = None) -> None:
        self.descriptors: dict[str, int] = {}
        self.sizes = dict(sizes)
        place = _private_folder(needed, folder)
        try:
            for name, size in sizes.items():
                path = place / name
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                self.descriptors[name] = os.open(path, flags, 0o600)
                path.unlink()
                os.ftruncate(self.descriptors[name], size)
        except OSError as error:
            self.close()
            raise StreamFilesError(f"a recording's files cannot be made: {_reason(error)}.") from None
        finally:
            with contextlib.suppress(OSError):
                place.rmdir()

    def map(self, name: str, *, writable: bool = False) -> mmap.mmap:
        """A stream's file in memory, shared with who writes it."""
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        return mmap.mmap(self.descriptors[name], self.sizes[name], access=access)

    def streams(self) -> Streams:
        """All of them for a reader; they may still grow."""
        return Streams({name: self.map(name) for name in self.descriptors})

    def end(self, name: str) -> int:
        """How many bytes of a stream are written: behind them is nothing but zeros."""
        descriptor = self.descriptors[name]
        for begin, end in reversed(_written(descriptor, self.sizes[name])):
            while end > begin:
                start = max(begin, end - _PIECE)
                piece = os.pread(descriptor, end - start, start).rstrip(b"\0")
                if piece:
                    return start + len(piece)
                end = start
        return 0

    def read(self, name: str, end: int) -> bytes:
        """The bytes of a stream up to `end`, read past every mapping.

        Raises:
            OSError: the disk does not give them.
        """
        pieces: list[bytes] = []
        at = 0
        while at < end:
            piece = os.pread(self.descriptors[name], min(_PIECE, end - at), at)
            if not piece:
                break
            pieces.append(piece)
            at += len(piece)
        return b"".join(pieces)

    def write(self, name: str, at: int, data: bytes) -> None:
        """Put bytes into a stream.

        Raises:
            OSError: there is no room on the disk.
        """
        view = memoryview(data)
        while view:
            written = os.pwrite(self.descriptors[name], view, at)
            view, at = view[written:], at + written

    def close(self) -> None:
        """Close the files; what is mapped stays readable."""
        close_all(list(self.descriptors.values()))
        self.descriptors = {}


def _written(descriptor: int, size: int) -> list[tuple[int, int]]:
    """The parts of a sparse file that somebody wrote; all of it where a system cannot tell them (lseek(2))."""
    parts: list[tuple[int, int]] = []
    at = 0
    try:
        while at < size:
            begin = os.lseek(descriptor, at, os.SEEK_DATA)
            at = os.lseek(descriptor, begin, os.SEEK_HOLE)
            parts.append((begin, at))
    except AttributeError:
        return [(0, size)]
    except OSError as error:
        if error.errno != errno.ENXIO:  # which says that no more is written
            return [(0, size)]
    return parts


def _private_folder(needed: int, folder: Path | None) -> Path:
    """A new folder that only this user can enter, on a disk with room for `needed` bytes."""
    refusal = ""
    for place in [folder] if folder else _places():
        try:
            place.mkdir(parents=True, exist_ok=True)
            disk = os.statvfs(place)
            free = disk.f_bavail * disk.f_frsize
            if free >= needed:
                return Path(tempfile.mkdtemp(prefix="flowtui-", dir=place))
            room = f"{size_in_words(free)} free, a recording may need {size_in_words(needed)}"
            refusal = refusal or f"{place} has {room}"
        except OSError as error:
            refusal = refusal or f"{place} cannot hold a recording: {_reason(error)}"
    raise StreamFilesError(f"{refusal}; set TMPDIR to a folder with more room, or a smaller limit.")


def _places() -> list[Path]:
    """Folders to try, the usual one first."""
    with contextlib.suppress(FileNotFoundError):  # no folder for temporary files can be written
        return [Path(tempfile.gettempdir()), cache_folder()]
    return [cache_folder()]


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
