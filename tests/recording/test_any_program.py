"""Random programs: what a recording shows at every step is what the slow reference sees there.

A longer search: ``python -m tests.recording.test_any_program PYTHON FIRST COUNT``.
"""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests import interpreters
from tests.recording.any_program import AnyProgram
from tests.recording.comparison import differences, reference
from tests.recording.recordings import recorded

#: What is known to be shown wrongly; see `search` for more of its kind.
KNOWN = {
    (
        "cpython-3.11",
        3,
    ): "by instructions: an element of a list is shown with its next content two steps early"
}
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]


async def look(python: str, seed: int) -> list[str]:
    """The differences of one program, at both granularities."""
    text = AnyProgram(seed).text()
    found = []
    for granularity in ("line", "instruction"):
        events = await reference(python, text, granularity)
        async with recorded(text, granularity, python=python) as result:
            found += [f"{granularity}: {each}" for each in differences(result.recording, events)]
    return found


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("python", PYTHONS)
async def test_a_random_program_is_shown_as_it_ran(python, seed):
    path = interpreters.need(python)
    if (python, seed) in KNOWN:
        pytest.xfail(KNOWN[python, seed])
    assert await look(path, seed) == []


async def search(python: str, first: int, count: int) -> int:
    """Look at many programs; gives how many differ."""
    wrong = 0
    for seed in range(first, first + count):
        found = await look(python, seed)
        if found:
            wrong += 1
            print(seed, *found[:2], sep="\n    ")  # noqa: T201  # a command's answer
    print(f"{count} programs, {wrong} shown wrongly")  # noqa: T201  # the same
    return wrong


if __name__ == "__main__":
    sys.exit(bool(asyncio.run(search(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
