"""Cycles and chains, against the plainest way to find them."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from flowtui.engine.recording.object_graph import components, reachable, shortest

GRAPHS = st.dictionaries(st.integers(1, 9), st.lists(st.integers(1, 9), max_size=4), max_size=9)


def leads(edges, start):
    """All that can be reached from `start` in one step or more, found the plain way."""
    found = set()
    new = {each for each in edges.get(start, ()) if each in edges}
    while new:
        found |= new
        new = {each for node in new for each in edges[node] if each in edges} - found
    return found


@given(GRAPHS)
def test_two_objects_are_in_one_cycle_exactly_when_each_leads_to_the_other(edges):
    cycles = components(edges)
    number = {node: index for index, members in enumerate(cycles) for node in members}
    for a in edges:
        for b in edges:
            together = b in leads(edges, a) and a in leads(edges, b)
            assert together == (a in number and number.get(a) == number.get(b)), (a, b)
    assert cycles == sorted(sorted(each) for each in cycles)


@given(GRAPHS, st.lists(st.integers(1, 9), max_size=3), st.integers(1, 9))
def test_a_chain_is_one_and_none_is_shorter(edges, roots, goal):
    chain = shortest(edges, roots, goal)
    assert (chain is not None) == (goal in reachable(edges, roots))
    if chain is not None:
        assert chain[0] in roots
        assert chain[-1] == goal
        assert all(b in edges[a] for a, b in itertools.pairwise(chain))
        nearer = set(roots)
        for _ in range(len(chain) - 1):
            assert goal not in nearer
            nearer |= {each for node in nearer for each in edges.get(node, ())}


def test_a_linked_list_of_any_length_is_no_recursion():
    edges = {n: [n + 1] for n in range(1, 100_000)}
    assert components(edges) == []
    assert len(reachable(edges, [1])) == 100_000
    edges[100_000] = [1]
    assert [len(each) for each in components(edges)] == [100_000]
