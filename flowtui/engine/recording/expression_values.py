"""What an expression over a recording computes with: plain values, and handles of recorded objects.

Numbers, texts and what an expression itself builds are ordinary Python values. A recorded object is a `Handle`: its
elements are looked up when they are asked for. Nothing here runs code of the learner's: where only such code could tell
(``==`` of a class with an ``__eq__`` of its own), the answer is an `ExpressionError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

#: Elements that one evaluation may look at, and characters or elements that it may make.
MOST = 100_000
#: Bits of the largest integer; about the 4300 digits that Python itself turns into text.
MOST_BITS = 14_000
#: Types whose recorded elements say all about how they compare.
EXACT: dict[str, Callable[[Iterable[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "defaultdict": dict,
    "OrderedDict": dict,
    "Counter": dict,
}


class ExpressionError(ValueError):
    """An expression is not one that can be worked out, here or at all; one clear line."""


class Facts(Protocol):
    """What is asked about the recording while an expression is worked out."""

    def elements(self, handle: Handle) -> Elements:
        """The recorded elements of an object."""
        ...

    def compares_by_identity(self, type_name: str) -> bool:
        """Whether the type is known to have no ``__eq__`` of its own."""
        ...

    def always_true(self, type_name: str) -> bool:
        """Whether the type is known to have neither ``__bool__`` nor ``__len__``."""
        ...

    def bases(self, type_name: str) -> frozenset[str] | None:
        """The names of all its base classes, itself included; None when they are not known."""
        ...


class Elements:
    """The elements of one object: `items` of a sequence or set, `keys` and `items` of a mapping or an instance."""

    __slots__ = ("items", "keys", "left_out")

    def __init__(self, items: Sequence[Any], keys: Sequence[Any] | None = None, left_out: int = 0) -> None:
        self.items = items
        self.keys = keys
        self.left_out = left_out


class Handle:
    """A recorded object.

    Attributes:
        number: the object's number.
        type: the name of its type.
        form: ``sequence``, ``set``, ``mapping``, ``attributes`` or ``leaf``.
        text: what a leaf is.
        address: what ``id()`` gave.
    """

    __slots__ = ("_elements", "address", "facts", "form", "number", "text", "type")

    def __init__(
        self, facts: Facts, number: int, type_name: str, form: str, text: str = "", address: int = 0
    ) -> None:
        self.facts = facts
        self.number = number
        self.type = type_name
        self.form = form
        self.text = text
        self.address = address
        self._elements: Elements | None = None

    def elements(self) -> Elements:
        """Its elements, looked up once."""
        if self._elements is None:
            self._elements = self.facts.elements(self)
        return self._elements

    def all(self) -> Elements:
        """Its elements, when all are recorded.

        Raises:
            ExpressionError: some are not.
        """
        elements = self.elements()
        if elements.left_out:
            raise ExpressionError(f"{elements.left_out} elements of this {self.type} are not recorded")
        return elements

    def __len__(self) -> int:
        if self.form in ("attributes", "leaf"):
            raise ExpressionError(f"the length of a {self.type} is not recorded")
        elements = self.elements()
        return len(elements.items) + elements.left_out

    def __bool__(self) -> bool:
        if self.form in ("sequence", "set", "mapping"):
            return len(self) > 0
        if self.form == "leaf" or self.facts.always_true(self.type):
            return True
        raise ExpressionError(
            f"whether a {self.type} is true would take its own code; compare with `is None`"
        )

    def __iter__(self) -> Iterator[Any]:
        elements = self.all()
        if self.form == "mapping":
            return iter(elements.keys or ())
        if self.form in ("sequence", "set"):
            return iter(elements.items)
        raise ExpressionError(f"what a {self.type} iterates over is not recorded")

    def __hash__(self) -> int:
        return hash(self.number)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Handle) and other.number == self.number:
            return True
        others = isinstance(other, Handle) and not other.by_identity()
        if others or not self.by_identity():
            name = other.type if others and isinstance(other, Handle) else self.type
            raise ExpressionError(f"`==` of a {name} would take its own code; `is` can be used")
        return False

    def by_identity(self) -> bool:
        """Whether it is equal to itself alone."""
        if self.form == "leaf":
            return True
        return self.form == "attributes" and self.facts.compares_by_identity(self.type)


class Cut:
    """A text, bytes or integer of which only the beginning is recorded; `length` counts characters, bytes or bits."""

    __slots__ = ("beginning", "length", "type")

    def __init__(self, type_name: str, length: int, beginning: str = "") -> None:
        self.type = type_name
        self.length = length
        self.beginning = beginning

    def refuse(self) -> ExpressionError:
        """What is said of all that needs the rest."""
        if self.type == "int":
            return ExpressionError(f"this int of {self.length} bits is recorded by its size only")
        return ExpressionError(f"only the beginning of this {self.type} of length {self.length} is recorded")

    def __len__(self) -> int:
        if self.type == "int":
            raise ExpressionError("TypeError: object of type 'int' has no len()")
        return self.length

    def __bool__(self) -> bool:
        return True

    def __hash__(self) -> int:
        return hash((self.type, self.length))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Cut):
            if (other.type, other.length) != (self.type, self.length) or other.beginning != self.beginning:
                return False
        elif self.type == "int":
            if not isinstance(other, int) or other.bit_length() != self.length:
                return False
        elif self.type != type(other).__name__ or len(other) != self.length:  # type: ignore[arg-type]  # the type's name has told that it has a length
            return False
        if isinstance(other, str) and not other.startswith(self.beginning):
            return False
        raise self.refuse()


class TypeName:
    """A type, known by its name alone: what ``type(x)`` gives."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return type_name(other) == self.name

    def __hash__(self) -> int:
        return hash(self.name)


_CLASS = re.compile(r"(?:class|type) (?:.*\.)?(\w+)$|<class '(?:.*\.)?(\w+)'>$")


def type_name(value: object) -> str | None:
    """The name of the type that `value` stands for; None when it stands for none."""
    if isinstance(value, TypeName):
        return value.name
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, Handle):
        found = _CLASS.match(value.text)
        return (found[1] or found[2]) if found else None
    return None


def type_of(value: object) -> str:
    """The name of a value's type."""
    if isinstance(value, Handle | Cut):
        return value.type
    if isinstance(value, TypeName | type):
        return "type"
    return type(value).__name__


class Budget:
    """How much one evaluation may still look at."""

    __slots__ = ("left",)

    def __init__(self, left: int = MOST) -> None:
        self.left = left

    def spend(self, amount: int) -> None:
        """Take `amount` off.

        Raises:
            ExpressionError: there is not so much left.
        """
        self.left -= amount
        if self.left < 0:
            raise ExpressionError("too much to work out: the expression looks at more than 100000 elements")

    def measure(self, value: object) -> None:
        """Spend what `value` has in it, however often it is in there; circles end the budget."""
        pending = [value]
        while pending:
            each = pending.pop()
            if isinstance(each, str | bytes):
                self.spend(len(each) // 64 + 1)
            elif isinstance(each, list | tuple | set | frozenset):
                self.spend(len(each) + 1)
                pending.extend(each)
            elif isinstance(each, dict):
                self.spend(2 * len(each) + 1)
                pending.extend(each)
                pending.extend(each.values())
            else:
                self.spend(1)


def deep(value: object, budget: Budget) -> Any:
    """A value with the recorded lists, tuples, sets and dicts in it as real ones; other objects stay handles.

    Raises:
        ExpressionError: too much, not all recorded, or an object that contains itself.
    """
    return _deep(value, budget, ())


def _deep(value: object, budget: Budget, inside: tuple[int, ...]) -> Any:
    budget.spend(1)
    if isinstance(value, list | tuple | set | frozenset):
        budget.spend(len(value))
        return type(value)(_deep(each, budget, inside) for each in value)
    if isinstance(value, dict):
        budget.spend(len(value))
        return {_deep(k, budget, inside): _deep(v, budget, inside) for k, v in value.items()}
    if not isinstance(value, Handle):
        return value
    make = EXACT.get(value.type)
    if make is None or value.form not in ("sequence", "set", "mapping"):
        return value
    if value.number in inside:
        raise ExpressionError(f"this {value.type} contains itself")
    inside = (*inside, value.number)
    elements = value.all()
    budget.spend(len(elements.items))
    items = [_deep(each, budget, inside) for each in elements.items]
    if elements.keys is None:
        return make(items)
    keys = [_deep(each, budget, inside) for each in elements.keys]
    return make(zip(keys, items, strict=True))


def shown(value: object, longest: int = 60, depth: int = 3) -> str:
    """A short repr of a value for the screen, made by us alone."""
    if isinstance(value, Handle):
        return value.text or value.type
    if isinstance(value, Cut):
        return (
            f"int of {value.length} bits" if value.type == "int" else f"{value.beginning!r}… ({value.length})"
        )
    if isinstance(value, TypeName):
        return f"<class '{value.name}'>"
    text = (
        _shown_container(value, depth)
        if isinstance(value, list | tuple | set | frozenset | dict)
        else repr(value)
    )
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _shown_container(value: Any, depth: int) -> str:
    if not value:
        return repr(value)
    if depth == 0:
        return f"{type(value).__name__} ({len(value)})"
    first = list(value.items() if isinstance(value, dict) else value)[:12]
    if isinstance(value, dict):
        parts = [f"{shown(k, 40, depth - 1)}: {shown(v, 40, depth - 1)}" for k, v in first]
    else:
        parts = [shown(each, 40, depth - 1) for each in first]
    if len(value) > len(first):
        parts.append("…")
    inner = ", ".join(parts)
    if isinstance(value, list):
        return f"[{inner}]"
    if isinstance(value, tuple):
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, frozenset):
        return f"frozenset({{{inner}}})"
    return f"{{{inner}}}"
