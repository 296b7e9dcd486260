"""The colours that the next first picture is painted with: those of the theme in use."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from textual.color import Color, ColorParseError

from flowtui.ui import boot

#: Variables of a theme, each with the SGR number that sets it: 48 the background, 38 the text.
_PARTS = (("surface", 48), ("panel", 48), ("foreground", 38), ("foreground-muted", 38))


def keep_colours(variables: Mapping[str, str]) -> None:
    """Write down what `boot` needs of a theme; one without plain colours leaves what was there."""
    parts = []
    for name, layer in _PARTS:
        try:
            red, green, blue = Color.parse(variables[name]).rgb
        except (KeyError, ColorParseError):
            return
        parts.append(f"{layer};2;{red};{green};{blue}")
    with contextlib.suppress(OSError):
        file = Path(boot.palette_file())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(parts), encoding="ascii")
