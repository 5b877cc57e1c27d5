"""Student's t mixtures: density against scipy's, EM against a slow loop and studenttmixture."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_t

from graphkit.errors import InputError
from graphkit.losses import TMixture, TMixtureLoss, fit_t_mixture


def mixture(k=3, d=2, seed=0, dtype=torch.float64) -> TMixture:
    g = torch.Generator().manual_seed(seed)
    root = torch.randn(k, d, d, generator=g, dtype=dtype)
    scale = root @ root.transpose(1, 2) + 0.3 * torch.eye(d, dtype=dtype)
    weight = torch.rand(k, generator=g, dtype=dtype)
    return TMixture(
        weight / weight.sum(),
        torch.randn(k, d, generator=g, dtype=dtype),
        torch.linalg.cholesky(scale),
        torch.tensor([1.0, 4.0, 30.0], dtype=dtype)[:k],
    )


@pytest.mark.parametrize("d", [1, 2, 5])
def test_density_equals_scipy(d) -> None:
    m = mixture(d=d)
    x = torch.randn(8, d, dtype=torch.float64)
    for k in range(3):
        scale = m.scale_tril[k] @ m.scale_tril[k].T
        frozen = multivariate_t(m.mean[k].numpy(), scale.numpy(), df=float(m.dof[k]))
        expected = frozen.logpdf(x.numpy()).reshape(-1) + math.log(m.weight[k])
        np.testing.assert_allclose(m.log_joint(x)[:, k].numpy(), expected, rtol=1e-9)


def test_responsibilities_equal_a_loop() -> None:
    m, x = mixture(), torch.randn(6, 2, dtype=torch.float64)
    joint = m.log_joint(x)
    for i in range(6):
        parts = [math.exp(joint[i, k]) for k in range(3)]
        for k in range(3):
            assert m.responsibilities(x)[i, k].item() == pytest.approx(parts[k] / sum(parts))
        assert m.log_density(x)[i].item() == pytest.approx(math.log(sum(parts)))


def test_tails_are_heavier_with_fewer_degrees_of_freedom() -> None:
    heavy, light = mixture(), mixture()._replace(dof=torch.full((3,), 100.0).double())
    far = torch.full((1, 2), 50.0).double()
    assert heavy.log_density(far).item() > light.log_density(far).item()


def test_loss_is_the_mean_negative_log_density_per_dimension() -> None:
    m, x = mixture(dtype=torch.float32), torch.randn(7, 2)
    expected = -m.log_density(x).mean() / 2
    torch.testing.assert_close(TMixtureLoss()(x, m), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gradient_equals_finite_differences(dtype) -> None:
    m = mixture(dtype=torch.float32)
    x = torch.randn(4, 2, dtype=dtype, requires_grad=True)
    TMixtureLoss()(x, m).backward()
    for i in range(4):
        for j in range(2):
            ends = []
            for sign in (1, -1):
                moved = x.detach().clone()
                moved[i, j] += sign * 1e-2
                ends.append(TMixtureLoss()(moved, m).item())
            assert x.grad[i, j].item() == pytest.approx((ends[0] - ends[1]) / 2e-2, abs=1e-3)


def test_self_paced_keeps_the_surest() -> None:
    m, x = mixture(dtype=torch.float32), torch.randn(10, 2)
    sure = m.responsibilities(x).amax(dim=1)
    kept = sure.topk(4).indices
    expected = -m.log_density(x[kept]).mean() / 2
    torch.testing.assert_close(TMixtureLoss()(x, m, share=0.4), expected)


@pytest.mark.parametrize(("size", "share"), [(5, 0.0), (0, 1.0)])
def test_nothing_chosen_is_zero_with_a_gradient(size, share) -> None:
    x = torch.randn(size, 2, requires_grad=True)
    loss = TMixtureLoss()(x, mixture(dtype=torch.float32), share=share)
    loss.backward()
    assert loss.item() == 0
    assert not x.grad.any()


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


def test_it_takes_the_type_of_the_embeddings() -> None:
    x, labels = clouds()
    assert fit_t_mixture(x, one_hot(labels)).to(x.float()).mean.dtype == torch.float32


@pytest.mark.parametrize(
    ("x", "rows"),
    [(torch.zeros(0, 2), 0), (torch.tensor([[float("nan")]]), 1), (torch.ones(3, 1), 2)],
)
def test_refuses_bad_points(x, rows) -> None:
    with pytest.raises(InputError, match="assignments"):
        fit_t_mixture(x, torch.ones(rows, 1))
