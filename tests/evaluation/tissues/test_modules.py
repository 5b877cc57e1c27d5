"""Agreement of gene modules: what it must reward, and what must show when it is trivial."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.evaluation.tissues.modules import (
    agreement_table,
    dissolve_small,
    explained,
    held_out_correlation,
    module_agreement,
    pca_modules,
    z_images,
)
from graphkit.evaluation.tissues.thinning import thin


def patterned(genes=30, spots=90, depth=12.0, seed=0):
    """Three planted modules: each is high in one third of the spots."""
    rng = np.random.default_rng(seed)
    module = np.arange(genes) % 3
    third = np.arange(spots) * 3 // spots
    rates = np.where(third[:, None] == module[None], depth, 2.0) * rng.uniform(0.5, 2, genes)
    return sparse.csr_matrix(rng.poisson(rates).astype(np.float32)), module


def test_held_out_correlation_equals_a_loop():
    rng = np.random.default_rng(0)
    counts = [sparse.csr_matrix(rng.poisson(3.0, (40, 6)).astype(np.float32)) for _ in range(2)]
    train, held = (z_images(half) for half in counts)
    labels = np.array([0, 0, 1, 1, 1, 2])
    expected = []
    for gene in range(6):
        centre = np.mean([train[g] for g in range(6) if labels[g] == labels[gene]], axis=0)
        expected.append(np.corrcoef(centre, held[gene])[0, 1])
    assert held_out_correlation(labels, train, held) == pytest.approx(np.mean(expected))


def test_explained_is_eta_squared():
    assert explained(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 5.0, 5.0])) == 1.0
    assert explained(np.array([0, 1, 0, 1]), np.array([1.0, 1.0, 5.0, 5.0])) == 0.0
    assert explained(np.array([0, 1]), np.array([2.0, 2.0])) == 0.0


def test_true_modules_agree_and_hold_out():
    counts, module = patterned()
    halves = tuple(thin(counts, seed=0))
    found = module_agreement(module, module, halves)
    shuffled = np.random.default_rng(0).permutation(module)
    by_chance = module_agreement(module, shuffled, halves)
    assert found.ari == 1.0
    assert found.entropy == pytest.approx(1.0)
    assert found.held_out > 0.5
    assert abs(by_chance.ari) < 0.2
    assert by_chance.held_out < found.held_out


def test_triviality_shows():
    counts, module = patterned()
    halves = tuple(thin(counts, seed=0))
    giant = np.zeros(30, dtype=np.int64)
    giant[:5] = 1
    found, good = (module_agreement(each, each, halves) for each in (giant, module))
    assert found.ari == good.ari == 1.0
    assert found.largest > 0.8 > good.largest
    assert found.entropy < 0.7
    assert found.held_out < good.held_out


def test_modules_of_abundance_show():
    counts, _ = patterned()
    halves = tuple(thin(counts, seed=0))
    depth = np.asarray(counts.sum(axis=0)).ravel()
    by_depth = (np.argsort(np.argsort(depth)) * 3 // 30).astype(np.int64)
    assert module_agreement(by_depth, by_depth, halves).abundance > 0.7


def test_unassigned_genes_do_not_count():
    counts, module = patterned()
    halves = tuple(thin(counts, seed=0))
    first, second = module.copy(), module.copy()
    first[:4], second[2:6] = -1, -1
    found = module_agreement(first, second, halves)
    assert (found.ari, found.n_genes) == (1.0, 24)


def test_table_is_paired_and_the_baseline_finds_planted_modules():
    counts, _ = patterned()
    finders = {"pca": pca_modules, "one": lambda half, k, seed: np.arange(30) % k}
    rows = agreement_table(counts, finders, n_modules=(3,), seeds=(0, 1))
    assert [(row["finder"], row["seed"]) for row in rows] == [
        ("pca", 0),
        ("one", 0),
        ("pca", 1),
        ("one", 1),
    ]
    assert all(row["ari"] == 1.0 for row in rows)
    assert rows[0]["n_modules"] == 3


def test_finders_share_no_seed():
    seen = []
    counts, module = patterned()

    def find(half, k, seed):
        seen.append(seed)
        return module

    agreement_table(counts, {"x": find}, n_modules=(3,), seeds=(0, 1, 2))
    assert len(set(seen)) == 6


def test_no_module_is_smaller_than_asked():
    counts, _ = patterned()
    labels = pca_modules(counts, 8, seed=0, smallest=5)
    assert np.unique(labels, return_counts=True)[1].min() >= 5


def test_dissolving_stops_at_one_module():
    x = np.arange(4.0)[:, None]
    assert dissolve_small(x, np.array([0, 1, 2, 3]), 5).tolist() in ([3] * 4, [0] * 4, [2] * 4)


def test_gene_without_variance_is_zero():
    counts = sparse.csr_matrix(np.array([[1.0, 0.0], [1.0, 0.0]], dtype=np.float32))
    assert not z_images(counts)[1].any()
