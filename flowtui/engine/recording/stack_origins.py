"""What is certain of a stack's slots wherever a code object's instruction was reached from.

A loop's iterator lies on the stack while its body is executed a million times: to walk back to the instruction that
put it there would take as long. So every path through a code object is followed once, with names for values: "the last
result recorded in slot 3" holds until something else is recorded there, "what local 2 has" until that is stored to.
Where two paths disagree nothing is said.
"""

from __future__ import annotations

from typing import NamedTuple

from flowtui.engine.recording.stack_moves import (
    CONSTANT,
    DEEPEST,
    LOCAL,
    SLOT,
    CodeMoves,
    Move,
    Source,
)

#: Slots of all instructions of one code object; more is not looked at.
_MOST = 2_000_000


class Origin(NamedTuple):
    """A name for a slot's value.

    Attributes:
        kind: `WRITTEN`, `LOCAL` or `CONSTANT`.
        slot: `WRITTEN`: the value is the last one recorded in this slot of the stack; `LOCAL`: it is what this
            local has now.
        constant: of a `CONSTANT`.
    """

    kind: int
    slot: int = 0
    constant: int | str | None = None


WRITTEN = 10
Stack = tuple[Origin | None, ...]


def origins(moves: CodeMoves) -> dict[int, Stack]:
    """By row what is certain of each slot before its instruction is executed; None for nothing.

    Rows that no path reaches are missing; so are all rows of a code object that is too large.
    """
    rows = range(moves.first, moves.end)
    depths = [moves.before[row] for row in rows]
    if not depths or max(depths) > DEEPEST or sum(depths) > _MOST:
        return {}
    found: dict[int, Stack] = {moves.first: (None,) * max(0, depths[0])}
    guards = _guards(moves)
    if guards is None:
        return {}
    work = [moves.first]
    while work:
        row = work.pop()
        stack = found[row]
        executed = moves.instruction(row)
        following = [] if moves.ends(executed) or executed + 1 >= moves.end else [executed + 1]
        target = moves.target(executed)
        if target is not None:
            following.append(target)
        if moves.opname(row) == "YIELD_FROM":  # executed again and again
            following.append(row)
        reached = [(after, _after(moves, moves.move(row, after), stack, after)) for after in following]
        reached += [(handler, _caught(moves, row, stack, handler)) for handler in guards.get(row, ())]
        for after, new in reached:
            if moves.before[after] < 0:
                continue  # no path leads there, the table says
            old = found.get(after)
            merged = new if old is None else _merged(old, new)
            if merged != old:
                found[after] = merged
                work.append(after)
    return found


def _guards(moves: CodeMoves) -> dict[int, list[int]] | None:
    """By row the handlers that an exception in it may enter; None when they are too many."""
    found: dict[int, list[int]] = {}
    count = 0
    for first, end, handler in moves.guarded():
        count += max(1, end - first)
        if count > _MOST:
            return None
        for row in range(first, end):
            found.setdefault(row, []).append(handler)
    return found


def _after(moves: CodeMoves, move: Move, stack: Stack, following: int) -> Stack:
    """The stack behind a transition."""
    depth = moves.before[following]
    new: list[Origin | None] = list(stack[: max(0, min(move.low, depth))])
    written = set()
    for slot in range(len(new), depth):
        source = moves.source(move, slot)
        if source.recorded:
            written.add(slot)
        new.append(_origin(source, slot, stack))
    stored = moves.stored(move.row)
    for slot, origin in enumerate(new):
        if origin is None:
            continue
        changed = origin.slot in (
            stored if origin.kind == LOCAL else written if origin.kind == WRITTEN else ()
        )
        if changed and (origin.kind == LOCAL or origin.slot != slot):
            new[slot] = None
    return tuple(new)


def _origin(source: Source, slot: int, stack: Stack) -> Origin | None:
    """The name of what `source` puts into a slot."""
    if source.kind == CONSTANT:
        return Origin(CONSTANT, 0, source.constant)
    if source.kind == LOCAL:
        return Origin(LOCAL, source.slot)
    if source.kind == SLOT:
        origin = stack[source.slot] if 0 <= source.slot < len(stack) else None
        # What may be recorded anew stays "the last result in this slot", whether it is or not.
        if source.recorded and origin != Origin(WRITTEN, slot):
            return None
        return origin
    return Origin(WRITTEN, slot) if source.certain else None


def _caught(moves: CodeMoves, row: int, stack: Stack, handler: int) -> Stack:
    """The stack at a handler's beginning when an exception arises in `row`, where `stack` is."""
    depth = moves.before[handler]
    kept = max(0, depth - moves.pushed_by_exception(handler))
    written = range(kept, depth)
    new = [
        None if origin is not None and origin.kind == WRITTEN and origin.slot in written else origin
        for origin in stack[:kept]
    ]
    if moves.opname(row) == "YIELD_VALUE" and len(stack) <= kept:
        new[len(stack) - 1 :] = [None]  # see `CodeMoves.move`
    new += [None] * (depth - len(new))
    if new and moves.modern:
        new[-1] = Origin(WRITTEN, depth - 1)
    return tuple(new)


def _merged(one: Stack, other: Stack) -> Stack:
    return tuple(first if first == second else None for first, second in zip(one, other, strict=True))
