import numpy as np

from graphkit.datasets import CellsParams, TissueParams, simulate_cells, simulate_tissue
from graphkit.omics import cells_adata, raw_counts, read_spatial, tissue_adata, write_adata


def test_everything_is_in_its_slot(tmp_path):
    tissue = simulate_tissue(TissueParams(n_spots=60, n_slides=2), seed=4)
    adata = tissue_adata(tissue, expected=True)
    write_adata(adata, tmp_path / "x.h5ad")
    again = read_spatial(tmp_path / "x.h5ad", layer="expected", library_key="slide")
    np.testing.assert_array_equal(raw_counts(again).toarray(), tissue.counts)
    np.testing.assert_array_equal(again.layers["expected"], tissue.expected)
    np.testing.assert_array_equal(again.obsm["spatial"], tissue.coordinates)
    assert again.obs["layer"].cat.codes.tolist() == tissue.layer.tolist()
    assert again.obs["slide"].cat.codes.tolist() == tissue.slide.tolist()
    assert again.obs["array_col"].tolist() == tissue.array_col.tolist()
    assert tuple(again.var["module"]) == tissue.module
    assert tuple(again.obs_names) == tissue.barcodes


def test_the_truth_stays_out_unless_asked_for():
    assert not tissue_adata(simulate_tissue(TissueParams(n_spots=60))).layers


def test_cells_become_a_table():
    cells = simulate_cells(CellsParams(n_cells=60, wrong_labels=0.1), seed=4)
    adata = cells_adata(cells)
    assert np.array_equal(adata.X.toarray(), cells.counts)
    assert (adata.obs["cell_type"] != adata.obs["label"]).sum() == 6
    assert adata.obs["cell_type"].cat.codes.to_numpy().tolist() == cells.types.tolist()
    assert adata.var["marker_of"].isna().sum() == 380
