"""The command line's words: a parser whose errors are one line, and what stands behind ``--`` and ``-c``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from argparse import ArgumentParser, Namespace


class CommandError(Exception):
    """Something cannot be done: one line for standard error, and the exit status."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


def make_parser(command: str, description: str, epilog: str) -> ArgumentParser:
    """A parser for one of flowtui's commands."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> None:  # type: ignore[override]  # the base class says NoReturn: so it is
            raise CommandError(f"{message}; `{self.prog} --help` tells more")

    parser = Parser(
        prog=f"flowtui {command}".rstrip(),
        description=description,
        epilog=epilog,
        allow_abbrev=False,
        add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this and end")
    return parser


def parse(parser: ArgumentParser, words: list[str]) -> tuple[Namespace | None, tuple[str, ...]]:
    """Options and the program's arguments; None for options when help was asked for.

    ``-c`` takes the next word whatever it looks like, as Python's does.
    """
    arguments: list[str] = []
    if "--" in words:
        at = words.index("--")
        words, arguments = words[:at], words[at + 1 :]
    code = None
    if "-c" in words:
        at = words.index("-c")
        if at + 1 == len(words):
            raise CommandError("-c needs CODE behind it")
        code, words = words[at + 1], words[:at] + words[at + 2 :]
    if "-h" in words or "--help" in words:
        return None, ()
    given = parser.parse_args(words)
    if code is not None:
        if not hasattr(given, "code") or given.code is not None:
            raise CommandError(f"-c does not belong there; `{parser.prog} --help` tells more")
        given.code = code
    if getattr(given, "code", None) is not None and given.file:
        raise CommandError(f"give either -c CODE or a file, not both ({given.file})")
    return given, tuple(arguments)
