"""Recordings of a learner's program: made, read while they grow, walked through, saved.

Who runs where: the recorder is in the probe and appends to the streams of `probe.recording_format`; everything here is
in the parent and only reads them. Nothing is trusted: what is read may come from a hostile program, or a stranger's
file.

- `record`, `stream_files`, `trace_file`: a run that records; its files; a recording as one file.
- `streams`, `index`, `history`, `texts`: the raw streams, and what has to be known of them to find any step at once;
  built in one pass, as far as the recording has got.
- `reader.Recording` is what everybody else uses: steps, states, changes, ways to go (`navigation`, `finding`,
  `overview`).
  `states`, `objects` and `values` make the structures of `model.trace`; `operand_stack` rebuilds the stack.
- `memory`, `sentences`, `expressions`, `predict`: what can be said about a recording, asked of it, and asked about it.
"""
