"""What the interpreter does with an exception that nobody caught (Python/pythonrun.c: PyErr_PrintEx).

The interpreter's own printer reads a source from the disk, until 3.13; the text that runs here may never have
been there.
"""

from __future__ import annotations

import os
import sys

from . import standard, traceback_fields

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

#: What a shell says of a program that ctrl-c ended: 128 + SIGINT.
INTERRUPTED = 130


def exit_status(error: SystemExit) -> int:
    """The status that a SystemExit means (Python/pythonrun.c: handle_system_exit)."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -(1 << 63) <= code < 1 << 63 else 0xFF
    return 1


def show(error: BaseException) -> int:
    """Hand an uncaught exception to ``sys.excepthook``, as the interpreter does; gives the exit status."""
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    hook = getattr(sys, "excepthook", None)
    if hook is sys.__excepthook__:
        display(error)
    elif hook is None:
        write("sys.excepthook is missing\n")
        display(error)
    else:
        trouble = call_hook(hook, error)
        if isinstance(trouble, SystemExit):
            return exit_status(trouble)
        if trouble is not None:
            write("Error in sys.excepthook:\n")
            display(trouble)
            write("\nOriginal exception was:\n")
            display(error)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def call_hook(hook: Any, error: BaseException) -> BaseException | None:
    """Call the program's own hook; gives the exception that it raised."""
    try:
        hook(type(error), error, error.__traceback__)
    except BaseException as trouble:
        entry = trouble.__traceback__
        trouble.__traceback__ = entry.tb_next if entry is not None else None
        return trouble
    return None


def display(error: BaseException) -> None:
    """Print a traceback as Python prints it, with the lines of the submitted text."""
    try:
        shown = standard.load("traceback").TracebackException(type(error), error, error.__traceback__)
        if sys.version_info < (3, 11) and sys.implementation.name == "cpython":
            name_as_printed(shown, error)
        lines = list(shown.format())
    except Exception:  # what the program's exception does to a printer is not foreseeable
        lines = [traceback_fields.type_name(error) + "\n"]
    if error.__traceback__ is None and lines and lines[0].startswith("Traceback "):
        del lines[0]  # an error of the compiler came through no line
    write("".join(lines))


def name_as_printed(shown: Any, error: BaseException | None) -> None:
    """Name the program's own classes ``__main__.Error``, as the printer of 3.8 to 3.10 does."""
    seen = 0
    while shown is not None and error is not None and seen < 100:
        kind = type(error)
        if kind.__module__ == "__main__" and not issubclass(kind, SyntaxError):
            shown.exc_type = type(kind.__name__, (Exception,), {"__module__": "builtins"})
            shown.exc_type.__qualname__ = "__main__." + kind.__qualname__
        if shown.__cause__ is not None:
            shown, error = shown.__cause__, error.__cause__
        else:
            shown, error = shown.__context__, error.__context__
        seen += 1


def write(text: str) -> None:
    """Write to standard error, or to descriptor 2 when the program has taken ``sys.stderr`` away."""
    if hasattr(sys, "stderr"):
        if sys.stderr is None:
            return
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
            return
        except Exception:  # noqa: S110  # a stream of the program's own that fails
            pass
    try:
        os.write(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass
