import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics.xenium import is_xenium, read_xenium


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


def test_no_cells(xenium):
    folder = xenium()
    (folder / "cells.parquet").unlink()
    with pytest.raises(InputError, match="no table of cells"):
        read_xenium(folder)
