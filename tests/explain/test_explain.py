"""Every name of a supported version has one well-formed sentence, with real values where they help."""

import ast
import dis
import json
import opcode as opcodes
import re
import sys
import token as tokens
import tokenize
import types
from pathlib import Path

import pytest

from flowtui.explain import instruction, known_opcodes, node, opcode, token
from flowtui.explain.keywords import KEYWORDS, SOFT_KEYWORDS

NAMES = json.loads((Path(__file__).parent / "data" / "names.json").read_text("utf-8"))
VERSIONS = [*(f"CPython 3.{minor}" for minor in range(8, 16)), "PyPy 3.9", "PyPy 3.11"]
UNKNOWN = "has no explanation"
QUOTED = re.compile(r"`[^`]*`|'[^']*'|\([^)]*\)|3\.\d+")


def recorded(kind):
    return sorted({name for version in NAMES.values() for name in version[kind]})


def is_one_sentence(sentence):
    """One sentence of at most 160 characters: what is quoted or in brackets may hold any sign."""
    words = QUOTED.sub("", sentence)
    return (
        sentence[0] != " "
        and len(sentence) <= 160
        and "\n" not in sentence
        and words.endswith(".")
        and words.count(".") == 1
    )


def test_the_recorded_names_cover_every_supported_version():
    assert [version for version in VERSIONS if version not in NAMES] == []


@pytest.mark.parametrize("version", sorted(NAMES))
def test_no_opcode_is_missing(version):
    missing = sorted(set(NAMES[version]["opnames"]) - known_opcodes())
    assert missing == [], f"{version} ({NAMES[version]['build']}) has opcodes without an explanation"


@pytest.mark.parametrize("version", sorted(NAMES))
def test_no_token_type_is_missing(version):
    missing = [name for name in NAMES[version]["tokens"] if UNKNOWN in token(name, name)]
    assert missing == [], f"{version} ({NAMES[version]['build']}) has token types without an explanation"


@pytest.mark.parametrize("version", sorted(NAMES))
def test_no_node_kind_is_missing(version):
    missing = [name for name in NAMES[version]["nodes"] if UNKNOWN in node(name)]
    assert missing == [], f"{version} ({NAMES[version]['build']}) has node kinds without an explanation"


@pytest.mark.parametrize("version", sorted(NAMES))
def test_no_keyword_is_missing(version):
    names = NAMES[version]
    assert sorted(set(names["keywords"]) - set(KEYWORDS)) == []
    assert sorted(set(names["soft_keywords"]) - set(SOFT_KEYWORDS)) == []


def test_this_interpreter_has_no_unexplained_name():
    names = {name for name in dis.opname if not name.startswith("<")} | set(opcodes.opmap)
    for hidden in ("_specialized_instructions", "_specialized_opmap", "_pseudo_ops"):
        names.update(getattr(opcodes, hidden, ()))
    kinds = [
        thing.__name__
        for thing in vars(ast).values()
        if isinstance(thing, type) and issubclass(thing, ast.AST)
    ]
    missing = {
        "opcodes": sorted(names - known_opcodes()),
        "tokens": [name for name in tokens.tok_name.values() if UNKNOWN in token(name, name)],
        "nodes": [kind for kind in kinds if UNKNOWN in node(kind)],
    }
    assert missing == {"opcodes": [], "tokens": [], "nodes": []}, sys.version


def test_no_explanation_is_for_a_name_that_no_version_has():
    assert sorted(known_opcodes() - set(recorded("opnames"))) == []


@pytest.mark.parametrize("name", sorted(known_opcodes()))
def test_an_opcode_has_one_sentence(name):
    general = opcode(name)
    assert general is not None
    assert "{" not in QUOTED.sub("", general)
    assert is_one_sentence(general), general
    assert instruction(name)
    for arg in (0, 1, 2, 3, 5, 300):
        for argrepr in (
            "",
            "to 118",
            "name, other",
            "NULL + name",
            "name + NULL|self",
            "bool(<)",
            "INTRINSIC_PRINT",
        ):
            sentence = instruction(name, arg, "'name'", argrepr)
            assert is_one_sentence(sentence), sentence
            assert "{" not in QUOTED.sub("", sentence), sentence


@pytest.mark.parametrize("name", recorded("tokens"))
def test_a_token_type_has_one_sentence(name):
    assert is_one_sentence(token(name, name)), token(name, name)


@pytest.mark.parametrize("name", recorded("nodes"))
def test_a_node_kind_has_one_sentence(name):
    assert is_one_sentence(node(name)), node(name)


def test_an_unknown_name_is_said_to_be_unknown():
    assert opcode("XYZ") is None
    assert instruction("XYZ", 1, "'a'", "a") == "This version of flowtui has no explanation for XYZ."
    assert token("XYZ", "XYZ") == "This version of flowtui has no explanation for XYZ."
    assert token("OP", "XYZ", "?") == "This version of flowtui has no explanation for XYZ."
    assert node("XYZ") == "This version of flowtui has no explanation for XYZ."


@pytest.mark.parametrize(
    ("opname", "arg", "argval", "argrepr", "sentence"),
    [
        ("LOAD_FAST", 0, "'total'", "total", "Pushes the value of the local variable 'total' on the stack."),
        ("LOAD_FAST", 0, "total", "total", "Pushes the value of the local variable 'total' on the stack."),
        ("LOAD_FAST", 0, "", "", "Pushes the value of a local variable on the stack."),
        ("LOAD_CONST", 1, "'a'", "'a'", "Pushes the constant `'a'` on the stack."),
        ("LOAD_CONST", 1, "'`'", "'`'", "Pushes the constant '`' on the stack."),
        (
            "LOAD_CONST",
            1,
            '<code object f at 0x7f, file "x", line 1>',
            '<code object f at 0x7f, file "x", line 1>',
            "Pushes the code object of `f` on the stack.",
        ),
        ("BINARY_OP", 0, "0", "+", "Pops two values and pushes the result of `+`."),
        ("BINARY_OP", 26, "26", "[]", "Pops a key and a container, and pushes `container[key]`."),
        ("BINARY_ADD", None, "", "", "Pops two values and pushes the result of `+`."),
        ("COMPARE_OP", 2, "'<'", "<", "Pops two values, compares them with `<` and pushes the outcome."),
        (
            "COMPARE_OP",
            18,
            "'<'",
            "bool(<)",
            "Pops two values, compares them with `<` and pushes the outcome as True or False.",
        ),
        (
            "COMPARE_OP",
            6,
            "'in'",
            "in",
            "Pops a container and a value, and pushes whether the value is in it: `in`.",
        ),
        (
            "FOR_ITER",
            12,
            "118",
            "to L4",
            "Takes the next item from the iterator on top of the stack; "
            "when there is none, goes to offset 118.",
        ),
        ("JUMP_FORWARD", 2, "", "to 24", "Goes on at offset 24, without a condition."),
        (
            "LOAD_GLOBAL",
            1,
            "'print'",
            "print + NULL",
            "Looks 'print' up among the globals, then the built-ins, and pushes its value, "
            "with a NULL for the call that follows.",
        ),
        (
            "LOAD_ATTR",
            2,
            "'real'",
            "real",
            "Replaces the object on top of the stack by its attribute 'real'.",
        ),
        (
            "CALL",
            1,
            "1",
            "",
            "Calls with 1 argument (not counting a method's `self`) and pushes what comes back.",
        ),
        (
            "CALL",
            0,
            "0",
            "",
            "Calls with no arguments (not counting a method's `self`) and pushes what comes back.",
        ),
        ("BUILD_LIST", 3, "3", "", "Puts 3 values from the stack into a new list and pushes it."),
        (
            "RAISE_VARARGS",
            2,
            "2",
            "",
            "Pops a cause and an exception, and raises the exception: `raise … from …`.",
        ),
        (
            "RESUME",
            5,
            "5",
            "",
            "Marks where running goes on after a `yield`: tracing and pending signals are looked after here.",
        ),
        (
            "STORE_FAST_LOAD_FAST",
            18,
            "('a', 'b')",
            "a, b",
            "Pops a value into the local variable 'a', then pushes the value of 'b'.",
        ),
        (
            "UNPACK_EX",
            258,
            "258",
            "",
            "Pops an iterable and pushes its items: 2 from the start, 1 from the end, "
            "and a list of those between.",
        ),
        (
            "FORMAT_VALUE",
            6,
            "(repr, True)",
            "repr, with format",
            "Pops a format and a value, and formats what `repr` makes of the value with it, for an f-string.",
        ),
    ],
)
def test_a_sentence_tells_the_real_values(opname, arg, argval, argrepr, sentence):
    assert instruction(opname, arg, argval, argrepr) == sentence


def test_long_values_are_cut():
    sentence = instruction("LOAD_CONST", 1, repr("x" * 1000), repr("x" * 1000))
    assert "…" in sentence
    assert is_one_sentence(sentence)
    assert len(instruction("LOAD_GLOBAL", 1, repr("n" * 500), "n" * 500)) <= 160


def code_objects(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_objects(constant)


@pytest.mark.parametrize("module", [ast, dis, tokenize, json.decoder, types])
def test_real_code_is_explained(module):
    source = Path(module.__file__).read_bytes()
    for code in code_objects(compile(source, module.__file__, "exec")):
        for item in dis.get_instructions(code):
            sentence = instruction(item.opname, item.arg, repr(item.argval), item.argrepr)
            assert len(sentence) <= 160
            assert sentence.endswith(".")
            assert "\n" not in sentence
            assert UNKNOWN not in sentence


@pytest.mark.parametrize(
    ("type_name", "exact_type", "string", "sentence"),
    [
        (
            "NAME",
            "NAME",
            "for",
            "`for` is a keyword that starts a loop over an iterable; "
            "the tokenizer calls it a NAME like any other.",
        ),
        (
            "NAME",
            "NAME",
            "total",
            "`total` is an identifier; which object it names is settled when the program runs.",
        ),
        (
            "NAME",
            "NAME",
            "match",
            "`match` is a soft keyword (3.10 on): a keyword only at the start of a `match` statement, "
            "elsewhere an ordinary name.",
        ),
        (
            "OP",
            "COLONEQUAL",
            ":=",
            "`:=` assigns inside an expression and gives the value too; it is called the walrus.",
        ),
        (
            "OP",
            "OP",
            "?",
            "`?` means nothing in Python; the tokenizer lets it pass, but the parser rejects it.",
        ),
        (
            "NAME",
            "NAME",
            "€",
            "`€` is taken for a word here, but it is no identifier, so the parser rejects it.",
        ),
        ("NUMBER", "NUMBER", "0xff", "`0xff` is an int in hexadecimal digits."),
        ("NUMBER", "NUMBER", "1e5", "`1e5` is a float."),
        ("NUMBER", "NUMBER", "2j", "`2j` is an imaginary number, the part of a complex one."),
        ("STRING", "STRING", "rb'x'", "A bytes literal, raw: its backslashes stay as they are."),
        ("STRING", "STRING", "'x'", "A string literal."),
        (
            "STRING",
            "STRING",
            "f'{x}'",
            "An f-string; before 3.12 it is one token, with all that is in its braces.",
        ),
        ("INDENT", "INDENT", "    ", "The start of a deeper block: the line begins with 4 spaces."),
        ("INDENT", "INDENT", "\t ", "The start of a deeper block: the line begins with 1 tab and 1 space."),
    ],
)
def test_a_token_is_told_by_its_text(type_name, exact_type, string, sentence):
    assert token(type_name, exact_type, string) == sentence


def test_every_keyword_is_told_in_one_sentence():
    for word in (*KEYWORDS, *SOFT_KEYWORDS):
        assert is_one_sentence(token("NAME", "NAME", word)), word
    assert len(token("NAME", "NAME", "n" * 500)) <= 160


def test_new_line_and_line_break_are_told_apart():
    assert token("NEWLINE", "NEWLINE", "\n") != token("NL", "NL", "\n")
