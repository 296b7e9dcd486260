"""Records a program while it runs: see `recording_format` for what, `monitored` and `traced` for how.

`make` gets the descriptors of the streams and the options; `Recorder.run` executes a code object and records it. What
is recorded: the program, and the modules that it imports from its own folder; other code (the standard library,
installed packages, what `exec` gets as a string) is stepped over unless the options say otherwise.

Whatever happens in here never comes out in the program: a recorder that fails ends the recording.

There is no audit hook: CPython tells one of every look at a frame and at an address, which costs more than recording.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from _thread import RLock, get_ident
from sys import _current_frames as current_frames
from sys import _getframe as getframe
from time import monotonic
from types import CodeType

from . import bytecode, frame_stack, wire
from .heap import make_heap
from .instruction_runs import Runs
from .line_plan import LinePlan
from .recorded_frames import Space
from .recorded_frames import make as make_frames
from .recording_format import (
    C_CUT,
    C_LOST,
    C_STATE,
    C_STOP,
    CUTS,
    MAX_CODE,
    STATE_RECORDING,
    T_NAME,
    WIDE,
)
from .recording_streams import Streams
from .recursion_room import Room
from .text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import FrameType
    from typing import Any

#: Steps between two looks at the clock and at the parent's order to stop.
CHECK = 4096
#: Whom the collector tells; PyPy's tells nobody.
CALLBACKS: list[Any] = getattr(gc, "callbacks", [])


def make(descriptors: dict[str, int], options: dict[str, Any]) -> Recorder:
    """Map the streams and get everything ready.

    Args:
        descriptors: an open file by the name of its stream; they are closed here.
        options: ``granularity`` ("line" or "instruction"), ``steps``, ``bytes``, ``seconds`` (limits), ``library``
            (record code outside the program's folder too), ``folder`` (the program's own, may be empty), ``path``
            (what the program's code objects call their file), ``source`` (its bytes), ``exact_stack`` (whether
            frames can be read here, as the self-test found).

    Raises:
        CannotRecordError: this interpreter has no way to do it.
        ValueError: a stream is missing.
        OSError: a stream cannot be mapped.
    """
    return Recorder(Streams(descriptors), options)


class CannotRecordError(Exception):
    """What was asked for cannot be had on this interpreter; the message says why."""


class Recorder:
    """One recording of one program.

    Attributes:
        plans: the plan of each code object that is recorded, by the code object's address.
        spaces: the namespaces of recorded modules, by their addresses.
    """

    def __init__(self, streams: Streams, options: dict[str, Any]) -> None:
        self.streams = streams
        self.by_instruction = options["granularity"] == "instruction"
        self._steps = min(int(options["steps"]), len(streams.steps) - 1)
        self._bytes = int(options["bytes"])
        self._seconds = float(options["seconds"])
        self._library = bool(options["library"])
        folder = str(options["folder"])
        self._folder = folder.rstrip(os.sep) + os.sep if folder else ""
        self._path = str(options["path"])
        self._source: bytes = options["source"]
        self.first_check = min(CHECK, self._steps)
        self.plans: dict[int, LinePlan] = {}
        self.spaces: dict[int, Space] = {}
        self.threaded = False
        self.lock = RLock()
        raw = frame_stack.available() and bool(options["exact_stack"])
        if (
            self.by_instruction
            and not raw
            and sys.version_info >= (3, 12)
            and sys.implementation.name == "cpython"
        ):
            # a trace function is not told of a frame's instructions there
            raise CannotRecordError(
                "instructions cannot be recorded here: reading this interpreter's memory has failed its test"
            )
        self.room = Room(raw)
        self._threads = 0
        self._names: dict[str, int] = {}
        self._files = 0
        self._codes = 0
        self._deadline = 0.0
        self._lost = 0
        #: Whether recorded code may run because an object goes.
        self._finalises = False
        self.heap = make_heap(streams.heap, streams.texts, raw)
        self._plan: Any = LinePlan
        self._frames: Any
        self._driver: Any
        if raw:
            self._frames = make_frames(self)
            self._driver = self._make_driver()
        else:
            from . import named_frames

            self._frames = self._driver = named_frames.Driver(self)
            self._plan = self._driver.plan
        streams.begin(int(self.by_instruction), int(raw))
        os.register_at_fork(after_in_child=self._forked)

    def _make_driver(self) -> Any:
        if sys.version_info >= (3, 12):
            from . import monitored

            return monitored.Driver(self, self._frames)
        from . import traced

        return traced.Driver(self, self._frames)

    # ---- running

    def run(self, code: CodeType, namespace: dict[str, Any]) -> None:
        """Execute `code` in `namespace` as `exec` does, recorded; what it raises comes out."""
        self._register(code, self._source, namespace)
        CALLBACKS.append(self._collected)
        self._deadline = monotonic() + self._seconds
        self.streams.control[C_STATE] = STATE_RECORDING
        self.room.give(1)  # the program's frames have this one below them
        self._driver.start()
        try:
            exec(code, namespace)  # noqa: S102  # the one thing that this is for
        finally:
            if self.threaded and len(current_frames()) > 1:
                atexit.register(self._finish, "")  # threads go on when the program's own code has ended
            else:
                self._finish("")

    def _finish(self, cut: str) -> None:
        """End the recording."""
        driver = self._driver
        if not driver.running:
            return
        if not cut and not driver.intact():
            cut = "untraced"
        driver.stop()
        self.room.take(1)
        for index, each in enumerate(CALLBACKS):
            if each == self._collected:
                del CALLBACKS[index]
                break
        for space in self.spaces.values():
            space.names = {}
        self.spaces.clear()
        self.streams.control[C_LOST] = self._lost
        self.streams.end(CUTS.index(cut))

    def note_output(self, stream: int, total: int) -> None:
        """Note that `total` bytes were written so far to a stream (1 standard output, 2 standard error)."""
        if not self._driver.running:
            return
        try:
            if self.threaded:
                with self.lock:
                    self._frames.thread_is(get_ident())
                    self._frames.output(stream, total)
            else:
                self._frames.output(stream, total)
        except RecursionError:  # the next output says how much there is
            self._lost += 1
        except BaseException as error:
            self.failed(error)

    def check(self, step: int, changed: int) -> int:
        """Look at the limits; gives the step after which to ask again.

        Args:
            step: the last one.
            changed: bytes of changes.
        """
        used = 4 * step + changed + 8 * self.heap.words + self.heap.text_bytes
        if step >= self._steps:
            self._finish("steps")
        elif used > self._bytes or self.heap.full:
            self._finish("bytes")
        elif monotonic() > self._deadline:
            self._finish("seconds")
        elif self.streams.control[C_STOP]:
            self._finish("stopped")
        return min(step + CHECK, self._steps)

    def failed(self, error: BaseException) -> None:
        """Something went wrong in the recorder: end the recording, and tell the program nothing.

        Raises:
            BaseException: `error`, when a signal handler of the program's raised it in the middle of our work.
        """
        if DEBUG:
            import traceback

            traceback.print_exception(type(error), error, error.__traceback__)
        full = isinstance(error, (IndexError, ValueError)) or type(error).__name__ == "error"
        self._finish("bytes" if full else "failed")
        if not isinstance(error, Exception) or self._theirs(error):
            raise error

    @staticmethod
    def _theirs(error: BaseException) -> bool:
        """Whether an exception comes from code that is not ours."""
        entry = error.__traceback__
        while entry is not None and entry.tb_next is not None:
            entry = entry.tb_next
        return entry is not None and entry.tb_frame.f_globals.get("__package__") != __package__

    def _forked(self) -> None:
        """A forked child of the program is not recorded, and does not write into the parent's streams."""
        self._driver.stop()
        self.room.take(1)
        self.streams.leave_to_parent()

    def missed(self) -> None:
        """Something of the program's is not recorded that should be."""
        self._lost += 1

    # ---- code

    def name(self, name: str) -> int:
        """The number of a name."""
        number = self._names.get(name)
        if number is None:
            number = self._names[name] = len(self._names)
            self.heap.texts.number(T_NAME, name)
        return number

    def _register(self, module: CodeType, source: bytes | None, namespace: dict[str, Any] | None) -> bool:
        """Take a module's code object and all inside it into the recording."""
        codes = [code for code, _, _ in bytecode.walk(module)]
        if self._codes + len(codes) > MAX_CODE + 1:
            self.streams.control[C_CUT] = CUTS.index("codes")
            return False
        text = Text(source) if source is not None else None
        head, columns = bytecode.make(module, text)
        head = dict(head, kind="code", file=module.co_filename, base=self._codes)
        head["source"] = None if text is None else "\n".join(text.lines)
        if not self.streams.append_code(wire.encode(head, columns)):
            return False
        space = Space(self._files)
        if namespace is not None:
            space.open(namespace)
            self.spaces[id(namespace)] = space
        for number, code in enumerate(codes, self._codes):
            plan = self._plan(code, number, space, module)
            if self.by_instruction and self._plan is LinePlan:
                plan.runs = Runs(plan)
            self.plans[id(code)] = plan
            self._finalises = self._finalises or self._plan is not LinePlan or finalises(code, plan)
        self._codes += len(codes)
        self._files += 1
        self._driver.watch(codes)
        return True

    def module_begins(self, plan: LinePlan, frame: FrameType) -> None:
        """A module's code begins: its namespace is the one that is recorded for its file."""
        names = frame.f_globals
        if plan.space.names is not names:
            self.spaces.pop(id(plan.space.names), None)
            plan.space.open(names)
            self.spaces[id(names)] = plan.space

    def _ours(self, code: CodeType) -> bool:
        """Whether a module's code belongs to what is recorded."""
        path = code.co_filename
        if id(code) in self.plans or path[:1] == "<" or code.co_name != "<module>":
            return False
        if self._folder and path.startswith(self._folder):
            below = path[len(self._folder) :].replace(os.sep, "/").split("/")
            return "site-packages" not in below and "dist-packages" not in below
        return False

    def begins(self, code: CodeType) -> bool:
        """Code that is not recorded begins: take it in if it is ours; whether it is."""
        if code.co_name == "start" and code.co_filename.endswith("threading.py"):
            self.threads_begin()
        if not self._ours(code):
            return False
        try:
            with open(code.co_filename, "rb") as file:
                source: bytes | None = file.read()
        except OSError:
            source = None
        return self._register(code, source, None)

    # ---- threads

    def threads_begin(self) -> None:
        """A second thread is about to begin: from now on callbacks ask which thread calls them."""
        if not self.threaded:
            self.threaded = True
            self._driver.threads_begin()

    def thread_number(self) -> int:
        """A new thread's number."""
        self._threads += 1
        return self._threads

    def thread_name(self, ident: int) -> int:
        """The number of the text with a thread's name, 0 when it has none."""
        threading = sys.modules.get("threading")
        thread = getattr(threading, "_active", {}).get(ident)
        try:
            name = object.__getattribute__(thread, "__dict__").get("_name")
        except AttributeError:
            return 0
        if type(name) is not str:
            return 0
        return int(self.heap.texts.string(name[:100]) >> 3) if name else 0

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        """The collector begins or has ended (`gc.callbacks`)."""
        try:
            if self._driver.running:
                inside = getframe(1).f_globals.get("__package__") == __package__
                if inside:
                    self.heap.settle(self._frames.extent()[0])
                written = self.heap.words
                self._frames.collected(phase, info, inside)
                if inside and phase == "stop" and self._finalises and self.heap.words != written:
                    self._lost += 1  # objects of the program's are gone, perhaps through code of its own
        except BaseException as error:
            self.failed(error)


def finalises(code: CodeType, plan: LinePlan) -> bool:
    """Whether a code object may run, or make others run, when an object goes: nothing else runs in a collection.

    It is a ``__del__``, a generator that has something to do when it is closed, or makes weak references.
    """
    if code.co_name == "__del__" or not WEAK.isdisjoint(code.co_names):
        return True
    if not code.co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR):
        return False
    if sys.version_info < (3, 11):
        return any(each.name.startswith("SETUP_") for each in plan.instructions)
    return len(plan.handlers) > (sys.version_info >= (3, 12))  # one of them is for StopIteration then


# inspect's flags, and what of `weakref` calls something
CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200
WEAK = frozenset(("ref", "proxy", "finalize", "WeakMethod"))
DEBUG = bool(os.environ.get("FLOWTUI_RECORDER_DEBUG"))
__all__ = ["WIDE", "Recorder", "make"]
