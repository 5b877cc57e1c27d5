import numpy as np
import pytest
from scipy import sparse

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import highly_variable, standardised_variance
from graphkit.omics.variable import _trend


@pytest.fixture(scope="module")
def tissue():
    return simulate_tissue(TissueParams(n_spots=400, dispersion=0.0, depth_spread=0.0, depth=2000))


def test_genes_with_a_pattern_come_before_those_without(tissue):
    counts = sparse.csr_matrix(tissue.counts)
    chosen = highly_variable(counts, n_top_genes=100)
    patterned = np.array(tissue.module) != "background"
    assert patterned[chosen].mean() > 0.9
    assert patterned.mean() < 0.7


def test_score_against_one_gene_at_a_time(tissue):
    dense = tissue.counts.astype(float)
    n = len(dense)
    mean, variance = dense.mean(axis=0), dense.var(axis=0, ddof=1)
    expected = np.zeros(dense.shape[1])
    scale = np.sqrt(10 ** _trend(np.log10(mean), np.log10(variance)))
    for gene in range(dense.shape[1]):
        z = np.minimum((dense[:, gene] - mean[gene]) / scale[gene], np.sqrt(n))
        expected[gene] = (z**2).sum() / (n - 1)
    found = standardised_variance(sparse.csr_matrix(tissue.counts))
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_the_trend_of_a_quadratic_is_the_quadratic():
    x = np.linspace(-3, 3, 300)
    np.testing.assert_allclose(_trend(x, 1 + 2 * x - x**2), 1 + 2 * x - x**2, atol=1e-3)


def test_the_order_of_spots_does_not_matter(tissue):
    counts = sparse.csr_matrix(tissue.counts)
    order = np.random.default_rng(0).permutation(counts.shape[0])
    first = highly_variable(counts, n_top_genes=60)
    changed = np.setxor1d(first, highly_variable(counts[order], n_top_genes=60))
    # Sums in another order round otherwise, which decides between equals and nothing else.
    score = standardised_variance(counts)
    np.testing.assert_allclose(score[changed], score[first].min(), rtol=1e-5)
    assert (np.diff(first) > 0).all()
    assert first.dtype == np.int64


def test_a_batch_effect_is_no_variance_within_slides():
    generator = np.random.default_rng(1)
    slide = np.repeat([0, 1], 200)
    mean = np.tile(np.geomspace(0.5, 20, 60), (400, 1))
    mean[:, 30] *= np.where(slide == 0, 0.3, 3.0)  # differs between slides only
    mean[:, 40] *= np.where(np.arange(400) % 2 == 0, 0.3, 3.0)  # differs within both
    counts = sparse.csr_matrix(generator.poisson(mean))
    assert set(highly_variable(counts, n_top_genes=2)) == {30, 40}
    assert 30 not in highly_variable(counts, n_top_genes=2, batch=slide)
    assert 40 in highly_variable(counts, n_top_genes=2, batch=slide)


def test_genes_without_counts_are_never_taken():
    counts = np.random.default_rng(2).poisson(1.0, (30, 8))
    counts[:, [1, 5]] = 0
    assert highly_variable(sparse.csr_matrix(counts), n_top_genes=99).tolist() == [0, 2, 3, 4, 6, 7]


def test_one_spot_and_constant_genes():
    assert highly_variable(sparse.csr_matrix([[1.0, 0, 2]]), n_top_genes=1).tolist() == [0]
    assert standardised_variance(sparse.csr_matrix(np.full((9, 3), 4.0))).tolist() == [0, 0, 0]
    with pytest.raises(InputError, match="n_top_genes"):
        highly_variable(sparse.csr_matrix([[1.0]]), n_top_genes=0)
