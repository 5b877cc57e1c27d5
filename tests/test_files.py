"""A file appears whole, keeps what should stay, and leaves nothing beside it."""

import os
import resource
import stat

import pytest

from graphkit.files import atomic_write


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


def test_a_disk_that_is_full_does_not_hide_the_error_of_the_block(tmp_path):
    """Buffered bytes that do not fit fail again when the file is closed."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(ValueError, match="mine"):
            break_off(tmp_path / "x", ValueError("mine"))
        with pytest.raises(OSError, match="File too large"), atomic_write(tmp_path / "x") as file:
            file.write(b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
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
