"""Role `run`: one program, executed as ``python FILE`` would execute it, in a process of its own.

The program gets a fresh ``__main__``, its own ``sys.argv`` and ``sys.path``, and the real descriptors 0, 1
and 2. What it does with them, with ``sys.stdout``, with trace functions, hooks and signals is its own affair:
what the parent is told goes over another descriptor. Tracebacks look as Python's own, without the frames of
this file.

What goes over the wire: ``hello``; in comes ``run``; ``unrecorded`` {message} when it is to be recorded and
cannot be; ``started``; ``input`` whenever standard input is waited for; ``raised`` {error} before the
program's own code is asked for the message, since that may hang; ``ended``
{status, error} and ``specialised`` {rows}, before the interpreter's own shutdown (threads are joined and
``atexit`` runs after it).

What differs from ``python FILE``: ``-I`` and the ``PYTHON…`` variables other than ``PYTHONPATH``
(``sys.flags`` cannot be changed); ``sys._getframe`` sees a few frames of ours below the module's; modules
that this file needs are loaded already.
"""

from __future__ import annotations

import builtins
import linecache
import os
import resource
import sys
from sys import setprofile, settrace  # the program may put something else in their place

from . import limits, standard, traceback_fields, uncaught
from .handshake import hello
from .serve import Gone, Pipe
from .text import BOM, Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Callable
    from types import CodeType, ModuleType, TracebackType
    from typing import Any

    from .recorder import Recorder

#: Bytes that a program which has used up its memory leaves to us for the first steps of saying so.
RESERVE = 4 << 20
#: Descriptors that are left while a recorder maps its files and imports its modules.
MAPPED = 24


class Channel:
    """The parent's ear: frames out, as long as the program lets us.

    A forked child of the program does not speak. A program that closes the descriptor has silenced it for
    good, even when another file has got its number since.
    """

    def __init__(self, descriptor: int) -> None:
        import _thread

        self._descriptor = descriptor
        self._pipe = Pipe(-1, descriptor)
        self._process = os.getpid()
        self._identity = self._identify()
        self._lock = _thread.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave_to_parent)

    def send(self, **fields: Any) -> None:
        """Send a frame if there is still somebody to hear it."""
        if os.getpid() != self._process or self._identify() != self._identity:
            return
        with self._lock:
            try:
                self._pipe.send(fields)
            except Gone:
                pass

    def _identify(self) -> tuple[int, int] | None:
        try:
            status = os.fstat(self._descriptor)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _leave_to_parent(self) -> None:
        if self._identify() == self._identity:
            os.close(self._descriptor)


def main(frame_in: int, frame_out: int, files: dict[str, int]) -> int:
    """Say hello, take the one request, execute the program; the result is the status to end with.

    Args:
        frame_in: where the request comes from.
        frame_out: where to tell what happens.
        files: the descriptors of a recording's streams; empty when nothing is to be recorded.

    Raises:
        SystemExit: the program's own, for the interpreter to treat as it treats every one.
    """
    Pipe(-1, frame_out).send(hello())
    try:
        request = Pipe(frame_in, -1).receive()
    except Gone:
        return 1
    os.close(frame_in)
    head = request.head
    source = request.columns["source"].tobytes()
    channel = Channel(frame_out)
    name, path = str(head["name"]), str(head["path"])
    # before the program's folder is in the way of the modules that a recorder imports
    recorder = make_recorder(channel, files, head["recording"], path or name, source) if files else None
    text = prepare(channel, name, path, [str(each) for each in head["arguments"]], source)
    namespace = fresh_main(path).__dict__
    if recorder:
        from . import recorded_output

        recorded_output.install(recorder.note_output)
    channel.send(kind="started")
    if not text.declared and not text.ascii:
        # As from a file: the parser of 3.9 to 3.12 counts an error's columns right only where the encoding is
        # declared.
        source = BOM + source
    code, error = execute(source, path or name, namespace, recorder.run if recorder else exec)
    settrace(None)
    setprofile(None)
    return finish(channel, code if head["report_specialised"] else None, error, text)


def make_recorder(
    channel: Channel, files: dict[str, int], options: dict[str, Any], filename: str, source: bytes
) -> Recorder | None:
    """Make what records; without it, which the parent is told, the program runs all the same."""
    folder = os.path.dirname(filename) if os.path.isabs(filename) else ""
    try:
        from . import recorder

        low = occupy_descriptors()
        try:
            return recorder.make(files, dict(options, folder=folder, path=filename, source=source))
        finally:
            for descriptor in low:
                os.close(descriptor)
    except Exception as error:
        channel.send(kind="unrecorded", message=why_not(error)[:200])
        for descriptor in files.values():
            try:
                os.close(descriptor)
            except OSError:  # closed already, before it failed
                continue
        return None


def why_not(error: Exception) -> str:
    """Why no recorder could be made, in one line."""
    kind = "" if type(error).__name__ == "CannotRecordError" else "%s: " % type(error).__name__
    return " ".join(("%s%s" % (kind, error)).split())


def occupy_descriptors() -> list[int]:
    """Take all but the highest descriptors: those that CPython's `mmap` keeps are then not what a program counts on.

    A mapped file has a duplicate, with the lowest free number, for as long as it is mapped (before 3.13 always).
    """
    highest = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0] - MAPPED, 1000)
    taken = [os.open(os.devnull, os.O_RDONLY)]
    while taken[-1] < highest:
        taken.append(os.dup(taken[0]))
    return taken


def prepare(channel: Channel, name: str, path: str, arguments: list[str], source: bytes) -> Text:
    """Make ``sys`` what a program expects, and keep the submitted text for its tracebacks."""
    from .stdin import text_stdin

    sys.argv = [path or name, *arguments]
    sys.path[:0] = python_path()
    add_user_site()
    standard.give_way(
        os.path.dirname(path) if path else "", sys.modules[str(__package__)].__dict__["started_with"]
    )
    sys.stdin = vars(sys)["__stdin__"] = text_stdin(lambda: channel.send(kind="input"))
    streams: list[tuple[Any, str]] = [(sys.stdout, "strict"), (sys.stderr, "backslashreplace")]
    for stream, errors in streams:
        stream.reconfigure(encoding="utf-8", errors=errors, line_buffering=True)
    text = Text(source)
    # No time of modification: linecache never drops it for what stands on the disk.
    linecache.cache[path or name] = (len(source), None, [line + "\n" for line in text.lines], path or name)
    return text


def python_path() -> list[str]:
    """The folders of PYTHONPATH, which ``-I`` leaves out."""
    return [
        os.path.abspath(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder
    ]


def add_user_site() -> None:
    """Add the user's own site-packages, which ``-I`` leaves out, where ``site`` would have put them."""
    if sys.prefix != sys.base_prefix or os.environ.get("PYTHONNOUSERSITE") or "site" not in sys.modules:
        return
    if os.geteuid() != os.getuid() or os.getegid() != os.getgid():
        return
    import site

    try:
        folder = site.getusersitepackages()
        if not os.path.isdir(folder) or folder in sys.path:
            return
        had = len(sys.path)
        site.addsitedir(folder)
    except Exception:  # a broken .pth file: the program runs without
        return
    added = sys.path[had:]
    del sys.path[had:]
    packages = [
        index for index, entry in enumerate(sys.path) if entry.endswith(("site-packages", "dist-packages"))
    ]
    at = packages[0] if packages else len(sys.path)
    sys.path[at:at] = added


def fresh_main(path: str) -> ModuleType:
    """Make the program's ``__main__``, with the names that this interpreter gives to a script's."""
    ours = sys.modules["__main__"]
    module = type(ours)("__main__")
    names = module.__dict__
    names["__builtins__"] = builtins
    if "__annotations__" in vars(ours):
        names["__annotations__"] = {}
    if path:
        names["__file__"] = path
        if "__cached__" in vars(ours):
            names["__cached__"] = None
        loader = getattr(ours, "__loader__", None)
        names["__loader__"] = type(loader)("__main__", path) if loader is not None else None
    else:
        names["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter
    sys.modules["__main__"] = module
    sys.modules["_flowtui_probe.__main__"] = ours  # its frame is below ours and wants its names
    return module


def execute(
    source: bytes, filename: str, namespace: dict[str, Any], run: Callable[[Any, dict[str, Any]], object]
) -> tuple[CodeType | None, BaseException | None]:
    """Compile and execute; gives the code object, and the exception that came out, without our own frames.

    Args:
        source: the program.
        filename: what its tracebacks call it.
        namespace: the names of its module.
        run: `exec`, or what records while it executes.
    """
    code = None
    reserve: bytearray | None = bytearray(RESERVE)
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
        run(code, namespace)
    except BaseException as error:
        reserve = None
        error.__traceback__ = without_ours(error.__traceback__)
        limits.leave_room_to_report()
        return code, error
    finally:
        del reserve
    return code, None


def without_ours(entry: TracebackType | None) -> TracebackType | None:
    """Drop the traceback's first entries, which are of this file and of the recorder's."""
    while entry is not None and entry.tb_frame.f_globals.get("__package__") == __package__:
        entry = entry.tb_next
    return entry


def finish(channel: Channel, code: CodeType | None, error: BaseException | None, text: Text) -> int:
    """Tell the parent how the program ended, and print what Python prints."""
    status = 0
    if isinstance(error, SystemExit):
        channel.send(kind="ended", status=uncaught.exit_status(error), error=None)
    elif error is None:
        channel.send(kind="ended", status=0, error=None)
    else:
        sys.setrecursionlimit(max(1000, sys.getrecursionlimit()))
        fields = traceback_fields.fields(error, "", text)
        channel.send(kind="raised", error=fields)
        status = uncaught.show(error)
        fields["message"] = traceback_fields.message(error)
        channel.send(kind="ended", status=status, error=fields)
    if code is not None:
        from . import specialised

        channel.send(kind="specialised", rows=specialised.rows(code))
    if isinstance(error, SystemExit):
        raise error
    return status
