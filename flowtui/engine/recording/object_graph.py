"""Who refers to whom among recorded objects: what can be reached, the shortest way to it, cycles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

#: By object the objects that it refers to.
Edges = Mapping[int, Sequence[int]]


def components(edges: Edges) -> list[list[int]]:
    """The cycles: strongly connected components of more than one object, and objects that refer to themselves.

    Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972) with a stack of its own, so that a
    linked list of any length is no recursion. Ordered by the smallest number in each, and so are its members.

    Args:
        edges: objects that are not among the keys are left out.
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    waiting: list[int] = []
    is_waiting: set[int] = set()
    found: list[list[int]] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        waiting.append(root)
        is_waiting.add(root)
        while work:
            node, following = work[-1]
            for each in following:
                if each not in edges:
                    continue
                if each not in order:
                    order[each] = low[each] = len(order)
                    waiting.append(each)
                    is_waiting.add(each)
                    work.append((each, iter(edges[each])))
                    break
                if each in is_waiting:
                    low[node] = min(low[node], order[each])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    members = _closed(node, waiting, is_waiting)
                    if len(members) > 1 or node in edges[node]:
                        found.append(sorted(members))
    return sorted(found)


def _closed(node: int, waiting: list[int], is_waiting: set[int]) -> list[int]:
    members = []
    while True:
        each = waiting.pop()
        is_waiting.discard(each)
        members.append(each)
        if each == node:
            return members


def reachable(edges: Edges, roots: Iterable[int]) -> set[int]:
    """All that the roots lead to, they themselves included."""
    seen = set(roots)
    work = list(seen)
    while work:
        for each in edges.get(work.pop(), ()):
            if each not in seen:
                seen.add(each)
                work.append(each)
    return seen


def shortest(edges: Edges, roots: Iterable[int], goal: int) -> list[int] | None:
    """The shortest chain of objects from one of the roots (the first of them where several are as near) to `goal`."""
    came: dict[int, int] = {}
    queue: deque[int] = deque()
    for root in roots:
        if root not in came:
            came[root] = 0
            queue.append(root)
    while queue:
        node = queue.popleft()
        if node == goal:
            chain = [node]
            while came[chain[-1]]:
                chain.append(came[chain[-1]])
            return chain[::-1]
        for each in edges.get(node, ()):
            if each not in came:
                came[each] = node
                queue.append(each)
    return None
