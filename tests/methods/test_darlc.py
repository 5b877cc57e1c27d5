"""DARLC: what starts where, what each term sees, and that training does what it says."""

import numpy as np
import pytest
import torch
from scipy import sparse
from torch import nn

from graphkit.builders.gene_images import SpotRaster
from graphkit.builders.gene_views import GeneImageData, gene_views
from graphkit.errors import InputError
from graphkit.losses import ClusterInfoNCE
from graphkit.methods.darlc import DARLC, DARLCParams
from graphkit.nn import PatchDecoder
from graphkit.training import TrainSettings, fit

PARAMS = DARLCParams(n_components=4, patch=2, width=8, heads=2, epochs=4, warm_up=1, members=4)


@pytest.fixture(scope="module")
def views():
    """Twenty-four genes in three modules, each high in one third of a square tissue."""
    rng = np.random.default_rng(0)
    points = np.array([[x, y] for x in range(12) for y in range(9)], dtype=float)
    third = (points[:, 1] // 3).astype(int)
    high = third[:, None] == (np.arange(24) % 3)[None]
    rates = np.where(high, 5.0, 1.0) * rng.uniform(0.5, 2, 24)
    rates /= rates.sum(axis=1, keepdims=True)
    counts = sparse.csr_matrix(rng.poisson(rates * 120).astype(np.float32))
    return gene_views(counts, SpotRaster().raster(points), [(slice(0, 108), rates)], n_components=4)


def made(views, **changes):
    torch.manual_seed(0)
    return DARLC(views, 3, DARLCParams(**{**PARAMS.__dict__, **changes}))


def trained(views, seed=0, epochs=4, lr=1e-3):
    method = made(views)
    settings = TrainSettings(epochs=epochs, batch_size=8, lr=lr, threads=1, device="cpu")
    history = fit(method, GeneImageData(views, seed=seed), settings=settings, seed=seed)
    return method, history


def test_untrained_embedding_is_the_projection_on_the_patterns(views):
    method = made(views)
    pixels = views.denoised[:, views.raster.mask]
    weights = pixels @ views.components / len(views.components)
    expected = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    np.testing.assert_allclose(method.embed(method.images).numpy(), expected, atol=1e-4)


def test_untrained_decoder_paints_the_projection(views):
    method = made(views)
    z = method.encoder(method.patches(method.images))
    painted = method.decoder(z)
    pixels = views.denoised[:, views.raster.mask]
    basis = views.components / np.sqrt(len(views.components))
    smooth = np.zeros_like(views.denoised)
    smooth[:, views.raster.mask] = pixels @ basis @ basis.T
    expected = method.patches(torch.from_numpy(smooth))
    torch.testing.assert_close(painted, expected, atol=1e-3, rtol=1e-3)


def test_terms_before_and_after_the_warm_up(views):
    method, data = made(views), GeneImageData(views, seed=0)
    method.refresh(0)
    assert set(method.step(data[list(range(8))])) == {"reconstruction", "contrast"}
    with pytest.raises(InputError, match="the mixture is not fitted"):
        method.logits(data[[0]])
    method.refresh(1)
    terms = method.step(data[list(range(8))])
    assert set(terms) == {"reconstruction", "contrast", "mixture"}
    assert all(term.isfinite() for term in terms.values())
    assert method.share == 0.5
    method.refresh(3)
    assert method.share == 1.0


def test_same_cluster_negatives_are_removed(views):
    method, data = made(views), GeneImageData(views, seed=0)
    method.refresh(1)
    together = torch.tensor([g for g in range(24) if g % 3 == 0])
    method.posterior.zero_()
    method.posterior[together, 0] = 1.0
    assert method.step(data[together.tolist()])["contrast"].item() == 0.0
    method.posterior[together[:4], 0] = 0.0
    method.posterior[together[:4], 1] = 1.0
    assert method.step(data[together.tolist()])["contrast"].item() > 0.0


def test_reconstruction_scores_hidden_pixels_with_spots_only(views):
    method, data = made(views, masked=0.0), GeneImageData(views, seed=0)
    assert method.step(data[[0, 1]])["reconstruction"].item() == 0.0


def test_momentum_encoder_follows(views):
    method, data = made(views, momentum=0.9), GeneImageData(views, seed=0)
    old = method.follower.place.clone()
    with torch.no_grad():
        method.encoder.place += 1.0
    method.step(data[[0, 1]])
    torch.testing.assert_close(method.follower.place, old + 0.1, atol=1e-5, rtol=1e-5)
    assert not any(p.requires_grad for p in method.follower.parameters())


def test_training_lowers_the_loss_and_finds_planted_modules(views):
    method, history = trained(views, epochs=20, lr=3e-3)
    painted = history.column("train_reconstruction")
    # Means of five epochs, since each hides other pixels.
    assert sum(painted[-5:]) < 0.9 * sum(painted[:5])
    labels = method.posterior.argmax(dim=1).numpy()
    assert len({(a, b) for a, b in zip(labels, np.arange(24) % 3, strict=True)}) == 3


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_bits(views):
    first, second = (trained(views)[0] for _ in range(2))
    for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(trained(views, seed=1)[0].posterior, first.posterior)


def test_logits_are_the_log_posterior(views):
    method, _ = trained(views)
    batch = GeneImageData(views, seed=0)[[5, 2]]
    expected = method.mixture.responsibilities(method.embed(batch.denoised))
    torch.testing.assert_close(method.logits(batch).softmax(dim=1), expected)


def test_collapse_does_not_happen(views):
    z = trained(views)[0].embed(made(views).images)
    assert torch.linalg.svdvals(z - z.mean(dim=0))[1] > 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("masked", 1.5),
        ("n_components", 0),
        ("members", 0),
        ("temperature", 0.0),
        ("lr", float("nan")),
        ("epochs", -1),
        ("dof", float("inf")),
        ("width", 30),
    ],
)
def test_values_out_of_range(name, value):
    with pytest.raises(InputError, match=f"^{name}: is {value}"):
        DARLCParams(**{name: value})


class Sum(nn.Module):
    """An encoder of one's own: visible patches, each by its own map, summed."""

    def __init__(self, patches, pixels):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(patches, pixels, 3))

    def forward(self, patches, kept=None):
        if kept is not None:
            patches = patches * torch.zeros_like(patches).scatter(
                1, kept[..., None].expand(-1, -1, patches.shape[2]), 1.0
            )
        return torch.einsum("btp,tpd->bd", patches, self.weight)


def test_encoder_decoder_and_contrast_can_be_ones_own(views):
    size = made(views).patches.pixels.shape
    torch.manual_seed(0)
    encoder, decoder = Sum(*size), PatchDecoder(torch.rand(*size, 3))
    parts = {"encoder": encoder, "decoder": decoder, "contrast": ClusterInfoNCE(0.1)}
    method = DARLC(views, 3, PARAMS, **parts)
    before = encoder.weight.detach().clone()
    settings = TrainSettings(epochs=3, batch_size=8, lr=1e-2, threads=1, device="cpu")
    history = fit(method, GeneImageData(views, seed=0), settings=settings, seed=0)
    assert method.contrast is parts["contrast"]
    assert method.embed(method.images).shape == (24, 3)
    assert not torch.equal(before, method.follower.weight)
    assert history.column("train_loss")[-1] < history.column("train_loss")[0]
