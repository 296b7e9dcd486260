"""An exception of a stage as the fields of a failure, with its place in the source where it is sure.

Where `SyntaxError.offset` points is settled by trying, on every version from 3.8 (characters, from 1):

- the tokenizer counts characters everywhere;
- the parser of 3.9 to 3.12 counts bytes, unless the source declares its encoding (`Parser/pegen_errors.c`
  converts only then): the question is asked again with a byte order mark in front;
- errors found after parsing (``'return' outside function``) come with no text and count bytes everywhere;
- an error inside an f-string before 3.12 has a text of its own, ``(a b)``, and a place in that: it gets no
  span.
"""

from __future__ import annotations

from .text import BOM, Text

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

#: What to say for exceptions that come without a word.
SILENT = {
    "MemoryError": "no memory or parser stack was left: the source is too deep or too large",
    "RecursionError": "the source is nested too deeply for this interpreter",
}


def describe(stage: str, error: BaseException, text: Text | None) -> dict[str, Any]:
    """The fields of `model.Failure` for an exception: stage, type, message, span (or None) and text."""
    kind = type(error).__name__
    message = str(getattr(error, "msg", None) or "")
    place = error
    if not message and kind == "TokenError":
        message = str(error.args[0]) if error.args else ""
        context = error.__context__
        if isinstance(context, SyntaxError):
            # 3.12 on: the C tokenizer's own error, which knows the place better.
            place = context
    message = " ".join((message or str(error)).split()) or SILENT.get(kind, "the interpreter gave no message")
    span, shown = None, ""
    if text is not None:
        if isinstance(place, SyntaxError):
            span, shown = syntax_place(place, text)
        elif kind == "TokenError" and len(error.args) > 1:
            line, column = error.args[1]
            span, shown = stretch(text, line, column, None, None)
    return {"stage": stage, "type": kind, "message": message, "span": span, "text": shown}


def syntax_place(error: SyntaxError, text: Text) -> tuple[list[int] | None, str]:
    """The span and the line of a SyntaxError; no span where the place is not one of the source."""
    line, column = error.lineno, error.offset
    if not line or line < 1:
        return None, ""
    end_line, end_column = getattr(error, "end_lineno", None), getattr(error, "end_offset", None)
    own = text.line(line)
    if error.text is not None and "�" not in error.text:
        said = error.text.split("\n")[0].strip()
        if said and said not in own:
            return None, error.text.rstrip("\r\n")
    if column is None or column < 1:
        return stretch(text, line, 0, line, len(own))
    start = column - 1
    end = end_column - 1 if end_line and end_column and end_column > 0 else None
    if error.text is None:
        start = text.points(line, start)
        end = text.points(end_line, end) if end is not None and end_line else None
    return stretch(text, line, start, end_line if end is not None else None, end)


def stretch(
    text: Text, line: int, column: int, end_line: int | None, end_column: int | None
) -> tuple[list[int], str]:
    """A span inside the source, at least one character wide where there is one, and its line.

    A place behind the last line (an unexpected end of file) is the end of the last line.
    """
    if line > len(text.lines):
        line = len(text.lines)
        column = len(text.lines[-1])
        end_line = None
    own = text.line(line)
    column = max(0, min(column, len(own)))
    end = (end_line, end_column) if end_line and end_column is not None else (0, 0)
    if end <= (line, column) or end[0] > len(text.lines):
        end = (line, column + 1)
    last = max(0, min(end[1], len(text.line(end[0]))))
    return [line, column, end[0], max(last, column) if end[0] == line else last], own


def ask_again(error: SyntaxError, text: Text, name: str) -> SyntaxError:
    """The same error with columns in characters, which the parser counts behind a byte order mark."""
    if text.declared or text.ascii or error.text is None or error.text.isascii():
        return error
    try:
        compile(BOM + text.data, name, "exec", 0x400, True)  # ast.PyCF_ONLY_AST
    except SyntaxError as better:
        if better.msg == error.msg and better.lineno == error.lineno:
            return better
    except Exception:  # noqa: S110  # the first answer stands
        pass
    return error
