"""A recording in a file: the same when it is opened again, one clear line whatever is wrong with it."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import os
import random
import struct
import zlib

import msgspec
import pytest

from flowtui.engine.recording import trace_file
from flowtui.engine.recording.record import record
from flowtui.engine.recording.trace_file import BLOCK, MAGIC, PARTS, TraceFileError, open_trace
from flowtui.model.run import Output
from flowtui.model.source import Source
from tests.programs import SHORT, interpreter
from tests.recording.recordings import recorded

PROGRAM = """\
class Node:
    def __init__(self, value):
        self.value = value
nodes = [Node(i) for i in range(3)]
print("größe", len(nodes))
total = sum(node.value for node in nodes)
import sys
print(total, file=sys.stderr)
raise SystemExit(2)
"""


@pytest.fixture
async def saved(tmp_path):
    """A recording of a program, and its file."""
    async with recorded(PROGRAM, "instruction") as result:
        path = tmp_path / "run.flowtrace"
        result.recorded.save(path)
        yield result, path


def walk(recording):
    """All that a recording tells."""
    numbers = range(1, recording.total + 1)
    return [(recording.step(n), recording.state(n), recording.changes(n)) for n in numbers]


async def test_an_opened_recording_tells_the_same_without_the_interpreter(saved):
    result, path = saved
    trace = open_trace(path)
    about = trace.about
    assert walk(trace.recording) == walk(result.recording)
    assert trace.recording.total > 100
    assert trace.recording.end == result.recording.end
    assert about.source.text == PROGRAM
    assert about.source.name == "program.py"
    assert about.source.path == ""
    assert about.ended == result.ended
    assert about.options == result.recorded.about.options
    assert about.interpreter.path == about.interpreter.real_path == ""
    assert trace.stdout == "größe 3\n".encode()
    assert trace.stderr == b"3\n"
    trace.close()


async def test_an_opened_recording_is_saved_again_byte_by_byte(saved, tmp_path):
    _, path = saved
    trace = open_trace(path)
    trace.save(tmp_path / "again.flowtrace")
    trace.close()
    assert (tmp_path / "again.flowtrace").read_bytes() == path.read_bytes()


async def test_what_is_recorded_so_far_can_be_saved(tmp_path):
    text = "print('up', flush=True)\nwhile True: pass\n"
    printed = asyncio.get_running_loop().create_future()

    def take(event):
        if isinstance(event, Output) and not printed.done():
            printed.set_result(None)

    source = Source(name="<code>", data=text.encode(), text=text)
    run = await record(interpreter(), source, take, limits=SHORT)
    await printed
    run.save(tmp_path / "part.flowtrace")
    await run.stop()
    run.close()
    trace = open_trace(tmp_path / "part.flowtrace")
    assert trace.about.ended is None
    assert trace.recording.total > 1
    assert walk(trace.recording)[-1][0].number == trace.recording.total
    trace.close()


async def test_it_is_small(saved):
    _, path = saved
    assert path.stat().st_size < 40_000


# ---- damaged files


def parts_of(data):
    """A file's header and the place where its blocks begin."""
    (length,) = struct.unpack_from("<I", data, len(MAGIC))
    start = len(MAGIC) + 4
    return json.loads(data[start : start + length]), data[start + length : -32]


def file_of(header, blocks):
    """A file with a right checksum."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = MAGIC + struct.pack("<I", len(text)) + text + blocks
    return data + hashlib.sha256(data).digest()


def refused(path, data):
    """The one line with which a file is refused."""
    path.write_bytes(data)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(TraceFileError) as raised:
        open_trace(path)
    assert len(os.listdir("/proc/self/fd")) == before
    line = str(raised.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    return line


async def test_a_file_cut_anywhere_is_refused(saved, tmp_path):
    data = saved[1].read_bytes()
    for length in {*range(0, 200, 7), *range(200, len(data), 501), len(data) - 1}:
        line = refused(tmp_path / "cut.flowtrace", data[:length])
        assert "no trace file" in line if length < 8 else "cut off" in line or "damaged" in line
    assert "damaged" in refused(tmp_path / "longer.flowtrace", data + b"\0")


async def test_a_file_with_any_flipped_byte_is_refused(saved, tmp_path):
    data = saved[1].read_bytes()
    for at in {*range(0, 12), *range(12, len(data), 97)}:
        flipped = bytearray(data)
        flipped[at] ^= 0x55
        refused(tmp_path / "flipped.flowtrace", bytes(flipped))


async def test_streams_that_lie_are_refused_or_walked_but_never_crash(saved, tmp_path):
    """A right checksum says nothing: whoever made the file can make that too."""
    header, blocks = parts_of(saved[1].read_bytes())
    contents = unpacked(header, blocks)
    chance = random.Random(7)
    for _ in range(60):
        lying = dict(contents)
        name = chance.choice(["steps", "changes", "heap", "texts", "code", "control"])
        bytes_of = bytearray(lying[name])
        for _ in range(chance.randint(1, 8)):
            bytes_of[chance.randrange(len(bytes_of))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
        lying[name] = bytes(bytes_of)
        path = tmp_path / "lying.flowtrace"
        path.write_bytes(packed(header, lying))
        try:
            trace = open_trace(path)
        except TraceFileError as error:
            assert "\n" not in str(error)
            continue
        try:
            for n in range(1, min(trace.recording.total, 60) + 1):
                trace.recording.state(n)
                trace.recording.changes(n)
        except ValueError as error:  # RecordingError
            assert "\n" not in str(error)
        finally:
            trace.close()


def unpacked(header, blocks):
    contents, at = {}, 0
    for part in header["parts"]:
        name, _, lengths = part["name"], part["size"], part["packed"]
        pieces = []
        for length in lengths:
            pieces.append(zlib.decompress(blocks[at : at + length]))
            at += length
        contents[name] = b"".join(pieces)
    return contents


def packed(header, contents):
    parts, blocks = [], []
    for name, content in contents.items():
        pieces = [zlib.compress(content[at : at + BLOCK], 1) for at in range(0, len(content), BLOCK)]
        parts.append({"name": name, "size": len(content), "packed": [len(piece) for piece in pieces]})
        blocks += pieces
    return file_of({**header, "parts": parts}, b"".join(blocks))


async def test_a_bomb_is_refused_before_it_goes_off(saved, tmp_path):
    header, _ = parts_of(saved[1].read_bytes())
    path = tmp_path / "bomb.flowtrace"
    bomb = zlib.compress(bytes(64 << 20), 9)  # 64 kB

    def with_part(name, size, lengths, blocks):
        parts = [{"name": each, "size": 0, "packed": []} for each in PARTS]
        parts[PARTS.index(name)] = {"name": name, "size": size, "packed": lengths}
        return file_of({**header, "parts": parts}, blocks)

    # a block that gives more than the part has, or than a block may
    assert "damaged" in refused(path, with_part("heap", 1000, [len(bomb)], bomb))
    assert "damaged" in refused(path, with_part("heap", BLOCK, [len(bomb)], bomb))
    # a part as large as nothing may be
    assert "damaged" in refused(path, with_part("heap", 1 << 40, [len(bomb)] * (1 << 10), bomb))
    # parts that are too large together only
    many = 1000
    full = zlib.compress(bytes(BLOCK), 9)
    parts = [{"name": each, "size": 0, "packed": []} for each in PARTS]
    for name in ("changes", "heap"):
        size = {"name": name, "size": many * BLOCK, "packed": [len(full)] * many}
        parts[PARTS.index(name)] = size
    assert "too large" in refused(path, file_of({**header, "parts": parts}, full * 2 * many))


async def test_a_header_that_lies_is_refused(saved, tmp_path):
    data = saved[1].read_bytes()
    header, blocks = parts_of(data)
    path = tmp_path / "lie.flowtrace"
    assert "cannot read" in refused(path, file_of({**header, "format": 2}, blocks))
    assert "cannot read" in refused(path, file_of({**header, "streams": 99}, blocks))
    wrong = [
        b"",
        b"null",
        b"[" * 100_000,
        b"{" + b'"format":{' * 50_000,
        b"\xff\xfe",
        json.dumps({"format": 1}).encode(),
        json.dumps({**header, "parts": []}).encode(),
        json.dumps({**header, "parts": header["parts"][::-1]}).encode(),
        json.dumps({**header, "parts": header["parts"] * 2}).encode(),
        json.dumps({**header, "interpreter": None}).encode(),
        json.dumps({**header, "name": 5}).encode(),
        json.dumps({**header, "ended": {"exit_status": "x"}}).encode(),
        json.dumps({**header, "parts": [{**part, "size": -1} for part in header["parts"]]}).encode(),
        json.dumps({**header, "parts": [{**part, "packed": [0]} for part in header["parts"]]}).encode(),
    ]
    for text in wrong:
        assert "damaged" in refused(path, file_of(text, blocks)), text[:40]
    huge = MAGIC + struct.pack("<I", 0xFFFFFFFF) + b"{"
    assert "damaged" in refused(path, huge)


@pytest.mark.parametrize("content", [b"", b"print('hello')\n", b"\x80\x04\x95.", b"\0" * 100])
def test_another_file_is_none(content, tmp_path):
    assert "is no trace file" in refused(tmp_path / "other.flowtrace", content)


def test_what_is_no_file_is_refused(tmp_path):
    for make in (lambda path: path.mkdir(), os.mkfifo, lambda path: None):
        path = tmp_path / f"{make}"[-8:-1]
        make(path)
        with pytest.raises(TraceFileError) as raised:
            open_trace(path)
        assert str(raised.value).startswith(str(path))
    with pytest.raises(TraceFileError):
        open_trace(tmp_path / "nul\0l")


async def test_a_file_that_cannot_be_written_is_one_line(saved, tmp_path):
    result, _ = saved
    for path in (tmp_path / "no" / "folder.flowtrace", tmp_path, "/dev/full/x", "nul\0l"):
        with pytest.raises(TraceFileError) as raised:
            result.recorded.save(path)
        assert "cannot be saved" in str(raised.value)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["run.flowtrace"]


async def test_a_recording_beyond_the_cap_is_not_saved(saved, tmp_path, monkeypatch):
    result, _ = saved
    monkeypatch.setattr(trace_file, "MAX_SIZE", 1000)
    with pytest.raises(TraceFileError, match="too much for a file"):
        result.recorded.save(tmp_path / "large.flowtrace")


async def test_a_name_that_is_no_text_comes_back(saved, tmp_path):
    result, _ = saved
    run = result.recorded
    run.about = dataclasses.replace(
        run.about, source=msgspec.structs.replace(run.about.source, name="odd\udcff.py")
    )
    run.save(tmp_path / "odd.flowtrace")
    trace = open_trace(tmp_path / "odd.flowtrace")
    assert trace.about.source.name == "odd\udcff.py"
    trace.close()
