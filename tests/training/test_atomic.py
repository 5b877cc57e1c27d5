"""Folders appear whole, replace the old in one step, and leave nothing beside them."""

from __future__ import annotations

import pytest

from graphkit.training import atomic


@pytest.fixture(params=["exchange", "two steps"])
def folder(request, tmp_path, monkeypatch):
    """A folder with a file in it; the second time on a system that cannot swap folders."""
    if request.param == "two steps":
        monkeypatch.setattr(atomic.sys, "platform", "other")
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").write_text("old")
    return path


def test_a_new_folder_appears_at_the_end(tmp_path):
    path = tmp_path / "folder"
    with atomic.new_folder(path) as temporary:
        (temporary / "file").write_text("x")
        assert not path.exists()
    assert (path / "file").read_text() == "x"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_folder_is_there_until_the_new_one_is(folder):
    with atomic.new_folder(folder) as temporary:
        (temporary / "new").write_text("new")
        assert (folder / "old").exists()
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_in_filling_leaves_the_old_folder(folder):
    def fill():
        with atomic.new_folder(folder) as temporary:
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

    monkeypatch.setattr(atomic.sys, "platform", "other")
    monkeypatch.setattr(type(folder), "rename", second_fails)
    with pytest.raises(OSError, match="second step"), atomic.new_folder(folder) as temporary:
        (temporary / "new").write_text("new")
    assert len(renamed) == 3
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_file_system_that_cannot_swap_is_no_obstacle(folder, monkeypatch):
    monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    with atomic.new_folder(folder) as temporary:
        (temporary / "new").write_text("new")
    assert [path.name for path in folder.iterdir()] == ["new"]


def test_a_new_file_never_overwrites(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        atomic.write_file(tmp_path / "file", b"other")
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.filterwarnings("ignore:.*:pytest.PytestUnraisableExceptionWarning")
def test_a_signal_at_any_moment_leaves_the_older_folder_or_the_new_one(
    folder, interrupted_anywhere, monkeypatch
):
    monkeypatch.setattr(atomic.os, "fsync", lambda _: None)  # takes its time

    def write():
        with atomic.new_folder(folder) as temporary:
            (temporary / "new").touch()

    moments = 0
    for moments in interrupted_anywhere(write):  # noqa: B007
        assert [path.name for path in folder.iterdir()] in (["old"], ["new"])
        assert list(folder.parent.iterdir()) == [folder]
    assert moments > 100
