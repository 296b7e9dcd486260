"""Check that every program of the lessons goes through every stage and ends with status 0.

It runs on flowtui's own interpreter, prints a line a program, and ends with status 1 when one fails.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from flowtui.course.library import LessonsMissingError, lessons_folder, programs
from flowtui.engine.connection import ProbeError
from flowtui.engine.files import SourceError, read_source
from flowtui.engine.interpreters import own
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.report.pipeline import DEFAULT_STAGES, Ran, Request, make_report


async def complaints(interpreter: Interpreter, path: Path) -> list[str]:
    """What is wrong with one program, a line each; nothing when it is right."""
    try:
        source = read_source(path)
    except SourceError as error:
        return [str(error)]
    report = await make_report(Request(source=source, interpreter=interpreter))
    found = []
    for stage in DEFAULT_STAGES:
        outcome = report.outcome(stage)
        failure = outcome if isinstance(outcome, Failure) else report.failure(stage)
        if failure is not None and failure.type == "Unavailable" and not interpreter.can(stage):
            continue
        if failure is not None:
            found.append(f"{stage}: {failure.sentence}")
        elif isinstance(outcome, Ran) and outcome.failed:
            found.append(f"{stage}: {outcome.ended.sentence}")
        elif outcome is None:
            found.append(f"{stage}: not reached")
    return found


async def check() -> int:
    """Check all programs; the exit status."""
    try:
        folder, paths = lessons_folder(), programs()
        interpreter = await own()
    except (LessonsMissingError, ProbeError) as error:
        print(f"check_lessons: {error}", file=sys.stderr)
        return 1
    failed = 0
    for path in paths:
        wrong = await complaints(interpreter, path)
        failed += bool(wrong)
        print(
            f"{'failed' if wrong else 'ok':6} {path.relative_to(folder)}", *wrong, sep="\n       ", flush=True
        )
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(check()))
