"""Finding steps: the changes of a variable, the visits of a line, where a value appears."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from flowtui.engine.recording.index import Index
from flowtui.engine.recording.states import States
from flowtui.engine.recording.streams import RecordingError
from flowtui.model.printable import printable
from flowtui.probe import recording_format as form

#: Entries that are looked at between two questions whether to stop.
_LOOK = 4096
Stop = Callable[[], bool]


class Finding:
    """Searches in a recording; directions are 1 (later) and -1 (earlier).

    Args:
        states: the recording's states.
    """

    def __init__(self, states: States) -> None:
        self._states = states
        self._index: Index = states.index
        self._words: dict[tuple[int, int], list[int]] = {}
        self._matching: tuple[str, dict[int, bool]] = ("", {})

    def change_of(self, n: int, frame: int, name: str, direction: int) -> int | None:
        """The next or last step at which a variable has another value; frame 0: a global of the program."""
        entries = self._entries(frame, name)
        step_of = self._index.change_step
        find = bisect_right if direction > 0 else bisect_left
        at = find(entries, n, key=step_of) - (direction < 0)
        return step_of(entries[at]) if 0 <= at < len(entries) else None

    def _entries(self, frame: int, name: str) -> array[int]:
        index = self._index
        if not frame:
            for key, entries in index.globals.items():
                if key >> 16 == 0 and printable(index.texts.name(key & 0xFFFF)) == name:
                    return entries
            return array("I")
        if frame >= len(index.frame_codes):
            raise RecordingError("The recording has no such frame.")
        code = self._states.codes.code(index.frame_codes[frame])
        shown = [printable(each) for each in code.names]
        if name in shown:
            return index.changes.all(frame, form.D_SLOT << 28 | shown.index(name))
        for number in range(index.texts.names):
            if printable(index.texts.name(number)) == name:
                return index.changes.all(frame, form.D_NAME << 28 | number)
        return array("I")

    def at_line(self, file: int, line: int, n: int, direction: int) -> int | None:
        """The next or last step at which a line of a file is about to begin."""
        found: int | None = None
        index = self._index
        for word in self._words_of(file, line):
            if direction > 0:
                last = index.total if found is None else found - 1
                step = index.streams.find_step(word, n + 1, last)
            else:
                first = 1 if found is None else found + 1
                step = index.streams.find_step(word, first, min(n - 1, index.total), backwards=True)
            if step is not None:
                found = step
        return found

    def _words_of(self, file: int, line: int) -> list[int]:
        """The words of steps at which a line begins."""
        words = self._words.get((file, line))
        if words is None:
            words = []
            for number, code in self._states.codes.of_file(file):
                table = code.file.table
                rows = [row for row in code.rows.values() if table.source_line[row] == line]
                if self._states.by_instruction:
                    words += [number << 16 | table.offset[row] // 2 for row in rows if row in code.starts]
                elif rows or line == code.entry.firstlineno:
                    words.append(number << 16 | line)
            words = self._words[file, line] = [word for word in words if word & form.WIDE != form.WIDE]
        return words

    def search(self, text: str, n: int, direction: int, stop: Stop) -> int | None:
        """The next or last step at which something gets a value whose shown text has `text` in it."""
        if not text:
            return None
        if self._matching[0] != text:
            self._matching = text, {}
        steps = [self._in_changes(n, direction, stop), self._in_heap(n, direction, stop)]
        found = [step for step in steps if step is not None]
        if not found:
            return None
        return min(found) if direction > 0 else max(found)

    def _matches(self, word: int) -> bool:
        """Whether the shown text of a value has what is searched for in it."""
        text, known = self._matching
        answer = known.get(word)
        if answer is None:
            try:
                answer = text in self._states.values.value(word).text
            except RecordingError:
                answer = False
            if len(known) < 1 << 20:
                known[word] = answer
        return answer

    def _in_changes(self, n: int, direction: int, stop: Stop) -> int | None:
        index = self._index
        stream = index.streams.changes
        looked = _beyond(len(index.changes), index.change_step, n, direction)
        for begin in range(0, len(looked), _LOOK):
            if stop():
                return None
            piece = looked[begin : begin + _LOOK]
            first, last = min(piece[0], piece[-1]), max(piece[0], piece[-1])
            # many changes have the same values: mostly none of them is what is searched for
            if not any(map(self._matches, set(stream[2 * first - 1 : 2 * last : 2]))):
                continue
            for number in piece:
                if stream[2 * number - 2] >> 28 & 15 in _VALUES and self._matches(stream[2 * number - 1]):
                    step: int = stream[2 * number - 2] >> 32
                    return step
        return None

    def _in_heap(self, n: int, direction: int, stop: Stop) -> int | None:
        index = self._index
        stream = index.streams.heap
        for version in _beyond(len(index.versions), index.version_step, n, direction):
            if not version % _LOOK and stop():
                return None
            at = index.version_place(version)
            values = stream[at + 3 : at + 3 + (stream[at + 2] & form.LOW)]
            if any(self._matches(word) for word in values):
                step: int = stream[at] >> 32
                return step
        return None


#: Changes that give something a value.
_VALUES = frozenset((form.D_SLOT, form.D_GLOBAL, form.D_NAME, form.D_VALUE))


def _beyond(count: int, step_of: Callable[[int], int], n: int, direction: int) -> range:
    """The entries, out of 1 … `count`, of steps after n, or of those before it, the nearest first."""
    numbers = range(1, count + 1)
    if direction > 0:
        return numbers[bisect_right(numbers, n, key=step_of) :]
    return numbers[: bisect_left(numbers, n, key=step_of)][::-1]
