"""Programs that misbehave while recorded: the same sentences as without, and what was recorded can be walked."""

from __future__ import annotations

import inspect
import re
import textwrap

import pytest

from flowtui.engine.recording.record import record
from flowtui.engine.recording.streams import RecordingError
from flowtui.engine.running import Run
from flowtui.model.trace import RecordingOptions
from tests import interpreters, programs
from tests.hostile import test_hostile_programs as hostile
from tests.programs import marked
from tests.recording.recordings import LIMITS, recorded

pytestmark = pytest.mark.hostile

START = Run.start.__func__
#: Programs that meet another limit first while they are recorded, for it takes time and memory of its own; and a trace
#: function sees what it sees of the recorder's.
SLOWER = ("a_trace_function", "overflows_the_stack", "eating_memory")
#: Of an object in a message: another one in every run.
ADDRESS = re.compile(r"\b0x[0-9a-f]+")


def names_of(mark):
    """The parameters of a mark."""
    named = mark.args[0]
    return [each.strip() for each in named.split(",")] if isinstance(named, str) else list(named)


def cases():
    """Every hostile program's test that takes nothing but its own parameters; the others say something else."""
    for name, function in vars(hostile).items():
        if name.startswith("test_") and not any(word in name for word in SLOWER):
            parameters = set(inspect.signature(function).parameters)
            marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
            if parameters <= {each for mark in marks for each in names_of(mark)} and len(marks) < 2:
                for values in marks[0].args[1] if marks else [None]:
                    yield pytest.param(function, marks, values, id=f"{name}-{values}" if marks else name)


@pytest.fixture
def recordings(monkeypatch):
    """Every run is recorded; gives the recorded runs."""
    made = []

    async def start(interpreter, source, on_event, *, limits=None, arguments=(), report_specialised=False):
        monkeypatch.setattr(Run, "start", classmethod(START))
        try:
            options = RecordingOptions(granularity="line")
            one = await record(
                interpreter, source, on_event, options=options, limits=limits, arguments=arguments
            )
        finally:
            monkeypatch.setattr(Run, "start", staticmethod(start))
        made.append(one)
        return one.run

    monkeypatch.setattr(Run, "start", staticmethod(start))
    monkeypatch.setattr(programs.Run, "start", staticmethod(start))
    yield made
    for one in made:
        one.close()


@pytest.mark.parametrize(("function", "marks", "values"), cases())
async def test_what_it_comes_to_is_the_same(recordings, function, marks, values):
    names = names_of(marks[0]) if marks else []
    values = values if len(names) > 1 else [values]
    await function(**dict(zip(names, values, strict=False)))
    for one in recordings:
        recording = one.recording
        try:
            recording.update()
        except RecordingError as error:  # the program has written into the recording's own files
            assert str(error).startswith("The recording is damaged")
            continue
        for n in {1, recording.total // 2, recording.total} - {0}:
            if n <= recording.total:
                assert recording.state(n).step.number == n
        if not one.unrecorded and recording.total:
            assert recording.end is not None
            assert recording.end.sentence.endswith(".")


LIES = {
    "a lying repr": """
        class C:
            def __repr__(self): raise SystemError("repr")
            __str__ = __format__ = __repr__
        c = C()
        d = {1: c, "c": [c]}
        x = 1
        """,
    "a lying equality": """
        class C:
            def __init__(self): self.name = "c"
            def __eq__(self, other): print("eq"); raise RuntimeError
            def __hash__(self): print("hash"); return 1
            def __bool__(self): print("bool"); raise RuntimeError
            def __len__(self): print("len"); return 10 ** 18
        c = C()
        first = [c, C()]
        first[0] = None
        second = (c, c)
        c.name = "changed"
        """,
    "a lying class": """
        class C:
            @property
            def __class__(self): print("class"); return int
            @property
            def __dict__(self): print("dict"); raise AttributeError
            def __getattribute__(self, name): print("get", name); raise AttributeError(name)
        c = C()
        table = [c, {"c": c}]
        del table[0]
        """,
    "a metaclass": """
        class M(type):
            def __getattribute__(cls, name): print("meta", name); raise AttributeError
            def __instancecheck__(cls, x): print("check"); return True
            def __eq__(cls, other): print("meta eq"); return True
            def __hash__(cls): print("meta hash"); return 1
        class C(metaclass=M): pass
        """,
    "a list that lies": """
        class L(list):
            def __len__(self): print("len"); return 5
            def __iter__(self): print("iter"); raise RuntimeError
            def __getitem__(self, i): print("item"); raise RuntimeError
        x = L([1, 2])
        x.append(3)
        class D(dict):
            def __iter__(self): print("iter"); raise RuntimeError
            def keys(self): print("keys"); raise RuntimeError
            items = values = keys
        y = D(a=1)
        y.update(b=2)
        """,
    "a finaliser that raises": """
        class C:
            def __del__(self): raise ValueError("in del")
        for n in range(3):
            c = C()
        c = None
        x = 1
        """,
    "patched modules": """
        import sys, gc, builtins, os
        def broken(*args, **kwargs): raise RuntimeError("patched")
        for name in ("getrefcount", "getsizeof", "_getframe", "settrace", "setprofile", "gettrace"):
            setattr(sys, name, broken)
        gc.collect = gc.get_objects = gc.is_tracked = broken
        def f(x):
            y = [x]
            y.append(2)
            return y
        print(f(1))
        """,
    "emptied gc callbacks": """
        import gc
        gc.callbacks.clear()
        a = []
        a.append(a)
        del a
        gc.collect()
        print("done")
        """,
    "no builtins": """
        x = [1]
        __builtins__ = {}
        y = x[0] + 1
        del __builtins__
        z = y
        """,
    "deleted everything": """
        import sys
        for name in list(globals()):
            if name not in ("sys", "name"): del globals()[name]
        sys.modules.clear()
        x = 1
        """,
    "generators alive at exit": """
        def g():
            try:
                yield 1
                yield 2
            finally:
                print("closed")
        a, b = g(), g()
        next(a); next(b)
        cycle = [a]
        cycle.append(cycle)
        """,
    "threads past the end": """
        import threading, time
        go = threading.Event()
        def work():
            go.wait()
            for n in range(5): x = n
            print("worked", x)
        threading.Thread(target=work).start()
        go.set()
        """,
    "daemon threads past the end": """
        import threading, time
        def work():
            n = 0
            while True: n += 1
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.05)
        print("main is over")
        """,
    "a fork that goes on": """
        import os
        pid = os.fork()
        for n in range(50): x = [n]
        if pid: os.waitpid(pid, 0)
        else: os._exit(0)
        print("parent", x)
        """,
    "deep nesting": """
        x = []
        for n in range(300): x = [x]
        y = {}
        for n in range(300): y = {"k": y}
        z = 1
        """,
    "a huge list": """
        x = list(range(300000))
        x.append(1)
        x[5] = "changed"
        y = "s" * 10 ** 6
        z = 10 ** 5000
        """,
    "removed trace functions": """
        import sys, threading
        x = 1
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        def f(): return 5
        print(f())
        """,
    "its own trace function": """
        import sys
        seen = []
        def tracer(frame, event, arg):
            seen.append(event)
            return tracer
        def f():
            x = 1
            return x
        sys.settrace(tracer)
        f()
        sys.settrace(None)
        print(seen)
        """,
    "its own monitoring": """
        import sys
        if hasattr(sys, "monitoring"):
            for n in range(6):
                try: sys.monitoring.free_tool_id(n)
                except ValueError: pass
            sys.monitoring.use_tool_id(4, "mine")
        def f():
            x = 1
            return x
        print(f())
        """,
    "frames written to": """
        import sys
        def f():
            x = 1
            sys._getframe().f_locals["x"] = 2
            sys._getframe().clear if False else None
            frame = sys._getframe()
            frame.f_trace = None
            frame.f_trace_lines = False
            y = x
            return y in (1, 2)
        print(f())
        """,
    "a very long line": "x = ["
    + ", ".join(map(str, range(3000)))
    + "]\ny = "
    + " + ".join(["1"] * 300)
    + "\n",
    "a recursion error": """
        def f(n): return f(n + 1)
        try: f(0)
        except RecursionError as error: print("caught", type(error).__name__)
        x = 1
        """,
    "names in many ways": "\n".join(f"v{n} = {n}" for n in range(3000)) + "\nprint(v2999)\n",
}
#: The oldest, the last and the first of each way of recording, and the newest that learners have.
PYTHONS = ["cpython-3.8", "cpython-3.11", "cpython-3.12", "cpython-3.13"]


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("python", PYTHONS)
async def test_a_program_that_lies_prints_what_it_prints_unrecorded(python, lie, granularity):
    path = interpreters.need(python)
    text = textwrap.dedent(LIES[lie]).lstrip("\n")
    plain = await programs.run(text, python=path, limits=LIMITS, name="program.py")
    async with recorded(text, granularity, python=path) as result:
        assert result.text("stdout") == plain.text("stdout")
        assert ADDRESS.sub("0x", result.text("stderr")) == ADDRESS.sub("0x", plain.text("stderr"))
        assert result.ended.exit_status == plain.ended.exit_status
        assert result.ended.signal == plain.ended.signal
        recording = result.recording
        assert recording.total > 3
        for n in range(1, recording.total + 1, max(1, recording.total // 100)):
            assert recording.state(n, frame_limit=40).step.number == n
        assert recording.end is not None
        assert recording.end.cut in ("", "untraced")
        assert recording.end.sentence.endswith(".")
    assert marked(result.recorded.run.token) == []
