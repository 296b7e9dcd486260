"""Where the parts of a run's picture stand: sizes that follow from the widget's, and places that objects keep.

Nothing jumps: an object has a row from the first time that it is seen, and has it whenever it is seen again. Two
objects may have the same rows when they never live at the same time, so that what comes and goes uses no room. All of
it follows from the objects' numbers, life spans and heights; nothing here draws.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import NamedTuple

#: Steps for which the place of an object that has died stays empty.
REST = 4
#: Steps for which the place of one that lives, but is referred to by nothing that is shown, stays empty.
PATIENCE = 24
#: The end of what has none.
FOREVER = 1 << 62
#: Objects whose places are remembered.
_REMEMBERED = 20_000


class Geometry(NamedTuple):
    """Sizes of a picture's parts, in cells; from the left: frames, operand stack, channel, heap, back channel.

    Attributes:
        width: of the whole.
        height: of the whole, the line of headings included.
        left: of the left column: frames, box and the variables below them.
        frames: of the list of frames.
        box: of the operand stack with its border.
        label: of the name of a frame in front of a variable.
        name: of a variable's name.
        channel: between the left column and the heap, the arrows' tips included.
        heap: of the objects' text.
        back: of the channel on the right, for arrows from object to object.
        band: rows of the frames and the stack, below the headings; they stay where they are.
        gap: empty rows between the band and the variables.
        lines: rows that an object may have below its head.
        pitch: from one lane of the channel to the next.
    """

    width: int
    height: int
    left: int
    frames: int
    box: int
    label: int
    name: int
    channel: int
    heap: int
    back: int
    band: int
    gap: int
    lines: int
    pitch: int

    @property
    def heap_start(self) -> int:
        """The cell at which the objects' text begins."""
        return self.left + self.channel

    @property
    def rows(self) -> int:
        """Rows below the headings."""
        return max(0, self.height - 1)

    @property
    def variables(self) -> int:
        """Lines above the variables' first one; the variables below them scroll."""
        return self.band + self.gap

    @property
    def variable_rows(self) -> int:
        """Rows that there are for variables."""
        return max(0, self.rows - self.variables)

    @property
    def slack(self) -> int:
        """Rows that stay empty between objects."""
        return 0 if self.lines <= 2 else 1


def geometry(width: int, height: int) -> Geometry:
    """The sizes of the parts of a picture of that size; they depend on nothing else, so that nothing moves."""
    width, height = max(width, 24), max(height, 4)
    left = max(12, min(60, width * (49 if width >= 76 else 47) // 100))
    box = max(6, min(26, left * 45 // 100))
    channel = max(4, min(14, width // 11)) if width >= 100 else max(4, width // 12 + 1)
    back = max(3, min(10, width // 16))
    return Geometry(
        width=width,
        height=height,
        left=left,
        frames=left - box - 1,
        box=box,
        label=max(5 if left < 26 else 7 if left < 32 else 8, min(14, left // 4)),
        name=max(4, left // 4),
        channel=channel,
        heap=width - left - channel - back,
        back=back,
        band=max(2, min(4, height - 3)) if height < 14 else 5 if height < 22 else 6,
        gap=0 if height < 14 else 1,
        lines=1 if height < 10 else 2 if height < 14 else 6 if height < 30 else 8,
        pitch=1 if width < 100 else 2,
    )


class Wanted(NamedTuple):
    """An object that needs a place.

    Attributes:
        number: the object's.
        height: rows.
        born: the step at which it was first seen.
        died: the step at which it was freed, `FOREVER` for not yet.
    """

    number: int
    height: int
    born: int
    died: int


class _Place:
    """Where an object stands, and for how long that is its own."""

    __slots__ = ("born", "died", "number", "reserved", "row", "seen")

    def __init__(self, row: int, reserved: int, wanted: Wanted, seen: int) -> None:
        self.row = row
        self.reserved = reserved
        self.number = wanted.number
        self.born = wanted.born
        self.died = wanted.died
        self.seen = seen


#: An occupant of a row: the step of its birth, the object's number, the step of its death.
_Stay = tuple[int, int, int]


class Places:
    """A memory of where objects stand.

    Args:
        slack: rows that stay empty below every object; one that grows by so much stays where it is.
        tallest: rows that an object has at most: one that grows out of its place gets as many, and moves once only.
    """

    def __init__(self, slack: int = 0, tallest: int = 0) -> None:
        self._slack = slack
        self._tallest = tallest
        self._step = 0
        self._places: dict[int, _Place] = {}
        self._rows: list[list[_Stay]] = []

    def clear(self) -> None:
        """Forget everything."""
        self._places.clear()
        self._rows.clear()

    def arrange(self, wanted: Sequence[Wanted], view: int, step: int) -> dict[int, int]:
        """The first row of each object, from 0.

        Objects that have a place keep it. It is given up only when an object has grown out of it, or when what is
        there at this step would fit into the view, and does not for all the empty places.

        Args:
            wanted: the objects of one step.
            view: rows that are seen at once.
            step: the step's number.
        """
        self._step = step
        if len(self._places) > _REMEMBERED:
            self.clear()
        wanted = sorted(wanted)
        bottom = self._place(wanted, view)
        total = sum(each.height + self._slack for each in wanted)
        if total <= view < bottom:
            # Those out of sight come into view, where there is room for them; the others stay.
            for each in wanted:
                place = self._places[each.number]
                if place.row + each.height > view:
                    self._leave(place)
            bottom = self._place(wanted, view)
        if (total <= view < bottom) or bottom > 2 * total + view:
            self.clear()
            self._place(wanted, view)
        return {each.number: self._places[each.number].row for each in wanted}

    def _place(self, wanted: Sequence[Wanted], view: int) -> int:
        """Give every object a place; returns the row below the lowest one."""
        places = self._places
        busy: set[int] = set()
        new: list[Wanted] = []
        bottom = 0
        for each in wanted:
            place = places.get(each.number)
            if place is None:
                new.append(each)
                continue
            if place.died != each.died:
                self._leave(place)
                rows = range(place.row, place.row + place.reserved)
                if each.died > place.died and not all(self._is_free(row, each) for row in rows):
                    new.append(each)  # it was thought gone, and another has its place
                    continue
                self._enter(_Place(place.row, place.reserved, each, max(place.seen, self._step)))
                place = places[each.number]
            place.seen = max(place.seen, self._step)
            if each.height > place.reserved:
                self._leave(place)
                if not self._extended(place, each, busy):
                    new.append(each._replace(height=max(each.height, self._tallest)))
                    continue
                place = places[each.number]
            busy.update(range(place.row, place.row + place.reserved))
            bottom = max(bottom, place.row + each.height)
        new.sort()
        start: dict[int, int] = {}
        for each in new:
            height = each.height + self._slack
            row = self._free_row(each, height, busy, start.get(height, 0), view)
            start[height] = row
            self._enter(_Place(row, height, each, self._step))
            busy.update(range(row, row + height))
            bottom = max(bottom, row + each.height)
        return bottom

    def _extended(self, place: _Place, wanted: Wanted, busy: set[int]) -> bool:
        """Make an object's place higher, where the rows below it are free."""
        rows = range(place.row, place.row + wanted.height)
        if busy.intersection(rows) or not all(self._is_free(row, wanted) for row in rows):
            return False
        self._enter(_Place(place.row, wanted.height, wanted, self._step))
        return True

    def _free_row(self, wanted: Wanted, height: int, busy: set[int], start: int, view: int) -> int:
        """The highest place that is free at this step, and in the object's whole life where the view has one."""
        row, run, now = start, 0, None
        while True:
            if row in busy:
                run = 0
            else:
                run += 1
                begin = row - height + 1
                if run >= height:
                    if all(self._is_free(each, wanted) for each in range(begin, row + 1)):
                        return begin
                    if now is None and begin + height <= view:
                        now = begin
            row += 1
            if row >= view and now is not None:
                for each in range(now, now + height):
                    self._evict(each, wanted)
                return now

    def _is_free(self, row: int, wanted: Wanted) -> bool:
        """Whether nobody stands in a row at any time of the object's life."""
        if row >= len(self._rows):
            return True
        stays = self._rows[row]
        at = bisect_right(stays, (wanted.born, FOREVER, 0))
        if at and stays[at - 1][2] + REST >= wanted.born:
            # The one before counts as gone when it lives at this step, and has not been seen for long.
            place = self._places[stays[at - 1][1]]
            hidden = place.died >= self._step > place.seen + PATIENCE
            if not hidden or place.seen + REST >= wanted.born:
                return False
            self._leave(place)
            gone = Wanted(place.number, place.reserved, place.born, max(place.born, place.seen))
            self._enter(_Place(place.row, place.reserved, gone, place.seen))
        return at == len(stays) or wanted.died + REST < stays[at][0]

    def _evict(self, row: int, wanted: Wanted) -> None:
        """Forget the places of those who would stand in a row at another time of the object's life."""
        if row < len(self._rows):
            for born, number, died in list(self._rows[row]):
                if died + REST >= wanted.born and born <= wanted.died + REST:
                    self._leave(self._places[number])

    def _enter(self, place: _Place) -> None:
        self._places[place.number] = place
        end = place.row + place.reserved
        while len(self._rows) < end:
            self._rows.append([])
        for row in range(place.row, end):
            insort(self._rows[row], (place.born, place.number, place.died))

    def _leave(self, place: _Place) -> None:
        del self._places[place.number]
        stay = (place.born, place.number, place.died)
        for row in range(place.row, place.row + place.reserved):
            self._rows[row].remove(stay)
