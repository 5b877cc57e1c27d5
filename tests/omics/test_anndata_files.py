import contextlib
import os
import stat

import anndata
import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.omics import write_adata
from graphkit.omics.anndata_files import explained, read_h5ad, read_zarr


def test_what_squidpy_plots_is_kept(small, tmp_path):
    small.uns["spatial"] = {
        "lib": {
            "images": {"hires": np.full((4, 5, 3), 0.2, np.float32)},
            "scalefactors": {"tissue_hires_scalef": 0.1, "spot_diameter_fullres": 89.4},
            "metadata": {"software_version": "x"},
        }
    }
    small.obs["domain"] = ["a", "b", "a", "b"]
    path = tmp_path / "x.h5ad"
    write_adata(small, path)
    again = read_h5ad(path)
    library = again.uns["spatial"]["lib"]
    np.testing.assert_array_equal(
        library["images"]["hires"], small.uns["spatial"]["lib"]["images"]["hires"]
    )
    assert library["scalefactors"] == small.uns["spatial"]["lib"]["scalefactors"]
    assert (again.X != small.X).nnz == 0
    assert small.obs["domain"].dtype == object  # writing changes nothing
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.filterwarnings("ignore:Writing zarr v2")
def test_zarr(small, tmp_path):
    small.write_zarr(tmp_path / "x.zarr")
    assert (read_zarr(tmp_path / "x.zarr").X != small.X).nnz == 0
    for path in (tmp_path / "x.zarr" / "X" / "data").rglob("*"):
        if path.is_file() and not path.name.startswith((".z", "zarr")):
            path.write_bytes(path.read_bytes()[:3])
    with pytest.raises(InputError, match=r"no readable AnnData \.zarr folder"):
        read_zarr(tmp_path / "x.zarr")


def test_zarr_is_written_by_the_ending_and_takes_the_place_of_an_older_one(small, tmp_path):
    path = tmp_path / "x.zarr"
    for shift in (0.0, 1.0):
        small.obsm["spatial"] += shift
        write_adata(small, path)
        again = read_zarr(path)
        np.testing.assert_array_equal(again.obsm["spatial"], small.obsm["spatial"])
        assert (again.X != small.X).nnz == 0
    assert list(tmp_path.iterdir()) == [path]
    small.uns["x"] = {"a": object()}
    with pytest.raises(InputError, match=r"Remove the slot that \.zarr files cannot hold"):
        write_adata(small, path)
    assert list(tmp_path.iterdir()) == [path]


def test_files_are_compressed(small, tmp_path):
    small.layers["flat"] = np.zeros(small.shape, dtype=np.float32)
    write_adata(small, tmp_path / "x.h5ad")
    with h5py.File(tmp_path / "x.h5ad") as file:
        assert file["layers/flat"].compression == "gzip"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("h5ad") / "x.h5ad"
    adata = anndata.AnnData(np.arange(6, dtype=np.float32).reshape(2, 3))
    adata.write_h5ad(path)
    return path.read_bytes()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_truncated_files_are_refused(written, tmp_path, share):
    path = tmp_path / "x.h5ad"
    path.write_bytes(written[: int(share * len(written))])
    with pytest.raises(InputError, match=r"no readable \.h5ad file") as caught:
        read_h5ad(path)
    assert caught.value.file == str(path)
    assert "truncated" in caught.value.remedy


def test_a_whole_file_of_something_else_is_not_called_truncated(tmp_path):
    with h5py.File(tmp_path / "x.h5ad", "w") as file:
        file["x"] = [1, 2]
    with pytest.raises(InputError) as caught:
        read_h5ad(tmp_path / "x.h5ad")
    assert "truncated" not in str(caught.value)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 255)), min_size=1, max_size=30))
# The same damage each time: what HDF5 itself does not survive is not to be drawn by chance.
@settings(
    max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_files_are_read_or_refused(written, tmp_path, changes):
    data = bytearray(written)
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path / "x.h5ad"
    path.write_bytes(data)
    # Any other exception fails the test.
    with contextlib.suppress(InputError):
        assert read_h5ad(path).n_obs >= 0


def test_a_failed_write_leaves_the_older_file_and_nothing_else(small, tmp_path):
    path = tmp_path / "x.h5ad"
    write_adata(small, path)
    before = path.read_bytes()
    small.uns["what"] = {"no": object()}
    with pytest.raises(InputError, match="cannot be written") as caught:
        write_adata(small, path)
    assert "/uns/what" in str(caught.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing(small, tmp_path, monkeypatch):
    def full(self, filename, **keywords):
        with open(filename, "wb") as file:
            file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(anndata.AnnData, "write_h5ad", full)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
        write_adata(small, tmp_path / "x.h5ad")
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing(small, tmp_path, monkeypatch):
    def stop(self, filename, **keywords):
        raise KeyboardInterrupt

    monkeypatch.setattr(anndata.AnnData, "write_h5ad", stop)
    with pytest.raises(KeyboardInterrupt):
        write_adata(small, tmp_path / "x.h5ad")
    assert list(tmp_path.iterdir()) == []


def test_no_such_folder_and_no_right_to_write_are_told(small, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_adata(small, tmp_path / "no" / "x.h5ad")
    if os.geteuid() != 0:
        tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
        with pytest.raises(InputError, match="cannot be written"):
            write_adata(small, tmp_path / "x.h5ad")


def test_explained_lets_errors_of_our_own_through(tmp_path):
    with pytest.raises(InputError, match="mine"), explained(tmp_path, "nothing"):
        raise InputError("mine")
    with pytest.raises(MemoryError), explained(tmp_path, "nothing"):
        raise MemoryError
