"""What an object is like at a step: its versions, put together."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Literal, NamedTuple

from flowtui.engine.recording.index import Index
from flowtui.engine.recording.streams import RecordingError
from flowtui.probe import recording_format as form

Form = Literal["sequence", "set", "mapping", "attributes", "leaf"]
#: Versions between two full copies of an object, at least; an eighth of the number of its elements, if that is more:
#: a copy takes as much memory as 64 bytes a version then.
_APART, _PART = 64, 8
#: Objects whose last look is remembered: a step's state asks for each of its objects more than once.
_RECENT = 512
#: Objects whose histories are remembered.
_MOST = 4096
_FORMS: dict[int, Form] = {
    form.H_SEQUENCE: "sequence",
    form.H_SET: "set",
    form.H_ADDED: "set",
    form.H_MAPPING: "mapping",
    form.H_MAPPING_ITEM: "mapping",
    form.H_MAPPING_AT: "mapping",
    form.H_ATTRIBUTES: "attributes",
    form.H_ATTRIBUTE: "attributes",
    form.H_ATTRIBUTE_AT: "attributes",
}


class Content:
    """The elements of an object: value words, for mappings and attributes each with its key's.

    Attributes:
        form: how it is made up.
        keys: words of keys or names; empty for sequences and sets.
        values: words.
        left_out: how many elements at the end are not recorded.
        size: bytes, 0 for unknown.
    """

    __slots__ = ("form", "keys", "left_out", "size", "values")

    def __init__(self) -> None:
        self.form: Form = "leaf"
        self.keys = array("Q")
        self.values = array("Q")
        self.left_out = 0
        self.size = 0

    def copy(self) -> Content:
        """One of its own."""
        made = Content()
        made.form, made.left_out, made.size = self.form, self.left_out, self.size
        made.keys, made.values = self.keys[:], self.values[:]
        return made

    def apply(self, words: memoryview, at: int) -> None:
        """Let the version at a place of the stream ``heap`` happen."""
        shape, sizes = words[at + 1], words[at + 2]
        what, start, removed = shape >> 56, shape >> 28 & form.INDEX, shape & form.INDEX
        if sizes >> 32:
            self.size = sizes >> 32
        if what == form.H_SEQUENCE and removed == 1 == sizes & form.LOW and self.form == "sequence":
            self.values[start] = words[at + 3]  # by far the most versions are of this kind
            return
        values = words[at + 3 : at + 3 + (sizes & form.LOW)]
        if what == form.H_CUT:
            self.left_out = removed
            return
        self.form = _FORMS.get(what, self.form)
        if what == form.H_SEQUENCE:
            self.values[start : start + removed] = array("Q", values)
        elif what == form.H_SET:
            self.values = array("Q", values)
        elif what == form.H_ADDED:
            self.values.extend(values)
        elif what in (form.H_MAPPING, form.H_ATTRIBUTES):
            self.keys, self.values = array("Q", values[::2]), array("Q", values[1::2])
        elif what in (form.H_MAPPING_ITEM, form.H_ATTRIBUTE):
            self._set(values[0], values[1])
        elif what in (form.H_MAPPING_AT, form.H_ATTRIBUTE_AT):
            self.values[start] = values[0]
        elif what == form.H_REMOVED:
            self._remove(values)

    def _set(self, key: int, value: int) -> None:
        try:
            self.values[self.keys.index(key)] = value
        except ValueError:
            self.keys.append(key)
            self.values.append(value)

    def _remove(self, words: memoryview) -> None:
        for word in words:
            place = (self.values if self.form == "set" else self.keys).index(word)
            del self.values[place]
            if self.form != "set":
                del self.keys[place]


class Born(NamedTuple):
    """An object's beginning."""

    step: int
    type: str
    text: str
    address: int
    size: int


class Objects:
    """The objects of a recording.

    Args:
        index: where their versions stand.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._born: dict[int, Born] = {}
        #: By object: numbers of versions, and what it was like with each of them.
        self._copies: dict[int, tuple[list[int], list[Content]]] = {}
        #: By object: the version that was asked for last, as its place among the object's versions.
        self._recent: dict[int, tuple[int, Content]] = {}

    def prepare(self) -> None:
        """Make the full copies of objects with very many versions, so that no first look at one is a long one."""
        versions = self._index.versions
        for number in versions.long_keys():
            entries = versions.all(number)
            known = self._copies.get(number)
            if len(entries) - (known[0][-1] if known else 0) >= 4 * _APART:
                self.content(number, entries[-1])

    def born(self, number: int) -> Born:
        """An object's beginning.

        Raises:
            RecordingError: there is no such object.
        """
        known = self._born.get(number)
        if known is None:
            at = self._index.birth_place(number)
            words = self._index.streams.heap
            texts = self._index.texts
            kind = texts.get(words[at + 1] >> 28 & form.INDEX)[1]
            text = texts.get(words[at + 4])[1] if words[at + 4] else ""
            known = Born(words[at] >> 32, kind, text, words[at + 3], words[at + 2] >> 32)
            self._born[number] = known
        return known

    def describe(self, number: int) -> tuple[str, str]:
        """The name of an object's type, and what it is when it has no elements."""
        born = self.born(number)
        return born.type, born.text

    def version(self, number: int, n: int) -> int:
        """The number of an object's version at a step; 0 when there is none."""
        return self._index.versions.last(number, n)

    def content(self, number: int, version: int) -> Content:
        """An object with one of its versions; it belongs to the caller only to look at.

        Raises:
            RecordingError: the versions do not fit together.
        """
        versions = self._index.versions.all(number)
        place = bisect_right(versions, version) - 1
        if place < 0:
            return Content()
        copies = self._copies.get(number)
        if copies is None:
            if len(self._copies) > _MOST:
                self._copies.clear()
            copies = self._copies[number] = [-1], [Content()]
        places, contents = copies
        near = bisect_right(places, place) - 1
        done, made = places[near], contents[near]
        recent = self._recent.get(number)
        if recent is not None and done < recent[0] <= place:
            done, made = recent
        if done == place:
            return made
        made = made.copy()
        try:
            self._replay(made, versions, done + 1, place + 1, copies if near == len(places) - 1 else None)
        except (IndexError, ValueError, OverflowError):
            raise RecordingError("The recording is damaged: what became of an object does not fit.") from None
        if len(self._recent) > _RECENT:
            self._recent.clear()
        self._recent[number] = place, made
        return made

    def _replay(
        self,
        made: Content,
        versions: array[int],
        first: int,
        end: int,
        copies: tuple[list[int], list[Content]] | None,
    ) -> None:
        """Let an object's versions from place `first` on happen; adds to `copies` where it is time for one."""
        words, place_of = self._index.streams.heap, self._index.version_place
        following = copies[0][-1] + _APART if copies else end
        for at in range(first, end):
            place = place_of(versions[at])
            shape = words[place + 1]
            start = shape >> 28 & form.INDEX
            # one element of a sequence is another one: what sorting does a million times
            if (
                words[place + 2] == 1
                and shape >> 56 == form.H_SEQUENCE
                and shape & form.INDEX == 1
                and start < len(made.values)
            ):
                made.values[start] = words[place + 3]
                made.form = "sequence"
            else:
                made.apply(words, place)
            if copies and at >= following:
                following = copies[0][-1] + max(_APART, len(made.values) // _PART)
                if at >= following:
                    copies[0].append(at)
                    copies[1].append(made.copy())
                    following = at + max(_APART, len(made.values) // _PART)
