"""Stage `ast`: one row a node of ``ast.parse``, depth first in field order."""

from __future__ import annotations

import ast
from array import array

from .text import Strings, Text, safe_repr

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

FIELDS = ("kind", "parent", "field", "index", "line", "column", "end_line", "end_column")
#: Numbers in `flat` for one node: the fields above and how many attributes it has.
STRIDE = len(FIELDS) + 1


def parse(text: Text, name: str) -> ast.Module:
    """``ast.parse`` of the file's bytes: byte order mark and cookie are read by the interpreter itself."""
    return ast.parse(text.data, name)


def make(root: ast.AST, text: Text) -> tuple[dict[str, Any], dict[str, array[int]]]:
    """Walk the tree without recursion, for it may be deeper than Python's own stack."""
    strings = Strings()
    flat: list[int] = []
    attributes: list[int] = []
    known: dict[type, tuple[int, tuple[tuple[str, int], ...]]] = {}
    node_class = ast.AST
    stack: list[tuple[Any, int, int, int]] = [(root, -1, -1, -1)]
    row = 0
    while stack:
        node, parent, field, index = stack.pop()
        cls = node.__class__
        try:
            kind, fields = known[cls]
        except KeyError:
            # Last field first: what is pushed last is walked first.
            kind, fields = known[cls] = strings[cls.__name__], tuple((f, strings[f]) for f in cls._fields)
        if not fields and not cls._attributes:  # a context or an operator: half of all nodes, without a place
            flat += kind, parent, field, index, 0, 0, 0, 0, 0
            row += 1
            continue
        values = node.__dict__
        below = []
        before = len(attributes)
        for field_name, field_id in fields:
            value = values.get(field_name)
            if isinstance(value, node_class):
                below.append((value, row, field_id, -1))
                continue
            if value.__class__ is list and value and value[0].__class__ is not str:
                nodes = [(v, row, field_id, i) for i, v in enumerate(value) if isinstance(v, node_class)]
                if nodes:
                    below += nodes
                    continue
            try:
                attributes += field_id, strings[repr(value)]
            except ValueError:  # an integer beyond the limit of digits
                attributes += field_id, strings[safe_repr(value)]
        if len(below) == 1:
            stack += below
        elif below:
            below.reverse()
            stack += below
        count = (len(attributes) - before) >> 1
        if "lineno" in values:
            flat += (
                kind,
                parent,
                field,
                index,
                values["lineno"],
                values["col_offset"],
                values.get("end_lineno") or 0,
                values.get("end_col_offset") or 0,
                count,
            )
        else:
            flat += kind, parent, field, index, 0, 0, 0, 0, count
        row += 1
    return {"strings": list(strings)}, columns_of(flat, attributes, text)


def columns_of(flat: list[int], attributes: list[int], text: Text) -> dict[str, array[int]]:
    """The columns of all nodes, `STRIDE` numbers each, and of their attributes, a name and a value each."""
    columns = {field: array("i", flat[i::STRIDE]) for i, field in enumerate(FIELDS)}
    text.settle(columns["line"], columns["column"], columns["end_line"], columns["end_column"])
    columns["depth"], columns["size"] = shape(columns["parent"])
    columns["attr_first"] = running_sum(flat[STRIDE - 1 :: STRIDE])
    columns["attr_name"] = array("i", attributes[0::2])
    columns["attr_value"] = array("i", attributes[1::2])
    return columns


def shape(parents: array[int]) -> tuple[array[int], array[int]]:
    """The depth of every row and the size of its subtree, from the parents' rows alone."""
    depths: list[int] = []
    for parent in parents:
        depths.append(depths[parent] + 1 if parent >= 0 else 0)
    sizes = [1] * len(parents)
    for row in range(len(parents) - 1, 0, -1):
        sizes[parents[row]] += sizes[row]
    return array("i", depths), array("i", sizes)


def running_sum(counts: list[int]) -> array[int]:
    """Where each row's entries begin; one entry more for the end."""
    from itertools import accumulate

    sums = array("i", [0])
    sums.extend(accumulate(counts))
    return sums
