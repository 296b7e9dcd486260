"""What the drivers on `sys.settrace` have in common: the trace function is set, found in its place, and taken away."""

from __future__ import annotations

import sys
from sys import gettrace, settrace

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType
    from typing import Any


class TraceDriver:
    """Sets `_trace`, which a driver makes, as the trace function for calls.

    Attributes:
        running: from `start` to `stop`.
    """

    _trace: Any

    def __init__(self) -> None:
        self.running = False

    def watch(self, codes: list[CodeType]) -> None:
        """Record these code objects too: a trace function is told of all."""

    def threads_begin(self) -> None:
        """A second thread is about to begin; `threading` gives the trace function to each."""
        threading: Any = sys.modules.get("threading")
        if threading is not None and getattr(threading, "_trace_hook", self) is None:
            threading._trace_hook = self._trace

    def start(self) -> None:
        """Begin."""
        self.running = True
        settrace(self._trace)

    def stop(self) -> None:
        """End; the program goes on without a trace function."""
        if self.running:
            self.running = False
            if gettrace() is self._trace:
                settrace(None)

    def intact(self) -> bool:
        """Whether the program has left the trace function alone."""
        return gettrace() is self._trace
