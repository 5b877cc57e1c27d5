import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay as Triangulation

from graphkit.builders import Delaunay
from graphkit.errors import InputError


def test_grids_give_the_neighbours_that_touch(shapes):
    assert Delaunay().graph(shapes.square(9, 9)).n_neighbors[40] == 4
    assert Delaunay().graph(shapes.hexagonal(9, 9)).n_neighbors[40] == 6


def test_all_but_doubtful_edges_of_the_triangulation(shapes):
    points = shapes.irregular(200, 3)
    edges = {
        tuple(sorted(pair))
        for triangle in Triangulation(points).simplices.tolist()
        for pair in zip(triangle, triangle[1:] + triangle[:1], strict=True)
    }
    found = Delaunay().graph(points).connectivities
    assert (found != found.T).nnz == 0
    kept = {(i, j) for i, j in zip(*found.nonzero(), strict=True) if i < j}
    assert kept <= edges
    assert len(kept) > 0.97 * len(edges)
    # Every spot keeps its nearest neighbour, which is always a Delaunay edge.
    far = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(far, np.inf)
    assert all(found[i, far[i].argmin()] for i in range(200))


@given(st.data())
@settings(max_examples=60)
def test_the_same_graph_whatever_the_frame_and_the_order(shapes, data):
    points, motion = data.draw(shapes.slides()), data.draw(shapes.motions())
    order = shapes.shuffled(data, points)
    before = Delaunay().graph(points).connectivities
    after = Delaunay().graph(motion(points)[order]).connectivities
    assert (after != before[order][:, order]).nnz == 0


def test_long_edges_can_be_left_out(shapes):
    points = np.vstack([shapes.square(4, 4), shapes.square(4, 4) + np.array([50, 0])])
    assert Delaunay().graph(points).connectivities[:16, 16:].nnz > 0
    assert Delaunay(max_length=2).graph(points).connectivities[:16, 16:].nnz == 0


def test_spots_that_share_a_place_share_their_neighbours(shapes):
    points = np.vstack([shapes.square(3, 3), [[1.0, 1.0]]])
    found = Delaunay().graph(points).connectivities.toarray()
    twin, other = found[4].copy(), found[9].copy()
    assert twin[9] == other[4] == 1
    twin[9] = other[4] = 0
    np.testing.assert_array_equal(twin, other)
    assert twin.sum() == 4


def test_a_crowd_in_one_place_is_refused(shapes, monkeypatch):
    monkeypatch.setattr("graphkit.builders.neighbors.delaunay.MAX_MEAN_DEGREE", 5)
    points = np.vstack([shapes.square(3, 3), np.ones((50, 2))])
    with pytest.raises(InputError, match="share a place"):
        Delaunay().graph(points)


def test_two_spots_and_a_line_of_them(shapes):
    assert Delaunay().graph(np.eye(2)).n_neighbors.tolist() == [1, 1]
    with pytest.raises(InputError, match="on a line"):
        Delaunay().graph(shapes.square(1, 5))


def test_parameters_that_make_no_sense():
    with pytest.raises(InputError, match="max_length"):
        Delaunay(max_length=0)
