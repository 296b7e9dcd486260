"""Streams that lie: every question is answered, or refused with one clear sentence; nothing else happens."""

from __future__ import annotations

import random

import pytest

from flowtui.engine.recording.reader import Recording, RecordingError
from flowtui.engine.recording.streams import Streams
from flowtui.probe import recording_format as form
from tests.engine.recording.random_recording import RandomRecording
from tests.recording.writer import Writer


def ask_everything(streams, pick):
    """Ask a recording of such streams all there is to ask; gives how many answers there were."""
    answers = 0
    refusals = set()
    recording = Recording(Streams(streams))
    recording.output(b"out" * 50, b"err" * 50)

    def ask(question, *arguments):
        nonlocal answers
        try:
            question(*arguments)
            answers += 1
        except RecordingError as error:
            refusals.add(str(error))

    ask(recording.update, 50)
    ask(recording.update)
    total = recording.total
    numbers = [0, 1, total, total + 1, *(pick.randrange(1, total + 2) for _ in range(6))]
    for n in numbers:
        ask(recording.step, n)
        ask(recording.state, n)
        ask(recording.changes, n)
        for zoom in ("line", "expression", "instruction"):
            ask(recording.forward, n, zoom)
            ask(recording.back, n, zoom)
            ask(recording.over, n, zoom)
            ask(recording.over_back, n, zoom)
        ask(recording.out, n)
        ask(recording.out_back, n)
        number = pick.choice([0, 1, 2, 3, 1 << 31])
        ask(recording.object_at, number, n)
        ask(recording.born, number)
        ask(recording.died, number)
        direction = pick.choice([1, -1])
        ask(recording.change_of, n, pick.choice([0, 1, 2, 1 << 31]), pick.choice("apxy"), direction)
        ask(recording.at_line, pick.choice([0, 1, -1]), pick.randrange(20), n, direction)
        ask(recording.search, pick.choice(["te", "7", "nothing", "\0"]), n, direction)
        ask(recording.local_slots, pick.choice([0, 1, 9999]))
    for columns in (0, 1, 7, 1000):
        ask(recording.overview, columns)
    recording.finish()
    assert recording.end is None or recording.end.sentence
    assert recording.granularity in ("line", "instruction")
    for refusal in refusals:
        assert refusal.endswith("."), refusal
        assert "\n" not in refusal
    return answers


def damaged(streams, pick):
    """A copy in which something is wrong."""
    found = {name: bytearray(data) for name, data in streams.items()}
    for _ in range(pick.choice([1, 1, 2, 5, 20])):
        data = found[pick.choice(list(found))]
        if not data:
            continue
        at = pick.randrange(len(data))
        how = pick.randrange(5)
        if how == 0:
            data[at] = pick.randrange(256)
        elif how == 1:
            data[at] ^= 1 << pick.randrange(8)
        elif how == 2:
            del data[at:]
        elif how == 3:
            size = pick.choice([4, 8, 64])
            data[at : at + size] = bytes(pick.choice([0, 0xFF, 0x7F]) for _ in range(size))
        else:
            size = pick.choice([4, 8, 16, 24])
            other = pick.randrange(len(data))
            data[at : at + size] = data[other : other + size]
    return {name: bytes(data) for name, data in found.items()}


@pytest.mark.parametrize("seed", range(150))
def test_damage_anywhere_is_answered_or_refused(seed):
    pick = random.Random(seed)
    ask_everything(damaged(RandomRecording(seed % 5, 120).writer.bytes(), pick), pick)


@pytest.mark.parametrize("seed", range(30))
def test_noise_is_answered_or_refused(seed):
    pick = random.Random(seed)
    streams = {name: pick.randbytes(pick.randrange(3000)) for name in form.STREAMS}
    if seed % 2:
        streams["steps"] = form.MAGIC.to_bytes(4, "little") + streams["steps"]
        streams["code"] = Writer("def f(a):\n    return a\n").bytes()["code"]
    ask_everything(streams, pick)


def test_nothing_is_no_recording_and_harms_nobody():
    assert ask_everything(dict.fromkeys(form.STREAMS, b""), random.Random(0))


def test_a_version_that_wants_more_memory_than_there_is_takes_none():
    written = Writer("x = 1\n")
    written.call(0, 1)
    made = written.make([1, 2, 3])
    written.set_global("x", made)
    written.heap.extend([written.next << 32 | made.number, form.H_SEQUENCE << 56, (1 << 32) - 1])
    n = written.at(1)
    recording = written.recording()
    assert [each.value.text for each in recording.object_at(made.number, n).elements] == ["1", "2", "3"]


@pytest.mark.parametrize("length", range(7))
def test_a_text_that_is_being_written_is_waited_for(length):
    written = Writer("x = 1\n")
    written.call(0, 1)
    data = {name: bytearray(each) for name, each in written.bytes().items()}
    begun = len(written.texts)
    recording = Recording(Streams(data))
    whole = Writer("x = 1\n")
    whole.call(0, 1)
    whole.set_global("x", "words")
    whole.at(1)
    texts = whole.bytes()["texts"]
    data["texts"][begun : begun + length] = texts[begun : begun + length]
    assert recording.update()
    for name, each in whole.bytes().items():
        data[name][: len(data[name])] = each[: len(data[name])]
    assert recording.update()
    (variable,) = recording.state(2).globals
    assert (variable.name, variable.value.text) == ("x", "'words'")


@pytest.mark.parametrize("seed", range(40))
def test_what_a_table_of_code_says_can_be_looked_at(seed):
    pick = random.Random(seed)
    streams = {name: bytearray(data) for name, data in RandomRecording(1, 30).writer.bytes().items()}
    code = streams["code"]
    for _ in range(pick.choice([1, 3, 30])):
        code[pick.randrange(12, len(code) - 64)] = pick.choice([0, 1, 127, 255, ord("9")])
    recording = Recording(Streams(streams))
    try:
        recording.update()
    except RecordingError:
        return
    for file in recording.files:
        for row in range(len(file.table)):
            assert isinstance(file.table.row(row).opname, str)
        for entry in file.table.codes:
            assert 0 <= entry.first <= entry.first + entry.count <= len(file.table)
