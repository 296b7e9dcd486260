"""Weak references of the recorder's own, which the program does not see when it counts them."""

from __future__ import annotations

import _weakref

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable


class Reference(_weakref.ref):  # type: ignore[type-arg]
    """A weak reference that knows its object's address, for the time when there is no object any more."""

    __slots__ = ("key",)
    key: int


def hide() -> Callable[[], None]:
    """Make `weakref.getweakrefcount` and `getweakrefs` leave ours out; gives what undoes it.

    ``object.__weakref__`` is the one place where the first of them can still be seen.
    """
    import weakref

    real_count, real_list = _weakref.getweakrefcount, _weakref.getweakrefs

    def getweakrefs(object: Any, /) -> list[Any]:
        return [each for each in real_list(object) if type(each) is not Reference]

    def getweakrefcount(object: Any, /) -> int:
        return len(getweakrefs(object))

    for function, real in ((getweakrefs, real_list), (getweakrefcount, real_count)):
        function.__module__ = real.__module__
        function.__qualname__ = real.__name__
        function.__doc__ = real.__doc__
    modules: tuple[Any, ...] = (_weakref, weakref)

    def put(counter: Any, lister: Any) -> None:
        for module in modules:
            module.getweakrefcount = counter
            module.getweakrefs = lister

    put(getweakrefcount, getweakrefs)
    return lambda: put(real_count, real_list)
