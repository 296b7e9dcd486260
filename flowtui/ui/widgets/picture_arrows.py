"""Arrows through a channel between two columns: which lane each takes, and the characters that draw it.

A *wire* is all arrows to one target: they meet in one upright line, its lane. Wires whose lines would have to lie upon
each other cannot both be drawn; the caller writes the one that is left out as a reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

#: Box-drawing characters by the weight (0 none, 1 light, 2 heavy) of up, right, down and left as base-3 digits.
_BOX = " ╴╸╷┐┑╻┒┓╶─╾┌┬┭┎┰┱╺╼━┍┮┯┏┲┳╵┘┙│┤┥╽┧┪└┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋"
#: Four arrows of one wire meet; without it a crossing of two wires would look the same.
JOINT = "•"
#: What it costs to lay two wires upon each other: never worth it.
_CLASH = 1000
#: How often every wire is looked at again once all have a place.
_PASSES = 3

#: Weights of up, right, down, left.
Weights = tuple[int, int, int, int]


class Wire(NamedTuple):
    """All arrows to one target.

    Attributes:
        target: the row that the arrows go to.
        sources: the rows that they come from, one or more.
        heavy: those of the sources whose arrow is drawn heavy.
        weight: which wires are left out last where there are too many: those with more.
    """

    target: int
    sources: tuple[int, ...]
    heavy: frozenset[int] = frozenset()
    weight: int = 0


class Routed(NamedTuple):
    """How the wires run.

    Attributes:
        cells: by (row, column of the channel), the character and whether it is heavy.
        left_out: indices of the wires that found no lane.
    """

    cells: dict[tuple[int, int], tuple[str, bool]]
    left_out: frozenset[int]


def box(up: int, right: int, down: int, left: int) -> str:
    """The character that joins lines of these weights: 0 none, 1 light, 2 heavy."""
    return _BOX[up * 27 + right * 9 + down * 3 + left]


class _Net:
    """A wire with the rows of its lines on both sides of its lane."""

    __slots__ = ("bottom", "index", "left", "right", "straight", "top", "wire")

    def __init__(self, index: int, wire: Wire, back: bool) -> None:
        self.index = index
        self.wire = wire
        rows = {*wire.sources, wire.target}
        self.left = frozenset(rows if back else wire.sources)
        self.right = frozenset() if back else frozenset((wire.target,))
        self.top, self.bottom = min(rows), max(rows)
        self.straight = self.top == self.bottom


def _cost(near: _Net, far: _Net) -> int:
    """Crossings when the lane of `near` is left of that of `far`."""
    if near.top > far.bottom or far.top > near.bottom:
        return 0
    crossings = sum(near.top <= row <= near.bottom for row in far.left)
    crossings += sum(far.top <= row <= far.bottom for row in near.right)
    return crossings + _CLASH * len(far.left & near.right)


def _ordered(nets: Iterable[_Net]) -> list[_Net]:
    """The nets from left to right with few crossings: each is put where it costs least."""
    order: list[_Net] = []
    for net in nets:
        order.insert(_best_place(net, order), net)
    for _ in range(_PASSES):
        before = list(order)
        for net in before:
            order.remove(net)
            order.insert(_best_place(net, order), net)
        if order == before:
            break
    return order


def _best_place(net: _Net, order: Sequence[_Net]) -> int:
    """Where among the others a net costs least."""
    cost = best = sum(_cost(net, other) for other in order)
    place = 0
    for at, other in enumerate(order):
        cost += _cost(other, net) - _cost(net, other)
        if cost < best:
            best, place = cost, at + 1
    return place


def _lanes(order: Sequence[_Net]) -> list[int]:
    """The lane of each net, as few as possible: nets whose rows do not meet may share one."""
    lanes: list[int] = []
    for at, net in enumerate(order):
        lane = 0
        for other, taken in zip(order[:at], lanes, strict=True):
            if other.top <= net.bottom and net.top <= other.bottom and taken >= lane:
                lane = taken + 1
        lanes.append(lane)
    return lanes


def _worst(order: Sequence[_Net], lanes: Sequence[int], room: int) -> int | None:
    """The place in the order of a net that has to go: one that clashes, or one too many; None when all fit."""
    clashing = {
        place
        for at, near in enumerate(order)
        for far in range(at + 1, len(order))
        if near.right & order[far].left
        for place in (at, far)
    }
    if not clashing and max(lanes, default=0) < room:
        return None
    candidates = clashing or {at for at, net in enumerate(order) if not net.straight}
    return min(
        candidates,
        key=lambda at: (order[at].wire.weight, order[at].top - order[at].bottom, order[at].index),
        default=None,
    )


def route(wires: Sequence[Wire], width: int, pitch: int = 1, *, back: bool = False) -> Routed:
    """Find a way for every wire that has one.

    Args:
        wires: with different targets; a row is the source of one wire at most.
        width: columns of the channel.
        pitch: columns from one lane to the next.
        back: the targets are on the left like the sources; else they are on the right.
    """
    room = max(0, (width - 1) // pitch)
    nets = [_Net(index, wire, back) for index, wire in enumerate(wires)]
    nets.sort(key=lambda net: (-net.wire.weight, net.bottom - net.top))
    dropped = {net.index for net in nets[2 * room + 2 :] if not net.straight}
    nets = [net for net in nets if net.index not in dropped]
    order = _ordered(sorted(nets, key=lambda net: (net.top, net.bottom)))
    while True:
        bent = [net for net in order if not net.straight]
        lanes = _lanes(bent)
        at = _worst(bent, lanes, room)
        if at is None:
            break
        dropped.add(bent[at].index)
        order = _ordered(net for net in order if net is not bent[at])
    columns = {net.index: lane * pitch for net, lane in zip(bent, lanes, strict=True)}
    used = max(columns.values(), default=0)
    shift = 0 if back else max(0, (width - 1 - used) // 2)
    parts: dict[tuple[int, int], dict[int, Weights]] = {}
    for net in order:
        _draw(net, columns.get(net.index, 0) + shift, width, parts)
    return Routed({place: _joined(meeting) for place, meeting in parts.items()}, frozenset(dropped))


def _draw(net: _Net, lane: int, width: int, parts: dict[tuple[int, int], dict[int, Weights]]) -> None:
    """Add a net's lines to the cells that they go through, the light ones first."""
    wire = net.wire

    def add(row: int, column: int, up: int, right: int, down: int, left: int) -> None:
        cell = parts.setdefault((row, column), {})
        old = cell.get(net.index, (0, 0, 0, 0))
        cell[net.index] = (max(old[0], up), max(old[1], right), max(old[2], down), max(old[3], left))

    def level(row: int, start: int, end: int, weight: int) -> None:
        for column in range(start, end):
            add(row, column, 0, weight, 0, weight)

    back, target = not net.right, wire.target
    for source in sorted(wire.sources, key=lambda row: row in wire.heavy):
        weight = 2 if source in wire.heavy else 1
        level(source, 0, lane, weight)
        if source == target:
            add(source, lane, 0, 0 if back else weight, 0, weight)
        else:
            below = target > source
            add(source, lane, 0 if below else weight, 0, weight if below else 0, weight)
            for row in range(min(source, target) + 1, max(source, target)):
                add(row, lane, weight, 0, weight, 0)
            up, down = (weight, 0) if below else (0, weight)
            add(target, lane, up, 0 if back else weight, down, weight if back else 0)
        if back:
            level(target, 0, lane, weight)
        else:
            level(target, lane + 1, width, weight)


def _joined(meeting: Mapping[int, Weights]) -> tuple[str, bool]:
    """The character where nets meet, or one net's lines do."""
    heavy = any(2 in weights for weights in meeting.values())
    if len(meeting) == 1:
        (weights,) = meeting.values()
        if all(weights):
            return JOINT, heavy
        return box(*weights), heavy
    up, right, down, left = (max(side) for side in zip(*meeting.values(), strict=True))
    return box(up, right, down, left), heavy
