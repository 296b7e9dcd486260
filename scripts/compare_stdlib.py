"""Compare every file of the standard library with what its own interpreter says of it.

    python scripts/compare_stdlib.py [--sample N] [PYTHON …]

Tokens, AST and bytecode from the probe are set beside plain `tokenize`, `ast` and `dis`
(`tests/probe/oracle.py`) on the same interpreter; and the stack's depth must fit in what the compiler
reserved. Without names it takes the interpreters that the tests find. Two files at a time; the status is 1
when anything differs.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The tests are there only once the path is set.
from flowtui.engine.files import decode_source  # noqa: E402  # see above
from tests.interpreters import interpreters  # noqa: E402  # see above
from tests.probe import comparison  # noqa: E402  # see above
from tests.probe.probes import Probe  # noqa: E402  # see above

ORACLE = ROOT / "tests" / "probe" / "oracle.py"
WORKERS = 2


def library(python: str) -> list[str]:
    """Every Python file of an interpreter's standard library."""
    ask = "import os; print(os.path.dirname(os.__file__))"
    folder = subprocess.run(
        [python, "-I", "-c", ask], stdout=subprocess.PIPE, check=True, timeout=30, text=True
    )
    paths = Path(folder.stdout.strip()).rglob("*.py")
    return sorted(str(path) for path in paths if "site-packages" not in path.parts and path.is_file())


def compare(python: str, paths: list[str], report: list[str]) -> int:
    """Compare these files with one probe and one oracle: how many differ; a line in `report` for each."""
    oracle = subprocess.Popen(
        [python, "-I", str(ORACLE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert oracle.stdin is not None
    assert oracle.stdout is not None
    oracle.stdin.write("\n".join(paths) + "\n")
    oracle.stdin.close()
    probe = Probe(python)
    different = 0
    try:
        for path, line in zip(paths, oracle.stdout, strict=True):
            expected: dict[str, Any] = json.loads(line)
            try:
                data = Path(path).read_bytes()
                frames = probe.analyse(data, name=path)
                found = comparison.digests(frames, decode_source(data, path).lines)
                differing = comparison.differences(expected, found) + comparison.depth_faults(frames)
            except (EOFError, AssertionError) as error:
                differing = [f"the probe failed: {error!r}"]
                probe = Probe(python)
            if differing:
                different += 1
                report.append(f"{path}: {'; '.join(differing)}")
    finally:
        probe.close()
        oracle.kill()
        oracle.wait()
        oracle.stdout.close()
    return different


def main(arguments: list[str]) -> int:
    """Compare; print one line an interpreter, and one a file that differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="N files an interpreter, not all")
    parser.add_argument("pythons", nargs="*", metavar="PYTHON")
    options = parser.parse_args(arguments)
    failed = False
    for python in options.pythons or sorted(interpreters().values()):
        paths = library(python)
        if options.sample:
            paths = random.Random(0).sample(paths, min(options.sample, len(paths)))
        report: list[str] = []
        with ThreadPoolExecutor(WORKERS) as pool:
            shares = [paths[i::WORKERS] for i in range(WORKERS)]
            different = sum(pool.map(partial(compare, python, report=report), shares))
        print(f"{python}: {len(paths)} files, {different} differ", flush=True)
        for line in sorted(report):
            print("   ", line, flush=True)
        failed = failed or bool(different)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
