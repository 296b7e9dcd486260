"""Keywords, and the soft ones that are keywords only where the grammar expects them."""

from __future__ import annotations

#: What each keyword does, in the words that follow "is a keyword that".
KEYWORDS: dict[str, str] = {
    "False": "names the constant of falsehood",
    "None": "names the constant for no value",
    "True": "names the constant of truth",
    "and": "joins two conditions that must both hold",
    "as": "gives a name to what stands before it",
    "assert": "checks a condition and raises AssertionError if it is false",
    "async": "makes a function, loop, comprehension or `with` asynchronous",
    "await": "waits for an awaitable's result",
    "break": "leaves the loop",
    "class": "starts a class definition",
    "continue": "goes on with the loop's next turn",
    "def": "starts a function definition",
    "del": "deletes a name, item or attribute",
    "elif": "adds another condition to an `if`",
    "else": "starts what runs otherwise",
    "except": "starts a handler for exceptions",
    "finally": "starts what runs in any case",
    "for": "starts a loop over an iterable",
    "from": "says where something comes from",
    "global": "says that names belong to the module",
    "if": "starts a condition",
    "import": "loads a module",
    "in": "tests membership, or stands before a loop's iterable",
    "is": "tests whether two objects are the same one",
    "lambda": "makes a small function in an expression",
    "nonlocal": "says that names belong to an enclosing function",
    "not": "turns a condition round",
    "or": "joins two conditions of which one must hold",
    "pass": "does nothing",
    "raise": "raises an exception",
    "return": "ends a function and hands back a value",
    "try": "starts code whose exceptions are handled",
    "while": "starts a loop with a condition",
    "with": "starts a block that a context manager guards",
    "yield": "hands out a value and pauses a generator",
    "__peg_parser__": "3.9 alone knows, as a joke about its new parser",
}

#: The soft keywords: since which version, and where the word is a keyword.
SOFT_KEYWORDS: dict[str, tuple[str, str]] = {
    "_": ("3.10", "as the pattern of a `case` that fits anything"),
    "case": ("3.10", "before a pattern of a `match`"),
    "match": ("3.10", "at the start of a `match` statement"),
    "type": ("3.12", "at the start of a type alias"),
    "lazy": ("3.15", "before an `import` that waits until the module is used"),
}
