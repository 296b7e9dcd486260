"""One sentence, in plain words, for every opcode, token type and AST node kind.

Complete for CPython 3.8 to 3.15 and PyPy 3.9 and later; a test compares it with names recorded from real interpreters and
says which are missing. The data are plain dicts, a module a family: `opcodes_*`, `operators`, `keywords`, `tokens`, `nodes`
and `nodes_small`. To explain a new opcode, copy a neighbour in the module of its family; where its argument changes what it
does, give it a function in `variants` too.

Facts come from the documentation of `dis`, `tokenize` and `ast`, and from CPython's `Python/bytecodes.c`. A sentence holds
for every version that has the name, or says for which it holds.
"""

from flowtui.explain.instructions import instruction, known_opcodes, opcode
from flowtui.explain.nodes import node
from flowtui.explain.tokens import token

__all__ = ["instruction", "known_opcodes", "node", "opcode", "token"]
