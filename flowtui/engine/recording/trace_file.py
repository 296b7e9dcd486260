"""A recording in one file, ``.flowtrace``: what a teacher or a bug report passes on.

The file, integers little endian::

    8 bytes     MAGIC
    u32         the header's length
    header      one JSON object in UTF-8, see `Header`
    blocks      of one part after the other, each compressed by zlib on its own
    32 bytes    SHA-256 of everything before

The *parts* are the streams of `probe.recording_format` as far as they are written, then ``source`` (the program's
bytes), ``stdout`` and ``stderr``. Each is cut into blocks of `BLOCK` bytes (the last one is shorter); the header tells
a part's length and the lengths of its compressed blocks, so that nothing has to be guessed and nothing can grow on the
way out.

A file comes from anybody: it is data and nothing in it is executed, no length is believed beyond `MAX_SIZE`, and a
block that gives more than it should is refused. The streams inside are as untrusted as those of a running program.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from flowtui import __version__
from flowtui.engine.disk import decode_json, encode_json, write_atomically
from flowtui.engine.files import decode_source
from flowtui.engine.recording.reader import Recording, RecordingError, Streams
from flowtui.engine.recording.stream_files import StreamFiles, StreamFilesError
from flowtui.engine.verdict import size as size_in_words
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended
from flowtui.model.source import Source
from flowtui.model.trace import RecordingOptions
from flowtui.probe.recording_format import STREAMS
from flowtui.probe.recording_format import VERSION as STREAMS_VERSION

SUFFIX = ".flowtrace"
MAGIC = b"FLOWTRC\n"
#: Changes when the meaning of the file does.
FORMAT = 1
BLOCK = 1 << 20
#: Bytes of all parts together, uncompressed.
MAX_SIZE = 1 << 30
#: Bytes of the header.
MAX_HEADER = 4 << 20
#: The parts, in the order in which they stand in the file.
PARTS = (*STREAMS, "source", "stdout", "stderr")

_LENGTH = struct.Struct("<I")
_DIGEST = hashlib.sha256().digest_size
#: zlib never needs more for a block that cannot be compressed.
_MAX_PACKED = BLOCK + 1024
#: Zeros behind a stream: they are its end.
_ZEROS = 4096


class TraceFileError(Exception):
    """A trace file cannot be read or written: one clear line."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part: its name, its length, and the lengths of its blocks in the file."""

    name: str
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_SIZE)]
    packed: tuple[Annotated[int, msgspec.Meta(ge=1, le=_MAX_PACKED)], ...]


class _Version(msgspec.Struct, frozen=True):
    """The part of a header that every version has."""

    format: int
    streams: int
    flowtui: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace file says about itself.

    Attributes:
        format: `FORMAT`.
        streams: the version of `probe.recording_format`.
        flowtui: the version that wrote it.
        interpreter: what ran the program; without the paths, which are nobody else's business.
        name: of the source.
        arguments: the program's ``sys.argv[1:]``.
        options: what was to be recorded.
        ended: how the program ended; None when it was still running.
        parts: lengths.
    """

    format: int
    streams: int
    flowtui: str
    interpreter: Interpreter
    name: str
    arguments: tuple[str, ...]
    options: RecordingOptions
    ended: Ended | None
    parts: tuple[Part, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class About:
    """What there is to know of a recording beside its steps; see `Header`."""

    interpreter: Interpreter
    source: Source
    options: RecordingOptions
    arguments: tuple[str, ...] = ()
    ended: Ended | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trace:
    """An opened trace file: a recording that needs no interpreter; `close` it.

    Attributes:
        about: what else is known of it.
        recording: its steps.
        files: its streams, unpacked.
        stdout: what the program wrote there.
        stderr: the same.
    """

    about: About
    recording: Recording
    files: StreamFiles
    stdout: bytes
    stderr: bytes

    @property
    def unrecorded(self) -> str:
        """Why nothing is recorded; as of a live recording, which may have a reason."""
        return ""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to another file; see `save`."""
        save(path, self.about, self.files, self.stdout, self.stderr)

    def close(self) -> None:
        """Give the files back; the recording cannot be asked any more."""
        self.recording.close()
        self.files.close()


# ---- writing


def save(
    path: str | os.PathLike[str], about: About, files: StreamFiles, stdout: bytes, stderr: bytes
) -> None:
    """Write a recording, finished or not, to a file: the whole file or nothing.

    Raises:
        TraceFileError: it is too large, or the file cannot be written.
    """
    shown = os.fspath(path)
    # The steps first: what is recorded meanwhile belongs to steps that are not in it, and is ignored.
    contents = {name: files.read(name, files.end(name)) for name in STREAMS}
    contents |= {"source": about.source.data, "stdout": stdout, "stderr": stderr}
    total = sum(map(len, contents.values()))
    if total > MAX_SIZE:
        raise TraceFileError(
            f"{shown} cannot be saved: the recording has {size_in_words(total)}, too much for a file"
        )
    parts: list[Part] = []
    blocks: list[bytes] = []
    for name, content in contents.items():
        packed = [zlib.compress(content[at : at + BLOCK]) for at in range(0, len(content), BLOCK)]
        parts.append(Part(name, len(content), tuple(map(len, packed))))
        blocks += packed
    nowhere = msgspec.structs.replace(about.interpreter, path="", real_path="", source="")
    header = Header(
        format=FORMAT,
        streams=STREAMS_VERSION,
        flowtui=__version__,
        interpreter=nowhere,
        name=about.source.name,
        arguments=about.arguments,
        options=about.options,
        ended=about.ended,
        parts=tuple(parts),
    )
    # the same recording makes the same file: sets have no order of their own
    text = encode_json(msgspec.to_builtins(header, order="deterministic"))
    data = b"".join([MAGIC, _LENGTH.pack(len(text)), text, *blocks])
    try:
        write_atomically(Path(path), data + hashlib.sha256(data).digest())
    except (OSError, ValueError) as error:
        raise TraceFileError(f"{shown} cannot be saved: {_reason(error)}") from None


# ---- reading


class _Input:
    """The file, counted and hashed as it is read."""

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self._file = file
        self._shown = shown
        self._digest = hashlib.sha256()

    def take(self, count: int, *, strict: bool = True) -> bytes:
        """Exactly so many bytes; or fewer at the file's end, unless `strict`."""
        data = self._file.read(count)
        if len(data) != count and strict:
            raise TraceFileError(f"{self._shown} is cut off: a part of the trace file is missing")
        self._digest.update(data)
        return data

    def finish(self) -> None:
        """See that the sum is right and that nothing follows."""
        if self._file.read(_DIGEST + 1) != self._digest.digest():
            raise self.damaged()

    def damaged(self) -> TraceFileError:
        """What to raise for a file that contradicts itself."""
        return TraceFileError(f"{self._shown} is damaged: its checksum or its contents are wrong")


def open_trace(path: str | os.PathLike[str]) -> Trace:
    """Open a trace file.

    Raises:
        TraceFileError: it is none, is damaged, of a newer format, or too large.
    """
    shown = os.fspath(path)
    try:
        # O_NONBLOCK: a FIFO without a writer would otherwise hold the opening for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise TraceFileError(f"{shown} is no regular file: give a {SUFFIX} file")
            return _read(_Input(file, shown), shown)
    except StreamFilesError as error:
        raise TraceFileError(f"{shown} cannot be opened: {error}") from None
    except (OSError, ValueError) as error:
        raise TraceFileError(f"{shown} cannot be read: {_reason(error)}") from None


def _read(file: _Input, shown: str) -> Trace:
    header = _header(file, shown)
    lengths = {part.name: part.size for part in header.parts}
    pages = {name: (lengths[name] // _ZEROS + 2) * _ZEROS for name in STREAMS}
    files = StreamFiles(pages, sum(lengths.values()))
    streams = Streams({})
    try:
        rest = _unpack(file, header, files)
        streams = Streams({name: files.map(name) for name in STREAMS})
        recording = Recording(streams)
        recording.output(rest["stdout"], rest["stderr"])
        recording.finish()
        recording.update()
    except BaseException as error:
        streams.close()
        files.close()
        if isinstance(error, RecordingError):
            raise TraceFileError(f"{shown} is damaged: {error}") from None
        raise
    about = About(
        interpreter=header.interpreter,
        source=decode_source(rest["source"], header.name),
        options=header.options,
        arguments=header.arguments,
        ended=header.ended,
    )
    return Trace(
        about=about,
        recording=recording,
        files=files,
        stdout=rest["stdout"],
        stderr=rest["stderr"],
    )


def _unpack(file: _Input, header: Header, files: StreamFiles) -> dict[str, bytes]:
    """Put the streams into `files`; gives the other parts."""
    rest: dict[str, bytes] = {}
    for part in header.parts:
        if part.name not in STREAMS:
            rest[part.name] = b"".join(_blocks(file, part))
            continue
        at = 0
        for block in _blocks(file, part):
            files.write(part.name, at, block)
            at += len(block)
    file.finish()
    return rest


def _header(file: _Input, shown: str) -> Header:
    """Read the header and see that it can be true."""
    if file.take(len(MAGIC), strict=False) != MAGIC:
        raise TraceFileError(f"{shown} is no trace file: `flowtui show FILE --stage trace --save` makes them")
    (length,) = _LENGTH.unpack(file.take(_LENGTH.size))
    if length > MAX_HEADER:
        raise file.damaged()
    data = file.take(length)
    try:
        version = decode_json(data, _Version)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise file.damaged() from None
    if version.format != FORMAT or version.streams != STREAMS_VERSION:
        writer = version.flowtui[:20]
        raise TraceFileError(f"{shown} was written by flowtui {writer} in a format that this one cannot read")
    try:
        header = decode_json(data, Header)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise file.damaged() from None
    if tuple(part.name for part in header.parts) != PARTS:
        raise file.damaged()
    if any(len(part.packed) != -(-part.size // BLOCK) for part in header.parts):
        raise file.damaged()
    total = sum(part.size for part in header.parts)
    if total > MAX_SIZE:
        raise TraceFileError(f"{shown} is too large: it holds {size_in_words(total)}")
    return header


def _blocks(file: _Input, part: Part) -> Iterator[bytes]:
    """The blocks of a part, each of exactly the length that it has to have."""
    for number, packed in enumerate(part.packed):
        wanted = min(BLOCK, part.size - number * BLOCK)
        unpacker = zlib.decompressobj()
        try:
            block = unpacker.decompress(file.take(packed), wanted + 1)
        except zlib.error:
            raise file.damaged() from None
        if len(block) != wanted or not unpacker.eof or unpacker.unused_data:
            raise file.damaged()
        yield block


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
