"""The verb writes what its estimator finds."""

import anndata
import numpy as np

from graphkit import cluster
from graphkit.methods import CellParams

QUICK = CellParams(steps=60, min_epochs=2)


def test_the_slots_are_filled_and_a_copy_leaves_the_table_as_it_is(cells, tmp_path):
    adata = cells()
    found = cluster(adata, n_clusters=3, members=1, params=QUICK, copy=True, device="cpu")
    assert "cluster" not in adata.obs
    assert found.obs["cluster"].cat.categories.tolist() == ["1", "2", "3"]
    assert len(found.uns["cluster_colors"]) == 3
    assert found.obsm["X_cluster"].shape == (120, 24 + 30)
    assert found.uns["graphkit"]["cluster"]["verb"] == "cluster"
    assert found.obs["cluster_oddness"].between(0, 1).all()
    assert not found.obs["cluster_damaged"].any()
    found.write_h5ad(tmp_path / "x.h5ad")
    again = anndata.read_h5ad(tmp_path / "x.h5ad")
    np.testing.assert_array_equal(again.obs["cluster"], found.obs["cluster"])


def test_columns_of_quality_that_are_there_stay(cells):
    adata = cells()
    adata.obs["total_counts"] = 7.0
    cluster(adata, n_clusters=3, members=1, params=QUICK, device="cpu")
    assert (adata.obs["total_counts"] == 7).all()
    assert (adata.obs["n_genes_by_counts"] > 7).all()
