import asyncio
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.engine import files
from flowtui.engine.files import (
    FileWatch,
    SourceError,
    UnencodableError,
    decode_source,
    encode_text,
    encoding_of,
    read_source,
    save_source,
    text_source,
)

CASES = {
    "empty": (b"", "", "utf-8", "\n"),
    "plain": (b"x = 1\n", "x = 1\n", "utf-8", "\n"),
    "crlf": (b"x\r\ny\r\n", "x\r\ny\r\n", "utf-8", "\r\n"),
    "cr": (b"x\ry\n", "x\ry\n", "utf-8", "\r"),
    "bom": (b"\xef\xbb\xbfx = '\xc3\xa4'\n", "x = 'ä'\n", "utf-8-sig", "\n"),
    "cookie": (b"# coding: latin-1\nx = '\xe4'\n", "# coding: latin-1\nx = 'ä'\n", "iso-8859-1", "\n"),
    "cookie in line 2": (
        b"#!x\n# -*- coding: cp1251 -*-\n\xe4",
        "#!x\n# -*- coding: cp1251 -*-\nд",
        "cp1251",
        "\n",
    ),
    "cookie in line 3": (b"\n\n# coding: latin-1\n", "\n\n# coding: latin-1\n", "utf-8", "\n"),
    "unknown cookie": (b"# coding: klingon\n\xff", "# coding: klingon\n\udcff", "utf-8", "\n"),
    "no text encoding": (b"# coding: rot13\nx", "# coding: rot13\nx", "utf-8", "\n"),
    "mark against cookie": (b"\xef\xbb\xbf# coding: latin-1\n", "# coding: latin-1\n", "utf-8-sig", "\n"),
    "no utf-8": (b"x = '\xe4'\n", "x = '\udce4'\n", "utf-8", "\n"),
    "not even in line 1": (b"\xff\xfe\x00", "\udcff\udcfe\x00", "utf-8", "\n"),
    "surrogate bytes": (b"'\xed\xa0\x80'", "'\udced\udca0\udc80'", "utf-8", "\n"),
    "form feed": (b"\x0cx\xe2\x80\xa8\n", "\x0cx\u2028\n", "utf-8", "\n"),
    "shift-jis": (
        "# coding: shift_jis\nx = 'あ'".encode("shift_jis"),
        "# coding: shift_jis\nx = 'あ'",
        "shift_jis",
        "\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bytes_become_text_and_nothing_is_lost(name):
    data, text, encoding, newline = CASES[name]
    source = decode_source(data, "x.py", "/x.py")
    assert (source.text, source.encoding, source.newline) == (text, encoding, newline)
    assert (source.data, source.name, source.path) == (data, "x.py", "/x.py")
    if name != "cr":
        assert encode_text(source.text, source.encoding, source.newline) == data


COOKIES = [
    b"",
    b"# coding: utf-7\n",
    b"# coding: latin-1\n",
    b"# coding: iso2022_jp\n",
    b"# coding: utf-16\n",
]
COOKIES += [
    b"# coding: punycode\n",
    b"# coding: unicode_escape\n",
    b"# coding: hex\n",
    b"\xef\xbb\xbf",
    b"# coding: idna\n",
]


@given(st.sampled_from(COOKIES), st.binary(max_size=60))
def test_any_bytes_can_be_read_and_saved_again(cookie, data):
    data = cookie + data.replace(b"\r", b"")
    source = decode_source(data, "x.py")
    assert encode_text(source.text, source.encoding, "\n") == data


@given(st.text(st.characters(codec=None), max_size=40), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_any_text_can_be_saved_as_utf_8(text, encoding):
    data = encode_text(text, encoding, "\n")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    expected = (
        lines.encode("utf-8", "surrogatepass") if not any("\udc80" <= c <= "\udcff" for c in lines) else None
    )
    if expected is not None:
        assert data == (b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b"") + expected


def test_a_file_is_read(tmp_path, monkeypatch):
    (tmp_path / "ä b.py").write_bytes(b"x = 1\n")
    monkeypatch.chdir(tmp_path)
    source = read_source("ä b.py")
    assert (source.name, source.path, source.text) == ("ä b.py", str(tmp_path / "ä b.py"), "x = 1\n")


def test_what_cannot_be_read_is_one_clear_line(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path, sentence in {
        tmp_path / "nothing.py": "there is no file ",
        tmp_path / "no" / "where.py": "there is no file ",
        tmp_path: " is a directory: give a file",
        tmp_path / "pipe": " is a FIFO: give a file",
        "/dev/zero": " is a device: give a file",
        loop: "leads in a circle",
        "a\0b": "'a\\x00b' is no file name",
        "\ud800": "is no file name",
        tmp_path / ("x" * 5000): "cannot be read: file name too long",
    }.items():
        with pytest.raises(SourceError) as caught:
            read_source(path)
        assert sentence in str(caught.value) and "\n" not in str(caught.value)
        str(caught.value).encode()
    (tmp_path / "large").write_bytes(b"x" * 101)
    monkeypatch.setattr(files, "MAX_SIZE", 100)
    with pytest.raises(SourceError, match="too large to be shown"):
        read_source(tmp_path / "large")


def test_an_unreadable_file_is_one_clear_line(tmp_path, monkeypatch):
    # Told by a stand-in, for root may read everything.
    def refuse(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError, match="cannot be read: permission denied"):
        read_source(tmp_path / "x.py")


@pytest.mark.parametrize(
    "data", [b"a = 1\n" * 50_000, b"x" * 1_000_000], ids=["50,000 lines", "a line of 1 MB"]
)
def test_large_files_are_read(tmp_path, data):
    (tmp_path / "x.py").write_bytes(data)
    source = read_source(tmp_path / "x.py")
    assert len(source.text) == len(data) and len(source.lines) == data.count(b"\n") + 1


def test_saving_keeps_encoding_mark_line_ends_mode_and_links(tmp_path):
    real = tmp_path / "real.py"
    real.write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    real.chmod(0o751)
    link = tmp_path / "link.py"
    link.symlink_to("real.py")
    source = read_source(link)
    saved = save_source(link, source.text + "y = 'ä'\n", source.encoding, source.newline)
    assert real.read_bytes() == b"\xef\xbb\xbfx = 1\r\ny = '\xc3\xa4'\r\n" == saved.data
    assert link.is_symlink() and stat.S_IMODE(real.stat().st_mode) == 0o751
    assert (saved.encoding, saved.newline, saved.path) == ("utf-8-sig", "\r\n", str(link))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.py", "real.py"]


def test_a_new_file_gets_the_usual_mode(tmp_path):
    save_source(tmp_path / "new.py", "x = 1\n")
    (tmp_path / "other").touch()
    assert (tmp_path / "new.py").stat().st_mode == (tmp_path / "other").stat().st_mode
    dangling = tmp_path / "dangling.py"
    dangling.symlink_to("target.py")
    save_source(dangling, "x = 2\n")
    assert (tmp_path / "target.py").read_text() == "x = 2\n"


def test_the_coding_line_decides_how_it_is_saved(tmp_path):
    path = tmp_path / "x.py"
    assert save_source(path, "# coding: latin-1\n'ä'\n", "utf-8").data.endswith(b"'\xe4'\n")
    assert read_source(path).text == "# coding: latin-1\n'ä'\n"
    assert save_source(path, "'ä'\n", "iso-8859-1").data == b"'\xc3\xa4'\n"
    assert encoding_of("x = 1\n# coding: latin-1\n", "utf-8") == "utf-8"
    assert encoding_of("# coding: klingon\n", "cp1252") == "cp1252"
    assert encoding_of("# coding: latin-1\n", "utf-8-sig") == "utf-8-sig"
    assert encoding_of("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n", "utf-8") == "cp1252"


def test_what_its_encoding_cannot_hold_is_named_and_the_file_stays(tmp_path):
    path = tmp_path / "x.py"
    path.write_bytes(b"# coding: latin-1\n")
    with pytest.raises(UnencodableError) as caught:
        save_source(path, "# coding: latin-1\n\nx = '€ ä €𝄞'\n", "iso-8859-1")
    assert (caught.value.encoding, caught.value.characters) == ("iso-8859-1", "€𝄞")
    assert str(caught.value) == (
        "iso-8859-1 cannot hold '€' '𝄞' (line 3): save as UTF-8, and change or remove the coding line"
    )
    assert path.read_bytes() == b"# coding: latin-1\n"
    with pytest.raises(UnencodableError):
        text_source("# coding: ascii\n'ä'", "x.py")


def test_what_cannot_be_saved_is_one_clear_line_and_leaves_nothing(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, sentence in {
        tmp_path: " is a directory: save under another name",
        tmp_path / "pipe": " is a FIFO: save",
        tmp_path / "no" / "x.py": "there is no folder for ",
        "a\0b": "is no file name",
        "/proc/x.py": "cannot be saved|no folder",
    }.items():
        with pytest.raises(SourceError, match=sentence):
            save_source(path, "x")
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "x.py"
    path.write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceError, match=r"x\.py cannot be saved: no space left on device"):
        save_source(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.py"]


def test_a_change_on_disk_is_told_once(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("one")
    watch = FileWatch(path, lambda change: None)
    assert watch.check() is None
    path.write_text("three")
    assert (watch.check(), watch.check()) == ("changed", None)
    path.unlink()
    assert (watch.check(), watch.check()) == ("deleted", None)
    path.write_text("three")
    assert (watch.check(), watch.check()) == ("back", None)
    save_source(path, "ours")
    watch.accept()
    assert watch.check() is None
    other = tmp_path / "y.py"
    other.write_text("ours")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert watch.check() == "changed"


async def test_the_watch_looks_by_itself_until_it_is_closed(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("one")
    told = asyncio.Queue()
    turns = asyncio.Queue()

    async def sleep(seconds):
        assert seconds == 0.5
        await turns.get()

    watch = FileWatch(path, told.put_nowait, interval=0.5, sleep=sleep)
    watch.start()
    watch.start()
    path.unlink()
    turns.put_nowait(None)
    assert await told.get() == "deleted"
    await watch.close()
    await watch.close()
    assert told.empty()
