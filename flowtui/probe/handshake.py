"""The first frame: what this interpreter is and what it can show.

Capabilities are found by trying, not by comparing versions: a build may lack what its version has (``-X
no_debug_ranges`` takes the columns away, PyPy has no `_symtable`).
"""

from __future__ import annotations

import sys

from .wire import PROTOCOL

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from typing import Any


def hello() -> dict[str, Any]:
    """The header of the first frame: the fields of `model.Interpreter` that the interpreter knows itself."""
    own = getattr(sys, "pypy_version_info", None)
    magic = magic_number()
    return {
        "kind": "hello",
        "protocol": PROTOCOL,
        "executable": sys.executable or "",
        "implementation": sys.implementation.name,
        "version": version_text(sys.version_info),
        "implementation_version": version_text(own or sys.implementation.version),
        "build": " ".join(sys.version.split()),
        "free_threaded": free_threaded(),
        "gil": gil(),
        "jit": jit(),
        "magic": magic.hex(),
        "cache_tag": sys.implementation.cache_tag or "",
        "capabilities": sorted(capabilities(magic)),
    }


def version_text(version: Any) -> str:
    """``3.15.0a2`` of a version tuple like `sys.version_info`."""
    letters = {"alpha": "a", "beta": "b", "candidate": "rc"}
    end = letters[version.releaselevel] + str(version.serial) if version.releaselevel in letters else ""
    return "%d.%d.%d%s" % (version.major, version.minor, version.micro, end)


def magic_number() -> bytes:
    """The magic number of its cache files; importlib.util would cost 3 ms for the same bytes."""
    try:
        from _frozen_importlib_external import MAGIC_NUMBER
    except ImportError:
        from importlib.util import MAGIC_NUMBER
    return bytes(MAGIC_NUMBER)


def free_threaded() -> bool:
    """Whether it was built with ``--disable-gil``, as the ABI says; importing sysconfig costs 20 ms."""
    return "t" in getattr(sys, "abiflags", "") or "free-threading" in sys.version


def gil() -> bool:
    """Whether the GIL is on now; where nobody can tell, it always is."""
    ask = getattr(sys, "_is_gil_enabled", None)
    return bool(ask()) if ask else True


def jit() -> str:
    """``no``, ``off`` (built in, not switched on) or ``on``."""
    if "__pypy__" in sys.builtin_module_names:
        return "on"
    own = getattr(sys, "_jit", None)
    if own is None or not own.is_available():
        return "no"
    return "on" if own.is_enabled() else "off"


def capabilities(magic: bytes) -> set[str]:
    """What it can show: the names of `model.interpreter.Capability`."""
    found = {"tokens", "bytecode", "run"}
    code = compile("a", "<probe>", "exec", 0, True)
    node: Any = compile("a", "<probe>", "exec", 0x400, True)  # ast.PyCF_ONLY_AST
    if getattr(node.body[0], "end_col_offset", None) is not None:
        found.add("ast")
    try:
        __import__("_symtable")
        found.add("symbols")
    except ImportError:
        pass
    positions = getattr(code, "co_positions", None)
    if positions and any(place[2] is not None and place[0] for place in positions()):
        found.add("columns")
    if hasattr(code, "co_exceptiontable"):
        found.add("exception_table")
    import opcode

    if getattr(opcode, "_cache_format", None):
        found.add("caches")
    if hasattr(code, "_co_code_adaptive"):
        found.add("adaptive")
    if len(magic) == 4 and sys.implementation.cache_tag:
        found.add("pyc")
    return found
