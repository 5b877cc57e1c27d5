import anndata
import numpy as np
import pytest
import torch
from torch_geometric.data import Batch

from graphkit.builders import KNN, Delaunay, Grid, Radius
from graphkit.builders.neighbors.base import representation
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.errors import InputError
from graphkit.omics import tissue_adata


@pytest.fixture
def tissue():
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_slides=2)))


@pytest.mark.parametrize("builder", [KNN(4), Radius(), Delaunay(), Grid()])
def test_slides_are_never_joined(tissue, builder):
    points = tissue.obsm["spatial"]  # both slides have the same coordinates
    slide = tissue.obs["slide"].cat.codes.to_numpy()
    both = builder.graph(points, library=slide).connectivities
    alone = builder.graph(points[slide == 0]).connectivities
    assert (both[:60, :60] != alone).nnz == 0
    assert (both[60:, 60:] != alone).nnz == 0
    assert both[:60, 60:].nnz == both[60:, :60].nnz == 0


def test_slides_may_take_turns(tissue):
    order = np.random.default_rng(0).permutation(120)
    slide = tissue.obs["slide"].cat.codes.to_numpy()
    points = tissue.obsm["spatial"]
    before = Grid().graph(points, library=slide).connectivities
    after = Grid().graph(points[order], library=slide[order]).connectivities
    assert (after != before[order][:, order]).nnz == 0


def test_data_has_loops_once_and_knows_its_spots(tissue):
    data = Grid(library_key="slide").build(tissue)
    loops = data.edge_index[0] == data.edge_index[1]
    assert loops.sum() == 120
    assert loops[-120:].all()
    assert data.obs_names == list(tissue.obs_names)
    assert data.library.bincount().tolist() == [60, 60]
    np.testing.assert_array_equal(data.x, tissue.X.toarray())
    assert data.x.dtype == torch.float32
    assert data.distance[~loops].min() == pytest.approx(100)
    assert data.validate()


def test_data_can_be_batched(tissue):
    slides = [tissue[tissue.obs["slide"] == name] for name in ("slide1", "slide2")]
    batch = Batch.from_data_list([Grid().build(slide) for slide in slides])
    whole = Grid(library_key="slide").build(tissue)
    assert batch.num_nodes == whole.num_nodes
    assert batch.edge_weight.sum() == pytest.approx(float(whole.edge_weight.sum()))


def test_a_representation_as_features(tissue):
    tissue.obsm["X_pca"] = np.arange(240.0).reshape(120, 2)
    data = Grid(library_key="slide", use_rep="X_pca").build(tissue)
    np.testing.assert_array_equal(data.x, tissue.obsm["X_pca"])
    with pytest.raises(InputError, match="There are: spatial, X_pca"):
        representation(tissue, "X_umap")
    tissue.obsm["X_pca"][3, 1] = np.nan
    with pytest.raises(InputError, match="missing or infinite"):
        representation(tissue, "X_pca")


def test_too_much_to_be_dense(tissue, monkeypatch):
    monkeypatch.setattr("graphkit.builders.neighbors.base.MAX_FEATURES", 10)
    with pytest.raises(InputError, match="use_rep"):
        Grid(library_key="slide").build(tissue)


def test_one_spot_is_a_graph_of_one_loop():
    adata = anndata.AnnData(np.ones((1, 2), np.float32), obsm={"spatial": np.ones((1, 2))})
    for builder in (Grid(), Radius(), Delaunay()):
        data = builder.build(adata)
        assert data.edge_index.tolist() == [[0], [0]]
        assert data.edge_weight.tolist() == [1.0]


@pytest.mark.parametrize(
    "points", [np.ones((2, 2, 2)), np.empty((0, 2)), np.array([[0.0, np.nan], [1, 1]])]
)
def test_points_that_are_none(points):
    with pytest.raises(InputError, match="points"):
        KNN(1).graph(points)


def test_one_slide_per_spot():
    with pytest.raises(InputError, match=r"library: has shape \(3,\) for 2 spots"):
        KNN(1).graph(np.eye(2), library=np.zeros(3, dtype=int))


def test_parameters_are_json():
    assert Grid("square", library_key="slide").params() == {
        "builder": "Grid",
        "coord_type": "grid",
        "shape": "square",
        "n_rings": 1,
        "spatial_key": "spatial",
        "library_key": "slide",
        "use_rep": None,
    }
    assert KNN().fit([]) == KNN()
