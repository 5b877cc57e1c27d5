"""Gene views: z-scored, halves that add up, patterns against a decomposition."""

from importlib import import_module

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders.gene_images import SpotRaster
from graphkit.builders.gene_views import GeneImageData, gene_views, spatial_patterns, z_score
from graphkit.omics import log_normalise


@pytest.fixture
def made():
    rng = np.random.default_rng(0)
    points = np.array([[x, y] for x in range(8) for y in range(6)], dtype=float)
    rates = rng.dirichlet(np.ones(10), 48)
    counts = sparse.csr_matrix(rng.poisson(rates * 200).astype(np.float32))
    raster = SpotRaster().raster(points)
    blocks = [(slice(i, i + 20), rates[i : i + 20]) for i in range(0, 48, 20)]
    return counts, rates, raster, gene_views(counts, raster, blocks, n_components=4)


def test_denoised_images_equal_those_made_at_once(made):
    counts, rates, raster, views = made
    depth = np.median(np.asarray(counts.sum(axis=1)))
    images = raster.images(np.log1p(depth * rates))[:, raster.mask]
    expected = (images - images.mean(axis=1, keepdims=True)) / images.std(axis=1, keepdims=True)
    np.testing.assert_allclose(views.denoised[:, raster.mask], expected, atol=1e-4)


def test_raw_images_are_z_scored(made):
    counts, _, raster, views = made
    pixels = views.raw()[:, raster.mask]
    np.testing.assert_allclose(pixels.mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(pixels.std(axis=1), 1, atol=1e-5)
    gene = log_normalise(counts).toarray()[:, 3]
    spot = views.raw()[3].ravel()[raster.pixel]
    assert np.corrcoef(gene, spot)[0, 1] == pytest.approx(1.0)


def test_halves_are_of_the_molecules_there_are(made, monkeypatch):
    counts, _, _, views = made
    first, _ = views.half(np.random.default_rng(1))
    again, _ = views.half(np.random.default_rng(1))
    other, _ = views.half(np.random.default_rng(2))
    assert (first == again).all()
    assert not (first == other).all()
    module = import_module("graphkit.builders.gene_views")
    monkeypatch.setattr(module, "raw_images", lambda half, _: half)
    one, two = views.half(np.random.default_rng(1))
    assert ((one + two) != counts).nnz == 0
    assert 0.4 < one.sum() / counts.sum() < 0.6


def test_projection_is_onto_the_patterns(made):
    _, _, raster, views = made
    basis = views.components / np.sqrt(len(views.components))
    image = views.raw()
    smooth = views.project(image)[:, raster.mask]
    expected = z_score(image[:, raster.mask] @ basis @ basis.T)
    np.testing.assert_allclose(smooth, expected, atol=1e-3)


def test_patterns_equal_a_singular_value_decomposition():
    images = np.random.default_rng(0).normal(size=(30, 7))
    for table in (images, images.T):
        away = table - table.mean(axis=0)
        left = np.linalg.svd(away, full_matrices=False)[0][:, :3]
        found = spatial_patterns(table, 3)
        same = np.abs((left * found / np.sqrt(len(table))).sum(axis=0))
        np.testing.assert_allclose(same, 1, atol=1e-4)
        assert (found[np.abs(found).argmax(axis=0), range(3)] > 0).all()


def test_no_more_patterns_than_there_are():
    rank_one = np.outer(np.arange(9.0), np.arange(1.0, 5.0))
    assert spatial_patterns(rank_one, 6).shape == (9, 1)


def test_flat_rows_are_zero():
    assert not z_score(np.full((2, 5), 0.1)).any()


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
