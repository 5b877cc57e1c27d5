"""Models by name and by folder."""

from pathlib import Path

import pytest

from graphkit.datasets import TissueParams, shipped, simulate_tissue
from graphkit.errors import InputError
from graphkit.methods import DARLCParams, DenoiserParams
from graphkit.omics import tissue_adata
from graphkit.pretrained import load, load_ensemble, models
from graphkit.sequences import read_fasta
from graphkit.tasks import Domains, GeneModules, NearestIndex, SpatialDenoiser
from graphkit.training import save_model


def test_what_ships_has_a_summary_and_a_card() -> None:
    shipped_models = {model.name: model for model in models()}
    assert "lncloc" in shipped_models
    for model in shipped_models.values():
        assert model.summary
        assert (model.folder / "README.md").read_text().startswith("# ")
        assert sum(f.stat().st_size for f in model.folder.iterdir()) < 10_000_000


def test_three_lines_give_a_table() -> None:
    model = load("lncloc")
    table = model.localize(read_fasta(shipped("mouse_lincrnas.fasta")))
    assert len(table) == 3
    assert set(table["status"]) == {"predicted"}
    assert table["p_Nucleus"].between(0, 1).all()


def test_the_index_that_ships_has_numbers_and_no_names() -> None:
    ensemble = load_ensemble("lncloc")
    index = ensemble.nearest
    assert index is not None
    assert list(index.columns_) == ["label", "log2_CN", "lines"]
    assert index.columns_["label"].tolist() == list(range(1, len(index) + 1))
    assert all(column.dtype.kind in "iuf" for column in index.columns_.values())
    assert sum(column.nbytes for column in (index.items_, *index.columns_.values())) < 1_000_000
    records = read_fasta(shipped("mouse_lincrnas.fasta"))
    for row in ensemble.asked(evidence=3).predict_each(records):
        similarities = [one.similarity for one in row.nearest]
        assert len(similarities) == 3
        assert 1 >= similarities[0] >= similarities[1] >= similarities[2] > 0.5


def test_a_folder_is_a_model_too() -> None:
    by_name, by_path = load("lncloc"), load(str(models()[0].folder))
    assert by_name.classes_.tolist() == by_path.classes_.tolist()


def test_every_kind_of_folder_is_opened_as_what_it_is(tmp_path: Path) -> None:
    tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    for name, model in {
        "denoiser": SpatialDenoiser(DenoiserParams(members=1, steps=20, min_epochs=1)).fit(
            tissue.copy()
        ),
        "domains": Domains(2, members=1).fit(tissue.copy()),
        "modules": GeneModules(
            2,
            params=DARLCParams(epochs=0, members=2),
            denoiser=DenoiserParams(members=1, steps=2, min_epochs=1, hidden=4, dim=4),
        ).fit(tissue.copy()),
        "classifier": load("lncloc"),
        "index": NearestIndex().add([[0.0]], ["a"]),
    }.items():
        model.save(tmp_path / name)
        assert type(load(tmp_path / name)) is type(model)


def test_unknown_kinds_are_refused_by_name(tmp_path: Path) -> None:
    save_model(tmp_path / "model", {"class": "os.system"}, {})
    with pytest.raises(InputError, match=r"unknown kind of model 'os.system'.*SpatialDenoiser"):
        load(tmp_path / "model")


def test_networks_alone_are_those_of_sequences(tmp_path: Path) -> None:
    assert load_ensemble("lncloc").classes == ("Cytoplasm", "Nucleus")
    save_model(tmp_path / "model", {"class": "Domains", "method": "lncloc"}, {})
    with pytest.raises(InputError, match="unknown model class 'Domains'"):
        load_ensemble(tmp_path / "model")


def test_unknown_names_are_told_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no model 'lncloc2'.*lncloc"):
        load("lncloc2")


def test_a_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    file.write_bytes(b"\x80\x04.")
    with pytest.raises(InputError):
        load(file)
