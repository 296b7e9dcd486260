"""Names and scopes as symtable has them, and where each name stands."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from flowtui.model.source import split_lines
from flowtui.model.stages import Scope, SymbolTable
from tests.probe.probes import Probe
from tests.probe.sources import SOURCES

#: symtable's own answer, scopes depth first: type, name, line, and by name the flags that every version has.
ORACLE = """
import json, symtable, sys
def walk(table):
    names = [[s.get_name(), s.is_parameter(), s.is_global(), s.is_local(), s.is_free(), s.is_imported(),
              s.is_assigned(), s.is_referenced(), s.is_namespace(), s.is_declared_global(), s.is_annotated()]
             for s in table.get_symbols()]
    yield [str(table.get_type()), table.get_name(), table.get_lineno(), names]
    for child in table.get_children():
        yield from walk(child)
print(json.dumps(list(walk(symtable.symtable(sys.stdin.buffer.read(), "<test>", "exec")))))
"""
FLAGS = [
    "parameter",
    "global",
    "local",
    "free",
    "imported",
    "assigned",
    "referenced",
    "namespace",
    "declared",
    "annotated",
]


@pytest.fixture
def symbols(probe: Probe) -> Any:
    if "symbols" not in probe.hello["capabilities"]:
        pytest.skip("needs an interpreter with symtable")

    def ask(data: bytes) -> list[Scope]:
        frame = probe.analyse(data, "symbols")["symbols"]
        return SymbolTable.from_frame(frame.head, frame.columns).rows()

    return ask


@pytest.mark.parametrize(
    "name",
    [
        "comprehensions",
        "walrus",
        "annotations",
        "arguments",
        "decorators",
        "names",
        "exceptions",
        "wide",
        "async",
        "latin-1 cookie",
    ],
)
def test_scopes_and_roles_are_symtables(symbols: Any, python: str, name: str) -> None:
    data = SOURCES[name]
    answer = subprocess.run([python, "-I", "-c", ORACLE], input=data, stdout=subprocess.PIPE, check=True)
    found = [
        [
            scope.type,
            scope.name,
            scope.line,
            [[s.name, *(flag in s.roles for flag in FLAGS)] for s in scope.names],
        ]
        for scope in symbols(data)
    ]
    assert found == json.loads(answer.stdout)


def test_every_visible_name_of_a_program_is_found(symbols: Any) -> None:
    text = (
        "import os.path, sys as system\n"
        "def outer(é, *args, k: int = 1, **more):\n"
        "    count = 'ü', é\n"
        "    def inner():\n"
        "        nonlocal count\n"
        "        count += [x for x in args if (y := x)]\n"
        "        return lambda q: (q, count)\n"
        "    for i, (j, l) in more: pass\n"
        "    try: pass\n"
        "    except (A, B) as failure: pass\n"
        "    with a as b: global g\n"
        "class C(outer):\n"
        "    __private = 1\n"
        "    async def m(self): return self.__private, f'{é}'\n"
    )
    lines = split_lines(text)
    missing = []
    for scope in symbols(text.encode()):
        for symbol in scope.names:
            if symbol.span is None:
                missing.append(symbol.name)
                continue
            line, column, end_line, end_column = symbol.span
            stands = lines[line - 1][column:end_column]
            assert line == end_line
            assert stands == symbol.name or symbol.name == "_C" + stands
    # Before 3.10 an import's names have no place; the module has `g` only by the function's declaration;
    # `.0`, `__classdict__` and the like are the compiler's own.
    assert {name for name in missing if name.isidentifier() and name[:2] != "__"} <= {"os", "system", "g"}


def test_a_scope_has_the_span_of_its_definition(symbols: Any) -> None:
    scopes = symbols("x = 'é'; f = lambda a: a\ndef g():\n    pass\n".encode())
    assert [(scope.name.strip("<>"), scope.span) for scope in scopes if scope.type != "annotation"] == [
        ("top", None),
        ("lambda", (1, 13, 1, 24)),
        ("g", (2, 0, 3, 8)),
    ]


def test_two_lambdas_of_one_line_are_not_mixed_up(symbols: Any) -> None:
    scopes = symbols(b"[(lambda: aa) for x in y if (lambda: bb)()]\n")
    places = {s.name: s.span for scope in scopes for s in scope.names if s.name in ("aa", "bb")}
    assert places == {"aa": (1, 10, 1, 12), "bb": (1, 37, 1, 39)}


def test_a_source_without_names_has_one_row(probe: Probe, symbols: Any) -> None:
    assert [scope.names for scope in symbols(b"")] == [()]
    frame = probe.analyse(b"", "symbols")["symbols"]
    assert list(frame.columns["name"]) == [-1]
