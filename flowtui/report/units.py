"""Sizes and times as people type them: ``512M``, ``10s``, ``1.5m``."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
TIMES = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|)", re.IGNORECASE)


class UnitError(ArgumentTypeError):
    """The text is no size or time; the message says how one looks."""


def size(text: str) -> int:
    """Bytes of a size like ``512M``, ``1.5G``, ``64KiB`` or ``1000``; units are powers of 1024.

    Raises:
        UnitError: it is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise UnitError(f"{text!r} is no size: write 512M, 2G or a number of bytes; 0 sets no limit")
    return round(float(match[1]) * SIZES[match[2].lower()])


def seconds(text: str) -> float:
    """Seconds of a time like ``10s``, ``500ms``, ``2m`` or ``1.5``.

    Raises:
        UnitError: it is no time.
    """
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise UnitError(f"{text!r} is no time: write 10s, 500ms, 2m or a number of seconds; 0 sets no limit")
    return float(match[1]) * TIMES[match[2].lower()]


def number(text: str) -> int:
    """A whole number from 0.

    Raises:
        UnitError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UnitError(f"{text!r} is no number: write 64, for example; 0 sets no limit")
    return int(text)
