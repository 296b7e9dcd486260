"""Where to go from a step: the next or last stop at a zoom, over calls, out of them.

*Stops* at zoom ``instruction`` are all steps. At zoom ``line`` those at which a line begins or a loop comes back to it,
and all that is no instruction: calls, returns, exceptions, collections, threads. At zoom ``expression`` the
instructions that complete something besides (`codes.PLAIN` are those that do not). A recording by lines has lines only.
"""

from __future__ import annotations

from flowtui.engine.recording.index import Index
from flowtui.engine.recording.states import States
from flowtui.model.trace import Zoom
from flowtui.probe import recording_format as form


class Navigation:
    """Finds steps from steps.

    Args:
        states: the recording's steps.
    """

    def __init__(self, states: States) -> None:
        self._states = states
        self._index: Index = states.index
        #: By a step's word: whether its instruction begins a line, whether it is a plain one.
        self._facts: dict[int, tuple[bool, bool]] = {}

    def is_stop(self, n: int, zoom: Zoom) -> bool:
        """Whether a learner who goes by `zoom` stops at step n."""
        if zoom == "instruction" or not self._states.by_instruction:
            return True
        steps = self._index.streams.steps
        word = steps[n]
        if word >> 29:
            return True
        begins, plain = self._facts_of(word, n)
        if begins or (zoom == "expression" and not plain):
            return True
        return zoom == "line" and self._comes_back(n, word)

    def _facts_of(self, word: int, n: int) -> tuple[bool, bool]:
        known = self._facts.get(word)
        if known is None:
            code = self._states.codes.code(word >> 16 & form.MAX_CODE)
            offset = 2 * self._states.where(n, word)
            row = code.row(offset)
            known = row is None or row in code.starts, code.is_plain(offset)
            if word & form.WIDE != form.WIDE:
                self._facts[word] = known
        return known

    def _comes_back(self, n: int, word: int) -> bool:
        """Whether a jump backwards within a line led here: the next round of a loop that has one line."""
        if n <= 1:
            return False
        before = self._index.streams.steps[n - 1]
        return not before >> 29 and before >> 16 == word >> 16 and before & form.WIDE > word & form.WIDE

    def forward(self, n: int, zoom: Zoom) -> int | None:
        """The next stop after step n."""
        for each in range(max(n, 0) + 1, self._index.total + 1):
            if self.is_stop(each, zoom):
                return each
        return None

    def back(self, n: int, zoom: Zoom) -> int | None:
        """The last stop before step n."""
        for each in range(min(n, self._index.total + 1) - 1, 0, -1):
            if self.is_stop(each, zoom):
                return each
        return None

    def over(self, n: int, zoom: Zoom) -> int | None:
        """The next stop in the same frame or in one below it, of the same thread; what is called is passed over."""
        _, depth, thread = self._index.top(n)
        at = self.forward(n, zoom)
        while at is not None:
            frame, deep, other = self._index.top(at)
            if other == thread and (deep <= depth or not frame):
                return at
            at = self._stop_from(self._behind(frame, at, other == thread, depth), zoom)
        return None

    def _stop_from(self, n: int | None, zoom: Zoom) -> int | None:
        """Step n, or the next stop after it."""
        if n is None or n > self._index.total:
            return None
        return n if self.is_stop(n, zoom) else self.forward(n, zoom)

    def _behind(self, frame: int, n: int, ours: bool, depth: int) -> int | None:
        """A later step that is not in what step n's frame does: behind its end, or the next turn."""
        index = self._index
        if ours and frame:
            chain = index.chain(n)
            callee = chain[-(depth + 1)] if len(chain) > depth else frame
            end = index.frame_ends[callee]
            if callee not in index.resumed and end:
                return end + 1
        at = index.turn(n) + 1
        return index.turns[at] if at < len(index.turns) else None

    def over_back(self, n: int, zoom: Zoom) -> int | None:
        """The last stop before step n in the same frame or in one below it; what it called is passed over."""
        _, depth, thread = self._index.top(n)
        at = self.back(n, zoom)
        while at is not None:
            frame, deep, other = self._index.top(at)
            if other == thread and (deep <= depth or not frame):
                return at
            before = self._before(frame, at, other == thread, depth)
            if before < 1:
                return None
            at = before if self.is_stop(before, zoom) else self.back(before, zoom)
        return None

    def _before(self, frame: int, n: int, ours: bool, depth: int) -> int:
        """An earlier step that is not in what step n's frame does."""
        index = self._index
        if ours and frame:
            chain = index.chain(n)
            callee = chain[-(depth + 1)] if len(chain) > depth else frame
            if callee not in index.resumed and index.frame_begins[callee]:
                return index.frame_begins[callee] - 1
        at = index.turn(n)
        return index.turns[at] - 1 if at >= 0 else 0

    def out(self, n: int) -> int | None:
        """The first step after step n's frame has ended, or given a value; None when it does neither any more."""
        index = self._index
        frame, depth, thread = index.top(n)
        ended = frame not in index.resumed and index.frame_ends[frame]
        first = ended + 1 if ended else n
        place = max(0, index.turn(first))
        while depth > 1 and place < len(index.turns):
            if index.turn_threads[place] == thread and index.turn_depths[place] < depth:
                at = max(first, index.turns[place])
                return at if at <= index.total else None
            place += 1
        return None

    def out_back(self, n: int) -> int | None:
        """The step before step n's frame began or went on: its call; None for a thread's outermost frame."""
        index = self._index
        frame, depth, thread = index.top(n)
        last = n if frame in index.resumed else index.frame_begins[frame] - 1
        place = index.turn(last)
        while depth > 1 and place >= 0:
            if index.turn_threads[place] == thread and index.turn_depths[place] < depth:
                end = index.turns[place + 1] - 1 if place + 1 < len(index.turns) else last
                return min(last, end) or None
            place -= 1
        return None
