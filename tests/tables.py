"""Real tables for tests: a probe's, asked over the wire without the engine."""

from __future__ import annotations

import os
import subprocess
import sys
from array import array
from functools import lru_cache
from pathlib import Path

import flowtui.probe
from flowtui.model.analysis import STAGES, Analysis
from flowtui.model.failure import Failure
from flowtui.model.source import split_lines
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.probe.wire import Decoder, encode

MAKERS = {"tokens": TokenTable, "ast": TreeTable, "symbols": SymbolTable, "bytecode": CodeTable}
PROBE = Path(flowtui.probe.__file__).parent / "__main__.py"

DEMO = '''"""Where does the value live?"""
from dataclasses import dataclass


@dataclass
class Point:
    x: float
    y: float


def norm(p: Point) -> float:
    return (p.x ** 2 + p.y ** 2) ** 0.5


def walk(points, step=1):
    total = 0
    seen = []
    for i, p in enumerate(points):
        total = total + norm(p) * step
        seen.append((i, total))
    return total, seen


path = [Point(3, 4), Point(6, 8), Point(5, 12)]
name = "naïve 数 🐍"
result, log = walk(path)
print(name, f"{result:.1f}", log[-1])
'''


@lru_cache(maxsize=32)
def analyse(text: str, python: str = sys.executable) -> Analysis:
    """What `python` makes of a text, every stage of it."""
    to_probe, from_us = os.pipe()
    to_us, from_probe = os.pipe()
    arguments = [python, "-I", str(PROBE), "analyse", str(to_probe), str(from_probe)]
    process = subprocess.Popen(arguments, pass_fds=(to_probe, from_probe))
    os.close(to_probe)
    os.close(from_probe)
    analysis = Analysis(version=1, lines=tuple(split_lines(text)))
    request = {"kind": "analyse", "id": 1, "name": "demo.py", "stages": list(STAGES)}
    data = text.encode("utf-8", "surrogatepass")
    decoder = Decoder()
    done = False
    with process, os.fdopen(to_us, "rb", buffering=0) as into, os.fdopen(from_us, "wb") as out:
        out.write(encode(request, {"source": array("B", data)}))
        out.flush()
        while not done:
            piece = into.read(1 << 20)
            assert piece, "the probe ended before it was done"
            for frame in decoder.feed(piece):
                assert frame.kind != "fault", frame.head
                analysis = take(analysis, frame)
                done = done or frame.kind == "done"
    return analysis


def take(analysis, frame):
    head = frame.head
    if frame.kind == "stage":
        return analysis.with_table(head["stage"], MAKERS[head["stage"]].from_frame(head, frame.columns))
    if frame.kind == "failure":
        import msgspec

        names = {field.name for field in msgspec.structs.fields(Failure)}
        return analysis.with_failure(msgspec.convert({k: v for k, v in head.items() if k in names}, Failure))
    return analysis
