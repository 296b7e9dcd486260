"""The files of a recording: no names, no more room than there is, an end that is found."""

from __future__ import annotations

import os

import pytest

from flowtui.engine.recording.stream_files import StreamFiles, StreamFilesError


@pytest.fixture
def files(tmp_path):
    made = StreamFiles({"steps": 1 << 26, "control": 4096}, 1 << 20, tmp_path)
    yield made
    made.close()


def test_nothing_of_them_has_a_name_and_nobody_else_may_read_them(files, tmp_path):
    assert list(tmp_path.iterdir()) == []
    for name, descriptor in files.descriptors.items():
        status = os.fstat(descriptor)
        assert status.st_size == files.sizes[name]
        assert status.st_nlink == 0
        assert status.st_mode & 0o077 == 0
        assert status.st_blocks * 512 < 1 << 20
        assert not os.get_inheritable(descriptor)


@pytest.mark.parametrize("last", [0, 1, 4095, 4096, 5_000_000, (1 << 26) - 1])
def test_the_end_is_behind_the_last_byte_that_is_not_zero(files, last):
    with files.map("steps", writable=True) as data:
        assert files.end("steps") == 0
        data[0] = 1
        data[last] = 7
        assert files.end("steps") == last + 1
        assert files.read("steps", last + 1) == data[: last + 1]
        data[last] = 0  # a part of the file that was written, and is zeros
        data[0] = 1
        assert files.end("steps") == 1


def test_what_is_written_is_seen_by_who_has_it_mapped(files):
    with files.map("steps") as data:
        files.write("steps", 10, b"abc")
        assert data[8:15] == b"\0\0abc\0\0"
        with pytest.raises(TypeError):
            data[0] = 1


def test_what_is_mapped_is_readable_after_the_files_are_closed(files):
    files.write("steps", 0, b"x")
    with files.map("steps") as data:
        files.close()
        assert data[0] == ord("x")


def test_no_room_is_one_line_and_leaves_nothing(tmp_path):
    with pytest.raises(StreamFilesError) as raised:
        StreamFiles({"steps": 4096}, 1 << 60, tmp_path)
    said = str(raised.value)
    assert said.startswith(f"{tmp_path} has ")
    assert "may need 1.07e+09 GB; set TMPDIR to a folder with more room" in said
    assert "\n" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_so_large_is_one_line_and_leaves_nothing(tmp_path):
    with pytest.raises(StreamFilesError, match="files cannot be made"):
        StreamFiles({"steps": 4096, "heap": 1 << 62}, 1, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StreamFilesError, match="cannot hold a recording"):
        StreamFiles({"steps": 4096}, 1, tmp_path / "file" / "folder")


def test_without_a_temporary_folder_flowtuis_own_takes_them(tmp_path, monkeypatch):
    def nowhere():
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    monkeypatch.setenv("FLOWTUI_HOME", str(tmp_path / "home"))
    made = StreamFiles({"steps": 4096}, 1)
    made.write("steps", 0, b"x")
    assert made.end("steps") == 1
    made.close()
    assert list((tmp_path / "home" / "cache").iterdir()) == []
