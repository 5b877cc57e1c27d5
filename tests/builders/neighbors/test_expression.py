import anndata
import numpy as np
import pytest

from graphkit.builders import ExpressionKNN
from graphkit.errors import InputError

POINTS = np.random.default_rng(0).normal(size=(60, 8))


def nearest(far, k):
    far = far.copy()
    np.fill_diagonal(far, np.inf)
    return far <= np.sort(far, axis=1)[:, [k - 1]] + 1e-9


def cosine(points):
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    return 1 - unit @ unit.T


@pytest.mark.parametrize(
    ("metric", "far"),
    [
        ("cosine", cosine(POINTS)),
        ("euclidean", np.linalg.norm(POINTS[:, None] - POINTS, axis=2)),
    ],
)
def test_against_all_pairs(metric, far):
    graph = ExpressionKNN(5, metric=metric, symmetric=False).graph(POINTS)
    expected = nearest(far, 5)
    np.testing.assert_array_equal(graph.connectivities.toarray(), expected)
    rows, columns = graph.distances.nonzero()
    np.testing.assert_allclose(graph.distances[rows, columns].A1, far[rows, columns], atol=1e-7)
    either = ExpressionKNN(5, metric=metric).graph(POINTS).connectivities.toarray()
    np.testing.assert_array_equal(either, expected | expected.T)


def test_gaussian_weights_fall_with_distance():
    graph = ExpressionKNN(5, metric="gaussian_cosine").graph(POINTS)
    scale = np.median(graph.distances.data)
    expected = np.exp(-(graph.distances.data**2) / (2 * scale**2))
    np.testing.assert_allclose(graph.connectivities.data, expected, rtol=1e-5)
    assert (graph.connectivities != graph.connectivities.T).nnz == 0


def test_the_order_of_the_cells_does_not_matter():
    points = np.vstack([POINTS, POINTS[:7]])  # with ties
    order = np.random.default_rng(1).permutation(len(points))
    before = ExpressionKNN(4).graph(points).connectivities
    after = ExpressionKNN(4).graph(points[order]).connectivities
    assert (after != before[order][:, order]).nnz == 0


def test_cells_without_expression_get_no_neighbours():
    points = POINTS.copy()
    points[3] = 0
    with pytest.warns(UserWarning, match="1 spots are zero"):
        graph = ExpressionKNN(4).graph(points)
    assert graph.n_neighbors[3] == 0
    assert graph.n_neighbors.sum() > 0
    assert np.isfinite(graph.distances.data).all()


def test_more_neighbours_than_cells_are_cut():
    with pytest.warns(UserWarning, match="cut to 3"):
        graph = ExpressionKNN(9).graph(POINTS[:4])
    assert graph.n_neighbors.tolist() == [3] * 4


def test_from_anndata():
    adata = anndata.AnnData(np.abs(POINTS).astype(np.float32), obsm={"X_pca": POINTS})
    data = ExpressionKNN(5).build(adata)
    expected = ExpressionKNN(5).graph(POINTS)
    assert data.edge_index.shape[1] == expected.connectivities.nnz + 60
    assert data.x.shape == (60, 8)
    direct = ExpressionKNN(5, use_rep=None)
    np.testing.assert_allclose(direct.points(adata), np.abs(POINTS), rtol=1e-6)
    with pytest.raises(InputError, match="X_umap"):
        ExpressionKNN(5, use_rep="X_umap").build(adata)


@pytest.mark.parametrize("keywords", [{"n_neighbors": 0}, {"metric": "hamming"}])
def test_parameters_that_make_no_sense(keywords):
    with pytest.raises(InputError):
        ExpressionKNN(**keywords)
