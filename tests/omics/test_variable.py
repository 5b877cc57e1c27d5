import anndata
import numpy as np
import pandas as pd
import pytest
import scanpy as sc
from scipy import sparse

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import (
    column_moments,
    highly_variable,
    mapped,
    morans_i,
    spatial_pattern,
    variable,
)


@pytest.fixture(scope="module")
def tissue():
    return simulate_tissue(TissueParams(n_spots=400, dispersion=0.0, depth_spread=0.0, depth=2000))


def test_genes_with_a_pattern_come_before_those_without(tissue):
    counts = sparse.csr_matrix(tissue.counts)
    chosen = highly_variable(counts, n_top_genes=100)
    patterned = np.array(tissue.module) != "background"
    assert len(chosen) == 100
    assert patterned[chosen].mean() > 0.9
    assert patterned.mean() < 0.7


def test_the_order_of_spots_does_not_matter(tissue):
    counts = sparse.csr_matrix(tissue.counts)
    order = np.random.default_rng(0).permutation(counts.shape[0])
    first = highly_variable(counts, n_top_genes=60)
    np.testing.assert_array_equal(first, highly_variable(counts[order], n_top_genes=60))
    assert (np.diff(first) > 0).all()
    assert first.dtype == np.int64


@pytest.mark.parametrize("n_slides", [1, 3])
def test_they_are_those_of_scanpy_also_where_counts_are_mapped(monkeypatch, n_slides):
    generator = np.random.default_rng(n_slides)
    mean = generator.gamma(1.0, 3.0, 300) * generator.gamma(1.0, 1.0, (200, 1))
    counts = sparse.csr_matrix(generator.poisson(mean).astype(np.float32))
    slide = generator.integers(0, n_slides, 200)
    seen = np.flatnonzero(counts.sum(axis=0))
    obs = pd.DataFrame({"slide": slide}, index=np.arange(200).astype(str))
    told = sc.pp.highly_variable_genes(
        anndata.AnnData(counts[:, seen], obs=obs),
        flavor="seurat_v3",
        n_top_genes=50,
        batch_key="slide",
        inplace=False,
    )
    expected = seen[told["highly_variable"].to_numpy()]
    monkeypatch.setattr(mapped, "_BLOCK", 1_000)
    for one in (counts, mapped.stacked([counts])):
        found = highly_variable(one, n_top_genes=50, batch=slide)
        np.testing.assert_array_equal(found, expected)


def test_a_pattern_is_the_same_where_values_are_mapped(monkeypatch):
    values = sparse.random(60, 30, 0.5, "csr", random_state=0, dtype=np.float32)
    chain = sparse.diags([1.0, 1.0], [-1, 1], shape=(60, 60)).tocsr()
    expected = spatial_pattern(values, chain)
    monkeypatch.setattr(variable, "_COPIED", 100)
    for part, other in zip(spatial_pattern(mapped.stacked([values]), chain), expected, strict=True):
        np.testing.assert_allclose(part, other)


def test_a_batch_effect_is_no_variance_within_slides():
    generator = np.random.default_rng(1)
    slide = np.repeat([0, 1, 2], [200, 200, 1])  # a slide of one spot says nothing
    mean = np.tile(np.geomspace(0.5, 20, 60), (401, 1))
    mean[:, 30] *= np.where(slide == 0, 0.3, 3.0)  # differs between slides only
    mean[:, 40] *= np.where(np.arange(401) % 2 == 0, 0.3, 3.0)  # differs within both
    counts = sparse.csr_matrix(generator.poisson(mean))
    assert set(highly_variable(counts, n_top_genes=2)) == {30, 40}
    assert 30 not in highly_variable(counts, n_top_genes=2, batch=slide)
    assert 40 in highly_variable(counts, n_top_genes=2, batch=slide)


def test_genes_without_counts_are_never_taken():
    counts = np.random.default_rng(2).poisson(1.0, (30, 40))
    counts[:, [1, 5]] = 0
    some = highly_variable(sparse.csr_matrix(counts), n_top_genes=30)
    assert len(some) == 30
    assert not {1, 5} & set(some)
    everything = highly_variable(sparse.csr_matrix(counts), n_top_genes=99)
    assert everything.tolist() == [0, *range(2, 5), *range(6, 40)]


@pytest.mark.parametrize("n_spots", [3, 10, 50])
def test_few_spots_of_many_genes_with_the_same_few_counts(n_spots):
    mean = np.random.default_rng(0).lognormal(-2.0, 1.5, 2000)
    counts = np.random.default_rng(1).poisson(mean, (n_spots, 2000))
    counts[0, 1999] = 100
    chosen = highly_variable(sparse.csr_matrix(counts), n_top_genes=50)
    assert len(chosen) == 50
    assert 1999 in chosen


@pytest.mark.parametrize(
    "counts",
    [np.full((9, 30), 4.0), np.ones((1, 30)), np.eye(3, 30) + 1.0],
    ids=["constant", "one spot", "three genes vary"],
)
def test_where_too_few_genes_vary_all_of_them_can_be_taken(counts):
    counts = sparse.csr_matrix(counts)
    with pytest.raises(InputError, match=r"which 2 of 30 genes vary most.*n_top_genes=30"):
        highly_variable(counts, n_top_genes=2)
    assert highly_variable(counts, n_top_genes=30).tolist() == list(range(30))


def test_no_genes_at_all_are_refused():
    with pytest.raises(InputError, match="n_top_genes"):
        highly_variable(sparse.csr_matrix([[1.0]]), n_top_genes=0)


def by_loop(x, w):
    n, away = len(x), x - x.mean()
    joint = sum(w[i, j] * away[i] * away[j] for i in range(n) for j in range(n))
    return n / w.sum() * joint / (away**2).sum()


@pytest.mark.parametrize("seed", range(3))
def test_moran_equals_loop(seed):
    rng = np.random.default_rng(seed)
    values = rng.poisson(0.7, (9, 4)).astype(float)
    values[0] += 1e-3 * np.arange(1, 5)  # no gene is constant
    weights = rng.random((9, 9)) * (rng.random((9, 9)) < 0.4)
    weights[0, 1] = 1.0
    expected = [by_loop(column, weights) for column in values.T]
    found = morans_i(sparse.csr_matrix(values), sparse.csr_matrix(weights))
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(morans_i(values, sparse.csr_matrix(weights)), expected, atol=1e-9)


def test_moran_of_what_does_not_vary_is_missing():
    chain = sparse.diags([1.0, 1.0], [-1, 1], shape=(4, 4))
    values = np.array([[0.1, 3.0, 0.0], [0.1, 3.0, 0.0], [0.1, 3.0, 1.0], [0.1, 3.0, 1.0]])
    assert np.isnan(morans_i(values, chain)).tolist() == [True, True, False]


def test_moran_without_edges_is_missing():
    assert np.isnan(morans_i(np.eye(3), sparse.csr_matrix((3, 3)))).all()


def test_moran_of_noise_is_near_its_expectation():
    n = 400
    rng = np.random.default_rng(1)
    ring = sparse.diags([1.0, 1.0], [-1, 1], shape=(n, n))
    found = morans_i(rng.normal(size=(n, 200)), ring)
    assert abs(found.mean() + 1 / (n - 1)) < 0.01


def test_moran_refuses_another_graph():
    with pytest.raises(InputError, match="a graph of 3 spots for 4"):
        morans_i(np.eye(4), sparse.eye(3))


def test_genes_with_a_pattern_are_told_from_those_of_chance(tissue):
    from graphkit.builders.neighbors.table import spot_table

    weights = spot_table(tissue.coordinates, n_neighbors=6).adjacency
    patterned = np.array(tissue.module) != "background"
    shuffled = np.random.default_rng(2).permuted(tissue.counts, axis=0)
    counts = sparse.csr_matrix(np.where(patterned, tissue.counts, shuffled))
    found = spatial_pattern(counts.log1p(), weights)
    np.testing.assert_array_equal(found.morans_i, morans_i(counts.log1p(), weights))
    assert (found.morans_fdr[patterned] < 0.05).mean() > 0.5
    assert (found.morans_fdr[~patterned] < 0.05).mean() < 0.1
    order = np.random.default_rng(3).permutation(400)
    assert (spatial_pattern(counts[order].log1p(), weights).morans_fdr < 0.05).mean() < 0.05


def test_a_shift_between_slides_is_no_pattern():
    rng = np.random.default_rng(4)
    slide = np.repeat([0, 1], 80)
    chain = sparse.block_diag([sparse.diags([1.0, 1.0], [-1, 1], shape=(80, 80))] * 2).tocsr()
    values = sparse.csr_matrix(rng.poisson(1.0 + 6.0 * slide[:, None], (160, 300)))
    assert not (spatial_pattern(values, chain, slide=slide).morans_fdr < 0.05).any()
    assert (spatial_pattern(values, chain).morans_fdr < 0.05).all()


def test_where_all_spots_are_neighbours_there_is_no_rate():
    everywhere = sparse.csr_matrix(1.0 - np.eye(5))
    values = sparse.csr_matrix(np.random.default_rng(0).poisson(3.0, (5, 40)))
    assert np.isnan(spatial_pattern(values, everywhere).morans_fdr).all()


def test_genes_that_do_not_vary_have_no_rate():
    chain = sparse.diags([1.0, 1.0], [-1, 1], shape=(50, 50)).tocsr()
    values = np.random.default_rng(0).poisson(1.0, (50, 3))
    values[:, 1] = 2
    assert np.isnan(spatial_pattern(sparse.csr_matrix(values), chain).morans_fdr).tolist() == [
        *(False, True, False)
    ]


@pytest.mark.parametrize("weights", [None, np.array([3.0, 1.0, 0.0, 2.0, 1.0])])
def test_moments_are_those_of_repeated_rows_of_the_dense_table(weights):
    table = sparse.random(5, 8, density=0.6, random_state=0, format="csr")
    rows = np.repeat(table.toarray(), [1] * 5 if weights is None else weights.astype(int), axis=0)
    mean, deviation = column_moments(table, weights)
    np.testing.assert_allclose(mean, rows.mean(axis=0))
    np.testing.assert_allclose(deviation, np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1))
    assert column_moments(sparse.csr_matrix((3, 1)))[1] == [1.0]
