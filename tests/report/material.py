"""Reports made by hand, with the running interpreter's own modules: no process is started for them."""

from __future__ import annotations

import ast
import dis
import io
import tokenize
from array import array
from collections.abc import Iterator, Sequence
from types import CodeType

import msgspec

from flowtui.engine.files import decode_source
from flowtui.model.analysis import Analysis
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended
from flowtui.model.span import Span
from flowtui.model.stages import CodeObject, CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.report.pipeline import DEFAULT_STAGES, Ran, Report

INTERPRETER = Interpreter(
    path="/usr/bin/python3.99",
    real_path="/usr/bin/python3.99",
    implementation="cpython",
    version="3.99.1",
    implementation_version="3.99.1",
    build="3.99.1 (main)",
    free_threaded=True,
    gil=False,
    jit="off",
    magic="63ab0d0a",
    cache_tag="cpython-399",
    capabilities=frozenset({"tokens", "ast", "symbols", "bytecode", "run", "pyc", "adaptive"}),
    protocol=1,
    source="PATH",
)

ENDED = Ended(
    exit_status=0,
    signal=None,
    limit=None,
    error=None,
    sentence="The program ended with exit status 0.",
    wall=0.012,
    cpu=0.01,
    peak_memory=9 << 20,
    processes_killed=0,
)


class Strings:
    """A string table under construction."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self.places: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        if text not in self.places:
            self.places[text] = len(self.all)
            self.all.append(text)
        return self.places[text]


def columns(rows: Sequence[Sequence[int]], names: Sequence[str]) -> dict[str, array[int]]:
    """Rows of numbers as named columns."""
    return {name: array("q", [row[i] for row in rows]) for i, name in enumerate(names)}


SPAN = ("line", "column", "end_line", "end_column")


def token_table(text: str) -> TokenTable:
    s = Strings()
    rows = [
        (*t.start, *t.end, s(tokenize.tok_name[t.type]), s(tokenize.tok_name[t.exact_type]), s(t.string), 0)
        for t in tokenize.generate_tokens(io.StringIO(text).readline)
    ]
    data = columns(rows, (*SPAN, "type", "exact_type", "string", "keyword"))
    return TokenTable(strings=s.all, milliseconds=0.25, first=array("i"), **data)


def tree_table(text: str) -> TreeTable:
    s = Strings()
    rows: list[list[int]] = []
    first, names, values = array("i", [0]), array("i"), array("i")

    def visit(node: ast.AST, parent: int, field: int, index: int, depth: int) -> None:
        row = len(rows)
        position = [
            getattr(node, name, 0) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
        ]
        rows.append([*position, s(type(node).__name__), parent, field, index, depth, 0])
        fields = list(ast.iter_fields(node))
        for name, value in fields:
            if not isinstance(value, ast.AST) and not (isinstance(value, list) and value):
                names.append(s(name))
                values.append(s(repr(value)))
        first.append(len(names))
        for name, value in fields:
            if isinstance(value, ast.AST):
                visit(value, row, s(name), -1, depth + 1)
            for i, item in enumerate(value if isinstance(value, list) else []):
                if isinstance(item, ast.AST):
                    visit(item, row, s(name), i, depth + 1)
        rows[row][-1] = len(rows) - row

    visit(ast.parse(text), -1, -1, -1, 0)
    data = columns(rows, (*SPAN, "kind", "parent", "field", "index", "depth", "size"))
    extra = {"attr_first": first, "attr_name": names, "attr_value": values}
    return TreeTable(strings=s.all, milliseconds=0.5, **data, **extra)


def codes(
    code: CodeType, parent: int | None, counter: list[int]
) -> Iterator[tuple[CodeType, int, int | None]]:
    own = counter[0]
    counter[0] += 1
    yield code, own, parent
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from codes(const, own, counter)


def code_table(text: str) -> CodeTable:
    s = Strings()
    rows: list[tuple[int, ...]] = []
    objects = []
    for code, number, parent in codes(compile(text, "m.py", "exec"), None, [0]):
        begin = len(rows)
        for i in dis.get_instructions(code):
            p = i.positions
            span = (
                (0, 0, 0, 0)
                if p is None or p.col_offset is None
                else (p.lineno, p.col_offset, p.end_lineno, p.end_col_offset)
            )
            jump = i.argval if "JUMP" in i.opname or i.opname == "FOR_ITER" else -1
            line = (p.lineno if p else None) or 0
            texts = (s(i.opname), -1 if i.arg is None else i.arg, s(repr(i.argval)), s(i.argrepr))
            rows.append(
                (*span, number, i.offset, i.opcode, *texts, jump, int(i.is_jump_target), line, 0, 1, 0, -1)
            )
        objects.append(
            CodeObject(
                id=number,
                parent=parent,
                name=code.co_name,
                qualname=code.co_name,
                firstlineno=code.co_firstlineno,
                flags=code.co_flags,
                flag_names=("NEWLOCALS",),
                stacksize=code.co_stacksize,
                argcount=code.co_argcount,
                consts=tuple(map(repr, code.co_consts)),
                names=code.co_names,
                varnames=code.co_varnames,
                freevars=code.co_freevars,
                cellvars=code.co_cellvars,
                exception_table=((2, 10, 20, 1, True),) if number else (),
                first=begin,
                count=len(rows) - begin,
            )
        )
    data = columns(rows, (*SPAN, *CodeTable.ROW_COLUMNS))
    return CodeTable(strings=s.all, milliseconds=1.5, codes=objects, **data)


def symbol_table() -> SymbolTable:
    s = Strings()
    rows = [(1, 4, 1, 5, 0, s("f"), s("local assigned")), (1, 6, 1, 7, 1, s("a"), s("parameter local"))]
    data = columns(rows, (*SPAN, "scope", "name", "roles"))
    scopes = [(-1, "top", "module", 0, None), (0, "f", "function", 1, Span(1, 0, 2, 12))]
    return SymbolTable(strings=s.all, milliseconds=0.1, scopes=scopes, **data)


def analysis(text: str) -> Analysis:
    made = Analysis(lines=tuple(text.split("\n")), complete=True)
    made = made.with_table("tokens", token_table(text)).with_table("ast", tree_table(text))
    return made.with_table("symbols", symbol_table()).with_table("bytecode", code_table(text))


def ran(stdout: str = "", stderr: str = "", **changes: object) -> Ran:
    return Ran(stdout=stdout, stderr=stderr, ended=msgspec.structs.replace(ENDED, **changes))


def report(text: str, **changes: object) -> Report:
    values: dict[str, object] = {
        "interpreter": INTERPRETER,
        "source": decode_source(text.encode("utf-8", "surrogateescape"), "m.py", "/tmp/m.py"),
        "stages": DEFAULT_STAGES,
        "named": False,
        "analysis": None,
        "ran": ran("hello\n"),
    }
    values.update(changes)
    if values["analysis"] is None:
        values["analysis"] = analysis(text)
    return Report(**values)  # type: ignore[arg-type]  # the values are those of the fields


def broken(stage: str = "ast", **changes: object) -> Report:
    """A report that stops at `stage`: tokens, then an error."""
    text = "x = 1\nprint('é', (2\n"
    failure = Failure(
        stage=stage,
        type="SyntaxError",
        message="'(' was never closed",
        span=Span(2, 11, 2, 12),
        text="print('é', (2",
    )
    made = Analysis(lines=tuple(text.split("\n")), complete=True)
    made = made.with_table("tokens", token_table("x = 1\n")).with_failure(failure)
    return report(text, **{"analysis": made, "ran": None, **changes})
