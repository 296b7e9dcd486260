"""What flowtui remembers between two starts: the interpreter, the theme, the recent files, the limits."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from flowtui.engine.disk import config_folder, decode_json, encode_json, write_atomically
from flowtui.model.run import Limits

#: How many recent files are remembered.
MAX_RECENT = 20
#: A save takes a millisecond; a lock held for longer belongs to a program that was stopped, and must not stop
#: us.
_TRIES, _PAUSE = 20, 0.01


class SettingsError(Exception):
    """The settings cannot be saved: one clear line."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    Attributes:
        interpreter: the path of the interpreter chosen last; empty for flowtui's own.
        theme: the theme's name; empty for the standard one.
        recent: absolute paths of source files, the most recent first.
        limits: what a learner's program may use.
    """

    interpreter: str = ""
    theme: str = ""
    recent: tuple[str, ...] = ()
    limits: Limits = Limits()

    def with_recent(self, path: str | os.PathLike[str]) -> Settings:
        """The same with `path` as the most recent file."""
        newest = os.path.normpath(Path(path).absolute())
        others = [known for known in self.recent if known != newest]
        return msgspec.structs.replace(self, recent=(newest, *others)[:MAX_RECENT])

    def recent_files(self) -> list[str]:
        """The recent files that are still there."""
        return [path for path in self.recent if Path(path).is_file()]


def settings_path() -> Path:
    """The file that holds the settings; it may not exist yet."""
    return config_folder() / "settings.json"


def load() -> Settings:
    """Read the settings; a broken file gives the standard ones and is kept as ``settings.json.broken``."""
    path = settings_path()
    try:
        return decode_json(path.read_bytes(), Settings)
    except (msgspec.MsgspecError, ValueError):
        with contextlib.suppress(OSError):
            path.replace(path.with_name(path.name + ".broken"))
    except OSError:
        pass
    return Settings()


def update(change: Callable[[Settings], Settings]) -> Settings:
    """Change the settings: read the newest, change them, save them whole.

    Another flowtui that changes them at the same time waits, so neither loses what the other remembered::

        update(lambda settings: settings.with_recent(path))

    Raises:
        SettingsError: they cannot be saved.
    """
    path = settings_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            settings = change(load())
            write_atomically(path, encode_json(settings, indent=2) + b"\n")
    except OSError as error:
        said = (error.strerror or "").lower()
        raise SettingsError(f"the settings cannot be saved in {path}: {said}") from None
    return settings


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`. Where it cannot be had soon, go on: the file stays whole in any case."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(_PAUSE)
            except OSError:  # this file system has no locks
                break
        yield
    finally:
        os.close(descriptor)
