import asyncio
import contextlib
import os
from array import array

import pytest

from flowtui.engine import pipes
from flowtui.engine.pipes import FrameReader, FrameWriter, Tail
from flowtui.probe import wire


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)


async def test_frames_in_pieces_of_any_size(pipe):
    reader = FrameReader(pipe[0], asyncio.get_running_loop())
    data = wire.encode({"kind": "a", "text": "\udc80ä"}) + wire.encode(
        {"kind": "b"}, {"x": array("i", [1, -2])}
    )
    waiting = asyncio.create_task(reader.next())
    for i in range(0, len(data), 7):
        os.write(pipe[1], data[i : i + 7])
        await asyncio.sleep(0)
    first = wire.decode(*await waiting)
    second = wire.decode(*await reader.next())
    assert (first.kind, first.head["text"]) == ("a", "\udc80ä")
    assert (second.kind, second.columns["x"].tolist()) == ("b", [1, -2])
    os.close(pipe[1])
    with pytest.raises(EOFError):
        await reader.next()
    assert reader.ended
    reader.close()


async def test_a_frame_beyond_the_cap_is_refused_before_it_has_come(pipe):
    reader = FrameReader(pipe[0], asyncio.get_running_loop())
    reader.cap = 1000
    os.write(pipe[1], wire.PREFIX.pack(wire.MAGIC, 2000, 0))
    with pytest.raises(wire.WireError, match="2000"):
        await reader.next()
    reader.close()


async def test_a_flood_that_nobody_fetches_stops_at_the_high_water_mark(pipe, monkeypatch):
    monkeypatch.setattr(pipes, "HIGH_WATER", 10_000)
    loop = asyncio.get_running_loop()
    reader = FrameReader(pipe[0], loop)
    writer = FrameWriter(pipe[1], loop)
    frame = wire.encode({"kind": "x"}, {"x": array("B", bytes(1000))})
    count = 3000
    writer.post(frame * count)
    draining = asyncio.create_task(writer.drain())
    for _ in range(200):
        await asyncio.sleep(0)
    assert not draining.done()
    for _ in range(count):
        await reader.next()
    await draining
    reader.close()
    writer.close()


async def test_who_writes_to_nobody_is_told(pipe):
    writer = FrameWriter(pipe[1], asyncio.get_running_loop())
    writer.post(bytes(1 << 21))
    draining = asyncio.create_task(writer.drain())
    await asyncio.sleep(0)
    os.close(pipe[0])
    with pytest.raises(BrokenPipeError):
        await draining
    writer.close()
    writer.post(b"after the end")
    with pytest.raises(BrokenPipeError):
        await writer.drain()


async def test_the_tail_keeps_the_last_line_only(pipe):
    tail = Tail(pipe[0], asyncio.get_running_loop())
    os.write(pipe[1], b"x" * 5000 + b"\nlast \x1b[31mred\n\n")
    assert tail.last_line() == "last [31mred"
    tail.close()
    assert tail.last_line() == "last [31mred"
