"""The pipeline from counts to modules on planted ones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from graphkit.errors import InputError
from graphkit.methods.darlc import DARLCParams
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.tasks.modules.consensus import consensus
from graphkit.tasks.modules.fit import fit_modules

QUICK = DARLCParams(n_components=4, patch=2, width=8, heads=2, epochs=2, warm_up=1, members=6)
DENOISER = DenoiserParams(steps=40, min_epochs=1, members=1)


def simulated(depth=1):
    """Counts, places and modules of 36 genes."""
    rng = np.random.default_rng(0)
    points = np.array([[x, y] for x in range(12) for y in range(9)], dtype=float)
    third = (points[:, 1] // 3).astype(int)
    module = np.arange(36) % 3
    rates = np.where(third[:, None] == module[None], 6.0, 1.0) * rng.uniform(0.5, 2, 36)
    return sparse.csr_matrix(rng.poisson(rates * depth).astype(np.float32)), points, module


@pytest.fixture(scope="module")
def planted():
    return simulated()


def run(planted, **keywords):
    settings = {"n_modules": 3, "params": QUICK, "denoiser": DENOISER, "device": "cpu"}
    return fit_modules(planted[0], planted[1], **{**settings, "threads": 1, **keywords})


def test_planted_modules_are_found(planted):
    found = run(planted)
    assert adjusted_rand_score(found.labels, planted[2]) == 1.0
    np.testing.assert_allclose(found.probability.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found.embedding, axis=1), 1, rtol=1e-4)
    assert found.images == (1, 9, 12)
    assert found.held_out == {}


def test_number_is_chosen():
    planted = simulated(depth=4)
    found = run(planted, n_modules=None)
    assert adjusted_rand_score(found.labels, planted[2]) > 0.5
    assert set(found.held_out) == {2, 3, 4, 5, 6}
    assert found.probability.shape[1] in found.held_out


def test_a_chosen_number_that_cannot_be_cut_gives_way_to_a_smaller_one(planted, monkeypatch):
    def at_most_three(shared, n_modules, *, smallest):
        if n_modules > 3:
            raise InputError("too many", slot="n_modules")
        return consensus(shared, n_modules, smallest=smallest)

    monkeypatch.setattr("graphkit.tasks.modules.fit.consensus", at_most_three)
    monkeypatch.setattr("graphkit.tasks.modules.fit.smallest_within_error", max)
    assert run(planted, n_modules=None).probability.shape[1] == 3
    with pytest.raises(InputError, match="too many"):
        run(planted, n_modules=5)


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_bits(planted):
    first, again = run(planted, seed=2), run(planted, seed=2)
    assert (first.embedding == again.embedding).all()
    assert (first.probability == again.probability).all()


def test_without_training_it_is_the_projection(planted):
    found = run(planted, params=replace(QUICK, epochs=0))
    assert adjusted_rand_score(found.labels, planted[2]) == 1.0


def test_two_slides(planted):
    counts, points, module = planted
    library = np.repeat([0, 1], 108)
    both = sparse.csr_matrix(sparse.vstack([counts, counts]))
    found = fit_modules(
        both,
        np.concatenate([points, points + 100.0]),
        n_modules=3,
        library=library,
        params=QUICK,
        denoiser=DENOISER,
        device="cpu",
    )
    assert found.images == (2, 9, 12)
    assert adjusted_rand_score(found.labels, module) == 1.0


def test_too_few_genes(planted):
    with pytest.raises(InputError, match="n_modules: 36 genes for 8 modules of at least 5"):
        run(planted, n_modules=8)
