import numpy as np
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError

PARAMS = TissueParams(n_spots=800)


@pytest.fixture(scope="module")
def tissue():
    return simulate_tissue(PARAMS, seed=3)


def test_the_seed_decides(tissue):
    again = simulate_tissue(PARAMS, seed=3)
    np.testing.assert_array_equal(again.counts, tissue.counts)
    assert (simulate_tissue(PARAMS, seed=4).counts != tissue.counts).any()
    with pytest.raises(InputError, match="seed"):
        simulate_tissue(PARAMS, seed=-1)


def test_the_first_of_two_slides_is_the_only_one_of_one(tissue):
    two = simulate_tissue(TissueParams(n_spots=800, n_slides=2), seed=3)
    first = two.slide == 0
    np.testing.assert_array_equal(two.counts[first], tissue.counts)
    np.testing.assert_array_equal(two.layer[first], tissue.layer)
    assert (two.layer[~first] != tissue.layer).any()
    assert len(set(two.barcodes)) == 1600


def test_counts_have_the_expected_mean_and_variance():
    params = TissueParams(n_spots=3000, dispersion=0.5)
    tissue = simulate_tissue(params)
    mean = tissue.expected
    np.testing.assert_allclose(tissue.rates.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(mean.sum(axis=1), tissue.depth, rtol=1e-5)
    assert tissue.counts.mean() == pytest.approx(mean.mean(), rel=0.01)
    residual = (tissue.counts - mean) ** 2
    assert residual.mean() == pytest.approx((mean + 0.5 * mean**2).mean(), rel=0.05)
    assert np.median(tissue.depth) == pytest.approx(params.depth, rel=0.05)


def test_no_dispersion_is_poisson():
    tissue = simulate_tissue(TissueParams(n_spots=3000, dispersion=0.0))
    residual = (tissue.counts - tissue.expected) ** 2
    assert residual.mean() == pytest.approx(tissue.expected.mean(), rel=0.05)


def test_every_layer_has_spots_and_a_place(tissue):
    share = np.bincount(tissue.layer) / 800
    assert len(share) == 6
    assert share.min() > 0.05
    depth = [tissue.coordinates[tissue.layer == i, 1].mean() for i in range(6)]
    assert (np.diff(depth) > 0).all()


def test_borders_are_curved(tissue):
    x, y = tissue.coordinates.T
    last = [
        y[(tissue.layer == 2) & (abs(x - at) < 200)].max() for at in np.arange(200, x.max(), 400)
    ]
    assert np.ptp(last) > 200


def test_genes_follow_their_module(tissue):
    share = np.log(tissue.rates)
    module = np.array(tissue.module)
    for i in range(6):
        genes = share[:, module == f"layer{i + 1}"]
        gain = genes[tissue.layer == i].mean() - genes[np.abs(tissue.layer - i) > 1].mean()
        assert gain > 0.8 * PARAMS.contrast * 0.6
    rising = share[:, module == "gradient"]
    difference = rising[tissue.layer == 5].mean(axis=0) - rising[tissue.layer == 0].mean(axis=0)
    assert (difference > 0).any()
    assert (difference < 0).any()
    background = share[:, module == "background"]
    contrast = background - background.mean(axis=1, keepdims=True)
    assert contrast.std(axis=0).max() < 1e-5  # only what the others take differs
    hotspot = (
        share[:, module == "hotspot1"] - share[:, module == "background"].mean(axis=1)[:, None]
    )
    together = np.corrcoef(hotspot.T)
    assert together.min() > 0.99


def test_without_contrast_nothing_has_a_pattern():
    tissue = simulate_tissue(TissueParams(n_spots=60, contrast=0.0))
    np.testing.assert_allclose(tissue.rates, tissue.rates[[0]].repeat(60, axis=0), rtol=1e-5)


def test_the_batch_effect_is_of_its_size():
    params = TissueParams(n_spots=60, n_slides=2, contrast=0.0, batch_effect=0.5)
    tissue = simulate_tissue(params)
    change = np.log(tissue.rates[-1] / tissue.rates[0])
    assert change.std() == pytest.approx(0.5, rel=0.15)
    none = simulate_tissue(TissueParams(n_spots=60, n_slides=2, contrast=0.0, batch_effect=0.0))
    np.testing.assert_allclose(none.rates[-1], none.rates[0], rtol=1e-5)


@pytest.mark.parametrize(
    "keywords",
    [
        {"n_spots": 59},
        {"n_layers": 0},
        {"n_slides": 0},
        {"n_background": 0},
        {"n_gradient": -1},
        {"contrast": -0.1},
        {"depth": 0},
        {"dispersion": float("nan")},
    ],
)
def test_parameters_that_make_no_sense(keywords):
    with pytest.raises(InputError, match=next(iter(keywords))):
        TissueParams(**keywords)


def test_number_of_genes():
    params = TissueParams(
        n_spots=60, genes_per_layer=2, n_gradient=0, n_modules=1, genes_per_module=3, n_background=4
    )
    assert params.n_genes == 19
    assert simulate_tissue(params).counts.shape == (60, 19)
