"""One sentence for an instruction: its opcode's general one, or one with the values that it carries."""

from __future__ import annotations

from flowtui.explain.opcodes_async import ASYNC
from flowtui.explain.opcodes_build import BUILD, OPERATORS
from flowtui.explain.opcodes_call import CALL
from flowtui.explain.opcodes_exceptions import EXCEPTIONS
from flowtui.explain.opcodes_instrumented import INSTRUMENTED
from flowtui.explain.opcodes_jump import JUMP, LOOP
from flowtui.explain.opcodes_legacy import (
    LEGACY_BUILD,
    LEGACY_EXCEPTIONS,
    LEGACY_OPERATORS,
    LEGACY_STACK,
    PYPY,
)
from flowtui.explain.opcodes_load import LOAD, STACK
from flowtui.explain.opcodes_specialised import QUICKENED, SPECIALISED
from flowtui.explain.opcodes_specialised_call import SPECIALISED_CALL
from flowtui.explain.values import Entry, NoValueError, Values
from flowtui.explain.variants import VARIANTS

#: No sentence is longer; one that its values make longer gives way to the general one.
LONGEST = 160

_OPCODES: dict[str, Entry] = {
    **LOAD,
    **STACK,
    **OPERATORS,
    **BUILD,
    **CALL,
    **JUMP,
    **LOOP,
    **EXCEPTIONS,
    **ASYNC,
    **LEGACY_OPERATORS,
    **LEGACY_STACK,
    **LEGACY_BUILD,
    **LEGACY_EXCEPTIONS,
    **PYPY,
    **SPECIALISED,
    **SPECIALISED_CALL,
    **QUICKENED,
    **INSTRUMENTED,
}


def known_opcodes() -> frozenset[str]:
    """The names of all opcodes that have an explanation: ordinary, specialised, instrumented and the compiler's own."""
    return frozenset(_OPCODES)


def opcode(opname: str) -> str | None:
    """The general sentence for an opcode of any supported version; None when there is none.

    Args:
        opname: the name as `dis` gives it, such as `LOAD_FAST`.
    """
    entry = _OPCODES.get(opname)
    return entry if entry is None or isinstance(entry, str) else entry[0]


def unknown(name: str) -> str:
    """What is said of a name that has no explanation."""
    return f"This version of flowtui has no explanation for {name}."


def instruction(opname: str, arg: int | None = None, argval: str = "", argrepr: str = "") -> str:
    """One sentence for an instruction, with its real values where they help.

    Args:
        opname: the opcode's name as `dis` gives it.
        arg: the numeric argument; None when the instruction has none.
        argval: the `repr` of what the argument stands for, as the bytecode stage has it.
        argrepr: what `dis` shows beside the argument.

    Returns:
        A sentence of at most 160 characters that ends with a full stop.
    """
    entry = _OPCODES.get(opname)
    if entry is None:
        return unknown(opname)
    general, exact = (entry, entry) if isinstance(entry, str) else entry
    find = VARIANTS.get(opname)
    chosen = (find(arg, argrepr) if find else None) or exact
    if "{" not in chosen:
        return chosen
    try:
        sentence = chosen.format_map(Values(arg, argval, argrepr))
    except NoValueError:
        return general
    return sentence if len(sentence) <= LONGEST else general
