"""Keys that come together, as over a slow line: each meets the mode that the one before has made."""

from __future__ import annotations

import pytest

from tests.ui.benches import opened


@pytest.mark.parametrize(
    ("keys", "text", "editing"),
    [
        (["e", *"# q"], "# qx = 1\n", True),
        (["enter", *"# q", "escape"], "# qx = 1\n", False),
        (["e", *"# q", "escape", "u"], "x = 1\n", False),
        (["e", "#", "escape", "e", "q", "escape"], "#qx = 1\n", False),
        (["e", "escape", "j", "k", "e", "enter", "escape"], "\nx = 1\n", False),
    ],
    ids=str,
)
async def test_keys_at_once(keys: list[str], text: str, editing: bool) -> None:
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        bench.send(*keys)
        await bench.until(lambda: (workbench.view.text, workbench.editing) == (text, editing), "the keys")
        await bench.analysed()
        assert ("editing" in bench.screen_text) is editing
        assert workbench.dirty is (text != "x = 1\n")


async def test_a_command_behind_a_text() -> None:
    async with opened("x = 1\n") as bench:
        workbench = await bench.analysed()
        bench.send("e", "#", "escape", "r")
        await bench.until(lambda: workbench.ended is not None, "the end")
        assert workbench.view.text == "#x = 1\n"
