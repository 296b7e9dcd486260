"""Texts of any origin, made safe for one line of a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """A text with escapes for what a terminal would not show as it is."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "surrogatepass").decode()
        for each in text
    )
