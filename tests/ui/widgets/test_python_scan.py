"""Colours of single lines."""

from __future__ import annotations

import io
import keyword
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.ui.widgets.python_scan import LIMIT, State, scan_line


def kinds(text: str, state: State = ()) -> list[tuple[str, str]]:
    return [(text[start:end], kind) for start, end, kind in scan_line(text, state)[0] if kind != "name"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "def f(self): return None",
            [
                ("def", "keyword"),
                ("f", "function"),
                ("self", "self"),
                ("return", "keyword"),
                ("None", "keyword"),
            ],
        ),
        ("class A(int): x", [("class", "keyword"), ("A", "class"), ("int", "builtin")]),
        ("@a.b(1)", [("@a.b", "decorator"), ("1", "number")]),
        ("x.print(len)", [("len", "builtin")]),
        ("a @ b -> c := 1", [("@", "operator"), ("->", "operator"), (":=", "operator"), ("1", "number")]),
        (
            "0xFF 1_0 1.5e-3j .5 0b1 1.",
            [(n, "number") for n in ["0xFF", "1_0", "1.5e-3j", ".5", "0b1", "1."]],
        ),
        ("x # 'no'", [("# 'no'", "comment")]),
        (
            "'a\\'b' + r'\\' + bar'x'",
            [("'a\\'b'", "string"), ("+", "operator"), ("r'\\' + bar'", "string"), ("'", "string")],
        ),
        ("match x:", [("match", "soft-keyword")]),
        ("match = 1", [("=", "operator"), ("1", "number")]),
        ("match(x)", []),
        ("match.x: int", [("int", "builtin")]),
        (
            "    case [1, _]: pass",
            [("case", "soft-keyword"), ("1", "number"), ("_", "soft-keyword"), ("pass", "keyword")],
        ),
        ("type X = int", [("type", "soft-keyword"), ("=", "operator"), ("int", "builtin")]),
        ("type(x)", [("type", "builtin")]),
        ("lazy import x", [("lazy", "soft-keyword"), ("import", "keyword")]),
        (
            "f'{x!r:>{w}}{{a}}'",
            [
                ("f'", "string"),
                ("{", "brace"),
                ("!", "operator"),
                (":", "brace"),
                (">", "string"),
                ("{", "brace"),
                ("}", "brace"),
                ("}", "brace"),
                ("{{a}}'", "string"),
            ],
        ),
        (
            "f'{d['k']}'",
            [("f'", "string"), ("{", "brace"), ("'k'", "string"), ("}", "brace"), ("'", "string")],
        ),
        ("f'\\N{DASH}{x}'", [("f'\\N{DASH}", "string"), ("{", "brace"), ("}", "brace"), ("'", "string")]),
        (
            "f'{ {1: 2}[1] }'",
            [
                ("f'", "string"),
                ("{", "brace"),
                ("1", "number"),
                ("2", "number"),
                ("1", "number"),
                ("}", "brace"),
                ("'", "string"),
            ],
        ),
        ("t'{x}'", [("t'", "string"), ("{", "brace"), ("}", "brace"), ("'", "string")]),
        ("rb'{x}'", [("rb'{x}'", "string")]),
        ("x = 'open", [("=", "operator"), ("'open", "string")]),
    ],
)
def test_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def states(*lines: str) -> list[bool]:
    state: State = ()
    found = []
    for line in lines:
        state = scan_line(line, state)[1]
        found.append(bool(state))
    return found


def test_what_goes_over_to_the_next_line() -> None:
    assert states("x = '''a", "b", "c''' + d", "e") == [True, True, False, False]
    assert states("\"\"\"a'''", '"""') == [True, False]
    assert states("'a\\", "b'", "c") == [True, False, False]
    assert states("'open", "c") == [False, False]  # a forgotten quote colours one line
    assert states('f"""{', "x", '}"""', "y") == [True, True, False, False]
    assert states('f"""{ x', '"""', "y") == [True, False, False]  # a forgotten brace, its string
    assert states('f"""{x:', '>3}"""', "y") == [True, False, False]
    assert states(r'r"""\"""', '"""') == [True, False]
    assert kinds("x } y", scan_line('f"""{')[1]) == [("}", "brace"), (" y", "string")]


def test_a_long_line_costs_no_more() -> None:
    spans, state = scan_line("x = " + "1, " * 1_000_000)
    assert spans[-1].end <= LIMIT
    assert state == ()
    assert scan_line("'''" + "x" * 2 * LIMIT)[1]
    assert not scan_line("'''" + "x" * 2 * LIMIT + "'''")[1]


@given(
    st.text(st.sampled_from("'\"{}\\:#rf( x\t1!="), max_size=40),
    st.text(st.sampled_from("'\"{}\\:x"), max_size=20),
)
def test_any_text_gives_ordered_spans(first: str, second: str) -> None:
    state: State = ()
    for text in (first, second, first):
        spans, state = scan_line(text, state)
        at = 0
        for start, end, kind in spans:
            assert at <= start < end <= len(text)
            assert kind
            at = end


def test_agrees_with_the_tokenizer_about_the_standard_library() -> None:
    """Strings, comments, numbers and keywords of real modules stand where `tokenize` finds them."""
    for module in ("argparse.py", "dataclasses.py", "inspect.py"):
        text = Path(argparse_folder(), module).read_text(encoding="utf-8")
        lines = text.split("\n")
        ours: dict[tuple[int, int], str] = {}
        state: State = ()
        for row, line in enumerate(lines):
            spans, state = scan_line(line, state)
            for start, _, kind in spans:
                ours[row, start] = kind
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            row, column = token.start[0] - 1, token.start[1]
            kind = ours.get((row, column))
            if token.type == tokenize.COMMENT:
                assert kind == "comment", token
            elif token.type == tokenize.NUMBER:
                assert kind == "number", token
            elif token.type == tokenize.STRING:
                assert kind == "string", token
            elif token.type == tokenize.NAME and token.string in keyword.kwlist:
                assert kind == "keyword", token


def argparse_folder() -> str:
    import argparse

    return str(Path(argparse.__file__).parent)
