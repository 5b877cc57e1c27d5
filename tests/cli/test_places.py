import os
from pathlib import Path

import pytest

from graphkit.cli.places import FIGURE, RESULT, check_place
from graphkit.errors import InputError


def check(path, *, suffixes=RESULT, others=None):
    check_place(path, option="-o", suffixes=suffixes, others=others or {})


def test_a_good_place_stays_as_it_is(tmp_path):
    check(tmp_path / "new.h5ad")
    old = tmp_path / "old.h5ad"
    old.write_text("old")
    check(old)
    check(None)
    assert [path.name for path in tmp_path.iterdir()] == ["old.h5ad"]
    assert old.read_text() == "old"


def test_a_folder(tmp_path):
    folder = tmp_path / "out.h5ad"
    folder.mkdir()
    with pytest.raises(InputError, match=r"out.h5ad, -o: is a folder. Give the name of a file."):
        check(folder)


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match=r"none, -o: is no folder. Make it first."):
        check(tmp_path / "none" / "out.h5ad")


@pytest.mark.parametrize(
    ("name", "suffixes", "remedy"),
    [
        ("out.csv", RESULT, "Call it out.h5ad"),
        ("out", RESULT, "Call it out.h5ad"),
        ("out.jpg", FIGURE, "Call it out.png"),
    ],
)
def test_another_ending(tmp_path, name, suffixes, remedy):
    with pytest.raises(InputError, match=f"does not end in .*{remedy}"):
        check(tmp_path / name, suffixes=suffixes)


def test_endings_in_capitals(tmp_path):
    check(tmp_path / "OUT.PNG", suffixes=FIGURE)


def test_the_input_itself_and_a_link_to_it(tmp_path):
    source = tmp_path / "in.h5ad"
    source.write_text("x")
    link = tmp_path / "link.h5ad"
    link.symlink_to(source)
    for path in (source, link):
        with pytest.raises(InputError, match="would overwrite the input"):
            check(path, others={"the input": source})


def test_a_place_that_cannot_be_written_to(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(InputError, match=r"cannot be written to \(Read-only file system\)"):
        check(tmp_path / "out.h5ad")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_the_right_to_write(tmp_path):
    Path(tmp_path).chmod(0o500)
    with pytest.raises(InputError, match="cannot be written to"):
        check(tmp_path / "out.h5ad")
