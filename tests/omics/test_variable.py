import numpy as np
import pytest
from scipy import sparse

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import highly_variable


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
