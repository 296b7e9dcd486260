"""Records a program while it runs: see `recording_format` for what, `monitored` and `traced` for how.

`make` gets the descriptors of the streams and the options; `Recorder.run` executes a code object and records it.
"""

from __future__ import annotations

from .recording_streams import Streams

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType
    from typing import Any


def make(descriptors: dict[str, int], options: dict[str, Any]) -> Recorder:
    """Map the streams and get everything ready.

    Args:
        descriptors: an open file by the name of its stream; they are closed here.
        options: ``granularity`` ("line" or "instruction"), ``steps``, ``bytes``, ``seconds`` (limits), ``library``
            (record code outside the program's folder too), ``folder`` (the program's own, may be empty), ``path``
            (what the program's code objects call their file), ``source`` (its bytes), ``exact_stack`` (whether
            frames can be read here, as the self-test found).

    Raises:
        ValueError: a stream is missing.
        OSError: a stream cannot be mapped.
    """
    return Recorder(Streams(descriptors), options)


class Recorder:
    """One recording of one program."""

    def __init__(self, streams: Streams, options: dict[str, Any]) -> None:
        self.streams = streams
        self.options = options

    def run(self, code: CodeType, namespace: dict[str, Any]) -> None:
        """Execute `code` in `namespace` as `exec` does, recorded; what it raises comes out."""
        exec(code, namespace)  # noqa: S102  # the one thing that this is for

    def note_output(self, stream: int, total: int) -> None:
        """Note that `total` bytes were written so far to a stream (1 standard output, 2 standard error)."""
