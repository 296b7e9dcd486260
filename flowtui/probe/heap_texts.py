"""Values that a recording has as texts: big integers, strings, bytes, floats, complex numbers; and all other texts.

`make_texts` gives the writers of one recording's stream of texts. Equal values get one text: tables remember which,
as far as `TABLE` entries go. No table keeps an object of the program's alive: what it holds are copies.
"""

from __future__ import annotations

from struct import Struct

from . import recording_format as form

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable

#: Entries of a table; beyond that it is emptied, and texts are written again.
TABLE = 1 << 16
#: Integers of more bits are not written digit by digit.
MOST_BITS = 2000
HEAD = Struct("<BI")


class Texts:
    """One recording's writers of texts; each gives a value word, `number` a text's bare number.

    Attributes:
        strings: words of exact strings of at most `MAX_TEXT` characters, to look in before `string` is called.
        floats: words of exact floats that are neither zero nor NaN.
        integer, string, real: write what is in no table; exact types only.
        others: writers for `bytes` and `complex`.
        number: writes a text of any kind.
        position: bytes written.
        full: whether a text did not fit any more; from then on no text is written.
    """

    __slots__ = ("floats", "full", "integer", "number", "others", "position", "real", "string", "strings")

    strings: dict[str, int]
    floats: dict[float, int]
    integer: Callable[[int], int]
    string: Callable[[str], int]
    real: Callable[[float], int]
    others: dict[type, Callable[[Any], int]]
    number: Callable[[int, str], int]
    position: Callable[[], int]
    full: Callable[[], bool]


def make_texts(view: memoryview) -> Texts:
    """Make the writers for a stream.

    Args:
        view: where texts go, writable bytes; nothing is written behind its end.
    """
    at = written = 0
    end = len(view)
    full = False
    strings: dict[str, int] = {}
    floats: dict[float, int] = {}
    known: dict[tuple[int, str], int] = {}
    pack_head = HEAD.pack_into

    def number(kind: int, text: str) -> int:
        """Write a text and give its number; 0 when there is no more room."""
        nonlocal at, written, full
        data = text.encode("utf-8", "surrogatepass")
        after = at + 5 + len(data)
        if full or after > end:
            full = True
            return 0
        pack_head(view, at, kind, len(data))
        view[at + 5 : after] = data
        at = after
        written += 1
        return written

    def word(kind: int, text: str) -> int:
        """The value word of a text that is remembered by itself."""
        found = known.get((kind, text))
        if found is None:
            if len(known) >= TABLE:
                known.clear()
            key = (kind, text)
            found = known[key] = number(kind, text) << 3 | form.V_TEXT
            if found == form.V_TEXT:
                return form.UNKNOWN
        return found

    def integer(value: int) -> int:
        bits = value.bit_length()
        if bits > MOST_BITS:
            return word(form.T_INT_CUT, str(bits))
        return word(form.T_INT, str(value))

    def string(value: str) -> int:
        length = len(value)
        if length > form.MAX_TEXT:
            return word(form.T_STR_CUT, "%d|%s" % (length, value[: form.MAX_TEXT]))
        found = number(form.T_STR, value) << 3 | form.V_TEXT
        if found == form.V_TEXT:
            return form.UNKNOWN
        if len(strings) >= TABLE:
            strings.clear()
        # A copy: the program's own string must not live longer for being a key here.
        strings[value[:1] + value[1:] if length > 1 else value] = found
        return found

    def real(value: float) -> int:
        if value != value or not value:
            return word(form.T_FLOAT, repr(value))
        found = number(form.T_FLOAT, repr(value)) << 3 | form.V_TEXT
        if found == form.V_TEXT:
            return form.UNKNOWN
        if len(floats) >= TABLE:
            floats.clear()
        floats[value * 1.0] = found  # a copy, as above
        return found

    def binary(value: bytes) -> int:
        if len(value) > form.MAX_TEXT:
            return word(form.T_BYTES_CUT, "%d|%s" % (len(value), repr(value[: form.MAX_TEXT])))
        return word(form.T_BYTES, repr(value))

    made = Texts()
    made.strings = strings
    made.floats = floats
    made.integer = integer
    made.string = string
    made.real = real
    made.others = {bytes: binary, complex: lambda value: word(form.T_COMPLEX, repr(value))}
    made.number = number
    made.position = lambda: at
    made.full = lambda: full
    return made
