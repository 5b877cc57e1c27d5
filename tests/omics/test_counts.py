import anndata
import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import log_normalise, raw_counts, read_spatial, write_adata
from graphkit.omics.counts import MAX_COUNT

COUNTS = np.random.default_rng(0).poisson(0.7, (12, 5))


def table(X, **keywords):
    return anndata.AnnData(X, **keywords)


@pytest.mark.parametrize(
    "X",
    [
        COUNTS.astype(np.float32),
        COUNTS.astype(np.int64),
        COUNTS.astype(np.float64),
        np.asfortranarray(COUNTS.astype(np.uint16)),
        sparse.csr_matrix(COUNTS),
        sparse.csc_matrix(COUNTS.astype(np.int32)),
        sparse.csr_array(COUNTS),
    ],
    ids=["float32", "int64", "float64", "uint16", "csr", "csc", "csr_array"],
)
def test_every_storage_gives_the_counts_of_dense_float32(X):
    found = raw_counts(table(X))
    assert isinstance(found, sparse.csr_matrix)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.toarray(), COUNTS)


def test_object_dtype_gives_the_same_or_is_refused():
    adata = table(COUNTS.astype(np.float32))
    adata.layers["counts"] = COUNTS.astype(object)
    np.testing.assert_array_equal(raw_counts(adata, layer="counts").toarray(), COUNTS)
    adata.layers["words"] = np.full(COUNTS.shape, "x", dtype=object)
    with pytest.raises(InputError, match=r"layers\['words'\]: holds objects"):
        raw_counts(adata, layer="words")


def test_backed_files_and_views_give_the_same(tmp_path):
    for name, X in (("dense", COUNTS.astype(np.float32)), ("sparse", sparse.csc_matrix(COUNTS))):
        path = tmp_path / f"{name}.h5ad"
        write_adata(table(X), path)
        backed = anndata.read_h5ad(path, backed="r")
        np.testing.assert_array_equal(raw_counts(backed).toarray(), COUNTS)
        np.testing.assert_array_equal(raw_counts(backed[2:7]).toarray(), COUNTS[2:7])
        backed.file.close()
    view = table(sparse.csr_matrix(COUNTS))[[4, 1, 1]][:, [3, 0]]
    np.testing.assert_array_equal(raw_counts(view).toarray(), COUNTS[[4, 1, 1]][:, [3, 0]])
    assert view.is_view


def test_lazy_arrays_give_the_same():
    dask = pytest.importorskip("dask.array", reason="dask is not installed")
    adata = table(dask.from_array(COUNTS.astype(np.float32), chunks=(5, 5)))
    np.testing.assert_array_equal(raw_counts(adata).toarray(), COUNTS)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.nan, "missing or infinite value nan"),
        (np.inf, "missing or infinite value inf"),
        (-1.0, "negative value -1"),
        (0.5, "0.5 is no whole number"),
        (MAX_COUNT + 2.0, "larger than any count"),
    ],
)
def test_what_no_count_can_be_names_spot_and_gene(value, reason):
    X = COUNTS.astype(np.float64)
    X[3, 2] = value
    with pytest.raises(InputError, match=reason) as caught:
        raw_counts(table(X))
    assert "(spot 3, gene 2)" in str(caught.value)
    assert caught.value.slot == "X"


def test_int64_overflow_is_refused_and_not_rounded():
    X = COUNTS.astype(np.int64)
    X[0, 0] = 2**53 + 1
    with pytest.raises(InputError, match="9007199254740993 is larger"):
        raw_counts(table(X))


def test_log_already_names_the_slot_with_counts():
    logged = log_normalise(sparse.csr_matrix(COUNTS))
    with pytest.raises(InputError, match="no whole number") as caught:
        raw_counts(table(logged))
    assert "Give raw counts" in caught.value.remedy
    with_layer = table(logged, layers={"logs": logged, "umi": sparse.csr_matrix(COUNTS)})
    with pytest.raises(InputError, match="pass layer='umi'"):
        raw_counts(with_layer)
    with pytest.raises(InputError, match="pass layer='umi'"):
        raw_counts(with_layer, layer="logs")
    with_raw = table(sparse.csr_matrix(COUNTS))
    with_raw.raw = with_raw.copy()
    with_raw.X = logged
    with pytest.raises(InputError, match=r"pass adata\.raw\.to_adata\(\)"):
        raw_counts(with_raw)
    np.testing.assert_array_equal(raw_counts(with_raw.raw.to_adata()).toarray(), COUNTS)
    other = table(sparse.csr_matrix(COUNTS), layers={"logs": logged})
    with pytest.raises(InputError, match="pass layer=None"):
        raw_counts(other, layer="logs")


def test_a_layer_that_is_not_there():
    adata = table(COUNTS.astype(np.float32), layers={"umi": COUNTS})
    np.testing.assert_array_equal(raw_counts(adata, layer="umi").toarray(), COUNTS)
    with pytest.raises(InputError, match=r"layers\['counts'\]: no such layer. There are: 'umi'"):
        raw_counts(adata, layer="counts")


def test_no_matrix():
    adata = anndata.AnnData(shape=COUNTS.shape, layers={"umi": COUNTS})
    with pytest.raises(InputError, match="X: is empty"):
        raw_counts(adata)


@pytest.mark.parametrize(("shape", "reason"), [((0, 3), "no spots"), ((3, 0), "no genes")])
def test_no_spots_and_no_genes_are_refused(shape, reason):
    with pytest.raises(InputError, match=reason):
        raw_counts(table(np.ones(shape, np.float32)))


def test_only_zeros():
    with pytest.raises(InputError, match="every count is zero"):
        raw_counts(table(np.zeros((3, 2), np.float32)))


def test_the_users_matrix_stays_as_it_was(tmp_path):
    X = sparse.csr_matrix(np.array([[1.0, 0], [0, 2]], dtype=np.float32))
    X.data[0] = 0  # a stored zero
    adata = table(X)
    assert raw_counts(adata).nnz == 1
    assert adata.X.nnz == 2
    write_adata(adata, tmp_path / "x.h5ad")
    assert raw_counts(read_spatial(tmp_path / "x.h5ad", spatial_key=None)).nnz == 1
