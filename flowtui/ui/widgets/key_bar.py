"""The line of keys at the bottom: what can be pressed here and now, made of the bindings themselves."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.keys import format_key
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "enter": "⏎",
    "shift+tab": "⇧tab",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "full_stop": ".",
    "comma": ",",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "space": "space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """A key as people write it: ``?``, ``esc``, ``^l``, ``F5``."""
    if key in _NAMES:
        return _NAMES[key]
    if key.startswith("ctrl+"):
        return "^" + key_name(key.removeprefix("ctrl+"))
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return key if len(key) == 1 else format_key(key)


class KeyBar(Widget):
    """One line; the help key stands at its end, whatever else has to go.

    A screen can rank its keys: `KEY_ORDER` holds descriptions, the most useful first.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; padding: 0 1; background: $footer-background; color: $footer-foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.auto_links = False

    def on_mount(self) -> None:
        """Draw again when focus or actions change."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self.refresh()

    def on_resize(self) -> None:
        """What fits has changed."""
        self.refresh()

    def render(self) -> RenderResult:
        """The keys that are shown, the focused widget's first, each a thing to click."""
        width = self.content_size.width
        pinned: list[Content] = []
        parts: list[Content] = []
        for key, description, pin in self.shown():
            part = Content.assemble((key_name(key), "bold $footer-key-foreground"), " ", description).stylize(
                Style.from_meta({"@click": f"press({key!r})"})
            )
            (pinned if pin else parts).append(part)
        right = Content("  ").join(pinned)
        line = Content("")
        for part in parts:
            longer = Content.assemble(line, "  " if line else "", part)
            if longer.cell_length + right.cell_length + 2 > width:
                break
            line = longer
        gap = max(0, width - line.cell_length - right.cell_length)
        return Content.assemble(line, " " * gap, right).truncate(width)

    def shown(self) -> list[tuple[str, str, bool]]:
        """(key, what it does, whether it is the help key) of every shown binding whose key would arrive."""
        focused = self.screen.focused
        found: list[tuple[str, str, bool]] = []
        seen: set[str] = set()
        for key, (_, binding, enabled, _) in self.screen.active_bindings.items():
            if not (binding.show and enabled) or binding.action in seen:
                continue
            character = binding.key if len(binding.key) == 1 else None
            if key in ("question_mark", "slash"):
                character = _NAMES[key]
            if focused is not None and not binding.priority and focused.check_consume_key(key, character):
                continue
            seen.add(binding.action)
            found.append((key, binding.description, binding.action.endswith("help")))
        order: Sequence[str] = getattr(self.screen, "KEY_ORDER", ())
        # The way out stands first, then what a widget of its own can do, then the screen's keys as it ranks them.
        found.sort(key=lambda each: (each[0] != "escape", order.index(each[1]) if each[1] in order else -1))
        return found

    def action_press(self, key: str) -> None:
        """A key's name was clicked: press it."""
        self.app.simulate_key(key)
