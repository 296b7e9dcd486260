"""A program runs as ``python FILE`` runs it: the same output, the same tracebacks, the same status."""

from __future__ import annotations

import asyncio
import os
import subprocess
import textwrap

from tests.programs import run

PROGRAMS = {
    "names": """
        print(sorted(globals()))
        print(__name__, __file__, __spec__, __package__, __doc__)
        print(type(__builtins__).__name__, __loader__.name)
        import sys
        print(sys.argv, sys.path[0], __import__("__main__").__dict__ is globals())
        print(sys.stdin.name, sys.stdin.fileno())
        print(repr(sys.stdin), sys.stdin is sys.__stdin__)
    """,
    "docstring": """
        "What it is."
        x: int = 3
        print(__doc__, __annotations__ if "__annotations__" in globals() else None)
    """,
    "error": """
        def f(n):
            return n and (1 / (n - n))
        print("before")
        f(3)
    """,
    "chained": """
        def f():
            raise KeyError("é數")
        try:
            f()
        except KeyError as error:
            raise ValueError("first\\nsecond") from error
    """,
    "context": """
        try:
            {}["x"]
        except KeyError:
            undefined
    """,
    "recursion": """
        def f(n):
            raise ValueError if n == 0 else f(n - 1)
        f(50)
    """,
    "syntax": "x = 1\ny = (2 +\n",
    "syntax_wide": 'a = "é數"; b = "ü" 1\n',
    "return_outside": 'a = "é"\nreturn a\n',
    "indentation": "if True:\nx = 1\n",
    "tabs": "if True:\n        x = 1\n\ty = 2\n",
    "imported_error": """
        import json
        json.loads("{")
    """,
    "exit_text": "import sys\nsys.exit('so long')\n",
    "exit_number": "raise SystemExit(3)\n",
    "own_hook": """
        import sys
        sys.excepthook = lambda kind, value, trace: print("hook:", kind.__name__, value, trace.tb_lineno)
        1 / 0
    """,
    "caught": """
        import traceback
        try:
            1 / 0
        except ZeroDivisionError:
            traceback.print_exc()
    """,
    "warning": """
        import warnings
        def f(): warnings.warn("careful", UserWarning, stacklevel=1)
        f()
    """,
    "syntax_warning": "print(1 is 1)\n",
    "atexit": """
        import atexit, threading
        atexit.register(print, "last")
        main_said = threading.Event()
        threading.Thread(target=lambda: (main_said.wait(), print("thread"))).start()
        print("main")
        main_said.set()
    """,
    "class_of_a_module": """
        import collections
        class Own(collections.UserDict, Exception): pass
        raise Own()
    """,
    "crlf": "x = 1\r\ndef f():\r\n    return x + ''\r\nf()\r\n",
    "latin": "# -*- coding: latin-1 -*-\nx = 'caf\xe9'\nprint(len(x))\nx.nothing\n",
    "notes": """
        error = ValueError("noted")
        if hasattr(error, "add_note"): error.add_note("a note")
        raise error
    """,
    "group": """
        import sys
        if sys.version_info >= (3, 11):
            raise ExceptionGroup("several", [ValueError(1), TypeError("two")])
    """,
    "imports_of_ours": """
        for name in ("tokens", "tree", "wire", "program", "keeper", "serve", "stage", "text"):
            try:
                __import__(name)
            except ImportError:
                continue
            print(name)
    """,
    "pickled": """
        import pickle
        class Point: pass
        print(pickle.loads(pickle.dumps(Point())).__class__ is Point)
    """,
    "input": """
        name = input("name? ")
        import sys
        print(name, repr(sys.stdin.readline()), sys.stdin.buffer.read(), input if name == "x" else "")
    """,
}

#: Where CPython of these minor versions prints the place of an error of the compiler in another way, and why.
KNOWN = {
    ("syntax_wide", 9, 12): "its printer counts bytes where it should count characters",
    ("syntax", 8, 9): "its tokenizer sees one line more at the end of a file than at the end of a text",
    (
        "tabs",
        9,
        12,
    ): "its printer takes the line from the tokenizer's buffer and finds no place for the caret",
}


def minor_of(python: str) -> int:
    """13 for CPython 3.13; -1 for another implementation."""
    code = "import sys; print(sys.version_info[1] if sys.implementation.name == 'cpython' else -1)"
    return int(subprocess.run([python, "-I", "-c", code], capture_output=True, check=True).stdout)


async def plain(python: str, path: str, given: bytes) -> tuple[str, str, int]:
    """What the interpreter alone makes of a file, without the environment's wishes."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    process = await asyncio.create_subprocess_exec(
        python,
        path,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
    )
    out, err = await process.communicate(given)
    return out.decode(), err.decode(), process.returncode or 0


async def test_the_same_as_the_interpreter_alone(python, tmp_path):
    different = []
    minor = minor_of(python)
    known = {name for name, first, last in KNOWN if first <= minor <= last}
    for name, text in PROGRAMS.items():
        path = tmp_path / f"{name}.py"
        encoding = "latin-1" if name == "latin" else "utf-8"
        path.write_bytes((text if "\r" in text else textwrap.dedent(text)).encode(encoding))
        given = "Ann\nsecond\nthird"

        def answer(program, event, given=given):
            if type(event).__name__ == "InputWanted":
                program.write_input(given)
                program.close_input()

        record = await run(path.read_bytes(), path=str(path), name=path.name, python=python, on_event=answer)
        expected = await plain(python, str(path), given.encode())
        got = (record.text("stdout"), record.text("stderr"), record.ended.exit_status)
        if name in known:  # the same but for lines that show the place
            got, expected = ((each[0], each[1].splitlines()[-1], each[2]) for each in (got, expected))
        if got != expected:
            different.append((name, expected, got))
    assert different == []


async def test_a_source_without_a_file_shows_its_lines(python):
    record = await run("def f():\n    return 1 / 0  # here\nf()\n", python=python)
    assert 'File "<code>", line 2, in f\n    return 1 / 0  # here\n' in record.text("stderr")
    error = record.ended.error
    assert error is not None
    assert [(frame.filename, frame.line, frame.name) for frame in error.frames] == [
        ("<code>", 3, "<module>"),
        ("<code>", 2, "f"),
    ]
    assert error.frames[1].text == "    return 1 / 0  # here"
    assert error.frames[1].span in (None, (2, 11, 2, 16))


async def test_hello_input_and_arguments(python):
    def answer(program, event):
        if type(event).__name__ == "InputWanted":
            program.write_input("Änn\n")

    code = "import sys\nprint('hello', sys.argv)\nprint(input('who? '))"
    record = await run(code, python=python, arguments=["a", "é"], on_event=answer)
    assert record.text("stdout") == "hello ['<code>', 'a', 'é']\nwho? Änn\n"
    assert record.text("stdin") == "Änn\n"
    assert record.ended.exit_status == 0
    assert record.ended.cpu > 0
    assert record.ended.peak_memory > 1 << 20


async def test_specialised_instructions_where_there_are_any(python):
    loop = "    total = 0\n    for i in range(n): total = total + i\n    return total\n"
    code = f"def f(n):\n{loop}f(1000); f(1000)\n"
    record = await run(code, python=python, specialised=True)
    assert record.specialised is not None
    names = {name for number, _, name in record.specialised.rows if number == 1}
    if "BINARY_OP_ADD_INT" not in names:
        described = await run(
            "import sys\nprint(sys.implementation.name, sys.version_info >= (3, 11))", python=python
        )
        assert described.text("stdout") != "cpython True\n"
        assert record.specialised.rows == ()


async def test_a_module_of_the_program_wins_over_the_same_name_of_ours(tmp_path):
    (tmp_path / "json.py").write_text("name = 'the learner'\n")
    (tmp_path / "linecache.py").write_text("name = 'too'\n")
    path = tmp_path / "main.py"
    path.write_text("import json, linecache\nprint(json.name, linecache.name)\n1 / 0\n")
    record = await run(path.read_bytes(), path=str(path), name="main.py")
    assert record.text("stdout") == "the learner too\n"
    assert "1 / 0" in record.text("stderr")


async def test_what_is_run_is_the_text_and_not_the_file(tmp_path):
    path = tmp_path / "main.py"
    path.write_text("print('old')\n")
    record = await run("print('new')\n1 / 0 # new", path=str(path), name="main.py")
    assert record.text("stdout") == "new\n"
    assert "1 / 0 # new" in record.text("stderr")


async def test_pythonpath_counts(tmp_path, monkeypatch):
    (tmp_path / "far_away.py").write_text("print('found')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert (await run("import far_away")).text("stdout") == "found\n"


async def test_ctrl_c_is_130():
    record = await run("raise KeyboardInterrupt")
    assert record.ended.exit_status == 130
    assert record.text("stderr").endswith("KeyboardInterrupt\n")


async def test_output_streams_line_by_line():
    """The second line waits for an answer to the first, which must have come."""

    def answer(program, event):
        if type(event).__name__ == "Output" and event.stream == "stdout" and "one" in event.text:
            program.write_input("go\n")

    record = await run("import os\nprint('one')\nos.read(0, 10)\nprint('two')", on_event=answer)
    assert record.text("stdout") == "one\ntwo\n"


async def test_multiprocessing_finds_the_program(tmp_path):
    path = tmp_path / "main.py"
    path.write_text(
        textwrap.dedent("""
            import multiprocessing
            def double(n): return 2 * n
            if __name__ == "__main__":
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    print(pool.map(double, [1, 2]))
        """)
    )
    record = await run(path.read_bytes(), path=str(path), name="main.py")
    assert record.text("stdout") == "[2, 4]\n", record.text("stderr")
    assert record.ended.processes_killed == 0


async def test_spans_count_code_points():
    record = await run('x = "é數🐍" + 1')
    assert record.ended.error is not None
    assert record.ended.error.frames[0].span == (1, 4, 1, 13)


async def test_the_place_of_a_syntax_error_is_a_frame_without_a_name():
    record = await run('a = "é"; b = "ü" 1')
    error = record.ended.error
    assert error is not None
    assert error.type == "SyntaxError"
    assert [(frame.line, frame.name, frame.span) for frame in error.frames] == [(1, "", (1, 17, 1, 18))]
