"""One sentence for a token, from its type, its exact type and its text."""

from __future__ import annotations

import re

from flowtui.explain.instructions import unknown
from flowtui.explain.keywords import KEYWORDS, SOFT_KEYWORDS
from flowtui.explain.operators import OPERATORS
from flowtui.explain.values import quoted

TYPES: dict[str, str] = {
    "ENCODING": "The encoding that the source is read with; always the first token, and it stands for no text.",
    "ENDMARKER": "The end of the source; always the last token, and it stands for no text.",
    "NAME": "A word: an identifier or a keyword, which only the parser tells apart.",
    "NUMBER": "A number as it is written; a minus before it is a token of its own.",
    "STRING": "A string literal, with its prefix and quotes; before 3.12 a whole f-string is one such token.",
    "NEWLINE": "The end of a statement's line: the parser takes it as the end of the statement.",
    "NL": "A line break that ends no statement: a blank line, after a lone comment, or inside brackets.",
    "INDENT": "The start of a deeper block: the white space that the line begins with.",
    "DEDENT": "The end of a block: this line is indented less; it stands for no text.",
    "COMMENT": "A comment; the parser never sees it.",
    "OP": "An operator or a delimiter; its exact type says which.",
    "ERRORTOKEN": "Text that fits no kind of token, such as a lone quote or `?`, or the space before it (up to 3.11).",
    "FSTRING_START": "The start of an f-string: its prefix and opening quotes (3.12 on).",
    "FSTRING_MIDDLE": "Plain text inside an f-string, outside its braces (3.12 on), or a format after the colon.",
    "FSTRING_END": "The closing quotes of an f-string (3.12 on).",
    "TSTRING_START": "The start of a t-string: its prefix and opening quotes (3.14 on).",
    "TSTRING_MIDDLE": "Plain text inside a t-string, outside its braces (3.14 on), or a format after the colon.",
    "TSTRING_END": "The closing quotes of a t-string (3.14 on).",
    "TYPE_COMMENT": "A comment that gives a type, as in `# type: int`, where the parser is asked to look for such comments.",
    "TYPE_IGNORE": "A `# type: ignore` comment, where the parser is asked to look for such comments.",
    "SOFT_KEYWORD": "A name for soft keywords inside the parser's grammar; `tokenize` gives NAME for them.",
    "ASYNC": "`async`, when the parser is asked for the grammar of 3.6 or older; `tokenize` gives NAME for it.",
    "AWAIT": "`await`, when the parser is asked for the grammar of 3.6 or older; `tokenize` gives NAME for it.",
    "N_TOKENS": "No token: the number of token types there are.",
    "NT_OFFSET": "No token: from this number on the parser's tables count rules of the grammar.",
    "WARNING": "PyPy: text that is read, but deserves a warning.",
}

_PREFIX = re.compile(r"([A-Za-z]*)(\"\"\"|'''|\"|')")
_KINDS = {"b": "bytes literal", "f": "f-string", "t": "t-string"}


def token(type_name: str, exact_type: str, string: str = "") -> str:
    """One sentence for a token.

    Args:
        type_name: the type's name as `tokenize` gives it, such as `OP`.
        exact_type: the exact type's name, such as `PLUS`; the same as `type_name` for all but operators.
        string: the token's text.

    Returns:
        A sentence of at most 160 characters that ends with a full stop.
    """
    if type_name == "NAME" and string:
        return _word(string)
    if type_name == "NUMBER" and string:
        return _number(string)
    if type_name == "STRING" and string:
        return _string(string)
    if type_name == "ENCODING" and string:
        return f"The source is read as {quoted(string)}; this is always the first token, and it stands for no text."
    if type_name == "INDENT" and string:
        return f"The start of a deeper block: the line begins with {_indentation(string)}."
    if exact_type == "OP" and string:  # from 3.12 on, where older versions give ERRORTOKEN
        return f"{quoted(string)} means nothing in Python; the tokenizer lets it pass, but the parser rejects it."
    return OPERATORS.get(exact_type) or TYPES.get(exact_type) or unknown(exact_type)


def _word(string: str) -> str:
    if string in KEYWORDS:
        return (
            f"`{string}` is a keyword that {KEYWORDS[string]}; the tokenizer calls it a NAME like any other."
        )
    if string in SOFT_KEYWORDS:
        since, where = SOFT_KEYWORDS[string]
        return (
            f"`{string}` is a soft keyword ({since} on): a keyword only {where}, elsewhere an ordinary name."
        )
    if not string.isidentifier():  # from 3.12 on, where older versions give ERRORTOKEN
        return (
            f"{quoted(string)} is taken for a word here, but it is no identifier, so the parser rejects it."
        )
    return f"{quoted(string)} is an identifier; which object it names is settled when the program runs."


def _number(string: str) -> str:
    digits = string.lower()
    shown = quoted(string)
    if digits[:2] in ("0x", "0o", "0b"):
        base = {"x": "hexadecimal", "o": "octal", "b": "binary"}[digits[1]]
        return f"{shown} is an int in {base} digits."
    if digits.endswith("j"):
        return f"{shown} is an imaginary number, the part of a complex one."
    if any(mark in digits for mark in ".e"):
        return f"{shown} is a float."
    return f"{shown} is an int in decimal digits."


def _string(string: str) -> str:
    opening = _PREFIX.match(string)
    if opening is None:
        return TYPES["STRING"]
    prefix, quotes = opening[1].lower(), opening[2]
    kind = next((name for letter, name in _KINDS.items() if letter in prefix), "string literal")
    article = "An" if kind == "f-string" else "A"
    raw = ", raw: its backslashes stay as they are" if "r" in prefix else ""
    lines = ", in triple quotes, so it may run over several lines" if len(quotes) == 3 else ""
    whole = "; before 3.12 it is one token, with all that is in its braces" if kind == "f-string" else ""
    return f"{article} {kind}{raw}{lines}{whole}."


def _indentation(string: str) -> str:
    tabs = string.count("\t")
    spaces = string.count(" ")
    parts = [
        f"{number} {thing}{'' if number == 1 else 's'}"
        for number, thing in ((tabs, "tab"), (spaces, "space"))
        if number
    ]
    return " and ".join(parts) or "white space"
