"""A recording of a million steps: how long it takes to take it in, what it needs in memory, how fast any step opens.

Claims: a state opens in 1 ms at p99 wherever it is; the index is built while the program is recorded; a process that
reads the recording stays below 150 MB. Each is printed as a ratio to its limit; times are of the processor, so that
others on the machine do not count. ``python benchmarks/recording_seek.py [PYTHON] [STEPS]``; every program is made long
enough for that many steps.
"""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import sys
import time
from pathlib import Path

import psutil
from recorded_programs import LARGE, source

sys.path.insert(0, str(Path(__file__).parents[1]))

from flowtui.engine import interpreters
from flowtui.engine.recording.record import record
from flowtui.model.run import Limits
from flowtui.model.source import Source
from flowtui.model.trace import RecordingLimits, RecordingOptions

LIMIT_MS, LIMIT_MB = 1.0, 150
NAMES = ["recursion", "sorting", "classes", "strings"]


def size_for(name: str, steps: int) -> int:
    """A size with which the program has more than so many steps."""
    return {"recursion": 27, "sorting": 1200}.get(name, LARGE[name] * max(1, steps // 20_000))


async def measure(python: str, name: str, granularity: str, steps: int) -> None:
    """One program."""
    text = source(name, size_for(name, steps))
    options = RecordingOptions(granularity=granularity, limits=RecordingLimits(steps=steps))  # type: ignore[arg-type]  # one of the two, see main
    interpreter = await interpreters.find(python)
    process = psutil.Process()
    before = process.memory_info().rss
    begin = time.perf_counter()
    recorded = await record(
        interpreter,
        Source(name="program.py", data=text.encode(), text=text),
        lambda event: None,
        options=options,
        limits=Limits(cpu=300, wall=300),
    )
    recording = recorded.recording
    used = 0.0
    while recording.total < steps and recorded.run.running:
        await asyncio.sleep(0.05)
        started = time.process_time()
        recording.update()
        used += time.process_time() - started
    taken = time.perf_counter() - begin
    await recorded.stop()
    started = time.process_time()
    recording.update()
    used += time.process_time() - started
    total = recording.total
    chosen = random.Random(1)
    places = [chosen.randint(1, total) for _ in range(2000)]
    gc.collect()
    times = []
    for n in places:
        started = time.thread_time()
        recording.state(n, frame_limit=40)
        times.append((time.thread_time() - started) * 1000)
    times.sort()
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    started = time.thread_time()
    recording.overview(80)
    overview = (time.thread_time() - started) * 1000
    grown = (process.memory_info().rss - before) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"{name:10} {granularity:12}{total:>10,} steps  recorded in {taken:5.2f} s, indexing {used:5.2f} s"
        f"  seek p50 {p50:5.2f} p99 {p99:5.2f} ms ({p99 / LIMIT_MS:4.2f} of 1 ms)  overview {overview:4.0f} ms"
        f"  +{grown:4.0f} MB, peak {peak:4.0f} MB ({peak / LIMIT_MB:4.2f} of {LIMIT_MB})"
    )
    recorded.close()


def main() -> None:
    """Measure and print."""
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    for name in NAMES:
        for granularity in ("line", "instruction"):
            asyncio.run(measure(python, name, granularity, steps))


if __name__ == "__main__":
    main()
