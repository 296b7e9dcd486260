"""The ground of the workbench: bars, stage and panes; which pane is where, which one has the focus."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.events import DescendantFocus, Resize, ScreenResume
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static
from textual.worker import Worker

from flowtui.ui.layout import MINIMUM, Slots, Stage
from flowtui.ui.panes.base import Pane
from flowtui.ui.panes.source import SourcePane
from flowtui.ui.widgets.key_bar import KeyBar
from flowtui.ui.widgets.link_bar import LinkBar
from flowtui.ui.widgets.pipeline_bar import PipelineBar
from flowtui.ui.widgets.source_view import SourceView
from flowtui.ui.workers import tell_failure


class PaneEntry(NamedTuple):
    """What has to be known of a pane before its module is imported, which is when it is first shown."""

    number: str
    title: str
    module: str
    name: str

    def make(self, stage: str) -> Pane:
        """The pane itself."""
        made: Pane = getattr(import_module(f"flowtui.ui.panes.{self.module}"), self.name)(
            id=stage, classes="pane"
        )
        return made


#: Every pane by its stage's name, which is its id; in the order in which they get a place.
PANES: dict[str, PaneEntry] = {
    "source": PaneEntry("1", "Source", "source", "SourcePane"),
    "ast": PaneEntry("3", "AST", "tree", "TreePane"),
    "bytecode": PaneEntry("4", "Bytecode", "bytecode", "BytecodePane"),
    "output": PaneEntry("9", "Output", "output", "OutputPane"),
    "tokens": PaneEntry("2", "Tokens", "tokens", "TokensPane"),
    "symbols": PaneEntry("0", "Symbols", "symbols", "SymbolsPane"),
    "run": PaneEntry("5", "Run", "run", "RunPane"),
}
#: By their numbers, as tabs are written.
NUMBERED = sorted(PANES, key=lambda name: (PANES[name].number == "0", PANES[name].number))


class SlotScreen(Screen[None]):
    """Panes in slots: digits show them, tab goes round, z zooms."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(PANES[name].number, f"show({name!r})", f"{PANES[name].title} pane", show=False)
            for name in NUMBERED
        ),
        Binding("tab", "next_pane(1)", "next pane"),
        Binding("shift+tab", "next_pane(-1)", "previous pane", show=False),
        Binding("z,f4", "zoom", "zoom"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.slots = Slots(list(PANES))
        self._resumed = False
        self.panes: dict[str, Pane] = {}
        self.pipeline_bar = PipelineBar(id="pipeline")
        self.link_bar = LinkBar(id="link")
        self.stage = Stage(self.slots, id="stage")

    @property
    def view(self) -> SourceView:
        """The editor."""
        return self.source_pane.view

    @property
    def source_pane(self) -> SourcePane:
        """The pane with the editor."""
        pane = self.panes["source"]
        assert isinstance(pane, SourcePane)
        return pane

    @property
    def editing(self) -> bool:
        """Whether plain keys are text now."""
        return self.focused is self.view and not self.view.read_only

    def compose(self) -> ComposeResult:
        """The bars and the source; the other panes, which have nothing to show yet, follow the first picture."""
        self.slots.size = self.app.size
        yield self.pipeline_bar
        with self.stage:
            yield self.make_pane("source")
        yield self.link_bar
        yield KeyBar(id="keys")
        yield Static("", id="too-small")

    def make_pane(self, name: str) -> Pane:
        """The pane of a stage, made once."""
        if name not in self.panes:
            self.panes[name] = PANES[name].make(name)
        return self.panes[name]

    async def mount_all_panes(self) -> list[Pane]:
        """Make the panes that the first picture did without; the new ones are given back."""
        missing = [self.make_pane(name) for name in PANES if name not in self.panes]
        if missing:
            await self.stage.mount(*missing)
            self.stage.rearrange()
            self.retitle()
        return missing

    def pane_of(self, node: DOMNode | None) -> Pane | None:
        """The pane that a widget is in."""
        while node is not None:
            if isinstance(node, Pane):
                return node
            node = node.parent
        return None

    @property
    def current_pane(self) -> Pane:
        """The pane that has the focus; the source when none has."""
        return self.pane_of(self.focused) or self.panes["source"]

    # ---- titles

    def retitle(self) -> None:
        """Write the titles: each pane's own, and the hidden panes as tabs where they would appear."""
        regions = self.slots.regions()
        holder = self.slots.tab_holder()
        for name, region in regions.items():
            pane = self.panes.get(name)
            if pane is not None:
                tabs = self.slots.hidden if name == holder else []
                if self.slots.zoomed is not None:
                    tabs = [other for other in self.slots.order if other != name]
                pane.border_title = self._title(name, tabs, region.width - 6)

    def title_note(self, name: str) -> str:
        """A word behind a pane's title: what is special about it now."""
        if name == "source" and "source" in self.panes and self.view.read_only is False:
            return "editing" if self.focused is self.view else ""
        return ""

    def _title(self, name: str, tabs: list[str], width: int) -> Content:
        number = "$footer-key-foreground"
        note = self.title_note(name)
        title = Content.assemble(
            (PANES[name].number, f"bold {number}"),
            (f" {PANES[name].title}", "bold"),
            (f" {note}" if note else "", "$foreground-muted italic"),
        ).stylize(Style.from_meta({"@click": f"screen.show({name!r})"}))
        tabs = sorted(tabs, key=NUMBERED.index)
        for long in (True, False):
            parts = [title]
            for tab in tabs:
                words = f" {PANES[tab].title}" if long else ""
                part = Content.assemble((PANES[tab].number, number), (words, "$foreground-muted"))
                parts.append(part.stylize(Style.from_meta({"@click": f"screen.show({tab!r})"})))
            whole = Content("  " if long else " ").join(parts)
            if whole.cell_length <= width:
                return whole
        return title

    # ---- focus

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        pane = self.pane_of(self.focused)
        if pane is not None and pane.id is not None:
            self.slots.focus(pane.id)
        self.retitle()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """At the program's start all styles are just made; to make them again would take as long as the rest.

        On another screen's top they are needed: this screen's own styles are read while its widgets are made.
        """
        if not self._resumed:
            self._resumed = True
            event.refresh_styles = len(self.app.screen_stack) > 1

    def on_resize(self, event: Resize) -> None:
        """More or fewer panes are visible now."""
        width, height = event.size
        small = width < MINIMUM.width or height < MINIMUM.height
        self.set_class(small, "-too-small")
        if small:
            self.query_one("#too-small", Static).update(
                f"flowtui needs {MINIMUM.width}×{MINIMUM.height}; this terminal has {width}×{height}."
            )
        self.call_after_refresh(self._after_resize)

    def _after_resize(self) -> None:
        self._keep_focus_visible()
        self.retitle()

    def _keep_focus_visible(self) -> None:
        pane = self.pane_of(self.focused)
        if pane is not None and pane.id not in self.slots.visible:
            holder = self.panes.get(self.slots.tab_holder())
            if holder is not None:
                holder.focus_content()

    # ---- actions

    async def action_show(self, name: str, focus: bool = True) -> None:
        """Show a pane: in the place where the learner is, swapped with the one there."""
        if name not in self.panes:
            await self.mount_all_panes()
        self.slots.show(name)
        self.stage.rearrange()
        if focus:
            self.panes[name].focus_content()
        else:
            self._keep_focus_visible()
        self.retitle()

    def action_next_pane(self, step: int) -> None:
        """Go round the visible panes."""
        visible = [name for name in self.slots.visible if name in self.panes]
        here = self.current_pane.id
        at = visible.index(here) if here in visible else 0
        self.panes[visible[(at + step) % len(visible)]].focus_content()

    def action_zoom(self) -> None:
        """Give the whole stage to the pane with the focus, or give it back."""
        name = self.current_pane.id or "source"
        self.slots.zoom(name)
        if self.slots.zoomed is None and name not in self.slots.visible:
            self.slots.show(name)
        self.stage.rearrange()
        self.retitle()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed is told of."""
        tell_failure(self, event)

    async def on_pipeline_bar_stage_chosen(self, event: PipelineBar.StageChosen) -> None:
        """A stage in the title bar was clicked."""
        await self.action_show(event.pane)
