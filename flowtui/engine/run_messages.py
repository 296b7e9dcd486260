"""What a probe and a keeper may say while a program runs, checked: the program itself may have written it.

The probe's channel is open in the program's own process; the keeper's is not, but a process of the same user
can find it under ``/proc``.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from flowtui.model.run import RaisedError, TracebackFrame
from flowtui.model.span import Span
from flowtui.probe.wire import Frame, WireError

_Line = Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]


class FrameFields(msgspec.Struct, frozen=True):
    """`TracebackFrame` as it travels."""

    filename: str
    line: _Line
    name: str
    span: tuple[_Line, _Line, _Line, _Line] | None
    text: str


class ErrorFields(msgspec.Struct, frozen=True):
    """`RaisedError` as it travels."""

    type: str
    message: str
    frames: Annotated[list[FrameFields], msgspec.Meta(max_length=1000)]


class Hello(msgspec.Struct, frozen=True, tag="hello", tag_field="kind"):
    """The interpreter has begun."""

    protocol: int


class Started(msgspec.Struct, frozen=True, tag="started", tag_field="kind"):
    """The program begins."""


class Input(msgspec.Struct, frozen=True, tag="input", tag_field="kind"):
    """The program waits for standard input."""


class Unrecorded(msgspec.Struct, frozen=True, tag="unrecorded", tag_field="kind"):
    """The recorder could not be made: the program runs without; `message` is one line."""

    message: Annotated[str, msgspec.Meta(max_length=1000)]


class Raised(msgspec.Struct, frozen=True, tag="raised", tag_field="kind"):
    """An exception came out; its message is still to be asked for."""

    error: ErrorFields


class Told(msgspec.Struct, frozen=True, tag="ended", tag_field="kind"):
    """The program's own code is at its end; threads and ``atexit`` may follow."""

    status: int | None
    error: ErrorFields | None


class Rows(msgspec.Struct, frozen=True, tag="specialised", tag_field="kind"):
    """Instructions as they stand now."""

    rows: list[tuple[_Line, _Line, str]]


class Keeping(msgspec.Struct, frozen=True, tag="keeping", tag_field="kind"):
    """The keeper has started the interpreter; `pid` is its process, group and session."""

    pid: Annotated[int, msgspec.Meta(ge=1)]


class Refused(msgspec.Struct, frozen=True, tag="refused", tag_field="kind"):
    """The keeper could not start the interpreter; `message` is the system's."""

    message: str


class Kept(msgspec.Struct, frozen=True, tag="kept", tag_field="kind"):
    """The program has ended and nothing of it is left, as far as the keeper can see.

    Attributes:
        status: the exit status; None when a signal ended it.
        signal: the signal's name; None when it ended by itself.
        cpu: seconds of processor time of the whole tree.
        peak_memory: bytes, the largest resident set of one of its processes.
        killed: how many processes it had left behind.
        limit: the limit for which the keeper ended it.
        left: how many processes could not be ended.
        watched: whether the system let the keeper see the tree.
    """

    status: int | None = None
    signal: str | None = None
    cpu: float = 0.0
    peak_memory: int = 0
    killed: int = 0
    limit: Literal["cpu", "processes"] | None = None
    left: int = 0
    watched: bool = True


ProbeMessage = Hello | Started | Input | Unrecorded | Raised | Told | Rows
KeeperMessage = Keeping | Refused | Kept


def from_probe(frame: Frame) -> ProbeMessage:
    """Make the message of a probe's frame.

    Raises:
        WireError: it is none of a probe's.
    """
    try:
        message: ProbeMessage = msgspec.convert(frame.head, ProbeMessage)
    except msgspec.ValidationError as error:
        raise WireError(str(error)) from None
    return message


def from_keeper(frame: Frame) -> KeeperMessage:
    """Make the message of a keeper's frame.

    Raises:
        WireError: it is none of a keeper's.
    """
    try:
        message: KeeperMessage = msgspec.convert(frame.head, KeeperMessage)
    except msgspec.ValidationError as error:
        raise WireError(str(error)) from None
    return message


def raised_error(fields: ErrorFields) -> RaisedError:
    """Make the model's exception of the wire's."""
    return RaisedError(
        type=fields.type,
        message=fields.message,
        frames=tuple(
            TracebackFrame(
                filename=each.filename,
                line=each.line,
                name=each.name,
                span=Span(*each.span) if each.span else None,
                text=each.text,
            )
            for each in fields.frames
        ),
    )
