"""The probe: the child process in which an interpreter shows what it makes of a source.

Who runs where: the parent starts ``PYTHON -I .../probe/__main__.py ROLE FD`` with the interpreter that the learner
chose. That file loads this package under the private name ``_flowtui_probe``, so that a learner's ``import tokens``
or ``import tree`` never meets a file of ours. Everything here is read by CPython 3.8 to the newest and by PyPy 3, and
imports the standard library and its siblings only.

What goes over the wire: frames of ``wire``, on a descriptor of the probe's own. 0, 1 and 2 belong to the learner.

Two roles: ``analyse`` serves requests for stages (``serve``) and never executes a source; ``run`` executes one
program (``program``) and ends with it. A third file, ``keeper``, runs on flowtui's own interpreter between the parent
and a running program: it sets the limits and sees to it that no process is left.
"""
