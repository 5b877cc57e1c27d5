"""The surrogate: exact features, what it reads, and how it says how good it is."""

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.tasks.domain_surrogate import fit_surrogate


def tissue(n=120, genes=8, seed=0):
    """A chain of spots with two halves; gene 0 marks the first, gene 1 the second."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) >= n // 2).astype(np.int64)
    rates = np.full((n, genes), 1.0)
    rates[labels == 0, 0] = 6
    rates[labels == 1, 1] = 6
    expression = sparse.csr_matrix(np.log1p(rng.poisson(rates)).astype(np.float32))
    chain = sparse.csr_matrix(sparse.diags([1.0, 1.0], [-1, 1], shape=(n, n)))
    # Halves are interleaved along the tissue, so that no strip lacks one of them.
    order = np.concatenate([np.arange(n // 2), np.arange(n - n // 2)]).astype(float)
    return expression, labels, chain, order


def test_features_are_linear_in_expression():
    expression, labels, chain, order = tissue()
    model, x = fit_surrogate(expression, labels, chain, order=order)
    dense = (expression.toarray().astype(float) - model.mean) @ model.loadings
    np.testing.assert_allclose(x.numpy(), dense, atol=1e-6)
    np.testing.assert_allclose(x.mean(dim=0).numpy(), 0, atol=1e-5)


def test_logits_read_the_spot_and_the_mean_of_its_neighbours():
    expression, labels, chain, order = tissue()
    model, x = fit_surrogate(expression, labels, chain, order=order)
    logits = model.logits(x, x)
    spot = 7
    around = (x[spot - 1] + x[spot + 1]) / 2
    slow = x[spot] @ model.own + around @ model.beside + model.intercept
    torch.testing.assert_close(logits[spot], slow)
    assert (logits.argmax(dim=1).numpy() == labels).mean() > 0.95
    assert model.agreement > 0.9


def test_on_another_device_it_is_the_same_model():
    expression, labels, chain, order = tissue()
    model, x = fit_surrogate(expression, labels, chain, order=order)
    there = model.to(torch.device("meta"))
    assert {part.device.type for part in (there.own, there.beside, there.intercept)} == {"meta"}
    assert there.averaging.device.type == "meta"
    torch.testing.assert_close(model.to(torch.device("cpu")).logits(x, x), model.logits(x, x))
    assert there.agreement == model.agreement


def test_agreement_on_labels_without_meaning_is_chance():
    expression, _, chain, order = tissue(n=400)
    labels = np.random.default_rng(1).integers(0, 2, 400)
    model, _ = fit_surrogate(expression, labels, chain, order=order)
    assert abs(model.agreement - 0.5) < 0.12


def test_unlabelled_spots_are_neighbours_only():
    expression, labels, chain, order = tissue()
    labels[::5] = -1
    model, x = fit_surrogate(expression, labels, chain, order=order)
    assert model.logits(x, x).shape == (120, 2)


def test_three_domains_give_three_logits():
    expression, labels, chain, order = tissue()
    labels[:20] = 2
    model, x = fit_surrogate(expression, labels, chain, order=order)
    assert model.logits(x, x).shape == (120, 3)


def test_a_domain_in_one_strip_only_still_gets_an_agreement():
    expression, labels, chain, _ = tissue()
    model, _ = fit_surrogate(expression, labels, chain, order=np.arange(120.0))
    assert np.isfinite(model.agreement)


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_weights():
    expression, labels, chain, order = tissue()
    first, _ = fit_surrogate(expression, labels, chain, order=order, seed=3)
    second, _ = fit_surrogate(expression, labels, chain, order=order, seed=3)
    assert torch.equal(first.own, second.own)
    assert first.agreement == pytest.approx(second.agreement)
