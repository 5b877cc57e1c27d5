"""Slides on which graphs must not change when they are turned, moved, scaled or shuffled."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st


def hexagonal(rows: int, columns: int) -> np.ndarray:
    row, column = np.divmod(np.arange(rows * columns), columns)
    return np.column_stack([column + (row % 2) / 2, row * math.sqrt(3) / 2])


def square(rows: int, columns: int) -> np.ndarray:
    return np.column_stack(np.divmod(np.arange(rows * columns), columns)).astype(float)


def irregular(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((n, 2))


def slides() -> st.SearchStrategy:
    """Grids with and without holes, and spots anywhere."""
    sides = st.integers(3, 9)
    whole = st.one_of(
        st.builds(hexagonal, sides, sides),
        st.builds(square, sides, sides),
        st.builds(irregular, st.integers(9, 60), st.integers(0, 10**6)),
    )
    return st.builds(_punched, whole, st.integers(0, 10**6))


def motions() -> st.SearchStrategy:
    """Rotation, change of unit, shift."""
    return st.builds(
        _motion,
        st.floats(0, 2 * math.pi),
        st.floats(-4, 4).map(lambda power: 10.0**power),
        st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
    )


def _motion(angle, scale, shift):
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return lambda points: (points @ turn.T + np.array(shift)) * scale


def _punched(points, seed):
    """Without some of its spots, seven left at least."""
    generator = np.random.default_rng(seed)
    keep = max(7, round(len(points) * generator.uniform(0.6, 1.2)))
    return points[np.sort(generator.permutation(len(points))[:keep])]


def shuffled(data: st.DataObject, points: np.ndarray) -> np.ndarray:
    """Draw an order of the points."""
    return np.array(data.draw(st.permutations(range(len(points)))))
