"""One pane a stage: what an analysis, a selection or a run looks like.

Panes know the model and the sentences, never each other. Attributes go down (`show_analysis`,
`show_selection`, `show_interpreter`), messages go up (`Pane.Selected`, `Pane.Explained`). Rows are drawn from
the tables' columns only when they are seen.
"""
