"""Student's t mixtures against scipy's density and by hand."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_t

from graphkit.losses import TMixture, TMixtureLoss


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
