"""A program to look at, and waiting for what the app shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.pilot import Pilot

DEMO = """def area(width, height):
    return width * height


sizes = [(3, 4), (6, 8)]
for width, height in sizes:
    print(area(width, height))
"""


async def until(pilot: Pilot[object], true: Callable[[], object], what: str = "", tries: int = 3000) -> None:
    """Let the app go on until `true` says so; each try lets every message that waits be handled."""
    for _ in range(tries):
        if true():
            return
        await pilot.pause()
        await asyncio.sleep(0.01)
    raise AssertionError(f"waited in vain for {what or true}")
