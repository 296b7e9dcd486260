"""A key in the editor, until the end of the frame that shows it: ours beside Textual's own text area.

Both run in a pseudo-terminal of 120×40, one after the other, round by round, so that other work on the machine meets
both. Run it as ``python benchmarks/typing.py [ROUNDS]``; ``python benchmarks/typing.py app KIND LINES`` is the program
that is measured.
"""

from __future__ import annotations

import sys
from pathlib import Path

# The folder's own `typing.py` is not to stand in for the standard library's.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import importlib.util  # noqa: E402 (after the line above)

KEYS = [b"x", b" ", b"=", b" ", b"'", b"y", b"'", b"\x7f", b"1", b"(", b")", b"\x1b[D", b"\x1b[B", b"\r", b"z", b"\x7f"]
SIZES = (1_000, 6_000, 20_000)


def tools():
    """The module beside this one."""
    place = Path(__file__).with_name("terminal.py")
    specification = importlib.util.spec_from_file_location("benchmark_terminal", place)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


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
            yield TextArea(text, soft_wrap=False, show_line_numbers=True, tab_behavior="indent")

        def on_ready(self) -> None:
            area = self.query_one(TextArea)
            area.cursor_blink = False
            area.focus()
            area.move_cursor((lines // 2, 8), center=True)

    (Ours if kind == "ours" else Stock)().run()


def main() -> None:
    """Measure and print."""
    from math import isnan

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
    print("key → end of frame, ms (and bytes a key)")
    print(f"{'lines':>8}  {'ours p50':>9} {'p95':>7} {'bytes p50':>9} {'p95':>6}   {'TextArea p50':>12} {'p95':>7} {'bytes':>7}")
    for lines in SIZES:
        mine, stock = times["ours", lines], times["stock", lines]
        assert not any(map(isnan, mine))
        print(
            f"{lines:>8}  {terminal.percentile(mine, 50):>9.1f} {terminal.percentile(mine, 95):>7.1f} "
            f"{terminal.percentile(sizes['ours', lines], 50):>9.0f} {terminal.percentile(sizes['ours', lines], 95):>6.0f}   "
            f"{terminal.percentile(stock, 50):>12.1f} {terminal.percentile(stock, 95):>7.1f} "
            f"{terminal.percentile(sizes['stock', lines], 50):>7.0f}"
        )
    middle = {key: terminal.percentile(values, 50) for key, values in times.items()}
    print(f"ours at 20,000 lines over ours at 1,000: {middle['ours', 20_000] / middle['ours', 1_000]:.2f} (at most 2)")
    ratio = middle["stock", 20_000] / middle["ours", 20_000]
    print(f"ratio: TextArea over ours at 20,000 lines: {ratio:.0f} (at least 50)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["app"]:
        app(sys.argv[2], int(sys.argv[3]))
    else:
        main()
