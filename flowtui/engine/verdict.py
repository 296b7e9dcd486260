"""How a run ended, in one sentence: from what the keeper, the probe and the parent have each seen."""

from __future__ import annotations

import dataclasses

from flowtui.engine.run_messages import Kept
from flowtui.model.labels import shorten
from flowtui.model.run import Ended, Limits, RaisedError

#: What the signals that end programs mean to a learner.
SIGNALS = {
    "SIGSEGV": "the interpreter itself crashed",
    "SIGBUS": "the interpreter itself crashed",
    "SIGILL": "the interpreter itself crashed",
    "SIGFPE": "the interpreter itself crashed",
    "SIGABRT": "the interpreter gave up",
    "SIGKILL": "by itself, by another program, or by the system when memory ran out",
    "SIGXFSZ": "it wrote too large a file",
}
#: The reasons for which the parent or the keeper kills; the others end the program by an exception of its
#: own.
ENDED_FROM_OUTSIDE = frozenset({"cpu", "wall", "processes", "output", "stopped"})


@dataclasses.dataclass(kw_only=True)
class Facts:
    """What is known when nothing more can come.

    Attributes:
        limits: what the program was allowed.
        reason: why the parent ended it: a limit's name or ``stopped``; None when it did not.
        kept: the keeper's last report; None when it was lost.
        error: the exception, as the probe told it.
        told: whether the probe told how the program ended.
        started: whether the program was begun.
        refused: why there was no program at all, else empty.
        meddled: whether the program wrote into the probe's channel.
        wall: seconds.
        swept: how many processes were found by their environment and killed, after the keeper was lost.
    """

    limits: Limits
    reason: str | None = None
    kept: Kept | None = None
    error: RaisedError | None = None
    told: bool = False
    started: bool = False
    refused: str = ""
    meddled: bool = False
    wall: float = 0.0
    swept: int = 0


def ended(facts: Facts) -> Ended:
    """Make the last event of a run."""
    kept = facts.kept or Kept()
    limit = which_limit(facts)
    by_itself = limit not in ENDED_FROM_OUTSIDE
    killed = kept.killed + facts.swept
    sentence = main_sentence(facts, limit)
    if killed and limit is None and facts.kept is not None and not facts.refused:
        sentence += " " + left_behind(killed)
    if kept.left:
        sentence += f" {number(kept.left, 'process', 'processes')} could not be ended."
    if facts.meddled:
        sentence += " It wrote into flowtui's own channel, so some facts about its end may be missing."
    return Ended(
        exit_status=kept.status if by_itself else None,
        signal=kept.signal if by_itself else None,
        limit=limit,
        error=facts.error,
        sentence=sentence,
        wall=facts.wall,
        cpu=kept.cpu,
        peak_memory=kept.peak_memory,
        processes_killed=killed,
    )


def which_limit(facts: Facts) -> str | None:
    """The limit that ended the program, if one did."""
    kept, limits, error = facts.kept or Kept(), facts.limits, facts.error
    if facts.refused:
        return None
    if facts.reason:
        return facts.reason
    if kept.limit:
        return kept.limit
    if limits.cpu and (kept.signal == "SIGXCPU" or (kept.signal == "SIGKILL" and kept.cpu >= limits.cpu)):
        return "cpu"
    if limits.file_size and (kept.signal == "SIGXFSZ" or (error and is_file_too_large(error))):
        return "file_size"
    if limits.memory and error and error.type == "MemoryError":
        return "memory"
    return None


def is_file_too_large(error: RaisedError) -> bool:
    """Whether the exception is the one of a write beyond RLIMIT_FSIZE (EFBIG is 27 on Linux and macOS)."""
    return error.type == "OSError" and error.message.startswith("[Errno 27]")


def main_sentence(facts: Facts, limit: str | None) -> str:
    """What happened, without what was left behind."""
    if facts.refused:
        return facts.refused
    if limit is not None:
        return limit_sentence(facts, limit)
    if facts.kept is None:
        return (
            "Ended: the process that watches over the program was killed, probably by the program, "
            "so the exit status is not known. "
            + (left_behind(facts.swept) if facts.swept else "Nothing of it is left.")
        )
    signal = facts.kept.signal
    if signal is not None:
        meaning = SIGNALS.get(signal, "")
        said = f"Killed by {signal}: {meaning}" if meaning else f"Killed by {signal}"
        peak, allowed = facts.kept.peak_memory, facts.limits.memory
        if meaning and allowed and peak > allowed / 2:
            said += f"; it had used {size(peak)} of the {size(allowed)} of memory that it may use"
        return f"{said}."
    end = f"Ended with status {facts.kept.status} after {duration(facts.wall)}"
    if facts.error is not None:
        return f"{end}: {headline(facts.error)}."
    if facts.started and not facts.told:
        return f"{end}, without a last word from the interpreter (os._exit does that)."
    if not facts.started:
        return f"{end}, before the program began."
    return f"{end}."


def limit_sentence(facts: Facts, limit: str) -> str:
    """Which limit, and what it was."""
    limits = facts.limits
    if limit == "stopped":
        return f"Stopped by you after {duration(facts.wall)}."
    if limit == "memory":
        return f"Ended with MemoryError: it needed more than {size(limits.memory)} of memory (limit: memory)."
    if limit == "file_size":
        return f"Ended: it wrote a file larger than {size(limits.file_size)} (limit: file_size)."
    what = {
        "cpu": f"it used more than {limits.cpu:g} s of processor time",
        "wall": f"it ran longer than {limits.wall:g} s",
        "output": f"it wrote more than {size(limits.output)}",
        "processes": f"it had more than {limits.processes} processes and threads",
    }[limit]
    return f"Stopped: {what} (limit: {limit})."


def headline(error: RaisedError) -> str:
    """``NameError: name 'x' is not defined``, in one line that ends without a full stop."""
    text = shorten(" ".join(error.message.split()), 100)
    return f"{error.type}: {text}".rstrip(": .") if text else error.type


def left_behind(count: int) -> str:
    """A sentence about processes that outlived their program."""
    they_were = "it was" if count == 1 else "they were"
    return f"Left {number(count, 'process', 'processes')} behind; {they_were} ended."


def number(count: int, one: str, many: str) -> str:
    """``1 process``, ``3 processes``."""
    return f"{count} {one if count == 1 else many}"


def duration(seconds: float) -> str:
    """``0.7 ms``, ``0.03 s``, ``12.4 s``."""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def size(count: int) -> str:
    """``1 GB``, ``64 MB``, ``500 bytes``; units of 1024."""
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return number(count, "byte", "bytes")
