from __future__ import annotations

import json
import sys
from typing import Any


def test_the_doctor_knows_our_own_interpreter(flowtui: Any) -> None:
    result = flowtui("doctor")
    assert result.returncode == 0, result.stderr
    assert ".".join(map(str, sys.version_info[:3])) in result.stdout
    for heading in ("interpreters", "what each can show", "terminal", "system"):
        assert f"── {heading} " in result.stdout


def test_the_same_as_json(flowtui: Any) -> None:
    whole = json.loads(flowtui("doctor", "--format", "json").stdout)
    own = whole["interpreters"][0]
    assert own["source"] == "own"
    assert own["version"] == ".".join(map(str, sys.version_info[:3]))
    assert whole["terminal"]["output_is_terminal"] is False
    for one in whole["unanswered"]:
        assert one["reason"]


def test_interpreters_that_do_not_answer_are_told_of(flowtui: Any, tmp_path: Any) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    liar = folder / "python3.99"
    liar.write_text("#!/bin/sh\necho hello\n")
    liar.chmod(0o755)
    whole = json.loads(flowtui("doctor", "--format", "json", PATH=str(folder)).stdout)
    assert str(liar) in [one["path"] for one in whole["unanswered"]]
