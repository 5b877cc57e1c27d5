import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import coordinates, libraries, writable, write_adata

GRID = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])


def place(small, values):
    small.obsm["spatial"] = values
    return small


@pytest.mark.parametrize(
    "values",
    [
        GRID,
        GRID.astype(np.float32),
        GRID.astype(np.int64),
        GRID.astype(object),
        sparse.csr_matrix(GRID),
        np.column_stack([GRID, np.full(4, 7.0)]),
    ],
    ids=["float64", "float32", "int64", "object", "sparse", "flat 3-D"],
)
def test_coordinates_however_they_are_stored(small, values):
    found = coordinates(place(small, values))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, GRID)


def test_a_table_of_coordinates(small):
    frame = pd.DataFrame(GRID, index=small.obs_names, columns=["x", "y"])
    np.testing.assert_array_equal(coordinates(place(small, frame)), GRID)


def test_coordinates_are_a_copy(small):
    coordinates(small)[:] = 9
    np.testing.assert_array_equal(small.obsm["spatial"], GRID)


def test_no_coordinates_names_what_could_be(small):
    small.obsm["X_spatial"] = small.obsm.pop("spatial")
    with pytest.raises(InputError, match=r"obsm\['spatial'\]: missing.*spatial_key.*X_spatial"):
        coordinates(small)
    np.testing.assert_array_equal(coordinates(small, spatial_key="X_spatial"), GRID)
    del small.obsm["X_spatial"]
    with pytest.raises(InputError, match=r"adata\.obsm\['spatial'\] ="):
        coordinates(small)


@pytest.mark.parametrize("name", ["X_umap", "X_tsne", "UMAP", "X_pca", "X_draw_graph_fa"])
def test_a_map_of_expression_is_not_proposed_as_places(small, name):
    small.obsm[name] = small.obsm.pop("spatial")
    with pytest.raises(InputError, match="missing") as caught:
        coordinates(small)
    assert name not in caught.value.remedy


def test_coordinates_in_obs_are_pointed_at(small):
    x, y = small.obsm.pop("spatial").T
    small.obs = small.obs.assign(x=x, y=y)
    with pytest.raises(InputError, match=r"= adata\.obs\[\['x', 'y'\]\]\.to_numpy\(\)"):
        coordinates(small)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_or_infinite_coordinates_name_a_spot(small, value):
    points = GRID.copy()
    points[2, 1] = value
    with pytest.raises(InputError, match="1 spots have missing or infinite") as caught:
        coordinates(place(small, points))
    assert caught.value.record == "GGGT-1"


def test_three_coordinates_are_refused_unless_asked_for(small):
    solid = np.column_stack([GRID, [0, 1, 2, 3]])
    with pytest.raises(InputError, match="three coordinates"):
        coordinates(place(small, solid))
    np.testing.assert_array_equal(coordinates(small, allow_3d=True), solid)


def test_all_spots_in_one_place_are_refused(small):
    with pytest.raises(InputError, match="all spots have the same coordinates"):
        coordinates(place(small, np.ones((4, 2))))


def test_one_slide_all_in_one_place_is_refused_by_name(small):
    small.obs["slide"] = ["a", "a", "b", "b"]
    place(small, np.array([[0.0, 0], [1, 1], [2, 2], [2, 2]]))
    with pytest.raises(InputError, match="all spots of b have"):
        coordinates(small, library_key="slide")


def test_spots_that_share_a_place_are_warned_of(small):
    points = GRID.copy()
    points[1] = points[0]
    with pytest.warns(UserWarning, match="2 spots share their coordinates"):
        coordinates(place(small, points))


def test_spots_of_two_slides_may_share_places(small):
    small.obs["slide"] = ["a", "a", "b", "b"]
    place(small, np.array([[0.0, 0], [1, 1], [0, 0], [1, 1]]))
    assert coordinates(small, library_key="slide").shape == (4, 2)


def test_one_spot_has_coordinates(small):
    assert coordinates(small[:1].copy()).shape == (1, 2)


@pytest.mark.parametrize("values", [np.ones((4, 1)), np.full((4, 2), "x", dtype=object)])
def test_what_is_no_table_of_places(small, values):
    with pytest.raises(InputError, match=r"obsm\['spatial'\]"):
        coordinates(place(small, values))


def test_libraries(small):
    assert libraries(small).names == ("all",)
    small.obs["slide"] = pd.Categorical(["z", "a", "z", "a"], categories=["z", "q", "a"])
    slides = libraries(small, library_key="slide")
    assert slides.names == ("z", "a")  # in the order of the categories, without the unused one
    assert slides.codes.tolist() == [0, 1, 0, 1]
    small.obs["number"] = [10, 2, 10, 2]
    assert libraries(small, library_key="number").names == ("2", "10")


def test_libraries_that_are_not_there(small):
    small.obs["slide"] = ["a", None, "a", "b"]
    with pytest.raises(InputError, match="1 spots have no slide") as caught:
        libraries(small, library_key="slide")
    assert caught.value.record == "CCCA-1"
    with pytest.raises(InputError, match=r"obs\['batch'\]: no such column. There are: slide"):
        libraries(small, library_key="batch")


def test_writable_is_the_table_itself_or_a_copy(small):
    assert writable(small) is small
    copy = writable(small, copy=True)
    copy.obs["x"] = 1
    assert "x" not in small.obs


def test_writable_makes_a_view_a_table(small):
    view = small[:2]
    assert writable(view) is view
    assert not view.is_view
    view.obs["x"] = 1
    view.X[0, 0] = 99
    assert "x" not in small.obs
    assert small.X[0, 0] != 99


def test_writable_copies_of_backed_tables_are_in_memory(small, tmp_path):
    write_adata(small, tmp_path / "x.h5ad")
    backed = anndata.read_h5ad(tmp_path / "x.h5ad", backed="r")
    copy = writable(backed, copy=True)
    view = backed[:2]
    assert not copy.isbacked
    assert not writable(view).is_view
    backed.file.close()
    np.testing.assert_array_equal(copy.X.toarray(), small.X.toarray())
    assert view.shape == (2, 3)
