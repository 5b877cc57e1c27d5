"""Cells of known types, as networks read them."""

import numpy as np
import pytest
from scipy import sparse

from graphkit.methods import CellParams
from graphkit.tasks.cells.networks import Cells

TRUTH = np.repeat([0, 1, 2], 40)


@pytest.fixture
def few_cells():
    """Three types of 40 cells with ten genes of their own each; a short recipe."""
    rng = np.random.default_rng(0)
    rates = np.ones((120, 40))
    for one in range(3):
        rates[one == TRUTH, 10 * one : 10 * one + 10] = 5
    counts = sparse.csr_matrix(rng.poisson(rates).astype(np.float32))
    logged = np.log1p(counts.toarray())
    left, size, _ = np.linalg.svd(logged - logged.mean(axis=0), full_matrices=False)
    recipe = CellParams(hidden=16, dim=6, steps=200, min_epochs=8, batch_size=40, lr=5e-3)
    return Cells(counts, left[:, :5] * size[:5], 3, recipe, device="cpu", threads=1)


@pytest.fixture
def truth():
    """Type of each cell."""
    return TRUTH
