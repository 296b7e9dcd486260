"""Cache files: the header's fields (PEP 552), whether the file still fits its source, and the code inside.

The code is read by ``marshal`` in this child alone, only when the magic number is this interpreter's own, and
is never executed. Every byte may be hostile: a file too short, too long or full of garbage gives a header and
a failure.
"""

from __future__ import annotations

import os
import stat
import sys
from time import perf_counter
from types import CodeType

from .handshake import magic_number
from .serve import BadRequest

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

    from .serve import Pipe
    from .wire import Frame

#: Bytes; a cache file beyond is not read.
LIMIT = 256 << 20
#: The first magic number of each CPython and the last (``Lib/importlib/_bootstrap_external.py``, from 3.14 on
#: ``Include/internal/pycore_magic_number.h``; each version has a range of fifty of its own from 3.11 on).
CPYTHON = (
    (3000, 3131, "3.0"),
    (3141, 3151, "3.1"),
    (3160, 3180, "3.2"),
    (3190, 3230, "3.3"),
    (3250, 3310, "3.4"),
    (3320, 3351, "3.5"),
    (3360, 3379, "3.6"),
    (3390, 3399, "3.7"),
    (3400, 3419, "3.8"),
    (3420, 3429, "3.9"),
    (3430, 3449, "3.10"),
    (3450, 3499, "3.11"),
    (3500, 3549, "3.12"),
    (3550, 3599, "3.13"),
    (3600, 3649, "3.14"),
    (3650, 3699, "3.15"),
    (62211, 62211, "2.7"),
)
#: PyPy counts for itself (``pypy/module/imp/importing.py``).
PYPY = {240: "3.7", 256: "3.8", 336: "3.9", 384: "3.10", 416: "3.11", 432: "3.11"}


def answer(pipe: Pipe, number: int, frame: Frame) -> None:
    """Serve one request: the header, then the bytecode inside when this interpreter can read it.

    Raises:
        BadRequest: the request names no file.
    """
    path, source_path = frame.head.get("path"), frame.head.get("source_path") or ""
    if (
        not isinstance(path, str)
        or not isinstance(source_path, str)
        or not path
        or "\0" in path + source_path
    ):
        raise BadRequest("a request for a cache file needs its path")
    header, data, source = inspect(path, source_path)
    pipe.send({"kind": "pyc", "id": number, "header": header})
    if header["exists"] and not header["readable"]:
        fail(pipe, number, "Foreign", header["reason"])
    elif header["readable"]:
        send_code(pipe, number, data, source if header["state"] == "fresh" else None)


def fail(pipe: Pipe, number: int, kind: str, message: str) -> None:
    """Say that there is no code to show, and why."""
    pipe.send(
        {
            "kind": "failure",
            "id": number,
            "stage": "pyc",
            "type": kind,
            "message": message,
            "span": None,
            "text": "",
        }
    )


def send_code(pipe: Pipe, number: int, data: bytes, source: bytes | None) -> None:
    """Send stage `bytecode` of the code behind the header; it has spans if its source is given."""
    import marshal

    from . import bytecode
    from .text import Text

    began = perf_counter()
    try:
        with MemoryLimit(len(data)):
            code = marshal.loads(data[16:])  # noqa: S302  # in a child of its own, never executed
        if not isinstance(code, CodeType):
            raise TypeError("behind the header is no code object but %s" % type(code).__name__)
        head, columns = bytecode.make(code, Text(source) if source is not None else None)
    except Exception as error:  # marshal and dis raise what they like at bytes that nobody compiled
        fail(pipe, number, type(error).__name__, " ".join(str(error).split()) or "the code cannot be read")
        return
    head.update(kind="stage", id=number, stage="bytecode", milliseconds=(perf_counter() - began) * 1e3)
    pipe.send(head, columns)


class MemoryLimit:
    """Keeps ``marshal`` from taking memory at the word of five bytes, which can announce a tuple of 16 GB.

    Loaded code takes about ten times the file; what the limit refuses is a MemoryError.
    """

    def __init__(self, size: int) -> None:
        self._spare = (256 << 20) + 64 * size
        self._before: tuple[int, int] | None = None

    def __enter__(self) -> None:
        try:
            import resource

            with open("/proc/self/statm", "rb") as file:
                used = int(file.read().split()[0]) * resource.getpagesize()
            soft, hard = resource.getrlimit(resource.RLIMIT_AS)
            wanted = used + self._spare
            if soft == resource.RLIM_INFINITY or soft > wanted:
                resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
                self._before = soft, hard
        except (ImportError, OSError, ValueError):  # only Linux tells and limits it this way
            pass

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, self._before)


def inspect(path: str, source_path: str) -> tuple[dict[str, Any], bytes, bytes | None]:
    """The fields of `model.PycHeader`, the file's bytes and those of the source, if it could be read."""
    header: dict[str, Any] = {
        "path": path,
        "exists": False,
        "size": 0,
        "readable": False,
        "flags": 0,
        "kind": "",
        "source_path": "",
        "state": "absent",
    }
    try:
        data = read(path)
    except FileNotFoundError:
        header["reason"] = "There is no such file."
        return header, b"", None
    except (OSError, ValueError) as error:
        header["reason"] = "It cannot be read: %s." % (getattr(error, "strerror", None) or error)
        return header, b"", None
    header.update(exists=True, size=len(data), magic=data[:4].hex(), written_by=written_by(data[:4]))
    header["code_size"] = max(0, len(data) - take_apart(header, data))
    source, entry = None, None
    guess = source_path or source_of(path)
    try:
        entry = os.stat(guess) if guess else None
        source = read(guess) if guess else None
        header["source_path"] = guess
    except (OSError, ValueError):
        entry = None
    header["state"], header["reason"] = judge(header, data, source, entry)
    return header, data, source


def read(path: str) -> bytes:
    """The bytes of a regular file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no regular file, or too large.
    """
    entry = os.stat(path)
    if not stat.S_ISREG(entry.st_mode):
        raise ValueError("it is no regular file")
    if entry.st_size > LIMIT:
        raise ValueError("it is larger than %d MB" % (LIMIT >> 20))
    with open(path, "rb") as file:
        return file.read(LIMIT)


def written_by(magic: bytes) -> str:
    """``CPython 3.11`` of a magic number's four bytes; empty when it is not known."""
    if magic == magic_number():
        name = {"cpython": "CPython", "pypy": "PyPy"}.get(sys.implementation.name, sys.implementation.name)
        return "%s %d.%d" % (name, *sys.version_info[:2])
    if len(magic) < 4 or magic[2:] != b"\r\n":
        return ""
    number = int.from_bytes(magic[:2], "little")
    if number in PYPY:
        return "PyPy " + PYPY[number]
    for first, last, version in CPYTHON:
        if first <= number <= last:
            return "CPython " + version
    return ""


def take_apart(header: dict[str, Any], data: bytes) -> int:
    """Fill in what stands behind the magic number; the result is the header's size in bytes.

    CPython's header had 8 bytes up to 3.2 (no size), 12 up to 3.6 (no flags), and has 16 since.
    """
    word = [int.from_bytes(data[at : at + 4], "little") if len(data) >= at + 4 else None for at in (4, 8, 12)]
    owner = header["written_by"]
    header["readable"] = len(data) >= 16 and data[:4] == magic_number()
    if not owner:
        return len(data)
    version = tuple(map(int, owner.split()[1].split(".")))
    if version < (3, 7):
        header.update(
            kind="timestamp", source_mtime=word[0], source_size=word[1] if version >= (3, 3) else None
        )
        return 12 if version >= (3, 3) else 8
    flags = word[0]
    if flags is None:
        return 16
    header["flags"] = flags
    if flags > 3 or flags == 2:
        header["readable"] = False
    elif flags & 1:
        header["kind"] = "checked-hash" if flags & 2 else "unchecked-hash"
        header["source_hash"] = data[8:16].hex() if len(data) >= 16 else None
    else:
        header.update(kind="timestamp", source_mtime=word[1], source_size=word[2])
    return 16


def source_of(path: str) -> str:
    """The source that a cache file is of, by its name: PEP 3147's folder, or ``x.pyc`` beside ``x.py``."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "__pycache__":
        return os.path.join(os.path.dirname(folder), name.split(".")[0] + ".py")
    return path[:-1] if path.endswith(".pyc") else ""


def judge(
    header: dict[str, Any], data: bytes, source: bytes | None, entry: os.stat_result | None
) -> tuple[str, str]:
    """The state and the reason for it, as importlib would decide."""
    if len(data) < 16 and (not header["written_by"] or data[:4] == magic_number()):
        return "foreign", "It is no cache file: it has %d bytes, a header alone has 16." % len(data)
    if not header["written_by"]:
        said = header["magic"]
        return "foreign", "Its magic number %s is not known: it may be no cache file at all." % said
    if data[:4] != magic_number():
        return "foreign", "It was written by %s; this interpreter does not read it." % header["written_by"]
    if not header["kind"]:
        return "foreign", "Its flags %#x are not known: importlib refuses it." % header["flags"]
    if header["kind"] == "unchecked-hash":
        return "unchecked", "importlib takes it without looking at the source."
    if source is None or entry is None:
        return "no source", "There is no source to compare it with."
    if header["kind"] == "checked-hash":
        from importlib.util import source_hash

        if source_hash(source).hex() == header["source_hash"]:
            return "fresh", "The hash of the source is the one in the header."
        return "stale", "The hash of the source is another than the one in the header."
    if int(entry.st_mtime) & 0xFFFFFFFF != header["source_mtime"]:
        return "stale", "The source was changed at another time than the header says."
    if entry.st_size & 0xFFFFFFFF != header["source_size"]:
        sizes = entry.st_size, header["source_size"]
        return "stale", "The source has %d bytes, the header says %d." % sizes
    return "fresh", "The source's time and size are those in the header."
