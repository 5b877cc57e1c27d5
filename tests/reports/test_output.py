import os
import stat
from pathlib import Path

import pytest

from graphkit.errors import InputError
from graphkit.reports.output import open_output, refuse_overwriting


def test_an_output_appears_only_when_complete(tmp_path):
    path = tmp_path / "out.tsv"
    with open_output(path) as output:
        output.write(b"half")
        output.flush()
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_older_file(tmp_path):
    path = tmp_path / "out.tsv"
    path.write_text("old")
    with pytest.raises(TypeError), open_output(path) as output:
        output.write("not bytes")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_modes_are_those_of_any_file(tmp_path):
    path, plain = tmp_path / "out.tsv", tmp_path / "plain"
    plain.touch()
    with open_output(path):
        pass
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    with open_output(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_keeps_pointing_to_its_file(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with open_output(link) as output:
        output.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_device_is_written_to_and_not_replaced():
    device = Path("/dev/null").stat().st_rdev
    with open_output(Path("/dev/null")) as output:
        output.write(b"gone")
    assert Path("/dev/null").stat().st_rdev == device


def test_a_full_disk_is_named(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    full = tmp_path / "full.tsv"
    full.symlink_to("/dev/full")
    message = r"full\.tsv: cannot be written: No space left"
    with pytest.raises(InputError, match=message), open_output(full) as output:
        output.write(b"x")


def test_a_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch):
    def no_room(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(InputError, match="No space left"), open_output(tmp_path / "x") as output:
        output.write(b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "missing/out.tsv"])
def test_places_that_cannot_be_written(tmp_path, name):
    with pytest.raises(InputError), open_output(tmp_path / name):
        pass


def test_a_read_only_folder(tmp_path, monkeypatch):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):  # root may write anywhere

        def refuse(path, *rest):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "open", refuse)
    message = r"out\.tsv: cannot be written: Permission denied"
    with pytest.raises(InputError, match=message), open_output(folder / "out.tsv"):
        pass


def test_the_input_is_not_overwritten(tmp_path):
    path, link = tmp_path / "x.fa", tmp_path / "link"
    path.touch()
    link.symlink_to(path)
    with pytest.raises(InputError, match="would overwrite the input"):
        refuse_overwriting(link, {"the input": path})
    with pytest.raises(InputError, match="would overwrite the table"):
        refuse_overwriting(tmp_path / "new", {"the table": tmp_path / "." / "new"})
    refuse_overwriting(tmp_path / "other", {"the input": path, "the list": None})
