"""The app: settings, screens, the interpreter in use. What it shows is the screens' business."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import constants, work
from textual.app import App, SystemCommand, get_system_commands_provider
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from flowtui.engine import settings
from flowtui.engine.files import SourceError, decode_source
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Limits
from flowtui.ui import boot, hangup
from flowtui.ui.colours import keep_colours
from flowtui.ui.layout import MEDIUM_WIDTH, ROOMY, TALL, WIDE_WIDTH, size_classes
from flowtui.ui.panes.text import visible
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.workbench import Workbench
from flowtui.ui.widgets.frame_diff import FrameDiffMixin
from flowtui.ui.workers import tell_failure

if TYPE_CHECKING:
    from flowtui.engine.recording.trace_file import Trace
    from flowtui.engine.recovery import Unsaved
    from flowtui.ui.screens.home import HomeScreen

_STYLES = Path(__file__).parent / "ui" / "styles"
DEFAULT_THEME = "textual-dark"
#: Seconds that a lone escape waits for the rest of a sequence: a tenth is felt, a network may need it.
_ESCAPE_DELAY = 0.04
#: Seconds that ending probes may take once the terminal is gone.
_LAST_SECONDS = 5.0
_OVER_SSH = any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY"))


def _commands() -> Any:
    """The palette's module is imported when the palette is opened."""
    from flowtui.ui.screens.commands import ActionCommands

    return ActionCommands


class FlowApp(FrameDiffMixin, App[int], inherit_bindings=False):
    """flowtui on the terminal.

    Args:
        document: what to open; None shows the home screen.
        folder: a folder to choose a file from at once.
        python: a word for the interpreter, as ``--python`` takes it; empty for the one used last.
        remembered: the settings.
        trace: an opened trace file; the first workbench shows it, and `document` is its source.
    """

    TITLE = "flowtui"
    COMMANDS: ClassVar[set[Any]] = {_commands, get_system_commands_provider}
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (Textual declares it so that it cannot be called a ClassVar)
        (0, "-narrow"),
        (MEDIUM_WIDTH, "-medium"),
        (WIDE_WIDTH, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 (as above)
        (0, "-low"),
        (TALL, "-tall"),
        (ROOMY, "-roomy"),
    ]
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "redraw", "redraw the screen", show=False, priority=True),
    ]

    def __init__(
        self,
        document: Document | None = None,
        *,
        folder: str = "",
        python: str = "",
        remembered: settings.Settings | None = None,
        trace: Trace | None = None,
    ) -> None:
        first = ("home",) if document is None else ("workbench", "panes")
        # A first screen's own styles are not read: the app has to bring them.
        super().__init__(css_path=[str(_STYLES / f"{name}.tcss") for name in first])
        self.remembered = remembered if remembered is not None else settings.load()
        self._document = document
        self._folder = folder
        self._python = python
        self.trace = trace
        self.interpreter: Interpreter | None = None
        theme = self.remembered.theme
        # Before the first stylesheet: a theme that changes later has every style made twice.
        self.set_reactive(App.theme, theme if theme in self.available_themes else DEFAULT_THEME)

    # ---- life

    def on_mount(self) -> None:
        """The first screen; the interpreter is asked beside it."""
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        asyncio.get_running_loop().set_exception_handler(self._loop_complains)
        loop = asyncio.get_running_loop()
        # Elsewhere than in the main thread, as in some tests, there are no signals.
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(signal.SIGTERM, self._terminated)
            # Not by the loop, which may wait for a terminal that will never take another letter.
            signal.signal(signal.SIGHUP, lambda *_: self._hung_up(loop))
            if sys.__stdin__ is not None and not self.is_headless:
                hangup.watch(sys.__stdin__.fileno(), lambda: self._hung_up(loop))
        # Its modules, and its process, come after the first picture.
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Ask the interpreter, then show the folder: a screen that is soon left would take the asking along."""
        self.first_interpreter()
        if self._folder:
            self._browse(self._folder)

    def get_default_screen(self) -> Screen[Any]:
        """The workbench where there is something to show, else the home screen."""
        if self._document is None:
            return self.make_home()
        return self.make_workbench(self._document, trace=self.trace)

    def make_home(self) -> HomeScreen:
        """The home screen; its module is imported when it is needed."""
        from flowtui.ui.screens.home import HomeScreen

        return HomeScreen()

    @property
    def workbench(self) -> Workbench | None:
        """The workbench, if one is open."""
        benches = (screen for screen in self.screen_stack if isinstance(screen, Workbench))
        return next((bench for bench in benches if not bench.closed), None)

    def make_workbench(
        self, document: Document, text: str | None = None, trace: Trace | None = None
    ) -> Workbench:
        """A workbench for a source, with a recording of it when there is one."""
        bench = Workbench(
            document, self.remembered.limits, text=text, trace=trace, on_opened=self._remember_file
        )
        bench.add_class(*size_classes(self.size))
        return bench

    def open_workbench(
        self, document: Document, *, text: str | None = None, trace: Trace | None = None
    ) -> None:
        """Show a source on the workbench."""
        bench = self.make_workbench(document, text, trace)
        self.push_screen(bench)
        if self.interpreter is not None:
            self.call_later(self._use, bench, self.interpreter)

    def _end_now(self) -> None:
        """End, leaving no process behind; unsaved text is kept already when a signal says so."""
        self.run_worker(self._quit(), group="quit", exclusive=True)

    async def _quit(self) -> None:
        if self.workbench is not None:
            await self.workbench.shut_down()
        self.exit(0)

    def _terminated(self) -> None:
        """Somebody wants the program to end: it does, whatever its terminal does."""
        self._end_at_last(signal.SIGTERM)
        self._end_now()

    def _end_at_last(self, number: signal.Signals) -> None:
        """End in some seconds as `number` would, should nothing else."""
        last = threading.Timer(_LAST_SECONDS, os._exit, (128 + number,))
        last.daemon = True
        last.start()

    def _hung_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """The terminal is gone; unsaved text is kept already. To draw a last time would block for ever."""
        self._end_at_last(signal.SIGHUP)
        loop.call_soon_threadsafe(lambda: self.run_worker(self._leave(), group="quit", exclusive=True))

    async def _leave(self) -> None:
        try:
            if self.workbench is not None:
                await self.workbench.shut_down()
        finally:
            os._exit(128 + signal.SIGHUP)

    async def action_quit(self) -> None:
        """Quit; asked first when something is unsaved."""
        bench = self.workbench
        if bench is None:
            self.exit(0)
        else:
            bench.leave_document(self._end_now)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed is told of."""
        tell_failure(self, event)

    def _loop_complains(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error that nobody awaited: asyncio would write it across the screen."""
        words = str(context.get("exception") or context.get("message", ""))
        self.notify(words, title="An error in flowtui itself", severity="error", timeout=12, markup=False)

    # ---- the interpreter

    @work(group="interpreter", exit_on_error=False)
    async def first_interpreter(self) -> None:
        """Ask the interpreter of the command line, the one used last, or our own, in this order."""
        from flowtui.engine import interpreters
        from flowtui.engine.connection import ProbeError

        for word in dict.fromkeys((self._python or self.remembered.interpreter, "")):
            try:
                await self.use_interpreter(await interpreters.find(word))
                return
            except (ProbeError, interpreters.UnknownInterpreterError, OSError) as error:
                self.notify(str(error), title="Interpreter", severity="error", timeout=12)

    async def use_interpreter(self, interpreter: Interpreter) -> None:
        """Use `interpreter` on the workbench, and for whatever is opened later.

        Raises:
            ProbeError: it does not work; the one before stays.
        """
        if self.workbench is not None:
            await self.workbench.use_interpreter(interpreter)
        self.interpreter = interpreter

    async def _use(self, bench: Workbench, interpreter: Interpreter) -> None:
        from flowtui.engine.connection import ProbeError

        try:
            await bench.use_interpreter(interpreter)
        except ProbeError as error:
            self.notify(str(error), title="Interpreter", severity="error", timeout=12)

    def action_interpreter(self) -> None:
        """Choose the interpreter from a list."""
        from flowtui.ui.screens.interpreters import InterpreterScreen

        self.push_screen(InterpreterScreen(self.interpreter), self._interpreter_chosen)

    def _interpreter_chosen(self, interpreter: Interpreter | None) -> None:
        if interpreter is not None:
            self._switch(interpreter)

    @work(group="interpreter", exclusive=True, exit_on_error=False)
    async def _switch(self, interpreter: Interpreter) -> None:
        from flowtui.engine.connection import ProbeError

        try:
            await self.use_interpreter(interpreter)
        except (ProbeError, OSError) as error:
            self.notify(str(error), title="Interpreter", severity="error", timeout=12)
            return
        self.remember(interpreter=interpreter.path)

    # ---- the limits of a run

    def action_limits(self) -> None:
        """Set what a program may use; remembered for the next start."""
        from flowtui.ui.screens.limits import LimitsScreen

        self.push_screen(LimitsScreen(self.remembered.limits), self._limits_chosen)

    def _limits_chosen(self, limits: Limits | None) -> None:
        if limits is None:
            return
        self.remember(limits=limits)
        if self.workbench is not None:
            self.workbench.limits = limits
        self.notify("The next run has these limits.")

    # ---- what is remembered

    def remember(self, **changes: Any) -> None:
        """Change the settings; a place that cannot be written costs the memory, not the work."""
        self.remembered = msgspec.structs.replace(self.remembered, **changes)
        try:
            settings.update(lambda newest: msgspec.structs.replace(newest, **changes))
        except settings.SettingsError as error:
            self.notify(str(error), severity="warning")

    def _remember_file(self, path: str) -> None:
        try:
            self.remembered = settings.update(lambda newest: newest.with_recent(path))
        except settings.SettingsError:
            self.remembered = self.remembered.with_recent(path)

    def _theme_changed(self, _: object) -> None:
        self.remember(theme=self.theme)
        keep_colours(self.get_css_variables())

    # ---- home and opening

    async def on_home_screen_chosen(self, event: HomeScreen.Chosen) -> None:
        """Something was chosen on the home screen."""
        if event.what == "open":
            self._browse(".")
        elif event.what == "new":
            self.open_workbench(Document.empty())
        elif event.what == "welcome":
            self._open_welcome()
        elif event.what == "recover":
            from flowtui.engine import recovery

            unsaved = recovery.find()[int(event.path)]
            self._recover(unsaved)
        else:
            self._open_file(event.path)

    def _recover(self, unsaved: Unsaved) -> None:
        """Open an unsaved text of last time; it is kept anew before the old keeping ends."""
        from flowtui.engine import recovery

        try:
            document, text = Document.recovered(unsaved)
            document.keeper.keep(text)
        except (SourceError, OSError) as error:
            self.notify(str(error), severity="error")
            return
        recovery.discard(unsaved)
        self.open_workbench(document, text=text)

    def _open_welcome(self) -> None:
        """A copy of the welcome program: the original stays as it is."""
        from flowtui.course.library import LessonsMissingError, welcome_path

        try:
            data = welcome_path().read_bytes()
        except (LessonsMissingError, OSError) as error:
            self.notify(str(error), severity="error")
            return
        self.open_workbench(Document(decode_source(data, "welcome.py")))

    def _browse(self, folder: str) -> None:
        from flowtui.ui.screens.files import FileBrowser

        self.push_screen(FileBrowser(folder), lambda path: self._open_file(path) if path else None)

    def _open_file(self, path: str) -> None:
        if path.endswith(".flowtrace"):
            self._open_trace(path)
            return
        try:
            document = Document.open(path)
        except SourceError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        self.open_workbench(document)

    def _open_trace(self, path: str) -> None:
        from flowtui.engine.recording.trace_file import TraceFileError, open_trace

        try:
            trace = open_trace(path)
        except TraceFileError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        self.open_workbench(Document(trace.about.source), trace=trace)

    async def action_home(self) -> None:
        """From the workbench to the home screen."""
        bench = self.workbench
        if bench is None:
            return
        await bench.shut_down()
        if len(self.screen_stack) == 1:
            # Textual's first screen cannot be switched: it stays below, closed.
            await self.push_screen(self.make_home())
        else:
            await self.pop_screen()

    # ---- help, news, redraw

    def notify(self, message: str, *, title: str = "", markup: bool = False, **how: Any) -> None:
        """Tell something in a corner; names of files stand in it, so nothing of it is markup, or obeyed."""
        super().notify(visible(message), title=visible(title), markup=False, **how)

    def action_help(self) -> None:
        """All keys."""
        from flowtui.ui.screens.help import HelpScreen, groups

        screen = self.screen
        places: list[tuple[str, list[Any]]] = []
        if isinstance(screen, Workbench):
            places = [(pane.TITLE, [pane, *pane.query("*")]) for pane in screen.panes.values()]
        self.push_screen(HelpScreen(groups("Everywhere", screen, [*places, ("The program", [self])])))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Textual's own commands; those that ours replace are left out."""
        for command in super().get_system_commands(screen):
            if command.title not in ("Keys", "Maximize", "Minimize", "Screenshot", "Quit"):
                yield command


def _document(path: str, code: str | None, stdin_text: str | None) -> Document | None:
    if code is not None:
        return Document(decode_source(code.encode("utf-8", "surrogateescape"), "<code>"))
    if stdin_text is not None:
        return Document(decode_source(stdin_text.encode("utf-8", "surrogateescape"), "<stdin>"))
    return Document.open(path) if path else None


def _word_for(interpreter: Interpreter) -> str:
    """The word that finds an interpreter like this one, if there is such a one."""
    return interpreter.name if interpreter.implementation == "cpython" else interpreter.implementation


def run(
    path: str | None = None,
    code: str | None = None,
    python: str | None = None,
    stdin_text: str | None = None,
    trace: Trace | None = None,
) -> int:
    """Run the app until the learner quits.

    Args:
        path: a file to open, a folder to choose a file from, or None for the home screen.
        code: a source given on the command line.
        python: the interpreter's path, version or implementation.
        stdin_text: a source that came from standard input, which is the terminal again by now.
        trace: an opened trace file; its source is what the workbench shows.

    Returns:
        The exit status.
    """
    folder = path if path and Path(path).is_dir() else ""
    try:
        document = _document("" if folder else path or "", code, stdin_text)
        if trace is not None:
            document = Document(trace.about.source)
            # Its bytecode is that interpreter's; where it is not found, the usual one says so.
            python = python or _word_for(trace.about.interpreter)
    except SourceError as error:
        boot.restore()
        print(f"flowtui: {error}", file=sys.stderr)  # noqa: T201 (there is no screen yet)
        return 2
    if not _OVER_SSH and "ESCDELAY" not in os.environ:
        vars(constants)["ESCAPE_DELAY"] = _ESCAPE_DELAY
    app = FlowApp(document, folder=folder, python=python or "", trace=trace)
    # What is imported by now stays; looking through it again and again is felt while typing.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
    status = app.run()
    boot.restore(picture=False)
    return status if isinstance(status, int) else app.return_code or 0
