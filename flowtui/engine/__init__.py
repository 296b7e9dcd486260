"""The parent without a screen: it finds interpreters, starts probes, asks them and ends them, in asyncio.

Who runs where: everything here runs in flowtui's own process, in one event loop, without Textual. An
interpreter that the learner chose runs in a child of its own, the probe; the two talk over a pair of pipes in
frames of ``flowtui.probe.wire``. What a probe says is checked before it is believed, every wait has an end,
and a probe that dies, hangs or lies becomes one clear sentence (``ProbeError``) or a ``Failure`` at the stage
it was at: never a traceback, never a process left behind.

* ``disk``: where things are kept, and how a file is replaced without a moment in which it is broken.
* ``child``: a process with a session of its own, ended as a whole group.
* ``pipes``: frames over a pair of descriptors, without blocking the loop.
* ``connection``: one probe: its process, the handshake, frames with time-outs, its end.
* ``search`` (where to look), ``cache`` (what is remembered), ``interpreters`` (find, ask, choose).
* ``folding``: a probe's answers become an ``Analysis``, one frame at a time.
* ``analysis``: the pull model. The probe says ``ready``, the newest text goes out, tables come back one by
  one.
* ``running``: a program under limits. Its parts: ``keeping`` (the start), ``streams``, ``run_clock``, ``run_messages``
  (what is heard, checked), ``leftovers`` (what outlived its keeper), ``verdict`` (the sentence at the end).
* ``files``: a source read, saved and watched. ``recovery``: unsaved text outlives a crash. ``settings``: what is
  remembered between two starts.

What goes over the wire, there and back::

    parent                                       probe (role analyse)
                                          ←      hello: version, capabilities
                                          ←      ready
    analyse {id, name, stages} + bytes    →
                                          ←      stage {id, stage, …} + columns, or failure {id, stage, …}
    newer                                 →      (a newer text exists: do not begin another stage)
                                          ←      done {id, abandoned}
                                          ←      ready

The end of the parent's pipe ends the probe, so that a parent that is killed leaves nothing behind either.
"""
