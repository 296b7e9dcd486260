"""The rows of the bytecode pane: a heading for each code object, its instructions, its exception table."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

from flowtui.model.labels import argument_text, shorten
from flowtui.model.stages import CodeObject, CodeTable
from flowtui.ui.widgets.virtual_list import Cell

#: A code object's repr has an address and a path in it, which say nothing here.
_CODE = re.compile(r"<code object (.+?) at 0x[0-9a-fA-F]+.*")
_JUMPS = ("JUMP", "FOR_ITER", "RETURN", "YIELD", "RAISE", "RERAISE", "SEND", "END_FOR", "SETUP_", "GET_ITER")
_LOADS = ("LOAD_", "STORE_", "DELETE_", "COPY", "SWAP", "POP_TOP", "PUSH_", "IMPORT_", "DUP_", "ROT_")


def family(opname: str) -> str:
    """The style of an opcode's name: what it is about."""
    if "CALL" in opname or opname.startswith(("MAKE_FUNCTION", "PRECALL")):
        return "call"
    if "JUMP" in opname or opname.startswith(_JUMPS):
        return "jump"
    if opname.startswith(_LOADS):
        return "load"
    return "name"


class CodeRows:
    """What the pane shows of a code table; instructions are looked up when they are seen.

    Attributes:
        table: the code table.
        columns: which cells a row has, in their order.
        specialised: names as they stood after a run, by (code object's id, offset).
    """

    def __init__(
        self,
        table: CodeTable,
        columns: Sequence[str],
        exceptions: bool,
        specialised: Mapping[tuple[int, int], str] | None = None,
    ) -> None:
        self.table = table
        self.columns = columns
        self.specialised = specialised
        self._exceptions = exceptions
        self._starts: list[int] = []
        at = 0
        for code in table.codes:
            self._starts.append(at)
            at += 1 + code.count + (len(code.exception_table) if exceptions else 0)
        self._count = at

    def __len__(self) -> int:
        return self._count

    def row_of(self, instruction: int) -> int:
        """The row of an instruction."""
        code = self.table.codes[self.table.code[instruction]]
        return self._starts[code.id] + 1 + instruction - code.first

    def rows_of(self, instructions: Collection[int]) -> frozenset[int]:
        """The rows of instructions."""
        return frozenset(map(self.row_of, instructions))

    def at(self, row: int) -> tuple[CodeObject, int | None, int | None]:
        """What stands in a row: its code object, and its instruction or its entry of the exception table."""
        number = bisect_right(self._starts, row) - 1
        code = self.table.codes[number]
        inside = row - self._starts[number] - 1
        if inside < 0:
            return code, None, None
        if inside < code.count:
            return code, code.first + inside, None
        return code, None, inside - code.count

    def cells(self, row: int) -> Sequence[Cell]:
        """A row's cells; a single one goes across all columns."""
        code, instruction, entry = self.at(row)
        if instruction is not None:
            return [self._cell(name, instruction, code) for name in self.columns]
        if entry is not None:
            return [(f"    ⚡ {exception_words(code, entry)}", "dim")]
        return [(heading(code, depths="stack" in self.columns), "accent")]

    def _cell(self, column: str, row: int, code: CodeObject) -> Cell:
        table = self.table
        if column == "ln":
            line = table.source_line[row]
            new = row == code.first or table.source_line[row - 1] != line
            return (str(line) if line and new else ""), "line"
        if column == "»":
            return ("»" if table.is_jump_target[row] else ""), "jump"
        if column == "off":
            return str(table.offset[row]), "dim"
        if column == "opcode":
            name = table.strings[table.opname[row]]
            special = self.special_name(row)
            return (f"✦{special}", "accent") if special is not None else (name, family(name))
        if column == "arg":
            return (str(table.arg[row]) if table.arg[row] >= 0 else ""), "dim"
        if column == "stack":
            before, after = table.stack_before[row], table.stack_after[row]
            return (f"{before}→{after}" if before >= 0 else "never"), "dim"
        if column == "caches":
            return self._caches(row), "dim"
        return meaning(table, row, with_arg="arg" not in self.columns), ""

    def special_name(self, row: int) -> str | None:
        """The name of the specialised instruction at `row`, when they are to be shown and it has one."""
        if self.specialised is None:
            return None
        table = self.table
        name = self.specialised.get((table.code[row], table.offset[row])) or table.text(
            table.specialised[row]
        )
        return name if name != table.strings[table.opname[row]] else None

    def _caches(self, row: int) -> str:
        count = self.table.caches[row]
        if not count:
            return ""
        fields = self.table.cache_format.get(self.table.strings[self.table.opname[row]], ())
        words = " ".join(name if size == 1 else f"{name}×{size}" for name, size in fields)
        return f"{count} {words}".rstrip()


def meaning(table: CodeTable, row: int, *, with_arg: bool = False) -> str:
    """What an instruction's argument means, in `dis`'s words; the bare number if it has no other."""
    text = argument_text(table, row)
    if not text and with_arg and table.arg[row] >= 0:
        return str(table.arg[row])
    return _CODE.sub(r"code object \1", shorten(text, 300))


def heading(code: CodeObject, *, depths: bool = False) -> str:
    """A code object in one line: name, line, how deep its stack can be, flags.

    `depths` says that the depths below are ours, worked out from the instructions; the limit is the compiler's.
    """
    flags = " ".join(code.flag_names)
    line = f"  line {code.firstlineno}" if code.firstlineno else ""
    stack = " (depths inferred)" if depths else ""
    return f"▪ {code.qualname}{line}  stack {code.stacksize}{stack}{f'  {flags}' if flags else ''}"


def exception_words(code: CodeObject, entry: int) -> str:
    """An entry of the exception table in words."""
    start, end, target, depth, lasti = code.exception_table[entry]
    words = f"an error from {start} to {end} goes to {target}, stack cut to {depth}"
    return words + (", with the offset pushed" if lasti else "")
