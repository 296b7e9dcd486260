"""One line of Python to coloured spans, with the state that goes over to the next line.

It works on text that is broken, too, which is what text mostly is while somebody types. What a line leaves to
the next one is a stack: which triple-quoted string is open, and inside an f-string which replacement field. A
string in single quotes goes on only after a backslash: a forgotten quote colours one line, not the rest of
the file.
"""

from __future__ import annotations

import builtins
import keyword
import re
from typing import NamedTuple

#: Code points of a line that are coloured; a longer line costs no more.
LIMIT = 5_000
#: f-strings inside f-strings that are followed.
DEPTH = 12


class Frame(NamedTuple):
    """Something open: a string (its quotes), an f-string's field (``{``) or a field's format (``:``)."""

    kind: str
    raw: bool = False
    fields: bool = False
    depth: int = 0


class Span(NamedTuple):
    """A coloured stretch of a line, in code points, half open."""

    start: int
    end: int
    kind: str


#: What is open at a line's start, outermost first.
State = tuple[Frame, ...]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>(?i:[rubft]|rb|br|rf|fr|rt|tr)?(?P<quote>'''|\"\"\"|'|"))
  | (?P<comment>\#.*)
  | (?P<number>0[xX](?:_?[0-9a-fA-F])+ | 0[bB](?:_?[01])+ | 0[oO](?:_?[0-7])+
      | (?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)? | \.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?)
  | (?P<name>[^\W\d]\w*)
  | (?P<operator>->|:=|(?:\*\*|//|>>|<<|[-+*/%@&|^=<>!~])=?)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DECORATOR = re.compile(r"\s*(@\s*[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*)")
_SOFT = re.compile(
    r"""
    \s*(?:
        (?P<match>match)\b\s*(?=[\w(\[{"'*~+-])(?!(?:in|is|and|or|if|else)\b|not\s+in\b).*:\s*(?:\#.*)?$
      | (?P<case>case)\b\s*(?=[\w(\[{"'*~+-])(?!(?:in|is|and|or|if|else)\b|not\s+in\b).*:
      | (?P<type>type)\s+[^\W\d]\w*\s*[=\[]
      | (?P<lazy>lazy)\s+(?:import|from)\b
    )
    """,
    re.VERBOSE,
)
_IN_STRING = {
    "'": re.compile(r"\\|'|[{}]"),
    '"': re.compile(r'\\|"|[{}]'),
    "'''": re.compile(r"\\|'''|[{}]"),
    '"""': re.compile(r'\\|"""|[{}]'),
    ":": re.compile(r"[{}]"),
}
_KEYWORDS = frozenset(keyword.kwlist)
_SELF = frozenset({"self", "cls"})
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_")) | {
    "__name__",
    "__file__",
    "__import__",
}
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class _Scanner:
    """The scan of one line."""

    def __init__(self, text: str, state: State) -> None:
        self.text = text
        self.stack = list(state)
        self.spans: list[Span] = []
        self.at = 0
        self.previous = ""
        self.soft = -1  # where a soft keyword stands
        self.in_case = False

    def scan(self) -> None:
        if not self.stack:
            self._begin()
        end = len(self.text)
        while self.at < end:
            top = self.stack[-1] if self.stack else None
            if top is None or top.kind == "{":
                self._code(top)
            else:
                self._string(top)

    def add(self, start: int, end: int, kind: str) -> None:
        if end > start:
            last = self.spans[-1] if self.spans else None
            if last is not None and last.end == start and last.kind == kind == "string":
                self.spans[-1] = Span(last.start, end, kind)
            else:
                self.spans.append(Span(start, end, kind))

    def _begin(self) -> None:
        """What only the first words of a line can be."""
        if found := _DECORATOR.match(self.text):
            self.add(found.start(1), found.end(1), "decorator")
            self.at = found.end(1)
        elif found := _SOFT.match(self.text):
            word = found.lastgroup or ""
            self.soft = found.start(word)
            self.in_case = word == "case"

    def _code(self, field: Frame | None) -> None:
        """One token outside strings."""
        found = _TOKEN.match(self.text, self.at)
        if found is None:  # cannot be: `other` takes anything
            self.at += 1
            return
        kind, word, start, self.at = found.lastgroup, found.group(), found.start(), found.end()
        if kind == "quote" or kind == "string":
            self._open_string(found)
            word = '"'
        elif kind == "name":
            self.add(start, self.at, self._name_kind(word, start))
        elif kind == "number" or kind == "comment":
            if kind == "comment" and field is not None:
                self.at = start + 1  # a field ends on its line more often than it has a comment
            else:
                self.add(start, self.at, kind)
        elif kind == "operator":
            self.add(start, self.at, kind)
        elif kind == "other" and field is not None:
            self._in_field(field, word, start)
        if kind != "space":
            self.previous = word

    def _open_string(self, found: re.Match[str]) -> None:
        quote = found["quote"]
        start, end = found.span()
        outer = next(
            (frame for frame in reversed(self.stack) if frame.kind != "{" and frame.kind != ":"), None
        )
        if outer is not None and len(outer.kind) == 3 and quote == outer.kind:
            # The same three quotes end the string around the field, as before Python 3.12: an open brace
            # colours no more than its string.
            while self.stack.pop() is not outer:
                pass
            self.add(end - 3, end, "string")
            return
        prefix = found.group()[: -len(quote)].lower()
        fields = ("f" in prefix or "t" in prefix) and len(self.stack) < 2 * DEPTH
        self.add(start, end, "string")
        self.stack.append(Frame(quote, "r" in prefix, fields))

    def _name_kind(self, word: str, start: int) -> str:
        if self.previous == ".":
            return "name"
        if word in _KEYWORDS:
            return "keyword"
        if self.previous == "def":
            return "function"
        if self.previous == "class":
            return "class"
        if start == self.soft or (word == "_" and self.in_case):
            return "soft-keyword"
        if word in _SELF:
            return "self"
        return "builtin" if word in _BUILTINS else "name"

    def _in_field(self, field: Frame, word: str, start: int) -> None:
        """A bracket, a colon or the like inside a replacement field."""
        if word == "}" and not field.depth:
            self.stack.pop()
            self.add(start, self.at, "brace")
        elif word == ":" and not field.depth:
            self.stack.append(Frame(":"))
            self.add(start, self.at, "brace")
        elif change := _BRACKETS.get(word, 0):
            self.stack[-1] = field._replace(depth=max(0, field.depth + change))

    def _string(self, frame: Frame) -> None:
        """Up to the next thing inside a string, or a field's format, that ends or interrupts it."""
        text, start = self.text, self.at
        found = _IN_STRING[frame.kind].search(text, start)
        if frame.kind == ":":
            self._format(found)
            return
        while found is not None and found.group() in "{}" and not frame.fields:
            found = _IN_STRING[frame.kind].search(text, found.end())
        if found is None:
            self.at = len(text)
            self.add(start, self.at, "string")
            return
        sign, place = found.group(), found.start()
        if sign == "\\":
            self.at = self._after_backslash(frame, place)
        elif sign == frame.kind:
            self.at = found.end()
            self.stack.pop()
            self.previous = '"'
        elif text.startswith(sign * 2, place) or sign == "}":
            self.at = place + (2 if text.startswith(sign * 2, place) else 1)
        else:
            self.add(start, place, "string")
            self.add(place, place + 1, "brace")
            self.at = place + 1
            self.stack.append(Frame("{"))
            self.previous = ""
            return
        self.add(start, self.at, "string")

    def _after_backslash(self, frame: Frame, place: int) -> int:
        """Where a string goes on behind a backslash and what it escapes."""
        text = self.text
        if not frame.raw and text.startswith("N{", place + 1) and (end := text.find("}", place)) > 0:
            return end + 1
        # The brace after a backslash still opens a field of an f-string.
        step = 1 if frame.fields and text[place + 1 : place + 2] in ("{", "}") else 2
        return min(place + step, len(text))

    def _format(self, found: re.Match[str] | None) -> None:
        """What stands after a field's colon."""
        start = self.at
        quotes = next(frame.kind for frame in reversed(self.stack) if frame.kind not in "{:")
        end = self.text.find(quotes, start)
        if found is None or 0 <= end < found.start():
            self.at = len(self.text) if end < 0 else end
            if end >= 0:  # the string ends inside the field: the text is broken
                while self.stack[-1].kind != quotes:
                    self.stack.pop()
            self.add(start, self.at, "string")
            return
        self.at = found.end()
        self.add(start, found.start(), "string")
        self.add(found.start(), self.at, "brace")
        if found.group() == "}":
            del self.stack[-2:]
        elif len(self.stack) < 2 * DEPTH:
            self.stack.append(Frame("{"))
            self.previous = ""

    def left_open(self) -> State:
        """What goes over to the next line."""
        single = next((i for i, frame in enumerate(self.stack) if frame.kind in ("'", '"')), None)
        if single is None:
            return tuple(self.stack)
        ending = len(self.text) - len(self.text.rstrip("\\"))
        if ending % 2 and self.stack[-1].kind in ("'", '"'):
            return tuple(self.stack)
        return tuple(self.stack[:single])


def scan_line(text: str, state: State = ()) -> tuple[tuple[Span, ...], State]:
    """The coloured spans of a line, and what it leaves open.

    Args:
        text: the line without its end; only the first `LIMIT` code points are coloured.
        state: what the line before it left open.
    """
    if len(text) <= LIMIT:
        scanner = _Scanner(text, state)
        scanner.scan()
        return tuple(scanner.spans), scanner.left_open()
    scanner = _Scanner(text[:LIMIT], state)
    scanner.scan()
    return tuple(scanner.spans), _rest(text, scanner.stack)


def _rest(text: str, stack: list[Frame]) -> State:
    """What a very long line leaves open: only whether the string ends that is open where the colours stop."""
    quotes = stack[0].kind if stack else ""
    if len(quotes) != 3 or text.find(quotes, LIMIT) >= 0:
        return ()
    return tuple(stack[:1])


def next_state(text: str, state: State) -> State:
    """Only what a line leaves open; at once for the many lines that have nothing to do with it."""
    if not state:
        if '"""' not in text and "'''" not in text and not text.endswith("\\"):
            return state
    elif len(state) == 1 and len(state[0].kind) == 3:
        frame = state[0]
        if frame.kind not in text and not (frame.fields and "{" in text):
            return state
    return scan_line(text, state)[1]
