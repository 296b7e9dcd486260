"""Weak references of the recorder's own, which the program does not see when it counts them."""

from __future__ import annotations

import _weakref
import sys
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any


class Reference(_weakref.ref):  # type: ignore[type-arg]  # 3.8 cannot subscript it
    """A weak reference that knows its object's address, for the time when there is no object any more."""

    __slots__ = ("key",)
    key: int


def hide() -> None:
    """Make `weakref.getweakrefcount` and `getweakrefs` leave ours out, from now on.

    It is not undone: the references outlive the recording. ``object.__weakref__`` is the one place where the first of
    them can still be seen. `weakref` has these functions from `_weakref`, whenever it is imported.
    """
    real_count, real_list = _weakref.getweakrefcount, _weakref.getweakrefs
    if type(real_list) is FunctionType:
        return  # hidden already

    def getweakrefs(object: Any, /) -> list[Any]:
        return [each for each in real_list(object) if type(each) is not Reference]

    def getweakrefcount(object: Any, /) -> int:
        return len(getweakrefs(object))

    modules: list[Any] = [_weakref, sys.modules.get("weakref")]
    for function, real in ((getweakrefs, real_list), (getweakrefcount, real_count)):
        function.__module__ = real.__module__
        function.__qualname__ = real.__name__
        function.__doc__ = real.__doc__
        for module in modules:
            if module is not None:
                setattr(module, real.__name__, function)
