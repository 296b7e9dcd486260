"""Run a program as the workbench does, and see to what must hold however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Sequence

import msgspec
import psutil

from flowtui.engine.leftovers import MARK
from flowtui.engine.running import Run
from flowtui.model.interpreter import Interpreter
from flowtui.model.run import Ended, InputWanted, Limits, Output, RunEvent, Specialised
from flowtui.model.source import Source

#: Short limits: each hostile program is to meet one of them soon.
SHORT = Limits(cpu=2, wall=20, memory=256 << 20, processes=16, output=1 << 20, file_size=8 << 20)


def interpreter(path: str = sys.executable) -> Interpreter:
    """An interpreter of which the path alone matters."""
    words = (
        "real_path",
        "implementation",
        "version",
        "implementation_version",
        "build",
        "magic",
        "cache_tag",
    )
    return Interpreter(
        path=path,
        free_threaded=False,
        gil=True,
        jit="no",
        capabilities=frozenset(),
        protocol=1,
        **dict.fromkeys(words, ""),
    )


class Record:
    """All that a run told."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []
        self.token = ""

    def text(self, stream: str) -> str:
        """All text of one stream."""
        return "".join(
            each.text for each in self.events if isinstance(each, Output) and each.stream == stream
        )

    @property
    def ended(self) -> Ended:
        """The one end, which is the last event."""
        ends = [each for each in self.events if isinstance(each, Ended)]
        assert len(ends) == 1
        assert self.events[-1] is ends[0]
        return ends[0]

    @property
    def specialised(self) -> Specialised | None:
        """The specialised instructions, if they were told."""
        return next((each for each in self.events if isinstance(each, Specialised)), None)


def marked(token: str) -> list[psutil.Process]:
    """The living processes that belong to a run."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == token and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


async def run(
    code: str | bytes,
    *,
    path: str = "",
    name: str = "<code>",
    python: str = sys.executable,
    limits: Limits = SHORT,
    arguments: Sequence[str] = (),
    specialised: bool = False,
    on_event: Callable[[Run, RunEvent], None] | None = None,
) -> Record:
    """Run `code` to its end; nothing of it may be left, and the event loop must have gone on meanwhile.

    Args:
        on_event: called with the run and each event; without it, a wish for input is answered by the end of
        input.
    """
    data = code.encode() if isinstance(code, str) else code
    record = Record()
    begun: asyncio.Future[Run] = asyncio.get_running_loop().create_future()

    def take(event: RunEvent) -> None:
        record.events.append(event)
        if on_event is not None:
            on_event(begun.result(), event)
        elif isinstance(event, InputWanted):
            begun.result().close_input()

    source = Source(name=name, path=path, data=data, text=data.decode("utf-8", "surrogateescape"))
    program = await Run.start(
        interpreter(python), source, take, limits=limits, arguments=arguments, report_specialised=specialised
    )
    begun.set_result(program)
    record.token = program.token
    await program.wait()
    assert record.ended.sentence.endswith(".")
    assert "\n" not in record.ended.sentence
    assert marked(program.token) == []
    return record


def with_limits(**changes: float) -> Limits:
    """`SHORT` with some fields changed."""
    return msgspec.structs.replace(SHORT, **changes)
