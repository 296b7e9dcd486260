"""Runs one recorder over one program, in the interpreter that is measured; prints one JSON object.

``PYTHON recorder_child.py PROBE_FOLDER HOW NAME SIZE ROUNDS [TUTOR_FOLDER]``, HOW out of ``plain`` (no recorder),
``empty`` (a `sys.monitoring` LINE callback that does nothing), ``line``, ``instruction`` (ours) and ``tutor`` (Python
Tutor's).
Each round runs the same program; the least time counts. ``steps`` are the recorder's own; for ours and the empty
callback ``seconds`` is the processor time from the first to the last line of the program.
"""

import io
import json
import mmap
import os
import sys
import tempfile
import time
import types

import recorded_programs

now = time.process_time


def plain(code, name):
    """Just the program."""
    begin = now()
    exec(code, {"__name__": "__main__"})
    return {"seconds": now() - begin, "steps": 0}


def empty(code, name):
    """The cheapest recorder there could be: a callback a line, which does nothing."""
    monitoring = sys.monitoring
    lines = [0]

    def count(code, line):
        lines[0] += 1

    def nothing(code, line):
        pass

    def once(callback):
        monitoring.use_tool_id(3, "empty")
        monitoring.register_callback(3, monitoring.events.LINE, callback)
        for each in codes(code):
            monitoring.set_local_events(3, each, monitoring.events.LINE)
        begin = now()
        exec(code, {"__name__": "__main__"})
        seconds = now() - begin
        for each in codes(code):
            monitoring.set_local_events(3, each, 0)
        monitoring.free_tool_id(3)
        return seconds

    once(count)
    return {"seconds": once(nothing), "steps": lines[0]}


def codes(code):
    """A code object and those inside it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from codes(const)


def ours(granularity):
    """Our recorder, as the probe uses it, into files."""
    package = types.ModuleType("_flowtui_probe")
    package.__path__ = [sys.argv[1]]
    sys.modules["_flowtui_probe"] = package
    form = __import__("_flowtui_probe.recording_format", fromlist=["*"])
    recorder = __import__("_flowtui_probe.recorder", fromlist=["*"])

    def run(code, name):
        with tempfile.TemporaryDirectory() as folder:
            descriptors = {}
            for stream in form.STREAMS:
                descriptors[stream] = os.open(os.path.join(folder, stream), os.O_RDWR | os.O_CREAT, 0o600)
                os.ftruncate(descriptors[stream], 4096 if stream == "control" else 64 << 20)
            options = {
                "granularity": granularity,
                "steps": 1 << 24,
                "bytes": 1 << 30,
                "seconds": 600.0,
                "library": False,
                "folder": folder,
                "path": name,
                "source": source.encode(),
                "exact_stack": True,
            }
            copies = {stream: os.dup(descriptor) for stream, descriptor in descriptors.items()}
            made = recorder.make(copies, options)
            main = types.ModuleType("__main__")
            begin = now()
            made.run(code, main.__dict__)
            seconds = now() - begin
            return {"seconds": seconds, **measure(descriptors)}

    return run


def measure(descriptors):
    """Steps and bytes of a recording."""
    steps = 0
    used = {}
    for stream, descriptor in descriptors.items():
        with mmap.mmap(descriptor, 0) as data:
            size = {"steps": 4, "changes": 16, "heap": 24, "texts": 5, "code": 1, "control": 8}[stream]
            end = end_of(data)
            used[stream] = -(-end // size) * size if stream in ("steps", "changes") else end
            if stream == "steps":
                steps = used[stream] // 4 - 1
        os.close(descriptor)
    recorded = sum(used[stream] for stream in ("steps", "changes", "heap", "texts"))
    return {"steps": steps, "bytes": recorded}


def end_of(data):
    """Where the zeros at the end begin."""
    low, page = len(data), 1 << 16
    zeros = bytes(page)
    while low and data[low - page : low] == zeros:
        low -= page
    return low - page + len(data[low - page : low].rstrip(b"\0")) if low else 0


def tutor(code, name):
    """Python Tutor's recorder, without its limit of steps."""
    sys.path.insert(0, sys.argv[6])
    import warnings

    warnings.simplefilter("ignore")
    import pg_logger

    pg_logger.MAX_EXECUTED_LINES = 1 << 30
    begin = now()
    steps = pg_logger.exec_script_str_local(source, "[]", False, False, lambda text, trace: len(trace))
    return {"seconds": now() - begin, "steps": steps}


def main():
    """Measure."""
    global source
    how, name, size, rounds = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    source = recorded_programs.source(name, size)
    code = compile(source, name, "exec")
    run = {"plain": plain, "empty": empty, "tutor": tutor}.get(how) or ours(how)
    real, best = sys.stdout, None
    for _ in range(rounds):
        sys.stdout = io.StringIO()
        try:
            result = run(code, name)
        finally:
            sys.stdout = real
        if best is None or result["seconds"] < best["seconds"]:
            best = result
    print(json.dumps(best))


if __name__ == "__main__":
    main()
