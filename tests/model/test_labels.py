"""Short words for rows."""

from __future__ import annotations

from flowtui.model.labels import instruction_label, node_label, shorten, token_label
from tests.tables import analyse

TEXT = """\
x: int
y = None
def f(): return
import a.b as c
from . import d
"a" * 500
"""


def test_nodes_say_what_tells_them_apart_and_no_more():
    tree = analyse(TEXT).ast
    labels = [node_label(tree, row) for row in range(len(tree))]
    assert "AnnAssign" in labels
    assert "Constant None" in labels
    assert "Return" in labels
    assert "FunctionDef 'f'" in labels
    assert "alias 'a.b' asname='c'" in labels
    assert "ImportFrom level=1" in labels or "ImportFrom 1" in labels


def test_long_texts_are_cut():
    assert shorten("x" * 1000, 10) == "x" * 9 + "…"
    code = analyse(f"x = {'a' * 1000!r}\n").bytecode
    assert all(len(instruction_label(code, row)) < 200 for row in range(len(code)))


def test_a_token_is_called_by_its_row_and_exact_type():
    assert token_label(analyse(TEXT).tokens, 2) == "tok 2 COLON"
