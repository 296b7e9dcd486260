"""Tokens, tree and bytecode are those of the interpreter's own modules, on every interpreter at hand."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from flowtui.engine.files import decode_source
from tests.probe import comparison
from tests.probe.probes import Probe
from tests.probe.sources import SOURCES

ORACLE = Path(__file__).with_name("oracle.py")
SAMPLE = 12


def ask_oracle(python: str, paths: list[Path], *options: str) -> list[dict[str, Any]]:
    answer = subprocess.run(
        [python, "-I", str(ORACLE), *options],
        input="".join(f"{path}\n" for path in paths),
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
        encoding="utf-8",
    )
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.fixture(scope="module")
def crafted(python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The oracle's rows for each crafted source."""
    folder = tmp_path_factory.mktemp("sources")
    paths = []
    for number, data in enumerate(SOURCES.values()):
        paths.append(folder / f"{number}.py")
        paths[-1].write_bytes(data)
    answers = ask_oracle(python, paths, "--rows")
    return dict(zip(SOURCES, answers, strict=True))


@pytest.mark.parametrize("name", SOURCES)
def test_crafted_source(probe: Probe, crafted: dict[str, dict[str, Any]], name: str) -> None:
    data, expected = SOURCES[name], crafted[name]
    frames = probe.analyse(data, name=expected["path"])
    found = comparison.rows_of(frames, decode_source(data, name).lines)
    for stage in ("tokens", "ast", "bytecode"):
        wanted, got = expected[stage], found.get(stage)
        if isinstance(wanted, dict):
            # The stages behind a tree that failed are not tried.
            assert got == wanted or (stage == "bytecode" and "ast!" in frames)
            continue
        assert not isinstance(got, dict), got
        rows = json.loads(json.dumps(got))
        if stage == "bytecode" and any(len(row) == 12 and row[1] is None for row in wanted):
            rows = json.loads(json.dumps(comparison.without_qualname(got)))
        assert rows == wanted
    assert comparison.depth_faults(frames) == []


def test_sample_of_the_standard_library(probe: Probe, python: str) -> None:
    ask = "import os; print(os.path.dirname(os.__file__))"
    folder = subprocess.run([python, "-I", "-c", ask], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    paths = [
        path
        for path in sorted(Path(folder.stdout.strip()).rglob("*.py"))
        if "site-packages" not in path.parts and path.is_file() and 500 < path.stat().st_size < 60_000
    ]
    paths = random.Random(python).sample(paths, SAMPLE)
    for path, expected in zip(paths, ask_oracle(python, paths), strict=True):
        data = path.read_bytes()
        frames = probe.analyse(data, name=str(path))
        found = comparison.digests(frames, decode_source(data, str(path)).lines)
        assert comparison.differences(expected, found) + comparison.depth_faults(frames) == [], path
