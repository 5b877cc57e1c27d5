import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.builders import Grid, lattice_shape
from graphkit.errors import InputError


def test_inside_a_grid_every_spot_has_its_ring(shapes):
    assert Grid().graph(shapes.hexagonal(9, 9)).n_neighbors[40] == 6
    assert Grid("square").graph(shapes.square(9, 9)).n_neighbors[40] == 4
    assert Grid(n_rings=2).graph(shapes.hexagonal(9, 9)).n_neighbors[40] == 18
    assert Grid("square", n_rings=2).graph(shapes.square(9, 9)).n_neighbors[40] == 12


def test_rings_are_steps_along_the_grid(shapes):
    points = shapes.square(6, 7)
    steps = np.abs(points[:, None] - points).sum(axis=2)
    found = Grid("square", n_rings=3).graph(points).connectivities.toarray()
    np.testing.assert_array_equal(found, (steps > 0) & (steps <= 3))


@given(st.data())
@settings(max_examples=40)
def test_the_same_graph_whatever_the_frame_and_the_order(shapes, data):
    points = shapes.hexagonal(data.draw(st.integers(4, 9)), data.draw(st.integers(4, 9)))
    motion, n = data.draw(shapes.motions()), data.draw(st.integers(1, 3))
    order = shapes.shuffled(data, points)
    before = Grid(n_rings=n).graph(points).connectivities
    after = Grid(n_rings=n).graph(motion(points)[order]).connectivities
    assert (after != before[order][:, order]).nnz == 0


@given(st.data())
@settings(max_examples=40)
def test_the_shape_is_the_same_in_every_frame(shapes, data):
    points, motion = data.draw(shapes.slides()), data.draw(shapes.motions())
    assert lattice_shape(motion(points)) == lattice_shape(points)


def test_shapes(shapes):
    assert lattice_shape(shapes.hexagonal(8, 8) * 137) == "hexagonal"
    assert lattice_shape(np.round(shapes.hexagonal(8, 8) * 137)) == "hexagonal"
    assert lattice_shape(shapes.square(8, 8)) == "square"
    assert lattice_shape(shapes.irregular(200, 0)) is None
    assert lattice_shape(shapes.square(1, 30)) is None
    assert lattice_shape(shapes.square(1, 2)) is None


def test_slides_of_two_shapes_have_none(shapes):
    points = np.vstack([shapes.hexagonal(5, 5), shapes.square(5, 5)])
    assert lattice_shape(points, library=np.repeat([0, 1], 25)) is None
    assert lattice_shape(points, library=np.repeat([0, 0], 25)) is None
    two = np.vstack([shapes.hexagonal(5, 5), shapes.hexagonal(5, 5) * 3])
    assert lattice_shape(two, library=np.repeat([0, 1], 25)) == "hexagonal"


def apart(n, seed):
    """Return scattered cells that keep their distance, as cells do."""
    generator = np.random.default_rng(seed)
    points = generator.random((1, 2))
    for one in generator.random((9 * n, 2)):
        if len(points) < n and np.hypot(*(points - one).T).min() > 0.6 / np.sqrt(n):
            points = np.vstack([points, one])
    return points


@pytest.mark.parametrize("shape", ["square", "hexagonal"])
@pytest.mark.parametrize("n", [60, 300, 1000])
def test_scattered_cells_are_refused_with_the_share_that_is_isolated(shape, n):
    for points in (np.random.default_rng(n).random((n, 2)), apart(n, seed=n)):
        with pytest.raises(InputError, match=rf"do not lie on a {shape} grid \(\d+% have none"):
            Grid(shape).graph(points)


def test_a_grid_with_holes_or_jitter_is_one(shapes):
    generator = np.random.default_rng(0)
    points = shapes.square(40, 40)
    for share in (0.25, 0.6):
        Grid("square").graph(points[generator.random(1600) < share])
    Grid("square").graph(points + generator.normal(0, 0.08, points.shape))


@pytest.mark.parametrize("make", [lambda: Grid("round"), lambda: Grid(n_rings=0)])
def test_parameters_that_make_no_sense(make):
    with pytest.raises(InputError):
        make()
