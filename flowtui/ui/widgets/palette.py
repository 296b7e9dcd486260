"""Theme colours of a widget's component classes, as Rich styles that can be laid over each other."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


class Palette:
    """Rich styles by component class.

    A style takes over only what the class's rules say: one that sets a background leaves the text its colour.
    Colours with an opacity are mixed with the widget's background, so that every theme works.

    Args:
        widget: whose component classes these are; `forget` is to be called when its styles change.
        prefixes: what the component classes' names begin with, as ``source--``; the first one that is known
            counts.
    """

    def __init__(self, widget: Widget, *prefixes: str) -> None:
        self._widget = widget
        self._prefixes = prefixes
        self._styles: dict[str, Style] = {}
        self._base: Style | None = None

    def forget(self) -> None:
        """The theme, the focus or a class changed."""
        self._styles.clear()
        self._base = None

    @property
    def base(self) -> Style:
        """The widget's own text."""
        if self._base is None:
            self._base = self._widget.rich_style
        return self._base

    def __getitem__(self, name: str) -> Style:
        """The style to lay over `base` for a component class; an unknown name changes nothing."""
        found = self._styles.get(name)
        if found is None:
            found = self._styles[name] = self._make(name)
        return found

    def _make(self, short: str) -> Style:
        widget = self._widget
        names = (prefix + short for prefix in self._prefixes)
        # `get_component_styles` raises for an unknown name, and a lookup is all that is needed.
        name = next((name for name in names if name in widget._component_styles), None)
        if name is None:
            return Style.null()
        rules = widget.get_component_styles(name)
        full = widget.get_component_rich_style(name)
        text = rules.text_style
        return Style(
            color=full.color if rules.has_rule("color") or rules.has_rule("auto_color") else None,
            bgcolor=full.bgcolor if rules.has_rule("background") and rules.background.a else None,
            bold=text.bold,
            dim=text.dim,
            italic=text.italic,
            underline=text.underline,
            reverse=text.reverse,
            strike=text.strike,
        )
