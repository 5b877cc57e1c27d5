import numpy as np
import pandas as pd
import pytest

from graphkit.errors import InputError
from graphkit.omics import read_spatial
from graphkit.omics.xenium import is_xenium, read_xenium

PLACES = pd.DataFrame(
    {"cell_id": ["AAAC-1", "CCCA-1", "GGGT-1", "TTTG-1"], "x_centroid": 1.0, "y_centroid": 2.0}
)
pytestmark = pytest.mark.filterwarnings("ignore:.*gene names occurred")


@pytest.mark.parametrize("cells", ["cells.parquet", "cells.csv.gz", "cells.csv"])
def test_centroids_are_joined_by_cell(xenium, cells):
    folder = xenium(cells)
    assert is_xenium(folder)
    adata = read_xenium(folder)
    np.testing.assert_array_equal(
        adata.obsm["spatial"], [[1.5, 10], [2.5, 20], [3.5, 30], [4.5, 40]]
    )
    assert adata.obs["cell_area"].tolist() == [1, 2, 3, 4]
    assert adata.n_vars == 3  # no control probe


def test_a_market_matrix_and_a_prefix(xenium, as_mtx):
    folder = xenium("cells.csv.gz")
    matrix = folder / "cell_feature_matrix"
    as_mtx(folder / "cell_feature_matrix.h5", matrix, "v3")
    for path in (folder, matrix, matrix / "matrix.mtx.gz"):
        assert read_spatial(path).shape == (4, 3)
    for path in list(folder.iterdir()):
        path.rename(path.with_name(f"Xenium_V1_Brain_{path.name}"))
    adata = read_spatial(folder)
    np.testing.assert_array_equal(adata.obsm["spatial"][:, 0], [1.5, 2.5, 3.5, 4.5])


def test_no_cells(xenium):
    folder = xenium()
    (folder / "cells.parquet").unlink()
    with pytest.raises(InputError, match=r"no table of cells.*with positions"):
        read_xenium(folder)
    PLACES.to_csv(folder / "mine.csv", index=False)
    assert read_xenium(folder, positions=folder / "mine.csv").n_obs == 4
