"""Questions to a recording: where a value was, when a variable changes, what an object's life was, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from flowtui.model.run import Limits
from flowtui.ui.panes.text import visible
from flowtui.ui.screens.document import Document
from flowtui.ui.screens.seeking import SeekingScreen, wrong_expression

if TYPE_CHECKING:
    from flowtui.engine.recording.expressions import Expression
    from flowtui.model.trace import HeapObject, State, Value
    from flowtui.ui.panes.run import Watched
    from flowtui.ui.screens.predicting import Score
    from flowtui.ui.widgets.picture_items import Item

#: Actions of the Run pane that need a step to be shown.
_OF_A_STEP = (
    *("change", "life", "why", "search_value", "search_value_again", "add_watch", "remove_watch", "predict"),
)


class InspectingScreen(SeekingScreen):
    """What one can ask about the step that is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("A", "predict", "ask me what comes next", show=False),
    ]

    def __init__(self, document: Document, limits: Limits) -> None:
        super().__init__(document, limits)
        self._needle_value = ""
        self._watches: dict[str, Expression] = {}
        self._before: tuple[int, dict[str, str]] = (0, {})
        self.score: Score | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to ask about before a step is shown."""
        if action in _OF_A_STEP:
            return self.state is not None and (action != "remove_watch" or bool(self._watches))
        return super().check_action(action, parameters)

    # ---- values

    def action_search_value(self) -> None:
        """Ask for a text, and go to the next step at which something gets a value that shows it."""
        from flowtui.ui.screens.dialogs import LineDialog

        def given(value: str | None) -> None:
            if value:
                self._needle_value = value
                self.action_search_value_again(1)

        hint = "part of a value as it is shown: 28.0, 'Ada', Point"
        self.app.push_screen(LineDialog("Search a value", self._needle_value, hint), given)

    def action_search_value_again(self, direction: int) -> None:
        """Go to the next such step, or to the last."""
        walk, text = self.walk, self._needle_value
        if walk is None:
            return
        if not text:
            self.action_search_value()
            return
        recording, step = walk.recording, walk.step
        self.look_for(
            lambda stop: recording.search(text, step, direction, stop),
            f"Nothing gets a value with {text} {'after' if direction > 0 else 'before'} this step.",
        )

    # ---- the item under the picture's cursor

    @property
    def item(self) -> Item | None:
        """The item under the picture's cursor."""
        return self.run_pane.picture.cursor_item

    def action_change(self, direction: int) -> None:
        """Go to the next or the last change of the variable under the cursor."""
        item, walk = self.item, self.walk
        if walk is None:
            return
        if item is None or item.kind not in ("variable", "global"):
            self.tell("Put the picture's cursor on a variable: `↑` and `↓` move it.")
            return
        recording, step, frame, name = walk.recording, walk.step, item.frame, item.name
        when = "after" if direction > 0 else "before"
        self.look_for(
            lambda stop: recording.change_of(step, frame, name, direction),
            f"{name} does not change {when} this step.",
        )

    def _object(self) -> int | None:
        """The number of the object under the cursor, or that what is there refers to."""
        item = self.item
        if item is None or item.object is None:
            self.tell("Put the picture's cursor on an object, or on what refers to one: `↑` and `↓` move it.")
            return None
        return item.object

    def action_life(self, end: str) -> None:
        """Go to the step at which the object under the cursor was made, or died."""
        walk, number = self.walk, self._object()
        if walk is None or number is None:
            return
        if end == "born":
            step = self.asked(walk.recording.born, number)
            if step:
                self.go_to(step)
                self.call_later(self._point_at, number)
            return
        died = self.asked(walk.recording.died, number)
        if died is None:
            self.tell(f"Object #{number} lives to the end of the recording.")
        else:
            self.go_to(died[0])
            self.call_later(self._point_at, number)

    def _point_at(self, number: int) -> None:
        self.run_pane.picture.point_at_object(number)

    def action_why(self) -> None:
        """Say who refers to the object under the cursor, and how a variable leads to it."""
        from flowtui.engine.recording import memory
        from flowtui.ui.screens.reasons import ReasonsScreen, path_lines, referrer_lines

        walk, number = self.walk, self._object()
        if walk is None or number is None:
            return
        found: HeapObject | None = self.asked(walk.recording.object_at, number, walk.step)
        if found is None:
            self.tell(f"Object #{number} is not there at this step.")
            return
        # The picture's own: its counts are without what the recorder holds, and are the ones that are seen.
        drawn = self.state.heap if self.state is not None and self.state.step.number == walk.step else ()
        found = next((each for each in drawn if each.number == number), found)
        referrers = self.asked(memory.referrers, walk.recording, number, walk.step) or ()
        path = self.asked(memory.paths, walk.recording, number, walk.step)
        title = f"{found.type} #{number}: why is it alive?"
        self.app.push_screen(
            ReasonsScreen(title, about_object(found), path_lines(path), referrer_lines(referrers))
        )

    # ---- watches

    def watched(self, state: State) -> list[Watched]:
        """The watch expressions at a state."""
        if not self._watches or self.walk is None:
            return []
        from flowtui.engine.recording.expressions import ExpressionError
        from flowtui.ui.panes.run import Watched

        former = self._before[1] if self._before[0] != state.step.number else {}
        now: dict[str, str] = {}
        found = []
        for text, expression in self._watches.items():
            try:
                value: Value | None = self.asked(expression.value, state, self.walk.recording)
            except ExpressionError as error:
                found.append(Watched(text, "", str(error)))
                continue
            if value is not None:
                now[text] = value.text
                changed = text in former and former[text] != value.text
                found.append(Watched(text, value.text, changed=changed, inferred=value.inferred))
        self._before = state.step.number, now
        return found

    def action_add_watch(self) -> None:
        """Ask for an expression that is worked out at every step."""
        from flowtui.ui.screens.dialogs import LineDialog

        item = self.item
        proposed = item.name if item is not None and item.kind in ("variable", "global") else ""

        def given(value: str | None) -> None:
            if value is not None:
                from flowtui.engine.recording import expressions

                self._watches[value.strip()] = expressions.compile(value)
                self._watches_changed()

        hint = "x, p.x + 1, items[0], len(path)"
        self.app.push_screen(LineDialog("Watch", proposed, hint, wrong_expression), given)

    def action_remove_watch(self) -> None:
        """Ask which watch to take away; the only one is taken away at once."""
        from flowtui.ui.screens.dialogs import LineDialog

        names = list(self._watches)

        def given(value: str | None) -> None:
            if value is not None and self._watches.pop(value.strip(), None) is not None:
                self._watches_changed()

        if len(names) == 1:
            given(names[0])
        elif names:
            self.app.push_screen(
                LineDialog(
                    "Watch no more",
                    names[-1],
                    check=lambda value: "" if value.strip() in names else f"One of: {', '.join(names)}",
                ),
                given,
            )

    def _watches_changed(self) -> None:
        self.refresh_bindings()
        if self.walk is not None:
            self.go_to(self.walk.step)

    # ---- be the machine

    def action_predict(self) -> None:
        """Ask the learner what comes next; the recording has the answer."""
        from flowtui.engine.recording import predict
        from flowtui.ui.screens.predicting import PredictScreen, Score

        walk = self.walk
        if walk is None or not walk.step:
            return
        questions = self.asked(predict.questions, walk.near, walk.step) or ()
        if not questions:
            self.tell("There is nothing to ask at this step: `n` goes to the next one.")
            return
        if self.score is None:
            self.score = Score()

        def answered(where: int | None) -> None:
            if where:
                self.go_to(where)

        self.app.push_screen(PredictScreen(questions, self.score), answered)


def about_object(found: HeapObject) -> str:
    """An object's size, count, address and life in a line."""
    parts = []
    if found.count is not None:
        parts.append(f"reference count {found.count}{' (inferred)' if found.count_inferred else ''}")
    if found.size is not None:
        parts.append(f"{found.size} bytes")
    if found.address:
        parts.append(f"at 0x{found.address:x}")
    parts.append(f"made at step {found.born:,}" if found.born else "there from the beginning")
    if found.died is not None:
        parts.append(f"dies at step {found.died:,}{f' ({found.cause})' if found.cause else ''}")
    return visible(", ".join(parts))
