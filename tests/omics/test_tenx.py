import h5py
import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics import raw_counts
from graphkit.omics.tenx import read_10x_h5


@pytest.fixture
def matrix(outs):
    return outs() / "filtered_feature_bc_matrix.h5"


def test_genes_by_barcode_without_controls(matrix):
    adata = read_10x_h5(matrix)
    assert list(adata.obs_names) == ["AAAC-1", "CCCA-1", "GGGT-1", "TTTG-1"]
    assert list(adata.var_names) == ["A", "B", "A"]
    assert list(adata.var["gene_ids"]) == ["ENSG1", "ENSG2", "ENSG3"]
    assert set(adata.var["feature_types"]) == {"Gene Expression"}
    assert list(adata.var["genome"]) == ["GRCh38"] * 3
    expected = np.array([[1, 0, 2], [0, 3, 0], [4, 0, 0], [0, 0, 5]])
    np.testing.assert_array_equal(raw_counts(adata).toarray(), expected)
    assert adata.X.dtype == np.float32


def test_truncated_files_are_refused(matrix):
    matrix.write_bytes(matrix.read_bytes()[:-2000])
    with pytest.raises(InputError, match=r"no readable 10x \.h5 file"):
        read_10x_h5(matrix)


@pytest.mark.parametrize(("name", "value"), [("indices", 99), ("indptr", 50)])
def test_indices_out_of_bounds_are_refused(matrix, name, value):
    with h5py.File(matrix, "r+") as file:
        file["matrix"][name][-1] = value
    with pytest.raises(InputError, match=r"no readable 10x \.h5 file"):
        read_10x_h5(matrix)


def test_another_kind_of_file(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(InputError, match=r"no readable 10x \.h5 file"):
        read_10x_h5(path)
