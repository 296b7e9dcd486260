"""Moves that look for their place: a line's next visit, a breakpoint's; in a thread, stopped with one key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from flowtui.ui.panes.text import visible
from flowtui.ui.screens.stepping import SteppingScreen

#: Seconds that a search may take before it is shown, with a key to stop it.
_GRACE = 0.15
#: Steps at which breakpoints are reached that the scrubber marks.
_SHOWN_BREAKS = 500


class SeekingScreen(SteppingScreen):
    """Breakpoints, and the moves that have to look through the recording."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "line(1)", "to the next time at the cursor's line", show=False),
        Binding("C", "line(-1)", "to the last time at the cursor's line", show=False),
        Binding("b,f9", "breakpoint", "breakpoint", show=False),
        Binding("B", "condition", "breakpoint with a condition", show=False),
        Binding("x", "hit(1)", "to the next breakpoint", show=False),
        Binding("X", "hit(-1)", "to the last breakpoint", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to look through without a recording."""
        if action in ("line", "hit"):
            return self.walk is not None
        return super().check_action(action, parameters)

    def recording_ended(self) -> None:
        """All of it can be looked through now."""
        super().recording_ended()
        self.show_breaks()

    @work(group="search", exclusive=True, exit_on_error=False)
    async def look_for(self, find: Callable[[Callable[[], bool]], int | None], nothing: str) -> None:
        """Go to the step that `find` finds, in a thread; it is given a function that says when to stop."""
        from flowtui.engine.recording.expressions import ExpressionError
        from flowtui.engine.recording.reader import RecordingError
        from flowtui.ui.screens.searching import SearchingScreen

        if self._searching or self.walk is None:
            return
        self._searching = True
        stopped = False
        dialog = SearchingScreen()
        task = asyncio.ensure_future(asyncio.to_thread(find, lambda: stopped or dialog.stopped))
        try:
            done, _ = await asyncio.wait({task}, timeout=_GRACE)
            if not done:
                await self.app.push_screen(dialog)
            step = await asyncio.shield(task)
        except (ExpressionError, RecordingError) as error:
            self.notify(visible(str(error)), severity="warning", timeout=8)
            return
        finally:
            stopped = True
            # The thread may still read: nobody else does before it has ended.
            task.add_done_callback(lambda _: self._search_ended())
            if dialog.is_attached:
                dialog.dismiss()
        self._searching = False
        if step is not None:
            self.go_to(step)
        elif not dialog.stopped:
            self.tell(nothing)

    def _search_ended(self) -> None:
        self._searching = False

    def action_line(self, direction: int) -> None:
        """Go to the next or the last time that the cursor's line is executed."""
        walk = self.walk
        if walk is None:
            return
        if not self.recording_fits:
            self.tell("The source was edited since it was recorded: its lines are others now.")
            return
        line, recording, step = self.view.cursor_location[0] + 1, walk.recording, walk.step
        word = "again after" if direction > 0 else "before"
        self.look_for(
            lambda stop: recording.at_line(0, line, step, direction),
            f"Line {line} is not executed {word} this step.",
        )

    # ---- breakpoints

    def action_breakpoint(self) -> None:
        """Set a breakpoint at the cursor's line, or take it away."""
        row = self.view.cursor_location[0]
        if self.breakpoints.toggle(row):
            self._breakpoint_set(row)
        else:
            self._breakpoints_changed()
            self.tell(f"No breakpoint at line {row + 1} any more.")

    def _breakpoint_set(self, row: int) -> None:
        self._breakpoints_changed()
        condition = self.breakpoints.conditions[row]
        when = f" when `{visible(condition)}`" if condition else ""
        keys = "`x` goes to the next time, `X` to the last" if self.walk is not None else "`R` records"
        self.tell(f"Breakpoint at line {row + 1}{when}: {keys}.")

    def action_condition(self) -> None:
        """Ask for the condition of a breakpoint at the cursor's line."""
        from flowtui.ui.screens.dialogs import LineDialog

        row = self.view.cursor_location[0]

        def given(value: str | None) -> None:
            if value is not None:
                self.breakpoints.conditions[row] = value.strip()
                self._breakpoint_set(row)

        self.app.push_screen(
            LineDialog(
                f"Breakpoint at line {row + 1} when",
                self.breakpoints.conditions.get(row, ""),
                "x > 3; empty: always",
                lambda value: wrong_expression(value) if value.strip() else "",
            ),
            given,
        )

    def _breakpoints_changed(self) -> None:
        self._marks_again()
        self.show_breaks()

    def show_breaks(self) -> None:
        """Mark in the scrubber where breakpoints without conditions are reached first."""
        recording = self.recording
        if recording is None or self._searching or not self.recording_fits:
            return
        steps: list[int] = []
        for row, condition in self.breakpoints.conditions.items():
            step: int | None = 0
            while not condition and step is not None and len(steps) < _SHOWN_BREAKS:
                step = self.asked(recording.at_line, 0, row + 1, step, 1)
                if step is not None:
                    steps.append(step)
        self.run_pane.show_breaks(steps)

    def action_hit(self, direction: int) -> None:
        """Go to the next or the last step at which a breakpoint is reached."""
        walk = self.walk
        if walk is None:
            return
        if not len(self.breakpoints):
            self.tell("There is no breakpoint: `b` sets one at the cursor's line of the source.")
            return
        if not self.recording_fits:
            self.tell("The source was edited since it was recorded: its lines are others now.")
            return
        breakpoints, recording, step = self.breakpoints, walk.recording, walk.step
        self.look_for(
            lambda stop: breakpoints.find(recording, step, direction, stop),
            f"No breakpoint is reached {'after' if direction > 0 else 'before'} this step.",
        )


def wrong_expression(text: str) -> str:
    """What is wrong with an expression, or empty."""
    from flowtui.engine.recording import expressions

    try:
        expressions.compile(text)
    except expressions.ExpressionError as error:
        return str(error)
    return ""
