"""Standard input and output, whatever they are: a terminal, a pipe whose reader leaves, a full disk, closed.

Imported before the first picture is painted: `os` and `sys` alone at the top.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from collections.abc import Iterable

    from flowtui.report.text import Painter

#: Width of text where there is no terminal to ask, and the least that is laid out for.
DEFAULT_WIDTH, LEAST_WIDTH = 80, 40


class InputError(Exception):
    """A file or standard input cannot be read: one clear line."""


class OutputError(Exception):
    """Standard output cannot be written: one clear line."""


def keep_descriptors() -> None:
    """Give a closed descriptor 0, 1 or 2 a place, or the next pipe to a child would take its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one


def has_terminal(file: str) -> bool:
    """Whether the workbench can be opened; a source on standard input may leave the keys to /dev/tty.

    Args:
        file: what the command line names; ``-`` for standard input.
    """
    if os.environ.get("TERM") in {"dumb", "unknown"} or sys.stdout is None or not os.isatty(1):
        return False
    if file != "-":
        return os.isatty(0)
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def take_terminal() -> None:
    """Read keys from the terminal from here on; the source has used standard input up."""
    terminal = os.open("/dev/tty", os.O_RDWR)
    os.dup2(terminal, 0)
    os.close(terminal)
    sys.stdin = os.fdopen(0, closefd=False)


def check_file(path: str) -> None:
    """See that `path` is a file that can be read.

    Raises:
        InputError: it is missing, unreadable, or something else than a file.
    """
    import stat

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        os.close(descriptor)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {_reason(error)}") from None
    if not is_file:
        raise InputError(f"{path} is no file with Python code")


def read_input(path: str = "-") -> bytes:
    """All of a file, or with ``-`` all of standard input.

    Raises:
        InputError: it is missing, unreadable or closed.
    """
    if path == "-" and sys.stdin is None:
        raise InputError("standard input is closed: nothing can be read from it")
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        from pathlib import Path

        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        name = "standard input" if path == "-" else path
        raise InputError(f"{name} cannot be read: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()


def write(pieces: Iterable[str | bytes], *, binary: bool = False) -> None:
    """Write to standard output. A reader that left early (``… | head``) is no error: the rest is not made.

    Args:
        pieces: texts or bytes, in order.
        binary: write text as UTF-8 whatever the terminal's encoding is.

    Raises:
        OutputError: it is closed, or cannot be written.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed: there is nowhere to write to")
    stream = sys.stdout.buffer
    encoding = "utf-8" if binary else sys.stdout.encoding
    signs = _signs(encoding)
    try:
        for piece in pieces:
            stream.write(piece if isinstance(piece, bytes) else _encoded(piece, encoding, signs))
        stream.flush()
    except OSError as error:
        # What is still in the buffer must not be tried again when Python ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise OutputError(f"standard output cannot be written: {_reason(error)}") from None


def text_width(given: int | None) -> int:
    """Cells a line of text: what was asked for, or the terminal's width; 0 cuts nothing."""
    if given is None:
        import shutil

        given = shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns
    return max(LEAST_WIDTH, given) if given else 0


def painter() -> Painter | None:
    """What colours the text: nothing on a pipe, on a dumb terminal, or where NO_COLOR is set."""
    forced = bool(os.environ.get("FORCE_COLOR"))
    if sys.stdout is None or os.environ.get("NO_COLOR") or not (forced or sys.stdout.isatty()):
        return None
    from rich.console import Console

    from flowtui.report import text

    return text.painter(Console().color_system)


def _signs(encoding: str) -> dict[int, str] | None:
    """What replaces our own signs where `encoding` has none."""
    try:
        "─│▸→⇒⋯…".encode(encoding)
    except UnicodeEncodeError:
        from flowtui.report.text import ASCII_SIGNS

        return ASCII_SIGNS
    return None


def _encoded(text: str, encoding: str, signs: dict[int, str] | None) -> bytes:
    return (text.translate(signs) if signs else text).encode(encoding, "backslashreplace")
