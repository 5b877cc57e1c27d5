"""Gene attributions against closed forms and a slow path integral."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.attribution.genes import gene_attribution
from graphkit.builders import GeneLoadings
from graphkit.errors import InputError

N, G, F, K = 12, 7, 3, 4


@dataclass
class Toy:
    """Own features through one matrix, the mean of the neighbours through another."""

    loadings: np.ndarray
    mean: np.ndarray
    own: torch.Tensor
    beside: torch.Tensor
    mixing: torch.Tensor
    bend: bool = False

    def logits(self, own, neighbors):
        z = own @ self.own + self.mixing @ neighbors @ self.beside
        return z + z.tanh() * 2 if self.bend else z


@pytest.fixture
def toy():
    rng = np.random.default_rng(0)
    mixing = rng.random((N, N)) * (rng.random((N, N)) < 0.3)
    np.fill_diagonal(mixing, 0)
    expression = rng.poisson(1.0, (N, G)).astype(float)
    model = Toy(
        rng.normal(size=(G, F)),
        expression.mean(axis=0),
        torch.from_numpy(rng.normal(size=(F, K))),
        torch.from_numpy(rng.normal(size=(F, K))),
        torch.from_numpy(mixing),
    )
    features = torch.from_numpy((expression - model.mean) @ model.loadings)
    return model, expression, features


def attribute(toy, **how):
    """Return what each gene adds, by itself and through neighbours, and the attribution."""
    model, expression, features = toy
    source = GeneLoadings("abcdefg", model.loadings, model.mean, sparse.csr_matrix(expression))
    found = gene_attribution(model, features, source, **how)
    own, neighbors = found.own.project(), found.neighbors.project()
    assert own.ids == neighbors.ids == source.ids
    return own.values, neighbors.values, found


def test_two_classes_of_a_linear_model_equal_the_closed_form(toy):
    model, expression, _ = toy
    model.own, model.beside = model.own[:, :2], model.beside[:, :2]
    spots = np.array([1, 4, 5])
    found_own, found_beside, found = attribute(toy, target=1, spots=spots, steps=2)
    away = expression - model.mean
    direction = model.loadings @ (model.own[:, 1] - model.own[:, 0]).numpy()
    own = sum(away[i] * direction for i in spots)
    direction = model.loadings @ (model.beside[:, 1] - model.beside[:, 0]).numpy()
    mixing = model.mixing.numpy()
    beside = sum(mixing[i, j] * away[j] * direction for i in spots for j in range(N))
    np.testing.assert_allclose(found_own, own, atol=1e-9)
    np.testing.assert_allclose(found_beside, beside, atol=1e-9)
    assert abs(found.own.delta) < 1e-9


def test_bent_model_equals_a_slow_path_integral(toy):
    model, expression, _ = toy
    model.bend = True
    spots = np.arange(0, N, 2)
    steps = 16
    found_own, found_beside, _ = attribute(toy, target=2, spots=spots, steps=steps)
    centred = torch.from_numpy(expression - model.mean)
    loadings = torch.from_numpy(model.loadings)
    slow = [torch.zeros(G, dtype=torch.float64) for _ in range(2)]
    for step in range(steps):
        point = [((step + 0.5) / steps * centred).requires_grad_() for _ in range(2)]
        logits = model.logits(*(p @ loadings for p in point))[spots]
        others = logits[:, [0, 1, 3]].logsumexp(dim=1)
        (logits[:, 2] - others).sum().backward()
        for number, p in enumerate(point):
            slow[number] += (p.grad * centred).sum(dim=0) / steps
    np.testing.assert_allclose(found_own, slow[0].numpy(), atol=1e-8)
    np.testing.assert_allclose(found_beside, slow[1].numpy(), atol=1e-8)


def test_completeness_tightens_with_steps(toy):
    toy[0].bend = True
    errors = []
    for steps in (4, 64, 512):
        own, beside, found = attribute(toy, target=0, spots=np.arange(N), steps=steps)
        rise = found.f_x - found.f_base
        assert found.own.delta == found.neighbors.delta
        assert found.own.delta == pytest.approx(own.sum() + beside.sum() - rise)
        errors.append(abs(found.own.delta) / abs(rise))
    assert errors[1] < 0.01
    assert errors[2] < 0.001
    assert errors[2] < errors[0]


def test_model_that_does_not_look_around_has_no_neighbour_part(toy):
    model = toy[0]
    model.logits = lambda own, neighbors: own @ model.own
    own, beside, _ = attribute(toy, target=0, spots=np.arange(N))
    assert not beside.any()
    assert own.any()


@pytest.mark.parametrize(
    ("message", "change"),
    [
        ("steps: is 1. Give at least 2", {"steps": 1}),
        ("spots: none given", {"spots": np.array([], dtype=int)}),
    ],
)
def test_refuses_nothing_to_do(toy, message, change):
    with pytest.raises(InputError, match=message):
        attribute(toy, **{"target": 0, "spots": np.arange(N), **change})
