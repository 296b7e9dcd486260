"""The colours of a whole document, kept right while it is edited.

Each line's state (what the lines before it left open) is remembered. After an edit only the lines from there
on are looked at again, until the state is what it was before, and never further than somebody looks.
"""

from __future__ import annotations

from textual.cache import LRUCache

from flowtui.ui.widgets.python_scan import Span, State, next_state, scan_line

#: Lines longer than this are remembered apart, a few only: a line of a megabyte is a new megabyte each key.
LONG = 2048


class Highlighter:
    """Spans and states of lines.

    Args:
        lines: the document's own list: it is read, never changed, and `edited` says when it was.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._states: list[State] = [()]  # of the first lines, as far as somebody looked
        # Where the chain of states may be broken: from this row on, and intact again from that row on.
        self._broken: int | None = None
        self._intact = 0
        self._short: LRUCache[tuple[str, State], tuple[Span, ...]] = LRUCache(4096)
        self._long: LRUCache[tuple[str, State], tuple[Span, ...]] = LRUCache(8)

    def edited(self, first: int, before: int, after: int) -> None:
        """`before` rows from `first` on became `after` rows."""
        states = self._states
        known = len(states)
        if first + 1 >= known:
            return
        end = first + before
        if end >= known:  # nothing is known behind the edit
            del states[first + 1 :]
            if self._broken is not None and self._broken >= first:
                self._broken = None
            return
        states[first + 1 : end] = [()] * (after - 1)
        intact = first + after
        if self._broken is not None:
            if self._intact > first:
                self._intact = max(intact, self._intact + after - before)
            else:
                self._intact = intact
            self._broken = min(self._broken, first)
        else:
            self._broken, self._intact = first, intact

    def known_state(self, row: int) -> State | None:
        """What was found for `row` and still holds, or None; nothing is looked up."""
        if row >= len(self._states) or (self._broken is not None and row > self._broken):
            return None
        return self._states[row]

    def state(self, row: int) -> State:
        """What the lines before `row` leave open."""
        lines, states = self._lines, self._states
        if self._broken is not None and row > self._broken:
            self._mend(row)
        while len(states) <= row:
            states.append(next_state(lines[len(states) - 1], states[-1]))
        return states[row]

    def _mend(self, row: int) -> None:
        """Bring the chain in order up to `row`, or to where it is in order anyway."""
        lines, states = self._lines, self._states
        at = self._broken
        assert at is not None
        while at < row:
            if at + 1 >= len(states):
                self._broken = None
                return
            state = next_state(lines[at], states[at])
            at += 1
            if at >= self._intact and state == states[at]:
                self._broken = None
                return
            states[at] = state
        self._broken = at

    def spans(self, row: int) -> tuple[Span, ...]:
        """The coloured spans of a line."""
        text = self._lines[row]
        key = (text, self.state(row))
        cache = self._short if len(text) <= LONG else self._long
        found = cache.get(key)
        if found is None:
            found = cache[key] = scan_line(*key)[0]
        return found

    def code(self, row: int, column: int | None = None) -> str:
        """A line up to a column with what is in strings and comments blanked out (``x`` and nothing)."""
        text = self._lines[row] if column is None else self._lines[row][:column]
        parts: list[str] = []
        at = 0
        for start, end, kind in self.spans(row):
            if start >= len(text):
                break
            if kind == "comment":
                return "".join(parts) + text[at:start]
            if kind == "string":
                end = min(end, len(text))
                parts += [text[at:start], "x" * (end - start)]
                at = end
        return "".join(parts) + text[at:]
