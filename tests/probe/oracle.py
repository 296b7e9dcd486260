"""What an interpreter itself says of sources: plain `tokenize`, `ast` and `dis` in a script.

    PYTHON -I oracle.py [--rows] < list of paths, one a line

writes one line of JSON a file: by stage either a digest of its rows (the rows, with `--rows`) or the error.
It shares no code with the probe, for it is what the probe is compared with. Its syntax is that of Python 3.8.
"""

import ast
import dis
import hashlib
import io
import json
import re
import sys
import token
import tokenize
import types
import warnings


def text_lines(data):
    """The lines as the compiler sees them, decoded as the source says."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:  # PyPy compiles surrogates in UTF-8, which tokenize refuses
        encoding = "utf-8"
    return re.split("\r\n|\r|\n", data.decode(encoding, "surrogateescape"))


def converter(lines):
    """A function from a place in bytes to a span in code points, or None where there is no such place."""
    encoded = [line.encode("utf-8", "surrogateescape") for line in lines]

    def convert(line, column, end_line, end_column):
        if None in (line, column, end_line, end_column) or not 1 <= line <= end_line <= len(lines):
            return None
        first, last = encoded[line - 1], encoded[end_line - 1]
        if not (0 <= column <= len(first) and 0 <= end_column <= len(last)) or (end_line, end_column) < (
            line,
            column,
        ):
            return None
        start = len(first[:column].decode("utf-8", "replace"))
        return (line, start, end_line, len(last[:end_column].decode("utf-8", "replace")))

    return convert


def tokens(data, name):
    for row in tokenize.tokenize(io.BytesIO(data).readline):
        span = None if row.start[0] == 0 else row.start + row.end
        yield token.tok_name[row.type], token.tok_name[row.exact_type], row.string, span


def tree(data, name):
    root = ast.parse(data, name)
    convert = converter(text_lines(data))
    rows = []

    def visit(node, parent, field, index):
        attrs, below = [], []
        for key in node._fields:
            value = getattr(node, key, None)
            if isinstance(value, ast.AST):
                below.append((value, key, None))
            elif isinstance(value, list) and any(isinstance(item, ast.AST) for item in value):
                below.extend((item, key, i) for i, item in enumerate(value) if isinstance(item, ast.AST))
            else:
                attrs.append((key, repr(value)))
        span = None
        if hasattr(node, "lineno"):
            span = convert(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        number = len(rows)
        rows.append((parent, field, index, type(node).__name__, tuple(attrs), span))
        for child, key, i in below:
            visit(child, number, key, i)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(8000)
    try:
        visit(root, None, None, None)
    finally:
        sys.setrecursionlimit(limit)
    return rows


def lines_of(code):
    """By offset the line of each instruction."""
    found = {}
    if hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            for offset in range(start, end, 2):
                found[offset] = line
        return found
    starts = dict(dis.findlinestarts(code))
    line = code.co_firstlineno
    for offset in range(0, len(code.co_code), 2):
        line = starts.get(offset, line)
        found[offset] = line
    return found


def bytecode(data, name):
    module = compile(data, name, "exec", dont_inherit=True)
    convert = converter(text_lines(data))
    queue = [module]
    number = 0
    while queue:
        code = queue.pop(0)
        queue[:0] = [const for const in code.co_consts if isinstance(const, types.CodeType)]
        table = ()
        if getattr(code, "co_exceptiontable", b""):
            table = tuple(
                (e.start, e.end, e.target, e.depth, e.lasti) for e in dis._parse_exception_table(code)
            )
        yield (
            code.co_name,
            getattr(code, "co_qualname", None),
            code.co_firstlineno,
            code.co_flags,
            code.co_stacksize,
            code.co_argcount,
            tuple(map(steady, map(repr, code.co_consts))),
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_cellvars,
            table,
        )
        known = lines_of(code)
        for i in dis.get_instructions(code):
            if hasattr(i, "jump_target"):
                target = i.jump_target
            else:
                target = i.argval if i.opcode in dis.hasjrel or i.opcode in dis.hasjabs else None
            places = getattr(i, "positions", None)
            span = (
                convert(places.lineno, places.col_offset, places.end_lineno, places.end_col_offset)
                if places
                else None
            )
            line = i.line_number if hasattr(i, "line_number") else known.get(i.offset)
            yield (
                number,
                i.offset,
                i.opcode,
                i.opname,
                i.arg,
                steady(repr(i.argval)),
                steady(i.argrepr),
                target,
                bool(i.is_jump_target),
                line or None,
                span,
            )
        number += 1


def steady(text):
    """A repr without what differs from one process to another: addresses, and the order of a set."""
    text = re.sub(" at 0x[0-9a-fA-F]+", "", text) if " at 0x" in text else text
    return "".join(sorted(text)) if "frozenset({" in text else text


def digest(rows):
    """One short text for all rows."""
    found = hashlib.sha1()
    for row in rows:
        found.update(json.dumps(row).encode("ascii"))
    return found.hexdigest()


def main():
    warnings.simplefilter("ignore")
    show_rows = "--rows" in sys.argv
    for path in sys.stdin.read().splitlines():
        with open(path, "rb") as file:
            data = file.read()
        answer = {"path": path}
        for stage, make in (("tokens", tokens), ("ast", tree), ("bytecode", bytecode)):
            try:
                rows = list(make(data, path))
                answer[stage] = rows if show_rows else digest(rows)
            except Exception as error:
                message = getattr(error, "msg", None) or (error.args[0] if error.args else "")
                answer[stage] = {"error": type(error).__name__, "message": " ".join(str(message).split())}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
