"""The verb: slots, genes left out, and bad input."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

from graphkit.errors import InputError
from graphkit.methods.darlc import DARLCParams
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import write_adata
from graphkit.tasks.modules.fit import left_out
from graphkit.tasks.modules.modules import find_modules

QUICK = {
    "params": DARLCParams(
        n_components=4, patch=2, width=8, heads=2, epochs=1, warm_up=0, members=4
    ),
    "denoiser": DenoiserParams(steps=20, min_epochs=1, members=1),
    "device": "cpu",
}


@pytest.fixture
def tissue():
    rng = np.random.default_rng(0)
    points = np.array([[x, y] for x in range(12) for y in range(9)], dtype=float)
    third = (points[:, 1] // 3).astype(int)
    rates = np.where(third[:, None] == (np.arange(32) % 3)[None], 6.0, 1.0)
    rates[:, 30] = 0.01
    counts = rng.poisson(rates).astype(np.float32)
    counts[:, 31] = 0
    counts[0, 31] = 50
    names = [f"gene{i}" for i in range(32)]
    return AnnData(
        sparse.csr_matrix(counts), var=pd.DataFrame(index=names), obsm={"spatial": points}
    )


def test_slots(tissue, tmp_path):
    assert find_modules(tissue, n_modules=3, **QUICK) is None
    label = tissue.var["gene_module"]
    names = ["module1", "module2", "module3", "unassigned"]
    assert label.cat.categories.tolist() == names
    assert (label == "unassigned").tolist() == [False] * 30 + [True] * 2
    assert tissue.var["gene_module_note"].tolist()[29:] == [
        "",
        "fewer than 30 molecules",
        "found in fewer than 10 spots",
    ]
    probability = tissue.varm["gene_module_probability"]
    assert probability.shape == (32, 3)
    assert np.isnan(probability[30:]).all()
    assert np.isnan(tissue.varm["X_gene_module"][30:]).all()
    assigned = label[:30].cat.codes.to_numpy()
    assert (probability[:30].argmax(axis=1) == assigned).mean() > 0.9
    about = tissue.uns["gene_module"]
    assert about["sizes"].sum() == 30
    assert (about["n_modules"], about["n_unassigned"], about["chosen"]) == (3, 2, "given")
    assert (about["reproducibility"] > 0.9).all()
    write_adata(tissue, tmp_path / "out.h5ad")
    assert (tmp_path / "out.h5ad").is_file()


@pytest.fixture
def noisy(tissue):
    """The tissue with genes beside the others that are expressed everywhere."""
    flat = np.random.default_rng(1).poisson(3.0, (108, 30)).astype(np.float32)
    counts = sparse.csr_matrix(np.hstack([tissue.X.toarray()[:, :30], flat]))
    names = [*tissue.var_names[:30], *(f"noise{i}" for i in range(30))]
    return AnnData(counts, var=pd.DataFrame(index=names), obsm=tissue.obsm.copy())


def test_modules_of_chance_are_none(noisy):
    with pytest.warns(UserWarning, match=r"\d modules in place of 5: the others are not found"):
        find_modules(noisy, n_modules=5, **QUICK)
    free = noisy.var["gene_module"] == "unassigned"
    assert noisy.uns["gene_module"]["n_modules"] < 5
    assert not free[:30].any()
    assert free[30:].mean() > 0.3
    notes = noisy.var["gene_module_note"]
    assert set(notes[free]) == {"in a module that is not found again in other molecules"}
    probability = noisy.varm["gene_module_probability"][~free]
    np.testing.assert_allclose(probability.sum(axis=1), 1, rtol=1e-5)


def test_a_tissue_of_chance_has_no_modules(noisy):
    with pytest.raises(InputError, match="no module of genes is found again"):
        find_modules(noisy[:, 30:].copy(), n_modules=3, **QUICK)


def test_number_is_chosen_by_the_rule_it_states(tissue):
    find_modules(tissue, n_modules="auto", **QUICK)
    about = tissue.uns["gene_module"]
    assert "within one standard error of the best" in about["chosen"]
    assert about["held_out"]
    assert str(about["n_modules"]) in about["held_out"]


def test_copy_and_key(tissue):
    changed = find_modules(tissue, n_modules=2, copy=True, key_added="mine", **QUICK)
    assert "mine" in changed.var
    assert "mine_probability" in changed.varm
    assert "mine" not in tissue.var
    assert not tissue.varm


def test_view_is_made_actual(tissue):
    view = tissue[:90]
    find_modules(view, n_modules=2, **QUICK)
    assert not view.is_view
    assert "gene_module" not in tissue.var


def test_dense_counts_give_the_same(tissue):
    dense = AnnData(tissue.X.toarray(), var=tissue.var.copy(), obsm=dict(tissue.obsm))
    for adata in (tissue, dense):
        find_modules(adata, n_modules=3, **QUICK)
    assert (tissue.var["gene_module"] == dense.var["gene_module"]).all()
    one, other = (adata.varm["X_gene_module"] for adata in (tissue, dense))
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_only_variable_genes_are_kept(tissue):
    library = np.zeros(108, dtype=int)
    notes = left_out(tissue.X, library, min_counts=30, min_spots=10, max_genes=12)
    assert (notes == "").sum() == 12
    assert (notes == "not among the 12 most variable genes").sum() == 18


@pytest.mark.parametrize("number", [1, 0, -3, 2.5, "many", True])
def test_bad_number(tissue, number):
    with pytest.raises(InputError, match="n_modules: is"):
        find_modules(tissue, n_modules=number, **QUICK)


@pytest.mark.parametrize("top", [0, 10_001])
def test_bad_number_of_genes(tissue, top):
    with pytest.raises(InputError, match="max_genes: is"):
        find_modules(tissue, n_modules=2, max_genes=top, **QUICK)


def test_too_few_genes_left(tissue):
    with pytest.raises(InputError, match="0 genes for 2 modules"):
        find_modules(tissue, n_modules=2, min_counts=10_000, **QUICK)
    assert "gene_module" not in tissue.var


def test_bad_counts_and_coordinates(tissue):
    with pytest.raises(InputError, match="spatial"):
        find_modules(tissue, n_modules=2, spatial_key="nowhere", **QUICK)
    tissue.X = tissue.X * -1.0
    with pytest.raises(InputError, match="X"):
        find_modules(tissue, n_modules=2, **QUICK)
