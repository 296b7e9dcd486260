"""Record what real interpreters call their opcodes, tokens and AST nodes, for the tests of `flowtui.explain`.

    python scripts/record_names.py python3.8 python3.15 pypy3 …

writes `tests/explain/data/names.json`, one entry an implementation and minor version. An interpreter that
is not named keeps the entry that it has, so that one machine need not hold them all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

NAMES = Path(__file__).resolve().parent.parent / "tests" / "explain" / "data" / "names.json"

# Runs on every interpreter, so its syntax is that of the oldest. The names of specialised, instrumented and
# pseudo instructions hide under another attribute of `opcode` in nearly every version:
# `_specialized_instructions` (3.11, 3.12), `_specialized_opmap` (3.13 on), `_pseudo_ops` (3.12).
ASK = r"""
import ast, dis, json, keyword, opcode, platform, sys, token, warnings
warnings.simplefilter("ignore")
names = set(dis.opname) | set(opcode.opmap)
for hidden in ("_specialized_instructions", "_specialized_opmap", "_pseudo_ops"):
    names.update(getattr(opcode, hidden, ()))
for family, members in getattr(opcode, "_specializations", {}).items():
    names.add(family)
    names.update(members)
classes = [thing for thing in vars(ast).values() if isinstance(thing, type) and issubclass(thing, ast.AST)]
print(json.dumps({
    "key": "%s %d.%d" % ((platform.python_implementation(),) + sys.version_info[:2]),
    "build": " ".join(sys.version.split()),
    "opnames": sorted(name for name in names if not name.startswith("<")),
    "tokens": sorted(set(token.tok_name.values())),
    "operators": sorted(token.EXACT_TOKEN_TYPES),
    "keywords": sorted(keyword.kwlist),
    "soft_keywords": sorted(getattr(keyword, "softkwlist", ())),
    "nodes": sorted(set(kind.__name__ for kind in classes)),
}))
"""


def names_of(python: str) -> tuple[str, dict[str, object]]:
    """What one interpreter says of itself.

    Returns:
        Its key (`CPython 3.13`), and its build and sorted names by kind.

    Raises:
        subprocess.CalledProcessError: it could not run the question; what it wrote stands on standard error.
        subprocess.TimeoutExpired: it did not answer within 30 seconds.
    """
    answer = subprocess.run([python, "-I", "-c", ASK], stdout=subprocess.PIPE, check=True, timeout=30)
    names: dict[str, object] = json.loads(answer.stdout)
    return str(names.pop("key")), names


def main(pythons: list[str]) -> int:
    """Ask each interpreter and write the file; 2 when none is named."""
    if not pythons:
        print("record_names.py: name at least one interpreter", file=sys.stderr)
        return 2
    recorded: dict[str, object] = json.loads(NAMES.read_text("utf-8")) if NAMES.exists() else {}
    recorded.update(names_of(python) for python in pythons)
    ordered = sorted(recorded.items(), key=lambda item: (item[0].split()[0], int(item[0].split(".")[1])))
    NAMES.parent.mkdir(parents=True, exist_ok=True)
    NAMES.write_text(json.dumps(dict(ordered), indent=1) + "\n", "utf-8")
    print(f"{NAMES.name}: {', '.join(key for key, _ in ordered)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
