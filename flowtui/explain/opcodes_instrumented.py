"""What `sys.monitoring` (3.12 on) writes over an instruction that a debugger, profiler or coverage tool watches.

Events: the documentation of `sys.monitoring` and PEP 669.
"""

from __future__ import annotations

from flowtui.explain.values import Entry

#: The watched instruction, and the event that it reports.
_REPORTS = {
    "RESUME": "that the function starts or goes on",
    "RETURN_VALUE": "that the function returns",
    "RETURN_CONST": "that the function returns",
    "YIELD_VALUE": "that the function yields",
    "CALL": "the call",
    "CALL_KW": "the call",
    "CALL_FUNCTION_EX": "the call",
    "LOAD_SUPER_ATTR": "the call of `super`",
    "JUMP_FORWARD": "the jump",
    "JUMP_BACKWARD": "the jump",
    "POP_JUMP_IF_TRUE": "which way the branch goes",
    "POP_JUMP_IF_FALSE": "which way the branch goes",
    "POP_JUMP_IF_NONE": "which way the branch goes",
    "POP_JUMP_IF_NOT_NONE": "which way the branch goes",
    "NOT_TAKEN": "that the branch before it was not taken",
    "FOR_ITER": "whether the loop goes on",
    "POP_ITER": "that the loop is left",
    "END_FOR": "that a generator has ended",
    "END_SEND": "that the awaited generator or coroutine has ended",
    "END_ASYNC_FOR": "that the async loop is left",
}

INSTRUMENTED: dict[str, Entry] = {
    "INSTRUMENTED_LINE": "Watched by `sys.monitoring`: reports that a new line begins, then does the instruction's own work.",
    "INSTRUMENTED_INSTRUCTION": "Watched by `sys.monitoring`: reports that this instruction is next, then does its own work.",
    **{
        f"INSTRUMENTED_{name}": f"{name} watched by `sys.monitoring`: does the same work and reports {event}."
        for name, event in _REPORTS.items()
    },
}
