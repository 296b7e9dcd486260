"""The time of a program: it stands still while the program waits for somebody to type."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class RunClock:
    """Counts seconds by the event loop's clock and calls back when there are none left.

    Args:
        loop: whose clock it is.
        limit: seconds; 0 for no limit.
        expired: called once, when they are used up.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: float, expired: Callable[[], None]) -> None:
        self._loop = loop
        self._limit = limit
        self._expired = expired
        self._used = 0.0
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def seconds(self) -> float:
        """The time so far."""
        return self._used + (self._loop.time() - self._since if self._since is not None else 0.0)

    def go(self) -> None:
        """Let the time run; nothing changes when it runs already."""
        if self._since is None:
            self._since = self._loop.time()
            if self._limit:
                self._timer = self._loop.call_later(max(0.0, self._limit - self._used), self._expired)

    def pause(self) -> None:
        """Stop the time."""
        self._used = self.seconds
        self._since = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
