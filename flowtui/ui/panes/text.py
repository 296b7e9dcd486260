"""Text from elsewhere, made safe for a terminal: nothing of it moves the cursor or hides."""

from __future__ import annotations

import re
import unicodedata

#: What must not reach a terminal as it is: control characters, lone surrogates, marks of direction.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def visible(text: str) -> str:
    """`text` with every character that a terminal would obey in a form that it shows."""
    return _UNSAFE.sub(_shown, text) if not text.isprintable() else text


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xD800 <= code <= 0xDFFF:
        return "�"
    if unicodedata.category(character) == "Cf":
        return "·"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
