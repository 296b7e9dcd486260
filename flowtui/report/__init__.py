"""What the panes show, without a screen: stages as text, JSON, HTML and SVG, and the doctor's report.

``pipeline`` asks the engine and folds all answers into one `Report`; the other modules only read it.
``sections`` and its neighbours turn a report into lines of styled pieces (a text and the name of a style);
``text`` writes those for terminals and pipes, ``export`` as an HTML page or an SVG picture. ``json`` writes
the rows themselves: it is the contract that other programs use. ``stdio`` is where it all goes. Everything is
made line by line, so that a long source needs no long string.
"""
