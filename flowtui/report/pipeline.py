"""One source through the stages that were asked for, gathered into a `Report`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from flowtui.engine.analysis import analyse, inspect_pyc
from flowtui.engine.interpreters import discover
from flowtui.engine.recording.record import Recorded, record
from flowtui.engine.recording.trace_file import Trace
from flowtui.engine.running import Run
from flowtui.model.analysis import STAGES, Analysis, StageName, StageTable
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.model.run import Ended, Limits, Output, RunEvent, Specialised
from flowtui.model.source import Source
from flowtui.model.stages import CodeTable
from flowtui.model.tables import Column
from flowtui.report.trace import Traced, TraceRequest

#: Shown when no stage was named.
DEFAULT_STAGES = ("tokens", "ast", "symbols", "bytecode", "output")
#: The same for a cache file, which has no source in it.
PYC_STAGES = ("pyc", "bytecode")
#: Every stage, in the order of a report, however they were asked for.
ORDER = ("tokens", "ast", "symbols", "bytecode", "trace", "output", "pyc")
#: What a trace file has.
TRACE_STAGES = ("trace", "output")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to show of one source.

    Attributes:
        source: the source; for a cache file its name and path alone.
        interpreter: who makes the stages.
        stages: names out of `ORDER`; empty for the usual ones.
        limits: what the program may use when it is run.
        arguments: the program's ``sys.argv[1:]``.
        input: what the program finds on its standard input, before its end.
        adaptive: whether to run the program first and to give the names of its specialised instructions.
        trace: what to record and to show of it, for the stage of that name.
    """

    source: Source
    interpreter: Interpreter
    stages: tuple[str, ...] = ()
    limits: Limits = Limits()
    arguments: tuple[str, ...] = ()
    input: str = ""
    adaptive: bool = False
    trace: TraceRequest = TraceRequest()

    @property
    def is_pyc(self) -> bool:
        """Whether the file is a cache file and no source."""
        return self.source.path.endswith(".pyc")

    @property
    def wanted(self) -> tuple[str, ...]:
        """The stages to show, in the report's order; a cache file's header comes before its bytecode."""
        if self.is_pyc:
            return tuple(stage for stage in PYC_STAGES if stage in (self.stages or PYC_STAGES))
        return tuple(stage for stage in ORDER if stage in (self.stages or DEFAULT_STAGES))

    @property
    def runs(self) -> bool:
        """Whether the program is to be run."""
        return self.adaptive or not {"output", "trace"}.isdisjoint(self.wanted)


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a program wrote, and how it ended."""

    stdout: str
    stderr: str
    ended: Ended

    @property
    def failed(self) -> bool:
        """Whether the program ended in any other way than with status 0."""
        return self.ended.exit_status != 0 or self.ended.limit is not None


Outcome = StageTable | Ran | Traced | PycHeader | Failure


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that was asked for of one source; what is missing is told by `failure`.

    Attributes:
        stages: what was asked for, in order.
        named: whether somebody named the stages; then one that the interpreter does not have is a failure.
        analysis: the tables of the stages that were needed.
        ran: the run, when there was one.
        traced: its recording, when it was recorded.
        pyc: the cache file's header, when it was asked for.
        readers: names of interpreters that can read the cache file, when the chosen one cannot.
        adaptive: whether the bytecode tells specialised instructions.
    """

    interpreter: Interpreter
    source: Source
    stages: tuple[str, ...]
    named: bool
    analysis: Analysis
    ran: Ran | None = None
    traced: Traced | None = None
    pyc: PycHeader | None = None
    readers: tuple[str, ...] = ()
    adaptive: bool = False

    def outcome(self, stage: str) -> Outcome | None:
        """What there is of `stage`: None when an earlier stage of the report stopped the way to it."""
        made: Outcome | None
        if stage == "output":
            made = self.ran
        elif stage == "trace":
            made = self.traced
        elif stage == "pyc":
            made = self.pyc
        else:
            made = self.analysis.table(stage)
        return self.failure(stage) if made is None else made

    def failure(self, stage: str) -> Failure | None:
        """Why `stage` failed; an earlier failure only when its own stage is not part of the report."""
        failure = self.analysis.failures.get(stage)
        if failure or self.has(stage):
            return failure
        stopper = self.stopper
        if stopper is None:
            return Failure(stage=stage, type="Unavailable", message="the interpreter gave no such stage")
        return None if stopper.stage in self.stages else stopper

    def has(self, stage: str) -> bool:
        """Whether `stage` was made."""
        made = {"output": self.ran, "trace": self.traced, "pyc": self.pyc}
        return (made[stage] if stage in made else self.analysis.table(stage)) is not None

    @property
    def stopper(self) -> Failure | None:
        """The failure that kept later stages from being tried."""
        return next((f for f in self.analysis.failures.values() if stops(f)), None)

    def save_trace(self, path: str) -> None:
        """Write the recording, if there is one, to a trace file.

        Raises:
            TraceFileError: it cannot be written.
        """
        if self.traced is not None:
            self.traced.save(path)

    @property
    def status(self) -> int:
        """0, or 1 when the program or a stage failed."""
        if self.ran is not None and self.ran.failed and {"output", "trace"}.intersection(self.stages):
            return 1
        if self.traced is not None and self.traced.unrecorded and "trace" in self.stages:
            return 1
        failures = [failure for stage in self.stages if (failure := self.failure(stage))]
        return int(any(self.named or failure.type != "Unavailable" for failure in failures))


def stops(failure: Failure) -> bool:
    """Whether nothing can be run after `failure`: the compiler refused, or the bytes are no text."""
    return failure.type != "Unavailable" and failure.stage not in {"tokens", "run", "pyc"}


async def make_report(request: Request) -> Report:
    """Make every stage that `request` asks for; the program is run last, and for `adaptive` too.

    Raises:
        ProbeError: the interpreter cannot be started at all.
    """
    if request.is_pyc:
        return await _report_on_pyc(request)
    wanted = request.wanted
    needed: tuple[StageName, ...] = tuple(stage for stage in STAGES if stage in wanted)
    analysis = Analysis(lines=tuple(request.source.lines), complete=True)
    if needed:
        analysis = await analyse(request.interpreter, request.source, stages=needed)
    report = Report(
        interpreter=request.interpreter,
        source=request.source,
        stages=wanted,
        named=bool(request.stages),
        analysis=analysis,
        adaptive=request.adaptive,
    )
    if report.stopper is None and request.runs:
        ran, specialised, traced = await run(request)
        if specialised and analysis.bytecode:
            table = with_specialised(analysis.bytecode, specialised)
            analysis = msgspec.structs.replace(analysis, bytecode=table)
        report = msgspec.structs.replace(report, ran=ran, traced=traced, analysis=analysis)
    if "pyc" in wanted:
        report = await _with_cache_file(report)
    return report


async def run(request: Request) -> tuple[Ran, Specialised | None, Traced | None]:
    """Run the program under its limits to its end, recorded if asked; whatever happens, it does not live on.

    Raises:
        StepsError: the recording has no such step.
        StreamFilesError: there is no room for a recording.
    """
    stdout: list[str] = []
    stderr: list[str] = []
    specialised: list[Specialised] = []

    def on_event(event: RunEvent) -> None:
        if isinstance(event, Output) and event.stream != "stdin":
            (stdout if event.stream == "stdout" else stderr).append(event.text)
        elif isinstance(event, Specialised):
            specialised.append(event)

    recorded: Recorded | None = None
    what = (request.interpreter, request.source, on_event)
    how: dict[str, Any] = {"limits": request.limits, "arguments": request.arguments}
    if "trace" in request.wanted:
        recorded = await record(*what, **how, options=request.trace.options)
        program = recorded.run
    else:
        program = await Run.start(*what, **how, report_specialised=request.adaptive)
    try:
        if request.input:
            program.write_input(request.input)
        program.close_input()
        ended = await program.wait()
    except BaseException:
        await program.stop()
        raise
    ran = Ran(stdout="".join(stdout), stderr="".join(stderr), ended=ended)
    traced = Traced(recorded, request.trace) if recorded is not None else None
    return ran, specialised[-1] if specialised else None, traced


def report_on_trace(trace: Trace, request: TraceRequest, stages: tuple[str, ...]) -> Report:
    """The report of a trace file.

    Raises:
        StepsError: the recording has no such step.
    """
    about, ran = trace.about, None
    if about.ended is not None:
        texts = (data.decode("utf-8", "replace") for data in (trace.stdout, trace.stderr))
        ran = Ran(stdout=next(texts), stderr=next(texts), ended=about.ended)
    return Report(
        interpreter=about.interpreter,
        source=about.source,
        stages=tuple(stage for stage in TRACE_STAGES if stage in (stages or ("trace",))),
        named=True,
        analysis=Analysis(lines=tuple(about.source.lines), complete=True),
        ran=ran,
        traced=Traced(trace, request),
    )


def with_specialised(table: CodeTable, specialised: Specialised) -> CodeTable:
    """The same table with the names that the instructions had after the run."""
    strings = list(table.strings)
    places: dict[str, int] = {}
    names = {(code, offset): name for code, offset, name in specialised.rows}
    column: Column = type(table.specialised)(table.specialised.typecode, table.specialised)
    for row, key in enumerate(zip(table.code, table.offset, strict=True)):
        name = names.get(key)
        if name is None or name == strings[table.opname[row]]:
            continue
        if name not in places:
            places[name] = len(strings)
            strings.append(name)
        column[row] = places[name]
    return msgspec.structs.replace(table, strings=strings, specialised=column)


def cache_path(path: str, cache_tag: str, prefix: str = "") -> str:
    """Where an interpreter puts a source's cache file (``importlib.util.cache_from_source``).

    Args:
        path: the source file.
        cache_tag: the interpreter's ``sys.implementation.cache_tag``.
        prefix: ``PYTHONPYCACHEPREFIX``: a folder that takes all cache files.
    """
    place = Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links, importlib does not)
    base, dot, rest = place.name.rpartition(".")
    name = f"{base or rest}{dot}{cache_tag}.pyc"
    if prefix:
        return str(Path(prefix) / place.parent.relative_to(place.anchor) / name)
    return str(place.parent / "__pycache__" / name)


async def _with_cache_file(report: Report) -> Report:
    """The report with the header of the source's cache file."""
    tag = report.interpreter.cache_tag
    if not tag or not report.interpreter.can("pyc"):
        failure = Failure(stage="pyc", type="Unavailable", message="this interpreter keeps no cache files")
        return msgspec.structs.replace(report, analysis=report.analysis.with_failure(failure))
    path = cache_path(report.source.path, tag, os.environ.get("PYTHONPYCACHEPREFIX", ""))
    header, _ = await inspect_pyc(report.interpreter, path, report.source.path)
    return msgspec.structs.replace(report, pyc=header)


async def _report_on_pyc(request: Request) -> Report:
    header, code = await inspect_pyc(request.interpreter, request.source.path)
    analysis = Analysis(complete=True)
    if isinstance(code, Failure):
        analysis = analysis.with_failure(msgspec.structs.replace(code, stage="bytecode"))
    elif code is not None:
        analysis = analysis.with_table("bytecode", code)
    readers: tuple[str, ...] = ()
    if header.exists and not header.readable:
        readers = tuple(other.name for other in await discover() if other.magic == header.magic)
        if code is None:
            failure = Failure(
                stage="bytecode",
                type="Unavailable",
                message=foreign_sentence(header, request.interpreter, readers),
            )
            analysis = analysis.with_failure(failure)
    return Report(
        interpreter=request.interpreter,
        source=request.source,
        stages=request.wanted,
        named=True,
        analysis=analysis,
        pyc=header,
        readers=readers,
    )


def foreign_sentence(header: PycHeader, interpreter: Interpreter, readers: tuple[str, ...]) -> str:
    """Who wrote a cache file that `interpreter` cannot read, and who here can read it."""
    writer = header.written_by or f"an interpreter with the magic number {header.magic or 'of no .pyc file'}"
    if readers:
        remedy = "it can be read with " + " or ".join(f"--python {name.replace(' ', '')}" for name in readers)
    else:
        remedy = "no interpreter found here can read it"
    return f"written by {writer}, not for {interpreter.name}; {remedy}"
