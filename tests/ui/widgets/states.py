"""States of recorded runs, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flowtui.model.trace import Element, Event, FrameState, HeapObject, State, Step, Value, Variable


def plain(value: object) -> Value:
    """A value that is shown in place."""
    return Value(repr(value), type(value).__name__)


def pointer(number: int, text: str = "object") -> Value:
    return Value(text, text.partition(" ")[0], number)


def value_of(value: object) -> Value:
    return value if isinstance(value, Value) else plain(value)


def thing(number: int, type_: str, form: Any, *elements: object, **more: Any) -> HeapObject:
    """An object; `elements` are values, or (key, value) or (key, value, changed)."""
    made = []
    for at, element in enumerate(elements):
        key, value, *rest = element if isinstance(element, tuple) else (str(at), element)
        made.append(Element(str(key), value_of(value), *rest))
    fields = {
        "text": "", "left_out": 0, "address": 0x7F0000 + 64 * number, "size": 56, "count": 1,
        "count_inferred": False, "born": number, "died": None, "cause": "",
    }  # fmt: skip
    return HeapObject(number=number, type=type_, form=form, elements=tuple(made), **(fields | more))


def variable(name: str, value: object, *, changed: bool = False, kind: Any = "local") -> Variable:
    return Variable(name, kind, value_of(value), changed)


def frame(
    number: int, name: str, line: int, *variables: Variable, stack: Sequence[object] | None = ()
) -> FrameState:
    return FrameState(
        number=number, code=number, name=name, file=0, line=line, offset=0, span=None,
        variables=variables, stack=None if stack is None else tuple(value_of(each) for each in stack),
    )  # fmt: skip


def state(
    frames: Iterable[FrameState],
    names: Iterable[Variable] = (),
    heap: Iterable[HeapObject] = (),
    *,
    number: int = 120,
    event: Event = "instruction",
    value: object = ...,
    left_out: int = 0,
) -> State:
    frames = tuple(frames)
    step = Step(
        number=number, event=event, code=1, file=0, line=12, offset=0, span=None, depth=len(frames),
        frame=frames[0].number if frames else 0, thread=0,
    )  # fmt: skip
    return State(
        step=step, frames=frames, globals=tuple(names), heap=tuple(heap), heap_left_out=left_out,
        value=None if value is ... else value_of(value), stdout="", stderr="",
    )  # fmt: skip


def points() -> State:
    """``norm(p)`` called by ``walk(points)`` called by the module."""
    first, both, seen = pointer(1, "Point"), pointer(3, "list (2)"), pointer(4, "list (1)")
    return state(
        [
            frame(3, "norm", 12, variable("p", first), stack=[9, first]),
            frame(
                2, "walk", 19, variable("points", both), variable("step", 1),
                variable("total", 5.0, changed=True), variable("seen", seen), variable("p", first),
            ),
            frame(1, "<module>", 26),
        ],
        [variable("norm", Value("function norm", "function", 10), kind="global"),
         variable("points", both, kind="global")],
        [
            thing(1, "Point", "attributes", ("x", 3), ("y", 4), count=3),
            thing(2, "Point", "attributes", ("x", 6), ("y", 8)),
            thing(3, "list", "sequence", first, pointer(2, "Point"), count=2),
            thing(4, "list", "sequence", ("0", 7, True), changed=True),
            thing(5, "Point", "attributes", ghost=True, died=120, cause="count"),
            thing(10, "function", "leaf", text="function norm"),
        ],
    )  # fmt: skip


def ring() -> State:
    """Two objects that refer to each other, and one that a collection has just taken."""
    return state(
        [frame(1, "<module>", 7)],
        [variable("a", pointer(1, "Person"), kind="global")],
        [
            thing(1, "Person", "attributes", ("name", "Ann"), ("friend", pointer(2, "Person")), cycle=1),
            thing(2, "Person", "attributes", ("name", "Bob"), ("friend", pointer(1, "Person")), cycle=1,
                  count_inferred=True),
            thing(3, "set", "set", ghost=True, died=120, cause="generation 2"),
        ],
    )  # fmt: skip
