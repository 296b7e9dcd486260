"""Writes a recording by hand: the streams of `probe.recording_format`, event by event.

What is told before a step is seen at that step, as in a real recording::

    written = Writer("x = 1\\ny = 2\\n")
    written.call(0, 1)
    written.at(1)
    written.set_global("x", 1)
    written.at(2)
    recording = written.recording()
"""

from __future__ import annotations

import struct
from array import array
from typing import Any

from flowtui.probe import bytecode, wire
from flowtui.probe import recording_format as form
from flowtui.probe.text import Text

_LIMIT = form.INT_LIMIT
_MASK = (1 << 64) - 1
_CONSTANTS = {None: form.NONE, True: form.TRUE, False: form.FALSE, ...: form.ELLIPSIS}


class Object:
    """An object of a written recording: its number, and its word as a value."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.word = number << 3 | form.V_OBJECT


class Writer:
    """One recording.

    Args:
        source: the program's text; its code objects are what this Python compiles. Code 0 is the module.
        granularity: ``line`` or ``instruction``.
        path: what the program is called.
    """

    def __init__(self, source: str, granularity: str = "line", path: str = "program.py") -> None:
        self.steps = array("I", [form.MAGIC])
        self.changes = array("Q")
        self.heap = array("Q")
        self.texts = bytearray()
        self.code = bytearray()
        self.control = array("Q", [0] * 16)
        self.control[form.C_MAGIC] = form.MAGIC
        self.control[form.C_STATE] = form.STATE_RECORDING
        self.control[form.C_GRANULARITY] = granularity == "instruction"
        self._granularity = granularity
        self._texts: dict[tuple[int, str], int] = {}
        self._names: dict[str, int] = {}
        self._objects = 0
        self._codes = 0
        self.add_file(source, path)

    # ---- texts and values

    def add_file(self, source: str, path: str) -> int:
        """Write a source file's code objects; gives the number of the first."""
        module = compile(source, path, "exec", dont_inherit=True)
        head, columns = bytecode.make(module, Text(source.encode()))
        base = self._codes
        self.code += wire.encode(dict(head, kind="code", file=path, base=base, source=source), columns)
        self._codes += sum(1 for _ in bytecode.walk(module))
        return base

    def text(self, kind: int, text: str) -> int:
        """The number of a text."""
        number = self._texts.get((kind, text))
        if number is None:
            data = text.encode("utf-8", "surrogatepass")
            self.texts += struct.pack("<BI", kind, len(data)) + data
            number = self._texts[kind, text] = len(self._texts) + 1
        return number

    def name(self, name: str) -> int:
        """The number of a name."""
        if name not in self._names:
            self._names[name] = len(self._names)
            self.text(form.T_NAME, name)
        return self._names[name]

    def word(self, value: Any) -> int:
        """The word of a value; an `Object`, or a plain value of Python."""
        if isinstance(value, Object):
            return value.word
        if value is None or value is ... or isinstance(value, bool):
            return _CONSTANTS[value]
        if isinstance(value, int):
            if -_LIMIT < value < _LIMIT:
                return (value << 3 | form.V_INT) & _MASK
            return self.text(form.T_INT, str(value)) << 3 | form.V_TEXT
        kinds = {str: form.T_STR, float: form.T_FLOAT, bytes: form.T_BYTES, complex: form.T_COMPLEX}
        text = value if isinstance(value, str) else repr(value)
        return self.text(kinds[type(value)], text) << 3 | form.V_TEXT

    # ---- what the next step shows

    @property
    def next(self) -> int:
        """The number of the next step."""
        return len(self.steps)

    def change(self, what: int, index: int, word: int) -> None:
        """Any change."""
        self.changes.extend([self.next << 32 | what << 28 | index, word])

    def set_slot(self, slot: int, value: Any, frame: int = 0) -> None:
        """A slot of the frame on top, or of another one, has a value."""
        if frame:
            self.change(form.D_FRAME, 0, frame)
        self.change(form.D_SLOT, slot, self.word(value))

    def unset_slot(self, slot: int) -> None:
        """A slot has no value any more."""
        self.change(form.D_SLOT, slot, form.UNSET)

    def set_global(self, name: str, value: Any, module: int = 0) -> None:
        """A global has a value."""
        self.change(form.D_GLOBAL, module << 16 | self.name(name), self.word(value))

    def set_name(self, name: str, value: Any) -> None:
        """A name of a class body has a value."""
        self.change(form.D_NAME, self.name(name), self.word(value))

    def write(self, stream: int, total: int) -> None:
        """So many bytes were written to stdout (1) or stderr (2)."""
        self.change(form.D_OUTPUT, stream, total)

    def thread(self, number: int, name: str = "") -> None:
        """The next step is another thread's."""
        self.change(form.D_THREAD, self.text(form.T_NAME, name) if name else 0, number)

    # ---- objects

    def version(self, number: int, what: int, values: Any = (), start: int = 0, removed: int = 0) -> None:
        """A version of an object, its values as they are."""
        words = [self.word(each) for each in values]
        self._version(number, what, words, start, removed)

    def _version(
        self, number: int, what: int, words: list[int], start: int, removed: int, size: int = 0
    ) -> None:
        self.heap.extend(
            [self.next << 32 | number, what << 56 | start << 28 | removed, size << 32 | len(words)]
        )
        self.heap.extend(words)

    def born(self, kind: str, described: str = "", size: int = 56) -> Object:
        """An object is seen for the first time."""
        self._objects += 1
        text = self.text(form.T_LEAF, described) if described else 0
        words = [0x7F0000000000 + 64 * self._objects, text]
        self._version(self._objects, form.H_BORN, words, self.text(form.T_TYPE, kind), 0, size)
        return Object(self._objects)

    def make(self, value: Any) -> Object:
        """A list, tuple, set or dict of plain values and `Object`s."""
        made = self.born(type(value).__name__)
        if isinstance(value, dict):
            flat = [each for item in value.items() for each in item]
            self.version(made.number, form.H_MAPPING, flat)
        else:
            what = form.H_SET if isinstance(value, set) else form.H_SEQUENCE
            self.version(made.number, what, list(value))
        return made

    def freed(self, made: Object, how: int = form.FREED_BY_COUNT) -> None:
        """An object is gone."""
        self._version(made.number, form.H_FREED, [], how, 0)

    def count(self, made: Object, count: int) -> None:
        """An object's reference count was read."""
        self._version(made.number, form.H_COUNT, [], count, 0)

    # ---- steps

    def step(self, kind: int, code: int = 0, where: int = 0) -> int:
        """Any step; gives its number."""
        self.steps.append(kind << 29 | code << 16 | where)
        return len(self.steps) - 1

    def call(self, code: int, line: int) -> int:
        """A frame begins."""
        return self.step(form.S_CALL, code, line)

    def at(self, where: int, code: int = 0) -> int:
        """A line, or an instruction at half its offset."""
        return self.step(form.S_AT, code, where)

    def leave(self, value: Any = None, code: int = 0, *, unwound: bool = False) -> int:
        """The frame on top ends."""
        self.change(form.D_VALUE, 0, self.word(value))
        return self.step(form.S_RETURN, code, form.UNWOUND if unwound else form.RETURNED)

    def give(self, value: Any, code: int = 0) -> int:
        """The frame on top yields."""
        self.change(form.D_VALUE, 0, self.word(value))
        return self.step(form.S_YIELD, code, 0)

    def resume(self, frame: int, code: int = 0) -> int:
        """A suspended frame goes on."""
        self.change(form.D_RESUMED, 0, frame)
        return self.step(form.S_RESUME, code, 0)

    def raises(self, value: Any, where: int, code: int = 0) -> int:
        """An exception arises in the frame on top."""
        self.change(form.D_VALUE, 0, self.word(value))
        return self.step(form.S_RAISE, code, where)

    def collected(self, generation: int, collected: int) -> int:
        """The collector has run."""
        self.change(form.D_COLLECTED, 0, generation << 56 | collected << 28)
        return self.step(form.S_COLLECT)

    def end(self, cut: str = "") -> None:
        """The recorder says that it has ended."""
        self.control[form.C_CUT] = form.CUTS.index(cut)
        self.control[form.C_STATE] = form.STATE_ENDED

    # ---- the whole

    def bytes(self) -> dict[str, bytes]:
        """The streams as they are by now, with some zeros behind each."""
        streams = {name: getattr(self, name) for name in form.STREAMS}
        return {
            name: (each.tobytes() if isinstance(each, array) else bytes(each)) + bytes(64)
            for name, each in streams.items()
        }

    def recording(self) -> Any:
        """A recording of what is written by now, all of it taken in."""
        from flowtui.engine.recording.reader import Recording
        from flowtui.engine.recording.streams import Streams

        made = Recording(Streams(self.bytes()))
        made.update()
        return made
