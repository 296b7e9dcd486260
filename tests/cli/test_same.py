"""Every interpreter found here: tokens, tree and bytecode are those of its own modules."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from flowtui.engine.search import Candidate, candidates

PROGRAM = '''"""Text with é and 日本語."""
import os.path as place


class Lamp:
    count: int = 0

    def __init__(self, *names, colour="é", **more):
        self.names = [name.title() for name in names if name]
        self.colour, self.more = colour, more

    def shine(self):
        try:
            with open(place.devnull) as file:
                yield from (f"{name!r:>5}日" for name in self.names)
        except (OSError, ValueError) as error:
            print("é", error, sep="")
        finally:
            Lamp.count += 1


def outer(a, b=2, *, c=None):
    def inner():
        nonlocal a
        a -= 1
        return a if a < b < 5 else not c

    while a:
        if inner():
            break
    else:
        return {a: b, **{"k": a}}
    return lambda x: x[1:2] @ b
'''
ADDRESS = re.compile("0x[0-9a-fA-F]+")


def without_addresses(value: Any) -> Any:
    """The same with `0x…` in place of addresses, which are others in every process."""
    return json.loads(ADDRESS.sub("0x", json.dumps(value)))


@pytest.mark.parametrize("interpreter", candidates(), ids=lambda one: one.path)
def test_the_interpreter_says_the_same(
    interpreter: Candidate, flowtui: Any, show_json: Any, tmp_path: Path
) -> None:
    answer = flowtui("show", "-c", "", "--stage", "tokens", "--python", interpreter.path)
    if "is too old" in answer.stderr:
        pytest.skip("needs Python 3.8 or newer")
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")
    oracle = Path(__file__).with_name("oracle.py")
    said = subprocess.run(
        [interpreter.path, "-I", str(oracle), str(file)], capture_output=True, check=True, timeout=60
    )
    wanted = without_addresses(json.loads(said.stdout))
    words = ["--python", interpreter.path]
    for stage in ("tokens", "ast", "bytecode"):
        words += ["--stage", stage]
    stages = without_addresses(show_json(file, *words))["stages"]
    assert stages["tokens"]["rows"] == wanted["tokens"]
    assert stages["ast"]["rows"] == wanted["ast"]
    codes = stages["bytecode"]["code"]
    assert len(codes) == len(wanted["bytecode"])
    for code, other in zip(codes, wanted["bytecode"], strict=True):
        instructions, others = code["instructions"], other.pop("instructions")
        assert {key: code[key] for key in other} == other
        assert [{key: row[key] for key in others[0]} for row in instructions] == others
        assert all(row["stack_before"] is None or row["stack_before"] >= 0 for row in instructions)
