"""The probe: the child process in which an interpreter shows what it makes of a source.

Who runs where: the parent starts ``PYTHON -I .../probe/__main__.py ROLE FD`` with the interpreter that the learner
chose. That file loads this package under the private name ``_flowtui_probe``, so that a learner's ``import tokens``
or ``import tree`` never meets a file of ours. Everything here is read by CPython 3.8 to the newest and by PyPy 3, and
imports the standard library and its siblings only.

What goes over the wire: frames of ``wire``, on a descriptor of the probe's own. 0, 1 and 2 belong to the learner.

Four roles, told apart in ``roles``:

* ``describe`` says what the interpreter is and can show (``handshake``), and ends.
* ``analyse`` serves requests for stages (``serve``, ``stage``) and never executes a source. A stage is a module:
  ``tokens``, ``tree``, ``symbols`` (with ``scopes``), ``bytecode`` (with ``depth``), ``pyc``; they share ``text``, and
  ``failure`` for what goes wrong.
* ``run`` executes one program (``program``) and ends with it: ``standard``, ``stdin``, ``uncaught``,
  ``traceback_fields`` and ``specialised`` make it what ``python FILE`` would be.
* ``keep`` (``keeper``) runs on flowtui's own interpreter, between the parent and a running program: it sets ``limits``,
  watches the program's ``descendants``, and sees to it that no process is left.
"""
