"""Stage `bytecode`: every code object and instruction as this interpreter's own ``dis`` gives them."""

from __future__ import annotations

import dis
from array import array
from types import CodeType

from . import depth
from .text import Strings, Text, safe_repr

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any, Callable, Iterator

#: By opname the inline cache's fields, where the interpreter has inline caches (3.11 on).
CACHE_FORMAT: dict[str, dict[str, int]] = getattr(__import__("opcode"), "_cache_format", {})
CACHES = {name: sum(fields.values()) for name, fields in CACHE_FORMAT.items() if fields}
NAMES = dis.Instruction._fields
#: Places in the Instruction tuple; the first six (opname … offset) are the same in every version.
POSITIONS = NAMES.index("positions") if "positions" in NAMES else 0
#: 3.13 on a jump's target has a label, before that a flag.
LABEL = NAMES.index("label") if "label" in NAMES else 0
FLAG = NAMES.index("is_jump_target") if "is_jump_target" in NAMES else 0
#: Filled while walking; the others follow from these.
COLUMNS = [
    "code",
    "offset",
    "opcode",
    "opname",
    "arg",
    "argval",
    "argrepr",
    "jump_target",
    "is_jump_target",
    "source_line",
    "line",
    "column",
    "end_line",
    "end_column",
    "stack_before",
    "stack_after",
]
OPTIMIZED = 1  # inspect.CO_OPTIMIZED: a function, not a class body or a module


class Names:
    """Qualified names where code objects have none (before 3.11): MAKE_FUNCTION's operand has them."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def learn(self, instructions: list[Any]) -> None:
        """Remember the names that these instructions give to code objects that they make functions of."""
        for first, second in zip(instructions, instructions[1:]):  # noqa: RUF007  # pairwise is new in 3.10
            if (
                first.opname == "LOAD_CONST"
                and isinstance(first.argval, CodeType)
                and type(second.argval) is str
            ):
                self._known[id(first.argval)] = second.argval

    def of(self, code: CodeType, parent: dict[str, Any] | None) -> str:
        """A code object's qualified name: its own, or learnt, or put together from its parent's."""
        own = getattr(code, "co_qualname", None)
        if own is not None:
            return str(own)
        known = self._known.get(id(code))
        if known and (code.co_flags & OPTIMIZED or parent is None or parent["parent"] is None):
            return known
        if parent is None or parent["parent"] is None:
            return code.co_name
        inside = ".<locals>." if parent["flags"] & OPTIMIZED else "."
        return "%s%s%s" % (parent["qualname"], inside, code.co_name)


def walk(module: CodeType) -> Iterator[tuple[CodeType, int, int]]:
    """A code object and, depth first in ``co_consts``, those inside it: (code, id, parent's id or -1)."""
    stack = [(module, -1)]
    number = 0
    while stack:
        code, parent = stack.pop()
        yield code, number, parent
        below = [(const, number) for const in code.co_consts if isinstance(const, CodeType)]
        below.reverse()
        stack += below
        number += 1


def make(module: CodeType, text: Text | None) -> tuple[dict[str, Any], dict[str, array[int]]]:
    """Take a code object apart.

    Without a text there are no spans: byte columns cannot be turned into code points then.
    """
    try:
        return take_apart(module, text, repr)
    except ValueError:
        # dis writes constants by repr, which refuses integers of very many digits; here it may call ours.
        dis.repr = safe_repr  # type: ignore[attr-defined]  # a module's global hides the builtin
        try:
            return take_apart(module, text, safe_repr)
        finally:
            del dis.repr  # type: ignore[attr-defined]  # see above


def take_apart(
    module: CodeType, text: Text | None, represent: Callable[[object], str]
) -> tuple[dict[str, Any], dict[str, array[int]]]:
    """The header's keys and the columns of a code object and all inside it."""
    strings = Strings()
    lists: dict[str, list[int]] = {name: [] for name in COLUMNS}  # a list grows faster than an array
    codes: list[dict[str, Any]] = []
    names = Names()
    for code, number, parent in walk(module):
        instructions = list(dis.get_instructions(code))
        if not hasattr(code, "co_qualname"):
            names.learn(instructions)
        entry = describe(code, number, parent, represent)
        entry["qualname"] = names.of(code, codes[parent] if parent >= 0 else None)
        entry["first"], entry["count"] = len(lists["code"]), len(instructions)
        codes.append(entry)
        if instructions:
            lists["code"] += [number] * len(instructions)
            add(code, instructions, strings, lists, represent, entry["exception_table"])
    columns = {name: array("q" if name == "arg" else "i", values) for name, values in lists.items()}
    counts = {strings[name]: caches for name, caches in CACHES.items() if name in strings}
    columns["caches"] = array("i", [counts.get(name, 0) for name in columns["opname"]])
    columns["specialised"] = array("i", [-1]) * len(columns["code"])
    if text is not None:
        text.settle(columns["line"], columns["column"], columns["end_line"], columns["end_column"])
    else:
        empty = array("i", bytes(4 * len(columns["code"])))
        columns.update(dict.fromkeys(("line", "column", "end_line", "end_column"), empty))
    used = {name: list(map(list, CACHE_FORMAT[name].items())) for name in CACHES if name in strings}
    return {"strings": list(strings), "codes": codes, "cache_format": used}, columns


def add(
    code: CodeType,
    instructions: list[Any],
    strings: Strings,
    lists: dict[str, list[int]],
    represent: Callable[[object], str],
    table: list[tuple[int, int, int, int, bool]],
) -> None:
    """Add one code object's instructions to the columns: field by field, since that runs in C."""
    fields = list(zip(*instructions))
    opnames, opcodes, args, argvals, argreprs, offsets = fields[:6]
    index = strings.__getitem__
    jumps = depth.JUMPS
    targets = [argval if opcode in jumps else -1 for opcode, argval in zip(opcodes, argvals)]
    lists["offset"] += offsets
    lists["opcode"] += opcodes
    lists["opname"] += map(index, opnames)
    lists["arg"] += [-1 if arg is None else arg for arg in args]
    lists["argval"] += map(index, map(represent, argvals))
    lists["argrepr"] += map(index, argreprs)
    lists["jump_target"] += targets
    lists["is_jump_target"] += [label is not None for label in fields[LABEL]] if LABEL else fields[FLAG]
    if POSITIONS:
        line, end_line, column, end_column = zip(*fields[POSITIONS])
        lists["source_line"] += [number or 0 for number in line]
        if None in line or 0 in line or None in column or None in end_line or None in end_column:
            places = [
                (0, 0, 0, 0) if None in place or not place[0] else place
                for place in zip(line, end_line, column, end_column)
            ]
            line, end_line, column, end_column = zip(*places)
    else:
        lists["source_line"] += map(lines(code, instructions).__getitem__, offsets)
        line = column = end_line = end_column = (0,) * len(offsets)
    lists["line"] += line
    lists["column"] += column
    lists["end_line"] += end_line
    lists["end_column"] += end_column
    flow = depth.Flow(offsets, opcodes, args, targets, table).run()
    lists["stack_before"] += flow.before
    lists["stack_after"] += flow.after


def lines(code: CodeType, instructions: list[Any]) -> dict[int, int]:
    """By offset the line that an instruction belongs to, 0 for none, where instructions have no positions.

    3.10's ``co_lines`` says "no line" where there is none; older ones carry each line on.
    """
    known: dict[int, int] = {}
    if hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            for offset in range(start, end, 2):
                known[offset] = line or 0
        for instruction in instructions:
            known.setdefault(instruction.offset, 0)
        return known
    line = code.co_firstlineno
    for instruction in instructions:
        line = instruction.starts_line or line
        known[instruction.offset] = line
    return known


def describe(code: CodeType, number: int, parent: int, represent: Callable[[object], str]) -> dict[str, Any]:
    """The fields of a code object that are no instructions, without its qualified name and its rows."""
    flags = code.co_flags
    known = dis.COMPILER_FLAG_NAMES
    bits = [1 << bit for bit in range(flags.bit_length()) if flags >> bit & 1]
    return {
        "id": number,
        "parent": parent if parent >= 0 else None,
        "name": code.co_name,
        "firstlineno": code.co_firstlineno,
        "flags": flags,
        "flag_names": [known.get(bit, hex(bit)) for bit in bits],
        "stacksize": code.co_stacksize,
        "argcount": code.co_argcount,
        "consts": list(map(represent, code.co_consts)),
        "names": list(code.co_names),
        "varnames": list(code.co_varnames),
        "freevars": list(code.co_freevars),
        "cellvars": list(code.co_cellvars),
        "exception_table": exception_table(code),
    }


def exception_table(code: CodeType) -> list[tuple[int, int, int, int, bool]]:
    """(start, end, target, depth, lasti) of ``dis``'s own reading of the table; empty where there is none."""
    read = getattr(dis, "_parse_exception_table", None)
    if read is None or not getattr(code, "co_exceptiontable", b""):
        return []
    return [(entry.start, entry.end, entry.target, entry.depth, bool(entry.lasti)) for entry in read(code)]
