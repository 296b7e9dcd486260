"""The source files of a recording and their code objects: names of slots, places of instructions, where steps stop."""

from __future__ import annotations

from typing import Literal

import msgspec

from flowtui.engine.recording.streams import RecordingError
from flowtui.model.printable import printable
from flowtui.model.span import Span
from flowtui.model.stages import CodeObject, CodeTable
from flowtui.model.tables import BadTableError
from flowtui.probe.wire import PREFIX, Frame, WireError, decode, lengths

OPTIMIZED = 1  # inspect.CO_OPTIMIZED: a function; not a class body or a module
_PLAIN = """
    NOP RESUME CACHE EXTENDED_ARG PRECALL KW_NAMES PUSH_NULL COPY SWAP POP_TOP LOAD_CONST LOAD_SMALL_INT LOAD_FAST
    LOAD_FAST_CHECK LOAD_FAST_BORROW LOAD_FAST_AND_CLEAR LOAD_FAST_LOAD_FAST LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_NAME
    LOAD_GLOBAL LOAD_DEREF LOAD_CLOSURE LOAD_CLASSDEREF LOAD_LOCALS LOAD_FROM_DICT_OR_DEREF LOAD_FROM_DICT_OR_GLOBALS
    LOAD_COMMON_CONSTANT LOAD_ASSERTION_ERROR LOAD_BUILD_CLASS DUP_TOP DUP_TOP_TWO ROT_TWO ROT_THREE ROT_FOUR ROT_N
    JUMP_FORWARD JUMP_BACKWARD JUMP_ABSOLUTE JUMP_BACKWARD_NO_INTERRUPT NOT_TAKEN END_FOR POP_ITER TO_BOOL MAKE_CELL
    COPY_FREE_VARS GEN_START RETURN_GENERATOR POP_BLOCK SETUP_FINALLY SETUP_WITH SETUP_ASYNC_WITH POP_EXCEPT
    PUSH_EXC_INFO LIST_TO_TUPLE GET_ITER END_SEND INTERPRETER_EXIT SETUP_ANNOTATIONS POP_FINALLY BEGIN_FINALLY
    """
#: Instructions that complete nothing: they load a name or a constant, move values about, or only jump.
PLAIN = frozenset(_PLAIN.split())
Kind = Literal["local", "cell", "free"]


class SourceFile(msgspec.Struct, kw_only=True):
    """A recorded source file.

    Attributes:
        number: in the order in which the recording met them; 0 is the program itself.
        path: what its code objects call it.
        source: its text; None when it could not be read.
        table: its code objects and instructions.
        base: the number that its first code object has in the recording.
    """

    number: int
    path: str
    source: str | None
    table: CodeTable
    base: int


class Code:
    """One code object of a recording.

    Attributes:
        file: its source file.
        entry: as the table has it.
        name: its qualified name.
        names: the names of its fast locals, in the order of their slots.
        kinds: what each of them is.
        optimized: its locals are slots; else they are a namespace.
        rows: by offset the row of the table.
        starts: rows at which a line begins.
    """

    def __init__(self, file: SourceFile, entry: CodeObject) -> None:
        self.file, self.entry = file, entry
        self.name = printable(entry.qualname)
        table = file.table
        modern = bool(entry.exception_table) or "RESUME" in table.strings
        cells = [each for each in entry.cellvars if not (modern and each in entry.varnames)]
        self.names = [*entry.varnames, *cells, *entry.freevars]
        holders = set(entry.cellvars) if modern else set()
        kinds: list[Kind] = ["cell" if name in holders else "local" for name in entry.varnames]
        kinds += ["cell"] * len(cells)
        kinds += ["free"] * len(entry.freevars)
        self.kinds = kinds
        self.optimized = bool(entry.flags & OPTIMIZED)
        rows = range(entry.first, min(entry.first + entry.count, len(table)))
        self.rows = {table.offset[row]: row for row in rows}
        self.starts = set()
        line = 0
        for row in rows:
            if table.source_line[row] and table.source_line[row] != line:
                line = table.source_line[row]
                self.starts.add(row)

    def row(self, offset: int) -> int | None:
        """The row of an instruction."""
        return self.rows.get(offset)

    def line(self, offset: int) -> int | None:
        """The line of an instruction."""
        row = self.rows.get(offset)
        return (self.file.table.source_line[row] or None) if row is not None else None

    def span(self, offset: int) -> Span | None:
        """The stretch of source of an instruction."""
        row = self.rows.get(offset)
        return self.file.table.span(row) if row is not None else None

    def is_plain(self, offset: int) -> bool:
        """Whether an instruction completes nothing."""
        row = self.rows.get(offset)
        table = self.file.table
        return row is not None and table.strings[table.opname[row]] in PLAIN


class Codes:
    """The files of a recording, read as they come."""

    def __init__(self, stream: memoryview) -> None:
        self._stream = stream
        self._at = 0
        self.files: list[SourceFile] = []
        self._codes: list[Code] = []

    def read(self) -> bool:
        """Take in one more file; False when there is none. Ask only when a step is there that names its code.

        Raises:
            RecordingError: what is there is none.
        """
        begin = self._at + PREFIX.size
        try:
            prefix = bytes(self._stream[self._at : begin])
            if len(prefix) < PREFIX.size or not any(prefix):
                return False
            header, blob = lengths(prefix)
            middle, end = begin + header, begin + header + blob
            if end > len(self._stream):
                return False
            self._take(decode(bytes(self._stream[begin:middle]), self._stream[middle:end]))
        except WireError:
            raise RecordingError("The recording is damaged: a source file's code cannot be read.") from None
        self._at = end
        return True

    def _take(self, frame: Frame) -> None:
        head = frame.head
        try:
            table = CodeTable.from_frame({"milliseconds": 0.0, **head}, frame.columns)
            path, base, source = str(head["file"]), int(head["base"]), head.get("source")
        except (BadTableError, KeyError, TypeError, ValueError, msgspec.ValidationError):
            raise RecordingError("The recording is damaged: a source file's code cannot be read.") from None
        if not fits(table):
            raise RecordingError("The recording is damaged: a source file's code does not fit.")
        if base != len(self._codes):
            raise RecordingError("The recording is damaged: its code objects are not in order.")
        file = SourceFile(
            number=len(self.files),
            path=path,
            source=source if isinstance(source, str) else None,
            table=table,
            base=base,
        )
        self.files.append(file)
        try:
            self._codes += [Code(file, entry) for entry in table.codes]
        except IndexError:
            raise RecordingError("The recording is damaged: a source file's code does not fit.") from None

    def __len__(self) -> int:
        return len(self._codes)

    def code(self, number: int) -> Code:
        """A code object by its number in the recording.

        Raises:
            RecordingError: there is no such code object.
        """
        while number >= len(self._codes):
            if not self.read():
                raise RecordingError(
                    "The recording is damaged: it names a code object that it does not have."
                )
        return self._codes[number]

    def of_file(self, file: int) -> list[tuple[int, Code]]:
        """The code objects of a file, with their numbers."""
        return [(number, code) for number, code in enumerate(self._codes) if code.file.number == file]


def fits(table: CodeTable) -> bool:
    """Whether a table's texts and rows are all there, so that nobody who looks at one meets with a surprise."""
    strings, rows = len(table.strings), len(table)
    texts = (table.opname, table.argval, table.argrepr)
    if any(column and not 0 <= min(column) <= max(column) < strings for column in texts):
        return False
    if table.specialised and not -1 <= min(table.specialised) <= max(table.specialised) < strings:
        return False
    return all(
        entry.id == number and entry.first >= 0 and entry.count >= 0 and entry.first + entry.count <= rows
        for number, entry in enumerate(table.codes)
    )
