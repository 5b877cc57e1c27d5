"""Settings of DARLC, and its data."""

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders.gene_images import SpotRaster
from graphkit.builders.gene_views import gene_views
from graphkit.errors import InputError
from graphkit.methods.darlc_params import DarlcParams, GeneImageData


@pytest.fixture(scope="module")
def views():
    rng = np.random.default_rng(0)
    points = np.array([[x, y] for x in range(6) for y in range(6)], dtype=float)
    rates = rng.dirichlet(np.ones(9), 36)
    counts = sparse.csr_matrix(rng.poisson(rates * 100).astype(np.float32))
    return gene_views(counts, SpotRaster().raster(points), [(slice(0, 36), rates)], n_components=3)


def test_halves_depend_on_seed_and_epoch_alone(views):
    data = GeneImageData(views, seed=3)
    first = data.noisy.clone()
    data.set_epoch(1)
    assert not torch.equal(data.noisy, first)
    data.set_epoch(0)
    assert torch.equal(data.noisy, first)
    assert not torch.equal(GeneImageData(views, seed=4).noisy, first)


def test_batch_holds_the_genes_asked_for(views):
    data = GeneImageData(views, seed=0)
    batch = data[[4, 1]].to(torch.device("cpu"))
    assert len(data) == 9
    assert batch.index.tolist() == [4, 1]
    assert len(batch) == 2
    assert torch.equal(batch.noisy, data.noisy[[4, 1]])
    assert torch.equal(batch.denoised, data.denoised[[4, 1]])


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
        DarlcParams(**{name: value})
