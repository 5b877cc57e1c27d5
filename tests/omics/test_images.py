import numpy as np
import pytest

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.omics import microns_per_unit, read_spatial, slide_images, tissue_adata, write_adata


def slide(size="hires", *, scale=0.1, diameter=89.0, shape=(9, 8, 3)):
    factors = {f"tissue_{size}_scalef": scale, "spot_diameter_fullres": diameter}
    return {"images": {size: np.full(shape, 0.5, dtype=np.float32)}, "scalefactors": factors}


def test_each_slide_gets_its_own(small):
    small.uns["spatial"] = {"b": slide(scale=0.2), "a": slide("lowres", shape=(4, 5, 4))}
    a, none, b = slide_images(small, ["a", "c", "b"])
    assert a.pixels.shape == (4, 5, 4)
    assert none is None
    assert (b.scale, b.diameter) == (0.2, 89.0)


def test_the_larger_picture_is_taken(small):
    both = slide("lowres", scale=0.03, shape=(3, 3, 3))
    large = slide("hires")
    for part, values in both.items():
        values.update(large[part])
    small.uns["spatial"] = {"a": both}
    assert slide_images(small, ["a"])[0].pixels.shape == (9, 8, 3)
    del both["scalefactors"]["tissue_hires_scalef"]
    assert slide_images(small, ["a"])[0].scale == 0.03


def test_a_single_slide_needs_no_name(small):
    small.uns["spatial"] = {"V1_Human_Brain": slide()}
    assert slide_images(small, ["all"])[0].scale == 0.1
    assert slide_images(small, ["all", "V2"]) == [None, None]


def test_space_ranger_writes_them_so(outs, tmp_path):
    with pytest.warns(UserWarning, match="gene names"):
        adata = read_spatial(outs())
    (image,) = slide_images(adata, ["all"])
    assert image.pixels.shape == (8, 9, 3)
    assert (image.scale, image.diameter) == (0.1, 89.0)
    write_adata(adata, tmp_path / "x.h5ad")
    (again,) = slide_images(read_spatial(tmp_path / "x.h5ad"), ["all"])
    np.testing.assert_array_equal(again.pixels, image.pixels)


@pytest.mark.parametrize(
    "uns",
    [
        None,
        {},
        np.zeros((4, 2)),
        {"all": None},
        {"all": {"images": np.zeros((4, 4, 3))}},
        {"all": slide(scale=0.0)},
        {"all": slide(scale="large")},
        {"all": slide(scale=np.nan)},
        {"all": slide(shape=(4, 4))},
    ],
)
def test_what_is_no_picture_is_none(small, uns):
    if uns is not None:
        small.uns["spatial"] = uns
    assert slide_images(small, ["all"]) == [None]


def test_a_diameter_that_is_none(small):
    small.uns["spatial"] = {"a": slide(diameter=-1.0)}
    assert slide_images(small, ["a"])[0].diameter is None


def test_micrometres_are_those_that_are_said_or_those_of_the_array(small):
    points, one = small.obsm["spatial"], np.zeros(4, dtype=np.int64)
    assert microns_per_unit(small, ["all"], points, one) == [None]
    small.uns["spatial"] = {"a": {"scalefactors": {"microns_per_pixel": 0.5}}}
    assert microns_per_unit(small, ["all"], points, one) == [0.5]
    assert microns_per_unit(small, ["a", "b"], points, np.array([0, 0, 1, 1])) == [0.5, None]


def test_spots_of_visium_are_100_um_apart():
    visium = tissue_adata(simulate_tissue(TissueParams(n_spots=60)))
    points, one = 0.7 * visium.obsm["spatial"], np.zeros(60, dtype=np.int64)
    visium.uns["spatial"] = {"V1": {"scalefactors": {"spot_diameter_fullres": 44.0}}}
    (found,) = microns_per_unit(visium, ["all"], points, one)
    assert found == pytest.approx(1 / 0.7)
