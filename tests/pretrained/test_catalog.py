"""Models by name and by folder."""

from pathlib import Path

import pytest

from graphkit.datasets import shipped
from graphkit.errors import InputError
from graphkit.pretrained import available, load
from graphkit.sequences import read_fasta


def test_what_ships_has_a_summary_and_a_card() -> None:
    models = {model.name: model for model in available()}
    assert "lncloc" in models
    for model in models.values():
        assert model.summary
        assert (model.folder / "README.md").read_text().startswith("# ")
        assert sum(f.stat().st_size for f in model.folder.iterdir()) < 10_000_000


def test_three_lines_give_a_table() -> None:
    model = load("lncloc")
    table = model.predict(read_fasta(shipped("mouse_lincrnas.fasta")))
    assert len(table) == 3
    assert set(table["status"]) == {"predicted"}
    assert table["p_Nucleus"].between(0, 1).all()


def test_a_folder_is_a_model_too() -> None:
    by_name, by_path = load("lncloc"), load(str(available()[0].folder))
    assert by_name.classes_ == by_path.classes_


def test_unknown_names_are_told_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no model 'lncloc2'.*lncloc"):
        load("lncloc2")


def test_a_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    file.write_bytes(b"\x80\x04.")
    with pytest.raises(InputError):
        load(file)
