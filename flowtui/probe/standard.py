"""The standard library for the probe, the program's own files for the program: names may be the same.

A program with a ``json.py`` beside it means that one, although the probe has imported the standard one long
before; and a traceback is printed with the standard ``traceback``, although a ``linecache.py`` of the program
may stand in the way of that.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import ModuleType
    from typing import Any

#: Where modules came from before the program's folder was put in front.
_path: list[str] = []
#: What the program's folder has files for.
_names: set[str] = set()
#: Modules that the probe has imported and that the program does not mean.
_hidden: dict[str, ModuleType] = {}


def give_way(folder: str, started_with: set[str]) -> None:
    """Put the program's folder in front, and forget what the probe has imported of the same name.

    Args:
        folder: what is to stand first in ``sys.path``.
        started_with: modules of the interpreter's own start; they win in plain Python too.
    """
    _path[:] = sys.path
    sys.path.insert(0, folder)
    try:
        _names.update(entry.split(".")[0] for entry in os.listdir(folder or "."))
    except OSError:
        return
    for name in _names.intersection(sys.modules) - started_with - {"__main__"}:
        _hidden[name] = sys.modules.pop(name)


def load(name: str) -> Any:
    """Import a standard module past the program's folder."""
    path, theirs = sys.path, {each: sys.modules.pop(each) for each in _names.intersection(sys.modules)}
    sys.modules.update(_hidden)
    sys.path = list(_path)
    try:
        return __import__(name)
    finally:
        sys.path = path
        for each in _names.intersection(sys.modules):
            _hidden[each] = sys.modules.pop(each)
        sys.modules.update(theirs)
