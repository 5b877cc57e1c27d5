"""Simulated cells for tests of clusters."""

import anndata
import numpy as np
import pytest
from scipy import sparse


@pytest.fixture
def cells():
    """Make cells of known types."""

    def make(seed=0, sizes=(60, 40, 20), depth=300):
        """Three types of cells; each has ten genes of its own."""
        rng = np.random.default_rng(seed)
        types = np.repeat(np.arange(len(sizes)), sizes)
        rates = np.ones((len(types), 60))
        for one in range(len(sizes)):
            rates[types == one, 10 * one : 10 * one + 10] = 5
        rates *= depth / rates.sum(axis=1, keepdims=True)
        adata = anndata.AnnData(sparse.csr_matrix(rng.poisson(rates).astype(np.float32)))
        adata.obs["truth"] = types.astype(str)
        return adata

    return make
