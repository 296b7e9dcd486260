"""A key in the editor: until the frame that shows it, and until every pane shows what comes of it.

The whole program in a pseudo-terminal of 120×40 (source, AST, bytecode and output are on the screen) beside a bare app
with Textual's own text area, one after the other, round by round, so that other work on the machine meets both. The
text area has colours, as ours has, where the packages ``tree-sitter`` (below 0.26) and ``tree-sitter-python`` are
installed; without them it has less to do.

Claims: the frame ends with p95 ≤ 16 ms at 1,000 and 6,000 lines; at 20,000 lines p50 is at most twice that at 1,000 and
at least 50 times better than the text area's; all panes are current with p95 ≤ 100 ms at 1,000 lines; the frame that
shows the key takes at most 1,000 bytes.

``python benchmarks/keystroke.py [ROUNDS]`` measures; with ``textarea LINES`` behind it, it is the bare app.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from pathlib import Path

from terminal import FRAME_END, Terminal, percentile, python_source

KEYS = [
    b"x",
    b" ",
    b"=",
    b" ",
    b"'",
    b"y",
    b"'",
    b"\x7f",
    b"1",
    b"(",
    b")",
    b"\x1b[D",
    b"\x1b[B",
    b"\r",
    b"z",
    b"\x7f",
]
SIZES = (1_000, 6_000, 20_000)
#: Seconds without a byte after which nothing more is on its way, by number of lines.
QUIET = {1_000: 0.25, 6_000: 0.6, 20_000: 1.5}


def language() -> str | None:
    """Python, where Textual can colour it."""
    known = all(importlib.util.find_spec(name) for name in ("tree_sitter", "tree_sitter_python"))
    return "python" if known else None


def textarea(lines: int) -> None:
    """The bare app with Textual's own text area."""
    from textual.app import App
    from textual.widgets import TextArea

    class Stock(App):
        def compose(self):
            text = python_source(lines)
            yield TextArea(
                text, language=language(), soft_wrap=False, show_line_numbers=True, tab_behavior="indent"
            )

        def on_ready(self) -> None:
            area = self.query_one(TextArea)
            area.cursor_blink = False
            area.focus()
            area.move_cursor((lines // 2, 8), center=True)

    Stock().run()


def until_quiet(program: Terminal, key: bytes, quiet: float) -> tuple[float, int, float, int]:
    """Type; seconds and bytes until the first frame's end, and until the last byte before it is quiet."""
    while program.read(0):
        pass
    begin = last = time.perf_counter()
    program.send(key)
    seen = bytearray()
    first, first_bytes = float("nan"), 0
    while time.perf_counter() - last < quiet:
        data = program.read(0.02)
        if data is None:
            break
        if data:
            last = time.perf_counter()
            seen += data
            if not first_bytes and FRAME_END in seen:
                first, first_bytes = last - begin, seen.index(FRAME_END) + len(FRAME_END)
    return first, first_bytes, last - begin, len(seen)


def measure_ours(lines: int, home: str, rounds: int) -> list[tuple[float, int, float, int]]:
    """Keys in the middle of a source on the whole program."""
    source = Path(home, f"lines_{lines}.py")
    source.write_text(python_source(lines), encoding="utf-8")
    quiet = QUIET[lines]
    command = [sys.executable, "-m", "flowtui", str(source)]
    with Terminal(command, environment={"FLOWTUI_HOME": home}) as program:
        program.wait_for(FRAME_END)
        program.settle(quiet + 1.5)
        for key in (b"\x1b", b"g", str(lines // 2).encode(), b"\r", b"e"):
            until_quiet(program, key, quiet)
        keys = KEYS * rounds
        for key in keys[:4]:
            until_quiet(program, key, quiet)
        return [until_quiet(program, key, quiet) for key in keys]


def measure_stock(lines: int) -> list[float]:
    """The same keys in the bare app."""
    with Terminal([sys.executable, __file__, "textarea", str(lines)]) as program:
        program.wait_for(FRAME_END)
        program.settle(0.5)
        return [program.key(key)[0] for key in KEYS]


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    middle: dict[tuple[str, int], float] = {}
    print("                key → end of frame, ms    bytes of it     all panes current, ms   TextArea, ms")
    print("   lines            p50      p95           p50    p95         p50      p95              p50")
    with tempfile.TemporaryDirectory() as home:
        for lines in SIZES:
            ours = measure_ours(lines, home, rounds if lines < 20_000 else 1)
            stock = measure_stock(lines)
            frame, size, current, _ = zip(*ours, strict=True)
            middle["ours", lines], middle["stock", lines] = percentile(frame, 50), percentile(stock, 50)
            print(
                f"{lines:>8}       {percentile(frame, 50) * 1000:>8.1f} {percentile(frame, 95) * 1000:>8.1f}"
                f"      {percentile(size, 50):>8.0f} {percentile(size, 95):>6.0f}"
                f"    {percentile(current, 50) * 1000:>8.0f} {percentile(current, 95) * 1000:>8.0f}"
                f"         {percentile(stock, 50) * 1000:>8.1f}"
            )
    print(
        f"ratio: ours at 20,000 lines over 1,000: {middle['ours', 20_000] / middle['ours', 1_000]:.2f} (at most 2)"
    )
    ratio = middle["stock", 20_000] / middle["ours", 20_000]
    print(
        f"ratio: TextArea {'with' if language() else 'without'} colours over ours, 20,000 lines: "
        f"{ratio:.0f} (at least 50)"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["textarea"]:
        textarea(int(sys.argv[2]))
    else:
        main()
