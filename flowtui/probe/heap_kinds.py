"""What objects of a type are made of, and how it is read without running any code of the program's.

A `Plan` says that for one type. Only the exact built-in types' own slots are called, on types whose own they are; an
attribute is read through the member descriptor or the dictionary that the type really has, never through
``__getattribute__``, a property, ``__class__``, ``__len__`` or ``__iter__`` of a class of the program's. Plans hold
no reference to a type of the program's, which would keep it alive.
"""

from __future__ import annotations

import sys
from collections import deque
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CellType,
    CodeType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
)

from . import recording_format as form

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable

CPYTHON = sys.implementation.name == "cpython"
HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement, mostly
TEXT_LENGTH = 200

# The real slots of a type, whatever its metaclass says.
name_of = type.__dict__["__name__"].__get__
names_of = type.__dict__["__dict__"].__get__
line_of = type.__dict__["__mro__"].__get__
flags_of = type.__dict__["__flags__"].__get__
weak_offset_of = type.__dict__["__weakrefoffset__"].__get__ if CPYTHON else lambda cls: 1
attribute = object.__getattribute__
size_of = sys.getsizeof
dict_items, set_iter, frozenset_iter = dict.items, set.__iter__, frozenset.__iter__
arguments_of = BaseException.__dict__["args"].__get__
cell_content = CellType.__dict__["cell_contents"].__get__
deque_iter = deque.__iter__
whole = slice(None)
#: All that an iterator or a view gives; PyPy's `list` would ask a subclass for its length.
all_of: Callable[[Any], list[Any]] = list if CPYTHON else lambda given: [each for each in given]  # noqa: C416  # see above

# How the elements are kept; what a look does is chosen by this.
LEAF, LIST, TUPLE, ELEMENTS, DICT, SET, ATTRIBUTES = range(7)
FORMS = (0, form.H_SEQUENCE, form.H_SEQUENCE, form.H_SEQUENCE, form.H_MAPPING, form.H_SET, form.H_ATTRIBUTES)


class Plan:
    """How to look at objects of one type.

    Attributes:
        name: the type's name.
        text: the number of its text in the recording, 0 before there is one.
        kind: ``LEAF`` … ``ATTRIBUTES``.
        read: gives the elements: a sequence for sequences and sets, pairs for mappings and attributes.
        weak: whether weak references to its objects are possible.
        sized: whether ``sys.getsizeof`` runs built-in code only.
        describe: what a leaf is; None: its type's name says all.
        counted: whether reference counts are worth having.
    """

    __slots__ = ("counted", "describe", "kind", "name", "read", "sized", "text", "weak")

    def __init__(
        self, name: str, kind: int, read: Callable[[Any], Any] | None = None, describe: Any = None
    ) -> None:
        self.name = name
        self.text = 0
        self.kind = kind
        self.read: Any = read
        self.describe = describe
        self.weak = False
        self.sized = False
        self.counted = kind != LEAF


def plain_name(value: object) -> str:
    """A name if it is an exact string, shortened."""
    return value[:TEXT_LENGTH] if type(value) is str else "?"


def described(word: str, get: Callable[[Any], object]) -> Callable[[Any], str]:
    """Make a function that describes by a word and a name."""

    def describe(value: Any) -> str:
        try:
            return word + " " + plain_name(get(value))
        except Exception:  # a slot that is not set
            return word

    return describe


def module_name(value: Any) -> object:
    """What a module calls itself."""
    names = attribute(value, "__dict__")
    return dict.get(names, "__name__") if isinstance(names, dict) else None


def method_name(value: Any) -> object:
    """The name of a bound method's function."""
    function = value.__func__
    plain = type(function) in (FunctionType, BuiltinFunctionType)
    return function.__name__ if plain else type_name(type(function))


def range_text(value: range) -> str:
    """A range as repr gives it."""
    step = ", %d" % value.step if value.step != 1 else ""
    return "range(%d, %d%s)" % (value.start, value.stop, step)


DESCRIPTIONS: dict[type, Callable[[Any], str]] = {
    FunctionType: described("function", lambda value: value.__name__),
    BuiltinFunctionType: described("function", lambda value: value.__name__),
    ModuleType: described("module", module_name),
    MethodType: described("method", method_name),
    CodeType: described("code", lambda value: value.co_name),
    GeneratorType: described("generator", lambda value: value.__name__),
    CoroutineType: described("coroutine", lambda value: value.__name__),
    AsyncGeneratorType: described("async generator", lambda value: value.__name__),
    range: range_text,
}


def type_name(cls: type) -> str:
    """A class's name, as it really is."""
    return plain_name(name_of(cls))


def describe_class(value: type) -> str:
    """What a class is."""
    return "class " + type_name(value)


def cell_elements(value: Any) -> list[tuple[str, object]]:
    """A cell as attributes."""
    try:
        return [("cell_contents", cell_content(value))]
    except ValueError:
        return []


def make_plan(cls: type) -> Plan:
    """Work out how objects of a type are looked at."""
    line = line_of(cls)
    if line is None:  # 3.8 and 3.9 never finish some types of their own (of async generators)
        plan = Plan(type_name(cls), LEAF)
        plan.weak = plan.sized = False
        return plan
    plan = structure(cls, line)
    plan.weak = weak_offset_of(cls) != 0
    plan.sized = CPYTHON and builtin_size(line)
    return plan


def structure(cls: type, line: tuple[type, ...]) -> Plan:
    """A plan's kind and reader."""
    name = type_name(cls)
    if cls is list:
        return Plan(name, LIST, list.copy)
    if cls is tuple:
        return Plan(name, TUPLE, lambda value: value)
    if cls is CellType:
        return Plan(name, ATTRIBUTES, cell_elements)
    if type in line:
        return Plan(name, LEAF, None, describe_class)
    if dict in line:
        return Plan(name, DICT, dict_items)
    if list in line:
        return Plan(name, ELEMENTS, list.copy)
    if tuple in line:
        return Plan(name, ELEMENTS, lambda value: tuple.__getitem__(value, whole))
    if set in line:
        return Plan(name, SET, lambda value: all_of(set_iter(value)))
    if frozenset in line:
        return Plan(name, SET, lambda value: all_of(frozenset_iter(value)))
    if deque in line:
        return Plan(name, ELEMENTS, lambda value: all_of(deque_iter(value)))
    if BaseException in line:
        return Plan(name, ELEMENTS, arguments_of)
    for each in line:
        if each in DESCRIPTIONS:
            return Plan(name, LEAF, None, DESCRIPTIONS[each])
    reader = attribute_reader(line)
    if reader is not None:
        return Plan(name, ATTRIBUTES, reader)
    return Plan(name, LEAF)


def builtin_size(line: tuple[type, ...]) -> bool:
    """Whether the first ``__sizeof__`` of a line of classes is written in C."""
    for cls in line:
        found = names_of(cls).get("__sizeof__")
        if found is not None:
            return type(found) is MethodDescriptorType
    return False


def attribute_reader(line: tuple[type, ...]) -> Callable[[Any], list[tuple[str, object]]] | None:
    """Make the reader of an instance's attributes; None when it can have none."""
    slotted = any(
        type(member) is MemberDescriptorType
        for cls in line
        if not CPYTHON or flags_of(cls) & HEAP_TYPE
        for member in list(names_of(cls).values())
    )
    owner = next((names_of(cls)["__dict__"] for cls in line if "__dict__" in names_of(cls)), None)
    # The first one found is what `object.__getattribute__` would ask: a property is code of the program's.
    with_names = type(owner) is GetSetDescriptorType
    del owner
    if slotted:
        return lambda value: slot_values(value) + (own_names(value) if with_names else [])
    return own_names if with_names else None


def own_names(value: Any) -> Any:
    """The pairs of an instance's dictionary."""
    names = attribute(value, "__dict__")
    return all_of(dict_items(names)) if isinstance(names, dict) else []


def slot_values(value: Any) -> list[tuple[str, object]]:
    """The pairs of an instance's ``__slots__``, base classes first."""
    found = []
    for cls in reversed(line_of(type(value))):
        if CPYTHON and not flags_of(cls) & HEAP_TYPE:
            continue
        for name, member in list(names_of(cls).items()):
            if type(member) is MemberDescriptorType:
                try:
                    found.append((name, member.__get__(value)))
                except AttributeError:
                    continue
    return found
