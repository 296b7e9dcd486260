"""What is said of a step: hand-made steps of every opcode, and real recordings."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from flowtui.engine.recording.sentence_forms import FORMS
from flowtui.engine.recording.sentences import sentence
from flowtui.explain import known_opcodes
from flowtui.model.trace import Change, Element, FrameState, HeapObject, State, Step, Value, Variable
from tests.tables import analyse

NAMES = json.loads(
    (Path(__file__).parents[2] / "explain" / "data" / "names.json").read_text(encoding="utf-8")
)
SOURCE = "def norm(p):\n    total = 3\n    total = total + 5\n    return total\n\nnorm(1)\n"


def value(text, type_name="int", number=None):
    return Value(text, type_name, number)


ERROR = HeapObject(
    number=9,
    type="ZeroDivisionError",
    form="sequence",
    text="",
    elements=(Element("0", Value("'division by zero'", "str")),),
    left_out=0,
    address=1,
    size=None,
    count=None,
    count_inferred=False,
    born=1,
    died=None,
    cause="",
)


class File:
    def __init__(self, table, source):
        self.number, self.path, self.source, self.table, self.base = 0, "program.py", source, table, 0


class Made:
    """A recording of hand-made states; the rows of the code table can be changed."""

    def __init__(self, table, source=SOURCE):
        self.files = [File(table, source)]
        self.states = [None]
        self.changed = {}

    @property
    def total(self):
        return len(self.states) - 1

    def step(self, n):
        return self.states[n].step

    def state(self, n, heap_limit=200):
        return self.states[n]

    def changes(self, n):
        return self.changed.get(n, ())

    def object_at(self, number, n):
        return ERROR if number == 9 else None

    def collected(self, n):
        return (0, 3, 0) if n == 3 else (2, 0, 1)

    def add(
        self, event="instruction", *, code=1, offset=None, line=None, stack=(), frame=1, variables=(), value=None,
        note="", thread=0, names=("norm", "<module>"), globals=(), depth=2,
    ):  # fmt: skip
        n = len(self.states)
        step = Step(
            number=n, event=event, code=code, file=0, line=line, offset=offset, span=None, depth=depth,
            frame=frame, thread=thread, note=note,
        )  # fmt: skip
        frames = tuple(
            FrameState(
                number=frame if k == 0 else 100 + k, code=code, name=name, file=0, line=line, offset=offset, span=None,
                variables=tuple(variables) if k == 0 else (), stack=tuple(stack) if k == 0 else (),
            )
            for k, name in enumerate(names)
        )  # fmt: skip
        self.states.append(
            State(
                step=step, frames=frames, globals=tuple(globals), heap=(), heap_left_out=0, value=value, stdout="",
                stderr="",
            )
        )  # fmt: skip
        return n


def with_row(table, row, opname, arg=None, argrepr="", argval="", jump_target=-1):
    """The table with another instruction in one row."""
    strings = [*table.strings, opname, argrepr, argval]
    changed = {}
    new = {
        "opname": len(strings) - 3,
        "argrepr": len(strings) - 2,
        "argval": len(strings) - 1,
        "arg": -1 if arg is None else arg,
        "jump_target": jump_target,
    }
    for name, entry in new.items():
        column = getattr(table, name)[:]
        column[row] = entry
        changed[name] = column
    return msgspec.structs.replace(table, strings=strings, **changed)


TABLE = analyse(SOURCE).bytecode
NORM = next(each for each in TABLE.codes if each.name == "norm")
ROW = NORM.first + 2
HERE, NEXT = TABLE.offset[ROW], TABLE.offset[ROW + 1]


def told(
    opname, arg=None, argrepr="", argval="", *, before=(), later=(), target=None, goes_to=None, variables=()
):
    table = with_row(TABLE, ROW, opname, arg, argrepr, argval, -1 if target is None else target)
    made = Made(table)
    n = made.add(code=NORM.id, offset=HERE, stack=before, variables=variables)
    made.add(code=NORM.id, offset=NEXT if goes_to is None else goes_to, stack=later)
    return sentence(made, n)


def stack(*texts):
    return tuple(value(each) for each in texts)


TOTAL = [Variable("total", "local", value("3"))]
EXACT = [
    (
        told("BINARY_OP", 0, "+", "0", before=stack("3", "5"), later=stack("8")),
        "`BINARY_OP +` pops 3 and 5, pushes 8.",
    ),
    (
        told("STORE_FAST", 1, "total", "'total'", before=stack("8"), variables=TOTAL),
        "`STORE_FAST total` pops 8 and names it total; it was 3.",
    ),
    (
        told("STORE_FAST", 1, "total", "'total'", before=stack("8")),
        "`STORE_FAST total` pops 8 and names it total.",
    ),
    (
        told("LOAD_FAST", 0, "p", "'p'", later=stack("1")),
        "`LOAD_FAST p` pushes 1, the value of p.",
    ),
    (
        told("LOAD_GLOBAL", 1, "NULL + print", "'print'", later=stack("NULL", "function print")),
        "`LOAD_GLOBAL print` pushes function print, the value of print.",
    ),
    (
        told("LOAD_GLOBAL", 1, "print + NULL", "'print'", later=stack("function print", "NULL")),
        "`LOAD_GLOBAL print` pushes function print, the value of print.",
    ),
    (
        told("POP_JUMP_IF_FALSE", 4, "to 4", "4", before=stack("False"), target=4, goes_to=4),
        f"`POP_JUMP_IF_FALSE` pops False and jumps to 4 (line {TABLE.source_line[NORM.first + 2]}).",
    ),
    (
        told("POP_JUMP_IF_FALSE", 4, "to 4", "4", before=stack("True"), target=2),
        "`POP_JUMP_IF_FALSE` pops True and does not jump.",
    ),
    (
        told("CALL", 2, "", "2", before=stack("NULL", "builtin pow", "2", "3"), later=stack("8")),
        "`CALL 2` calls builtin pow with 2 and 3, pushes 8.",
    ),
    (
        told("CALL", 1, "", "1", before=stack("builtin len", "NULL", "list (3)"), later=stack("3")),
        "`CALL 1` calls builtin len with list (3), pushes 3.",
    ),
    (
        told("CALL_METHOD", 1, "", "1", before=stack("method append", "list (3)", "7"), later=stack("None")),
        "`CALL_METHOD 1` calls append with list (3) and 7, pushes None.",
    ),
    (
        told("CALL_FUNCTION_KW", 2, "", "2", before=stack("function f", "1", "2", "('k',)"), later=stack("None")),
        "`CALL_FUNCTION_KW 2` calls f with 1 and 2, pushes None.",
    ),
    (
        told("STORE_SUBSCR", before=stack("9", "list (3)", "0")),
        "`STORE_SUBSCR` pops 9, list (3) and 0 and puts 9 into list (3) under 0.",
    ),
    (
        told("BUILD_LIST", 3, "", "3", before=stack("1", "2", "3"), later=stack("list (3)")),
        "`BUILD_LIST 3` pops 1, 2 and 3, pushes a new list (3).",
    ),
    (
        told("UNPACK_SEQUENCE", 2, "", "2", before=stack("tuple (2)"), later=stack("2", "1")),
        "`UNPACK_SEQUENCE 2` pops tuple (2), pushes what is in it, the first on top: 1 and 2.",
    ),
    (
        told("LIST_APPEND", 2, "", "2", before=stack("list (1)", "iterator", "7"), later=stack("list (2)", "iterator")),
        "`LIST_APPEND 2` pops 7 and appends it to list (1).",
    ),
    (told("SWAP", 2, "", "2", before=stack("1", "2"), later=stack("2", "1")), "`SWAP 2` swaps 2 on top with 1."),
    (told("POP_TOP", before=stack("None")), "`POP_TOP` pops None and drops it."),
    (
        told("LOAD_ATTR", 0, "x", "'x'", before=stack("Point"), later=stack("3")),
        "`LOAD_ATTR x` pops Point, pushes its attribute x: 3.",
    ),
    (
        told("LOAD_ATTR", 1, "NULL|self + append", "'append'", before=stack("list (3)"),
             later=stack("method append", "list (3)")),
        "`LOAD_ATTR append` pops list (3), pushes its method append, ready for a call.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("found", "wanted"), EXACT)
def test_a_sentence_has_the_real_values(found, wanted):
    assert found == wanted


@pytest.mark.parametrize("opname", sorted(known_opcodes()))
def test_every_opcode_has_a_sensible_sentence_whatever_is_on_the_stack(opname):
    for before, later in (
        (stack("1", "2", "3", "4", "5", "6"), stack("1", "2", "3", "7", "8")),
        (stack("1"), stack("1", "2")),
        ((), ()),
    ):
        text = told(opname, 2, "x", "'x'", before=before, later=later, target=HERE)
        assert text.startswith(f"`{opname}"), text
        assert text.endswith("."), text
        assert "{" not in text and "  " not in text, text
        assert len(text) < 400, text


def test_what_has_a_form_is_an_opcode():
    assert set(FORMS) <= known_opcodes()
    recorded = {name for each in NAMES.values() for name in each["opnames"]}
    assert set(FORMS) <= recorded


def test_raising_is_told_with_the_exception():
    made = Made(with_row(TABLE, ROW, "BINARY_OP", 11, "/", "11"))
    n = made.add(code=NORM.id, offset=HERE, stack=stack("1", "0"))
    made.add("exception", code=NORM.id, offset=HERE, value=value("ZeroDivisionError", "ZeroDivisionError", 9))
    assert (
        sentence(made, n) == "`BINARY_OP /` pops 1 and 0, which raises ZeroDivisionError: division by zero."
    )
    made = Made(with_row(TABLE, ROW, "LOAD_GLOBAL", 0, "nothing", "'nothing'"))
    n = made.add(code=NORM.id, offset=HERE)
    made.add("return", code=NORM.id, offset=HERE, value=value("NameError", "NameError"), note="unwound")
    assert sentence(made, n) == "`LOAD_GLOBAL nothing` raises NameError."


def test_a_call_into_a_recorded_function_begins_a_frame():
    made = Made(with_row(TABLE, ROW, "CALL", 1, "", "1"))
    n = made.add(code=NORM.id, offset=HERE, stack=stack("NULL", "function norm", "Point"))
    made.add(
        "call",
        code=NORM.id,
        frame=2,
        variables=[Variable("p", "local", value("Point"))],
        names=("norm", "walk"),
        line=1,
    )
    assert sentence(made, n) == "`CALL 1` calls norm with p=Point, and a new frame begins."
    assert sentence(made, n + 1) == "A new frame begins: norm with p=Point."
    made = Made(with_row(TABLE, ROW, "BINARY_OP", 0, "+", "0"))
    n = made.add(code=NORM.id, offset=HERE, stack=stack("Vector", "Vector"))
    made.add("call", code=NORM.id, frame=2, variables=[], names=("Vector.__add__", "walk"), line=1)
    assert sentence(made, n) == "`BINARY_OP +` pops Vector and Vector; a new frame begins: Vector.__add__."


def test_the_collector_and_other_threads_do_not_stand_between():
    made = Made(with_row(TABLE, ROW, "BINARY_OP", 0, "+", "0"))
    n = made.add(code=NORM.id, offset=HERE, stack=stack("3", "5"))
    made.add("collect", code=None)
    made.add("instruction", code=NORM.id, offset=HERE, frame=7, thread=1, stack=stack("9"))
    made.add(code=NORM.id, offset=NEXT, stack=stack("8"))
    assert sentence(made, n) == "`BINARY_OP +` pops 3 and 5, pushes 8."
    assert sentence(made, n + 2).startswith("Thread 1 runs now. ")
    assert sentence(made, n + 3).startswith("The main thread runs now. ")


def test_other_events_are_told():
    made = Made(TABLE)
    common = {"code": NORM.id, "names": ("norm", "walk"), "line": 4}
    texts = [
        (
            made.add("return", value=value("5.0", "float"), note="returned", **common),
            "norm returns 5.0 to walk.",
        ),
        (
            made.add("return", value=value("E", "E", 9), note="unwound", **common),
            "norm is left by ZeroDivisionError: division by zero, which goes up to walk.",
        ),
        (made.add("yield", value=value("3"), **common), "norm gives 3 to walk and waits."),
        (made.add("resume", **common), "norm goes on."),
        (made.add("resume", note="thrown", **common), "An exception is thrown into norm, which goes on."),
        (
            made.add("exception", value=value("E", "E", 9), **common),
            "ZeroDivisionError: division by zero arises in norm or comes up to it.",
        ),
        (made.add("thread", thread=2, note="begins"), "Thread 2 begins."),
    ]
    assert [sentence(made, n) for n, _ in texts] == [text for _, text in texts]


def test_a_collection_is_told_with_what_it_freed():
    made = Made(TABLE)
    for _ in range(3):
        n = made.add("collect", code=None)
    made.changed[n] = (
        Change("freed", 0, "#7", Value("Node", "Node", 7)),
        Change("freed", 0, "#8", Value("list", "list", 8)),
    )
    wanted = "The collector ran on generation 0 and freed 3 objects in cycles; of those recorded: Node #7 and list #8."
    assert sentence(made, n) == wanted
    assert sentence(made, made.add("collect", code=None)) == (
        "The collector ran on generation 2 and found nothing to free; 1 could not be freed."
    )


def test_without_a_stack_the_explanation_is_given():
    made = Made(with_row(TABLE, ROW, "BINARY_OP", 0, "+", "0"))
    n = made.add(code=NORM.id, offset=HERE)
    state = made.states[n]
    bare = msgspec.structs.replace(state.frames[0], stack=None)
    made.states[n] = msgspec.structs.replace(state, frames=(bare, *state.frames[1:]))
    assert sentence(made, n) == "`BINARY_OP +`: Pops two values and pushes the result of `+`."


def test_no_sentence_holds_an_unfilled_placeholder():
    for takes, gives in FORMS.values():
        assert re.findall(r"{\w+}", takes + gives) == re.findall(r"{[^}]*}", takes + gives)
