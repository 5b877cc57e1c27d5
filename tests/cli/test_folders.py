import pytest

from graphkit.cli.folders import check_folder, result_folder
from graphkit.errors import InputError


def check(folder, *, force=False, **inputs):
    check_folder(folder, marker="done.json", force=force, inputs=inputs)


@pytest.fixture
def older(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "done.json").write_text("old")
    return folder


def test_a_new_or_empty_folder_will_do(tmp_path):
    check(tmp_path / "out")
    (tmp_path / "out").mkdir()
    check(tmp_path / "out")


def test_older_results_need_force(older):
    with pytest.raises(InputError, match=r"is there already\. .*--force"):
        check(older)
    check(older, force=True)


@pytest.mark.parametrize("force", [True, False])
def test_a_folder_of_other_things_is_never_replaced(tmp_path, force):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="holds other things"):
        check(tmp_path, force=force)


def test_an_input_inside_is_not_lost(older):
    path = older / "x.fa"
    path.write_text(">a\nACGU\n")
    with pytest.raises(InputError, match="would be replaced with the input in it"):
        check(older, force=True, **{"the input": path})
    check(older, force=True, **{"the input": None, "the GTF": older.parent / "x.gtf"})


def test_a_file_and_a_missing_parent(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check(tmp_path / "file")
    with pytest.raises(InputError, match="is no folder"):
        check(tmp_path / "none" / "out")


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
