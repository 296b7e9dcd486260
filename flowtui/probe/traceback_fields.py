"""An exception as fields: its type, its message, and the lines that it came through.

Nothing here trusts the program's own methods: a ``__str__`` may raise, or never end.
"""

from __future__ import annotations

import linecache

from . import failure

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from types import CodeType, TracebackType
    from typing import Any

    from .text import Text

#: Frames of each end that travel; a recursion's thousand frames are alike in the middle.
FRAMES_AT_EACH_END = 100
MESSAGE_LENGTH = 4000
LINE_LENGTH = 500


def type_name(error: BaseException) -> str:
    """Name the class as a traceback does; what a metaclass says of its name is not asked."""
    cls = type(error)
    try:
        name: str = type.__dict__["__qualname__"].__get__(cls)
        module = type.__dict__["__module__"].__get__(cls)
    except Exception:  # a class without them
        return "exception"
    return name if module in ("builtins", "__main__") or not isinstance(module, str) else module + "." + name


def message(error: BaseException) -> str:
    """The message, as far as the program's ``__str__`` can tell it; may take for ever."""
    try:
        text = error.msg if isinstance(error, SyntaxError) and isinstance(error.msg, str) else str(error)
        return str.__str__(text)[:MESSAGE_LENGTH]
    except BaseException:
        return "<exception str() failed>"


def fields(error: BaseException, said: str, text: Text) -> dict[str, Any]:
    """Make the wire's `error`: type, message (`said`), frames. `text` is the program's source."""
    return {"type": type_name(error), "message": said, "frames": frames(error, text)}


def frames(error: BaseException, text: Text) -> list[dict[str, Any]]:
    """Make a frame of each line that the exception came through, outermost first.

    A SyntaxError ends with the place that it speaks of; its frame has no name.
    """
    entries = []
    entry = error.__traceback__
    while entry is not None:
        entries.append(entry)
        entry = entry.tb_next
    if len(entries) > 2 * FRAMES_AT_EACH_END:
        del entries[FRAMES_AT_EACH_END:-FRAMES_AT_EACH_END]
    made = [_frame(entry) for entry in entries]
    if isinstance(error, SyntaxError) and isinstance(error.lineno, int) and isinstance(error.filename, str):
        made.append(_syntax_frame(error, error.filename, error.lineno, None if made else text))
    return made


def _frame(entry: TracebackType) -> dict[str, Any]:
    code = entry.tb_frame.f_code
    line = entry.tb_lineno or code.co_firstlineno
    return {
        "filename": code.co_filename,
        "line": line,
        "name": code.co_name,
        "span": _span(code, entry.tb_lasti),
        "text": source_line(code.co_filename, line),
    }


def source_line(filename: str, line: int) -> str:
    """The text of a line without its end; empty when there is none."""
    try:
        return linecache.getline(filename, line).rstrip("\r\n")[:LINE_LENGTH]
    except Exception:  # an unreadable file, or a loader of the program's own that fails
        return ""


def _span(code: CodeType, at: int) -> list[int] | None:
    """Where the instruction at offset `at` comes from, in code points; None where columns are not known."""
    positions = getattr(code, "co_positions", None)
    if positions is None or at < 0:
        return None
    for index, (line, end_line, column, end_column) in enumerate(positions()):
        if index == at // 2:
            if None in (line, end_line, column, end_column):
                return None
            filename = code.co_filename
            return [line, _points(filename, line, column), end_line, _points(filename, end_line, end_column)]
    return None


def _points(filename: str, line: int, offset: int) -> int:
    """Code points before a UTF-8 byte offset of a line."""
    try:
        text = linecache.getline(filename, line)
    except Exception:  # as in source_line
        return offset
    if text.isascii():
        return offset
    return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def _syntax_frame(error: SyntaxError, filename: str, line: int, text: Text | None) -> dict[str, Any]:
    """The place of an error of the compiler; a span only where it is in the program itself."""
    span, own = None, source_line(filename, line)
    if text is not None:
        span, own = failure.syntax_place(failure.ask_again(error, text, filename), text)
    own = own or (error.text or "").rstrip("\r\n")
    return {"filename": filename, "line": line, "name": "", "span": span, "text": own[:LINE_LENGTH]}
