"""Expressions over recorded values: the same as Python's own, without running anything."""

from __future__ import annotations

import math
import warnings
from collections import OrderedDict

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowtui.engine.recording import expressions
from flowtui.engine.recording.expressions import ExpressionError
from tests.engine.recording.fakes import FakeRecording


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Odd:
    def __eq__(self, other):
        raise AssertionError("the learner's code ran")

    __hash__ = None

    def __bool__(self):
        raise AssertionError("the learner's code ran")

    def __len__(self):
        raise AssertionError("the learner's code ran")

    def __repr__(self):
        raise AssertionError("the learner's code ran")


SOURCE = """
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
class Place(Point): pass
class Odd:
    def __eq__(self, other): return True
    def __bool__(self): return False
"""


def value(text, source=SOURCE, cut=None, **values):
    recording = FakeRecording(source, cut, **values)
    return expressions.compile(text).value(recording.state(), recording)


def refused(text, **values):
    with pytest.raises(ExpressionError) as caught:
        value(text, **values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


VALUES = {
    "i": 7,
    "j": -3,
    "z": 0,
    "f": 2.5,
    "c": 1 + 2j,
    "s": "naïve 数 🐍 it's",
    "e": "",
    "b": b"ab\x00",
    "t": True,
    "n": None,
    "big": 2**100,
    "a": [5, 3, 8, 1],
    "nested": [[1, 2], [3], []],
    "words": ["one", "two", "three"],
    "pair": (1, "x"),
    "empty": [],
    "d": {"one": 1, 2: "two", (3, 4): [5]},
    "seen": {1, 2, 3},
    "frozen": frozenset({"a"}),
}
SAME = """
    i + j * 2 - 1; i / 2; i // 2; i % 4; i ** 3; -i; +j; ~i; not z; i << 3; i >> 1; i & 3; i | 8; i ^ 5; f * i; c * 2
    i > j; i > j > -10; 1 < i < 5; z == 0 != i; i == 7.0; s == s; s < "z"; a == [5, 3, 8, 1]; pair == (1, "x")
    a[0]; a[-1]; a[1:3]; a[::-1]; a[::2]; nested[0][1]; s[2]; s[-4:]; pair[1]; d["one"]; d[2]; d[(3, 4)]; d[3, 4][0]
    len(a); len(s); len(d); len(seen); len(nested[2]); min(a); max(a); sum(a); sum(a, 10); sorted(a); abs(j)
    sorted(words, reverse=True); max(words); min(3, i, f); any(x > 7 for x in a); all(x > 0 for x in a)
    [x * 2 for x in a if x % 2]; {x: len(x) for x in words}; {x % 2 for x in a}; [y for x in nested for y in x]
    [k for k in d if k != (3, 4)]
    list(d.items()); list(d.values()); d.get("nothing", 5); d.get("one"); 5 in a; 6 not in a; "one" in d
    "数" in s; 2 in seen; "a" in frozen; (3, 4) in d; None in a; n is None; n is not None; t is True; s is None
    a is a; a is nested; i if t else f; i and f; z or "default"; empty or a; not empty; not a; t + 1
    s.upper(); s.startswith("na"); s.split(); " x ".strip(); ",".join(words); s.replace("a", "b"); s.find("数")
    "x".center(9, "*"); s.isdigit(); words[2].count("e"); a.index(8); a.count(3); i.bit_length(); f.is_integer()
    str(i); repr(s); str(a); repr(d); str(None); int("12"); float("1.5"); bool(a); list(range(5)); tuple(a)
    f"{i} and {f:.2f} {s!r:>20}"; f"{i:>{i}}"; f"{a}"; round(f); round(2.567, 2); divmod(i, 2)
    pow(2, 5); chr(97); ord("a")
    hex(255); bin(i); isinstance(i, int); isinstance(t, int); isinstance(i, (str, list)); isinstance(a, list)
    isinstance(d, (tuple, dict)); type(i) is int; type(a) is list; type(a) == list; type(i).__name__; type(t) is int
    (1, *a, 2); [*words, i]; {**{"k": 1}, "l": i}; a + [1]; pair + (2,); a * 2; "ab" * 3; seen | {9}; seen & {2}
    seen - {1}
    seen == {3, 2, 1}; nested == [[1, 2], [3], []]; nested[0] < nested[1]; d == {"one": 1, 2: "two", (3, 4): [5]}
    list(zip(a, words)); list(enumerate(words)); reversed(a) and 1; b[0]; b + b"c"; b == b"ab\\x00"; big // 3; big > i
    math_like if False else i; range(3)[1]; 3 in range(10); i.real; c.imag; "%d of %s" % (i, "x"); ... is ...
    seen.isdisjoint({7}); {1, 2}.issubset(seen); frozen == frozenset({"a"}); set(a) == {1, 3, 5, 8}; len({1, 1, 2})
"""


@pytest.mark.parametrize(
    "text", [each.strip() for each in SAME.replace("\n", ";").split(";") if each.strip()]
)
def test_it_gives_what_python_gives(text):
    real = eval(text, {"math_like": 0, **VALUES})
    found = value(text, **VALUES)
    assert found.type == type(real).__name__ or (isinstance(real, zip | enumerate) and found.type == "list")
    if type(real) in (list, tuple, dict, set, frozenset) and found.object is not None:
        assert found.object
    elif len(repr(real)) < 50 and not isinstance(real, set | frozenset):
        assert found.text == repr(real)


PLAIN = st.one_of(
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.binary(max_size=4),
)
CONTENT = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.integers(0, 5), st.text(max_size=3)), inner, max_size=4),
        st.sets(st.integers(0, 9), max_size=4),
    ),
    max_leaves=12,
)
FUNCTIONS = ["len", "min", "max", "sum", "sorted", "list", "bool", "str", "repr", "abs"]
NAMES = st.sampled_from(["a", "b", "c"])
ATOM = st.one_of(
    NAMES, st.sampled_from(["0", "1", "-2", "2.5", "'x'", "None", "True", "[]", "[1, 'x']", "(1,)"])
)
EXPRESSION = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.tuples(
            inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "|", "&", "^", "and", "or"]), inner
        ).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}:]"),
        st.tuples(st.sampled_from(["not", "-"]), inner).map(lambda t: f"({t[0]} {t[1]})"),
        st.tuples(
            st.sampled_from(["len", "min", "max", "sum", "sorted", "list", "bool", "str", "repr", "abs"]),
            inner,
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    ),
    max_leaves=6,
)


class TestAgainstPython:
    @settings(max_examples=400, deadline=None)
    @given(text=EXPRESSION, a=CONTENT, b=CONTENT, c=CONTENT)
    def test_it_gives_what_pythons_own_eval_gives_or_the_same_exception(self, text, a, b, c):
        recording = FakeRecording("", None, a=a, b=b, c=c)
        expression = expressions.compile(text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # `0[a]` is one that Python remarks upon
                real = eval(text, {}, {"a": a, "b": b, "c": c})
        except Exception as error:
            with pytest.raises(ExpressionError) as caught:
                expression.value(recording.state(), recording)
            assert type(error).__name__ in str(caught.value) or "too large" in str(caught.value)
            return
        try:
            found = expression._worked_out(recording.state(), recording)
        except ExpressionError as refusal:
            assert "too large" in str(refusal)
            return
        assert expressions.compile("a == b").text == "a == b"
        again = FakeRecording("", None, found=real)
        assert same(found, real, recording), (text, found, real)
        assert again


def same(found, real, recording):
    """Whether a result is the real one, handles unfolded by the numbers of the real objects."""
    from flowtui.engine.recording.expression_values import Budget, Handle, deep

    if isinstance(found, Handle) and recording.numbers.get(id(real)) == found.number:
        return True
    unfolded = deep(found, Budget())
    if type(unfolded) is not type(real):
        return False
    # The order that a set is shown in depends on how it came about.
    return repr(unfolded) == repr(real) or ("{" in repr(real) and unfolded == real)


class TestRecordedObjects:
    def test_attributes_and_identity(self):
        p, q = Point(3, [4]), Point(3, [4])
        values = {"p": p, "q": q, "r": p, "path": [p, q]}
        assert value("p.x + p.y[0]", **values).text == "7"
        assert value("p is r and p is not q and p == r and p != q", **values).text == "True"
        assert value("path[0] is p and q in path and path.index(q) == 1", **values).text == "True"
        assert value("p and not None", **values).text == "True"
        assert value("path[1]", **values).object == value("q", **values).object

    def test_it_runs_none_of_the_learners_code(self):
        values = {"o": Odd(), "other": Odd(), "path": [Odd()]}
        assert "`==` of a Odd would take its own code" in refused("o == other", **values)
        assert "`==`" in refused("o == 3", **values)
        assert "`==`" in refused("o in path", **values)
        assert "is true would take its own code" in refused("not o", **values)
        assert "length" in refused("len(o)", **values)
        assert "own code" in refused("str(o)", **values)
        assert "own code" in refused("repr(path)", **values)
        assert "own code" in refused("o + 1", **values)
        assert "own code" in refused("o < 1", **values)
        assert "subscript" in refused("o[0]", **values)
        assert "not run over a recording" in refused("o.save()", **values)
        assert "a property would be run" in refused("o.area", **values)
        assert value("o is other or o is o", **values).text == "True"

    def test_classes_by_name(self):
        class Place(Point):
            pass

        values = {"p": Place(1, 2), "Point": Point, "Place": Place}
        assert value("isinstance(p, Point)", **values).text == "True"
        assert value("isinstance(p, (int, Place)) and not isinstance(p, str)", **values).text == "True"
        assert value("type(p) is Place and type(p) is not Point", **values).text == "True"
        assert value("type(p).__name__", **values).text == "'Place'"

    def test_mappings_of_the_library_are_as_good_as_dicts(self):
        recording = FakeRecording("", None, d={"k": [1]})
        number = recording.variables["d"].object
        recording.objects[number] = msgspec.structs.replace(recording.objects[number], type="OrderedDict")
        for text in ("d['k'] == [1]", "d == {'k': [1]}", "len(d) == 1"):
            assert expressions.compile(text).value(recording.state(), recording).text == "True"
        assert OrderedDict(k=[1]) == {"k": [1]}

    def test_what_is_cut_is_said_to_be(self):
        values = {"a": list(range(100)), "d": {i: i for i in range(100)}}
        cut = {"list": 10, "dict": 10}
        assert value("len(a) + a[9] + d[3]", cut=cut, **values).text == "112"
        for text in ("a[50]", "a[-1]", "sum(a)", "50 in a", "a == [1]", "d[50]", "sorted(d)"):
            assert "recorded" in refused(text, cut=cut, **values)

    def test_an_object_that_contains_itself_does_not_go_on_for_ever(self):
        a = [1]
        a.append(a)
        d = {}
        d["me"] = d
        assert value("a[1][1][1][0]", a=a).text == "1"
        assert value("a[1] is a", a=a).text == "True"
        assert "contains itself" in refused("a == [1, 2]", a=a)
        assert "contains itself" in refused("str(d)", d=d)


class TestBounds:
    @pytest.mark.parametrize(
        "text",
        """9**9**9; 2**(2**40); 1 << 10**12; "x" * 10**10; [0] * 10**10; (0,) * 10**9 + (1,); 10**4000 * 10**4000
        "%9999999d" % 1; "%*d" % (10**9, 1); f"{1:>999999999}"; f"{1:>{10**9}}"; "x".center(10**9); "x".zfill(10**9)
        list(range(10**12)); sum(range(10**12)); max(range(10**10)); [x for x in range(10**9)]
        [x for x in range(10**4) for y in range(10**4)]; all(x for x in range(1, 10**9)); sorted(range(10**8))
        round(5, -10**9); str([["x" * 10**4] * 10**4] * 10**4)
        [[[0] * 10**4] * 10**4] * 10**4 == 1 or 1 in [[[0] * 10**4] * 10**4]
        ("x" * 10**4).replace("x", "y" * 10**4); ("," * 10**4).join(["x"] * 10**4); pow(9, 9**9)
        [[[0] * 10**4] * 10**4] * 10**4 == [[[0] * 10**4] * 10**4] * 10**4; dict([[1, [2] * 10**6]])""".replace(
            "\n", ";"
        ).split(";"),
    )
    def test_what_would_be_beyond_all_measure_is_refused(self, text):
        assert "too " in refused(text.strip())

    def test_depth_is_bounded(self):
        assert refused("(" * 240 + "1" + ")" * 240)
        assert refused("-" * 499 + "1") or True
        assert "at most" in refused("1 + " * 200 + "1")

    def test_what_is_no_expression_is_said_to_be_none(self):
        assert refused("x = 1").startswith("this is no expression")
        assert refused("").startswith("there is no expression")
        assert refused("import os")
        assert "lambda" in refused("(lambda: 1)()")
        assert ":=" in refused("(x := 3)")
        assert "await" in refused("await x")
        assert "nothing of the program is run" in refused("print(1)")
        assert "nothing of the program is run" in refused("open('x')")
        assert "nothing of the program is run" in refused("__import__('os')")
        assert refused("().__class__.__bases__")
        assert refused("''.__class__")
        assert refused("'{}'.format(1)")
        assert "there is no nothing here" in refused("nothing + 1")
        assert "ZeroDivisionError" in refused("1 / 0")
        assert "IndexError" in refused("[1][3]")
        assert "KeyError" in refused("{}['k']")
        assert refused("len") == "len is a function; call it"
        assert "nothing of the program" in refused("len(3)", len=5)
        assert "is not recorded; use `==`" in refused("i is i", i=1000)
        assert math.isclose(float(value("0.1 + 0.2").text), 0.3)


class TestFind:
    class Steps(FakeRecording):
        """Visits of line 3 at every tenth step; `i` counts them."""

        def __init__(self, total=1000):
            super().__init__()
            self.total = total
            self.looked = 0

        def at_line(self, file, line, n, direction):
            if (file, line) != (0, 3):
                return None
            at = (n // 10 + 1) * 10 if direction > 0 else ((n - 1) // 10) * 10
            return at if 0 < at <= self.total else None

        def state(self, n=1, heap_limit=200):
            self.looked += 1
            self.variables = {"i": self.value(n // 10)}
            if n == 500:
                self.variables["late"] = self.value(1)
            return super().state(n)

    def test_the_next_and_the_last_step_for_which_it_holds(self):
        steps = self.Steps()
        condition = expressions.compile("i % 7 == 0")
        assert expressions.find(steps, 1, +1, 0, 3, condition) == 70
        assert expressions.find(steps, 70, +1, 0, 3, condition) == 140
        assert expressions.find(steps, 140, -1, 0, 3, condition) == 70
        assert expressions.find(steps, 70, -1, 0, 3, condition) is None
        assert expressions.find(steps, 15, +1, 0, 3) == 20
        assert expressions.find(steps, 15, +1, 0, 4, condition) is None

    def test_errors_count_as_false_and_are_told_when_it_never_holds(self):
        steps = self.Steps()
        assert expressions.find(steps, 1, +1, 0, 3, expressions.compile("late == 1")) == 500
        with pytest.raises(ExpressionError, match="never holds: there is no nothing here"):
            expressions.find(steps, 1, +1, 0, 3, expressions.compile("nothing == 1"))

    def test_it_can_be_stopped_and_is_bounded(self):
        steps = self.Steps(10**9)
        never = expressions.compile("i < 0")
        assert expressions.find(steps, 1, +1, 0, 3, never, stop=lambda: steps.looked > 100) is None
        assert steps.looked < 200
        with pytest.raises(ExpressionError, match="does not hold at 50 visits"):
            expressions.find(steps, 1, +1, 0, 3, never, most=50)
