"""What an interpreter's own modules say of a source: run by that interpreter, Python 3.8 or newer, alone.

Usage: ``PYTHON oracle.py FILE``; JSON on standard output, in the form of ``flowtui show --format json``.
"""

import ast
import dis
import io
import json
import os
import re
import sys
import tokenize


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    lines = re.split("\r\n|\r|\n", data.decode("utf-8"))

    def span(line, column, end_line, end_column, in_bytes):
        if not line or None in (line, column, end_line, end_column):
            return None
        if in_bytes:
            column = len(lines[line - 1].encode("utf-8")[:column].decode("utf-8"))
            end_column = len(lines[end_line - 1].encode("utf-8")[:end_column].decode("utf-8"))
        return [line, column, end_line, end_column]

    tokens = [
        {
            "type": tokenize.tok_name[token.type],
            "exact_type": tokenize.tok_name[token.exact_type],
            "string": token.string,
            "span": span(*(token.start + token.end + (False,))),
        }
        for token in tokenize.tokenize(io.BytesIO(data).readline)
    ]

    nodes = []

    def visit(node, parent, field, index):
        row = {
            "id": len(nodes),
            "parent": parent,
            "field": field,
            "index": index,
            "kind": type(node).__name__,
        }
        nodes.append(row)
        children = []
        attrs = {}
        for name in node._fields:
            if not hasattr(node, name):
                continue
            value = getattr(node, name)
            if isinstance(value, ast.AST):
                children.append((value, name, None))
            elif isinstance(value, list) and any(isinstance(item, ast.AST) for item in value):
                children += [(item, name, i) for i, item in enumerate(value) if isinstance(item, ast.AST)]
            else:
                attrs[name] = repr(value)
        row["attrs"] = attrs
        line, column = getattr(node, "lineno", None), getattr(node, "col_offset", None)
        row["span"] = span(
            line, column, getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None), True
        )
        for child, name, i in children:
            visit(child, row["id"], name, i)

    visit(ast.parse(data), None, None, None)

    codes = []

    def walk(code, parent):
        row = {"id": len(codes), "parent": parent, "name": code.co_name, "firstlineno": code.co_firstlineno}
        row.update(flags=code.co_flags, stacksize=code.co_stacksize, names=list(code.co_names))
        row.update(varnames=list(code.co_varnames), freevars=list(code.co_freevars))
        row.update(cellvars=list(code.co_cellvars), consts=[repr(const) for const in code.co_consts])
        codes.append(row)
        positions = list(code.co_positions()) if hasattr(code, "co_positions") else None
        row["instructions"] = []
        for i in dis.get_instructions(code):
            line, end, column, end_column = positions[i.offset // 2] if positions else (None,) * 4
            row["instructions"].append(
                {
                    "offset": i.offset,
                    "opcode": i.opcode,
                    "opname": i.opname,
                    "arg": i.arg,
                    "argval": repr(i.argval),
                    "argrepr": i.argrepr,
                    "is_jump_target": bool(i.is_jump_target),
                    "span": span(line, column, end, end_column, True),
                }
            )
        for const in code.co_consts:
            if isinstance(const, type(code)):
                walk(const, row["id"])

    walk(compile(data, os.path.basename(path), "exec", dont_inherit=True), None)
    json.dump({"tokens": tokens, "ast": nodes, "bytecode": codes}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
