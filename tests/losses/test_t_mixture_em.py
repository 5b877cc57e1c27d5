"""EM for t mixtures: against a slow loop, against studenttmixture, and by what it must do."""

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.losses import fit_t_mixture
from graphkit.losses.t_mixture_em import cast


def clouds(n=60, d=2, seed=0):
    g = torch.Generator().manual_seed(seed)
    centres = torch.tensor([[0.0, 0.0], [6.0, 0.0], [0.0, 7.0]])[:, :d]
    labels = torch.arange(3).repeat_interleave(n)
    x = centres[labels] + torch.randn(3 * n, d, generator=g)
    return x.double(), labels


def one_hot(labels):
    return torch.nn.functional.one_hot(labels).double()


def slow_em(x, r, dof, floor, rounds):
    x, (n, k), d = x.numpy(), r.shape, x.shape[1]
    r, u = r.numpy(), np.ones((n, k))
    for step in range(rounds + 1):
        weight, mean, scale = r.sum(axis=0) / n, np.zeros((k, d)), np.zeros((k, d, d))
        for c in range(k):
            mean[c] = sum(r[i, c] * u[i, c] * x[i] for i in range(n))
            mean[c] /= sum(r[i, c] * u[i, c] for i in range(n))
            for i in range(n):
                away = x[i] - mean[c]
                scale[c] += r[i, c] * u[i, c] * np.outer(away, away) / r[:, c].sum()
            scale[c] += floor * np.eye(d)
        if step == rounds:
            return weight, mean, scale
        density = np.zeros((n, k))
        for c in range(k):
            inverse = np.linalg.inv(scale[c])
            for i in range(n):
                away = x[i] - mean[c]
                u[i, c] = (dof + d) / (dof + away @ inverse @ away)
                density[i, c] = (
                    weight[c]
                    * np.linalg.det(scale[c]) ** -0.5
                    * (1 + away @ inverse @ away / dof) ** (-(dof + d) / 2)
                )
        r = density / density.sum(axis=1, keepdims=True)
    raise AssertionError


def test_equals_a_slow_loop() -> None:
    x, labels = clouds(n=12)
    found = fit_t_mixture(x, one_hot(labels), iterations=4, tolerance=0.0)
    floor = 1e-3 * float(x.var(dim=0, correction=0).mean())
    weight, mean, scale = slow_em(x, one_hot(labels), 4.0, floor, rounds=4)
    np.testing.assert_allclose(found.weight, weight, atol=1e-9)
    np.testing.assert_allclose(found.mean, mean, atol=1e-9)
    np.testing.assert_allclose(found.scale_tril @ found.scale_tril.mT, scale, atol=1e-9)


def test_likelihood_never_falls() -> None:
    x, _ = clouds(seed=1)
    start = torch.rand(len(x), 3, generator=torch.Generator().manual_seed(0)).double()
    start /= start.sum(dim=1, keepdim=True)
    found = [
        float(fit_t_mixture(x, start, iterations=n, ridge=1e-9).log_density(x).mean())
        for n in (1, 2, 4, 8, 16, 32)
    ]
    assert found == sorted(found)


def test_equals_studenttmixture() -> None:
    package = pytest.importorskip("studenttmixture")
    x, labels = clouds()
    theirs = package.EMStudentMixture(
        n_components=3, df=4.0, fixed_df=True, n_init=3, tol=1e-9, reg_covar=1e-9
    )
    theirs.fit(x.numpy())
    ours = fit_t_mixture(x, one_hot(labels), dof=4.0, ridge=1e-9, iterations=500, tolerance=1e-12)
    order = np.argsort(theirs.mix_weights_)
    mine = torch.argsort(ours.weight)
    np.testing.assert_allclose(ours.weight[mine], theirs.mix_weights_[order], atol=1e-3)
    np.testing.assert_allclose(ours.mean[mine], theirs.location_[order], atol=1e-2)
    np.testing.assert_allclose(
        ours.responsibilities(x)[:, mine], theirs.predict_proba(x.numpy())[:, order], atol=1e-2
    )


def test_outliers_move_means_less_than_in_a_gaussian_mixture() -> None:
    x, labels = clouds()
    spoiled = torch.cat([x, torch.tensor([[200.0, 200.0]]).double()])
    start = one_hot(torch.cat([labels, torch.tensor([0])]))
    robust = fit_t_mixture(spoiled, start, dof=2.0).mean[0]
    gaussian = fit_t_mixture(spoiled, start, dof=1e6, iterations=0).mean[0]
    truth = x[labels == 0].mean(dim=0)
    assert (robust - truth).norm() < 0.3 < (gaussian - truth).norm()


def test_shared_shape_is_the_same_for_all() -> None:
    x, labels = clouds()
    found = fit_t_mixture(x, one_hot(labels), shared=1.0)
    torch.testing.assert_close(found.scale_tril[0], found.scale_tril[2])


@pytest.mark.parametrize("points", ["equal", "fewer than dimensions", "one"])
def test_degenerate_points_stay_finite(points) -> None:
    x = {
        "equal": torch.ones(9, 3),
        "fewer than dimensions": torch.randn(4, 10),
        "one": torch.zeros(1, 2),
    }[points]
    start = torch.full((len(x), 2), 0.5)
    found = fit_t_mixture(x, start)
    assert found.log_density(x.double()).isfinite().all()


def test_component_without_points_keeps_the_pooled_shape() -> None:
    x, labels = clouds()
    start = torch.cat([one_hot(labels), torch.zeros(len(x), 1)], dim=1).double()
    found = fit_t_mixture(x, start)
    assert found.responsibilities(x).isfinite().all()
    assert found.weight[3] < 1e-3


def test_cast_takes_type_of_the_embeddings() -> None:
    x, labels = clouds()
    assert cast(fit_t_mixture(x, one_hot(labels)), x.float()).mean.dtype == torch.float32


@pytest.mark.parametrize(
    ("x", "rows"),
    [(torch.zeros(0, 2), 0), (torch.tensor([[float("nan")]]), 1), (torch.ones(3, 1), 2)],
)
def test_refuses_bad_points(x, rows) -> None:
    with pytest.raises(InputError, match="assignments"):
        fit_t_mixture(x, torch.ones(rows, 1))
