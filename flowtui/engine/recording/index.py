"""What has to be known of a recording's streams to find any step at once; built in one pass, as far as they go.

In memory a change takes four bytes, a version of an object eight, a frame some forty, a call or return sixteen.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from flowtui.engine.recording.history import History, PlaceHistory
from flowtui.engine.recording.streams import RecordingError, Streams
from flowtui.engine.recording.texts import Texts
from flowtui.probe import recording_format as form

#: Steps of a block whose greatest depth is remembered.
BLOCK = 256
#: Steps that are taken in together.
_PIECE = 1 << 15


class Index:
    """Frames, changes and versions by step.

    Attributes:
        total: steps that are taken in.
        turns: steps from which on another frame is on top, or another thread's.
        turn_frames: that frame; 0 for none.
        turn_depths: how many frames its thread has then.
        turn_threads: that thread.
        frame_codes: by frame (from 1) its code object's number; the others likewise.
        frame_begins: its S_CALL step.
        frame_ends: its S_RETURN step, 0 while it has none.
        frame_parents: the frame below it when it was called.
        resumed: by frame the steps at which it went on, with the frame below it then.
        deepest: by block of `BLOCK` steps the greatest depth.
        exceptions: S_RAISE steps; `collections`: S_COLLECT steps; `outputs`: steps, streams and bytes of D_OUTPUT.
        thread_names: by thread.
    """

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.texts = Texts(streams.texts)
        self.total = 0
        self.turns, self.turn_frames = array("I"), array("I")
        self.turn_depths, self.turn_threads = array("I"), array("I")
        self.frame_codes, self.frame_begins, self.frame_ends, self.frame_parents = (
            array("I", [0]) for _ in range(4)
        )
        self.resumed: dict[int, list[tuple[int, int]]] = {}
        self.deepest = array("I")
        self.exceptions, self.collections = array("I"), array("I")
        self.outputs: dict[int, tuple[array[int], array[int]]] = {
            1: (array("I"), array("Q")),
            2: (array("I"), array("Q")),
        }
        self.thread_names: dict[int, str] = {}
        self.changes = PlaceHistory(self.change_step, self.change_place)
        self.globals: dict[int, array[int]] = {}
        self.versions = History(self.version_step)
        self.counts = History(self.count_step)
        self.freed: dict[int, tuple[int, int]] = {}
        self.freed_at: dict[int, list[int]] = {}
        self._version_at, self._count_at = array("I", [0]), array("I", [0])
        self._born_at = array("I", [0])
        self._heap_at = 0
        self._change = 0
        self._stacks: dict[int, list[int]] = {0: []}
        self._thread = 0

    # ---- where things stand in the streams

    def change_step(self, change: int) -> int:
        """The step of a change; changes are numbered from 1."""
        return int(self.streams.changes[2 * change - 2]) >> 32

    def change_place(self, change: int) -> int:
        """What a change of a frame is about: ``what << 28 | index``."""
        return int(self.streams.changes[2 * change - 2]) & form.LOW

    def change(self, change: int) -> tuple[int, int, int]:
        """A change: what, index, value."""
        word = self.streams.changes[2 * change - 2]
        return word >> 28 & 15, word & form.INDEX, self.streams.changes[2 * change - 1]

    def changes_of(self, n: int) -> range:
        """The numbers of the changes that belong to a step."""
        return _entries_of(n, len(self.changes), self.change_step)

    def versions_of(self, n: int) -> range:
        """The numbers of the versions of objects that belong to a step."""
        return _entries_of(n, len(self.versions), self.version_step)

    def version_step(self, version: int) -> int:
        """The step of a version of an object; versions are numbered from 1."""
        return int(self.streams.heap[self._version_at[version]]) >> 32

    def version_place(self, version: int) -> int:
        """Where the version's words begin in the stream ``heap``."""
        return self._version_at[version]

    def count_step(self, count: int) -> int:
        """The step of a reference count that was read."""
        return int(self.streams.heap[self._count_at[count]]) >> 32

    def count_value(self, count: int) -> int:
        """That reference count."""
        return int(self.streams.heap[self._count_at[count] + 1]) >> 28 & form.INDEX

    def birth_place(self, number: int) -> int:
        """Where the H_BORN of an object begins in the stream ``heap``.

        Raises:
            RecordingError: there is no such object.
        """
        if not 1 <= number < len(self._born_at):
            raise RecordingError("The recording has no such object.")
        return self._born_at[number]

    @property
    def objects(self) -> int:
        """How many objects there are; they are numbered from 1."""
        return len(self._born_at) - 1

    # ---- frames

    def turn(self, n: int) -> int:
        """Which of the `turns` step n belongs to; -1 before the first."""
        return bisect_right(self.turns, n) - 1

    def top(self, n: int) -> tuple[int, int, int]:
        """The frame on top at a step, its depth, its thread."""
        at = self.turn(n)
        if at < 0:
            return 0, 0, 0
        return self.turn_frames[at], self.turn_depths[at], self.turn_threads[at]

    def parent(self, frame: int, n: int) -> int:
        """The frame below a frame at a step."""
        resumed = self.resumed.get(frame)
        if resumed is not None:
            at = bisect_right(resumed, n, key=lambda each: each[0]) - 1
            if at >= 0:
                return resumed[at][1]
        return self.frame_parents[frame]

    def chain(self, n: int) -> list[int]:
        """The frames of a step's thread, innermost first."""
        frame, depth, _ = self.top(n)
        found: list[int] = []
        while frame and len(found) < depth:
            found.append(frame)
            frame = self.parent(frame, n)
        return found

    def runs_of(self, frame: int, n: int) -> Iterator[tuple[int, int]]:
        """Stretches of steps < n in which a frame is on top, the latest first: first and last step of each."""
        turns, frames = self.turns, self.turn_frames
        begin = self.frame_begins[frame]
        last = n - 1
        at = self.turn(last)
        while at >= 0 and last >= begin:
            first = turns[at]
            if frames[at] == frame:
                yield max(first, 1), last
            elif first <= begin:
                return
            last = first - 1
            at = self._turn_before(frame, at)
            if at >= 0:
                last = min(last, turns[at + 1] - 1 if at + 1 < len(turns) else self.total)

    def _turn_before(self, frame: int, at: int) -> int:
        """The turn before one; what a frame has called, and what that called in turn, is passed over as a whole."""
        other, n = self.turn_frames[at], self.turns[at]
        for _ in range(self.turn_depths[at]):
            if not other or other == frame:
                break
            begin, below = self._entered(other, n)
            if below == frame and begin:
                return min(at, bisect_left(self.turns, begin)) - 1
            other, n = below, begin
        return at - 1

    def _entered(self, frame: int, n: int) -> tuple[int, int]:
        """The last step ≤ n at which a frame was called or resumed, and the frame below it from there on."""
        resumed = self.resumed.get(frame)
        if resumed is not None:
            at = bisect_right(resumed, n, key=lambda each: each[0]) - 1
            if at >= 0:
                return resumed[at]
        return self.frame_begins[frame], self.frame_parents[frame]

    # ---- taking in

    def update(self, most: int = 1 << 62) -> bool:
        """Take in the steps that were written since, at most so many; whether there were any."""
        committed = self.streams.committed(self.total)
        until = min(committed, self.total + most)
        if until <= self.total:
            return False
        self.texts.update()
        while self.total < until:
            self._take(min(until, self.total + _PIECE))
        return True

    def _take(self, until: int) -> None:
        """Take in the steps up to `until`."""
        first = self.total + 1
        words = self.streams.steps[first : until + 1].tolist()
        special = [first + at for at, word in enumerate(words) if word >> 29]
        for n in special:
            self._take_changes(n - 1)
            self._take_special(n, words[n - first])
        self._take_changes(until)
        self._take_versions(until)
        self.total = until
        self._take_depths(first, until)

    def _take_changes(self, until: int) -> None:
        """Take in the changes of plain steps up to `until`: they belong to the frame on top."""
        stream = self.streams.changes
        at, end = 2 * self._change, len(stream)
        if at >= end or not stream[at] or stream[at] >> 32 > until:
            return
        stack = self._stacks[self._thread]
        frame = stack[-1] if stack else 0
        owner = frame
        add, skip = self.changes.add, self.changes.skip
        while at + 1 < end:
            word = stream[at]
            n = word >> 32
            if not word or n > until:
                break
            what = word >> 28 & 15
            if what == form.D_SLOT or what == form.D_NAME:
                if owner:
                    add(owner, word & form.LOW)
                else:
                    skip()
                owner = frame
            elif what == form.D_FRAME:
                skip()
                owner = self._known_frame(stream[at + 1])
            elif what == form.D_GLOBAL:
                self.globals.setdefault(word & form.INDEX, array("I")).append(skip())
                owner = frame
            else:
                skip()
                frame = owner = self._take_other(n, what, word & form.INDEX, stream[at + 1], frame)
            at += 2
        self._change = at // 2

    def _take_other(self, n: int, what: int, index: int, value: int, frame: int) -> int:
        """Take in a change of another kind; gives the frame that is on top then."""
        if what == form.D_THREAD:
            self._switch(n, value, index)
            stack = self._stacks[self._thread]
            return stack[-1] if stack else 0
        if what == form.D_OUTPUT and index in self.outputs:
            steps, sizes = self.outputs[index]
            steps.append(n)
            sizes.append(value)
        return frame

    def _switch(self, n: int, thread: int, name: int) -> None:
        """From step n on another thread's steps follow."""
        if thread > len(self._stacks) + 1:
            raise RecordingError("The recording is damaged: it names a thread that never began.")
        self._thread = thread
        stack = self._stacks.setdefault(thread, [])
        if name:
            self.thread_names[thread] = self.texts.get(name)[1]
        self._turn(n, stack)

    def _known_frame(self, frame: int) -> int:
        if not 0 <= frame < len(self.frame_codes):
            raise RecordingError("The recording is damaged: it names a frame that never began.")
        return frame

    def _take_special(self, n: int, word: int) -> None:
        """Take in a step that begins, ends or changes a frame, or that has a mark of its own."""
        kind = word >> 29
        self._take_threads(n)
        stack = self._stacks[self._thread]
        if kind == form.S_CALL:
            self.frame_codes.append(word >> 16 & form.MAX_CODE)
            self.frame_begins.append(n)
            self.frame_ends.append(0)
            self.frame_parents.append(stack[-1] if stack else 0)
            stack.append(self.changes.add_frame())
            self._turn(n, stack)
        elif kind == form.S_RESUME:
            self._resume(n, stack)
        elif kind == form.S_RAISE:
            self.exceptions.append(n)
        elif kind == form.S_COLLECT:
            self.collections.append(n)
        self._take_changes(n)
        if kind in (form.S_RETURN, form.S_YIELD):
            stack = self._stacks[self._thread]
            if stack:
                frame = stack.pop()
                if kind == form.S_RETURN:
                    self.frame_ends[frame] = n
            self._turn(n + 1, stack)

    def _take_threads(self, n: int) -> None:
        """Look whether a step is another thread's, before anything is said about its frame."""
        stream = self.streams.changes
        at = 2 * self._change
        while at + 1 < len(stream) and stream[at] >> 32 == n:
            if stream[at] >> 28 & 15 == form.D_THREAD:
                self._switch(n, stream[at + 1], 0)
            at += 2

    def _resume(self, n: int, stack: list[int]) -> None:
        """A suspended frame goes on: which, its change tells."""
        stream = self.streams.changes
        at = 2 * self._change
        while at + 1 < len(stream) and stream[at] >> 32 == n:
            if stream[at] >> 28 & 15 == form.D_RESUMED:
                frame = self._known_frame(stream[at + 1])
                if frame and frame not in stack:
                    self.resumed.setdefault(frame, []).append((n, stack[-1] if stack else 0))
                    stack.append(frame)
                    self._turn(n, stack)
                return
            at += 2
        raise RecordingError("The recording is damaged: a frame goes on and nothing says which.")

    def _turn(self, n: int, stack: Sequence[int]) -> None:
        """From step n on the last frame of `stack` is on top."""
        if self.turns and self.turns[-1] >= n:
            self.turns.pop()
            self.turn_frames.pop()
            self.turn_depths.pop()
            self.turn_threads.pop()
        self.turns.append(n)
        self.turn_frames.append(stack[-1] if stack else 0)
        self.turn_depths.append(len(stack))
        self.turn_threads.append(self._thread)

    def _take_depths(self, first: int, until: int) -> None:
        """Note the greatest depth of each block of steps."""
        blocks = self.deepest
        blocks.extend([0] * (until // BLOCK + 1 - len(blocks)))
        at = max(0, self.turn(first))
        turns, depths = self.turns, self.turn_depths
        while at < len(turns) and turns[at] <= until:
            begin = max(first, turns[at])
            end = turns[at + 1] if at + 1 < len(turns) else until + 1
            depth = depths[at]
            for block in range(begin // BLOCK, (min(end, until + 1) - 1) // BLOCK + 1):
                if blocks[block] < depth:
                    blocks[block] = depth
            at += 1

    def _take_versions(self, until: int) -> None:
        """Take in what became of objects up to step `until`."""
        stream = self.streams.heap
        at, end = self._heap_at, len(stream)
        known = len(self._born_at)
        while at + 3 <= end:
            head = stream[at]
            if not head or head >> 32 > until:
                break
            number, shape = head & form.LOW, stream[at + 1]
            following = at + 3 + (stream[at + 2] & form.LOW)
            if following > end:
                break
            what = shape >> 56
            if what == form.H_BORN and number == known and following - at >= 5:
                self._born_at.append(at)
                self.versions.add_key()
                self.counts.add_key()
                known += 1
            elif not 1 <= number < known:
                raise RecordingError("The recording is damaged: it names an object that was never made.")
            elif what == form.H_COUNT:
                self._count_at.append(at)
                self.counts.add(number)
            elif what == form.H_FREED:
                step = head >> 32
                self.freed.setdefault(number, (step, shape >> 28 & form.INDEX))
                self.freed_at.setdefault(step, []).append(number)
            else:
                self._version_at.append(at)
                self.versions.add(number)
            at = following
        self._heap_at = at


def _entries_of(n: int, count: int, step_of: Callable[[int], int]) -> range:
    """The entries, out of 1 … `count`, that belong to step n: few, so that their end is found by going there."""
    numbers = range(1, count + 1)
    begin = bisect_left(numbers, n, key=step_of)
    end = begin
    while end < count and step_of(numbers[end]) == n:
        end += 1
    return numbers[begin:end]
