"""The command line's words about a recorded run: options, what they ask for, and trace files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from flowtui.engine.recording.trace_file import Trace
    from flowtui.report.pipeline import Report
    from flowtui.report.trace import TraceRequest

#: Of a trace file's name; `engine.recording.trace_file` writes it.
SUFFIX = ".flowtrace"
#: Numbers of steps have 32 bits in a recording.
MOST_STEPS = 1_000_000_000
GRANULARITIES = ("line", "expression", "instruction")
#: Options by the names that argparse gives them; they belong to the stage `trace` alone.
_OPTIONS = {
    "granularity": "--granularity",
    "steps": "--steps",
    "at": "--at",
    "limit_steps": "--limit-steps",
    "library": "--library",
    "save": "--save",
}
_STEPS = re.compile(r"(\d*)(:?)(\d*)", re.ASCII)


class WordsError(Exception):
    """A word about a recorded run is wrong: one line."""


def add_options(parser: ArgumentParser) -> None:
    """Add the options of the stage `trace`."""
    group = parser.add_argument_group("stage trace, a recorded run; FILE may be a .flowtrace too")
    add = group.add_argument
    add("--granularity", choices=GRANULARITIES, help="how far a step goes; the default is line")
    add("--steps", metavar="A:B", help="steps A to B, both included; A: and :B too")
    add("--at", metavar="N", help="the whole state at step N")
    add("--limit-steps", metavar="N", help="steps that are recorded; the program goes on without")
    add("--library", action="store_true", help="record the standard library and other folders too")
    add("--save", "-o", metavar="FILE", help="write the recording to a .flowtrace file")


def request(given: Namespace) -> TraceRequest:
    """What the words ask for.

    Raises:
        WordsError: a number or a slice is none, or the stage is not asked for at all.
    """
    from flowtui.model.trace import RecordingLimits, RecordingOptions
    from flowtui.report.trace import TraceRequest

    if "trace" not in given.stage and not given.file.endswith(SUFFIX) and stray(given):
        raise WordsError(f"{stray(given)} belongs to --stage trace")
    zoom = given.granularity
    first, last = _slice(given.steps)
    limits = RecordingLimits()
    if given.limit_steps is not None:
        limits = RecordingLimits(steps=_number("--limit-steps", given.limit_steps))
    return TraceRequest(
        zoom=zoom,
        first=first,
        last=last,
        sliced=given.steps is not None,
        at=None if given.at is None else _number("--at", given.at),
        options=RecordingOptions(
            granularity="line" if zoom in (None, "line") else "instruction",
            limits=limits,
            library=given.library,
        ),
    )


def open_file(path: str) -> Trace:
    """Open a trace file.

    Raises:
        WordsError: it is none, or damaged.
    """
    from flowtui.engine.recording.trace_file import TraceFileError, open_trace

    try:
        return open_trace(path)
    except TraceFileError as error:
        raise WordsError(str(error)) from None


def file_report(given: Namespace, arguments: tuple[str, ...]) -> Report:
    """The report of the trace file that the words name.

    Raises:
        WordsError: it cannot be opened, or has not what is asked for.
    """
    from flowtui.report.pipeline import TRACE_STAGES, report_on_trace
    from flowtui.report.trace import StepsError

    wrong = [stage for stage in given.stage if stage not in TRACE_STAGES]
    if wrong:
        raise WordsError(
            f"a {SUFFIX} file has no {wrong[0]}: it shows the stages {' and '.join(TRACE_STAGES)}"
        )
    option = about_running(given) or ("the words behind --" if arguments else "")
    if option:
        raise WordsError(f"a {SUFFIX} file is a run that is over: leave {option} out")
    asked = request(given)
    try:
        return report_on_trace(open_file(given.file), asked, tuple(given.stage))
    except StepsError as error:
        raise WordsError(str(error)) from None


def stray(given: Namespace) -> str:
    """The first option that belongs to the stage `trace`; empty when there is none."""
    return next((word for name, word in _OPTIONS.items() if getattr(given, name)), "")


def about_running(given: Namespace) -> str:
    """The first option that makes no sense for a run that is over; empty when there is none."""
    words = {"limit_steps": "--limit-steps", "library": "--library", "python": "--python", "input": "--input"}
    words |= {"adaptive": "--adaptive", "cpu": "--cpu", "wall": "--wall", "memory": "--memory"}
    words |= {"processes": "--processes", "output": "--output-limit"}
    return next((word for name, word in words.items() if getattr(given, name) not in (None, False)), "")


def _slice(text: str | None) -> tuple[int, int | None]:
    if text is None:
        return 1, None
    match = _STEPS.fullmatch(text)
    if match is None or not (match[1] or match[3]):
        raise WordsError(f"--steps {text}: give two numbers as 10:20, or one of them")
    first = _number("--steps", match[1]) if match[1] else 1
    if not match[2]:
        return first, first
    last = _number("--steps", match[3]) if match[3] else None
    if last is not None and last < first:
        raise WordsError(f"--steps {text} ends before it begins")
    return first, last


def _number(option: str, text: str) -> int:
    """A number of a step, or of steps."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number <= MOST_STEPS:
        raise WordsError(f"{option} {text}: give a number from 1 to {MOST_STEPS:,}")
    return number
