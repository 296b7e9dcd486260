"""What comes over the wire, as typed, frozen structures; nothing here reads or writes anything.

Bulk rows stay columns (``array``) from the probe to the screen: a table holds the columns and makes a row's structure
only when somebody asks for it. Every coordinate is a ``Span``: lines from 1, columns from 0 in code points.
"""
