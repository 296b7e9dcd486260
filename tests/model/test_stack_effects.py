"""Pops and pushes against every interpreter's own ``dis.stack_effect``, corrected as the probe corrects it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from flowtui.model.stack_effects import effects
from tests import interpreters

PROBE = Path(__file__).parents[2] / "flowtui" / "probe"
PYTHONS = [name for name in interpreters.at_hand() if name.startswith("cpython")]
#: Effects of every opcode with arguments of every kind, as the probe counts them.
CHILD = """
import dis, json, sys, types
package = types.ModuleType("_flowtui_probe")
package.__path__ = [sys.argv[1]]
sys.modules[package.__name__] = package
from _flowtui_probe import depth
found = []
for name, opcode in dis.opmap.items():
    takes = opcode in dis.hasarg if hasattr(dis, "hasarg") else opcode >= dis.HAVE_ARGUMENT
    if opcode < 256 and not name.startswith(("INSTRUMENTED_", "ENTER_")):
        for arg in [0, 1, 2, 3, 5, 8, 13, 15, 0x203] if takes else [None]:
            found.append((name, arg, depth.ON[opcode, arg], depth.JUMPING[opcode, arg]))
print(json.dumps(found))
"""
#: 3.8's ways out of a try, whose effect depends on the way in.
VARYING = {"END_FINALLY", "POP_FINALLY", "WITH_CLEANUP_START", "WITH_CLEANUP_FINISH"}
#: Counted otherwise: the return value of 3.14 goes to the caller's stack; BEGIN_FINALLY as deep as an exception.
OTHERWISE = {"RETURN_VALUE", "BEGIN_FINALLY", "RESERVED", "CALL_FINALLY"}


@pytest.mark.parametrize("python", PYTHONS)
def test_pushes_less_pops_is_what_dis_says(python):
    path = interpreters.need(python)
    ran = subprocess.run([path, "-I", "-c", CHILD, str(PROBE)], capture_output=True, check=True)
    minor = int(python.split(".")[1])
    known = 0
    for name, arg, on, jump in json.loads(ran.stdout):
        if name in OTHERWISE or (name == "BUILD_SLICE" and arg not in (2, 3)):
            continue
        effect = effects(name, arg, (3, minor))
        assert (effect is None) == (name in VARYING), name
        if effect is None:
            continue
        assert effect[0] >= 0
        assert effect[1] - effect[0] == on, (name, arg)
        if not name.startswith("SETUP_"):  # its jump is a handler's beginning
            pops, pushes = effects(name, arg, (3, minor), jump=True)
            assert pushes - pops == jump, (name, arg)
        known += 1
    assert known > 150


def test_what_an_instruction_leaves_in_place_is_not_popped():
    assert effects("FOR_ITER", 4, (3, 13)) == (0, 1)
    assert effects("CALL", 2, (3, 13)) == (4, 1)
    assert effects("CALL_FUNCTION_EX", 1, (3, 10)) == (3, 1)
    assert effects("MAKE_FUNCTION", 9, (3, 8)) == (4, 1)
    assert effects("SWAP", 3, (3, 12)) == (3, 3)
    assert effects("no such instruction", None, (3, 13)) is None
