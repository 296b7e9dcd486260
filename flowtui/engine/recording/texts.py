"""The texts of a recording, found as far as they are written."""

from __future__ import annotations

from array import array

from flowtui.engine.recording.streams import RecordingError
from flowtui.probe.recording_format import T_COMPLEX, T_INT, T_NAME

_HEAD = 5


class Texts:
    """Texts by number, from 1; names by theirs, from 0."""

    def __init__(self, stream: memoryview) -> None:
        self._stream = stream
        self._begins = array("Q", [0])
        self._end = 0
        self._names: list[int] = []

    def update(self, texts: int = 0, names: int = 0) -> None:
        """Take in what was written since.

        Args:
            texts: so many are known to be whole: a step that is written names them.
            names: the same of names.
        """
        stream, at, end = self._stream, self._end, len(self._stream)
        begins = self._begins
        while at + _HEAD <= end:
            kind = stream[at]
            if not T_INT <= kind <= T_COMPLEX:
                break
            following = at + _HEAD + int.from_bytes(stream[at + 1 : at + _HEAD], "little")
            if following > end:
                break
            known = len(begins) <= texts or len(self._names) < names
            if not known and not self._is_whole(at, following):
                break
            if kind == T_NAME:
                self._names.append(len(begins))
            begins.append(at)
            at = following
        self._end = at

    def _is_whole(self, at: int, following: int) -> bool:
        """Whether the text at a place is written to its end: a recorder may be in the middle of it.

        It writes in order, so that a length is right when something stands behind it.
        """
        stream = self._stream
        if not (following < len(stream) and stream[following]) and not (
            following > at + _HEAD and stream[following - 1]
        ):
            return False
        return at + _HEAD + int.from_bytes(stream[at + 1 : at + _HEAD], "little") == following

    def __len__(self) -> int:
        return len(self._begins) - 1

    def get(self, number: int) -> tuple[int, str]:
        """A text and its kind.

        Raises:
            RecordingError: there is no such text.
        """
        if not 1 <= number < len(self._begins):
            self.update(texts=number)
            if not 1 <= number < len(self._begins):
                raise RecordingError("The recording is damaged: a text that it names is missing.")
        at = self._begins[number]
        length = int.from_bytes(self._stream[at + 1 : at + _HEAD], "little")
        data = bytes(self._stream[at + _HEAD : at + _HEAD + length])
        try:
            text = data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # damaged: shown with a sign in its place
            text = data.decode("utf-8", "replace")
        return self._stream[at], text

    def name(self, number: int) -> str:
        """A name by its number."""
        if not 0 <= number < len(self._names):
            self.update(names=number + 1)
            if not 0 <= number < len(self._names):
                raise RecordingError("The recording is damaged: a name that it uses is missing.")
        return self.get(self._names[number])[1]

    @property
    def names(self) -> int:
        """How many names there are."""
        return len(self._names)
