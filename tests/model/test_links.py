"""One place, every stage: by exact columns, both ways, on real tables."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flowtui.model import links
from flowtui.model.analysis import Analysis
from flowtui.model.selection import Selection
from flowtui.model.source import split_lines
from flowtui.model.span import Position, Span
from tests.interpreters import need
from tests.tables import DEMO, analyse

EVERYTHING = '''\
import os, sys as system
from a.b import c as d, e
import asyncio

@staticmethod
@decorate(1, key=2)
def outer(a, b: int = 1, *args, c=[x for x in y], **more) -> "r":
    """doc"""
    total = a + b * 2
    if a and not b:
        del total
    elif a < b < 3:
        pass
    else:
        total += 1
    while a: a -= 1
    for i, (j, k) in enumerate(a): print(i, j)
    with open(a) as f, g: f.x.y(k=1)
    try:
        raise E from a
    except (A, B) as e:
        assert e, "no"
    finally:
        a[1:2, b] = c.d = 3
    def inner(p=lambda q: q + 1):
        nonlocal b
        return [p(i) for i in a if i], {k: v for k, v in b}, (z for z in c)
    return f"a{a!r:>{b}}b" "c" if a else {**a, "k": not b}, *args

class C(Base, metaclass=M):
    x: int = 1
    def m(self): return (self.x
                         .y(1,
                            2))

async def co():
    async with a as b: pass
    async for x in y: await x
    return [i async for i in z]

(n := 10)
print(n, -n, n if n else 0, "数" + "é", lambda *a: (yield))
'''


def place(text: str, needle: str, nth: int = 0) -> Position:
    """Where the nth `needle` begins."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(needle, at + 1)
    before = split_lines(text[:at])
    return Position(len(before), len(before[-1]))


def opnames(analysis: Analysis, selection: Selection) -> list[str]:
    assert analysis.bytecode is not None
    return [analysis.bytecode.strings[analysis.bytecode.opname[row]] for row in selection.instructions]


def node_of(analysis: Analysis, selection: Selection) -> str:
    assert analysis.ast is not None
    return "" if selection.node is None else analysis.ast.kind_of(selection.node)


def look(text: str, needle: str, nth: int = 0) -> tuple[Analysis, Selection]:
    analysis = analyse(text)
    return analysis, links.at_position(analysis, place(text, needle, nth))


@pytest.mark.parametrize(
    ("needle", "nth", "node", "wanted"),
    [
        ("enumerate", 0, "Name", {"LOAD_GLOBAL"}),
        ("+ norm", 0, "BinOp", {"BINARY_OP"}),
        ("for i, p", 0, "For", {"GET_ITER", "FOR_ITER"}),
        ("return total", 0, "Return", {"RETURN_VALUE"}),
        ("def norm", 0, "FunctionDef", {"MAKE_FUNCTION", "STORE_NAME"}),
        ("class Point", 0, "ClassDef", {"LOAD_BUILD_CLASS", "STORE_NAME"}),
        ("dataclass\nclass", 0, "Name", {"LOAD_NAME"}),
        ("[]", 0, "List", {"BUILD_LIST"}),
        (".append", 0, "Attribute", set()),
        ("= 0", 0, "Assign", {"STORE_FAST"}),
        ("i, total", 0, "Name", {"LOAD_FAST"}),
        ("(i, total)", 0, "Tuple", {"BUILD_TUPLE"}),
        ("[-1]", 0, "Subscript", {"BINARY_SUBSCR"}),
    ],
)
def test_what_a_learner_expects_at_a_place(needle, nth, node, wanted):
    if sys.version_info >= (3, 14):
        pytest.skip("needs CPython 3.11 to 3.13, whose opcodes are named here")
    analysis, selection = look(DEMO, needle, nth)
    assert node_of(analysis, selection) == node
    names = opnames(analysis, selection)
    # From 3.13 on two loads in a row can be one instruction: LOAD_FAST_LOAD_FAST.
    assert all(any(name.startswith(start) for name in names) for start in wanted), names


def test_a_name_links_to_its_instruction_alone():
    analysis, selection = look(DEMO, "enumerate")
    assert opnames(analysis, selection) == ["LOAD_GLOBAL"]
    assert selection.tokens == range(selection.token, selection.token + 1)
    assert selection.span == Span(18, 16, 18, 25)
    kinds = [analysis.ast.kind_of(row) for row in selection.enclosing]
    assert kinds == ["Call", "For", "FunctionDef", "Module"]
    parts = dict(links.describe(analysis, selection))
    assert parts["where"] == "18:16"
    assert parts["token"].endswith(" NAME")
    assert parts["node"] == "Name 'enumerate'"
    assert "LOAD_GLOBAL" in parts["instruction"]


def test_the_token_that_ends_at_the_cursor_counts_when_nothing_starts_there():
    text = "abc = 1\n"
    analysis = analyse(text)
    at_end = links.at_position(analysis, Position(1, 3))
    assert analysis.tokens.string_of(at_end.token) == "abc"
    between = links.at_position(analysis, Position(1, 6))
    assert analysis.tokens.string_of(between.token) == "1"


def test_a_newline_belongs_to_the_statement_that_it_ends():
    analysis, selection = look("x = f(1)  # why\ny = 2\n", "\n")
    assert analysis.tokens.row(selection.token).type == "NEWLINE"
    assert node_of(analysis, selection) == "Assign"


@pytest.mark.parametrize("needle", ["# why", "\n\n"])
def test_what_the_parser_never_sees_has_no_node(needle):
    text = "def f():\n    x = 1  # why\n\n    return x\n"
    analysis = analyse(text)
    position = place(text, needle)
    if needle == "\n\n":
        position = Position(position.line + 1, 0)
    selection = links.at_position(analysis, position)
    assert selection.node is None
    assert selection.instructions == ()
    assert [analysis.ast.kind_of(row) for row in selection.enclosing] == ["FunctionDef", "Module"]


def test_a_decorators_sign_and_name():
    analysis, sign = look(EVERYTHING, "@staticmethod")
    assert node_of(analysis, sign) == "FunctionDef"
    analysis, name = look(EVERYTHING, "staticmethod")
    assert node_of(analysis, name) == "Name"
    analysis, call = look(EVERYTHING, "(1, key")
    assert node_of(analysis, call) == "Call"


def test_inside_a_nested_function_a_lambda_and_a_comprehension():
    for needle, code_name in (("q + 1", "<lambda>"), ("p(i)", None), ("z for z", "<genexpr>")):
        analysis, selection = look(EVERYTHING, needle)
        assert selection.instructions
        codes = {analysis.bytecode.codes[analysis.bytecode.code[r]].name for r in selection.instructions}
        if code_name is not None:
            assert codes == {code_name}


def test_multi_line_expression():
    analysis, selection = look(EVERYTHING, ".y(1,")
    assert node_of(analysis, selection) == "Attribute"
    analysis, inner = look(EVERYTHING, "2))")
    assert node_of(analysis, inner) == "Constant"
    assert inner.instructions


def test_an_operator_node_stands_at_its_sign():
    analysis = analyse("a = (b) + (c)\nd = not e\nf = g is not h < 3\n")
    signs = {}
    for row in range(len(analysis.ast)):
        if analysis.ast.text(analysis.ast.field[row]) in ("op", "ops"):
            selection = links.at_node(analysis, row)
            texts = [analysis.tokens.string_of(token) for token in selection.tokens]
            signs[analysis.ast.kind_of(row)] = " ".join(texts)
            assert selection.instructions
    assert signs == {"Add": "+", "Not": "not", "IsNot": "is not", "Lt": "<"}


def test_a_context_stands_where_its_parent_stands():
    analysis = analyse("a = b\n")
    contexts = [r for r in range(len(analysis.ast)) if analysis.ast.kind_of(r) in ("Load", "Store")]
    spans = [links.at_node(analysis, row).span for row in contexts]
    assert spans == [Span(1, 0, 1, 1), Span(1, 4, 1, 5)]


def test_arguments_stand_where_the_parameters_stand_and_nowhere_without_any():
    analysis = analyse("def f(a, b=1): pass\ndef g(): pass\n")
    rows = [r for r in range(len(analysis.ast)) if analysis.ast.kind_of(r) == "arguments"]
    assert [links.at_node(analysis, row).span for row in rows] == [Span(1, 6, 1, 12), None]


def test_what_has_no_place_links_to_nothing():
    analysis = analyse("x = 1\n")
    module = links.at_node(analysis, 0)
    assert (module.span, module.instructions, module.token) == (None, (), None)
    resume = links.at_instruction(analysis, 0)
    assert (resume.span, resume.node, resume.instructions) == (None, None, (0,))


def test_code_that_was_folded_away_has_no_instruction():
    analysis, selection = look("if 0:\n    never()\nx = 1\n", "never")
    assert node_of(analysis, selection) == "Name"
    assert selection.instructions == ()
    assert dict(links.describe(analysis, selection))["instruction"] == "no instruction"


def test_the_beginning_of_a_function_links_to_its_definition():
    analysis = analyse("@decorate\ndef f(a):\n    return a\n")
    row = next(r for r in range(len(analysis.bytecode)) if analysis.bytecode.code[r] == 1)
    selection = links.at_instruction(analysis, row)
    assert node_of(analysis, selection) == "FunctionDef"
    assert selection.by_line


def check_everything(analysis: Analysis) -> None:
    tokens, tree, code = analysis.tokens, analysis.ast, analysis.bytecode
    for row in range(len(tokens)):
        selection = links.at_token(analysis, row)
        assert selection.token == row
        if selection.node is None:
            assert selection.instructions == ()
            continue
        node_span = tree.span(selection.node)
        assert node_span is not None
        assert selection.enclosing == links.at_node(analysis, selection.node).enclosing
        token = tokens.row(row)
        if token.type != "NEWLINE" and token.string not in ("@", ""):
            assert node_span.covers(token.span), (token, node_span)
            where = links.at_position(analysis, token.span.start)
            assert (where.token, where.node) == (row, selection.node)
            assert where.instructions == selection.instructions
        if selection.by_line:
            continue
        if tree.kind_of(selection.node) == "alias":  # its instructions have the whole import's span
            node_span = tree.span(tree.parent[selection.node])
        for instruction in selection.instructions:
            span = code.span(instruction)
            pair = code.strings[code.opname[instruction]].count("_FAST") > 1  # it has the first name's span
            assert pair or node_span.covers(span), (token, code.row(instruction))
    for row in range(len(code)):
        selection = links.at_instruction(analysis, row)
        assert selection.instructions == (row,)
        span = code.span(row)
        if span is None or span.start == span.end:
            continue
        assert selection.span == span
        assert selection.node is not None, code.row(row)
        assert selection.token is not None
        inside = [tokens.span(token) for token in selection.tokens]
        assert all(span.covers(s) for s in inside) or len(inside) == 1
        if tree.span(selection.node) == span:
            back = links.at_node(analysis, selection.node).instructions
            assert row in back, (code.row(row), tree.row(selection.node))
    for row in range(len(tree)):
        selection = links.at_node(analysis, row)
        assert selection.node == row
        if tree.span(row) is not None:
            assert selection.span == tree.span(row)
            assert selection.token is not None


@pytest.mark.parametrize("name", ["", "cpython-3.11", "cpython-3.13", "cpython-3.15"])
@pytest.mark.parametrize("text", [DEMO, EVERYTHING], ids=["demo", "everything"])
def test_every_row_links_both_ways(text, name):
    check_everything(analyse(text, need(name) if name else sys.executable))


@pytest.mark.parametrize("module", ["textwrap", "bisect"])
def test_every_row_of_a_real_module(module):
    imported = __import__(module)
    check_everything(analyse(Path(imported.__file__).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["cpython-3.8", "cpython-3.10", "pypy-3.9"])
def test_without_columns_instructions_are_found_by_line(name):
    analysis = analyse(DEMO, need(name))
    selection = links.at_position(analysis, place(DEMO, "enumerate"))
    assert selection.by_line
    assert {analysis.bytecode.source_line[row] for row in selection.instructions} == {18}
    assert "by line" in dict(links.describe(analysis, selection))["instruction"]
    back = links.at_instruction(analysis, selection.instructions[0])
    assert back.by_line
    assert back.position.line == 18
    assert node_of(analysis, back) == "For"
    for row in range(len(analysis.tokens)):
        links.at_token(analysis, row)
    for row in range(len(analysis.bytecode)):
        links.at_instruction(analysis, row)


def test_a_stretch_that_a_traceback_names():
    analysis = analyse(DEMO)
    selection = links.at_span(analysis, Span(19, 24, 19, 31))
    assert node_of(analysis, selection) == "Call"
    assert [analysis.tokens.string_of(t) for t in selection.tokens] == ["norm", "(", "p", ")"]


@pytest.mark.parametrize("text", ["", "\n", "x", "\t\n", "# only\n", "x = (\n"])
def test_odd_sources_have_links_too(text):
    analysis = analyse(text)
    for line, content in enumerate(split_lines(text), 1):
        for column in range(len(content) + 2):
            selection = links.at_position(analysis, Position(line, column))
            links.describe(analysis, selection)


def test_nothing_is_there_yet():
    selection = links.at_position(Analysis(), Position(1, 0))
    assert (selection.token, selection.node, selection.instructions) == (None, None, ())
    assert links.describe(Analysis(), selection) == [("where", "1:0")]


SCOPES = """\
x = 1
def outer(a, x=x, *rest, b: int = a):
    def inner():
        return a + x
    class Local:
        a = a
    return [a for a in rest], a
"""


def roles_at(analysis: Analysis, position: Position) -> tuple[str, str, tuple[str, ...]]:
    (row,) = links.at_position(analysis, position).symbols
    symbol = analysis.symbols.symbol(row)
    return analysis.symbols.scopes[analysis.symbols.scope[row]][1], symbol.name, symbol.roles


@pytest.mark.parametrize(
    ("needle", "nth", "scope"),
    [
        ("x = 1", 0, "top"),
        ("outer", 0, "top"),
        ("a, x", 0, "outer"),
        ("x=x", 0, "outer"),
        ("int", 0, "top"),
        ("a:\n", 1, "top"),
        ("inner", 0, "outer"),
        ("a + x", 0, "inner"),
        ("x\n", 1, "inner"),
        ("a = a", 0, "Local"),
        ("rest], a", 0, "outer"),
        ("a\n", 2, "outer"),
    ],
)
def test_a_name_links_to_its_row_in_its_scope(needle, nth, scope):
    if needle == "a:\n":
        position = Position(2, SCOPES.split("\n")[1].index("= a") + 2)
    elif needle == "x\n":
        position = Position(4, SCOPES.split("\n")[3].index("x"))
    elif needle == "a\n":
        position = Position(7, len(SCOPES.split("\n")[6]) - 1)
    else:
        position = place(SCOPES, needle, nth)
    analysis = analyse(SCOPES, need("cpython-3.13"))
    assert roles_at(analysis, position)[0] == scope


def test_a_symbol_links_to_every_place_where_its_scope_names_it():
    analysis = analyse(DEMO)
    table = analysis.symbols
    walk = next(i for i, scope in enumerate(table.scopes) if scope[1] == "walk")
    row = next(
        r for r in range(len(table)) if table.scope[r] == walk and table.text(table.name[r]) == "total"
    )
    selection = links.at_symbol(analysis, row)
    places = [analysis.tokens.span(token) for token in selection.tokens]
    assert [(s.line, s.column) for s in places] == [(16, 4), (19, 8), (19, 16), (20, 24), (21, 11)]
    assert selection.span == Span(16, 4, 16, 9)
    assert selection.symbols == (row,)
    assert {name.split("_")[0] for name in opnames(analysis, selection)} <= {"LOAD", "STORE", "JUMP"}
    assert len(selection.instructions) >= 5


def test_a_long_line_and_a_deep_tree():
    wide = analyse("x = [" + "a, " * 20_000 + "]\n")
    selection = links.at_position(wide, Position(1, 5 + 3 * 12_345))
    assert node_of(wide, selection) == "Name"
    assert len(selection.instructions) == 1
    deep = analyse("x = " + "-" * 80 + "y\n")
    selection = links.at_position(deep, Position(1, 40))
    assert node_of(deep, selection) == "UnaryOp"
    assert len(selection.enclosing) == 38
    assert opnames(deep, selection) == ["UNARY_NEGATIVE"]


def test_the_index_of_a_table_is_made_once():
    from flowtui.model.link_index import TreeIndex, cached

    tree = analyse(DEMO).ast
    assert cached(tree, TreeIndex) is cached(tree, TreeIndex)
    assert cached(analyse(EVERYTHING).ast, TreeIndex) is not cached(tree, TreeIndex)


def test_an_instruction_for_two_names_is_linked_from_both():
    text = "def f(pairs):\n    for first, second in pairs:\n        third = second\n        return third\n"
    analysis = analyse(text, need("cpython-3.13"))
    for needle, opname in (
        ("first", "STORE_FAST_STORE_FAST"),
        ("second", "STORE_FAST_STORE_FAST"),
        ("return", "RETURN_VALUE"),
    ):
        assert opname in opnames(analysis, links.at_position(analysis, place(text, needle)))


def test_the_guard_of_a_case():
    text = "match a:\n    case [b] if b > 1:\n        c\n"
    analysis = analyse(text, need("cpython-3.13"))
    selection = links.at_position(analysis, place(text, "> 1"))
    assert node_of(analysis, selection) == "Compare"
    assert opnames(analysis, selection)[0] == "COMPARE_OP"
    jump = links.at_instruction(analysis, selection.instructions[0] + 1)
    assert node_of(analysis, jump) == "Match"


def test_a_call_in_a_long_chain_of_methods():
    text = "x = (a.b(1)\n     .c(2)\n     .d(3))\n"
    analysis, selection = look(text, "(2)")
    assert "CALL" in opnames(analysis, selection)
    assert {analysis.bytecode.line[row] for row in selection.instructions} == {2}
