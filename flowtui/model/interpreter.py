"""An interpreter as it described itself in the handshake, and what it can show."""

from __future__ import annotations

from typing import Literal

import msgspec

#: What a probe can announce. The screen asks for these, never for a version.
Capability = Literal[
    "tokens",  # tokenize with exact types
    "ast",  # nodes with end positions
    "symbols",  # symtable
    "bytecode",  # dis.get_instructions
    "columns",  # co_positions: exact columns for instructions
    "exception_table",  # co_exceptiontable
    "caches",  # inline caches
    "adaptive",  # specialised instructions can be read after a run
    "run",  # a program can be run
    "pyc",  # importlib's cache files
]

#: By `sys.implementation.name`, where people write it otherwise.
_NAMES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}


class Interpreter(msgspec.Struct, frozen=True, kw_only=True):
    """One interpreter, as asked by its own code.

    Attributes:
        path: the executable, as the learner may type it (a link is kept, for it is the name that people know).
        real_path: the same with every link followed; two paths with one `real_path` are one interpreter.
        implementation: ``sys.implementation.name``: ``cpython``, ``pypy``, …
        version: the language's version, ``3.13.0`` or ``3.15.0a2``.
        implementation_version: PyPy's own version (``7.3.11``); for CPython the same as `version`.
        build: ``sys.version`` in one line.
        free_threaded: built with ``--disable-gil`` (``Py_GIL_DISABLED``).
        gil: whether the GIL is on now (``sys._is_gil_enabled()``); True where that cannot be asked.
        jit: ``no``, ``off`` (built in, not switched on) or ``on`` (``sys._jit``; PyPy's is ``on``).
        magic: the magic number of its ``.pyc`` files, as 8 hexadecimal digits.
        cache_tag: ``sys.implementation.cache_tag``; empty where there is none.
        capabilities: what it can show; see `Capability`.
        protocol: the wire's version that its probe speaks.
        source: where it was found: ``PATH``, ``pyenv``, ``uv``, ``conda``, ``system``, ``given``, ``own``.
    """

    path: str
    real_path: str
    implementation: str
    version: str
    implementation_version: str
    build: str
    free_threaded: bool
    gil: bool
    jit: Literal["no", "off", "on"]
    magic: str
    cache_tag: str
    capabilities: frozenset[str]
    protocol: int
    source: str = ""

    @property
    def name(self) -> str:
        """A short name for the screen: ``3.13``, ``3.14t``, ``pypy 3.9``."""
        short = ".".join(self.version.split(".")[:2]) + ("t" if self.free_threaded else "")
        return short if self.implementation == "cpython" else f"{self.implementation} {short}"

    @property
    def implementation_name(self) -> str:
        """The implementation as people write it: ``CPython``, ``PyPy``."""
        return _NAMES.get(self.implementation, self.implementation)

    def can(self, capability: str) -> bool:
        """Whether it announced `capability`."""
        return capability in self.capabilities
