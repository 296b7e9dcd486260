"""The real values that an instruction's sentence can name, in the words that a sentence needs.

A sentence's second form holds placeholders in braces. Each is filled from what `dis` gives for the instruction: its
argument, and the `repr` of its value; a placeholder whose value is not there leaves the general form to be used.
"""

from __future__ import annotations

import re

#: One opcode's explanation: the general sentence, and where values help, a second one with placeholders.
Entry = str | tuple[str, str]

#: A longer value is cut, so that a sentence stays one line or two on an 80-column screen.
LONGEST_VALUE = 48

_CODE_OBJECT = re.compile(r"<code object (\S+)")
#: How `dis` writes a constant that it has not looked up, such as the names of KW_NAMES in 3.11.
_UNKNOWN = "<unknown>"
_OFFSET = re.compile(r"(?:to|from) (\d+)$")


class NoValueError(KeyError):
    """The instruction at hand does not carry the value that a placeholder asks for."""


class Values(dict[str, str]):
    """The placeholders of one instruction, worked out when asked for.

    Args:
        arg: the numeric argument, None when there is none.
        argval: the `repr` of what the argument stands for, as the bytecode stage has it; "" when unknown.
        argrepr: what `dis` shows beside the argument.
    """

    def __init__(self, arg: int | None, argval: str, argrepr: str) -> None:
        super().__init__()
        self.arg = arg
        self.argval = argval
        self.argrepr = argrepr

    def __missing__(self, placeholder: str) -> str:
        find = getattr(self, f"_{placeholder}", None)
        if find is None:
            raise KeyError(placeholder)
        value: str = find()
        return value

    def _number(self) -> int:
        if self.arg is None:
            raise NoValueError("arg")
        return self.arg

    def _arg(self) -> str:
        return str(self._number())

    def _name(self) -> str:
        """A name in quotes; the value of a name is its `repr` or the name itself."""
        name = self.argval or self.argrepr
        if not name or name.isdigit():
            raise NoValueError("name")
        return clipped(name) if name[0] in "'\"" else f"'{clipped(name)}'"

    def _pair(self) -> tuple[str, str]:
        first, comma, second = self.argrepr.partition(", ")
        if not comma or not second:
            raise NoValueError("pair")
        return first, second

    def _first(self) -> str:
        return f"'{clipped(self._pair()[0], LONGEST_VALUE // 2)}'"

    def _second(self) -> str:
        return f"'{clipped(self._pair()[1], LONGEST_VALUE // 2)}'"

    def _value(self) -> str:
        """A constant in backticks; of a code object just its name, for its address says nothing."""
        shown = self.argval or self.argrepr
        if shown in ("", _UNKNOWN):
            raise NoValueError("value")
        code = _CODE_OBJECT.match(shown)
        return f"code object of {quoted(code[1])}" if code else f"constant {quoted(shown)}"

    def _shown(self) -> str:
        if not self.argrepr:
            raise NoValueError("shown")
        return quoted(self.argrepr)

    def _operator(self) -> str:
        """An operator in backticks; 3.13 writes `bool(<)` where the outcome is made a bool."""
        sign = self.argrepr or self.argval.strip("'\"")
        if not sign or sign.isdigit():
            raise NoValueError("operator")
        return quoted(sign.removeprefix("bool(").removesuffix(")"))

    def _target(self) -> str:
        """A jump's target as an offset; the values of labels are offsets too."""
        shown = _OFFSET.match(self.argrepr)
        if not self.argval.isdigit() and not shown:
            raise NoValueError("target")
        return self.argval if self.argval.isdigit() else shown[1] if shown else ""

    def _counted(self, thing: str) -> str:
        number = self._number()
        return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"

    def _items(self) -> str:
        return self._counted("item")

    def _values(self) -> str:
        return self._counted("value")

    def _pairs(self) -> str:
        return self._counted("pair")

    def _strings(self) -> str:
        return self._counted("string")

    def _arguments(self) -> str:
        return self._counted("argument")

    def _cells(self) -> str:
        return self._counted("variable")

    def _before(self) -> str:
        return str(self._number() & 0xFF)

    def _after(self) -> str:
        return str(self._number() >> 8)

    def _null(self) -> str:
        return ", with a NULL for the call that follows" if "NULL" in self.argrepr else ""


def clipped(text: str, longest: int = LONGEST_VALUE) -> str:
    """The text on one line, at most `longest` characters, its end replaced by … where it is longer."""
    line = " ".join(text.split("\n"))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def quoted(text: str) -> str:
    """The text, cut, in backticks; bare when it holds a backtick itself, which would end the quotation."""
    short = clipped(text)
    return short if "`" in short else f"`{short}`"
