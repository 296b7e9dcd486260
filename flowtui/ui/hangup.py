"""Notice that the terminal is gone, though no signal says so.

A terminal that closes sends SIGHUP to its session's leader only. For everybody else reading from it gives an end of
file for ever, which the driver takes for nothing to read yet, and tries again at once.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable


def watch(descriptor: int, gone: Callable[[], None]) -> None:
    """Call `gone`, once and from a thread of its own, when the terminal behind `descriptor` has hung up."""
    if not hasattr(select, "poll"):  # the system has none: SIGHUP has to do
        return
    poll = select.poll()
    poll.register(descriptor, 0)  # nothing but hang-up and error, which cannot be left out

    def wait() -> None:
        while not poll.poll():
            pass
        gone()

    threading.Thread(target=wait, daemon=True, name="hang-up").start()
