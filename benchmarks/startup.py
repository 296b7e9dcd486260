"""From the command to the first picture: ours beside a bare interpreter, a bare Textual app, and harlequin.

Claims: the first picture (title and source, painted before Textual is imported) comes within twice the time of
``python -c pass``; the first frame of the workbench within 1.6 times that of a Textual app with one label, and in less
than half of harlequin's. All in a pseudo-terminal of 120×40, one after the other, round by round. Run it as
``python benchmarks/startup.py [ROUNDS] [HARLEQUIN]``; harlequin is looked for on PATH and left out when it is missing.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from terminal import FRAME_END, Terminal, python_source

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("hello")
Bare().run()
"""


def seconds_of(command: list[str]) -> float:
    """How long a command takes from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - begin


def until(command: list[str], mark: bytes, home: str) -> float:
    """How long it takes until `mark` is on the terminal."""
    with Terminal(command, environment={"FLOWTUI_HOME": home}) as program:
        return program.wait_for(mark)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    harlequin = sys.argv[2] if len(sys.argv) > 2 else shutil.which("harlequin")
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as home:
        source = Path(home, "demo.py")
        source.write_text("first_name = 1\n" + python_source(300), encoding="utf-8")
        ours = [str(Path(sys.executable).with_name("flowtui")), str(source)]
        until(ours, FRAME_END, home)  # caches of bytecode and interpreters exist from the second start on
        for _ in range(rounds):
            measured = {
                "python -c pass": seconds_of([sys.executable, "-c", "pass"]),
                "first picture": until(ours, b"first_name", home),
                "bare Textual, first frame": until([sys.executable, "-c", BARE], FRAME_END, home),
                "flowtui, first frame": until(ours, FRAME_END, home),
            }
            if harlequin:
                measured["harlequin, first frame"] = until([harlequin], FRAME_END, home)
            for name, seconds in measured.items():
                times.setdefault(name, []).append(seconds * 1000)
    least = {name: min(values) for name, values in times.items()}
    for name, values in times.items():
        print(f"{name:<28} least {least[name]:7.1f} ms   median {statistics.median(values):7.1f} ms")
    print(
        f"ratio: first picture over python -c pass: {least['first picture'] / least['python -c pass']:.2f} (at most 2)"
    )
    frame = least["flowtui, first frame"]
    print(
        f"ratio: first frame over a bare Textual app: {frame / least['bare Textual, first frame']:.2f} (at most 1.6)"
    )
    if harlequin:
        print(
            f"ratio: first frame over harlequin: {frame / least['harlequin, first frame']:.2f} (less than 0.5)"
        )
    else:
        print("harlequin was not measured: it is not on PATH")


if __name__ == "__main__":
    main()
