"""The number of clusters: planted ones are found, and none where there is none."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.datasets import CellsParams, simulate_cells
from graphkit.evaluation.clusters import agreement
from graphkit.omics import highly_variable
from graphkit.tasks.cells.features import scaled_components
from graphkit.tasks.cells.number import choose_number, merged_communities


def number(counts, *, batch=None):
    counts = sparse.csr_matrix(counts, dtype=np.float32)
    genes = highly_variable(counts)
    (components,) = scaled_components(counts, genes, n_components=30)
    batch = np.zeros(counts.shape[0], dtype=np.int64) if batch is None else batch
    return choose_number(counts, genes, components, batch=batch)


@pytest.mark.parametrize("n_types", [2, 5, 9])
def test_planted_types_are_counted(n_types):
    cells = simulate_cells(CellsParams(n_cells=100 * n_types, n_types=n_types), seed=n_types)
    found = number(cells.counts)
    assert found.determined
    assert found.chosen == n_types
    assert found.curve[n_types] > 3 > found.curve.get(n_types + 1, 0)


def test_nothing_is_determined_where_there_are_no_types():
    cells = simulate_cells(CellsParams(n_cells=900, n_types=2, unequal=1), seed=0)
    alone = cells.counts[cells.types == 0]
    shuffled = np.random.default_rng(0).permuted(cells.counts[:400], axis=0)
    assert [number(counts).determined for counts in (alone, shuffled)] == [False, False]


def test_a_gradient_is_not_two_types():
    rng = np.random.default_rng(0)
    slope = np.where(np.arange(100) < 40, rng.normal(0, 1, 100), 0)
    rates = np.exp(rng.uniform(-1.5, 1.5, (400, 1)) * slope)
    counts = rng.poisson(3000 * rates / rates.sum(axis=1, keepdims=True))
    assert not number(counts).determined


def test_batches_are_not_counted():
    params = CellsParams(n_cells=600, n_types=3, n_batches=3, batch_effect=0.5)
    cells = simulate_cells(params, seed=1)
    assert number(cells.counts).chosen > 3
    found = number(cells.counts, batch=cells.batch)
    assert (found.chosen, found.determined) == (3, True)


def test_same_seed_same_number_and_the_order_of_cells_does_not_matter():
    cells = simulate_cells(CellsParams(n_cells=300, n_types=4), seed=2)
    assert number(cells.counts) == number(cells.counts)
    assert number(cells.counts[::-1]).chosen == 4


@pytest.mark.parametrize("counts", [np.full((12, 20), 3), np.eye(6, 20) + 1])
def test_cells_that_are_alike_or_few_have_no_number(counts):
    assert not number(counts).determined


def test_communities_are_merged_where_held_out_molecules_show_them_nearest(cells):
    adata = cells(sizes=(200, 100, 12), depth=600)
    counts, genes = adata.X, np.arange(adata.n_vars)
    (points,) = scaled_components(counts, genes, n_components=10)
    batch = np.zeros(adata.n_obs, dtype=np.int64)
    found = merged_communities(counts, genes, points, 3, batch=batch)
    assert agreement(found.tolist(), adata.obs["truth"].tolist())[0] > 0.98
    assert len(set(merged_communities(counts, genes, points, 1, batch=batch).tolist())) == 1
