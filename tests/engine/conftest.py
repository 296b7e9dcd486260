"""What the engine's tests share: a home of their own, and no process left behind by any of them."""

import gc

import psutil
import pytest

from tests.engine.fakes import FakeProbes


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FLOWTUI_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_process_left():
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    yield
    gc.collect()
    left = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
    assert not left, f"a test left processes behind: {left}"


@pytest.fixture
def fakes(tmp_path):
    return FakeProbes(tmp_path)
