import errno
import os

import anndata
import numpy as np
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import log_normalise, mapped, raw_counts, read_spatial
from graphkit.omics.mapped import by_rows, is_mapped, new_array, row_blocks, stacked, too_large

COUNTS = sparse.random(70, 30, 0.3, "csr", random_state=0, dtype=np.float32)
COUNTS.data = np.ceil(COUNTS.data * 5)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(mapped, "_BLOCK", 100)


@pytest.fixture(params=["x.h5ad", "x.zarr"])
def file(request, tmp_path):
    places = np.random.default_rng(0).random((70, 2))
    adata = anndata.AnnData(COUNTS.copy(), obsm={"spatial": places}, uns={"about": {"a": 1}})
    adata.raw = adata.copy()
    adata.layers["dense"] = COUNTS.toarray().astype(np.int64)
    adata.obs["side"] = ["left", "right"] * 35
    path = tmp_path / request.param
    if path.suffix == ".zarr":
        with pytest.warns(UserWarning, match="zarr"):
            adata.write_zarr(path)
    else:
        adata.write_h5ad(path)
    return path


def test_a_table_on_disk_is_the_table_in_memory(file):
    here, there = read_spatial(file), read_spatial(file, on_disk=True)
    assert not is_mapped(here.X)
    for one in (there.X, there.raw.X, there.layers["dense"], raw_counts(there, layer="dense")):
        assert is_mapped(one)
        np.testing.assert_array_equal(one.toarray(), COUNTS.toarray())
    assert list(there.obs["side"]) == list(here.obs["side"])
    assert there.uns["about"]["a"] == 1
    np.testing.assert_array_equal(there.obsm["spatial"], here.obsm["spatial"])
    logged = log_normalise(raw_counts(there))
    assert is_mapped(logged)
    assert (logged != log_normalise(raw_counts(here))).nnz == 0


def test_what_is_too_large_for_memory_is_mapped_unless_told_otherwise(file, monkeypatch):
    monkeypatch.setattr(mapped, "free_memory", lambda: 8.0 * 8 * COUNTS.nnz - 1)
    there = read_spatial(file)
    assert is_mapped(there.X)
    assert not is_mapped(read_spatial(file, on_disk=False).X)
    monkeypatch.setattr(mapped, "free_memory", lambda: None)
    assert not is_mapped(read_spatial(file).X)


@pytest.mark.parametrize("layer", [None, "dense"])
def test_a_backed_table_is_read_by_blocks_where_it_is_too_large(tmp_path, monkeypatch, layer):
    adata = anndata.AnnData(COUNTS if layer is None else COUNTS.toarray())
    adata.write_h5ad(tmp_path / "x.h5ad")
    backed = anndata.read_h5ad(tmp_path / "x.h5ad", backed="r")
    assert not is_mapped(raw_counts(backed))
    monkeypatch.setattr(mapped, "free_memory", lambda: 1.0)
    counts = raw_counts(backed)
    assert is_mapped(counts)
    assert (counts != COUNTS).nnz == 0
    backed.file.close()


def test_columns_on_disk_are_read_whole(tmp_path, monkeypatch):
    anndata.AnnData(COUNTS.tocsc(), obsm={"spatial": np.eye(70, 2)}).write_h5ad(tmp_path / "x.h5ad")
    monkeypatch.setattr(mapped, "free_memory", lambda: 1.0)
    with pytest.warns(UserWarning, match="share"):
        adata = read_spatial(tmp_path / "x.h5ad")
    assert (raw_counts(adata) != COUNTS).nnz == 0


@pytest.mark.parametrize("rows", [None, np.array([3, 3, 0, 69])])
def test_rows_are_made_one_block_at_a_time(rows):
    sizes = []

    def doubled(part):
        sizes.append(part.nnz)
        return part * 2

    found = by_rows(doubled, stacked([COUNTS]), rows)
    expected = (COUNTS if rows is None else COUNTS[rows]) * 2
    np.testing.assert_array_equal(found.toarray(), expected.toarray())
    assert max(sizes) < 200
    assert is_mapped(found)


def test_blocks_cover_each_row_once():
    blocks = list(row_blocks((70, 30), COUNTS.nnz))
    assert np.concatenate([np.arange(70)[part] for part in blocks]).tolist() == list(range(70))
    assert len(blocks) > 5


def test_nothing_at_all_is_a_matrix_too():
    assert stacked([sparse.csr_matrix((3, 4), dtype=np.float32)] * 2).shape == (6, 4)
    assert new_array((0, 4), np.float32, mapped=True).shape == (0, 4)


def test_without_room_on_the_disk_the_remedy_names_the_folder(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(InputError, match=r"no room .*No space left.*TMPDIR"):
        new_array((5, 5), np.float32, mapped=True)


def test_nobody_knows_the_memory_so_nothing_is_too_large(monkeypatch, tmp_path):
    monkeypatch.setattr(mapped, "MEMINFO", tmp_path / "none")
    assert not too_large(10**15)
