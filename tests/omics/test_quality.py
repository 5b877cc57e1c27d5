import anndata
import numpy as np
import pytest
from scipy import sparse

from graphkit.omics import cell_quality


@pytest.fixture
def cells():
    """200 cells; cell 0 lost nearly all, cell 1 all but its mitochondria."""
    rng = np.random.default_rng(0)
    counts = rng.poisson(np.r_[np.full(90, 10.0), np.full(10, 2.0)], (200, 100))
    counts[0] = rng.binomial(counts[0], 0.05)
    counts[1, :90] = rng.binomial(counts[1, :90], 0.3)
    counts[1, 90:] += 20
    adata = anndata.AnnData(sparse.csr_matrix(counts.astype(np.float32)))
    adata.var_names = [f"GENE{i}" for i in range(90)] + [f"mt-Co{i}" for i in range(10)]
    return adata


def test_damaged_cells_are_found_and_columns_are_scanpys(cells):
    found = cell_quality(cells, cells.X)
    assert set(found) == {
        "n_genes_by_counts",
        "total_counts",
        "total_counts_mt",
        "pct_counts_mt",
        "damaged",
    }
    assert np.flatnonzero(found["damaged"]).tolist() == [0, 1]
    assert found["total_counts"].tolist() == cells.X.sum(axis=1).A1.tolist()
    assert found.index.equals(cells.obs_names)


def test_without_mitochondrial_genes_there_is_no_such_column(cells):
    found = cell_quality(cells[:, :90], cells.X[:, :90])
    assert not [name for name in found if name.endswith("mt")]
    assert found["damaged"].iloc[0]


def test_symbols_are_read_where_names_are_identifiers(cells):
    cells.var["gene_name"] = cells.var_names
    cells.var_names = [f"ENSG{i:011d}" for i in range(100)]
    assert "pct_counts_mt" in cell_quality(cells, cells.X)


def test_a_cell_without_counts_is_damaged(cells):
    counts = cells.X.tolil()
    counts[5] = 0
    assert cell_quality(cells, counts.tocsr())["damaged"].iloc[5]
