"""A whole recording column by column: how deep its calls are, and where something happens."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import pairwise

import msgspec

from flowtui.engine.recording.index import BLOCK, Index


class Overview(msgspec.Struct, frozen=True):
    """Column c of n stands for the steps from ``c * total // n + 1`` on.

    Attributes:
        depths: the greatest depth of calls.
        output: the columns in which something is written.
        exceptions: those in which an exception arises.
        collections: those in which the collector runs.
    """

    depths: tuple[int, ...] = ()
    output: tuple[int, ...] = ()
    exceptions: tuple[int, ...] = ()
    collections: tuple[int, ...] = ()


def overview(index: Index, columns: int) -> Overview:
    """The recording in so many columns, as far as it is taken in; there are never more columns than steps."""
    total = index.total
    columns = min(columns, total)
    if columns <= 0:
        return Overview()
    edges = [column * total // columns + 1 for column in range(columns + 1)]
    depths = tuple(_deepest(index, begin, end - 1) for begin, end in pairwise(edges))
    written = array("I", sorted([*index.outputs[1][0], *index.outputs[2][0]]))
    return Overview(
        depths,
        _columns(written, edges),
        _columns(index.exceptions, edges),
        _columns(index.collections, edges),
    )


def _deepest(index: Index, first: int, last: int) -> int:
    """The greatest depth of the steps `first` … `last`: exact at the edges, by blocks between."""
    begin, end = -(-first // BLOCK), (last + 1) // BLOCK
    if begin >= end:
        return _exact(index, first, last)
    deepest = max(index.deepest[begin:end])
    if first < begin * BLOCK:
        deepest = max(deepest, _exact(index, first, begin * BLOCK - 1))
    if end * BLOCK <= last:
        deepest = max(deepest, _exact(index, end * BLOCK, last))
    return deepest


def _exact(index: Index, first: int, last: int) -> int:
    at = max(0, index.turn(first))
    end = index.turn(last) + 1
    return max(index.turn_depths[at:end], default=0)


def _columns(steps: array[int], edges: list[int]) -> tuple[int, ...]:
    """The columns in which at least one of the steps is."""
    found = []
    at = 0
    for column in range(len(edges) - 1):
        at = bisect_left(steps, edges[column], at)
        if at == len(steps):
            break
        if steps[at] < edges[column + 1]:
            found.append(column)
    return tuple(found)
