"""A file appears whole, keeps what should stay, and leaves nothing beside it."""

from __future__ import annotations

import gzip
import os
import stat
import subprocess
import sys
from contextlib import suppress

import pytest

from graphkit import files
from graphkit.errors import InputError
from graphkit.files import atomic_write, kept_beside


def break_off(path, error):
    with atomic_write(path) as file:
        file.write(b"x" * 1000)
        raise error


def test_it_appears_only_when_the_block_ends(tmp_path):
    path = tmp_path / "x"
    with atomic_write(path) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
        file.write(b" and whole")
    assert path.read_bytes() == b"half and whole"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_ends_in_gz_is_packed_and_the_same_each_time(tmp_path):
    for name in ("a.fa.gz", "b.GZ"):
        with atomic_write(tmp_path / name) as file:
            file.write(b">a\nACGU\n" * 100)
    packed = (tmp_path / "a.fa.gz").read_bytes()
    assert gzip.decompress(packed) == b">a\nACGU\n" * 100
    assert packed == (tmp_path / "b.GZ").read_bytes()
    with pytest.raises(ValueError, match="mine"):
        break_off(tmp_path / "c.gz", ValueError("mine"))
    assert not (tmp_path / "c.gz").exists()


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    path = tmp_path / "x"
    synced = []

    def sync(descriptor):
        synced.append((os.fstat(descriptor).st_size, path.exists()))

    monkeypatch.setattr(os, "fsync", sync)
    with atomic_write(path) as file:
        file.write(b"1234")
    assert synced == [(4, False)]


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_older_file(tmp_path, kind):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(kind, match="mine"):
        break_off(path, kind("mine"))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.filterwarnings("ignore:.*:pytest.PytestUnraisableExceptionWarning")
def test_a_signal_at_any_moment_leaves_the_older_file_or_the_new_one(
    tmp_path, interrupted_anywhere
):
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def write():
        with atomic_write(path) as file:
            file.write(b"new")

    moments = 0
    for moments in interrupted_anywhere(write):  # noqa: B007
        assert path.read_bytes() in {b"old", b"new"}
        assert list(tmp_path.iterdir()) == [path]
    assert moments > 50


@pytest.mark.filterwarnings("ignore:.*:pytest.PytestUnraisableExceptionWarning")
def test_a_signal_at_any_moment_after_an_error_leaves_nothing_beside_the_older_file(
    tmp_path, interrupted_anywhere
):
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def write():
        with suppress(ValueError):
            break_off(path, ValueError("mine"))

    for _ in interrupted_anywhere(write):
        assert path.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_does_not_hide_the_error_of_the_block(tmp_path):
    """Buffered bytes that do not fit fail again when the file is closed."""
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from graphkit.files import atomic_write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "with atomic_write(Path(sys.argv[1])) as file:\n"
        "    file.write(b'x' * 1000)\n"
        "    if sys.argv[2:]: raise ValueError('mine')\n"
    )
    for more, error in (["mine"], "ValueError: mine"), ([], "OSError: [Errno 27] File too large"):
        command = [sys.executable, "-c", code, tmp_path / "x", *more]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stderr.splitlines()[-1] == error
        assert list(tmp_path.iterdir()) == []


def test_rights_are_those_of_any_file_or_of_the_older_one(tmp_path):
    path, plain = tmp_path / "x", tmp_path / "plain"
    plain.touch()
    with atomic_write(path):
        pass
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    with atomic_write(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_keeps_pointing(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_the_longest_name_is_no_obstacle(tmp_path):
    path = tmp_path / ("x" * 255)
    with atomic_write(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "no" / "x"):
        pytest.fail("the block ran")


@pytest.fixture(params=["exchange", "two steps"])
def folder(request, tmp_path, monkeypatch):
    """A folder with a file in it; the second time on a system that cannot swap folders."""
    if request.param == "two steps":
        monkeypatch.setattr(files.sys, "platform", "other")
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").write_text("old")
    return path


def test_a_new_folder_appears_at_the_end(tmp_path):
    path = tmp_path / "folder"
    with files.new_folder(path) as temporary:
        (temporary / "file").write_text("x")
        assert not path.exists()
    assert (path / "file").read_text() == "x"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_folder_is_there_until_the_new_one_is(folder):
    with files.new_folder(folder) as temporary:
        (temporary / "new").write_text("new")
        assert (folder / "old").exists()
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_in_filling_leaves_the_old_folder(folder):
    def fill():
        with files.new_folder(folder) as temporary:
            (temporary / "new").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill()
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_between_the_two_steps_brings_the_old_folder_back(folder, monkeypatch):
    rename = type(folder).rename
    renamed = []

    def second_fails(path, target):
        renamed.append(path)
        if len(renamed) == 2:
            raise OSError("second step")
        return rename(path, target)

    monkeypatch.setattr(files.sys, "platform", "other")
    monkeypatch.setattr(type(folder), "rename", second_fails)
    with pytest.raises(OSError, match="second step"), files.new_folder(folder) as temporary:
        (temporary / "new").write_text("new")
    assert len(renamed) == 3
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_file_system_that_cannot_swap_is_no_obstacle(folder, monkeypatch):
    monkeypatch.setattr(files, "_exchange", lambda *_: False)
    with files.new_folder(folder) as temporary:
        (temporary / "new").write_text("new")
    assert [path.name for path in folder.iterdir()] == ["new"]


def test_a_new_file_never_overwrites(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        files.write_file(tmp_path / "file", b"other")
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.filterwarnings("ignore:.*:pytest.PytestUnraisableExceptionWarning")
def test_a_signal_at_any_moment_leaves_the_older_folder_or_the_new_one(
    folder, interrupted_anywhere, monkeypatch
):
    monkeypatch.setattr(files.os, "fsync", lambda _: None)  # takes its time

    def write():
        with files.new_folder(folder) as temporary:
            (temporary / "new").touch()

    moments = 0
    for moments in interrupted_anywhere(write):  # noqa: B007
        assert [path.name for path in folder.iterdir()] in (["old"], ["new"])
        assert list(folder.parent.iterdir()) == [folder]
    assert moments > 100


def _stopped(output, *, parts):
    with kept_beside(output, "part") as folder:
        for number in range(parts):
            (folder / "inner").mkdir(exist_ok=True)
            (folder / "inner" / f"{number}.part").touch()
        raise ZeroDivisionError


def test_parts_beside_a_file_stay_where_the_work_is_not_done(tmp_path):
    output, folder = tmp_path / "out.tsv", tmp_path / "out.tsv.parts"
    with pytest.raises(ZeroDivisionError):
        _stopped(output, parts=1)
    assert [path.name for path in folder.rglob("*")] == ["inner", "0.part"]
    with kept_beside(output, "part") as folder:
        (folder / "mine.txt").touch()
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    (folder / "mine.txt").unlink()
    with pytest.raises(ZeroDivisionError):
        _stopped(output, parts=0)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_parts_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "out.tsv.parts").touch()
    with (
        pytest.raises(InputError, match=r"out.tsv.parts: cannot be made"),
        kept_beside(tmp_path / "out.tsv", "part"),
    ):
        pass
