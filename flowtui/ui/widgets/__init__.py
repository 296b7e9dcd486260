"""Widgets that know no stage: an editor for Python source, a table and a tree of any length, a terse screen.

Nothing here imports the model or another floor of flowtui, but for the picture of a run, which draws the states of
`model.trace`. What they have in common is that the work of a key press depends on what is seen, never on how much
there is.

    cells               how one line stands on the screen: code points to cells and back
    document            lines as Python splits them, with their widths kept
    python_scan         one line to coloured spans, with the state that goes over to the next line
    highlight           those states for a whole document, kept right while it is edited
    editing             what Tab, Enter, Backspace and the like do to Python code
    brackets            which bracket belongs to which
    python_editor       a text area with those keys
    search              where a text stands
    source_paint        one line's picture
    source_view         the editor, which puts these together
    virtual_list        rows that are drawn only when they are seen
    virtual_table, virtual_tree     what builds on it
    log_view            lines that grow at the end
    line_input          one line to type, whose cursor does not blink
    palette             theme colours of a widget's component classes
    frame_diff          never sends a cell that the terminal already shows
    pipeline_bar, link_bar, key_bar     the lines above and below the panes
    scrubber            a whole recording in one or two lines, and where we are in it
    run_picture         a state of a recorded run: frames, operand stack, variables, heap, arrows
    picture_layout      the sizes of its parts, and the places that objects keep
    picture_items, picture_blocks   its rows: frames, slots and variables; objects
    picture_scene       all of one state; picture_drawing: a scene on a picture_canvas
    picture_arrows      ways through a channel; picture_routes: which arrows of a scene are drawn
    picture_camera      which part of a scene is seen
"""
