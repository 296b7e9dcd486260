"""Questions and what is taken for an answer."""

from __future__ import annotations

import pytest

from flowtui.engine.recording.predict import Question


def question(answer, type_name, kind="top_of_stack"):
    return Question(
        kind=kind, prompt="?", choices=None, answer=answer, type=type_name, reason="Because.", where=2
    )


@pytest.mark.parametrize(
    ("answer", "type_name", "right", "wrong"),
    [
        ("8", "int", ["8", " 8 ", "+8", "0x8", "0b1000", "8"], ["8.0", "9", "", "eight", "'8'", "True"]),
        ("-3", "int", ["-3", " -3"], ["3", "-3.0"]),
        ("1000000", "int", ["1_000_000", "1000000"], ["1e6"]),
        ("8.0", "float", ["8.0", "8.", "8.00", "8e0"], ["8", "8.1"]),
        ("nan", "float", ["nan"], ["0"]),
        ("inf", "float", ["inf", "1e999"], ["-inf"]),
        ("'it'", "str", ["'it'", '"it"', "it", "'''it'''"], ["'It'", "'it", "i t", "b'it'", "'it '"]),
        ("'8'", "str", ["'8'", "8"], ["'9'"]),
        ('"it\'s"', "str", ['"it\'s"', "it's", "'it\\'s'"], ["its"]),
        ("'a b'", "str", ["a b", "'a b'"], ["ab"]),
        ("True", "bool", ["True", " True "], ["true", "1", "False"]),
        ("None", "NoneType", ["None"], ["none", "0", ""]),
        ("b'x'", "bytes", ["b'x'", 'b"x"'], ["x", "'x'"]),
        ("(1+2j)", "complex", ["(1+2j)", "1+2j"], ["1"]),
    ],
)
def test_spellings_of_the_same_value_are_right_and_no_other(answer, type_name, right, wrong):
    asked = question(answer, type_name)
    for text in right:
        verdict = asked.judge(text)
        assert verdict.right, text
        assert verdict.sentence == f"Right: {answer}. Because."
    for text in wrong:
        verdict = asked.judge(text)
        assert not verdict.right, text
        assert f"it is {answer}. Because." in verdict.sentence


def test_the_right_value_of_another_type_is_nearly_right():
    verdict = question("8.0", "float").judge("8")
    assert not verdict.right
    assert verdict.sentence == "Nearly: the value is right, but it is of type float; it is 8.0. Because."


def test_an_instruction_is_known_by_its_name():
    asked = question("BINARY_OP +", "opname", "next_instruction")
    assert asked.judge("BINARY_OP +").right
    assert asked.judge("binary_op").right
    assert asked.judge(" BINARY_OP  * ").right
    assert not asked.judge("BINARY_SUBSCR").right
    assert not asked.judge("").right


def test_a_hostile_answer_is_just_wrong():
    asked = question("8", "int")
    for text in ("(" * 500, "9**9**9", "__import__('os')", "[" * 3000, "\0", "8" * 5000, "1" + "_" * 100):
        assert not asked.judge(text).right
