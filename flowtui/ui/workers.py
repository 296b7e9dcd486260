"""A worker that fails is told of; whatever it was about, the app goes on."""

from __future__ import annotations

from textual.dom import DOMNode
from textual.worker import Worker, WorkerState


def tell_failure(node: DOMNode, event: Worker.StateChanged) -> None:
    """Notify the learner when the worker of `event` failed.

    Textual tells the node that started a worker, and nobody else: every screen with workers calls this.
    """
    error = event.worker.error
    if event.state is WorkerState.ERROR and error is not None:
        words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        node.app.notify(words, title="An error in flowtui itself", severity="error", timeout=12, markup=False)
