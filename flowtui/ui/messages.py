"""Facts that workers and callbacks post to the workbench; its handlers change what is shown."""

from __future__ import annotations

from textual.message import Message

from flowtui.engine.files import FileChange
from flowtui.model.analysis import Analysis
from flowtui.model.run import RunEvent


class AnalysisChanged(Message):
    """A stage more has arrived; only the newest analysis is worth showing."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        super().__init__()

    def can_replace(self, message: Message) -> bool:
        """A newer one makes an older one that waits needless."""
        return isinstance(message, AnalysisChanged)


class RunHappened(Message):
    """A program's run tells something; `run` is the number of the run."""

    def __init__(self, run: int, event: RunEvent) -> None:
        self.run, self.event = run, event
        super().__init__()


class DiskChanged(Message):
    """Another program changed, deleted or restored the open file."""

    def __init__(self, change: FileChange) -> None:
        self.change = change
        super().__init__()
