"""flowtui: see how Python runs, on your own code, in the terminal.

The floors, from the ground up; imports go downward only (see ``ARCHITECTURE.md``):

* ``probe``: the child process, on any interpreter from CPython 3.8 and on PyPy 3. Standard library only.
* ``model``: what comes over the wire, as typed, frozen structures. No input or output.
* ``explain``: a sentence for every opcode, token type and node kind.
* ``engine``: the parent without a screen: finds interpreters, starts, limits and ends probes.
* ``report`` and ``course``: stages as text, JSON, HTML and SVG; the lessons.
* ``ui``: widgets, panes, screens.
* ``app``, ``cli``, ``__main__``: wiring.
"""

__version__ = "0.1.0"
