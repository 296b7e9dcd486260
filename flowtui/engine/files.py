"""A source on disk: read without losing a byte, saved without a moment of danger, watched for changes."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import errno
import io
import os
import re
import stat
import tokenize
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from flowtui.engine.disk import write_atomically
from flowtui.model.source import LINE_END, Source

#: Bytes; beyond it a file is no source that a person reads.
MAX_SIZE = 64 << 20
#: PEP 263; the same expression as in Lib/tokenize.py, for text.
_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(r"^[ \t\f]*(?:#.*)?$")


class SourceError(Exception):
    """A file cannot be read or saved: one clear line."""


class UnencodableError(SourceError):
    """The text has characters that its encoding does not know; `encoding` and `characters` say which."""

    def __init__(self, encoding: str, characters: str, line: int) -> None:
        self.encoding = encoding
        self.characters = characters
        shown = " ".join(f"{c!r}" for c in characters)
        super().__init__(
            f"{encoding} cannot hold {shown} (line {line}): "
            "save as UTF-8, and change or remove the coding line"
        )


def read_source(path: str | os.PathLike[str]) -> Source:
    """Read a file as a source.

    Raises:
        SourceError: it is missing, unreadable, no regular file or larger than `MAX_SIZE`.
    """
    shown = os.fspath(path)
    try:
        # O_NONBLOCK: a FIFO without a writer would otherwise hold the opening for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise SourceError(_refusal(shown, error)) from None
    kind = _kind(os.fstat(descriptor).st_mode)
    if kind:
        os.close(descriptor)
        raise SourceError(f"{shown} is {kind}: give a file with Python source")
    try:
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise SourceError(_refusal(shown, error)) from None
    if len(data) > MAX_SIZE:
        raise SourceError(f"{shown} is larger than {MAX_SIZE >> 20} MB: too large to be shown")
    return decode_source(data, Path(shown).name, str(Path(shown).absolute()))


def decode_source(data: bytes, name: str, path: str = "") -> Source:
    """Decode bytes as Python would, by byte order mark, coding line or UTF-8; no byte is ever lost.

    Where the bytes do not fit their encoding, or the coding line names none, the text is UTF-8 with lone
    surrogates for the bytes that are not; the interpreter's own words on that are shown at its stages, for it
    gets the same bytes.
    """
    encoding, text = _decode(data)
    ends = LINE_END.search(text)
    return Source(
        name=name,
        path=path,
        data=data,
        text=text,
        encoding=encoding,
        newline=ends.group() if ends else "\n",
    )


def _decode(data: bytes) -> tuple[str, str]:
    marked = data.startswith(codecs.BOM_UTF8)
    # SyntaxError: an unknown coding line, one that contradicts the mark, or a first line that is no UTF-8.
    with contextlib.suppress(SyntaxError):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if not marked and _holds_python(encoding):
            with contextlib.suppress(ValueError):
                text = data.decode(encoding, "surrogateescape")
                # A codec that does not give the same bytes back would change the file on saving.
                if text.encode(encoding, "surrogateescape") == data:
                    return encoding, text
    encoding = "utf-8-sig" if marked else "utf-8"
    return encoding, data.decode(encoding, "surrogateescape")


def _holds_python(encoding: str) -> bool:
    """Whether a codec leaves each ASCII character as it is; Python finds the coding line by that."""
    try:
        return all(bytes([code]).decode(encoding) == chr(code) for code in range(128))
    except (LookupError, ValueError):  # no text encoding (rot13), or one with escapes of its own (iso2022_jp)
        return False


def encoding_of(text: str, encoding: str) -> str:
    """The encoding in which Python would read an edited text: its coding line's, UTF-8 without one.

    Args:
        text: the text as it stands in the editor.
        encoding: what the file had; a byte order mark is kept, and an unknown coding line changes nothing.
    """
    if encoding == "utf-8-sig":
        return encoding
    start = LINE_END.split(text[:10_000], maxsplit=2)[:2]
    for line in start:
        cookie = _COOKIE.match(line)
        if cookie:
            with contextlib.suppress(SyntaxError):
                detected, _ = tokenize.detect_encoding(iter([line.encode("ascii", "replace")]).__next__)
                if _holds_python(detected):
                    return detected
            return encoding
        if not _BLANK.match(line):
            break
    return "utf-8"


def encode_text(text: str, encoding: str, newline: str) -> bytes:
    r"""Make a file's bytes of a text: every line end becomes `newline` (``\n``, ``\r\n`` or ``\r``).

    Lone surrogates that stand for undecodable bytes become those bytes again.

    Raises:
        UnencodableError: the encoding lacks some of the characters.
    """
    text = LINE_END.sub(lambda _: newline, text) if newline != "\n" or "\r" in text else text
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError as error:
        if encoding in ("utf-8", "utf-8-sig"):
            return _with_surrogates(text, encoding)
        raise _unencodable(text, encoding, error.start) from None
    except (LookupError, ValueError):
        raise SourceError(f"{encoding} is no encoding that text can be saved in: save as UTF-8") from None


def _with_surrogates(text: str, encoding: str) -> bytes:
    """UTF-8 of a text with surrogates that stand for no byte: each becomes the bytes that CPython refuses."""
    parts = re.split("([\ud800-\udc7f\udd00-\udfff]+)", text)
    body = b"".join(
        part.encode("utf-8", "surrogatepass" if i % 2 else "surrogateescape") for i, part in enumerate(parts)
    )
    return codecs.BOM_UTF8 + body if encoding == "utf-8-sig" else body


def _unencodable(text: str, encoding: str, first: int) -> UnencodableError:
    found: dict[str, None] = {}
    for character in text[first : first + 100_000]:
        if character not in found:
            try:
                character.encode(encoding, "surrogateescape")
            except UnicodeEncodeError:
                found[character] = None
                if len(found) == 5:
                    break
    return UnencodableError(encoding, "".join(found), len(LINE_END.findall(text, 0, first)) + 1)


def text_source(text: str, name: str, path: str = "", encoding: str = "utf-8", newline: str = "\n") -> Source:
    """The source that an edited text would be, were it saved now: its coding line decides, then `encoding`.

    Raises:
        SourceError: its encoding cannot hold it.
    """
    encoding = encoding_of(text, encoding)
    data = encode_text(text, encoding, newline)
    return Source(name=name, path=path, data=data, text=text, encoding=encoding, newline=newline)


def save_source(
    path: str | os.PathLike[str], text: str, encoding: str = "utf-8", newline: str = "\n"
) -> Source:
    """Save an edited text, whole or not at all; a link's target is replaced, and the file's mode kept.

    Args:
        path: where to.
        text: what the editor holds.
        encoding: what the file had; a coding line in the text goes before it, for Python will read by that.
        newline: the line end that the file had.

    Returns:
        The source as it now stands on disk.

    Raises:
        SourceError: it cannot be saved, and why; the old file is untouched.
    """
    shown = os.fspath(path)
    source = text_source(text, Path(shown).name, str(Path(shown).absolute()), encoding, newline)
    try:
        with contextlib.suppress(FileNotFoundError):
            kind = _kind(Path(path).stat().st_mode)
            if kind:
                raise SourceError(f"{shown} is {kind}: save under another name")
        if Path(path).exists() and not os.access(path, os.W_OK):
            # Replacing it would be possible, but somebody has said that it shall not change.
            raise SourceError(f"{shown} is write-protected: save under another name")
        write_atomically(Path(path), source.data)
    except (OSError, ValueError) as error:
        raise SourceError(_refusal(shown, error, "saved")) from None
    return source


def _kind(mode: int) -> str:
    """What a file is, when it is no regular one: ``a directory``, ``a FIFO``, …; empty for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    kinds = {
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "no regular file")


def _refusal(path: str, error: OSError | ValueError, done: str = "read") -> str:
    """One line for an operating system's refusal."""
    path = path.encode("utf-8", "backslashreplace").decode()
    if isinstance(error, ValueError):  # a null byte, or characters that no file name can hold
        return f"{path!r} is no file name"
    sentences = {
        errno.ENOENT: f"there is no {'file' if done == 'read' else 'folder for'} {path}",
        errno.ENOTDIR: f"there is no {'file' if done == 'read' else 'folder for'} {path}",
        errno.ENXIO: f"{path} is a socket: give a file with Python source",
        errno.EISDIR: f"{path} is a directory: give a file with Python source",
        errno.ELOOP: f"{path} is a link that leads in a circle",
    }
    said = (error.strerror or type(error).__name__).lower()
    return sentences.get(error.errno or 0, f"{path} cannot be {done}: {said}")


FileChange = Literal["changed", "deleted", "back"]


class FileWatch:
    """Looks at a file now and then, and tells when another program changed, deleted or restored it.

    Polling by ``stat`` sees what notifications miss (network file systems, editors that replace the file),
    and costs some microseconds a second.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        on_change: Callable[[FileChange], None],
        *,
        interval: float = 0.7,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the file as it stands now as known.

        Args:
            path: the file; it may be missing.
            on_change: called in the event loop.
            interval: seconds between two looks.
            sleep: how to wait; tests give their own.
        """
        self._path = Path(path)
        self._on_change = on_change
        self._interval = interval
        self._sleep = sleep
        self._known = self._look()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; needs a running event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._watch(), name="file watch")

    def accept(self) -> None:
        """Take the file as it stands now as known: after our own saving or reloading."""
        self._known = self._look()

    async def close(self) -> None:
        """Stop looking."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def check(self) -> FileChange | None:
        """Look once; a change is told only once."""
        before, now = self._known, self._look()
        if before == now:
            return None
        self._known = now
        return "deleted" if now is None else "back" if before is None else "changed"

    async def _watch(self) -> None:
        while True:
            await self._sleep(self._interval)
            change = self.check()
            if change is not None:
                self._on_change(change)

    def _look(self) -> tuple[int, int, int] | None:
        try:
            seen = self._path.stat()
        except (OSError, ValueError):
            return None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino
