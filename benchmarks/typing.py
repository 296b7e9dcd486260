"""A key in the editor, until the end of the frame that shows it: ours beside Textual's own text area.

Both run in a pseudo-terminal of 120×40, one after the other, round by round, so that other work on the
machine meets both. The text area has colours, as ours has, where the packages ``tree-sitter`` (below 0.26)
and ``tree-sitter-python`` are installed; without them it has less to do.

``python benchmarks/typing.py [ROUNDS]`` measures; with ``app KIND LINES`` behind it, it is the program that
is measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

# The folder's own `typing.py` is not to stand in for the standard library's.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import importlib.util  # noqa: E402 (after the line above)

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


def tools():
    """The module beside this one."""
    place = Path(__file__).with_name("terminal.py")
    specification = importlib.util.spec_from_file_location("benchmark_terminal", place)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def language() -> str | None:
    """Python, where Textual can colour it."""
    known = all(importlib.util.find_spec(name) for name in ("tree_sitter", "tree_sitter_python"))
    return "python" if known else None


def app(kind: str, lines: int) -> None:
    """The program that is measured."""
    from textual.app import App
    from textual.widgets import TextArea

    from flowtui.ui.widgets.frame_diff import FrameDiffMixin
    from flowtui.ui.widgets.source_view import SourceView

    text = tools().python_source(lines)

    class Ours(FrameDiffMixin, App):
        def compose(self):
            yield SourceView(text)

        def on_ready(self) -> None:
            view = self.query_one(SourceView)
            view.focus()
            view.goto(lines // 2, 8)

    class Stock(App):
        def compose(self):
            yield TextArea(
                text, language=language(), soft_wrap=False, show_line_numbers=True, tab_behavior="indent"
            )

        def on_ready(self) -> None:
            area = self.query_one(TextArea)
            area.cursor_blink = False
            area.focus()
            area.move_cursor((lines // 2, 8), center=True)

    (Ours if kind == "ours" else Stock)().run()


def main() -> None:
    """Measure and print."""
    from math import isnan
    from statistics import fmean

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    terminal = tools()
    times: dict[tuple[str, int], list[float]] = {}
    sizes: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for lines in SIZES:
            for kind in ("ours", "stock"):
                command = [sys.executable, __file__, "app", kind, str(lines)]
                with terminal.Terminal(command) as program:
                    program.wait_for(terminal.FRAME_END)
                    program.settle(0.5)
                    keys = KEYS * (6 if kind == "ours" else 1)
                    for key in keys[:4]:
                        program.key(key)
                    for key in keys:
                        program.settle(0.03)  # nobody types faster, and a frame has its 1/60 s
                        seconds, size = program.key(key)
                        times.setdefault((kind, lines), []).append(seconds * 1000)
                        sizes.setdefault((kind, lines), []).append(size)
    colours = "with" if language() else "without"
    print(f"key → end of frame, ms, and bytes a key; TextArea {colours} colours")
    print("   lines   ours p50    p95       bytes   p95   TextArea p50    p95  bytes")
    for lines in SIZES:
        mine, stock = times["ours", lines], times["stock", lines]
        assert not any(map(isnan, mine))
        figures = (
            *(terminal.percentile(mine, percent) for percent in (50, 95)),
            fmean(sizes["ours", lines]),
            terminal.percentile(sizes["ours", lines], 95),
            *(terminal.percentile(stock, percent) for percent in (50, 95)),
            terminal.percentile(sizes["stock", lines], 50),
        )
        print(
            "{:>8} {:>10.1f} {:>6.1f} {:>10.0f} {:>5.0f} {:>14.1f} {:>6.1f} {:>6.0f}".format(lines, *figures)
        )
    middle = {key: terminal.percentile(values, 50) for key, values in times.items()}
    growth = middle["ours", 20_000] / middle["ours", 1_000]
    ratio = middle["stock", 20_000] / middle["ours", 20_000]
    print(f"ours at 20,000 lines over ours at 1,000: {growth:.2f} (at most 2)")
    print(f"ratio: TextArea over ours at 20,000 lines: {ratio:.0f} (at least 50)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["app"]:
        app(sys.argv[2], int(sys.argv[3]))
    else:
        main()
