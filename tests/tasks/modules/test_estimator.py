"""The estimator of modules: saved, loaded, and looked for on another tissue."""

import numpy as np
import pytest

from graphkit import GeneModules
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.methods.darlc import DARLCParams
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import tissue_adata

QUICK = {
    "params": DARLCParams(n_components=6, patch=2, width=8, heads=2, epochs=0, members=6),
    "denoiser": DenoiserParams(steps=40, min_epochs=1, members=1),
    "device": "cpu",
}
PLANTED = TissueParams(
    n_spots=200, n_layers=3, n_gradient=0, n_modules=0, n_background=20, contrast=2.0, depth=3000
)


def tissue(seed, **more):
    return tissue_adata(simulate_tissue(PLANTED, seed=seed))


@pytest.fixture(scope="module")
def first():
    return tissue(0)


@pytest.fixture(scope="module")
def second():
    """Another tissue: other genes' order, two genes fewer and one more."""
    slide = tissue(1)
    names = np.random.default_rng(0).permutation(slide.var_names[2:])
    slide = slide[:, names].copy()
    slide.var_names = ["new", *slide.var_names[1:]]
    return slide


@pytest.fixture(scope="module")
def model(first):
    return GeneModules(3, **QUICK).fit(first)


def test_comes_back_with_the_same_numbers(model, second, tmp_path):
    model.save(tmp_path / "modules")
    loaded = GeneModules.load(tmp_path / "modules")
    assert loaded.genes_ == model.genes_
    assert loaded.arguments() == model.arguments()
    for name in ("labels_", "probability_", "embedding_"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(model, name))
    np.testing.assert_array_equal(loaded.transform(second), model.transform(second))
    np.testing.assert_array_equal(loaded.predict(second), model.predict(second))


def test_genes_keep_their_modules_on_another_tissue(model, first, second):
    known = dict(zip(first.var_names, model.predict(first), strict=True))
    for gene, module in zip(second.var_names, model.predict(second), strict=True):
        assert module == known.get(gene, "unassigned")
    model.annotate(slide := second.copy())
    assert slide.var["gene_module_note"]["new"] == "not in the model"
    assert slide.uns["gene_module"]["n_missing"] == 3
    assert slide.uns["gene_module"]["agreement"] > 0.6
    assert np.isnan(slide.varm["gene_module_probability"][list(slide.var_names).index("new")]).all()


def test_modules_that_hold_agree_and_others_do_not(first, second):
    layered = first[:, first.var["module"] != "background"]
    model = GeneModules(3, **QUICK).fit(layered.copy())
    mixed = GeneModules(3, **QUICK)
    tables = (model.probability_, model.embedding_, model.reproducibility_)
    mixed._take(model.genes_, np.roll(model.labels_, 7), *tables)
    mixed.held_out_ = {}
    agreement = []
    for one in (model, mixed):
        one.annotate(slide := second.copy())
        agreement.append(slide.uns["gene_module"]["agreement"])
    assert agreement[0] > 0.9
    assert agreement[1] < 0.7


def test_a_tissue_of_other_genes_is_refused(model, second):
    other = second.copy()
    other.var_names = [f"other{i}" for i in range(other.n_vars)]
    for ask in (model.predict, model.transform, model.annotate):
        with pytest.raises(InputError, match=r"var: none of the model's genes\. Its names"):
            ask(other)
    assert "gene_module" not in other.var


def test_names_that_stand_for_several_genes_are_refused_before_the_work(first):
    twice = first.copy()
    twice.var_names = [f"gene{i // 2}" for i in range(first.n_vars)]
    with pytest.raises(InputError, match="var_names_make_unique"):
        GeneModules(3, **QUICK).fit(twice)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("class", "Domains"),
        ("genes", ["a"]),
        ("genes", None),
        ("n_modules", -1),
        ("n_modules", "many"),
        ("max_genes", 1.5),
        ("min_counts", None),
        ("params", {}),
        ("denoiser", {"steps": 1}),
    ],
)
def test_altered_configuration_is_refused(model, alter, tmp_path, slot, value):
    model.save(tmp_path / "modules")
    alter(tmp_path / "modules", slot, value=value)
    with pytest.raises(InputError):
        GeneModules.load(tmp_path / "modules")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("labels_", lambda x: x + 3),
        ("labels_", lambda x: x[:-1]),
        ("labels_", lambda x: x.astype(np.float32)),
        ("probability_", lambda x: x[:, :0]),
        ("probability_", lambda x: x.astype(np.float64)),
        ("embedding_", lambda x: x[:, 0]),
        ("reproducibility_", lambda x: x[1:]),
    ],
)
def test_altered_tables_are_refused(model, tmp_path, name, change):
    other = GeneModules(3, **QUICK)
    tables = (model.probability_, model.embedding_, model.reproducibility_)
    other._take(model.genes_, model.labels_, *tables)
    setattr(other, name, np.ascontiguousarray(change(getattr(other, name))))
    other.save(tmp_path / "modules")
    with pytest.raises(InputError, match=name.rstrip("_")):
        GeneModules.load(tmp_path / "modules")
