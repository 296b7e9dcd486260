"""Every action in the command palette: made of the bindings that work on the screen."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from functools import partial
from typing import Any

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.screen import Screen

from flowtui.ui.screens.slots import SlotScreen
from flowtui.ui.widgets.key_bar import key_name

#: Actions that move a cursor by a little: nobody looks for them in a list.
_MOVES = ("cursor_", "page_", "scroll_", "step(", "page(", "sideways(", "move(", "shift(", "edge(")


class ActionCommands(Provider):
    """The actions of the screen, of the widget with the focus and of the other panes, with their keys."""

    def _actions(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        """(what it does, its keys, how to do it) of every action that can be done now."""
        # The screen's and the app's first: a widget's are about what it shows.
        bindings = sorted(
            self.screen.active_bindings.items(), key=lambda each: not isinstance(each[1].node, Screen | App)
        )
        found: dict[tuple[str, str], tuple[DOMNode, list[str]]] = {}
        for key, (node, binding, enabled, _) in bindings:
            if (
                enabled
                and binding.description
                and not binding.system
                and not binding.action.startswith(_MOVES)
            ):
                _, keys = found.setdefault((binding.action, binding.description), (node, []))
                if not key.startswith("super+"):  # no terminal sends it
                    keys.append(key)
        for (action, description), (node, keys) in found.items():
            title = description[0].upper() + description[1:]
            yield title, ", ".join(map(key_name, keys)), partial(self.app.run_action, action, node)
        yield from self._of_other_panes(found)

    def _of_other_panes(
        self, found: Container[tuple[str, str]]
    ) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        """What the panes without the focus can do; such a pane is shown first."""
        screen = self.screen
        if not isinstance(screen, SlotScreen):
            return
        for name, pane in screen.panes.items():
            for key, binding in pane._bindings:
                if (
                    binding.description
                    and binding.show
                    and (binding.action, binding.description) not in found
                ):
                    run = partial(self._show_and_run, screen, name, binding.action)
                    yield f"{pane.TITLE}: {binding.description}", key_name(key), run

    async def _show_and_run(self, screen: SlotScreen, name: str, action: str) -> None:
        await screen.action_show(name)
        await self.app.run_action(action, screen.panes[name])

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for title, keys, run in self._actions():
            yield DiscoveryHit(title, run, help=keys)

    async def search(self, query: str) -> Hits:
        """The actions that fit what was typed."""
        matcher = self.matcher(query)
        for title, keys, run in self._actions():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=keys)
