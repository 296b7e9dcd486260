"""The command line: words in, an exit status out; each thing to do is loaded when it is asked for.

Exit status: 0 done, 1 the learner's program or a stage failed (or the output could not be written), 2 the
words or the input file are wrong, 130 interrupted. An error is one line on standard error. What takes long to
import (argparse too) is imported by the branch that needs it: the first picture must not wait for it.
"""

from __future__ import annotations

import os
import sys

from flowtui.report import stdio
from flowtui.words import CommandError, make_parser, parse

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing costs 5 ms at start-up
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from flowtui.model.run import Limits
    from flowtui.model.source import Source
    from flowtui.report.pipeline import Report
    from flowtui.report.trace import TraceRequest

#: Words of the contract that a later version gives a meaning.
LATER_COMMANDS = ("learn", "compare", "gil", "lessons", "serve")
LATER_STAGES = ("memory", "profile")
STAGES = ("tokens", "ast", "symbols", "bytecode", "trace", "output", "pyc")
FORMATS = ("text", "json", "html", "svg")

HELP_EPILOG = """\
commands:
  flowtui show FILE   every stage on standard output: text, JSON, HTML or SVG
  flowtui doctor      interpreters found and what each can show; the terminal
  flowtui show -h     all its options
"""


def main(words: list[str]) -> int:
    """Do what `words` say and give the exit status; never a traceback."""
    stdio.keep_descriptors()
    try:
        return _dispatch(words)
    except CommandError as error:
        _say(str(error))
        return error.status
    except stdio.InputError as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("FLOWTUI_DEBUG"):
            raise
        name = type(error).__name__
        _say(f"an error in flowtui itself ({name}: {error}); FLOWTUI_DEBUG=1 shows where, please report it")
        return 1


def _dispatch(words: list[str]) -> int:
    command, rest = (words[0], words[1:]) if words else ("", [])
    if command in LATER_COMMANDS:
        there = "`flowtui FILE`, `flowtui show` and `flowtui doctor` are"
        raise CommandError(f"`{command}` is not part of this version; {there}")
    if command == "show":
        return _show_command(rest)
    if command == "doctor":
        return _doctor_command(rest)
    if len(words) <= 1 and not command.startswith("-"):
        return _open(command, None, None, ())
    return _open_command(words)


def _open_command(words: list[str]) -> int:
    parser = make_parser(
        "", "See how Python runs your code: source, tokens, AST, bytecode, run.", HELP_EPILOG
    )
    parser.add_argument("file", nargs="?", default="", metavar="FILE", help="a Python file, a folder, or -")
    parser.add_argument("-c", dest="code", metavar="CODE", help="the code itself in place of a file")
    parser.add_argument("--python", metavar="PY", help="interpreter: a path, 3.13, 3.14t or pypy")
    parser.add_argument("--version", action="store_true", help="show flowtui's version and end")
    if "--version" in words:
        from flowtui import __version__

        return _write([f"flowtui {__version__}\n"])
    given, arguments = parse(parser, words)
    if given is None:
        return _write([parser.format_help()])
    return _open(given.file, given.code, given.python, arguments)


def _open(file: str, code: str | None, python: str | None, arguments: tuple[str, ...]) -> int:
    """Open the workbench on a terminal; without one show every stage as text."""
    is_folder = os.path.isdir(file)  # noqa: PTH112  (pathlib is 4 ms before the first picture)
    if not stdio.has_terminal(file if code is None else ""):
        if is_folder:
            raise CommandError(f"{file} is a folder: without a terminal name a file in it")
        return _show(_show_defaults(file, code, python), arguments)
    if arguments:
        raise CommandError("the workbench passes no arguments: `flowtui show` takes those behind --")
    if file and file != "-" and not is_folder:
        stdio.check_file(file)
    if file.endswith(".flowtrace"):
        return _open_trace(file, python)
    from flowtui.ui import boot

    text, data = code, b""
    if code is None and file == "-":
        data = stdio.read_input()
        text = data.decode("utf-8", "replace")
        stdio.take_terminal()
    boot.paint("" if file == "-" or is_folder else file, text)
    try:
        from flowtui import app

        path = file if file and file != "-" else None
        stdin_text = None
        if file == "-":
            from flowtui.engine.files import decode_source

            stdin_text = decode_source(data, "<stdin>").text
        return app.run(path=path, code=code, python=python, stdin_text=stdin_text)
    finally:
        boot.restore()


def _open_trace(file: str, python: str | None) -> int:
    """Open a recording on the workbench."""
    from flowtui.report import trace_words
    from flowtui.ui import boot

    try:
        trace = trace_words.open_file(file)
    except trace_words.WordsError as error:
        raise CommandError(str(error)) from None
    boot.paint("", trace.about.source.text)
    try:
        from flowtui import app

        return app.run(trace=trace, python=python)
    finally:
        boot.restore()
        trace.close()


def _show_command(words: list[str]) -> int:
    parser = _show_parser()
    given, arguments = parse(parser, words)
    if given is None:
        return _write([parser.format_help()])
    if not given.file and given.code is None:
        raise CommandError("`show` needs a FILE, - for standard input, or -c CODE")
    return _show(given, arguments)


def _show_parser() -> ArgumentParser:
    from flowtui.report import trace_words, units

    parser = make_parser(
        "show",
        "Show what Python makes of a source, stage by stage.",
        "Words behind -- are the program's arguments.\nExit status 1: the program or a stage failed.\n",
    )
    add = parser.add_argument
    add("file", nargs="?", default="", metavar="FILE", help="a Python file, a .pyc file, or - for stdin")
    add("-c", dest="code", metavar="CODE", help="the code itself in place of a file")
    add("--python", metavar="PY", help="interpreter: a path, 3.13, 3.14t or pypy; else flowtui's own")
    stages = f"{' '.join(STAGES)}; may be repeated"
    add("--stage", action="append", default=[], metavar="STAGE", help=stages)
    add("--format", default="text", choices=FORMATS, help="the default is text")
    add("--width", type=units.number, metavar="N", help="cells a line of text or picture; 0 cuts nothing")
    add("--adaptive", action="store_true", help="run first; bytecode tells what was specialised")
    add("--input", metavar="FILE", help="what the program reads on its standard input; - is flowtui's own")
    add("--cpu", type=units.seconds, metavar="TIME", help="limit of processor time, as 10s")
    add("--wall", type=units.seconds, metavar="TIME", help="limit of time from start to end")
    add("--memory", type=units.size, metavar="SIZE", help="limit of memory a process, as 512M")
    add("--processes", type=units.number, metavar="N", help="limit of processes and threads")
    written = "limit of what the program writes"
    add("--output-limit", type=units.size, metavar="SIZE", dest="output", help=written)
    trace_words.add_options(parser)
    return parser


def _show_defaults(file: str, code: str | None, python: str | None) -> Namespace:
    """The words of a `show` without options; the welcome program when there is no file."""
    if not file and code is None:
        from flowtui.course.library import LessonsMissingError, welcome_path

        try:
            file = str(welcome_path())
        except LessonsMissingError as error:
            raise CommandError(str(error), 1) from None
    given = _show_parser().parse_args([])
    given.file, given.code, given.python = file, code, python
    return given


def _show(given: Namespace, arguments: tuple[str, ...]) -> int:
    """Make the report and write it."""
    from flowtui.report import trace_words

    _check_stages(given)
    try:
        if given.file.endswith(trace_words.SUFFIX):
            return _give(given, trace_words.file_report(given, arguments))
        trace = trace_words.request(given)
    except trace_words.WordsError as error:
        raise CommandError(str(error)) from None
    source = _source(given)
    _check_source(given, source)
    stdin = "" if given.input is None else stdio.read_input(given.input).decode("utf-8", "surrogateescape")
    return _give(given, _report(given, source, arguments, stdin, trace))


def _check_stages(given: Namespace) -> None:
    """See that the words fit together, whatever the source is."""
    for stage in given.stage:
        if stage in LATER_STAGES:
            raise CommandError(f"stage `{stage}` is not part of this version; {', '.join(STAGES)} are")
        if stage not in STAGES:
            raise CommandError(f"there is no stage `{stage}`; there are {', '.join(STAGES)}")
    if given.input == "-" and given.file == "-":
        raise CommandError("standard input cannot be both the source and the program's input")
    if given.format == "json" and given.width is not None:
        raise CommandError("JSON has no width: leave --width out")
    if given.adaptive and "trace" in given.stage:
        raise CommandError(
            "nothing is specialised while it is recorded: leave --adaptive or --stage trace out"
        )


def _check_source(given: Namespace, source: Source) -> None:
    """See that the words fit the source."""
    if source.path.endswith(".pyc"):
        wrong = [stage for stage in given.stage if stage not in {"pyc", "bytecode"}]
        if wrong or given.adaptive:
            raise CommandError(
                f"a .pyc file has no {wrong[0] if wrong else 'run'}: it shows the stages pyc and bytecode"
            )
    elif "pyc" in given.stage and not source.path:
        raise CommandError("stage `pyc` needs a FILE: only files have cache files")


def _give(given: Namespace, report: Report) -> int:
    """Save the report's recording where that was asked for, and write the report."""
    if given.save:
        from flowtui.engine.recording.trace_file import TraceFileError

        try:
            report.save_trace(given.save)
        except TraceFileError as error:
            raise CommandError(str(error), 1) from None
    return _write(_written(report, given.format, given.width), report.status, binary=given.format != "text")


def _report(
    given: Namespace, source: Source, arguments: tuple[str, ...], stdin: str, trace: TraceRequest
) -> Report:
    import asyncio

    from flowtui.engine.connection import ProbeError
    from flowtui.engine.interpreters import UnknownInterpreterError, find
    from flowtui.engine.recording.stream_files import StreamFilesError
    from flowtui.report.pipeline import Request, make_report
    from flowtui.report.trace import StepsError

    async def make() -> Report:
        interpreter = await find(given.python or "")
        if given.adaptive and not interpreter.can("adaptive"):
            raise CommandError(
                f"{interpreter.name} has no specialised instructions to show: leave --adaptive out"
            )
        request = Request(
            source=source,
            interpreter=interpreter,
            stages=tuple(given.stage),
            limits=_limits(given),
            arguments=arguments,
            input=stdin,
            adaptive=given.adaptive,
            trace=trace,
        )
        return await make_report(request)

    try:
        return asyncio.run(make())
    except (ProbeError, UnknownInterpreterError, StepsError) as error:
        raise CommandError(str(error)) from None
    except StreamFilesError as error:
        raise CommandError(str(error), 1) from None


def _limits(given: Namespace) -> Limits:
    from flowtui.model.run import Limits

    names = ("cpu", "wall", "memory", "processes", "output")
    return Limits(**{name: value for name in names if (value := getattr(given, name)) is not None})


def _written(report: Report, format_name: str, width: int | None) -> Iterable[str | bytes]:
    """The report's pieces in that format."""
    if format_name == "json":
        from flowtui.report import json

        return json.chunks(report)
    if format_name == "text":
        from flowtui.report import text

        return text.chunks(report, stdio.text_width(width), stdio.painter())
    from flowtui.report import export

    if format_name == "html":
        return export.html_chunks(report, export.PAGE_WIDTH if width is None else width)
    return [export.svg(report, max(40, width or 100))]


def _doctor_command(words: list[str]) -> int:
    from flowtui.report import units

    parser = make_parser("doctor", "Show the interpreters found here, the terminal and the limits.", "")
    parser.add_argument("--format", default="text", choices=FORMATS[:2], help="the default is text")
    parser.add_argument(
        "--width", type=units.number, metavar="N", help="cells a line of text; 0 cuts nothing"
    )
    parser.add_argument("--refresh", action="store_true", help="ask every interpreter again")
    given, arguments = parse(parser, words)
    if given is None:
        return _write([parser.format_help()])
    if arguments:
        raise CommandError("`doctor` runs no program: it takes no arguments behind --")
    import asyncio

    from flowtui.report import doctor

    examination = asyncio.run(doctor.examine(refresh=given.refresh))
    if given.format == "json":
        return _write([doctor.as_json(examination)], examination.status, binary=True)
    pieces = doctor.text(examination, stdio.text_width(given.width), stdio.painter())
    return _write(pieces, examination.status)


# --- input ---


def _source(given: Namespace) -> Source:
    """The source that the words name."""
    from pathlib import Path

    from flowtui.engine.files import SourceError, decode_source, read_source
    from flowtui.model.source import Source

    if given.code is not None:
        return decode_source(os.fsencode(given.code), "<code>")
    if given.file == "-":
        return decode_source(stdio.read_input(), "<stdin>")
    if given.file.endswith(".pyc"):
        stdio.check_file(given.file)
        place = Path(given.file).absolute()
        return Source(name=place.name, path=str(place), data=b"", text="", encoding="")
    try:
        return read_source(given.file)
    except SourceError as error:
        raise CommandError(str(error)) from None


def _write(pieces: Iterable[str | bytes], status: int = 0, *, binary: bool = False) -> int:
    """Write to standard output and give `status`."""
    try:
        stdio.write(pieces, binary=binary)
    except stdio.OutputError as error:
        raise CommandError(str(error), 1) from None
    return status


def _say(message: str) -> None:
    """One line on standard error, whatever is in the message."""
    from flowtui.model.printable import printable

    line = printable(message)
    if sys.stderr is not None:
        try:
            sys.stderr.write(f"flowtui: {line}\n")
            sys.stderr.flush()
        except OSError:
            return  # there is nowhere left to say it
