"""What the slow reference saw against what a recording shows, step by step."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowtui.engine.recording.reader import Recording
from flowtui.model.trace import HeapObject, State, Value

HERE = Path(__file__).parent
PROBE = HERE.parents[1] / "flowtui" / "probe"
Tree = list[Any]


async def reference(python: str, text: str, granularity: str) -> list[dict[str, Any]]:
    """The reference's events of a program."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(text, encoding="utf-8", errors="surrogatepass")
        events = Path(folder, "events")
        words = [python, "-I", str(HERE / "reference.py"), str(PROBE), granularity, str(program)]
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            'exec "$@" 3>"$0"',
            str(events),
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONIOENCODING": "utf-8:surrogatepass"},
        )
        _, errors = await process.communicate()
        assert process.returncode in (0, 1), errors.decode()
        return [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]


class Shown:
    """A state as trees like the reference's."""

    def __init__(self, state: State) -> None:
        self.objects = {each.number: each for each in state.heap}

    def matches(self, wanted: Tree, value: Value) -> bool:
        """Whether `value` is what `wanted` says."""
        if wanted[0] == "any":
            return True
        if wanted[0] == "atom":
            return value.object is None and same_text(wanted[1], value.text)
        shown = self.objects.get(value.object or 0)
        if shown is None or shown.form != wanted[0] or shown.type != wanted[1]:
            return False
        return self.elements_match(wanted, shown)

    def elements_match(self, wanted: Tree, shown: HeapObject) -> bool:
        """The same for all elements of an object."""
        form, _, elements = wanted
        if len(elements) != len(shown.elements) + shown.left_out:
            return False
        values = [each.value for each in shown.elements]
        if form == "sequence":
            return all(map(self.matches, elements, values))
        if form == "set":
            left = [json.loads(each) for each in elements]
            for value in values:
                found = next((index for index, each in enumerate(left) if self.matches(each, value)), None)
                if found is None:
                    return False
                del left[found]
            return True
        for (key, value), element in zip(elements, shown.elements, strict=False):
            if form == "attributes" and key != element.key:
                return False
            if form == "mapping" and key[0] == "atom" and not same_text(key[1], element.key):
                return False
            if not self.matches(value, element.value):
                return False
        return True


def same_text(wanted: str, shown: str) -> bool:
    """Whether a shown repr is the real one, or its beginning; the screen writes odd characters as escapes."""
    if wanted == shown:
        return True
    try:
        if ast.literal_eval(shown) == ast.literal_eval(wanted):
            return True
    except (ValueError, SyntaxError):
        pass
    beginning = shown.split("…")[0]
    return "…" in shown and len(beginning) > 8 and wanted.startswith(beginning.rstrip("'\""))


def differences(recording: Recording, events: Sequence[Mapping[str, Any]], limit: int = 10) -> list[str]:
    """The first differences between a recording and the reference's events; empty when there is none.

    Each thread is compared for itself: in which order they run is different every time.
    """
    kind = recording.granularity
    ours: dict[int, list[int]] = {}
    for n in range(1, recording.total + 1):
        step = recording.step(n)
        if step.event == kind:
            ours.setdefault(step.thread, []).append(n)
    theirs: dict[int, list[Mapping[str, Any]]] = {}
    for event in events:
        theirs.setdefault(event["thread"], []).append(event)
    if len(ours) != len(theirs):
        return [f"{len(ours)} threads, really {len(theirs)}"]
    found: list[str] = []
    for steps, wanted in zip(ours.values(), theirs.values(), strict=True):
        found += thread_differences(recording, steps, wanted, limit, alone=len(ours) == 1)
    return found


def thread_differences(
    recording: Recording, steps: list[int], events: Sequence[Mapping[str, Any]], limit: int, *, alone: bool
) -> list[str]:
    """The differences of one thread; what threads share is compared where there is one alone."""
    where = "offset" if recording.granularity == "instruction" else "line"
    ours = [getattr(recording.step(n), where) for n in steps]
    theirs = [event[where] for event in events]
    if ours != theirs:
        pairs = enumerate(zip(ours, theirs, strict=False))
        at = next((k for k, pair in pairs if pair[0] != pair[1]), min(len(ours), len(theirs)))
        around = slice(max(0, at - 5), at + 6)
        return [
            f"{where}s differ from number {at} on: shown {ours[around]}, really {theirs[around]}"
            f" ({len(ours)}/{len(theirs)})"
        ]
    found: list[str] = []
    for n, event in zip(steps, events, strict=True):
        state = recording.state(n, heap_limit=1 << 20)
        found += [
            f"step {n} line {event['line']}: {each}" for each in state_differences(state, event, alone=alone)
        ]
        if len(found) >= limit:
            break
    return found


def state_differences(state: State, event: Mapping[str, Any], *, alone: bool) -> list[str]:
    """The differences at one step."""
    shown = Shown(state)
    found = []
    names = [frame.name.rpartition(".")[2] for frame in state.frames]
    wanted_names = [name for name, _ in event["frames"]]
    if names != wanted_names:
        return [f"frames {names}, really {wanted_names}"]
    places = [
        (name, {each.name: each.value for each in frame.variables}, variables)
        for frame, (name, variables) in zip(state.frames, event["frames"], strict=True)
        if name != "<module>"
    ]
    if alone:
        places.append(("globals", {each.name: each.value for each in state.globals}, event["globals"]))
    for place, values, wanted in places:
        values = {name: value for name, value in values.items() if name[:2] != "__"}
        wanted = {name: value for name, value in wanted.items() if name[:2] != "__"}
        if set(values) != set(wanted):
            found.append(f"{place} has {sorted(values)}, really {sorted(wanted)}")
            continue
        for name, tree in wanted.items():
            if not shown.matches(tree, values[name]):
                value = values[name]
                found.append(
                    f"{place}.{name} is {value.text} {shown.objects.get(value.object or 0)}, really {tree}"
                )
    return found
