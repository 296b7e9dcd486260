"""Frames on the wire between the parent and a probe: a JSON header, then raw columns.

A frame is ``MAGIC``, the header's length, the columns' length (two unsigned 32-bit integers, little endian), the header
(one JSON object in UTF-8), then the columns' bytes, one behind the other. The header's key ``columns`` lists them:
``[[name, typecode, count], …]``, with the type codes of ``array``. Integers are in the machine's own byte order: both
ends are on one machine. Bulk rows travel as columns since JSON costs a hundred times more for them.

This module and `recording_format` are the only ones of the probe that the parent imports too.
"""

from __future__ import annotations

import json
import struct
from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

#: Changes when a frame's meaning does; the handshake compares it.
PROTOCOL = 1
MAGIC = b"flw\x01"
PREFIX = struct.Struct("<4sII")
#: Bytes; a frame beyond them is a lie or a mistake, and is refused before memory is spent on it.
MAX_HEADER = 256 << 20
MAX_COLUMNS = 1 << 30
#: The columns that travel: signed and unsigned bytes, 32-bit and 64-bit integers, with their size in bytes.
ITEM_SIZES = {"b": 1, "B": 1, "i": 4, "q": 8}


class WireError(Exception):
    """The bytes are no frame of this protocol: whoever sent them is at fault."""


class Frame:
    """One message: ``head``, the header's keys and values, and ``columns``, arrays by name."""

    __slots__ = ("columns", "head")

    def __init__(self, head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> None:
        self.head = head
        self.columns = columns or {}

    @property
    def kind(self) -> str:
        """What the message is: ``hello``, ``stage``, ``done``, …"""
        return str(self.head.get("kind", ""))


def encode(head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> bytes:
    """Make the bytes of one frame from a header and arrays by name.

    Lone surrogates in the header's strings pass: they are written as JSON escapes.
    """
    columns = columns or {}
    blob = b"".join(column.tobytes() for column in columns.values())
    head = dict(head, columns=[[name, column.typecode, len(column)] for name, column in columns.items()])
    text = json.dumps(head, separators=(",", ":")).encode("ascii")
    if len(text) > MAX_HEADER or len(blob) > MAX_COLUMNS:
        raise WireError("the message is too large: %d + %d bytes" % (len(text), len(blob)))
    return PREFIX.pack(MAGIC, len(text), len(blob)) + text + blob


def lengths(prefix: bytes) -> tuple[int, int]:
    """Read a frame's first ``PREFIX.size`` bytes: the header's and the columns' lengths in bytes.

    Raises:
        WireError: they are no frame's beginning, or announce more than the caps.
    """
    magic, header, blob = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("these bytes are no frame: %r" % (bytes(prefix),))
    if header > MAX_HEADER or blob > MAX_COLUMNS:
        raise WireError("the frame announces %d + %d bytes: too large" % (header, blob))
    return header, blob


def decode(header: bytes, blob: bytes | bytearray | memoryview) -> Frame:
    """Make the frame of a header's and the columns' bytes.

    Raises:
        WireError: the header is no JSON object, or its list of columns does not fit the bytes.
    """
    try:
        head = json.loads(header)
        listed = head.pop("columns")
        columns = {}
        view = memoryview(blob)
        at = 0
        for name, typecode, count in listed:
            size = ITEM_SIZES[typecode] * count
            if count < 0 or at + size > len(view):
                raise ValueError("a column is longer than the frame")
            column = array(typecode)
            column.frombytes(view[at : at + size])
            columns[name] = column
            at += size
        if at != len(view):
            raise ValueError("bytes are left over")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WireError("the frame's header is wrong: %s" % (error,)) from None
    return Frame(head, columns)


class Decoder:
    """Cuts a stream of bytes, fed in pieces of any size, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished frame are held."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; give the frames that they complete, in order.

        Raises:
            WireError: the stream is no protocol of ours; nothing after it can be trusted.
        """
        buffer = self._buffer
        buffer += data
        frames = []
        while len(buffer) >= PREFIX.size:
            header, blob = lengths(bytes(buffer[: PREFIX.size]))
            end = PREFIX.size + header + blob
            if len(buffer) < end:
                break
            middle = PREFIX.size + header
            frames.append(decode(bytes(buffer[PREFIX.size : middle]), bytes(buffer[middle:end])))
            del buffer[:end]
        return frames
