import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.builders import KNN, Radius
from graphkit.errors import InputError


def oracle(points, k):
    """All pairs, one spot at a time: the k nearest and whatever ties with the last."""
    far = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(far, np.inf)
    unit = np.median(far.min(axis=1))
    last = np.sort(far, axis=1)[:, k - 1]
    return far <= last[:, None] + 0.02 * unit


@pytest.mark.parametrize("k", [1, 4, 6, 7])
@pytest.mark.parametrize(
    ("shape", "size"), [("hexagonal", (6, 7)), ("square", (5, 5)), ("irregular", (40, 0))]
)
def test_knn_against_all_pairs(shapes, shape, size, k):
    points = getattr(shapes, shape)(*size)
    expected = oracle(points, k)
    alone = KNN(k, symmetric=False).graph(points)
    np.testing.assert_array_equal(alone.connectivities.toarray(), expected)
    either = KNN(k).graph(points).connectivities.toarray()
    np.testing.assert_array_equal(either, expected | expected.T)


def test_three_coordinates():
    points = np.random.default_rng(0).random((30, 3))
    found = KNN(3, symmetric=False).graph(points)
    np.testing.assert_array_equal(found.connectivities.toarray(), oracle(points, 3))


@given(st.data())
@settings(max_examples=60)
def test_the_same_graph_whatever_the_frame_and_the_order(shapes, data):
    points, motion = data.draw(shapes.slides()), data.draw(shapes.motions())
    order = shapes.shuffled(data, points)
    k = data.draw(st.integers(1, 6))
    for builder in (KNN(k), KNN(k, symmetric=False), Radius(k / 2)):
        before = builder.graph(points).connectivities
        after = builder.graph(motion(points)[order]).connectivities
        assert (after != before[order][:, order]).nnz == 0


def test_whole_pixels_give_the_same_graph(shapes):
    points = shapes.hexagonal(20, 20)
    turned = points @ np.array([[0.8, -0.6], [0.6, 0.8]])
    before = KNN(4).graph(points).connectivities
    assert (KNN(4).graph(np.round(turned * 137)).connectivities != before).nnz == 0


def test_ties_are_all_taken(shapes):
    graph = KNN(4).graph(shapes.hexagonal(9, 9))
    inside = 4 * 9 + 4
    assert graph.n_neighbors[inside] == 6


def test_more_neighbours_than_spots_are_cut(shapes):
    with pytest.warns(UserWarning, match="n_neighbors = 9 cut to 3: the slide has 4 spots"):
        graph = KNN(9).graph(shapes.square(2, 2))
    assert graph.n_neighbors.tolist() == [3, 3, 3, 3]
    with pytest.warns(UserWarning, match="cut to 0"):
        assert KNN(9).graph(np.ones((1, 2))).n_neighbors.tolist() == [0]


def test_isolated_spots_have_no_neighbours(shapes):
    points = np.vstack([shapes.square(3, 3), [[100.0, 100.0]]])
    graph = Radius(1.0).graph(points)
    assert graph.n_neighbors[-1] == 0
    assert np.isfinite(graph.distances.data).all()


def test_spots_that_share_a_place_are_neighbours(shapes):
    points = np.vstack([shapes.square(4, 4), shapes.square(4, 4)[:3]])
    graph = KNN(1, symmetric=False).graph(points)
    assert graph.connectivities[0].indices.tolist() == [16]
    assert graph.distances.nnz == graph.connectivities.nnz


def test_all_spots_in_one_place_are_refused():
    with pytest.raises(InputError, match="same coordinates"):
        KNN(2).graph(np.ones((5, 2)))


def test_radius_is_in_spacings(shapes):
    points = shapes.square(5, 5) * 55.0
    assert Radius(1.0).graph(points).n_neighbors.max() == 4
    assert Radius(1.42).graph(points).n_neighbors.max() == 8


def test_distances_are_in_the_unit_of_the_coordinates():
    graph = KNN(2).graph(np.array([[0.0, 0], [30, 40], [60, 80]]))
    assert set(graph.distances.data) == {50.0, 100.0}


@pytest.mark.parametrize("make", [lambda: KNN(0), lambda: Radius(0), lambda: Radius(float("nan"))])
def test_parameters_that_make_no_sense(make):
    with pytest.raises(InputError, match="Give"):
        make()


def test_fifty_thousand_spots():
    graph = KNN(6).graph(np.random.default_rng(0).random((50_000, 2)))
    assert graph.n_neighbors.min() >= 6
    assert graph.connectivities.nnz <= 2 * 6 * 50_000
