"""Slots: which pane stands where at which size.

All panes are children of one `Stage` and are never re-parented: what changes is the order of their names.
The first places of that order are on the screen, as many as the size has; the rest are tabs in the title of
the target place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.containers import Container
from textual.geometry import NULL_OFFSET, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

#: Below this nothing useful fits; the screen says so.
MINIMUM = Size(40, 12)
#: From this width there are two columns.
MEDIUM_WIDTH = 100
#: From this width all panes are on the screen.
WIDE_WIDTH = 160
#: From this height the sentence about a row has a line of its own.
TALL = 24
#: From this height it has two on a narrow screen, where most sentences are longer than a line.
ROOMY = 30
#: Below this height a column holds one place only.
LOW_HEIGHT = 14


def size_classes(size: Size) -> list[str]:
    """The classes that a screen of that size gets. With them from its birth its styles are made once."""
    width = "-wide" if size.width >= WIDE_WIDTH else "-medium" if size.width >= MEDIUM_WIDTH else "-narrow"
    height = "-roomy" if size.height >= ROOMY else "-tall" if size.height >= TALL else "-low"
    return [width, height]


def shares(total: int, *weights: int) -> list[int]:
    """Split `total` cells in proportion to `weights`; the parts add up to `total`."""
    whole, done, weight, parts = sum(weights), 0, 0, []
    for each in weights:
        weight += each
        edge = round(total * weight / whole)
        parts.append(edge - done)
        done = edge
    return parts


def columns(width: int, height: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """The columns of a stage of that size, from the left: (weight, [(place, weight), …] from the top)."""
    low = height < LOW_HEIGHT
    if width < MEDIUM_WIDTH:
        return [(1, [(0, 11), (1, 10)])]
    if width < WIDE_WIDTH:
        if low:
            return [(52, [(0, 1)]), (48, [(1, 1)])]
        return [(52, [(0, 23), (3, 13)]), (48, [(1, 1), (2, 1)])]
    if low:
        return [(76, [(0, 1)]), (56, [(1, 1)]), (68, [(2, 1)])]
    return [(76, [(0, 29), (6, 27)]), (56, [(4, 17), (1, 25), (3, 14)]), (68, [(2, 34), (5, 22)])]


class Slots:
    """The order of the panes, the place where a hidden pane goes, and the pane that fills the whole stage.

    Attributes:
        order: names of the panes: place 0 is the source's, the places after it are filled in this order.
        target: the place in which a hidden pane appears: where the learner last was, the source's excepted.
        zoomed: the name of the pane that has the stage for itself, else None.
        size: the stage's size, in cells.
    """

    def __init__(self, order: Sequence[str]) -> None:
        self.order = list(order)
        self.target = 1
        self.zoomed: str | None = None
        self.size = Size(80, 21)

    def regions(self) -> dict[str, Region]:
        """Where each visible pane stands, in the order of the places."""
        width, height = self.size
        if self.zoomed is not None:
            return {self.zoomed: Region(0, 0, width, height)}
        found: dict[int, Region] = {}
        x = 0
        plan = columns(width, height)
        for (_, places), column_width in zip(plan, shares(width, *(w for w, _ in plan)), strict=True):
            y = 0
            for (place, _), rows in zip(places, shares(height, *(w for _, w in places)), strict=True):
                found[place] = Region(x, y, column_width, rows)
                y += rows
            x += column_width
        return {self.order[place]: found[place] for place in sorted(found) if place < len(self.order)}

    @property
    def visible(self) -> list[str]:
        """The panes on the screen, in the order of the places."""
        return list(self.regions())

    @property
    def hidden(self) -> list[str]:
        """The panes that are tabs only."""
        visible = self.regions()
        return [name for name in self.order if name not in visible]

    def tab_holder(self) -> str:
        """The visible pane whose title carries the hidden ones as tabs: the one at the target place."""
        if self.zoomed is not None:
            return self.zoomed
        return self.order[self._target_place()]

    def focus(self, name: str) -> None:
        """The learner is in `name` now: its place is the target, unless it is the source's."""
        if self.zoomed is None and name in self.order and (place := self.order.index(name)) > 0:
            self.target = place

    def show(self, name: str) -> None:
        """Bring `name` to the target place, or to the whole stage when zoomed; one that is visible stays."""
        if self.zoomed is not None:
            self.zoomed = name
            return
        if name in self.regions():
            return
        here, there = self._target_place(), self.order.index(name)
        self.order[here], self.order[there] = self.order[there], self.order[here]

    def zoom(self, name: str) -> None:
        """Give the whole stage to `name`, or give it back when a pane has it."""
        self.zoomed = None if self.zoomed is not None else name

    def _target_place(self) -> int:
        """The target's number at this size; the last place where the target is not on the screen."""
        width, height = self.size
        places = [place for _, rows in columns(width, height) for place, _ in rows]
        return self.target if self.target in places else 1


class SlotLayout(Layout):
    """Places the stage's children at the regions of its slots; the others get no place."""

    name = "slots"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """The placements of the visible panes."""
        assert isinstance(parent, Stage)
        parent.pre_layout(self)
        parent.slots.size = size
        regions = parent.slots.regions()
        return [
            WidgetPlacement(regions[child.id], NULL_OFFSET, child.styles.margin, child)
            for child in children
            if child.id in regions
        ]


class Stage(Container):
    """The one parent of all panes."""

    DEFAULT_CSS = "Stage { width: 1fr; height: 1fr; overflow: hidden hidden; }"
    _slot_layout: ClassVar[SlotLayout] = SlotLayout()

    def __init__(self, slots: Slots, *children: Widget, id: str | None = None) -> None:
        super().__init__(*children, id=id)
        self.slots = slots

    @property
    def layout(self) -> Layout:
        """Its own layout: a style would be turned into the name of one of Textual's."""
        return self._slot_layout

    def rearrange(self) -> None:
        """Lay out again after the slots changed."""
        self._clear_arrangement_cache()
        self.refresh(layout=True)
