"""What containers' memory is like: prints that are equal as long as a container refers to the same objects.

For CPython on 64-bit machines with plain object headers. A dictionary of 3.12 and older has a version, a number that no
other dictionary and no other state of it ever has (``ma_version_tag``); elsewhere the addresses are compared, which are
read in one piece. Layouts: ``Include/cpython/{listobject,tupleobject,dictobject,setobject}.h`` and
``Objects/dict-common.h``, ``Include/internal/pycore_dict.h``.
"""

from __future__ import annotations

from . import frame_stack

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

#: Whether a dictionary's print tells it from any other dictionary too.
VERSIONED = frame_stack.VERSION <= (3, 12)
TUPLE_ITEMS = (
    getattr(tuple, "__basicsize__", 24) >> 3
)  # words before the first; 3.14 keeps the hash there too
UNICODE_KEYS = 1  # DictKeysKind: entries without hashes
memory: Any = frame_stack.MEMORY


def list_addresses(address: int, most: int) -> bytearray:
    """The addresses of a list's first elements, 8 bytes each."""
    place = address >> 3
    length = memory[place + 2]
    first = memory[place + 3] >> 3
    return bytearray(memory[first : first + (length if length < most else most)]) if length else bytearray()


def list_begins(address: int, print_: bytearray, count: int) -> bool:
    """Whether a list begins with the first `count` addresses of an older print."""
    first = memory[(address >> 3) + 3] >> 3
    found: bytes = memory[first : first + count].tobytes()
    return found == (print_ if len(print_) == count << 3 else print_[: count << 3])


def list_end(address: int, start: int, stop: int) -> bytes:
    """The addresses of a list's elements from `start` to `stop`."""
    first = memory[(address >> 3) + 3] >> 3
    end: bytes = memory[first + start : first + stop].tobytes()
    return end


def tuple_addresses(address: int, most: int) -> bytearray:
    """The addresses of a tuple's first elements."""
    place = address >> 3
    length = memory[place + 2]
    first = place + TUPLE_ITEMS
    return bytearray(memory[first : first + (length if length < most else most)])


def set_print(address: int) -> bytes:
    """A set's whole table: addresses and hashes."""
    place = address >> 3
    first = memory[place + 5] >> 3
    table: bytes = memory[first : first + 2 * memory[place + 4] + 2].tobytes()
    return table


def dict_version(address: int) -> int:
    """A dictionary's version, up to 3.12."""
    version: int = memory[(address >> 3) + 3]
    return version


def dict_entries(address: int) -> bytes:
    """A dictionary's entries, and how many of them are used, from 3.13 on."""
    place = address >> 3
    keys = memory[place + 4] >> 3
    values = memory[place + 5] >> 3
    head: bytes = memory[place + 2 : place + 6].tobytes()
    if values:  # shared keys: the values of one instance
        whole: bytes = memory[values : values + 1 + (memory[values] & 0xFF)].tobytes()
        return head + whole
    sizes = memory[keys + 1]
    first = keys + 4 + ((1 << (sizes >> 8 & 0xFF)) + 7 >> 3)
    width = 2 if sizes >> 16 & 0xFF == UNICODE_KEYS else 3
    entries: bytes = memory[first : first + memory[keys + 3] * width].tobytes()
    return head + entries


dict_print: Any = dict_version if VERSIONED else dict_entries
