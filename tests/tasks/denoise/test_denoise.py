"""``denoise`` as a user calls it: slots, copies, views, odd inputs, honest gains."""

import json
import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import spearmanr

from graphkit import denoise
from graphkit.builders import spot_table
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.methods import DenoiserParams
from graphkit.omics import mapped, tissue_adata
from graphkit.omics.genes import most_told
from graphkit.tasks import denoiser_rates

QUICK = DenoiserParams(steps=4, min_epochs=2, hidden=8, dim=4, members=1, n_neighbors=6)


@pytest.fixture
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))


def test_fills_the_slots_and_nothing_else(tissue):
    before = tissue.copy()
    assert denoise(tissue, params=QUICK) is None
    layer = tissue.layers["denoised"]
    assert layer.dtype == np.float32
    assert layer.shape == tissue.shape
    assert np.isfinite(layer).all()
    assert (layer >= 0).all()
    np.testing.assert_allclose(np.expm1(layer).sum(axis=1), 1e4, 1e-4)
    assert tissue.var["denoise_gain"].notna().sum() > 0
    assert (tissue.var["denoise_gain_se"].dropna() >= 0).all()
    assert set(tissue.var["denoise_verdict"]) <= {"yes", "not shown", "no"}
    molecules = np.asarray(before.X.sum(axis=0)).ravel()
    np.testing.assert_array_equal(tissue.var["denoise_molecules"], molecules)
    assert tissue.obsm["X_denoised"].shape == (60, 4)
    about = tissue.uns["denoised"]
    assert "raw counts" in about["warning"]
    assert "counts per 10,000" in about["scale"]
    json.dumps(about)
    assert (before.X != tissue.X).nnz == 0
    assert set(tissue.obs) == set(before.obs)


def test_expected_counts_are_shares_at_each_spots_own_depth(tissue):
    denoise(tissue, params=QUICK, gain=False)
    denoise(tissue, params=QUICK, gain=False, expected_counts=True, key_added="counts")
    depth = np.asarray(tissue.X.sum(axis=1))
    shares, counts = np.expm1(tissue.layers["denoised"]), tissue.layers["counts"]
    np.testing.assert_allclose(counts.sum(axis=1), depth.ravel(), 1e-4)
    np.testing.assert_allclose(counts, shares * depth / 1e4, rtol=1e-3, atol=1e-5)
    assert "own depth" in tissue.uns["counts"]["scale"]


def test_genes_that_are_named_or_gain_most_are_all_that_is_in_the_layer(tissue):
    denoise(tissue, params=QUICK)
    whole, names = tissue.layers["denoised"], list(tissue.var_names[[7, 3]])
    denoise(tissue, params=QUICK, genes=names)
    part = tissue.layers["denoised"]
    assert sparse.issparse(part)
    np.testing.assert_allclose(part[:, [3, 7]].toarray(), whole[:, [3, 7]], rtol=1e-4, atol=1e-5)
    assert part.nnz == 2 * 60
    denoise(tissue, params=QUICK, genes=5)
    part = tissue.layers["denoised"]
    told = most_told(tissue)[:5]
    assert sorted(np.unique(part.indices)) == sorted(told)
    np.testing.assert_allclose(part[:, told].toarray(), whole[:, told], rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match="needs the gains"):
        denoise(tissue, params=QUICK, genes=5, gain=False)
    with pytest.raises(InputError, match="no such genes"):
        denoise(tissue, params=QUICK, genes=["none"])


def test_copy_leaves_the_original(tissue):
    found = denoise(tissue, params=QUICK, copy=True, key_added="smooth", gain=False)
    assert "smooth" in found.layers
    assert not tissue.layers
    assert not tissue.uns
    assert not {"denoise_gain", "smooth_gain"} & set(found.var)


def test_the_number_of_genes_read_is_that_of_the_params(tissue):
    denoise(tissue, params=replace(QUICK, n_top_genes=50), gain=False)
    assert tissue.uns["graphkit"]["denoised"]["params"]["params"]["n_top_genes"] == 50
    with pytest.raises(TypeError):
        denoise(tissue, n_top_genes=50)


def test_a_view_is_not_written_through(tissue):
    view = tissue[:40]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        denoise(view, params=QUICK, gain=False)
    assert view.layers["denoised"].shape[0] == 40
    assert not tissue.layers


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_bytes(tissue):
    one, two = (denoise(tissue, params=QUICK, copy=True, random_state=3) for _ in range(2))
    other = denoise(tissue, params=QUICK, copy=True, random_state=4)
    assert one.layers["denoised"].tobytes() == two.layers["denoised"].tobytes()
    assert one.var["denoise_gain"].equals(two.var["denoise_gain"])
    assert one.layers["denoised"].tobytes() != other.layers["denoised"].tobytes()


def test_storage_of_the_counts_does_not_matter(tissue):
    found = denoise(tissue, params=QUICK, copy=True, gain=False).layers["denoised"]
    for form in (sparse.csc_matrix(tissue.X), tissue.X.toarray().astype(np.int64)):
        other = tissue.copy()
        other.X = form
        denoise(other, params=QUICK, gain=False)
        # Equal but for the order of sums, which follows where in memory the rows begin.
        np.testing.assert_allclose(other.layers["denoised"], found, rtol=1e-4, atol=1e-6)


def test_empty_spots_empty_genes_and_isolated_spots(tissue):
    dense = tissue.X.toarray()
    dense[5] = 0
    dense[:, 7] = 0
    tissue.X = sparse.csr_matrix(dense)
    tissue.obs["slide"] = ["lonely"] + ["main"] * 59
    with pytest.warns(UserWarning, match="cut to 0"):
        denoise(tissue, params=QUICK, library_key="slide")
    layer = tissue.layers["denoised"]
    assert np.isfinite(layer).all()
    assert (layer[5] == 0).all()
    assert (layer[:, 7] == 0).all()
    assert np.isnan(tissue.var["denoise_gain"].iloc[7])


@pytest.mark.parametrize("kind", ["negative", "logged", "nan", "places"])
def test_bad_input_is_refused_and_nothing_written(tissue, kind):
    if kind == "places":
        del tissue.obsm["spatial"]
    else:
        change = {"negative": -1.0, "logged": 0.37, "nan": np.nan}[kind]
        tissue.X = sparse.csr_matrix(tissue.X.toarray().astype(np.float32))
        tissue.X.data[3] = change
    with pytest.raises(InputError):
        denoise(tissue, params=QUICK)
    assert not tissue.layers
    assert not tissue.uns


def test_rates_have_every_column(tissue):
    counts = sparse.csr_matrix(tissue.X.toarray().astype(np.float32)).tolil()
    counts[:, 0] = 0
    counts = sparse.csr_matrix(counts)
    rates = denoiser_rates(counts, spot_table(tissue.obsm["spatial"], n_neighbors=6), params=QUICK)
    assert (rates[:, 0] == 0).all()
    np.testing.assert_allclose(rates.sum(axis=1), 1, rtol=1e-4)


@pytest.mark.slow
def test_comes_nearer_to_the_truth_and_knows_which_genes_gain():
    simulated = simulate_tissue(TissueParams(n_spots=400), seed=1)
    tissue = tissue_adata(simulated)
    denoise(tissue, params=DenoiserParams(members=1))
    truth, depth = np.asarray(simulated.expected), np.asarray(tissue.X.sum(axis=1))
    raw = np.asarray(simulated.counts)
    smooth = np.expm1(tissue.layers["denoised"]) * depth / 1e4
    assert np.abs(smooth - truth).mean() < 0.5 * np.abs(raw - truth).mean()
    assert (
        np.corrcoef(smooth.ravel(), truth.ravel())[0, 1]
        > np.corrcoef(raw.ravel(), truth.ravel())[0, 1]
    )
    background = np.array([name == "background" for name in simulated.module])
    gain = tissue.var["denoise_gain"].to_numpy()
    shown = (tissue.var["denoise_verdict"] == "yes").to_numpy()
    assert shown[background].mean() < 0.1
    assert shown[~background].mean() > 0.5
    assert np.nanmedian(gain[~background]) > np.nanmedian(gain[background]) + 0.01
    assert tissue.uns["denoised"]["gain"] > 0


@pytest.mark.slow
def test_the_layer_is_no_map_of_depth():
    tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=400), seed=2), expected=True)
    denoise(tissue, params=DenoiserParams(members=1), gain=False)
    denoise(tissue, params=DenoiserParams(members=1), expected_counts=True, key_added="counts")
    depth, truth = tissue.obs["depth"].to_numpy(), tissue.layers["expected"]
    truth = truth / truth.sum(axis=1, keepdims=True)

    def with_depth(layer):
        return np.abs([spearmanr(gene, depth).statistic for gene in layer.T]).mean()

    assert with_depth(tissue.layers["denoised"]) < with_depth(truth) + 0.1
    assert with_depth(tissue.layers["counts"]) > with_depth(truth) + 0.3


@pytest.mark.slow
def test_real_slide_beats_the_gene_mean():
    from graphkit.omics import read_spatial

    path = Path(os.environ.get("GRAPHKIT_SHARED", "../shared")) / "data/spatial/mob_rep11.h5ad"
    if not path.is_file():
        pytest.skip("needs the shared folder")
    slide = read_spatial(path)[:, :1500].copy()
    denoise(slide, params=DenoiserParams(members=1))
    assert slide.uns["denoised"]["gain"] > 0


def test_a_table_that_is_mapped_gives_what_one_in_memory_gives(monkeypatch):
    monkeypatch.setattr(mapped, "_BLOCK", 500)
    here = tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))
    row, column = np.divmod(np.arange(30), 6)
    here.obsm["spatial"][:30] = np.column_stack([column + row % 2 / 2, row * 3**0.5 / 2])
    here.obs["slide"] = np.repeat(["hexagonal", "scattered"], 30)
    there = here.copy()
    there.X = mapped.stacked([here.X])
    params = DenoiserParams(n_top_genes=40, steps=2, min_epochs=1, members=1, n_neighbors=6)
    for adata in (here, there):
        denoise(adata, library_key="slide", params=params, device="cpu")
    assert mapped.is_mapped(there.layers["denoised"])
    assert not mapped.is_mapped(here.layers["denoised"])
    np.testing.assert_allclose(there.layers["denoised"], here.layers["denoised"], rtol=1e-5)
    np.testing.assert_allclose(there.obsm["X_denoised"], here.obsm["X_denoised"], atol=1e-5)
    for column in here.var.select_dtypes("number").columns:
        np.testing.assert_allclose(there.var[column], here.var[column], rtol=1e-5)
    assert list(there.var["denoise_verdict"]) == list(here.var["denoise_verdict"])
