"""Where one is in a recording, and the moves from there; knows no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from flowtui.engine.recording.reader import Recording
    from flowtui.model.trace import State, Zoom

Move = Literal["forward", "back", "over", "over_back", "out", "out_back", "first", "last"]
MOVES: tuple[Move, ...] = get_args(Move)
#: From coarse to fine.
ZOOMS: tuple[Zoom, ...] = ("line", "expression", "instruction")
#: What to say where a move leads nowhere.
NOWHERE: dict[Move, str] = {
    "forward": "This is the last step.",
    "back": "This is the first step.",
    "over": "Nothing follows in this function or in one that called it: `n` steps on.",
    "over_back": "Nothing comes before in this function or in one that called it: `N` steps back.",
    "out": "This function does not end in the recording.",
    "out_back": "Nobody in the recording called this function.",
    "first": "There is no step yet.",
    "last": "There is no step yet.",
}


#: Frames of a state that are looked at: the innermost ones. A recursion may have thousands.
FRAMES = 60


class Near:
    """A recording whose states have the innermost frames only, so that a deep recursion is as quick as any step.

    Args:
        recording: all else is asked of it.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def state(self, n: int, heap_limit: int = 200) -> State:
        """The state at a step.

        Raises:
            RecordingError: the recording is damaged.
        """
        return self._recording.state(n, heap_limit, FRAMES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recording, name)


class Walk:
    """A place in a recording.

    Attributes:
        recording: where to walk; it may still grow.
        near: the same, with the innermost frames only.
        step: where, from 1; 0 while there is no step yet.
        zoom: how far one step goes.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.near: Any = Near(recording)
        self.step = 0
        self.zoom: Zoom = "line"

    @property
    def zooms(self) -> tuple[Zoom, ...]:
        """What there is: a recording by lines has lines only."""
        return ZOOMS if self.recording.granularity == "instruction" else ZOOMS[:1]

    def find(self, move: Move) -> int | None:
        """The step that a move leads to.

        Raises:
            RecordingError: the recording is damaged.
        """
        recording, step, zoom = self.recording, self.step, self.zoom
        total = recording.total
        if not total:
            return None
        if move == "first" or not step:
            return 1
        if move == "last":
            return total
        if move == "forward":
            return recording.forward(step, zoom)
        if move == "back":
            return recording.back(step, zoom)
        if move == "over":
            return recording.over(step, zoom)
        if move == "over_back":
            return recording.over_back(step, zoom)
        return recording.out(step) if move == "out" else recording.out_back(step)

    def set_zoom(self, by: int) -> bool:
        """Finer (+1) or coarser (-1) steps; whether there are such."""
        zooms = self.zooms
        at = zooms.index(self.zoom) + by if self.zoom in zooms else 0
        if not 0 <= at < len(zooms):
            return False
        self.zoom = zooms[at]
        return True
