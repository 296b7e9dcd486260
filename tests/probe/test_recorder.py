"""The recorder alone, in a process of its own: what it writes, on every interpreter that has one."""

from __future__ import annotations

import json
import subprocess
import textwrap
from array import array
from pathlib import Path

import pytest

from flowtui.probe import recording_format as form
from tests import interpreters

PROBE = Path(__file__).parents[2] / "flowtui" / "probe"
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]
#: Records the program on standard input into the files of a folder.
CHILD = """
import os, sys, types
package = types.ModuleType("_flowtui_probe")
package.__path__ = [sys.argv[1]]
sys.modules["_flowtui_probe"] = package
form = __import__("_flowtui_probe.recording_format", fromlist=["*"])
recorder = __import__("_flowtui_probe.recorder", fromlist=["*"])
folder, options = sys.argv[2], eval(sys.argv[3])
source = sys.stdin.buffer.read()
files = {}
for name in form.STREAMS:
    files[name] = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(files[name], 1 << 20)
given = {"granularity": "line", "steps": 100000, "bytes": 1 << 24, "seconds": 60.0, "library": False,
         "folder": folder, "path": "program.py", "source": source, "exact_stack": True}
given.update(options)
main = types.ModuleType("__main__")
sys.modules["__main__"] = main
sys.path.insert(0, folder)
recorder.make(files, given).run(compile(source, "program.py", "exec"), main.__dict__)
"""


class Written:
    """What a recorder left in its files."""

    def __init__(self, folder: Path) -> None:
        self.steps = self.items(folder, "steps", "I")
        self.changes = self.items(folder, "changes", "Q")
        self.control = self.items(folder, "control", "Q")
        self.total = self.steps.index(0) - 1 if 0 in self.steps else len(self.steps) - 1

    @staticmethod
    def items(folder: Path, name: str, item: str) -> array:
        found = array(item)
        found.frombytes((folder / name).read_bytes())
        return found

    @property
    def kinds(self) -> list[int]:
        return [word >> 29 for word in self.steps[1 : self.total + 1]]

    @property
    def lines(self) -> list[tuple[int, int]]:
        """(code, line) of every step that is a line."""
        return [
            (word >> 16 & form.MAX_CODE, word & 0xFFFF)
            for word in self.steps[1 : self.total + 1]
            if word >> 29 == form.S_AT
        ]

    @property
    def cut(self) -> str:
        assert self.control[form.C_STATE] == form.STATE_ENDED
        return form.CUTS[self.control[form.C_CUT]]


def record(python: str, folder: Path, text: str, **options: object) -> tuple[Written, str]:
    """Record a program; gives what was written, and what it printed."""
    words = [interpreters.need(python), "-I", "-c", CHILD, str(PROBE), str(folder), repr(options)]
    done = subprocess.run(words, input=textwrap.dedent(text), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Written(folder), done.stdout


@pytest.mark.parametrize("python", PYTHONS)
def test_calls_lines_and_returns_in_their_order(python, tmp_path):
    written, out = record(
        python,
        tmp_path,
        """\
        def double(n):
            return 2 * n

        print(double(4))
        """,
    )
    assert out == "8\n"
    assert written.lines == [(0, 1), (0, 4), (1, 2)]
    call, at, back = form.S_CALL, form.S_AT, form.S_RETURN
    assert written.kinds == [call, at, at, call, at, back, back]
    assert written.cut == ""


@pytest.mark.parametrize("python", PYTHONS)
def test_a_steps_changes_come_in_the_order_of_the_steps(python, tmp_path):
    text = """
        def walk(n):
            for i in range(n):
                yield [i]
        total = 0
        for [x] in walk(50):
            total += x
        print(total)
        """
    for granularity in ("line", "instruction"):
        folder = tmp_path / granularity
        folder.mkdir()
        written, out = record(python, folder, text, granularity=granularity)
        assert out == "1225\n"
        assert written.total > 200
        numbers = [word >> 32 for word in written.changes[::2] if word]
        assert numbers == sorted(numbers)
        assert max(numbers) <= written.total


@pytest.mark.parametrize("python", PYTHONS)
def test_an_exception_unwinds_its_frames(python, tmp_path):
    written, _ = record(
        python,
        tmp_path,
        """\
        def deep(n):
            if not n:
                raise ValueError("at the bottom")
            deep(n - 1)

        try:
            deep(2)
        except ValueError:
            pass
        """,
    )
    kinds = written.kinds
    assert kinds.count(form.S_CALL) == 4
    assert kinds.count(form.S_RAISE) == 4
    unwound = [word & 0xFFFF for word in written.steps[1 : written.total + 1] if word >> 29 == form.S_RETURN]
    assert unwound == [form.UNWOUND] * 3 + [form.RETURNED]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("options", "cut"),
    [({"steps": 5000}, "steps"), ({"bytes": 60_000}, "bytes"), ({"steps": 1 << 20}, "bytes")],
)
def test_a_limit_ends_the_recording_and_not_the_program(python, options, cut, tmp_path):
    written, out = record(
        python,
        tmp_path,
        """
        n = 0
        while n < 100_000:
            n += 1
        print("done", n)
        """,
        **options,
    )
    assert out == "done 100000\n"
    assert written.cut == cut
    assert 0 < written.total <= options.get("steps", 1 << 18)


@pytest.mark.parametrize("python", PYTHONS)
def test_a_neighbouring_module_is_recorded_and_the_library_is_not(python, tmp_path):
    (tmp_path / "neighbour.py").write_text("def helper(x):\n    return x + 1\n")
    written, out = record(
        python, tmp_path, "import neighbour, textwrap\nprint(neighbour.helper(1), textwrap.dedent(' a'))\n"
    )
    assert out == "2 a\n"
    assert [code for code, _ in written.lines] == [0, 1, 0, 2]
    assert written.kinds.count(form.S_CALL) == 3


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("python", PYTHONS)
def test_a_recursion_without_end_is_as_deep_as_ever_and_is_recorded(python, granularity, tmp_path):
    text = textwrap.dedent(
        """
        import sys
        def deep(n):
            try:
                return deep(n + 1)
            except RecursionError:
                return n
        def lost(n):
            return lost(n + 1) + 1
        print(deep(0), deep(0), sys.getrecursionlimit())
        try:
            lost(0)
        except RecursionError as error:
            entry, entries = error.__traceback__, 0
            while entry is not None:
                entry, entries = entry.tb_next, entries + 1
            print(entries, error)
        last = 1
        """
    )
    plain = "import sys\nexec(sys.stdin.read(), {})"
    wanted = subprocess.run(
        [interpreters.need(python), "-I", "-c", plain], input=text, capture_output=True, text=True, check=True
    )
    written, out = record(python, tmp_path, text, granularity=granularity, steps=250_000)
    assert out == wanted.stdout
    assert written.cut == ""
    assert written.kinds.count(form.S_CALL) > 2700


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("python", PYTHONS)
def test_where_reading_memory_has_failed_its_test_names_are_recorded(python, granularity, tmp_path):
    text = """
        def double(n):
            m = [n]
            return m * 2
        print(double(4))
        """
    if granularity == "instruction" and int(python.rpartition(".")[2]) >= 12:
        with pytest.raises(AssertionError, match="CannotRecordError: instructions cannot be recorded here"):
            record(python, tmp_path, text, granularity=granularity, exact_stack=False)
        return
    written, out = record(python, tmp_path, text, granularity=granularity, exact_stack=False)
    assert out == "[4, 4]\n"
    assert written.cut == ""
    assert written.control[form.C_STACK] == 0
    assert written.kinds.count(form.S_CALL) == 2
    assert written.total > 6


@pytest.mark.parametrize("python", PYTHONS)
def test_a_forked_child_does_not_write(python, tmp_path):
    written, _ = record(
        python,
        tmp_path,
        """
        import os
        child = os.fork()
        if not child:
            for n in range(1000):
                n += 1
            os._exit(0)
        os.waitpid(child, 0)
        last = 1
        """,
    )
    assert written.cut == ""
    assert written.total < 20


def test_a_missing_stream_is_told_of(tmp_path):
    from flowtui.probe.recording_streams import Streams

    with pytest.raises(ValueError, match="no stream"):
        Streams({})


@pytest.mark.parametrize("python", [name for name in PYTHONS if name >= "cpython-3.11"])
def test_runs_cover_every_instruction(python):
    """Every way on from an event leads to another event, over instructions that none has."""
    program = """
import json, sys, types, dis
package = types.ModuleType("_flowtui_probe")
package.__path__ = [sys.argv[1]]
sys.modules["_flowtui_probe"] = package
line_plan = __import__("_flowtui_probe.line_plan", fromlist=["*"])
runs = __import__("_flowtui_probe.instruction_runs", fromlist=["*"])
import textwrap
code = compile(open(textwrap.__file__).read(), "textwrap.py", "exec")
todo, bad, seen = [code], [], 0
while todo:
    each = todo.pop()
    todo += [const for const in each.co_consts if isinstance(const, types.CodeType)]
    plan = line_plan.LinePlan(each, 0, None, code)
    made = runs.Runs(plan)
    for offset, run in made.events.items():
        for following, (reads, count, words) in run.items():
            seen += 1
            if following >= 0 and following not in made.events:
                bad.append((each.co_name, offset, following))
            if words is not None and any(2 * (word & 0xFFFF) in made.events for word in words):
                bad.append((each.co_name, offset, "an event inside"))
            if any(not 1 <= read[0] <= count + 1 for read in reads):
                bad.append((each.co_name, offset, "a read outside"))
print(json.dumps([seen, bad]))
"""
    words = [interpreters.need(python), "-I", "-c", program, str(PROBE)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    seen, bad = json.loads(done.stdout)
    assert seen > 200
    assert bad == []


@pytest.mark.parametrize("finaliser", [False, True])
@pytest.mark.parametrize("python", PYTHONS)
def test_only_what_may_have_run_unseen_counts_as_lost(python, finaliser, tmp_path):
    body = "def __del__(self): self.gone = True" if finaliser else "pass"
    text = f"class Node:\n    {body}\nfor n in range(3000):\n    a = Node()\n    a.me = a\n"
    written, _ = record(python, tmp_path, text)
    assert written.cut == ""
    if not finaliser:
        assert written.control[form.C_LOST] == 0
    else:
        assert written.kinds.count(form.S_CALL) > 1
