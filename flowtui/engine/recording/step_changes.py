"""What a step changes, as a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from flowtui.engine.recording.states import States
from flowtui.model.printable import printable
from flowtui.model.trace import Change, Value
from flowtui.probe import recording_format as form


def changes(states: States, n: int, written: Mapping[int, bytes]) -> tuple[Change, ...]:
    """The changes of step n: of variables and stacks, then of objects.

    Args:
        states: where they are looked up.
        n: the step.
        written: by stream (1, 2) all that the program wrote.
    """
    return (*_of_frames(states, n, written), *_of_objects(states, n))


def _of_frames(states: States, n: int, written: Mapping[int, bytes]) -> Iterator[Change]:
    index = states.index
    top = index.top(n)[0]
    owner = top
    for number in index.changes_of(n):
        what, at, word = index.change(number)
        if what == form.D_FRAME:
            owner = word
            continue
        if what == form.D_SLOT and owner:
            code = states.codes.code(index.frame_codes[owner])
            here = at < len(code.names)
            name = printable(code.names[at]) if here else str(at - len(code.names))
            yield Change("local" if here else "stack", owner, name, _value(states, word))
        elif what == form.D_NAME:
            yield Change("name", owner, printable(index.texts.name(at)), _value(states, word))
        elif what == form.D_GLOBAL and at >> 16 == 0:
            yield Change("global", 0, printable(index.texts.name(at & 0xFFFF)), _value(states, word))
        elif what == form.D_VALUE:
            yield Change("value", owner, "", _value(states, word))
        elif what == form.D_OUTPUT and at in written:
            yield _output(states, n, at, word, written[at])
        owner = top


def _value(states: States, word: int) -> Value | None:
    return None if word == form.UNSET else states.values.value(word)


def _output(states: States, n: int, stream: int, end: int, data: bytes) -> Change:
    """What was written at a step."""
    steps, sizes = states.index.outputs[stream]
    begin = max(
        (size for step, size in zip(steps, sizes, strict=True) if step <= n and size < end), default=0
    )
    text = data[begin:end].decode("utf-8", "replace")
    return Change("output", 0, "stdout" if stream == 1 else "stderr", Value(repr(text), "str"))


def _of_objects(states: States, n: int) -> Iterator[Change]:
    index = states.index
    seen = set()
    for version in index.versions_of(n):
        number = index.streams.heap[index.version_place(version)] & form.LOW
        if number not in seen:
            seen.add(number)
            yield _about("object", states, number)
    for number in index.freed_at.get(n, ()):
        yield _about("freed", states, number)


def _about(what: Literal["object", "freed"], states: States, number: int) -> Change:
    """A change of an object, or its end."""
    kind, text = states.objects.describe(number)
    return Change(what, 0, f"#{number}", Value(printable(text or kind), printable(kind), number))
