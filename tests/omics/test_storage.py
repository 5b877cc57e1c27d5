import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics.storage import as_csr, in_memory

VALUES = np.array([[0, 2, 0], [1, 0, 0], [0, 0, 7]])


class Lazy:
    """What dask arrays have in common with others of their kind."""

    def compute(self):
        return VALUES


class OnDisk:
    """What backed sparse matrices of anndata have in common."""

    def to_memory(self):
        return sparse.csc_matrix(VALUES)


STORED = {
    "dense": VALUES,
    "fortran": np.asfortranarray(VALUES, dtype=np.float64),
    "object": VALUES.astype(object),
    "bool": VALUES > 0,
    "float16": VALUES.astype(np.float16),
    "uint8": VALUES.astype(np.uint8),
    "csr": sparse.csr_matrix(VALUES),
    "csc": sparse.csc_matrix(VALUES),
    "coo": sparse.coo_matrix(VALUES),
    "array": sparse.csc_array(VALUES),
    "frame": pd.DataFrame(VALUES),
    "lazy": Lazy(),
    "on disk": OnDisk(),
}


@pytest.mark.parametrize("name", STORED)
def test_the_same_numbers_however_they_are_stored(name):
    matrix = as_csr(STORED[name], slot="X")
    expected = VALUES > 0 if name == "bool" else VALUES
    assert isinstance(matrix, sparse.csr_matrix)
    np.testing.assert_array_equal(matrix.toarray(), expected)
    assert matrix.has_canonical_format
    assert matrix.nnz == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-3, 3)), min_size=1, max_size=30
    )
)
def test_duplicates_are_added_up_zeros_dropped_and_the_users_matrix_left(triples):
    row, column, value = (np.array(part) for part in zip(*triples, strict=True))
    # CSR straight from its parts, so that duplicates and zeros stay in it.
    order = np.argsort(row, kind="stable")
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=5))])
    messy = sparse.csr_matrix((value[order], column[order], indptr), shape=(5, 4))
    before = messy.data.copy(), messy.indices.copy()
    clean = as_csr(messy, slot="X")
    expected = np.zeros((5, 4))
    np.add.at(expected, (row, column), value)
    np.testing.assert_array_equal(clean.toarray(), expected)
    assert clean.nnz == np.count_nonzero(expected)
    np.testing.assert_array_equal(messy.data, before[0])
    np.testing.assert_array_equal(messy.indices, before[1])


def test_a_clean_matrix_is_not_copied():
    matrix = sparse.csr_matrix(VALUES)
    assert np.shares_memory(as_csr(matrix, slot="X").data, matrix.data)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array([["a", "b"]], dtype=object), "objects that are no numbers"),
        (np.array([["a", "b"]]), "holds <U1 values"),
        (np.ones((2, 2), dtype=complex), "complex128"),
        (np.ones(3), "1 dimensions"),
    ],
)
def test_what_is_no_matrix_of_numbers(values, reason):
    with pytest.raises(InputError, match=reason) as caught:
        as_csr(values, slot="layers['x']")
    assert caught.value.slot == "layers['x']"


def test_in_memory_does_not_copy_arrays():
    assert in_memory(VALUES) is VALUES
