"""Where flowtui keeps things, and how a file is replaced so that it is whole at every moment."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Any, TypeVar

import msgspec

#: When it is set, everything is kept below this folder and nowhere else.
HOME_VARIABLE = "FLOWTUI_HOME"

Kind = TypeVar("Kind")


def config_folder() -> Path:
    """Where settings are kept; it may not exist yet."""
    return _folder("config")


def cache_folder() -> Path:
    """Where things are kept that can be found out again; it may not exist yet."""
    return _folder("cache")


def data_folder() -> Path:
    """Where a learner's own things are kept, such as unsaved text; it may not exist yet."""
    return _folder("data")


def _folder(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).absolute() / kind
    # Costs some milliseconds, which a start with FLOWTUI_HOME, and a first paint, do not pay.
    import platformdirs

    folders = {
        "config": platformdirs.user_config_path,
        "cache": platformdirs.user_cache_path,
        "data": platformdirs.user_data_path,
    }
    return folders[kind]("flowtui", appauthor=False)


def encode_json(value: Any, *, indent: int = 0) -> bytes:
    """A structure as JSON; a file name with bytes that are no text is escaped, so that it comes back whole."""
    try:
        data = msgspec.json.encode(value)
        return msgspec.json.format(data, indent=indent) if indent else data
    except UnicodeEncodeError:
        import json  # the slow way, for such names alone

        return json.dumps(msgspec.to_builtins(value), indent=indent or None).encode("ascii")


def decode_json(data: bytes, kind: type[Kind]) -> Kind:
    """What `encode_json` wrote.

    Raises:
        msgspec.MsgspecError: it is no JSON, or not of that kind.
        ValueError: it is no text.
    """
    if b"\\ud" not in data:
        return msgspec.json.decode(data, type=kind)
    import json

    return msgspec.convert(json.loads(data), kind)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file at `path` with `data`: a reader, or a power cut, meets the old bytes or the new.

    A link is followed to the file it names. The mode of an existing file is kept, its owner where that is
    allowed.

    Raises:
        OSError: it cannot be written; the old file is untouched and nothing is left beside it.
    """
    target = Path(os.path.realpath(path))
    try:
        old = target.stat()
    except FileNotFoundError:
        old = None
    beside = target.with_name(f".{target.name[:100]}.{os.urandom(4).hex()}.new")
    # O_EXCL: nobody's file is overwritten; 0o666: the umask decides, as for any new file.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        try:
            _write_all(descriptor, data)
            if old is not None:
                with contextlib.suppress(OSError):  # only root may give a file away
                    os.fchown(descriptor, old.st_uid, old.st_gid)
                os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(target.parent)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    """Make the new name last; where that cannot be, the file itself is written all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
