import os
from pathlib import Path

import pytest

from graphkit.cli.terminal.places import FIGURE, RESULT, check_folder, check_place, result_folder
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


def check_folders(folder, *, force=False, **inputs):
    check_folder(folder, marker="done.json", force=force, inputs=inputs)


@pytest.fixture
def older(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "done.json").write_text("old")
    return folder


def test_a_new_or_empty_folder_will_do(tmp_path):
    check_folders(tmp_path / "out")
    (tmp_path / "out").mkdir()
    check_folders(tmp_path / "out")


def test_older_results_need_force(older):
    with pytest.raises(InputError, match=r"is there already\. .*--force"):
        check_folders(older)
    check_folders(older, force=True)


@pytest.mark.parametrize("force", [True, False])
def test_a_folder_of_other_things_is_never_replaced(tmp_path, force):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="holds other things"):
        check_folders(tmp_path, force=force)


def test_an_input_inside_is_not_lost(older):
    path = older / "x.fa"
    path.write_text(">a\nACGU\n")
    with pytest.raises(InputError, match="would be replaced with the input in it"):
        check_folders(older, force=True, **{"the input": path})
    check_folders(older, force=True, **{"the input": None, "the GTF": older.parent / "x.gtf"})


def test_a_file_and_a_missing_parent(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check_folders(tmp_path / "file")
    with pytest.raises(InputError, match="is no folder"):
        check_folders(tmp_path / "none" / "out")


def test_the_folder_appears_whole(older):
    with result_folder(older) as draft:
        (draft / "done.json").write_text("new")
        assert (older / "done.json").read_text() == "old"
    assert [path.read_text() for path in older.iterdir()] == ["new"]
    assert list(older.parent.iterdir()) == [older]


def break_off(folder, error):
    with result_folder(folder) as draft:
        (draft / "done.json").write_text("half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_or_not_at_all(older, tmp_path, error):
    for folder in (older, tmp_path / "fresh"):
        with pytest.raises(error):
            break_off(folder, error)
    assert list(tmp_path.iterdir()) == [older]
    assert (older / "done.json").read_text() == "old"
