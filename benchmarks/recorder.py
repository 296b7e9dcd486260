"""How fast a run is recorded, beside Python Tutor's recorder and beside a tracer that does nothing.

Claims: by lines on 3.11 at least 15 times Python Tutor's recorder on every program and 50 times by geometric mean; by
lines on 3.13 within 15 times of an empty `sys.monitoring` LINE callback; by instructions at least 1.5 times as many
steps a second as by lines; at most 25 bytes a step.

``python benchmarks/recorder.py [--tutor FOLDER] [--rounds N] [--python VERSION=PATH]…``. FOLDER holds Python Tutor's
``pg_logger.py`` and ``pg_encoder.py`` (v5-unity); it needs 3.11 or older, since it imports `imp`. Its programs are the
small ones, for it is slow; ours records the same small ones there. Everything runs in this one run, round by round.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from recorded_programs import LARGE, PROGRAMS, SMALL

HERE = Path(__file__).parent
PROBE = HERE.parent / "flowtui" / "probe"


def run(python: str, how: str, name: str, size: int, rounds: int, *more: str) -> dict[str, Any]:
    """One recorder over one program."""
    words = [python, str(HERE / "recorder_child.py"), str(PROBE), how, name, str(size), str(rounds), *more]
    done = subprocess.run(words, capture_output=True, text=True, cwd=HERE)
    if done.returncode:
        sys.exit(f"{how} {name} on {python}: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)  # type: ignore[no-any-return]  # what the child prints is a dictionary


def rate(result: dict[str, Any]) -> float:
    """Steps a second."""
    return result["steps"] / result["seconds"]


def versus_tutor(python: str, folder: str, rounds: int) -> None:
    """By lines, the same small programs on the same interpreter."""
    print(f"{'':14}{'tutor k/s':>12}{'ours k/s':>12}{'ratio':>8}")
    ratios = []
    for name in PROGRAMS:
        theirs = run(python, "tutor", name, SMALL[name], max(2, rounds // 2), folder)
        ours = run(python, "line", name, SMALL[name], rounds * 4)
        ratios.append(rate(ours) / rate(theirs))
        print(f"{name:14}{rate(theirs) / 1e3:12.1f}{rate(ours) / 1e3:12.0f}{ratios[-1]:8.0f}×")
    print(
        f"least {min(ratios):.1f}× (at least 15), geometric mean {geometric_mean(ratios):.1f}× (at least 50)\n"
    )


def levels(python: str, rounds: int, empty: bool) -> None:
    """By lines and by instructions, with the bytes; on 3.12 and newer beside the empty callback."""
    print(
        f"{'':14}{'line k/s':>10}{'bytes':>7}{'instr k/s':>11}{'bytes':>7}{'instr/line':>12}{'empty/line':>12}"
    )
    ratios, factors, rates = [], [], []
    for name in PROGRAMS:
        line = run(python, "line", name, LARGE[name], rounds)
        instruction = run(python, "instruction", name, LARGE[name], rounds)
        rates.append(rate(line))
        ratios.append(rate(instruction) / rate(line))
        row = (
            f"{name:14}{rate(line) / 1e3:10.0f}{line['bytes'] / line['steps']:7.1f}"
            f"{rate(instruction) / 1e3:11.0f}{instruction['bytes'] / instruction['steps']:7.1f}{ratios[-1]:12.2f}"
        )
        if empty:
            nothing = run(python, "empty", name, LARGE[name], rounds)
            factors.append(rate(nothing) / rate(line))
            row += f"{factors[-1]:11.1f}×"
        print(row)
    print(
        f"by lines {geometric_mean(rates) / 1e3:.0f} k steps/s; instr/line {geometric_mean(ratios):.2f} (at least 1.5)"
    )
    if factors:
        print(f"the empty callback is {geometric_mean(factors):.1f}× as fast (at most 15)")
    print()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tutor", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", action="append", default=[])
    words = parser.parse_args()
    pythons = dict(word.split("=", 1) for word in words.python) or {
        ".".join(map(str, sys.version_info[:2])): sys.executable
    }
    for version, path in pythons.items():
        number = tuple(map(int, version.split(".")))
        print(f"CPython {version}")
        if words.tutor and number < (3, 12):
            versus_tutor(path, words.tutor, words.rounds)
        levels(path, words.rounds, number >= (3, 12))


if __name__ == "__main__":
    main()
