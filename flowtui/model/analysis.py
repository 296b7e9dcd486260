"""All that one interpreter made of one version of a source, as far as it has come."""

from __future__ import annotations

from typing import Literal

import msgspec

from flowtui.model.failure import Failure
from flowtui.model.stages import CodeTable, SymbolTable, TokenTable, TreeTable

StageName = Literal["tokens", "ast", "symbols", "bytecode"]
#: In the order in which a probe makes them.
STAGES: tuple[StageName, ...] = ("tokens", "ast", "symbols", "bytecode")

StageTable = TokenTable | TreeTable | SymbolTable | CodeTable


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """The stages that have arrived for `version` of a source; a stage is a table, a failure, or not there yet.

    Attributes:
        version: the number of the text that was analysed; it grows with every edit.
        lines: that text's lines: rows are cut from them and linked by them.
        failures: what went wrong, by stage; stages that need a failed one are not there at all.
        milliseconds: what each stage took, by stage.
        complete: whether nothing more will come for this version.
    """

    version: int = 0
    lines: tuple[str, ...] = ("",)
    tokens: TokenTable | None = None
    ast: TreeTable | None = None
    symbols: SymbolTable | None = None
    bytecode: CodeTable | None = None
    failures: dict[str, Failure] = {}
    milliseconds: dict[str, float] = {}
    complete: bool = False

    @property
    def failure(self) -> Failure | None:
        """The first failure in the order of the stages: where the error arose."""
        return next(iter(self.failures.values()), None)

    def table(self, stage: str) -> StageTable | None:
        """The table of `stage`, if it has arrived."""
        table: StageTable | None = getattr(self, stage)
        return table

    def with_table(self, stage: StageName, table: StageTable) -> Analysis:
        """The same with one stage more."""
        timed = {**self.milliseconds, stage: table.milliseconds}
        if isinstance(table, TokenTable):
            table = table.with_lines(self.lines)
        return msgspec.structs.replace(self, **{stage: table, "milliseconds": timed})

    def with_failure(self, failure: Failure) -> Analysis:
        """The same with one failure more."""
        return msgspec.structs.replace(self, failures={**self.failures, failure.stage: failure})
