"""The screen: widgets (reusable, know no stage), panes (one a stage), screens, and the panes' slots.

Attributes go down: the workbench hands an `Analysis` and a `Selection` to every pane. Messages go up: a
pane says which of its rows the learner chose, the workbench makes the selection of it. Nothing is imported
here, so that `boot` can paint before Textual is there.
"""
