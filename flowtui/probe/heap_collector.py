"""What the collector frees: which of the known objects are gone after it has run."""

from __future__ import annotations

from gc import get_objects

from . import heap_prints
from . import recording_format as form
from .heap_kinds import CPYTHON, TUPLE

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable

    from .heap_births import Births
    from .heap_book import Book

OLDEST = 2


def make_collected(
    book: Book, births: Births | None
) -> Callable[[str, dict[str, int], int], tuple[int, int, int] | None]:
    """Make what `gc.callbacks` tell: see `heap.Heap.collected`.

    Weak references tell of their objects. Of the other containers those are noted that are in the generations to be
    collected; afterwards those that are in no generation are gone. The first look costs about 50 ns for each object in
    these generations, and the second is only needed when something was collected.
    """
    objects, plans = book.objects, book.plans

    def collected(phase: str, info: dict[str, int], n: int) -> tuple[int, int, int] | None:
        book.settle(n)
        book.collections += 1
        generation = info.get("generation", 0)
        if phase == "start":
            if births is not None:
                births.since()
            book.collecting = generation, frozenset(types_of(generation, info)) if CPYTHON else frozenset()
            return None
        found = info.get("collected", 0)
        candidates = book.collecting[1] if book.collecting is not None else frozenset()
        book.collecting = None
        if candidates and found:
            living = types_of(generation + 1, info)
            for address in candidates:
                o = objects.get(address)
                if o is not None and o.weak is None and not lives(o, living.get(address, 0)):
                    book.forget(o, n, form.FREED_BY_COLLECTION + generation)
        if births is not None:
            births.collected()
        return generation, found, info.get("uncollectable", 0)

    def lives(o: Any, cls: int) -> bool:
        """Whether what is at a known object's address now, of the type at `cls`, can be that object."""
        plan: Any = plans.get(cls)
        if plan is None or plan is not o.plan:
            return False
        if plan.kind == TUPLE and o.print is not None and book.exact:
            return bool(heap_prints.tuple_addresses(o.address, form.MAX_ELEMENTS) == o.print)
        return True

    def types_of(generation: int, info: object) -> dict[int, int]:
        """Addresses of known containers in the generations up to one, and of their types; nothing of ours."""
        ours = id(info)
        found = {}
        for each in range(min(generation, OLDEST) + 1):
            some = get_objects(generation=each)
            for value in some:
                address = id(value)
                if address in objects and address != ours:
                    found[address] = id(type(value))
            some.clear()  # what it held must not be seen to refer to it by the collector
            value = None
        return found

    return collected
