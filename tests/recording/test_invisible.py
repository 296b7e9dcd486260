"""What a program sees of its being recorded: nothing. Each prints what it can see, recorded and not."""

from __future__ import annotations

import textwrap

import pytest

from flowtui.engine.running import Run  # noqa: F401  # the parent's half, which both ways share
from tests import interpreters
from tests.programs import run
from tests.recording.kinds import KINDS, NEEDS
from tests.recording.recordings import LIMITS, recorded

PROGRAMS = {
    name: textwrap.dedent(text).lstrip("\n")
    for name, text in {
        "counts": """
            import sys
            def f(x):
                y = x
                print(sys.getrefcount(x))
                return [y, y]
            a = []
            print(sys.getrefcount(a))
            b = f(a)
            print(sys.getrefcount(a), sys.getrefcount(b))
            class C: pass
            c = C()
            d = {"c": c, "again": (c, c)}
            print(sys.getrefcount(c))
            e = [C() for _ in range(3)]
            for each in e:
                print(sys.getrefcount(each))
            del d
            print(sys.getrefcount(c))
            def g():
                yield a
            h = g()
            next(h)
            print(sys.getrefcount(a))
            h.close()
            print(sys.getrefcount(a))
            """,
        "finalisation": """
            class C:
                def __init__(self, name): self.name = name
                def __del__(self): print("del", self.name)
            def f():
                c = C("local")
                print("in f")
            f()
            c = C("one")
            c = C("two")
            x = [C("in a list")]
            x.pop()
            print("popped")
            x = {"k": C("in a dict")}
            x["k"] = None
            print("replaced")
            def g():
                d = C("kept")
                yield 1
            h = g()
            next(h)
            del h
            print("end")
            """,
        "traces": """
            import sys, threading
            print(sys.getprofile(), [type(f).__name__ for f in ()])
            try:
                1 / 0
            except ZeroDivisionError:
                import traceback
                traceback.print_exc(file=sys.stdout)
            frame = sys._getframe()
            print(frame.f_code.co_name, frame.f_lineno, frame.f_locals is globals())
            def f():
                return sorted(sys._getframe().f_locals), sys._getframe(1).f_code.co_name
            print(f(), threading.active_count())
            """,
        "standard streams": """
            import sys
            for stream in sys.stdin, sys.stdout, sys.stderr:
                print(type(stream).__name__, stream.name, stream.mode, stream.encoding, stream.errors, stream.fileno(),
                      stream.isatty(), stream.line_buffering, stream.closed, type(stream.buffer).__name__)
            print("no newline", end="", flush=True)
            sys.stderr.write("to stderr\\n")
            sys.stdout.buffer.write(b"bytes\\n")
            sys.stdout.flush()
            import os
            os.write(1, b"direct\\n")
            """,
        "modules": """
            import sys
            print(sys.argv[1:], __name__, sorted(name for name in globals() if name != "__annotations__"))
            """,
        "weak references": """
            import weakref
            class C: pass
            c = C()
            r = weakref.ref(c, lambda _: print("died"))
            print(weakref.getweakrefcount(c))
            d = c
            del c
            print(r() is d)
            del d
            print(r())
            """,
        "collector": """
            import gc
            print(gc.isenabled(), gc.get_threshold()[:2], gc.garbage)
            class C: pass
            a = C(); a.self = a
            del a
            print(gc.collect() >= 1, gc.collect())
            """,
        "exception": """
            def f(n):
                if not n: raise LookupError("at the bottom")
                f(n - 1)
            f(3)
            """,
        "exit": "import sys\nprint('before')\nsys.exit(3)\n",
        "exit handlers": """
            import atexit
            atexit.register(print, "at exit")
            class C:
                def __del__(self): print("at the very end")
            c = C()
            print("main is done")
            """,
        "recursion limit": """
            import sys
            depth = 0
            def f():
                global depth
                depth += 1
                f()
            try:
                f()
            except RecursionError as error:
                print("RecursionError", depth > 900, str(error)[:32])
            """,
        "locals": """
            def f(a, *b, c=1, **d):
                e = a
                before = dict(locals())
                def inner(): return e
                del e
                e = 5
                return before, sorted(locals()), inner()
            print(f(1, 2, x=3))
            class A:
                x = 1
                y = sorted(k for k in locals() if k[0] != "_")
            print(A.y, vars()["__name__"])
            exec("z = 1; print(z)")
            print(eval("z + 1"), [locals()["z"] for _ in range(1)] if False else "")
            """,
    }.items()
}
PROGRAMS.update({f"kind: {name}": text for name, text in KINDS.items()})
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]


@pytest.mark.parametrize("granularity", ["line", "instruction"])
@pytest.mark.parametrize("python", PYTHONS)
async def test_a_recorded_program_sees_and_says_what_it_does_without(python, granularity):
    path = interpreters.need(python)
    version = tuple(int(part) for part in python.split("-")[1].split("."))
    different = {}
    for name, text in PROGRAMS.items():
        if NEEDS.get(name.removeprefix("kind: "), (3, 8)) > version:
            continue
        if name == "counts" and version < (3, 11):
            continue  # tracing itself refers to a frame's locals there, which getrefcount counts
        plain = await run(text, python=path, limits=LIMITS, name="program.py")
        async with recorded(text, granularity, python=path) as result:
            for stream in ("stdout", "stderr"):
                if result.text(stream) != plain.text(stream):
                    different[name, stream] = (plain.text(stream), result.text(stream))
            if result.ended.exit_status != plain.ended.exit_status:
                different[name, "status"] = (plain.ended.sentence, result.ended.sentence)
            assert result.recording.total > 0, name
    assert different == {}
