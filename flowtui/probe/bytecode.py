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

#: What one instruction adds to `flat`, in this order.
FIELDS = (
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
)
STRIDE = len(FIELDS)
#: By opname the inline cache's fields, where the interpreter has inline caches (3.11 on).
CACHE_FORMAT: dict[str, dict[str, int]] = getattr(__import__("opcode"), "_cache_format", {})
CACHES = {name: sum(fields.values()) for name, fields in CACHE_FORMAT.items() if fields}
NAMES = dis.Instruction._fields
#: Places in the Instruction tuple; the first six (opname … offset) are the same in every version.
POSITIONS = NAMES.index("positions") if "positions" in NAMES else 0
#: 3.13 on a jump's target has a label, before that a flag.
LABEL = NAMES.index("label") if "label" in NAMES else 0
FLAG = NAMES.index("is_jump_target") if "is_jump_target" in NAMES else 0
HAS_CONST = frozenset(dis.hasconst)
NO_PLACE = (0, 0, 0, 0)
OPTIMIZED = 1  # inspect.CO_OPTIMIZED: a function, not a class body or a module


class Names:
    """Qualified names for interpreters whose code objects have none (before 3.11): MAKE_FUNCTION's operand has them."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def learn(self, instructions: list[Any]) -> None:
        """Remember the names that these instructions give to code objects that they make functions of."""
        for first, second in zip(instructions, instructions[1:]):
            if isinstance(first.argval, CodeType) and first.opname == "LOAD_CONST" and type(second.argval) is str:
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
    """The code object and, depth first in the order of ``co_consts``, those inside it: (code, id, parent's id or -1)."""
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
    flat: list[int] = []
    befores: list[int] = []
    afters: list[int] = []
    owners: list[int] = []
    codes: list[dict[str, Any]] = []
    names = Names()
    for code, number, parent in walk(module):
        instructions = list(dis.get_instructions(code))
        if not hasattr(code, "co_qualname"):
            names.learn(instructions)
        entry = describe(code, number, parent, represent)
        entry["qualname"] = names.of(code, codes[parent] if parent >= 0 else None)
        entry["first"], entry["count"] = len(owners), len(instructions)
        codes.append(entry)
        begin = len(flat)
        rows(code, instructions, strings, flat, represent)
        flow = depth.Flow(
            flat[begin::STRIDE],
            flat[begin + 1 :: STRIDE],
            [instruction.arg for instruction in instructions],
            flat[begin + 6 :: STRIDE],
            entry["exception_table"],
        ).run()
        befores += flow.before
        afters += flow.after
        owners += [number] * len(instructions)
    columns = {field: array("q" if field == "arg" else "i", flat[i::STRIDE]) for i, field in enumerate(FIELDS)}
    columns["code"] = array("i", owners)
    columns["stack_before"], columns["stack_after"] = array("i", befores), array("i", afters)
    counts = {strings[name]: caches for name, caches in CACHES.items() if name in strings}
    columns["caches"] = array("i", [counts.get(name, 0) for name in columns["opname"]])
    columns["specialised"] = array("i", [-1]) * len(owners)
    if text is not None and POSITIONS:
        text.settle(columns["line"], columns["column"], columns["end_line"], columns["end_column"])
    else:
        empty = array("i", bytes(4 * len(owners)))
        columns.update(dict.fromkeys(("line", "column", "end_line", "end_column"), empty))
    used = {name: list(map(list, CACHE_FORMAT[name].items())) for name in CACHES if name in strings}
    return {"strings": list(strings), "codes": codes, "cache_format": used}, columns


def rows(
    code: CodeType, instructions: list[Any], strings: Strings, flat: list[int], represent: Callable[[object], str]
) -> None:
    """Add the numbers of one code object's instructions to `flat`, `STRIDE` each."""
    line_of = None if POSITIONS else lines(code, instructions)
    jumps = depth.JUMPS
    line = 0
    place = NO_PLACE
    for instruction in instructions:
        opname, opcode, arg, argval, argrepr, offset = instruction[:6]
        if line_of is None:
            line, end_line, column, end_column = instruction[POSITIONS]
            if not line or end_line is None or column is None or end_column is None:
                place = NO_PLACE
                line = line or 0
            else:
                place = (line, column, end_line, end_column)
        else:
            line = line_of[offset]
        flat += (
            offset,
            opcode,
            strings[opname],
            -1 if arg is None else arg,
            strings[(opcode in HAS_CONST and argrepr) or represent(argval)],
            strings[argrepr],
            argval if opcode in jumps else -1,
            instruction[LABEL] is not None if LABEL else instruction[FLAG],
            line,
            *place,
        )


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
    """The fields of a code object that are no instructions; its qualified name and its rows are the caller's."""
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


