"""An analysis for pictures, as CPython 3.13 gave it: the same on every machine, whatever runs the tests.

``python -m tests.ui.recorded PYTHON`` records it anew.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from array import array
from pathlib import Path

import msgspec

from flowtui.engine.folding import TABLES
from flowtui.model.analysis import STAGES, Analysis
from flowtui.model.interpreter import Interpreter
from flowtui.model.source import split_lines
from flowtui.model.stages import TokenTable
from flowtui.model.tables import SPAN_COLUMNS
from flowtui.probe.wire import Decoder, encode
from tests.tables import DEMO

FILE = Path(__file__).parent / "data" / "demo.frames.gz"


def load(version: int) -> tuple[Interpreter, Analysis]:
    """The interpreter, and what it made of `DEMO`, as the analysis of that version of a text."""
    frames = Decoder().feed(gzip.decompress(FILE.read_bytes()))
    interpreter = msgspec.convert(frames[0].head["interpreter"], Interpreter)
    analysis = Analysis(version=version, lines=tuple(split_lines(DEMO)))
    for stage, frame in zip(STAGES, frames[1:], strict=True):
        analysis = analysis.with_table(stage, TABLES[stage].from_frame(frame.head, frame.columns))
    return interpreter, msgspec.structs.replace(analysis, complete=True, milliseconds={})


async def record(python: str) -> None:
    """Write the file."""
    from flowtui.engine.analysis import analyse
    from flowtui.engine.files import decode_source
    from flowtui.engine.interpreters import find

    interpreter = await find(python)
    analysis = await analyse(interpreter, decode_source(DEMO.encode(), "demo.py"))
    interpreter = msgspec.structs.replace(interpreter, path="/usr/bin/python3", real_path="/usr/bin/python3")
    out = encode({"kind": "recorded", "interpreter": msgspec.to_builtins(interpreter)})
    for stage in STAGES:
        table = analysis.table(stage)
        assert table is not None, f"{stage}: {analysis.failures}"
        if isinstance(table, TokenTable):
            table = table.with_lines(())
        fields = msgspec.to_builtins(
            {
                f.name: v
                for f in msgspec.structs.fields(table)
                if not isinstance(v := getattr(table, f.name), array)
            }
        )
        columns = {
            f.name: v for f in msgspec.structs.fields(table) if isinstance(v := getattr(table, f.name), array)
        }
        assert set(SPAN_COLUMNS) <= set(columns)
        fields["milliseconds"] = 0.0
        out += encode({"kind": "stage", "stage": stage, **fields}, columns)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(gzip.compress(out, mtime=0))


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
