"""What a learner's program may use, set in the process that becomes it.

The kernel's own limits are the floor: they hold even when nobody watches. `keeper` watches on top of them,
for what no limit of a process can say: how many processes the whole tree has.
"""

from __future__ import annotations

import math
import os
import resource

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any

#: How many descriptors a program may open.
OPEN_FILES = 256
#: Bytes between the soft and the hard limit of the address space: what the probe may still use, once the
#: program has used up all of its own, to say so.
MEMORY_TO_SAY_SO = 64 << 20
#: Tasks of the same user beyond the limit before the kernel refuses: the keeper is to see the excess and name
#: it.
TASKS_BEYOND = 16


def lower(kind: int, soft: int, hard: int) -> None:
    """Set one limit, never above what this process has itself."""
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OSError, ValueError):  # a system that lacks this limit (macOS: RLIMIT_AS)
        pass


def apply(limits: dict[str, Any], tasks: int) -> None:
    """Set the limits of this process and of all that it will start.

    Args:
        limits: `model.run.Limits` by name; 0 means that there is none.
        tasks: how many processes and threads this user has already: RLIMIT_NPROC counts them all.
    """
    lower(resource.RLIMIT_CORE, 0, 0)
    lower(resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES)
    if limits["cpu"]:
        seconds = math.ceil(limits["cpu"])
        lower(resource.RLIMIT_CPU, seconds + 1, seconds + 2)
    if limits["memory"]:
        lower(resource.RLIMIT_AS, limits["memory"], limits["memory"] + MEMORY_TO_SAY_SO)
    if limits["file_size"]:
        lower(resource.RLIMIT_FSIZE, limits["file_size"], limits["file_size"])
    if limits["processes"] and os.geteuid() != 0:  # the kernel exempts root
        most = tasks + limits["processes"] + TASKS_BEYOND
        lower(resource.RLIMIT_NPROC, most, most)


def leave_room_to_report() -> None:
    """Let the probe use the memory that is kept back for its last words."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        except (OSError, ValueError):
            pass
