"""Interpreters: ask one what it is, find all, choose one by a word."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from flowtui.engine.cache import Answer, Cache, Unusable
from flowtui.engine.child import Child, make_pipe
from flowtui.engine.connection import ADVICE, Connection, ProbeError, check_program
from flowtui.engine.pipes import Tail
from flowtui.engine.search import Candidate, candidates, own_candidate
from flowtui.model.interpreter import Interpreter

#: The oldest language version that the probe runs on.
OLDEST = (3, 8)
#: How many interpreters are asked at the same time.
_AT_ONCE = 4
#: Understood by everything since Python 2.
_VERSION_PROGRAM = "import sys; sys.stdout.write('version %d.%d.%d' % tuple(sys.version_info[:3]))"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?\+?")
_WORD = re.compile(
    r"(?P<implementation>[a-z]+)?[ -]?(?P<version>\d+(?:\.\d+){0,2}(?:(?:a|b|rc)\d+)?)?(?P<threaded>t)?", re.I
)


class UnknownInterpreterError(Exception):
    """No interpreter fits what was asked for: one line that says what there is."""


class TooOldError(ProbeError):
    """The interpreter is older than `OLDEST`; `version` is its own."""

    def __init__(self, path: str, version: str, advice: str = ADVICE) -> None:
        self.version = version
        needed = ".".join(map(str, OLDEST))
        super().__init__(path, f"is too old: flowtui needs {needed}, this is {version}", "protocol", advice)


class Found(NamedTuple):
    """All that was found: interpreters in the order in which they are offered, and what cannot be used."""

    usable: list[Interpreter]
    unusable: list[Unusable]


async def ask(path: str, *, source: str = "given", timeout: float = 5.0) -> Interpreter:
    """Start an interpreter once and let it describe itself.

    Args:
        path: the executable.
        source: where it was found.
        timeout: seconds it may take.

    Raises:
        ProbeError: it is none that flowtui can use, and why.
    """
    program = check_program(path)
    try:
        connection = await Connection.open(program, "describe", timeout=timeout)
    except ProbeError as error:
        if error.reason in ("died", "lied"):
            version = await _plain_version(program, min(timeout, 2.0))
            if version is not None and version < OLDEST:
                raise TooOldError(path, ".".join(map(str, version))) from None
        raise
    hello = connection.hello
    await connection.close()
    return _interpreter(path, program, source, hello)


async def own(*, refresh: bool = False) -> Interpreter:
    """The interpreter that runs flowtui.

    Raises:
        ProbeError: it cannot be used.
    """
    candidate = own_candidate()
    if candidate is None:
        raise ProbeError("flowtui's own interpreter", "is not known", "missing")
    cache = Cache()
    answer = await _answer(candidate, cache, asyncio.Semaphore(), refresh=refresh)
    cache.save()
    if isinstance(answer, Unusable):
        raise ProbeError(answer.path, answer.cause, answer.reason)
    return answer


async def discover(*, refresh: bool = False) -> list[Interpreter]:
    """All interpreters that can be used: flowtui's own; CPython, free-threaded, others, the newest first.

    Args:
        refresh: ask again what is remembered.
    """
    return (await discover_all(refresh=refresh)).usable


async def discover_all(*, refresh: bool = False) -> Found:
    """The same, with those that cannot be used and why."""
    cache = await asyncio.to_thread(Cache)
    looked = await asyncio.to_thread(candidates)
    at_once = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_answer(c, cache, at_once, refresh=refresh)) for c in looked]
    answers = [task.result() for task in tasks]
    await asyncio.to_thread(cache.save)
    # A script that starts an interpreter has a real path of its own; what it starts tells the true one.
    usable = {answer.real_path: answer for answer in reversed(answers) if isinstance(answer, Interpreter)}
    return Found(
        sorted(usable.values(), key=_order),
        sorted((a for a in answers if isinstance(a, Unusable)), key=lambda answer: answer.path),
    )


async def find(word: str) -> Interpreter:
    """The interpreter that a word means: a path, ``3.13``, ``3.14t``, ``pypy3.9``; empty for flowtui's own.

    Raises:
        ProbeError: the word is a path, and what is there cannot be used.
        UnknownInterpreterError: there is none such.
    """
    if not word:
        return await own()
    if os.sep in word or word.startswith("~"):
        return await ask(word)
    meant = _WORD.fullmatch(word)
    found = await discover_all() if meant else None
    if meant and found:
        for interpreter in found.usable:
            if _fits(interpreter, **meant.groupdict()):
                return interpreter
    program = shutil.which(word) or _existing(word)
    if program:
        return await ask(program)
    found = found or await discover_all()
    raise UnknownInterpreterError(_what_there_is(word, meant, found))


def _existing(path: str) -> str | None:
    return path if Path(path).exists() else None


def version_key(version: str) -> tuple[int, ...]:
    """A key that sorts versions: ``3.15.0a2`` < ``3.15.0rc1`` < ``3.15.0``.

    Raises:
        ValueError: it is no version.
    """
    parts = _VERSION.fullmatch(version)
    if parts is None:
        raise ValueError(f"{version!r:.40} is no version")
    major, minor, micro, level, serial = parts.groups()
    return int(major), int(minor), int(micro), ("a", "b", "rc", None).index(level), int(serial or 0)


def _interpreter(path: str, program: str, source: str, hello: dict[str, Any]) -> Interpreter:
    executable = str(hello.get("executable", ""))
    real_path = os.path.realpath(executable if Path(executable).is_file() else program)
    shown = path if source != "given" else program
    try:
        fields = {**hello, "path": shown, "real_path": real_path, "source": source}
        interpreter = msgspec.convert(fields, Interpreter)
        if version_key(interpreter.version)[:2] < OLDEST:
            raise TooOldError(path, interpreter.version)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProbeError(path, f"describes itself wrongly: {error}", "lied") from None
    return interpreter


async def _answer(candidate: Candidate, cache: Cache, at_once: asyncio.Semaphore, *, refresh: bool) -> Answer:
    """What a candidate says, remembered or asked now."""
    remembered = None if refresh else cache.get(candidate.real_path)
    if remembered is not None:
        return msgspec.structs.replace(remembered, path=candidate.path, source=candidate.source)
    async with at_once:
        answer: Answer
        try:
            answer = await ask(candidate.path, source=candidate.source)
        except ProbeError as error:
            answer = Unusable(
                path=candidate.path,
                real_path=candidate.real_path,
                source=candidate.source,
                reason=error.reason,
                cause=error.cause,
            )
    cache.put(candidate.real_path, answer)
    return answer


async def _plain_version(program: str, timeout: float) -> tuple[int, int, int] | None:
    """The version of an interpreter that is no probe; None when it does not say one."""
    our_end, child_end = make_pipe()
    try:
        child = Child([program, "-E", "-S", "-c", _VERSION_PROGRAM], child_end)
    except (OSError, ValueError):
        os.close(our_end)
        return None
    finally:
        os.close(child_end)
    tail = Tail(our_end, asyncio.get_running_loop())
    try:
        await child.end(timeout)
        said = re.fullmatch(r"version (\d+)\.(\d+)\.(\d+)", tail.last_line())
    finally:
        child.kill()
        tail.close()
        await child.reap()
    return (int(said[1]), int(said[2]), int(said[3])) if said else None


def _order(interpreter: Interpreter) -> tuple[Any, ...]:
    newest_first = tuple(-part for part in version_key(interpreter.version))
    other = interpreter.implementation != "cpython"
    return interpreter.source != "own", other, interpreter.free_threaded, newest_first, interpreter.path


def _fits(
    interpreter: Interpreter, implementation: str | None, version: str | None, threaded: str | None
) -> bool:
    wanted = (implementation or "cpython").lower().replace("cpython", "python")
    if wanted != interpreter.implementation.replace("cpython", "python"):
        return False
    if bool(threaded) != interpreter.free_threaded:
        return False
    return not version or f"{interpreter.version}.".startswith(f"{version}.")


def _what_there_is(word: str, meant: re.Match[str] | None, found: Found) -> str:
    version = meant["version"] if meant else None
    if version:
        for bad in found.unusable:
            if f"this is {version}" in bad.cause:
                return bad.sentence
    names = (
        ", ".join(dict.fromkeys(interpreter.name for interpreter in found.usable)) or "none that can be used"
    )
    return f"there is no interpreter {word!r}; there are: {names} (give one of these, or a path)"
