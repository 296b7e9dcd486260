"""A probe's answers to one request become an `Analysis`, one frame at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from flowtui.model.analysis import Analysis, StageName, StageTable
from flowtui.model.failure import Failure
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable
from flowtui.model.tables import BadTableError
from flowtui.probe.wire import Frame

TABLES: dict[StageName, type[StageTable]] = {
    "tokens": TokenTable,
    "ast": TreeTable,
    "symbols": SymbolTable,
    "bytecode": CodeTable,
}
#: Stages that are made of the tree: without it they are not tried.
_OF_THE_TREE: frozenset[StageName] = frozenset({"symbols", "bytecode"})
#: Rows; making a larger table takes long enough to be felt on the screen.
_LARGE = 20_000


async def table_of(frame: Frame, stage: StageName) -> StageTable:
    """The table in a stage's frame; a large one is made beside the event loop.

    Raises:
        BadTableError: the frame is no table of that stage.
    """
    kind = TABLES[stage]
    if len(frame.columns.get("line", ())) > _LARGE:
        return await asyncio.to_thread(kind.from_frame, frame.head, frame.columns)
    return kind.from_frame(frame.head, frame.columns)


def failure_of(frame: Frame) -> Failure:
    """The failure in a frame.

    Raises:
        BadTableError: it is none.
    """
    try:
        return msgspec.convert({k: v for k, v in frame.head.items() if v is not None}, Failure)
    except msgspec.ValidationError as error:
        raise BadTableError(f"the probe's failure is wrong: {error}") from None


class Folding:
    """What has arrived for one version of a source, and what is still to come.

    Attributes:
        analysis: all that has arrived.
        left: the stages that nothing was said of yet, in their order; the first of them is being made.
    """

    def __init__(self, version: int, lines: tuple[str, ...], stages: Sequence[StageName]) -> None:
        self.left: list[StageName] = [stage for stage in TABLES if stage in stages]
        self.analysis = Analysis(version=version, lines=lines, complete=not self.left)

    async def take(self, frame: Frame) -> bool:
        """Fold one frame in; whether the analysis changed.

        Raises:
            BadTableError: the frame makes no sense.
        """
        if frame.kind == "stage":
            stage = frame.head.get("stage")
            if stage not in self.left:
                raise BadTableError(f"the probe sent a stage that nobody asked for: {stage!r:.40}")
            self.analysis = self.analysis.with_table(stage, await table_of(frame, stage))
            if stage == "tokens" and self.left == ["tokens"]:
                self.left.clear()  # a failure may come behind the rows that were made: `done` tells
            else:
                self._said(stage)
        elif frame.kind == "failure":
            self.fail(failure_of(frame))
        elif frame.kind == "fault":
            self.fail(self._failure("Fault", str(frame.head.get("message", ""))))
            self.finish()
        elif frame.kind == "done":
            return not frame.head.get("abandoned") and self.finish()
        else:
            return False
        return True

    def fail(self, failure: Failure) -> None:
        """Take a stage as failed, and those with it that are made of the tree when it was the tree."""
        self.analysis = self.analysis.with_failure(failure)
        if failure.stage == "source":
            self.left.clear()
        elif failure.stage == "ast":
            self.left = [stage for stage in self.left if stage not in _OF_THE_TREE]
        self._said(failure.stage)

    def fail_here(self, kind: str, message: str) -> None:
        """Take the stage that is being made as failed."""
        self.fail(self._failure(kind, message))

    def finish(self) -> bool:
        """Nothing more will come; whether that was not known yet."""
        self.left.clear()
        if self.analysis.complete:
            return False
        self.analysis = msgspec.structs.replace(self.analysis, complete=True)
        return True

    def _failure(self, kind: str, message: str) -> Failure:
        return Failure(stage=self.left[0] if self.left else "source", type=kind, message=message)

    def _said(self, stage: str) -> None:
        """Stages come in order: what was to come before this one will not come any more."""
        if stage in self.left:
            del self.left[: self.left.index(stage) + 1]
        if not self.left:
            self.finish()
