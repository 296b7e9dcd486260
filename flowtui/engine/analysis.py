"""The pull model: a probe says that it is ready, the newest text goes out, tables come back stage by stage.

Nothing is queued and nothing waits for a pause in typing. A text is made (`get_source`) only when a probe is
there to read it, so that a key costs the same in a file of ten lines and of twenty thousand.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from flowtui.engine.connection import Connection, ProbeError
from flowtui.engine.files import SourceError
from flowtui.engine.folding import Folding, failure_of, table_of
from flowtui.model.analysis import STAGES, Analysis, StageName
from flowtui.model.failure import Failure
from flowtui.model.interpreter import Interpreter
from flowtui.model.pyc import PycHeader
from flowtui.model.source import Source
from flowtui.model.stages import CodeTable
from flowtui.model.tables import BadTableError
from flowtui.probe.wire import Frame, WireError

#: Seconds that one stage may take before its probe is given up.
STAGE_TIMEOUT = 20.0
#: Bytes of address space for a probe that analyses: a compiler that wants more gets a MemoryError, not the
#: machine.
MEMORY = 4 << 30
#: Seconds for which work is dropped in favour of newer text; then one version is finished, or a steady typist
#: would never see the later stages of a long file.
_PATIENCE = 0.5
#: Bytes; splitting a longer text into lines is done beside the event loop.
_LARGE = 200_000


class _Wanted(NamedTuple):
    version: int
    get_source: Callable[[], Source]
    stages: Sequence[StageName]


class Analyst:
    """Keeps one probe, and an `Analysis` of the newest text that was submitted.

    ``on_change`` is called in the event loop with each stage that arrives. Versions are never mixed: an
    `Analysis` holds the stages of its own version only, and once a newer text has gone out nothing of an
    older one is delivered. A probe that dies or hangs costs the stage that it was at (a `Failure` of type
    ``Crash`` or ``Timeout``); a new one is started and goes on with the next.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        on_change: Callable[[Analysis], None],
        *,
        stage_timeout: float = STAGE_TIMEOUT,
        memory: int = MEMORY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._interpreter = interpreter
        self._on_change = on_change
        self._stage_timeout = stage_timeout
        self._memory = memory
        self._wanted: _Wanted | None = None
        self._submitted = asyncio.Event()
        self._connection: Connection | None = None
        self._ready = False
        self._request = 0
        #: While a request is out: until when a newer text stops it; 0 when it shall not, or was stopped
        #: already.
        self._stoppable_until = 0.0
        #: Until when versions may be dropped after one was finished; 0 when none has gone out since.
        self._patience_ends = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def interpreter(self) -> Interpreter:
        """The interpreter that it asks."""
        return self._interpreter

    @property
    def pid(self) -> int | None:
        """The process id of the probe of the moment, if there is one."""
        return self._connection.pid if self._connection else None

    async def start(self) -> None:
        """Start the probe.

        Raises:
            ProbeError: the interpreter cannot be started or is none.
        """
        self._connection = await self._open()
        self._task = asyncio.create_task(self._serve(), name=f"analyst {self._interpreter.name}")

    def submit(
        self, version: int, get_source: Callable[[], Source], stages: Sequence[StageName] = STAGES
    ) -> None:
        """Say that there is a newer text; returns at once.

        Args:
            version: its number, greater than all before.
            get_source: makes the text; called in the event loop when the probe is ready for it, or never if a
                newer one comes first. A `SourceError` that it raises becomes the analysis's failure at the
                stage ``source``.
            stages: what to make of it.
        """
        self._wanted = _Wanted(version, get_source, stages)
        self._submitted.set()
        if self._connection and self._clock() < self._stoppable_until:
            self._stoppable_until = 0.0
            self._connection.post({"kind": "newer", "id": self._request})

    async def close(self) -> None:
        """End the probe."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        await self._drop()

    async def _open(self) -> Connection:
        self._ready = False
        return await Connection.open(self._interpreter.path, memory=self._memory)

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _serve(self) -> None:
        try:
            while True:
                await self._submitted.wait()
                await self._answer()
        finally:
            await self._drop()

    async def _answer(self) -> None:
        """Answer what is wanted now."""
        refusal = await self._prepare()
        wanted, self._wanted = self._wanted, None
        self._submitted.clear()
        assert wanted is not None  # only this method takes it away
        if refusal is not None:
            folding = Folding(wanted.version, ("",), wanted.stages)
            folding.fail_here("Crash", str(refusal))
            folding.finish()
            self._deliver(folding)
            return
        try:
            source = wanted.get_source()
        except SourceError as error:
            failure = Failure(stage="source", type="UnicodeEncodeError", message=str(error))
            folding = Folding(wanted.version, ("",), wanted.stages)
            folding.fail(failure)
            self._deliver(folding)
            return
        except Exception as error:
            self._complain("making the text of a version failed", error)
            return
        large = len(source.data) > _LARGE
        lines = await asyncio.to_thread(_lines_of, source) if large else _lines_of(source)
        await self._pursue(Folding(wanted.version, lines, wanted.stages), source)

    async def _prepare(self) -> ProbeError | None:
        """Have a probe that is ready; the error when the interpreter gives none, even when started anew."""
        for _ in range(2):
            try:
                if self._connection is None or not self._connection.alive:
                    await self._drop()
                    self._connection = await self._open()
                while not self._ready:
                    frame = await self._connection.receive(self._stage_timeout)
                    self._ready = frame.kind == "ready"
                return None
            except ProbeError as error:
                refusal = error
                await self._drop()
        return refusal

    async def _pursue(self, folding: Folding, source: Source) -> None:
        """Ask for the stages that are left; after a death of the probe again, without the fatal one."""
        # A probe that has sat idle may have been killed by others: then the source is not to blame.
        innocent = True
        while folding.left:
            first = folding.left[0]
            try:
                await self._converse(folding, source)
                return
            except (ProbeError, BadTableError, WireError) as error:
                await self._drop()
                died = isinstance(error, ProbeError) and error.reason == "died"
                if not (died and innocent and folding.left[:1] == [first]):
                    self._blame(folding, error)
                innocent = False
            if self._wanted is not None or not folding.left:
                return
            refusal = await self._prepare()
            if refusal is not None:
                folding.fail_here("Crash", str(refusal))
                if folding.finish():
                    self._deliver(folding)
                return

    async def _converse(self, folding: Folding, source: Source) -> None:
        """Send one request and fold its answers until it is done."""
        connection = self._connection
        assert connection is not None  # `_prepare` has seen to it
        self._request += 1
        self._ready = False
        head = {"kind": "analyse", "id": self._request, "name": source.name, "stages": folding.left}
        await connection.send(head, {"source": array("B", source.data)})
        self._patience_ends = self._patience_ends or self._clock() + _PATIENCE
        self._stoppable_until = self._patience_ends
        try:
            while True:
                frame = await connection.receive(self._stage_timeout)
                if frame.head.get("id") != self._request:
                    continue  # a `ready` that crossed our message, or an answer to an earlier one
                if await folding.take(frame):
                    self._deliver(folding)
                if frame.kind in ("done", "fault"):
                    break
        finally:
            self._stoppable_until = 0.0
        if folding.analysis.complete:
            self._patience_ends = 0.0  # the next version may be dropped again

    def _blame(self, folding: Folding, error: ProbeError | BadTableError | WireError) -> None:
        if not folding.left:
            return
        name = self._interpreter.name
        if self._interpreter.implementation == "cpython":
            name = f"Python {name}"
        if not isinstance(error, ProbeError):
            folding.fail_here("Fault", str(error))
        elif error.reason == "lied":
            folding.fail_here("Fault", f"{name} {error.cause}")
        elif error.reason == "hung":
            folding.fail_here("Timeout", f"{name} {error.cause} and was ended")
        else:
            folding.fail_here("Crash", f"{name} {error.cause} at this stage")
        self._deliver(folding)

    def _deliver(self, folding: Folding) -> None:
        try:
            self._on_change(folding.analysis)
        except Exception as error:
            self._complain("showing an analysis failed", error)

    def _complain(self, message: str, error: Exception) -> None:
        """Hand a fault of our caller to the event loop: the analyst itself goes on."""
        asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})


def _lines_of(source: Source) -> tuple[str, ...]:
    return tuple(source.lines)


async def analyse(
    interpreter: Interpreter,
    source: Source,
    stages: Sequence[StageName] = STAGES,
    *,
    timeout: float = 60.0,
    memory: int = MEMORY,
) -> Analysis:
    """Analyse one source once, in a probe of its own.

    Args:
        interpreter: whom to ask.
        source: the source.
        stages: what to make of it.
        timeout: seconds for one stage.
        memory: bytes of address space for the probe.

    Returns:
        What was made of it, complete; a stage that could not be made is among its failures.

    Raises:
        ProbeError: the interpreter cannot be started or is none.
    """
    complete: asyncio.Future[Analysis] = asyncio.get_running_loop().create_future()

    def on_change(analysis: Analysis) -> None:
        if analysis.complete and not complete.done():
            complete.set_result(analysis)

    analyst = Analyst(interpreter, on_change, stage_timeout=timeout, memory=memory)
    await analyst.start()
    try:
        analyst.submit(1, lambda: source, stages)
        return await complete
    finally:
        await analyst.close()


async def inspect_pyc(
    interpreter: Interpreter, path: str, source_path: str = "", *, timeout: float = STAGE_TIMEOUT
) -> tuple[PycHeader, CodeTable | Failure | None]:
    """Take a ``.pyc`` file apart; nothing in it is executed.

    Args:
        interpreter: whom to ask: only the one that wrote the file can read its code.
        path: the file.
        source_path: the source to compare its header with; empty to let the interpreter find it.
        timeout: seconds for each answer.

    Returns:
        The header, and the code inside: a table, a failure, or None where this interpreter cannot read it.

    Raises:
        ProbeError: the interpreter cannot be started, or died over the file before it had read the header.
    """
    connection = await Connection.open(interpreter.path, memory=MEMORY)
    header: PycHeader | None = None
    code: CodeTable | Failure | None = None
    try:
        request = {"kind": "pyc", "id": 1, "path": _absolute(path), "source_path": _absolute(source_path)}
        await connection.send(request)
        while True:
            frame = await connection.receive(timeout)
            if frame.kind in ("ready", "hello"):
                continue
            if frame.kind == "pyc":
                header = msgspec.convert(frame.head.get("header"), PycHeader)
            elif frame.kind == "stage":
                table = await table_of(frame, "bytecode")
                assert isinstance(table, CodeTable)
                code = table
            elif frame.kind == "failure":
                code = failure_of(frame)
            elif frame.kind in ("done", "fault"):
                break
        return _pyc_result(interpreter, header, code, frame)
    except ProbeError as error:
        if header is None:
            raise
        kind = "Timeout" if error.reason == "hung" else "Crash"
        return header, Failure(
            stage="pyc", type=kind, message=f"{interpreter.name} {error.cause} over this file"
        )
    except (BadTableError, msgspec.ValidationError) as error:
        raise ProbeError(interpreter.path, f"sent what makes no sense: {error}", "lied") from None
    finally:
        await connection.close()


def _absolute(path: str) -> str:
    """The probe stands in another folder than its parent."""
    return str(Path(path).absolute()) if path else ""


def _pyc_result(
    interpreter: Interpreter, header: PycHeader | None, code: CodeTable | Failure | None, last: Frame
) -> tuple[PycHeader, CodeTable | Failure | None]:
    if last.kind == "fault":
        code = Failure(stage="pyc", type="Fault", message=str(last.head.get("message", "")))
    if header is None:
        what = code.message if isinstance(code, Failure) else "no header came"
        raise ProbeError(interpreter.path, f"could not read the file: {what}", "lied")
    return header, code
