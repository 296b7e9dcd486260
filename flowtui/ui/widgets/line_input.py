"""One line to type, whose cursor stands still.

A blinking cursor is a frame every half second: over SSH a hundred learners who look at a dialogue would cost
half a core.
"""

from __future__ import annotations

from textual.reactive import reactive
from textual.widgets import Input


class LineInput(Input):
    """Textual's input without the blinking."""

    cursor_blink = reactive(False, init=False)
