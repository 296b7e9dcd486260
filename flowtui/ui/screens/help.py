"""All keys, by pane, made of the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from flowtui.ui.widgets.key_bar import key_name


class KeyGroup(NamedTuple):
    """Keys that work at one place: (keys, what they do)."""

    title: str
    keys: list[tuple[str, str]]


#: What every container can do goes without saying.
_SCROLLING = ("scroll_", "page_")
#: What Textual calls some of its own actions, and what they do here.
_OURS = {
    "Focus Next": "next thing on the screen",
    "Focus Previous": "the thing before",
    "palette": "every action by its name",
}


def plain_words(description: str) -> str:
    """A binding's description as our own are written: small letters, but for names such as AST."""
    description = _OURS.get(description, description)
    return description[:1].lower() + description[1:] if description[1:2].islower() else description


def keys_of(node: DOMNode, *, skip: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The keys of one widget or screen with their descriptions; keys of one action stand together.

    Args:
        node: the widget or screen.
        skip: descriptions that are said elsewhere.
    """
    actions: dict[tuple[str, str], list[str]] = {}
    for key, bindings in node._bindings.key_to_bindings.items():
        if key.startswith("super+"):  # no terminal sends it
            continue
        for binding in bindings:
            if binding.action.startswith(_SCROLLING):
                continue
            description = plain_words(binding.description)
            if description and description not in skip:
                actions.setdefault((binding.action, description), []).append(key)
    return [("  ".join(map(key_name, keys)), description) for (_, description), keys in actions.items()]


def groups(title: str, screen: DOMNode, places: Iterable[tuple[str, Iterable[DOMNode]]]) -> list[KeyGroup]:
    """The keys of a screen and of the places on it, each once a place; places without keys are left out."""
    found = [KeyGroup(title, keys_of(screen))]
    for name, nodes in places:
        keys: dict[tuple[str, str], None] = {}
        for node in nodes:
            keys.update(dict.fromkeys(keys_of(node)))
        if keys:
            found.append(KeyGroup(name, list(keys)))
    return found


class HelpScreen(ModalScreen[None]):
    """Shows groups of keys; any of its keys closes it."""

    CSS_PATH = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "close", "close")]

    def __init__(self, found: list[KeyGroup]) -> None:
        super().__init__()
        self._groups = found

    def compose(self) -> ComposeResult:
        """One block a group."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Keys"
            scroll.border_subtitle = "^ is ctrl, ⇧ is shift; esc closes"
            width = max((len(keys) for group in self._groups for keys, _ in group.keys), default=0)
            width = min(width, 24)
            for group in self._groups:
                lines = [Content.styled(group.title, "bold $text-accent")]
                lines += [
                    Content.assemble((f"  {keys:<{width}}", "$footer-key-foreground"), f"  {description}")
                    for keys, description in group.keys
                ]
                yield Static(Content("\n").join(lines))

    def on_mount(self) -> None:
        """Arrows scroll."""
        self.query_one("#help").focus()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
