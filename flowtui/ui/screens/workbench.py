"""The workbench: one source at every stage; it begins, it opens other sources, it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from flowtui.model.run import Limits
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.filing import FilingScreen

if TYPE_CHECKING:
    from flowtui.engine.recording.trace_file import Trace


class Workbench(FilingScreen):
    """Panes, bars, and everything that one can do with a source.

    Args:
        document: what is open.
        limits: what a program may use.
        text: its unsaved text, if there is one.
        trace: a recording of it that was opened from a file, if there is one.
        on_opened: told of the path of every file that is opened or saved.
    """

    # Textual declares it so that it cannot be called a ClassVar.
    CSS_PATH = ["../styles/workbench.tcss", "../styles/panes.tcss"]  # noqa: RUF012 (as said above)
    KEY_ORDER: ClassVar[tuple[str, ...]] = (
        "stop",
        "edit",
        "run",
        "record",
        "next pane",
        "zoom",
        "save",
        "interpreter",
        "open",
        "quit",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "interpreter", "interpreter"),
        Binding("L", "limits", "limits of a run", show=False),
        Binding("p", "picture('screen')", "picture of the screen", show=False),
        Binding("P", "picture('pane')", "picture of the pane", show=False),
        Binding("H", "home", "home", show=False),
        Binding("q", "app.quit", "quit"),
        Binding("question_mark,f1", "app.help", "help"),
    ]

    def __init__(
        self,
        document: Document,
        limits: Limits,
        *,
        text: str | None = None,
        trace: Trace | None = None,
        on_opened: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(document, limits, on_opened)
        self._first_text = text
        self._first_trace = trace

    def on_mount(self) -> None:
        """Show the text at once; everything else waits for the first picture."""
        self.view.load(self.document.source.text if self._first_text is None else self._first_text)
        self.begin_mode()
        self.view.focus()
        self.retitle()
        self.show_pipeline()
        self.call_after_refresh(self._after_first_picture)

    async def _after_first_picture(self) -> None:
        for pane in await self.mount_all_panes():
            if self.interpreter is not None:
                pane.show_interpreter(self.interpreter)
            pane.show_analysis(self.analysis)
        self.opened()
        if self._first_trace is not None:
            await self.open_recording(self._first_trace)

    def call_app(self, action: str) -> None:
        """Let the app do something, when this screen's handler is done."""
        self.app.call_later(self.app.run_action, action)

    def action_interpreter(self) -> None:
        """Choose the interpreter."""
        self.call_app("app.interpreter")

    def on_pipeline_bar_interpreter_chosen(self) -> None:
        """The interpreter in the title bar was clicked."""
        self.action_interpreter()

    def action_limits(self) -> None:
        """Set what a program may use."""
        self.call_app("app.limits")

    def action_picture(self, what: str) -> None:
        """Save a picture of the screen, or of the pane with the focus, as SVG."""
        # What was told in the corner is no part of the picture.
        self.app.clear_notifications()
        self.call_after_refresh(self._take_picture, what)

    def _take_picture(self, what: str) -> None:
        from flowtui.ui.screens.pictures import save_picture

        pane = self.current_pane
        title = f"{self.document.title} · {pane.TITLE if what == 'pane' else 'flowtui'}"
        try:
            path = save_picture(self.app, title, pane.region if what == "pane" else None)
        except OSError as error:
            self.notify(f"The picture was not saved: {error.strerror or error}", severity="error")
            return
        self.notify(f"Picture saved in {path}", timeout=8, markup=False)

    def action_home(self) -> None:
        """Back to the home screen."""
        self.leave_document(lambda: self.call_app("app.home"))
