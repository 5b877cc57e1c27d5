import anndata
import numpy as np
import pytest
from scipy import sparse

from graphkit.builders import KNN, Delaunay, Grid, Radius, spatial_graph
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import read_spatial, tissue_adata, write_adata


@pytest.fixture
def adata():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_slides=2)))


def test_written_where_squidpy_looks(adata, tmp_path):
    graph = spatial_graph(adata, library_key="slide")
    about = adata.uns["spatial_neighbors"]
    assert about["connectivities_key"] == "spatial_connectivities"
    assert about["distances_key"] == "spatial_distances"
    assert about["params"]["builder"] == "Grid"
    assert about["params"]["library_key"] == "slide"
    assert (adata.obsp["spatial_connectivities"] != graph.connectivities).nnz == 0
    write_adata(adata, tmp_path / "x.h5ad")
    again = read_spatial(tmp_path / "x.h5ad", library_key="slide")
    assert again.uns["spatial_neighbors"] == about
    assert (again.obsp["spatial_distances"] != graph.distances).nnz == 0


def test_a_grid_where_there_is_one_and_else_the_nearest(adata):
    spatial_graph(adata, library_key="slide")
    assert adata.uns["spatial_neighbors"]["params"]["shape"] == "hexagonal"
    scattered = anndata.AnnData(
        np.ones((40, 2), np.float32), obsm={"spatial": np.random.default_rng(0).random((40, 2))}
    )
    spatial_graph(scattered)
    assert scattered.uns["spatial_neighbors"]["params"]["builder"] == "KNN"


def test_an_existing_graph_is_reused(adata):
    theirs = sparse.lil_matrix((120, 120))
    theirs[0, 1] = theirs[1, 0] = 0.3
    theirs[5, 5] = 1
    adata.obsp["spatial_connectivities"] = theirs.tocsc()
    graph = spatial_graph(adata, library_key="slide")
    assert graph.connectivities.nnz == 2
    assert graph.connectivities[0, 1] == 1
    assert graph.distances[0, 1] == pytest.approx(100)
    assert "spatial_neighbors" not in adata.uns
    assert graph.params["reused"] == "obsp['spatial_connectivities']"
    del adata.obsm["spatial"]
    assert spatial_graph(adata, library_key="slide").distances[1, 0] == 1


def test_a_builder_replaces_it(adata):
    adata.obsp["spatial_connectivities"] = sparse.csr_matrix((120, 120))
    graph = spatial_graph(adata, KNN(3), library_key="slide")
    assert graph.n_neighbors.min() >= 3
    assert adata.obsp["spatial_connectivities"].nnz == graph.connectivities.nnz


def test_an_existing_graph_that_joins_slides_is_refused(adata):
    theirs = sparse.lil_matrix((120, 120))
    theirs[0, 100] = 1
    adata.obsp["spatial_connectivities"] = theirs.tocsr()
    with pytest.raises(InputError, match="1 edges join two slides"):
        spatial_graph(adata, library_key="slide")
    theirs[0, 100] = np.nan
    adata.obsp["spatial_connectivities"] = theirs.tocsr()
    with pytest.raises(InputError, match="missing or infinite"):
        spatial_graph(adata)


@pytest.mark.parametrize("builder", [None, KNN(6), Delaunay(), Radius(1.8)])
def test_a_graph_of_other_coordinates_is_refused(adata, builder):
    spatial_graph(adata, builder, library_key="slide")
    again = spatial_graph(adata, library_key="slide")
    moved = adata.copy()
    moved.obsm["spatial"] = 1.1 * adata.obsm["spatial"]
    with pytest.raises(InputError, match=r"not made of the coordinates in .* Remove it"):
        spatial_graph(moved, library_key="slide")
    # squidpy's says nothing of how far edges are, on a grid.
    theirs = adata.copy()
    theirs.obsp["spatial_distances"] = adata.obsp["spatial_connectivities"]
    theirs.uns["spatial_neighbors"]["params"] = {"n_neighbors": 6, "coord_type": "grid"}
    assert (spatial_graph(theirs, library_key="slide").distances != again.distances).nnz == 0
    order = np.random.default_rng(0).permutation(60)
    theirs.obsm["spatial"] = adata.obsm["spatial"][np.concatenate([order, 60 + order])]
    with pytest.raises(InputError, match="not made of the coordinates in"):
        spatial_graph(theirs, library_key="slide")


def test_a_view_is_not_written_through(adata):
    view = adata[:60]
    graph = spatial_graph(view, Grid())
    assert not view.is_view
    assert view.obsp["spatial_connectivities"].shape == (60, 60)
    assert "spatial_connectivities" not in adata.obsp
    assert graph.n_neighbors.max() == 6


def test_missing_coordinates_are_refused(adata):
    del adata.obsm["spatial"]
    with pytest.raises(InputError, match=r"obsm\['spatial'\]: missing"):
        spatial_graph(adata)


def test_slides_in_one_frame_without_a_key_are_warned_of(adata):
    with pytest.warns(UserWarning, match="name them with library_key"):
        spatial_graph(adata)
