import subprocess
import sys

import pytest

from flowtui.engine import disk, settings
from flowtui.engine.settings import MAX_RECENT, Settings, SettingsError, load, settings_path, update
from flowtui.model.run import Limits


def test_settings_come_back_as_they_were_saved():
    assert load() == Settings()
    mine = Settings(interpreter="/x/python", theme="nord", recent=("/a.py",), limits=Limits(cpu=3.0))
    update(lambda _: mine)
    assert load() == mine
    assert settings_path().read_text().startswith('{\n  "interpreter": "/x/python"')


def test_flowtui_home_holds_everything(home):
    assert settings_path() == home / "config" / "settings.json"
    assert disk.cache_folder() == home / "cache"
    assert disk.data_folder() == home / "data"


def test_without_it_the_system_decides(monkeypatch, tmp_path):
    monkeypatch.delenv("FLOWTUI_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "flowtui" / "settings.json"


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b"\xff", b'{"theme": 3}', b'{"limits": {"cpu": "much"}}']
)
def test_a_broken_file_is_kept_aside(broken):
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(broken)
    assert load() == Settings()
    assert path.with_name("settings.json.broken").read_bytes() == broken
    assert not path.exists()


def test_fields_of_another_version_do_no_harm():
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"theme": "nord", "from_the_future": [1]}')
    assert load() == Settings(theme="nord")


def test_recent_files_are_few_the_newest_first_and_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = Settings()
    for i in range(MAX_RECENT + 5):
        mine = mine.with_recent(f"{i}.py")
    (tmp_path / "7.py").touch()
    mine = mine.with_recent("./sub/../7.py")
    assert len(mine.recent) == MAX_RECENT
    assert mine.recent[:2] == (str(tmp_path / "7.py"), str(tmp_path / "24.py"))
    assert mine.recent_files() == [str(tmp_path / "7.py")]


def test_two_that_save_lose_nothing_of_each_other():
    load()
    update(lambda newest: newest.with_recent("/theirs.py"))
    assert update(lambda newest: newest.with_recent("/ours.py")).recent == ("/ours.py", "/theirs.py")
    assert load().recent == ("/ours.py", "/theirs.py")


REMEMBER = """
import sys
from flowtui.engine.settings import update
update(lambda newest: newest.with_recent(sys.argv[1]))
"""


def test_many_at_once_lose_nothing():
    paths = [f"/{i}.py" for i in range(4)]
    others = [subprocess.Popen([sys.executable, "-c", REMEMBER, path]) for path in paths]
    assert [other.wait(60) for other in others] == [0, 0, 0, 0]
    assert sorted(load().recent) == paths


def test_a_lock_that_is_never_released_does_not_stop_us(monkeypatch):
    import fcntl

    monkeypatch.setattr(settings, "_PAUSE", 0.0)
    path = settings_path()
    path.parent.mkdir(parents=True)
    with open(path.with_name("settings.json.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        update(lambda _: Settings(theme="nord"))
    assert load().theme == "nord"


def test_what_cannot_be_saved_is_one_clear_line(home):
    (home / "config").write_text("a file where the folder should be")
    assert load() == Settings()
    with pytest.raises(SettingsError, match=r"the settings cannot be saved in .*: "):
        update(lambda _: Settings())


def test_a_file_whose_name_is_no_text_is_remembered(tmp_path):
    path = tmp_path / "\udcff\x1b.py"
    path.touch()
    update(lambda settings: settings.with_recent(path))
    update(lambda settings: settings.with_recent("/b.py"))
    assert load().recent == ("/b.py", str(path))
    assert load().recent_files() == [str(path)]
    settings_path().write_bytes(b'{"theme": "\\udc')
    assert load() == Settings()
