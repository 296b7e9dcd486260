"""What the sources of a recording say about its classes: bases, and which special methods a class has of its own.

Only what is certain is said: a name that is bound to two classes, a decorator, a metaclass or a base that is not
defined in the recorded sources makes a class unknown.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable

#: Base classes by the names of built-in types, and of exceptions.
BUILT_IN: dict[str, frozenset[str]] = {
    name: frozenset(base.__name__ for base in kind.__mro__)
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and kind.__name__ == name
}


class ClassFacts:
    """The classes of some sources.

    Args:
        sources: texts of modules; one that this Python cannot parse makes all of its classes unknown.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._classes: dict[str, ast.ClassDef | None] = {}
        for source in sources:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter(
                        "ignore"
                    )  # Python's remarks on the learner's text would go to the screen
                    tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self._classes[node.name] = None if node.name in self._classes else node
        self._lines: dict[str, tuple[ast.ClassDef, ...] | None] = {}

    def compares_by_identity(self, name: str) -> bool:
        """Whether the class is known to be without an ``__eq__`` of its own."""
        return self._without(name, ("__eq__",))

    def always_true(self, name: str) -> bool:
        """Whether the class is known to have neither ``__bool__`` nor ``__len__``."""
        return self._without(name, ("__bool__", "__len__"))

    def bases(self, name: str) -> frozenset[str] | None:
        """The names of a class and of all its bases; None when they are not known."""
        return self._bases(name, ())

    def _bases(self, name: str, below: tuple[str, ...]) -> frozenset[str] | None:
        if name not in self._classes:
            return BUILT_IN.get(name)
        node = self._classes[name]
        if node is None or name in below:
            return None
        found = {name, "object"}
        for base in node.bases:
            above = self._bases(base.id, (*below, name)) if isinstance(base, ast.Name) else None
            if above is None:
                return None
            found |= above
        return frozenset(found)

    def _without(self, name: str, methods: tuple[str, ...]) -> bool:
        line = self._line(name)
        return line is not None and not any(_binds(node, methods) for node in line)

    def _line(self, name: str) -> tuple[ast.ClassDef, ...] | None:
        """A class and its bases, all from the sources; None when one is not."""
        if name not in self._lines:
            self._lines[name] = None  # a class that is its own base has no line
            self._lines[name] = self._trace(name)
        return self._lines[name]

    def _trace(self, name: str) -> tuple[ast.ClassDef, ...] | None:
        node = self._classes.get(name)
        if node is None or node.decorator_list or node.keywords:
            return None
        line = [node]
        for base in node.bases:
            if not isinstance(base, ast.Name):
                return None
            if base.id in self._classes:
                above = self._line(base.id)
                if above is None:
                    return None
                line += above
            elif base.id not in (
                "object",
                "Exception",
                "ValueError",
                "TypeError",
                "LookupError",
                "RuntimeError",
            ):
                return None
        return tuple(line)


def _binds(node: ast.ClassDef, names: tuple[str, ...]) -> bool:
    """Whether anything in a class body gives one of the names a value."""
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and each.name in names:
            return True
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in names:
            return True
    return False
