"""States against a plain model of random recordings, forwards, backwards and at random; ends; ways to go."""

from __future__ import annotations

import ast
import random

import pytest

from flowtui.engine.recording.reader import Recording, RecordingError
from flowtui.engine.recording.streams import Streams
from flowtui.probe import recording_format as form
from tests.engine.recording.random_recording import RandomRecording, Thing
from tests.recording.writer import Writer

SEEDS = range(12)


def same(wanted, shown):
    """Whether a shown value is the one that the model has."""
    if isinstance(wanted, Thing):
        return shown.object == wanted.made.number
    return shown.object is None and ast.literal_eval(shown.text) == wanted


def check(made, recording, n):
    """One state against the model's."""
    wanted, state = made.states[n - 1], recording.state(n, heap_limit=10_000)
    assert state.step == recording.step(n)
    assert (state.step.number, state.step.thread) == (n, wanted["thread"])
    assert [each.number for each in state.frames] == [each[0] for each in wanted["frames"]]
    assert state.step.depth == len(wanted["frames"])
    for frame, (number, name, line, values) in zip(state.frames, wanted["frames"], strict=True):
        assert frame.name.rpartition(".")[2] == name
        if line is not None:
            assert frame.line == line, (n, number)
        shown = {each.name: each.value for each in frame.variables}
        assert set(shown) == set(values), (n, number)
        assert all(same(values[each], shown[each]) for each in values), (n, number, shown, values)
    shown = {each.name: each.value for each in state.globals}
    assert set(shown) == set(wanted["globals"])
    assert all(same(wanted["globals"][each], shown[each]) for each in shown)
    for number, (content, dead) in wanted["contents"].items():
        found = recording.object_at(number, n)
        assert found is not None
        assert found.ghost == bool(dead)
        items = list(content.values()) if isinstance(content, dict) else content
        assert len(found.elements) + found.left_out == len(items), (n, number, found, content)
        assert all(same(item, each.value) for item, each in zip(items, found.elements, strict=False))
        if isinstance(content, dict):
            assert [ast.literal_eval(each.key) for each in found.elements] == list(content)[
                : len(found.elements)
            ]
    if state.step.event in ("return", "yield", "exception"):
        assert same(wanted["carried"], state.value)
    assert (len(state.stdout), len(state.stderr)) == tuple(wanted["written"].values())


@pytest.mark.parametrize("seed", SEEDS)
def test_states_are_the_models_in_any_order(seed):
    made = RandomRecording(seed)
    recording = made.writer.recording()
    recording.output(b"o" * 10_000, b"e" * 10_000)
    assert recording.total == len(made.states)
    numbers = list(range(1, recording.total + 1))
    for n in [*numbers, *numbers[::-1], *random.Random(seed).choices(numbers, k=200)]:
        check(made, recording, n)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recording_that_grows_shows_what_a_whole_one_does(seed):
    made = RandomRecording(seed)
    whole = made.writer.recording()
    data = {name: bytearray(each) for name, each in made.writer.bytes().items()}
    all_steps = bytes(data["steps"])
    pick = random.Random(seed)
    for at in range(4, len(all_steps)):
        data["steps"][at] = 0
    growing = Recording(Streams(data))
    growing.update()
    assert growing.total == 0
    until = 0
    while until < whole.total:
        before, until = until, min(whole.total, until + pick.randrange(1, 40))
        data["steps"][4 * before + 4 : 4 * until + 4] = all_steps[4 * before + 4 : 4 * until + 4]
        assert growing.update()
        assert growing.total == until
        for n in pick.choices(range(1, until + 1), k=3):
            assert growing.step(n) == whole.step(n)
            assert growing.state(n).frames == whole.state(n).frames
    assert not growing.update()
    for n in range(1, whole.total + 1):
        assert growing.state(n) == whole.state(n)
        assert growing.changes(n) == whole.changes(n)


@pytest.mark.parametrize("seed", SEEDS)
def test_ways_lead_where_the_states_say(seed):
    recording = RandomRecording(seed).writer.recording()
    total = recording.total
    steps = [recording.step(n) for n in range(1, total + 1)]
    for n in range(1, total + 1):
        here = steps[n - 1]
        forward, back = recording.forward(n, "line"), recording.back(n, "line")
        assert forward is None or n < forward <= total
        assert back is None or 1 <= back < n
        over, out = recording.over(n, "line"), recording.out(n)
        if over is not None:
            assert n < over
            assert steps[over - 1].thread == here.thread
            assert steps[over - 1].depth <= here.depth
            between = [each for each in steps[n : over - 1] if each.thread == here.thread]
            assert all(
                each.depth > here.depth
                or each.event not in ("line", "return", "exception")
                or each.line == here.line
                for each in between
            ), (n, over)
        if out is not None:
            assert steps[out - 1].depth < here.depth
            assert steps[out - 1].thread == here.thread
        came = recording.out_back(n)
        if came is not None:
            assert came < n
            assert steps[came - 1].depth < here.depth
            assert steps[came - 1].thread == here.thread


def test_every_line_of_a_function_is_a_step_of_its_own():
    written = Writer("x = 1\ny = 2\nz = 3\n")
    written.call(0, 1)
    for line in (1, 2, 3):
        written.at(line)
    written.leave()
    recording = written.recording()
    at, seen = 1, []
    while at is not None:
        seen.append((recording.step(at).event, recording.step(at).line))
        at = recording.forward(at, "line")
    assert seen[-4:] == [("line", 1), ("line", 2), ("line", 3), ("return", 3)]
    assert recording.back(5, "line") == 4


def test_changes_births_ends_visits_and_values_are_found():
    written = Writer("p = []\np.append(1)\ndel p\n")
    written.call(0, 1)
    first = written.at(1)
    made = written.make([])
    written.set_global("p", made)
    second = written.at(2)
    written.version(made.number, form.H_SEQUENCE, [41], 0, 0)
    third = written.at(3)
    written.set_global("p", "needle in hay")
    written.freed(made)
    fourth = written.at(1)
    written.end()
    recording = written.recording()
    assert recording.born(made.number) == second
    assert recording.died(made.number) == (fourth, "count")
    assert recording.change_of(first, 0, "p", 1) == second
    assert recording.change_of(second, 0, "p", 1) == fourth
    assert recording.change_of(fourth, 0, "p", -1) == second
    assert recording.change_of(fourth, 0, "p", 1) is None
    assert recording.change_of(first, 0, "nobody", 1) is None
    assert recording.at_line(0, 1, first, 1) == fourth
    assert recording.at_line(0, 1, fourth, -1) == first
    assert recording.at_line(0, 9, 1, 1) is None
    assert recording.search("needle", 1, 1) == fourth
    assert recording.search("41", 1, 1) == third
    assert recording.search("41", fourth, -1) == third
    assert recording.search("nowhere", 1, 1) is None
    assert recording.object_at(made.number, second).elements == ()
    (element,) = recording.object_at(made.number, third).elements
    assert (element.key, element.value.text, element.changed) == ("0", "41", True)
    ghosts = [each for each in recording.state(fourth).heap if each.ghost]
    assert [each.number for each in ghosts] == [made.number]
    assert recording.end.complete
    assert any(each.what == "freed" for each in recording.changes(fourth))


@pytest.mark.parametrize("cut", form.CUTS[1:])
def test_a_cut_recording_says_why_in_one_sentence(cut):
    written = Writer("x = 1\n")
    written.call(0, 1)
    written.at(1)
    written.end(cut)
    end = written.recording().end
    assert (end.complete, end.cut) == (False, cut)
    assert end.sentence.endswith(".")
    assert "\n" not in end.sentence


def test_a_recording_without_an_end_was_killed_when_its_program_is_gone():
    written = Writer("x = 1\n")
    written.call(0, 1)
    recording = written.recording()
    assert recording.end is None
    recording.finish()
    assert recording.end.cut == "killed"
    assert not recording.end.complete


def test_texts_are_safe_for_a_terminal():
    written = Writer("x = 1\n")
    written.call(0, 1)
    written.set_global("x", "\x1b[31mred\x07\u202e\ud800")
    written.set_global("\x1b]0;title\x07", 1)
    made = written.born("\x1b[5mEvil", "leaf \x9b31m")
    written.set_global("y", made)
    n = written.at(1)
    state = written.recording().state(n)
    assert all(each.isprintable() for each in repr(state)), repr(state)


def test_steps_outside_are_refused():
    written = Writer("x = 1\n")
    written.call(0, 1)
    recording = written.recording()
    for n in (0, -1, 2, 1 << 40):
        with pytest.raises(RecordingError):
            recording.step(n)
        with pytest.raises(RecordingError):
            recording.state(n)
    with pytest.raises(RecordingError):
        recording.born(1)


def test_an_overview_has_the_depths_and_marks_of_its_columns():
    written = Writer("def f():\n    pass\nf()\n")
    written.call(0, 1)
    for _ in range(10):
        written.at(1)
    written.call(1, 1)
    written.write(1, 5)
    for _ in range(5):
        written.at(2, 1)
    written.raises("oh", 2, 1)
    written.leave(None, 1)
    written.collected(0, 3)
    for _ in range(10):
        written.at(3)
    recording = written.recording()
    total = recording.total
    for columns in (1, 3, 7, 10, total):
        overview = recording.overview(columns)
        shares = [range(at * total // columns + 1, (at + 1) * total // columns + 1) for at in range(columns)]
        depths = [recording.step(n).depth for n in range(1, total + 1)]
        assert len(overview.depths) == columns
        for column, share in enumerate(shares):
            assert overview.depths[column] == max(depths[n - 1] for n in share), (columns, column)
        for marks, event in ((overview.exceptions, "exception"), (overview.collections, "collect")):
            where = [n for n in range(1, total + 1) if recording.step(n).event == event]
            assert len(set(marks)) == len(where) == 1
            assert where[0] in shares[next(iter(marks))], (columns, event)
        assert len(set(overview.output)) == 1
