"""A ``.pyc`` file: the header's fields and whether it still fits its source (PEP 552)."""

from __future__ import annotations

from typing import Literal

import msgspec


class PycHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first 16 bytes of a cache file, taken apart.

    Attributes:
        path: the file.
        exists: whether it is there; when not, the fields below are empty.
        size: bytes of the whole file.
        magic: its magic number, 8 hexadecimal digits.
        written_by: what writes that magic number, as far as known (``CPython 3.11``); empty otherwise.
        readable: whether the chosen interpreter has the same magic number.
        flags: bit 0: checked by hash, bit 1: the source is looked at.
        kind: ``timestamp``, ``checked-hash`` or ``unchecked-hash``.
        source_mtime: seconds since 1970, in the header; None for the hash kinds.
        source_size: bytes, in the header; None for the hash kinds.
        source_hash: 16 hexadecimal digits; None for the timestamp kind.
        source_path: the source it was compared with; empty when there is none.
        state: ``fresh``, ``stale``, ``unchecked``, ``no source``, ``absent`` or ``foreign`` (another magic number).
        reason: why, in one sentence.
        code_size: bytes behind the header.
    """

    path: str
    exists: bool
    size: int = 0
    magic: str = ""
    written_by: str = ""
    readable: bool = False
    flags: int = 0
    kind: Literal["timestamp", "checked-hash", "unchecked-hash", ""] = ""
    source_mtime: int | None = None
    source_size: int | None = None
    source_hash: str | None = None
    source_path: str = ""
    state: Literal["fresh", "stale", "unchecked", "no source", "absent", "foreign"] = "absent"
    reason: str = ""
    code_size: int = 0
