"""Stacks and locals read from memory, against an independent count, on every CPython at hand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests import interpreters

PROBE = Path(__file__).parents[2] / "flowtui" / "probe"
CPYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]
#: Gives the modules of the probe their private package, then executes what follows.
PACKAGE = """
import sys, types, json
package = types.ModuleType("_flowtui_probe")
package.__path__ = [sys.argv[1]]
sys.modules[package.__name__] = package
from _flowtui_probe import frame_stack
"""


def run(python, text, *arguments, wrong=False):
    words = [python, "-I", "-c", PACKAGE + text, str(PROBE), *arguments]
    ran = subprocess.run(words, capture_output=True, timeout=120)
    if wrong:
        return ran
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("python", CPYTHONS)
def test_locals_are_the_frame_s_own_objects(python):
    found = run(
        interpreters.need(python),
        """
def outer(a, b=2, *rest, c=3, **more):
    kept = [a]
    def inner():
        return kept, a
    size = frame_stack.slot_count(outer.__code__)
    frame = sys._getframe()
    words = frame_stack.window(frame, size)
    names = frame_stack.slot_names(outer.__code__)
    held = {}
    for name, word in zip(names, words.tolist()):
        if name not in ("held", "name", "word", "words", "names"):
            held.setdefault(name, []).append(frame_stack.value_of(word))
    cell = held["kept"][-1]
    checks = {
        "b": held["b"][0] is b, "rest": held["rest"][0] is rest, "c": held["c"][0] is c,
        "more": held["more"][0] is more, "frame": held["frame"][0] is frame,
        "cell": cell.cell_contents is kept, "a": held["a"][-1].cell_contents is a,
        "inner": held["inner"][0] is inner,
        "count": len(names) == size,
    }
    return checks
print(json.dumps(outer(object(), 5, 6, z=1)))
""",
    )
    assert found and all(found.values()), found


@pytest.mark.parametrize("python", CPYTHONS)
def test_a_window_holds_across_suspensions(python):
    found = run(
        interpreters.need(python),
        """
def numbers(n):
    for i in range(n):
        yield i
generator = numbers(9)
next(generator)
window = frame_stack.window(generator.gi_frame, 2)
seen = []
for each in generator:
    seen.append([frame_stack.value_of(word) for word in window])
    if each == 5:
        break
print(json.dumps(seen))
""",
    )
    assert found == [[9, i] for i in range(1, 6)]


#: Executes modules of the standard library's own tests, every instruction seen by the self-test's comparisons.
LIBRARY = """
from importlib.util import find_spec
from _flowtui_probe import stack_selftest
RUN = '''
import io as _io, types as _types, unittest as _unittest
_module = _types.ModuleType("selftest")
_module.__dict__.update(globals())
_suite = _unittest.defaultTestLoader.loadTestsFromModule(_module)
_unittest.TextTestRunner(stream=_io.StringIO()).run(_suite)
'''
found = []
for name in sys.argv[2:]:
    path = find_spec(name).origin
    with open(path, encoding="utf-8") as file:
        code = compile(file.read() + RUN, path, "exec", 0, True)
    check = stack_selftest.Check()
    check.add(code)
    stack_selftest.watch(check, code)
    found.append([name, check.failed, check.events, check.checked])
print(json.dumps(found))
"""
NAMES = "with contextlib coroutines scope grammar raise compare"
MODULES = [f"test.test_{name}" for name in NAMES.split()]


# 3.8 enters a `finally` body with stacks of different depths, of which the bytecode tells one.
@pytest.mark.parametrize("python", CPYTHONS[1:])
def test_every_instruction_of_the_library_s_tests_is_read_rightly(python):
    path = interpreters.need(python)
    if subprocess.run([path, "-I", "-c", "import test.test_with"], capture_output=True).returncode:
        pytest.skip(f"needs the library's own tests, which {python} here comes without")
    found = run(path, LIBRARY, *MODULES)
    for name, failed, events, checked in found:
        assert not failed, (name, failed)
        assert checked > events * 0.8, name
    assert sum(checked for _, _, _, checked in found) > 50_000


@pytest.mark.parametrize("python", CPYTHONS)
@pytest.mark.parametrize("shift", [-8, 8, 4096])
def test_the_self_test_notices_a_wrong_offset(python, shift):
    ran = run(
        interpreters.need(python),
        """
from _flowtui_probe import stack_selftest
frame_stack.LOCALS += int(sys.argv[2])
print(json.dumps(stack_selftest.verdict()))
""",
        str(shift),
        wrong=True,
    )
    assert ran.returncode or not json.loads(ran.stdout.splitlines()[-1])["exact"]


@pytest.mark.parametrize("python", CPYTHONS)
def test_what_cannot_be_read_says_why(python):
    found = run(
        interpreters.need(python),
        """
del sys.modules["_flowtui_probe.frame_stack"], package.frame_stack
sys.modules["ctypes"] = None
from _flowtui_probe import frame_stack, stack_selftest
print(json.dumps([frame_stack.available(), frame_stack.reason(), stack_selftest.verdict()]))
""",
    )
    available, reason, verdict = found
    assert not available
    assert "ctypes" in reason
    assert verdict["exact"] is False
    assert verdict["reason"] == reason


def test_pypy_says_that_it_has_none():
    names = [name for name in interpreters.interpreters() if name.startswith("pypy")]
    path = interpreters.need(names[0] if names else "pypy-3.9")
    text = "print(json.dumps([frame_stack.available(), frame_stack.reason()]))"
    available, reason = run(path, text)
    assert not available
    assert "CPython" in reason
