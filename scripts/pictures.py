"""Make the README's pictures from the running program: ``python scripts/pictures.py``.

The app runs without a terminal at each size, on the welcome program, with the cursor on a name; figures that
differ from run to run (milliseconds) are those of that run.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from flowtui.app import FlowApp
from flowtui.course.library import welcome_path
from flowtui.ui.screens.document import Document

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
#: Sizes, and the keys that make the picture, in command mode.
SHOTS: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "workbench-80x24": ((80, 24), ("4",)),
    "workbench-120x40": ((120, 40), ("r",)),
    "workbench-200x60": ((200, 60), ("r",)),
}


async def _shoot(name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    app = FlowApp(Document.open(str(welcome_path())))
    async with app.run_test(size=size) as pilot:
        while app.workbench is None or not app.workbench.analysis.complete or len(app.workbench.panes) < 6:
            await pilot.pause(0.05)
        bench = app.workbench
        bench.view.goto(15, 12)
        await pilot.press("escape", *keys)
        while "r" in keys and bench.program_runs:
            await pilot.pause(0.05)
        await pilot.pause(1)
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.svg").write_text(app.export_screenshot(title="flowtui"), encoding="utf-8")


def main() -> None:
    """Make every picture."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["FLOWTUI_HOME"] = home
        for name, (size, keys) in SHOTS.items():
            asyncio.run(_shoot(name, size, keys))
            print(PICTURES / f"{name}.svg")


if __name__ == "__main__":
    main()
