"""A recorded run as lines: a step a line, or the whole state at one step."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from flowtui.engine.recording.sentences import sentence
from flowtui.model.span import Span
from flowtui.model.trace import Change, FrameState, HeapObject, State, Step, Value, Variable
from flowtui.report.layout import Line, Piece, cells, count, cut, left, plain, right, text_lines, visible
from flowtui.report.tables import wrapped
from flowtui.report.trace import Traced, event_of

#: Steps in a text when no slice is asked for.
FIRST_STEPS = 200
#: Deeper calls are not moved any further to the right.
_DEEPEST = 8
_EVENT_STYLES = {
    "call": "call",
    "return": "keyword",
    "yield": "keyword",
    "exception": "error",
    "collect": "operator",
}


def trace_lines(traced: Traced, width: int) -> Iterator[Line]:
    """The steps that were asked for (or the first ones), or the state at one; then how all ended.

    Args:
        traced: the recording and what was asked of it.
        width: cells a line; 0 cuts nothing.
    """
    request = traced.request
    if request.at is not None:
        yield from state_lines(traced, traced.state(request.at), width)
    if request.at is None or request.sliced:
        numbers: Iterable[int] = traced.numbers()
        if not request.sliced:
            numbers = itertools.islice(numbers, FIRST_STEPS + 1)
        shown = None
        for shown, number in enumerate(numbers):
            if shown == FIRST_STEPS and not request.sliced:
                more = f"--steps {number}:{number + FIRST_STEPS - 1} shows the next ones, --steps 1: all"
                yield plain(f"  … {more}", "dim")
                break
            yield from step_lines(traced, number, width)
        if shown is None and traced.total:
            yield plain(f"  no step there: the last one is {traced.total:,}", "dim")
    yield from end_lines(traced, width)


def end_lines(traced: Traced, width: int) -> Iterator[Line]:
    """How the program ended, and the recording where that is something else."""
    if traced.truncated:
        yield from _wrapped(traced.recorded_sentence, "error" if traced.unrecorded else "accent", width)
    if traced.ended is not None:
        yield from _wrapped(traced.ended.sentence, "error" if traced.failed else "dim", width)


def _wrapped(sentence: str, style: str, width: int) -> Iterator[Line]:
    for part in wrapped(sentence, max(20, width - 2) if width else 0):
        yield plain(f"  {part}", style)


# ---- steps


def step_lines(traced: Traced, number: int, width: int) -> Iterator[Line]:
    """One step: number, event, line, what happens, and what has changed; on a second line where both do not fit."""
    step = traced.recording.step(number)
    event, note = event_of(step)
    margin = 2 + max(4, len(str(traced.total)))
    head: list[Piece] = [
        (right(str(number), margin), "dim"),
        ("  " + left(event, 12), _EVENT_STYLES.get(event, "")),
        (right(str(step.line or ""), 4), "line"),
        ("  " + "· " * min(step.depth - 1, _DEEPEST), "dim"),
    ]
    used = sum(cells(text) for text, _ in head)
    what = _what(traced, step, note, max(24, width - used) if width else 0)
    changes = _changes(traced.recording.changes(number))
    fits = not width or used + cells(what[-1]) + 3 + cells(changes) <= width
    tail: list[Piece] = [("   ", ""), (changes, "number")] if changes and fits else []
    for at, text in enumerate(what):
        before = head if at == 0 else [(" " * used, "")]
        yield Line((*before, (text, ""), *(tail if at == len(what) - 1 else ())))
    if changes and not fits:
        yield Line(((" " * (used + 2), ""), (_fitted(changes, width, used + 2), "number")))


def _what(traced: Traced, step: Step, note: str, room: int) -> list[str]:
    """The source of a line or an expression, cut; a sentence with the step's own values, whole, for all others."""
    if step.event == "line" or (step.event == "instruction" and traced.zoom != "instruction"):
        text = _source(traced, step)
        if text:
            return [cut(text, room)]
    return wrapped(sentence(traced.recording, step.number) or note, room)


def _source(traced: Traced, step: Step) -> str:
    """The stretch of source that a step is about, on one line."""
    lines = traced.lines(step.file)
    span: Span | None = step.span if traced.zoom == "expression" else None
    line = span.line if span else step.line
    if line is None or not 0 < line <= len(lines):
        return ""
    text = lines[line - 1]
    if span is not None:
        text = text[span.column : span.end_column if span.end_line == span.line else None]
        text += "" if span.end_line == span.line else "…"
    return visible(text.strip())


def _changes(changes: Sequence[Change]) -> str:
    """What a step changes, in one line; an object that a name gets just now needs no word of its own."""
    named = {each.value.object for each in changes if each.value is not None and each.what != "object"}
    told = [
        _change(each)
        for each in changes
        if each.what != "object" or each.value is None or each.value.object not in named
    ]
    return ", ".join(told)


def _change(change: Change) -> str:
    value = _value(change.value) if change.value is not None else ""
    name = visible(change.name)
    match change.what:
        case "freed":
            return f"{name} is gone"
        case "object":
            return f"{value or name} changes"
        case "value":
            return f"⇒ {value}"
        case "output":
            return f"{name} ⇒ {value}"
        case "stack":
            name = f"stack[{name}]"
    return f"{name} = {value}" if value else f"{name} is unset"


def _value(value: Value) -> str:
    """A value; an object with its number, by which the heap calls it."""
    text = visible(value.text)
    return f"{text} #{value.object}" if value.object is not None else text


# ---- the state at a step


def state_lines(traced: Traced, state: State, width: int) -> Iterator[Line]:
    """The state at a step: frames, innermost first, globals, heap, output so far."""
    yield from step_lines(traced, state.step.number, width)
    if state.value is not None:
        yield from _named("value", [("", _value(state.value), False)], width)
    for frame in state.frames:
        yield from _frame_lines(frame, width)
    yield from _named("globals", _variables(state.globals), width)
    yield from _heap_lines(state, width)
    for name, text in (("stdout", state.stdout), ("stderr", state.stderr)):
        if text:
            yield plain(f"  {name} so far", "accent")
            for line in text_lines(text):
                yield Line((("    │ ", "dim"), (_fitted(line, width, 6), "")))


def _frame_lines(frame: FrameState, width: int) -> Iterator[Line]:
    place = f"line {frame.line}" if frame.line else ""
    if frame.offset is not None:
        place += f", offset {frame.offset}"
    title = f"frame #{frame.number} {visible(frame.name)}  {place}".rstrip()
    yield from _named(title, _variables(frame.variables), width, empty="no locals")
    if frame.stack is not None:
        name = "operand stack, bottom first" + (" (inferred)" if frame.stack_inferred else "")
        values = ", ".join(map(_value, frame.stack)) or "empty"
        yield Line((("    ", ""), (f"{name}: ", "dim"), (_fitted(values, width, cells(name) + 6), "")))


def _variables(variables: Sequence[Variable]) -> list[tuple[str, str, bool]]:
    return [(visible(each.name), _value(each.value), each.changed) for each in variables]


def _heap_lines(state: State, width: int) -> Iterator[Line]:
    if not state.heap:
        return
    yield plain("  heap", "accent")
    for each in state.heap:
        mark = "*" if each.changed else "×" if each.ghost else " "
        head = cut(f"  {mark} #{each.number} {visible(each.type)}{_facts(each)}", width)
        yield Line(((head, "type"), (_fitted(_inside(each), width, cells(head)), "")))
    if state.heap_left_out:
        yield plain(f"    … and {count(state.heap_left_out, 'object')} more", "dim")


def _facts(each: HeapObject) -> str:
    """Count of references, size, cycle, cause of death, as far as they are known."""
    facts = []
    if each.count is not None:
        facts.append(f"{'~' if each.count_inferred else ''}{count(each.count, 'reference')}")
    if each.size is not None:
        facts.append(count(each.size, "byte"))
    if each.cycle is not None:
        facts.append(f"cycle {each.cycle}")
    if each.ghost:
        facts.append(f"freed: {each.cause}" if each.cause else "freed")
    return f" ({', '.join(facts)})" if facts else ""


def _inside(each: HeapObject) -> str:
    """Its elements, or what it is."""
    if each.form == "leaf":
        return f"  {visible(each.text)}" if each.text else ""
    keyed = each.form in ("mapping", "attributes")
    inside = [f"{visible(e.key)}: {_value(e.value)}" if keyed else _value(e.value) for e in each.elements]
    if each.left_out:
        inside.append(f"… {each.left_out} more")
    return "  " + (", ".join(inside) or "empty")


def _named(
    title: str, rows: list[tuple[str, str, bool]], width: int, *, empty: str = "none"
) -> Iterator[Line]:
    """A title, then a name and a value a line; a changed one is marked."""
    yield plain(f"  {title}", "accent")
    longest = min(24, max((cells(name) for name, _, _ in rows), default=0))
    for name, value, changed in rows:
        label = f"  {'*' if changed else ' '} {left(cut(name, 24), longest)}"
        between = " = " if name else ""
        yield Line(((label, "name"), (between, "dim"), (_fitted(value, width, cells(label) + 3), "")))
    if not rows:
        yield plain(f"    {empty}", "dim")


def _fitted(text: str, width: int, used: int) -> str:
    """`text` cut to what `used` cells leave of a line; a width of 0 cuts nothing."""
    return cut(text, max(1, width - used)) if width else text
