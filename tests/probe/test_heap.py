"""What the recorder writes about objects, read back and compared with the objects, on every interpreter at hand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import interpreters

HERE = Path(__file__).parent
PROBE = HERE.parents[1] / "flowtui" / "probe"


def run(python, script, *words):
    """Run a script of this folder in an interpreter; what it says when it finds something wrong."""
    command = [python, "-I", "-X", "faulthandler", str(HERE / script), str(PROBE), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return "" if done.returncode == 0 else f"{' '.join(words)}: {done.stderr[-3000:]}"


@pytest.mark.parametrize("python", interpreters.at_hand())
def test_random_objects_are_recorded_as_they_are(python):
    path = interpreters.need(python)
    assert [found for seed in range(6) if (found := run(path, "heap_mutations.py", str(seed), "200"))] == []


@pytest.mark.parametrize("python", interpreters.at_hand())
def test_objects_that_misbehave_are_asked_nothing(python):
    assert run(interpreters.need(python), "heap_hostile.py") == ""


@pytest.mark.parametrize("python", interpreters.at_hand())
def test_long_chains_cost_no_more_and_are_seen_to_be_made_again(python):
    assert run(interpreters.need(python), "heap_chains.py") == ""
