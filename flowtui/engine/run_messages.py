"""What a probe may say while a program runs, checked: the program itself may have written it."""

from __future__ import annotations

from typing import Annotated

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


Message = Hello | Started | Input | Raised | Told | Rows


def check(frame: Frame) -> Message:
    """Make the message of a frame.

    Raises:
        WireError: it is none of the probe's.
    """
    try:
        message: Message = msgspec.convert(frame.head, Message)
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
