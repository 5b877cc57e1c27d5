"""Several slides in one table are recognised, whatever shows it."""

import numpy as np
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.datasets.arrays import barcodes
from graphkit.errors import InputError
from graphkit.omics import require_known_slides, tissue_adata


@pytest.fixture
def two():
    """Two slides that share the origin; nothing but the column ``who`` tells them apart."""
    adata = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2, n_slides=2), seed=0))
    adata.obs["who"] = adata.obs.pop("slide")
    adata.obs = adata.obs[["who", "layer"]].copy()
    adata.obs_names = [f"spot{i}" for i in range(adata.n_obs)]
    second = (adata.obs["who"] == "slide2").to_numpy()
    adata.obsm["spatial"] = adata.obsm["spatial"] + 30.0 * second[:, None]
    return adata


def test_grids_that_lie_on_one_another(two):
    with pytest.raises(InputError, match=r"obs\['who'\].*slides lie on .* library_key='who'"):
        require_known_slides(two)


def test_cells_that_lie_on_one_another_where_cells_of_one_slide_keep_their_distance(two):
    random = np.random.default_rng(0)
    places = random.permutation(400)[:120]
    jitter = random.uniform(-0.4, 0.4, (120, 2))
    two.obsm["spatial"] = np.column_stack([places // 20, places % 20]) + jitter
    require_known_slides(two)
    alone = np.concatenate([random.permutation(100)[:60] for _ in range(2)])
    two.obsm["spatial"] = np.column_stack([alone // 10, alone % 10]) + jitter / 2
    with pytest.raises(InputError, match=r"obs\['who'\].*slides lie on .* library_key='who'"):
        require_known_slides(two)


def test_groups_that_are_no_slides_are_let_be(two):
    one = two[two.obs["who"] == "slide1"].copy()
    one.obs["kind"] = np.random.default_rng(0).choice(list("abc"), 60)
    one.obs["row"] = (one.obsm["spatial"][:, 1] / 50).round().astype(int)
    one.uns["spatial"] = {"is_single": True, "A": {}}
    require_known_slides(one)
    one.uns["spatial"] = {"images": {}, "scalefactors": {}}
    require_known_slides(one)


def test_values_that_differ_along_a_border_on_a_grid_are_no_slides():
    one = tissue_adata(simulate_tissue(TissueParams(n_spots=200, n_layers=2), seed=0))
    one.obs = one.obs[[]].assign(stability=0.98)
    one.obs.iloc[70:105, 0] = 0.8 + np.arange(35) / 300
    require_known_slides(one)


def test_of_columns_that_are_named_as_slides_are_the_finest_is_meant(two):
    two.obs["donor"] = "d1"
    two.obs["batch"] = two.obs["who"]
    two.obs["section_number"] = np.arange(120) % 4
    with pytest.raises(InputError, match="library_key='section_number'"):
        require_known_slides(two)


def test_one_slide_that_was_cut_out_of_several_keeps_their_photographs(two):
    one = two[two.obs["who"] == "slide1"].copy()
    one.uns["spatial"] = {"slide1": {}, "slide2": {}}
    require_known_slides(one)


def test_a_column_that_is_named_as_slides_are(two):
    two.obsm["spatial"] = np.random.default_rng(0).random((120, 2))
    two.obs["Sample_ID"] = two.obs["who"]
    with pytest.raises(InputError, match=r"obs\['Sample_ID'\].*library_key='Sample_ID'"):
        require_known_slides(two)


def test_two_photographs(two):
    two.obsm["spatial"] = np.random.default_rng(0).random((120, 2))
    two.uns["spatial"] = {"slide1": {}, "slide2": {}}
    with pytest.raises(InputError, match=r"obs\['who'\].*has 2 slides.*library_key='who'"):
        require_known_slides(two)
    two.obs = two.obs[["layer"]].copy()
    with pytest.raises(InputError, match="Put the slide of each spot into a column"):
        require_known_slides(two)


def test_places_of_the_array_that_are_taken_twice(two):
    two.obsm["spatial"] = np.random.default_rng(0).random((120, 2))
    two.obs["array_row"], two.obs["array_col"] = np.tile(np.arange(60), 2), 0
    two.obs["sample"] = two.obs["who"]
    with pytest.raises(InputError, match=r"taken twice.*library_key='sample'"):
        require_known_slides(two)


@pytest.mark.parametrize(
    "name", ["{}-{}", "slide{1}_{0}-1", "{}-1-{}", "s_008um_{2:05}_{2:05}-{1}"]
)
def test_barcodes_that_occur_twice(two, name):
    two.obsm["spatial"] = np.random.default_rng(0).random((120, 2))
    spots = barcodes(60)
    two.obs_names = [name.format(spots[i % 60][:16], i // 60, i % 60) for i in range(120)]
    with pytest.raises(InputError, match=r"barcodes occur twice.*library_key='who'"):
        require_known_slides(two)
    two.obs = two.obs[["layer"]].copy()
    with pytest.raises(InputError, match="Put the slide of each spot into a column"):
        require_known_slides(two)


def test_a_column_that_does_not_tell_all_slides_apart(two):
    two.obs["array_row"], two.obs["array_col"] = np.tile(np.arange(60), 2), 0
    two.obs["donor"] = np.where(np.arange(120) < 80, "d1", "d2")
    with pytest.raises(InputError, match=r"within obs\['donor'\].*library_key='who'"):
        require_known_slides(two, library_key="donor")
    with pytest.raises(InputError, match="library_key='who'"):
        require_known_slides(two)


def test_slides_of_unlike_sizes_but_no_fields_of_view(two):
    first = (two.obs["who"] == "slide1").to_numpy()
    corner = (two.obsm["spatial"] < 480.0).all(axis=1)
    small = two[first | corner].copy()
    with pytest.raises(InputError, match="slides lie on one another"):
        require_known_slides(small)
    # The next field starts where the first ends, and has the cells of its last column once more.
    two.obsm["spatial"][~first] = two.obsm["spatial"][first]
    two.obsm["spatial"][~first, 0] += np.ptp(two.obsm["spatial"][first, 0]) - 1.0
    require_known_slides(two)


def test_a_small_dense_slide_within_a_large_one():
    random = np.random.default_rng(0)
    places = np.column_stack(np.divmod(np.arange(900), 30)).astype(float)
    points = [places + random.uniform(-0.2, 0.2, (900, 2)), places[:300] / 4 + 5]
    slides = tissue_adata(simulate_tissue(TissueParams(n_spots=1200, n_layers=2), seed=0))
    slides.obs = slides.obs[[]].assign(kind=random.choice(list("abc"), 1200))
    slides.obs["zone"] = np.repeat(["1", "2"], [900, 300])
    slides.obs_names = [f"cell{i}" for i in range(1200)]
    slides.obsm["spatial"] = np.concatenate(points)
    with pytest.raises(InputError, match=r"slides lie on .* library_key='zone'"):
        require_known_slides(slides)
    # One tissue that is denser in one zone.
    slides.obsm["spatial"][900:] -= [0.0, 40.0]
    require_known_slides(slides)


def test_one_slide_and_slides_told_apart_are_fine(two):
    require_known_slides(two, library_key="who")
    one = two[two.obs["who"] == "slide1"].copy()
    one.uns["spatial"] = {"slide1": {}}
    one.obs["sample"] = "s1"
    require_known_slides(one)
    scattered = two.copy()
    scattered.obsm["spatial"] = np.random.default_rng(0).random((120, 2))
    require_known_slides(scattered)
