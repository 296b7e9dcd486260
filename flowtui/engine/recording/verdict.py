"""How a recording ended, in one sentence."""

from __future__ import annotations

from flowtui.engine.recording.streams import Streams
from flowtui.model.trace import RecordingEnd
from flowtui.probe.recording_format import C_CUT, C_LOST, C_STATE, CUTS, STATE_ENDED

_WHY = {
    "steps": "the limit of steps was reached",
    "bytes": "the limit of bytes was reached",
    "seconds": "the limit of seconds was reached",
    "stopped": "the recording was stopped",
    "untraced": "the program took the tracing away",
    "failed": "the recorder failed",
}


def verdict(streams: Streams, total: int, *, finished: bool) -> RecordingEnd | None:
    """How the recording ended; None while it goes on.

    Args:
        streams: the recording's.
        total: its steps.
        finished: the program has ended, so that nothing will be added.
    """
    control = streams.control
    if len(control) <= C_LOST:
        return None
    state, number, lost = control[C_STATE], control[C_CUT], control[C_LOST]
    if state != STATE_ENDED and not finished:
        return None
    cut = CUTS[number] if number < len(CUTS) else "failed"
    steps = "1 step is" if total == 1 else f"{total:,} steps are"
    if cut in _WHY:
        sentence = f"The first {steps} recorded: then {_WHY[cut]}."
        if total == 1:
            sentence = f"The first step is recorded: then {_WHY[cut]}."
        return RecordingEnd(complete=False, cut=cut, sentence=sentence, lost=lost)
    if state != STATE_ENDED:
        cut = "killed"
        # killed by somebody, crashed, or os._exit: how the program ended says which
        sentence = f"{steps[0].upper()}{steps[1:]} recorded: up to the program's sudden end."
        return RecordingEnd(complete=False, cut=cut, sentence=sentence, lost=lost)
    if cut == "codes":
        sentence = f"{steps} recorded; there were too many code objects, and some are stepped over."
        return RecordingEnd(complete=False, cut=cut, sentence=sentence, lost=lost)
    sentence = f"All of it is recorded: {total:,} step{'' if total == 1 else 's'}."
    if lost:
        sentence = f"{sentence[:-1]}; {lost:,} more happened inside the recorder and are missing."
    return RecordingEnd(complete=not lost, cut="", sentence=sentence, lost=lost)
