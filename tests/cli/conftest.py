"""The installed program in a process of its own, with settings and caches of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: Seconds after which a hanging command fails its test.
PATIENCE = 120

Flowtui = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    names = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONPYCACHEPREFIX", "PYTHONIOENCODING", "FLOWTUI_DEBUG"}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CACHE", "CONFIG", "STATE", "DATA")}
    return {**kept, **folders, "LC_ALL": "C.UTF-8", "TERM": "xterm"}


@pytest.fixture
def flowtui(environment: dict[str, str], tmp_path: Path) -> Flowtui:
    def run(*words: str | Path, stdin: str | bytes | None = None, **changes: str) -> Any:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        result = subprocess.run(
            [sys.executable, "-m", "flowtui", *map(str, words)],
            input=b"" if given is None else given,
            capture_output=True,
            timeout=PATIENCE,
            cwd=tmp_path,
            env={**environment, **changes},
        )
        return subprocess.CompletedProcess(
            result.args, result.returncode, result.stdout.decode("utf-8"), result.stderr.decode("utf-8")
        )

    return run


@pytest.fixture
def show_json(flowtui: Flowtui) -> Callable[..., dict[str, Any]]:
    """The object of ``show --format json``; ``status`` is what the command must end with."""

    def run(*words: str | Path, status: int = 0, stdin: str | bytes | None = None) -> dict[str, Any]:
        result = flowtui("show", "--format", "json", *words, stdin=stdin)
        assert result.returncode == status, result.stderr
        assert result.stderr == ""
        whole: dict[str, Any] = json.loads(result.stdout)
        return whole

    return run
