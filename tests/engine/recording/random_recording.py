"""Random recordings, each with what its states have to be: kept beside it in plain lists and dictionaries."""

from __future__ import annotations

import copy
import random
from typing import Any

from flowtui.probe import recording_format as form
from tests.recording.writer import Object, Writer

SOURCE = """\
def plain(a, b):
    c = a
    return c


def outer(x):
    def inner():
        return x
    return inner


def steps(k):
    yield k
    yield k


class Body:
    name = 1


"""
#: Code objects as the table numbers them, and how many slots with names each has.
PLAIN, OUTER, STEPS = "plain", "outer", "steps"
VALUES = [0, 7, -3, 1 << 70, None, True, False, "", "text", "ünï\n", 1.5, b"\x00a", 2j]


class Frame:
    """A frame that is being told of."""

    def __init__(self, number: int, code: int, name: str, names: list[str]) -> None:
        self.number, self.code, self.name, self.names = number, code, name, names
        self.values: dict[str, Any] = {}
        self.line: int | None = None


class Thing:
    """An object that is being told of."""

    def __init__(self, made: Object, kind: str, content: Any) -> None:
        self.made, self.kind, self.content = made, kind, content
        self.dead = 0


class RandomRecording:
    """One of them.

    Args:
        seed: which.
        steps: how many.

    Attributes:
        states: by step, less one: frames (number, variables, innermost first), globals, contents, thread.
    """

    def __init__(self, seed: int, steps: int = 300) -> None:
        self.random = random.Random(seed)
        self.writer = Writer(SOURCE)
        self.codes = self._codes()
        self.states: list[dict[str, Any]] = []
        self.stacks: dict[int, list[Frame]] = {0: []}
        self.thread = 0
        self.frames = 0
        self.suspended: list[Frame] = []
        self.globals: dict[str, Any] = {}
        self.things: list[Thing] = []
        self.written = {1: 0, 2: 0}
        self.carried: Any = None
        self._call("<module>")
        while self.writer.next <= steps:
            self._something()

    def _codes(self) -> dict[str, tuple[int, list[str]]]:
        module = compile(SOURCE, "program.py", "exec", dont_inherit=True)
        found: dict[str, tuple[int, list[str]]] = {}
        waiting = [module]
        number = 0
        while waiting:
            code = waiting.pop(0)
            own = [each for each in code.co_cellvars if each not in code.co_varnames]
            optimized = bool(code.co_flags & 1)
            found[code.co_name] = (number, [*code.co_varnames, *own, *code.co_freevars] if optimized else [])
            number += 1
            waiting[:0] = [each for each in code.co_consts if hasattr(each, "co_code")]
        return found

    @property
    def stack(self) -> list[Frame]:
        return self.stacks[self.thread]

    # ---- events

    def _something(self) -> None:
        pick = self.random.random()
        stack = self.stack
        if not stack:
            self._call("plain" if self.thread else "<module>")
        elif pick < 0.6:
            self._line()
        elif pick < 0.75:
            self._call(self.random.choice([PLAIN, OUTER, STEPS]))
        elif pick < 0.85:
            self._leave()
        elif pick < 0.93 and self.suspended:
            self._resume()
        elif pick < 0.95:
            self._switch()
        elif pick < 0.97:
            self._raise()
        else:
            self.writer.collected(self.random.randrange(3), 1)
            self._note()

    def _call(self, name: str) -> None:
        code, names = self.codes[name]
        self.frames += 1
        frame = Frame(self.frames, code, name, names)
        self.stack.append(frame)
        for slot, each in enumerate(names[:1]):
            frame.values[each] = value = self._value()
            self.writer.set_slot(slot, self._word(value))
        self.writer.call(code, 1)
        self._note()

    def _line(self) -> None:
        frame = self.stack[-1]
        for _ in range(self.random.randrange(3)):
            self._change(frame)
        frame.line = self.random.randrange(1, 16)
        self.writer.at(frame.line, frame.code)
        self._note()

    def _leave(self) -> None:
        stack = self.stack
        if len(stack) == 1 and self.thread == 0:
            return
        frame, value = stack[-1], self._value()
        self.carried = value
        if frame.name == STEPS and self.random.random() < 0.7:
            self.writer.give(self._word(value), frame.code)
            self._note()
            self.suspended.append(frame)
        else:
            self.writer.leave(self._word(value), frame.code, unwound=self.random.random() < 0.2)
            self._note()
        stack.pop()

    def _resume(self) -> None:
        frame = self.suspended.pop(self.random.randrange(len(self.suspended)))
        self.stack.append(frame)
        self.writer.resume(frame.number, frame.code)
        self._note()

    def _switch(self) -> None:
        self.thread = self.random.randrange(3)
        self.stacks.setdefault(self.thread, [])
        self.writer.thread(self.thread)
        if self.stack:
            self._line()
        else:
            self._call(PLAIN)

    def _raise(self) -> None:
        frame = self.stack[-1]
        self.carried = self._value()
        self.writer.raises(self._word(self.carried), frame.line or 1, frame.code)
        self._note()

    # ---- changes

    def _value(self) -> Any:
        living = [each for each in self.things if not each.dead]
        if living and self.random.random() < 0.4:
            return self.random.choice(living)
        return self.random.choice(VALUES)

    def _word(self, value: Any) -> Any:
        return value.made if isinstance(value, Thing) else value

    def _change(self, frame: Frame) -> None:
        pick = self.random.random()
        if pick < 0.35 and frame.names:
            slot = self.random.randrange(len(frame.names))
            name = frame.names[slot]
            if self.random.random() < 0.1:
                frame.values.pop(name, None)
                self.writer.unset_slot(slot)
            else:
                frame.values[name] = value = self._value()
                self.writer.set_slot(slot, self._word(value))
        elif pick < 0.4:
            other = self.random.choice(self.stack)
            if other.names:
                slot = self.random.randrange(len(other.names))
                other.values[other.names[slot]] = value = self._value()
                self.writer.set_slot(slot, self._word(value), frame=other.number)
        elif pick < 0.6:
            name = self.random.choice("pqrst")
            self.globals[name] = value = self._value()
            self.writer.set_global(name, self._word(value))
        elif pick < 0.65:
            stream = self.random.choice((1, 2))
            self.written[stream] += self.random.randrange(1, 9)
            self.writer.write(stream, self.written[stream])
        elif pick < 0.75 or not self.things:
            self._born()
        else:
            self._mutate(self.random.choice(self.things))

    def _born(self) -> None:
        content: Any = self.random.choice([[], {}, [1, 2, 3], ["a"] * 60, {"k": 1}])
        made = self.writer.make(content)
        self.things.append(Thing(made, type(content).__name__, copy.copy(content)))

    def _mutate(self, thing: Thing) -> None:
        writer, number = self.writer, thing.made.number
        if thing.dead:
            return
        if self.random.random() < 0.05:
            thing.dead = writer.next
            writer.freed(thing.made)
            return
        values = [self._value() for _ in range(self.random.randrange(3))]
        words = [self._word(each) for each in values]
        if thing.kind == "list":
            start = self.random.randrange(len(thing.content) + 1)
            removed = min(self.random.randrange(3), len(thing.content) - start)
            thing.content[start : start + removed] = values
            writer.version(number, form.H_SEQUENCE, words, start, removed)
            return
        for key, value, word in zip("klm", values, words, strict=False):
            if key in thing.content and self.random.random() < 0.5:
                writer.version(number, form.H_MAPPING_AT, [word], list(thing.content).index(key))
            else:
                writer.version(number, form.H_MAPPING_ITEM, [key, word])
            thing.content[key] = value
        if not values and "k" in thing.content:
            del thing.content["k"]
            writer.version(number, form.H_REMOVED, ["k"])

    # ---- what has to be seen

    def _note(self) -> None:
        self.states.append(
            {
                "thread": self.thread,
                "frames": [
                    (each.number, each.name, each.line, dict(each.values)) for each in reversed(self.stack)
                ],
                "globals": dict(self.globals),
                "contents": {each.made.number: (copy.copy(each.content), each.dead) for each in self.things},
                "written": dict(self.written),
                "carried": self.carried,
            }
        )
        assert len(self.states) == self.writer.next - 1
