"""An object of the heap as text: its head, and what it holds in rows below it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flowtui.model.trace import Element, HeapObject, Value
from flowtui.ui.widgets.picture_canvas import Part, fit, width_of

CHANGED_SIGN = "*"
INFERRED_SIGN = "~"
POINTER_SIGN = "●"
REFERENCE_SIGN = "→"
DEAD_SIGN = "†"
CYCLE_SIGN = "↺"

#: Types whose objects say all in a word: no row of their own, their word stands where they are referred to.
_INLINE_TYPES = frozenset({"type", "module", "function", "builtin_function_or_method", "code", "method"})
#: Cells of one element in a row of several.
_ELEMENT = 16
_SEPARATOR = " │ "
#: Cells behind a head for the end of an arrow.
_TIP = 3
_KEYWORDS = frozenset({"None", "True", "False", "Ellipsis", "NotImplemented"})
#: Elements of a sequence that stand one below the other when they refer to objects.
_UPRIGHT = 6


class Line(NamedTuple):
    """A row of an object; a `pointer` to another object begins behind its parts.

    Attributes:
        parts: what is written.
        pointer: the object that its last part refers to, None for none.
    """

    parts: tuple[Part, ...]
    pointer: int | None = None


class Block(NamedTuple):
    """An object's rows.

    Attributes:
        head: the first.
        lines: those below it.
        spare: rows more that it has when every ``None`` in it becomes an arrow.
    """

    head: tuple[Part, ...]
    lines: tuple[Line, ...]
    spare: int = 0

    @property
    def height(self) -> int:
        """Rows of all."""
        return 1 + len(self.lines)

    @property
    def reserve(self) -> int:
        """Rows that it should have a place for."""
        return self.height + self.spare

    @property
    def widths(self) -> list[int]:
        """Cells of each row."""
        return [width_of(self.head), *(2 + width_of(line.parts) for line in self.lines)]


def is_inline(thing: HeapObject) -> bool:
    """Whether an object is shown where it is referred to, and not on the heap."""
    return not thing.ghost and (thing.form == "leaf" or thing.type in _INLINE_TYPES)


def value_style(value: Value) -> str:
    """The style of a value that is shown in place."""
    if value.type in ("int", "float", "complex"):
        return "number"
    if value.type in ("str", "bytes"):
        return "string"
    return "keyword" if value.text in _KEYWORDS else "dim" if value.text == "NULL" else "value"


def value_parts(value: Value, cells: int, *, changed: bool = False, reference: bool = False) -> list[Part]:
    """A value in at most `cells` cells, its signs in front.

    Args:
        value: what.
        cells: how many there are.
        changed: whether it is new at this step.
        reference: its object is on the heap, and no arrow leads there: say which it is.
    """
    parts: list[Part] = []
    if changed:
        parts.append((CHANGED_SIGN, "changed"))
    if value.inferred:
        parts.append((INFERRED_SIGN, "inferred"))
    cells -= len(parts)
    number = "" if value.object is None else f"#{value.object}"
    style = "changed" if changed else value_style(value)
    if reference and number:
        parts.append((fit(f"{REFERENCE_SIGN} {number}", cells), "pointer"))
        rest = cells - 3 - len(number)
        if rest >= 3 and value.text:
            parts += [(" ", ""), (fit(value.text, rest), "dim")]
        return parts
    parts.append((fit(value.text, cells), style))
    if number and width_of(parts[-1:]) + 1 + len(number) <= cells:
        parts.append((f" {number}", "dim"))
    return parts


def head_parts(thing: HeapObject, cells: int) -> tuple[Part, ...]:
    """``Point #1  rc=3 ↺1``; of one that has died ``† Point #1``."""
    number = f" #{thing.number}"
    if thing.ghost:
        name = thing.text if thing.form == "leaf" and thing.text else thing.type
        return ((f"{DEAD_SIGN} ", "ghost"), (fit(name, cells - len(number) - 2), "ghost"), (number, "ghost"))
    tail: list[Part] = []
    if thing.count is not None:
        tail += [("  rc=", "dim")]
        if thing.count_inferred:
            tail.append((INFERRED_SIGN, "inferred"))
        tail.append((str(thing.count), "number"))
    if thing.cycle is not None:
        tail.append((f" {CYCLE_SIGN}{thing.cycle}", "cycle"))
    room = cells - len(number) - width_of(tail)
    return ((fit(thing.type, max(3, room)), "type"), (number, "dim"), *tail)


def death(thing: HeapObject, cells: int) -> str:
    """How a ghost came to its end."""
    if thing.cause == "count":
        said = ["freed: count reached zero", "count reached zero", "freed"]
    elif thing.cause:
        said = [f"collected in a cycle, {thing.cause}", f"cycle, {thing.cause}", "collected"]
    else:
        said = ["freed"]
    return fit(next((each for each in said if len(each) <= cells), said[-1]), cells)


class _Cell(NamedTuple):
    parts: tuple[Part, ...]
    pointer: int | None
    width: int


def _cell(element: Element, form: str, drawn: Collection[int], cells: int) -> _Cell:
    """An element: ``[0] 3``, ``'a': 3``, ``x=3``; of a set the value alone."""
    value = element.value
    parts: list[Part] = []
    if form == "sequence":
        parts += [
            (fit(f"[{element.key}]", max(4, cells // 2)), "index"),
            ("" if element.changed else " ", ""),
        ]
    elif form == "mapping":
        parts += [(fit(element.key, max(4, cells // 2)), "key"), (":" if element.changed else ": ", "dim")]
    elif form == "attributes":
        parts += [(fit(element.key, max(4, cells // 2)), "key"), ("=", "dim")]
    pointer = value.object if value.object in drawn else None
    if pointer is not None and form == "attributes":
        parts[-1] = ("" if element.changed else " ", "")
    room = max(4, cells - width_of(parts))
    if pointer is None:
        parts += value_parts(value, room, changed=element.changed)
        return _Cell(tuple(parts), None, width_of(parts))
    if element.changed:
        parts.append((CHANGED_SIGN, "changed"))
    return _Cell(tuple(parts), pointer, width_of(parts) + len(str(pointer)) + 2)


def _with_reference(cell: _Cell) -> tuple[Part, ...]:
    """The parts of a cell, its pointer written as a reference."""
    return (
        cell.parts if cell.pointer is None else (*cell.parts, (f"{REFERENCE_SIGN}#{cell.pointer}", "pointer"))
    )


def _packed(
    cells: Sequence[_Cell], more: int, width: int, most: int, separator: str, breaking: bool
) -> tuple[Line, ...]:
    """As many cells to a line as go there.

    Args:
        cells: what to lay out.
        more: how many elements there are besides.
        width: cells of a line.
        most: lines.
        separator: what stands between two cells.
        breaking: a pointer ends its line, so that its arrow can leave.
    """
    gap = len(separator)
    rows: list[list[_Cell]] = [[]]
    used = 0
    for at, cell in enumerate(cells):
        rest = len(cells) - at - 1 + more
        here = bool(rows[-1])
        end = breaking and here and most > 1 and rows[-1][-1].pointer is not None
        if here and (end or used + gap + cell.width > width):
            if len(rows) == most:
                more = rest + 1
                break
            rows.append([])
            here, used = False, 0
        rows[-1].append(cell)
        used += cell.width + (gap if here else 0)
    else:
        if not more:
            return tuple(_line(row, separator, breaking) for row in rows)
    last = rows[-1]
    word = "" if most == 1 else " more"  # on a single line an element says more than the word
    while len(last) > 1 and sum(cell.width + gap for cell in last) + len(f"… {more}{word}") > width:
        last.pop()
        more += 1
    lines = [_line(row, separator, breaking) for row in rows[:-1]]
    parts = [part for cell in last for part in (*_with_reference(cell), (separator, "dim"))]
    used = sum(cell.width + gap for cell in last)
    said = next((each for each in (f"… {more} more", f"… {more}") if used + len(each) <= width), "…")
    return (*lines, Line((*parts, (said, "dim"))))


def _line(row: Sequence[_Cell], separator: str, breaking: bool) -> Line:
    """Cells in a row; of those that refer to an object the last alone can have an arrow."""
    parts: list[Part] = []
    for at, cell in enumerate(row):
        if at:
            parts.append((separator, "dim"))
        last = at == len(row) - 1
        parts += cell.parts if last and breaking else _with_reference(cell)
    return Line(tuple(parts), row[-1].pointer if row and breaking else None)


def block(thing: HeapObject, drawn: Collection[int], width: int, most: int) -> Block:
    """An object as rows.

    Args:
        thing: the object.
        drawn: numbers of the objects that are on the heap; a reference to another is written as its word.
        width: cells of a row.
        most: rows below the head.
    """
    head = head_parts(thing, width - _TIP)
    room = max(4, width - 2)
    if thing.ghost:
        return Block(head, (Line(((death(thing, room), "ghost"),)),))
    form, elements, more = thing.form, thing.elements, thing.left_out
    if not elements:
        said = f"… {more} more" if more else "(empty)" if form != "leaf" else thing.text
        return Block(head, (Line(((fit(said, room), "dim"),)),))
    upright = _stands_upright(thing, drawn, most)
    alone = upright or len(elements) + more == 1
    cells = [
        _cell(element, form, drawn, room if alone else min(room, max(_ELEMENT, room // 2)))
        for element in elements[: most * 12]
    ]
    more += len(elements) - len(cells)
    if upright:
        return Block(head, _upright(cells, more, most))
    separator = "  " if form == "attributes" else _SEPARATOR
    lines = _packed(cells, more, room, most, separator, breaking=form in ("attributes", "mapping"))
    return Block(head, lines, _spare(thing, cells, most, len(lines)) if form == "attributes" else 0)


def _spare(thing: HeapObject, cells: Sequence[_Cell], most: int, lines: int) -> int:
    """Rows more that an instance has when what is None becomes an arrow, which ends its row."""
    ends = sum(
        cell.pointer is not None or element.value.text == "None"
        for cell, element in zip(cells[:-1], thing.elements, strict=False)
    )
    return max(0, min(ends + 1, most) - lines)


def _stands_upright(thing: HeapObject, drawn: Collection[int], most: int) -> bool:
    """Whether each element has a row: dicts that are short enough, and sequences whose elements have arrows."""
    count = len(thing.elements) + thing.left_out
    if most == 1:
        return False
    if thing.form == "mapping":
        return count <= most
    if thing.form in ("sequence", "set"):
        return count <= min(_UPRIGHT, most) and any(
            element.value.object in drawn for element in thing.elements
        )
    return False


def _upright(cells: Sequence[_Cell], more: int, most: int) -> tuple[Line, ...]:
    lines = [Line(cell.parts, cell.pointer) for cell in cells]
    if len(lines) + bool(more) > most:
        more += len(lines) - most + 1
        lines = lines[: most - 1]
    if more:
        lines.append(Line(((f"… {more} more", "dim"),)))
    return tuple(lines)
