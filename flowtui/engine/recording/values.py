"""Value words as they are shown: short texts made by us, safe for any terminal."""

from __future__ import annotations

from collections.abc import Callable

from flowtui.engine.recording.streams import RecordingError
from flowtui.engine.recording.texts import Texts
from flowtui.model.printable import printable
from flowtui.model.trace import Value
from flowtui.probe import recording_format as form

#: Values that are remembered; the oldest half goes when there are more.
_MOST = 1 << 16
_SIGN = 1 << 63
_CONSTANTS = {
    form.NONE: Value("None", "NoneType"),
    form.TRUE: Value("True", "bool"),
    form.FALSE: Value("False", "bool"),
    form.NULL: Value("NULL", ""),
    form.ELLIPSIS: Value("Ellipsis", "ellipsis"),
    form.UNKNOWN: Value("?", ""),
    form.UNSET: Value("?", ""),
}
_TEXT_TYPES = {
    form.T_INT: "int",
    form.T_FLOAT: "float",
    form.T_COMPLEX: "complex",
    form.T_BYTES: "bytes",
}


class Values:
    """Makes `Value` of words.

    Args:
        texts: where words that name a text find it.
        type_of: gives the name of an object's type and what it is when it has no elements.
    """

    def __init__(self, texts: Texts, type_of: Callable[[int], tuple[str, str]]) -> None:
        self._texts = texts
        self._type_of = type_of
        self._known: dict[int, Value] = {}

    def value(self, word: int) -> Value:
        """The value of a word.

        Raises:
            RecordingError: the word means nothing, or names what is not there.
        """
        known = self._known.get(word)
        if known is None:
            known = self._make(word)
            if len(self._known) > _MOST:
                for each in list(self._known)[: _MOST // 2]:
                    del self._known[each]
            self._known[word] = known
        return known

    def _make(self, word: int) -> Value:
        tag = word & 7
        if tag == form.V_INT:
            return Value(str((word >> 3) - (1 << 61) if word & _SIGN else word >> 3), "int")
        if tag == form.V_TEXT:
            return self._of_text(*self._texts.get(word >> 3))
        if tag == form.V_OBJECT:
            kind, text = self._type_of(word >> 3)
            return Value(text or kind, kind, word >> 3)
        constant = _CONSTANTS.get(word)
        if constant is None:
            raise RecordingError("The recording is damaged: it has a value of no known kind.")
        return constant

    def _of_text(self, kind: int, text: str) -> Value:
        """The value that a text stands for; what is cut says how long it really is."""
        if kind == form.T_STR:
            return Value(repr(text), "str")
        if kind in (form.T_STR_CUT, form.T_BYTES_CUT):
            length, _, beginning = text.partition("|")
            shown = repr(beginning) if kind == form.T_STR_CUT else printable(beginning)
            return Value(f"{shown}… ({printable(length)})", "str" if kind == form.T_STR_CUT else "bytes")
        if kind == form.T_INT_CUT:
            return Value(f"<int of {printable(text)} bits>", "int")
        return Value(printable(text), _TEXT_TYPES.get(kind, ""))

    def name(self, word: int) -> str:
        """An attribute's name."""
        if word & 7 == form.V_TEXT:
            kind, text = self._texts.get(word >> 3)
            if kind in (form.T_STR, form.T_NAME):
                return printable(text)
        return self.value(word).text
