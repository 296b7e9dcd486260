"""Recorded values as what expressions compute with."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from flowtui.engine.recording.class_facts import ClassFacts
from flowtui.engine.recording.expression_values import MOST, Cut, Elements, ExpressionError, Handle
from flowtui.model.trace import HeapObject, State, Value


class File(Protocol):
    """A recorded source file."""

    @property
    def source(self) -> str | None:
        """Its text."""
        ...


class Source(Protocol):
    """What of a recording is needed to look at values."""

    @property
    def files(self) -> Sequence[File]:
        """The source files."""
        ...

    def object_at(self, number: int, n: int, elements: int = 50) -> HeapObject | None:
        """An object at a step, with at most so many elements."""
        ...

    def keys_at(self, number: int, n: int, elements: int = 50) -> tuple[Value, ...]:
        """The keys of a mapping at a step."""
        ...


_SINGLE: dict[str, Any] = {"None": None, "True": True, "False": False, "Ellipsis": Ellipsis, "...": Ellipsis}
_CUT = re.compile(r"(?P<text>.*)… \((?P<length>\d+)\)", re.DOTALL)
_BITS = re.compile(r"<int of (\d+) bits>")
_FACTS: WeakKeyDictionary[Any, tuple[int, ClassFacts]] = WeakKeyDictionary()


def class_facts(recording: Source) -> ClassFacts:
    """What the sources of a recording say about classes; made anew when a file has come."""
    files = recording.files
    known = _FACTS.get(recording)
    if known is None or known[0] != len(files):
        known = len(files), ClassFacts(each.source for each in files if each.source is not None)
        _FACTS[recording] = known
    return known[1]


class Seen:
    """The names and objects of one state.

    Args:
        state: where; its top frame's variables hide globals.
        recording: where objects are looked up.
    """

    def __init__(self, state: State, recording: Source) -> None:
        self._state = state
        self._recording = recording
        self._heap: dict[int, HeapObject] | None = None

    def name(self, name: str) -> Any:
        """A variable's value.

        Raises:
            KeyError: it has none.
        """
        frames = self._state.frames
        for each in frames[0].variables if frames else ():
            if each.name == name:
                return self.plain(each.value)
        for each in self._state.globals:
            if each.name == name:
                return self.plain(each.value)
        raise KeyError(name)

    def plain(self, value: Value) -> Any:
        """A value as what is computed with: a number, a text, or a handle."""
        if value.object is not None:
            return self._handle(value)
        if not value.type:
            raise ExpressionError("this value is not recorded")
        return plain_of(value)

    def _handle(self, value: Value) -> Handle:
        assert value.object is not None
        seen = self._object(value.object)
        if seen is None:
            return Handle(self, value.object, value.type, "leaf", value.text)
        return Handle(self, seen.number, seen.type, seen.form, seen.text, seen.address)

    def _object(self, number: int) -> HeapObject | None:
        return self._recording.object_at(number, self._state.step.number)

    def elements(self, handle: Handle) -> Elements:
        """The recorded elements of an object."""
        n = self._state.step.number
        seen = self._recording.object_at(handle.number, n, MOST)
        if seen is None:
            raise ExpressionError(f"what this {handle.type} holds is not recorded")
        items = [self.plain(each.value) for each in seen.elements]
        if seen.form == "attributes":
            return Elements(items, [each.key for each in seen.elements], seen.left_out)
        if seen.form == "mapping":
            keys = [self.plain(each) for each in self._recording.keys_at(handle.number, n, MOST)]
            return Elements(items, keys, seen.left_out)
        return Elements(items, None, seen.left_out)

    def compares_by_identity(self, type_name: str) -> bool:
        """See `class_facts`."""
        return class_facts(self._recording).compares_by_identity(type_name)

    def always_true(self, type_name: str) -> bool:
        """See `class_facts`."""
        return class_facts(self._recording).always_true(type_name)

    def bases(self, type_name: str) -> frozenset[str] | None:
        """See `class_facts`."""
        return class_facts(self._recording).bases(type_name)


def plain_of(value: Value) -> Any:
    """A value that is no object, from its text.

    Raises:
        ExpressionError: the text does not tell it.
    """
    text, kind = value.text, value.type
    try:
        if text in _SINGLE and kind not in ("str", "bytes"):
            return _SINGLE[text]
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "complex":
            return complex(text)
        if kind in ("str", "bytes"):
            return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        pass
    cut = _CUT.fullmatch(text)
    if cut is not None and cut["length"] and kind in ("str", "bytes"):
        beginning = ast.literal_eval(cut["text"]) if kind == "str" else ""
        return Cut(kind, int(cut["length"]), beginning)
    bits = _BITS.fullmatch(text)
    if bits is not None and kind == "int":
        return Cut("int", int(bits[1]))
    raise ExpressionError(f"this {kind} is not recorded whole")
