"""A probe's descriptors and its role: what `__main__` calls once the package has its private name."""

from __future__ import annotations

import os
import sys

#: The protocol's descriptors are moved here or above: what a program opens, closes or writes to by number is
#: not ours.
PRIVATE = 500
ROLES = ("analyse", "run", "describe")


def main(arguments: list[str]) -> int:
    """Take ``ROLE IN_FD OUT_FD``, say hello and serve; the result is the exit status.

    Role `run` takes the files of a recording as well, each as ``STREAM=FD``.
    """
    if arguments[:1] == ["keep"]:  # no probe: it keeps one
        from . import keeper

        return keeper.main(arguments[1:])
    if arguments == ["selftest"]:  # a throwaway process: may crash
        from . import stack_selftest

        return stack_selftest.main()
    try:
        role, frame_in, frame_out = arguments[0], private(int(arguments[1])), private(int(arguments[2]))
        if role not in ROLES:
            raise ValueError(role)
        named = [word.partition("=") for word in arguments[3:]]
        files = {name: private(int(descriptor)) for name, _, descriptor in named}
    except (IndexError, ValueError, OSError):
        sys.stderr.write("flowtui's probe is started by flowtui: %s IN_FD OUT_FD\n" % "|".join(ROLES))
        return 2
    if role == "run":
        from . import program

        return program.main(frame_in, frame_out, files) or 0
    from . import serve

    if role == "describe":
        return serve.describe(frame_out)
    silence()
    return serve.main(frame_in, frame_out)


def private(descriptor: int) -> int:
    """Move a descriptor out of the way of what a program opens; no program started from here inherits it."""
    if descriptor >= PRIVATE:  # the keeper has moved it, above what a program may open at all
        os.set_inheritable(descriptor, False)
        return descriptor
    try:
        import fcntl
    except ImportError:  # not a POSIX system: the number stays
        return descriptor
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD, PRIVATE)
    except OSError:  # fewer descriptors are allowed than PRIVATE
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)
    os.set_inheritable(moved, False)  # 3.8 and PyPy have no F_DUPFD_CLOEXEC; nothing else runs yet
    os.close(descriptor)
    return moved


def silence() -> None:
    """Point 0 at the null device, and 1 and 2 if they are closed: an old parser prints there."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    for descriptor in (1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(null, descriptor)
    if null > 2:
        os.close(null)
