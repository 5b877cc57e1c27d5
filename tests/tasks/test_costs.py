import numpy as np
import pytest
from anndata import AnnData
from scipy import sparse

from graphkit.tasks.costs import (
    annotation_cost,
    denoising_cost,
    domain_cost,
    label_cost,
    module_cost,
    ranking_cost,
    stored_values,
    table,
)


def spots(n, genes=50):
    return AnnData(sparse.random(n, genes, density=0.2, format="csr", rng=0, dtype=np.float32))


@pytest.mark.parametrize(
    "cost",
    [
        denoising_cost,
        module_cost,
        domain_cost,
        label_cost,
        lambda adata: annotation_cost(spots(100), adata, label="type"),
        lambda adata: annotation_cost(adata, spots(100), label="type"),
        lambda adata: ranking_cost(adata, n_groups=7),
    ],
)
def test_costs_grow_with_the_spots(cost):
    small, large = cost(spots(100)), cost(spots(10_000))
    assert 0 < small.memory < large.memory
    assert 0 < small.seconds < large.seconds


def test_a_dense_table_is_larger_than_a_sparse_one():
    sparsely = spots(1_000)
    assert table(sparsely) < table(AnnData(sparsely.X.toarray()))


def test_evaluation_and_more_runs_take_longer():
    adata = spots(1_000)
    assert denoising_cost(adata, evaluate=True).seconds > denoising_cost(adata).seconds
    assert domain_cost(adata, auto=True).seconds > domain_cost(adata).seconds
    assert module_cost(adata, auto=True).seconds > module_cost(adata).seconds
    assert domain_cost(adata, method="scrcl").seconds > domain_cost(adata).seconds
    assert ranking_cost(adata, n_groups=9).seconds > ranking_cost(adata, n_groups=2).seconds


def test_more_types_take_longer():
    reference = spots(100)
    reference.obs["few"], reference.obs["many"] = np.arange(100) % 2, np.arange(100) % 30
    few, many = (annotation_cost(reference, spots(10), label=one) for one in ("few", "many"))
    assert few.seconds < many.seconds


def test_stored_values():
    adata = AnnData(np.eye(3, dtype=np.float32))
    assert stored_values(adata) == 9
    assert stored_values(AnnData(sparse.csr_matrix(adata.X))) == 3
