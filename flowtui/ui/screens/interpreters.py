"""Choose the interpreter: those that were found, each with what it can show, or a path of one's own."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker

from flowtui.engine import interpreters
from flowtui.engine.connection import ProbeError
from flowtui.model.interpreter import Interpreter
from flowtui.ui.panes.text import visible
from flowtui.ui.widgets.line_input import LineInput
from flowtui.ui.workers import tell_failure

#: What the screen calls the capabilities; those that an interpreter lacks are named.
ABILITIES = {
    "tokens": "tokens",
    "ast": "AST",
    "symbols": "symbols",
    "bytecode": "bytecode",
    "columns": "exact columns",
    "exception_table": "exception table",
    "caches": "inline caches",
    "adaptive": "specialised instructions",
    "run": "run",
}
#: Below an interpreter's name, where its description begins.
_INDENT = " " * 13


def abilities(interpreter: Interpreter) -> str:
    """What it cannot show, in words; empty when it can show everything."""
    lacking = [words for name, words in ABILITIES.items() if not interpreter.can(name)]
    return f"without {', '.join(lacking)}" if lacking else ""


def description(interpreter: Interpreter) -> str:
    """Implementation, version, GIL and JIT in one line: ``CPython 3.13.0, GIL, no JIT``."""
    name = interpreter.implementation_name
    version = interpreter.version
    if interpreter.implementation != "cpython":
        version = f"{interpreter.implementation_version} (Python {version})"
    gil = "free-threaded" if interpreter.free_threaded else "GIL"
    if interpreter.free_threaded and interpreter.gil:
        gil = "free-threaded, GIL switched on"
    jit = {"no": "no JIT", "off": "JIT off", "on": "JIT on"}[interpreter.jit]
    return f"{name} {version}, {gil}, {jit}"


class InterpreterScreen(ModalScreen[Interpreter | None]):
    """Gives the interpreter that was chosen, or None; the one in use is marked.

    Args:
        current: the interpreter in use, if there is one.
        discover: finds the interpreters; the engine's, or a test's.
    """

    CSS_PATH = "../styles/interpreters.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel"),
        Binding("slash", "path", "type a path"),
        Binding("r", "look_again", "look again"),
    ]

    def __init__(
        self,
        current: Interpreter | None,
        discover: Callable[..., Awaitable[Sequence[Interpreter]]] = interpreters.discover,
    ) -> None:
        super().__init__()
        self._current = current
        self._discover = discover
        self._found: list[Interpreter] = []
        self._asked = ""

    def compose(self) -> ComposeResult:
        """The list, a field for a path, and what went wrong."""
        with Vertical(id="interpreters"):
            yield OptionList(id="found")
            yield Static("looking for interpreters …", id="looking", markup=False)
            yield LineInput(placeholder="/  a path, or a version: 3.13, 3.14t, pypy", compact=True)
            yield Static("⏎ use it   / type a path   r look again   esc cancel", id="hint", markup=False)

    def on_mount(self) -> None:
        """Look for interpreters while the screen is there already."""
        self.query_one("#interpreters").border_title = "Interpreter"
        self.query_one(OptionList).focus()
        self._fill(refresh=False)

    @work(group="discover", exclusive=True, exit_on_error=False)
    async def _fill(self, *, refresh: bool) -> None:
        self._asked = ""
        self._tell_search("looking for interpreters …")
        try:
            self._found = list(await self._discover(refresh=refresh))
        except (ProbeError, OSError) as error:
            self._tell_search(f"The search failed: {error}")
            return
        self._tell_search("" if self._found else "No interpreter was found: type a path.")
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([self._option(number) for number in range(len(self._found))])
        current = self._current
        for number, interpreter in enumerate(self._found):
            if current is not None and interpreter.real_path == current.real_path:
                options.highlighted = number

    def _tell_search(self, words: str) -> None:
        """Say how the search goes, unless an answer about a typed word stands there."""
        if not self._asked:
            self.query_one("#looking", Static).update(Content(visible(words)))

    def _option(self, number: int) -> Option:
        interpreter = self._found[number]
        used = self._current is not None and interpreter.real_path == self._current.real_path
        lacks = abilities(interpreter)
        parts: list[Content | str | tuple[str, str]] = [
            ("● " if used else "  ", "$text-success"),
            (f"{interpreter.name:<10}", "bold"),
            f" {description(interpreter)}",
        ]
        if lacks:
            room = max(20, min(self.app.size.width, 100) - 8 - len(_INDENT))
            parts += [(f"\n{_INDENT}{line}", "$text-warning") for line in textwrap.wrap(lacks, room)]
        parts.append((f"\n{_INDENT}{visible(interpreter.path)}  ({interpreter.source})", "$foreground-muted"))
        return Option(Content.assemble(*parts), id=str(number))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One of the list was chosen."""
        event.stop()
        self.dismiss(self._found[int(event.option_id or 0)])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A path or a version was typed."""
        event.stop()
        if event.value.strip():
            self._ask(event.value.strip())

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def _ask(self, word: str) -> None:
        looking = self.query_one("#looking", Static)
        self._asked = word
        looking.update(Content(visible(f"asking {word} …")))
        try:
            interpreter = await interpreters.find(word)
        except (ProbeError, interpreters.UnknownInterpreterError, OSError) as error:
            looking.update(Content.styled(visible(str(error)), "$text-error"))
            return
        self.dismiss(interpreter)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed is told of."""
        tell_failure(self, event)

    def action_path(self) -> None:
        """Type a path."""
        self.query_one(Input).focus()

    def action_look_again(self) -> None:
        """Forget what is remembered and look again."""
        self._fill(refresh=True)

    def action_cancel(self) -> None:
        """The old one stays."""
        self.dismiss(None)
