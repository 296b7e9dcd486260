"""Callables of the interpreter's own, and what a call of them can change that a recording shows.

After most calls nothing has to be looked at: the program's own functions are recorded while they run, and the functions
here change nothing, or nothing but the object whose method they are.
"""

from __future__ import annotations

import builtins
import functools
import math
import sys
import time
from types import BuiltinFunctionType, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

_FUNCTIONS = """
    abs all any ascii bin callable chr compile dir divmod format getattr globals hasattr hash hex id input isinstance
    issubclass iter len locals max min next oct open ord pow print repr round sorted sum vars __build_class__
"""
#: Methods of types that change, which change nothing.
_READING = {
    dict: "__contains__ __getitem__ __iter__ __len__ copy fromkeys get items keys values",
    list: "__contains__ __getitem__ __iter__ __len__ copy count index",
    set: "__contains__ __iter__ __len__ copy difference intersection isdisjoint issubset issuperset union"
    " symmetric_difference",
    object: "__init__ __new__ __getattribute__ __eq__ __ne__ __hash__ __repr__ __str__ __format__ __sizeof__",
}
#: Types without any method that changes something.
_UNCHANGING = (int, str, float, complex, bool, bytes, tuple, range, frozenset, type(None), slice)
MethodDescriptor: Any = type(str.join)
WrapperDescriptor: Any = type(object.__init__)
MethodWrapper: Any = type(object().__str__)
ClassMethodDescriptor: Any = type(dict.__dict__["fromkeys"])
#: What calls of have effects on their arguments and their object at most.
IN_C = frozenset(
    (BuiltinFunctionType, MethodDescriptor, WrapperDescriptor, MethodWrapper, ClassMethodDescriptor)
)
#: Callables that run the program's own functions, which are recorded, and change nothing themselves.
TYPES = frozenset((type(functools.lru_cache(len)),))
#: Types of arguments that cannot be changed and have no elements.
ATOMS = frozenset((*_UNCHANGING, type(...), type(NotImplemented), BuiltinFunctionType, type)) - {
    tuple,
    frozenset,
}


def _addresses() -> frozenset[int]:
    """The addresses of functions and methods that change nothing; they live as long as the interpreter."""
    found = [getattr(builtins, name) for name in _FUNCTIONS.split()]
    for owner, names in _READING.items():
        found += [vars(owner)[name] for name in names.split() if name in vars(owner)]
    for owner in _UNCHANGING:
        found += [each for each in vars(owner).values() if type(each) in IN_C]
    for module in (math, time):
        found += [each for each in vars(module).values() if type(each) is BuiltinFunctionType]
    # PyPy has no counts of references
    found += [vars(sys)[name] for name in ("getrefcount", "getsizeof", "intern") if name in vars(sys)]
    KEPT.extend(found)
    return frozenset(map(id, found))


MRO = type.__dict__["__mro__"].__get__
NAMES = type.__dict__["__dict__"].__get__
#: Keeps them alive, whatever the program deletes, so that their addresses stay theirs.
KEPT: list[Any] = []
ADDRESSES = _addresses()
#: Functions in C that can change anything.
RUN_ANYTHING = frozenset(map(id, (exec, eval, builtins.__import__)))


def called(kind: type) -> object:
    """The function that a call of an instance runs, when it is a plain function; else one that is never recorded."""
    for base in MRO(kind) or ():  # 3.8 and 3.9 never finish some types of their own
        names = NAMES(base)
        if "__call__" in names:
            found = names["__call__"]
            return found if type(found) is FunctionType else called
    return called
