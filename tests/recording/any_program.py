"""Random programs that end: assignments, containers, loops, functions, generators, classes, exceptions."""

from __future__ import annotations

import random
from collections.abc import Callable

NAMES = ["a", "b", "c", "d"]


class AnyProgram:
    """One program of a seed; what fails in it is an exception like any other."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.functions: list[tuple[str, int]] = []
        self.in_function = False
        self.in_loop = False
        self.loops = 0

    def text(self) -> str:
        """The whole program."""
        self.lines = [f"{name} = {self.atom()}" for name in NAMES]
        for kind in self.random.sample([self.function, self.generator, self.a_class, self.function], 3):
            kind()
        for _ in range(self.random.randint(4, 9)):
            guarded = self.random.random() < 0.9  # else most programs would be over soon
            if guarded:
                self.add(0, "try:")
            self.statement(guarded, 3)
            if guarded:
                self.add(0, "except Exception as error:")
                self.add(1, "print(type(error).__name__)")
        self.lines.append("print(a, b, c, d)")
        return "\n".join(self.lines) + "\n"

    def add(self, indent: int, text: str) -> None:
        """A line."""
        self.lines.append("    " * indent + text)

    def name(self) -> str:
        """One of the few names."""
        return self.random.choice(NAMES)

    def atom(self) -> str:
        """A plain value."""
        pick = self.random.choice
        return pick(
            ["0", "1", "2", "-3", "7", "True", "None", "'x'", "'yz'", "1.5", "[]", "[1, 2]", "{}", "(1, 'k')"]
        )

    def expression(self, depth: int = 2) -> str:
        """An expression; it may fail."""
        if depth == 0 or self.random.random() < 0.3:
            return self.random.choice([self.name, self.name, self.atom])()
        one, two = self.expression(depth - 1), self.expression(depth - 1)
        kinds = [
            f"({one} {self.random.choice(['+', '-', '*', '//', '%', '==', '<', 'and', 'or', 'is', 'in'])} {two})",
            f"[{one}, {two}]",
            f"({one}, {two})",
            f"{{{self.random.choice(['1', repr('k')])}: {one}}}",
            f"({one} if {two} else {self.name()})",
            f"[{self.name()} for {self.name()} in range({self.random.randint(0, 3)})]",
            f"(not {one})",
            f"str({one})[:20]",
            f"len(str({one}))",
            f"f'{{{self.name()}}}-{self.random.randint(0, 9)}'[:20]",
            f"sorted([{self.random.randint(0, 9)}, {self.random.randint(0, 9)}])",
            f"{self.name()}[0]",
            f"(lambda {self.name()}: {one})({two})",
        ]
        if self.functions:
            name, count = self.random.choice(self.functions)
            kinds += [f"{name}({', '.join(self.expression(0) for _ in range(count))})"] * 3
        return self.random.choice(kinds)

    def statement(self, indent: int, depth: int) -> None:
        """One statement, with its block."""
        simple: list[Callable[[int], None]] = [
            lambda at: self.add(at, f"{self.name()} = {self.expression()}"),
            lambda at: self.add(at, f"{self.name()} = {self.expression()}"),
            lambda at: self.add(
                at, f"{self.name()}, {self.name()} = {self.expression()}, {self.expression()}"
            ),
            lambda at: self.add(at, f"{self.name()} = {self.name()} = [{self.expression()}]"),
            lambda at: self.add(
                at, f"{self.name()} += 1" if self.random.random() < 0.5 else self.expression()
            ),
            self.container,
            lambda at: self.add(at, f"print({self.expression()})"),
            lambda at: self.add(at, "pass"),
        ]
        block: list[Callable[[int, int], None]] = [
            self.branch,
            self.loop,
            self.loop,
            self.attempt,
            self.attempt,
        ]
        if depth and self.random.random() < 0.45:
            self.random.choice(block)(indent, depth - 1)
        else:
            self.random.choice(simple)(indent)
        if self.in_loop and self.random.random() < 0.08:
            self.add(indent, f"if {self.expression(1)}: {self.random.choice(['break', 'continue'])}")

    def block(self, indent: int, depth: int) -> None:
        """A block's statements."""
        for _ in range(self.random.randint(1, 3)):
            self.statement(indent, depth)

    def container(self, indent: int) -> None:
        """Something that changes an object in place, if it is of that kind."""
        name, value = self.name(), self.expression(1)
        kind, line = self.random.choice(
            [
                ("list", f"{name}.append({value})"),
                ("list", f"{name}.insert(0, {value})"),
                ("list", f"{name}[:1] = [{value}, {value}]"),
                ("list", f"{name}.extend([1, {value}])"),
                ("list", f"{name}.reverse()"),
                ("list", f"{name} += [{value}]"),
                ("list", f"del {name}[:1]"),
                ("dict", f"{name}['k'] = {value}"),
                ("dict", f"{name}.update(k={value}, l=2)"),
                ("dict", f"{name}.setdefault('m', []).append({value})"),
                ("dict", f"{name}.pop('k', None)"),
                ("dict", f"{name}.clear()"),
            ]
        )
        self.add(indent, f"if type({name}) is {kind} and len({name}) < 9:")
        self.add(indent + 1, line)

    def branch(self, indent: int, depth: int) -> None:
        """If, elif, else."""
        self.add(indent, f"if {self.expression()}:")
        self.block(indent + 1, depth)
        if self.random.random() < 0.5:
            self.add(indent, f"elif {self.expression(1)}:")
            self.block(indent + 1, depth)
        if self.random.random() < 0.5:
            self.add(indent, "else:")
            self.block(indent + 1, depth)

    def loop(self, indent: int, depth: int) -> None:
        """A loop of a few rounds."""
        before, self.in_loop = self.in_loop, True
        if self.random.random() < 0.6:
            source = self.random.choice(
                [f"range({self.random.randint(0, 4)})", "'xyz'", "[1, [2], {}]", "{'p': 1}"]
            )
            self.add(indent, f"for {self.name()} in {source}:")
        else:
            self.loops += 1
            self.add(indent, f"rounds{self.loops} = {self.random.randint(1, 3)}")
            self.add(indent, f"while rounds{self.loops}:")
            self.add(indent + 1, f"rounds{self.loops} -= 1")
        self.block(indent + 1, min(depth, 1))
        self.in_loop = before
        if self.random.random() < 0.2:
            self.add(indent, "else:")
            self.block(indent + 1, 0)

    def attempt(self, indent: int, depth: int) -> None:
        """Try, with what may follow."""
        self.add(indent, "try:")
        self.block(indent + 1, depth)
        if self.random.random() < 0.3:
            self.add(indent + 1, f"raise {self.random.choice(['ValueError', 'KeyError'])}({self.atom()})")
        handler = self.random.choice(
            ["except Exception as error:", "except (TypeError, KeyError):", "finally:"]
        )
        self.add(indent, handler)
        self.block(indent + 1, depth)
        if handler != "finally:" and self.random.random() < 0.4:
            self.add(indent, "finally:")
            self.add(indent + 1, f"{self.name()} = {self.atom()}")

    def function(self) -> None:
        """A function with parameters, a local of its own, sometimes a closure."""
        name = f"f{len(self.functions)}"
        parameters = self.random.sample(NAMES, self.random.randint(1, 2))
        self.add(0, f"def {name}({', '.join(parameters)}):")
        before, self.functions = self.functions, []
        for other in NAMES:
            if other not in parameters:
                self.add(1, f"{other} = {self.atom()}" if self.random.random() < 0.7 else f"global {other}")
        loop, self.in_loop = self.in_loop, False
        self.block(1, 2)
        self.in_loop = loop
        if self.random.random() < 0.4:
            own = self.random.choice(parameters)
            self.add(1, f"def inner(): return [{own}]")
            self.add(1, f"{own} = inner()")
        self.add(1, f"return {self.expression()}")
        self.functions = [*before, (name, len(parameters))]

    def generator(self) -> None:
        """A generator that is used up by a comprehension."""
        self.add(0, "def numbers(n):")
        self.add(1, "try:")
        self.add(2, "for k in range(n):")
        self.add(3, "got = yield [k]")
        self.add(1, "finally:")
        self.add(2, "k = 'over'")
        self.add(0, f"a = [b for b in numbers({self.random.randint(0, 3)})]")
        self.add(0, "c = next(numbers(2))")

    def a_class(self) -> None:
        """A class and an object of it."""
        self.add(0, "class C:")
        self.add(1, f"kind = {self.atom()}")
        self.add(1, "def __init__(self, x):")
        self.add(2, "self.x = x")
        self.add(1, "def grow(self, by=1):")
        self.add(2, f"self.y = [self.x, {self.expression(0)}]")
        self.add(2, "self.x = by")
        self.add(2, "return self")
        self.add(0, f"d = C({self.atom()})")
        self.add(0, "b = d.grow().x")
