"""Role `analyse`: always the newest text, stage by stage; a source is never executed.

The probe says ``ready``, the parent answers with one request, and each stage goes back as soon as it is made.
Between stages the probe looks whether newer bytes wait and drops its work if so: no queue, no debounce,
nothing that grows.
"""

from __future__ import annotations

import os
import select
import sys

from .handshake import hello
from .wire import Decoder, Frame, WireError, encode

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from array import array
    from typing import Any

PIECE = 1 << 20
STAGES = ("tokens", "ast", "symbols", "bytecode")


class Gone(Exception):  # noqa: N818  # a way to end, no error
    """The parent has closed the pipe."""


class Pipe:
    """Frames in and out of two descriptors."""

    def __init__(self, frame_in: int, frame_out: int) -> None:
        self._in = frame_in
        self._out = frame_out
        self._decoder = Decoder()
        self._frames: list[Frame] = []

    def send(self, head: dict[str, Any], columns: dict[str, array[int]] | None = None) -> None:
        """Write one frame, whole.

        Raises:
            Gone: nobody reads any more.
        """
        view = memoryview(encode(head, columns))
        try:
            while view:
                view = view[os.write(self._out, view) :]
        except OSError as error:
            raise Gone from error

    def receive(self) -> Frame:
        """Wait for a frame.

        Raises:
            Gone: the parent's end is closed.
            WireError: what came is no frame; nothing after it can be trusted.
        """
        while not self._frames:
            try:
                data = os.read(self._in, PIECE)
            except OSError as error:
                raise Gone from error
            if not data:
                raise Gone
            self._frames = self._decoder.feed(data)
        return self._frames.pop(0)

    def pending(self) -> bool:
        """Whether newer bytes (or the end of them) wait."""
        return bool(self._frames or self._decoder.waiting or select.select([self._in], [], [], 0)[0])


def describe(frame_out: int) -> int:
    """Role `describe`: say hello and end."""
    try:
        Pipe(-1, frame_out).send(hello())
    except Gone:
        return 1
    return 0


def main(frame_in: int, frame_out: int) -> int:
    """Serve until the parent closes its end: 0 then, 1 when it does not keep to the protocol."""
    parent = os.getppid()
    pipe = Pipe(frame_in, frame_out)
    try:
        pipe.send(hello())
        pipe.send({"kind": "ready"})
        prepare(parent)
        first = True
        while True:
            if not first:
                pipe.send({"kind": "ready"})
            first = False
            answer(pipe, pipe.receive())
            tidy()
    except Gone:
        return 0
    except WireError as error:
        try:
            pipe.send({"kind": "fault", "id": -1, "whose": "request", "message": str(error)})
        except Gone:
            pass
        return 1


def prepare(parent: int) -> None:
    """After `ready`, while the parent makes its request: import what stages need; do not be left behind."""
    import gc
    import warnings

    # A SyntaxWarning is no part of any stage; shown, it would go to a descriptor that is not ours.
    warnings.simplefilter("ignore")
    from . import bytecode, stage, tokens, tree  # noqa: F401  # the stages will find them loaded

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # not a POSIX system, or not allowed
        pass
    if sys.platform == "linux":
        die_with_parent(parent)
    if hasattr(gc, "freeze"):
        gc.collect()
        gc.freeze()
        gc.disable()  # looking for cycles again and again among a stage's tuples costs a quarter of its time


def tidy() -> None:
    """Between two requests: free what errors left in cycles, where `prepare` has switched the collector off."""
    import gc

    if not gc.isenabled():
        gc.collect()


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill the probe when the parent ends; a long ``compile`` would not notice the closed pipe.

    The parent may have ended before the request was made: then the parent's number has changed (prctl(2)).
    """
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    except (ImportError, OSError, AttributeError):
        return
    if os.getppid() != parent:
        os._exit(0)


def answer(pipe: Pipe, frame: Frame) -> None:
    """Serve one request; whose fault an error is, is said in a `fault`."""
    number = frame.head.get("id", -1)
    if not isinstance(number, int):
        number = -1
    abandoned = False
    try:
        if frame.kind == "analyse":
            abandoned = analyse(pipe, number, frame)
        elif frame.kind == "pyc":
            from . import pyc

            pyc.answer(pipe, number, frame)
        elif frame.kind != "newer":  # it says only that newer text exists: its bytes have stopped the work
            raise BadRequest("there is no request %r" % frame.kind)
    except BadRequest as error:
        pipe.send({"kind": "fault", "id": number, "whose": "request", "message": str(error)})
    except Gone:
        raise
    except Exception as error:
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        line = "?"
        if where is not None:
            line = "%s:%d" % (os.path.basename(where.tb_frame.f_code.co_filename), where.tb_lineno)
        message = "%s: %s (%s)" % (type(error).__name__, " ".join(str(error).split()), line)
        pipe.send({"kind": "fault", "id": number, "whose": "handler", "message": message})
    pipe.send({"kind": "done", "id": number, "abandoned": abandoned})


class BadRequest(ValueError):  # noqa: N818  # the name says it
    """The request's fault: it lacks something or asks for what there is not."""


def analyse(pipe: Pipe, number: int, frame: Frame) -> bool:
    """Make the stages that are asked for; whether the work was dropped since newer bytes wait."""
    from .stage import Work

    source, stages, name = frame.columns.get("source"), frame.head.get("stages"), frame.head.get("name")
    if source is None or source.typecode != "B" or not isinstance(name, str):
        raise BadRequest("a request for stages needs a name and the column `source` of bytes")
    if not isinstance(stages, list) or not all(stage in STAGES for stage in stages):
        raise BadRequest("the stages are %s" % " ".join(STAGES))
    work = Work(pipe, number, name, source.tobytes())
    for stage in STAGES:
        if stage not in stages:
            continue
        if pipe.pending():
            return True
        if not work.make(stage):
            break
    return False
