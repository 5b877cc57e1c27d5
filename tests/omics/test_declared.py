"""What a file declares is looked at before it is read."""

import h5py
import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics.declared import check_declared


@pytest.fixture
def file(tmp_path):
    """Make an HDF5 file by a function that fills it."""

    def make(fill):
        path = tmp_path / "x.h5ad"
        with h5py.File(path, "w") as file:
            fill(file)
        return path

    return make


def test_a_table_is_taken(root):
    check_declared(root / "data/simulated_tissue.h5ad", most=20e6)


def test_a_bomb_is_refused_without_its_memory(file):
    def bomb(file):
        file.create_dataset("X", shape=(10**6, 10**6), dtype="f4", chunks=True)

    path = file(bomb)
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"x\.h5ad: declares more than 16,000 MB"):
        check_declared(path, most=16e9)


def test_many_small_ones_are_summed_up(file):
    path = file(lambda file: [file.create_dataset(f"g/{i}", data=np.zeros(100)) for i in range(20)])
    check_declared(path, most=16_000)
    with pytest.raises(InputError, match="declares more"):
        check_declared(path, most=15_999)


@pytest.mark.parametrize("kind", ["external link", "soft link", "external data", "virtual"])
def test_what_is_read_from_elsewhere_is_refused(file, kind, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(80))

    def fill(file):
        if kind == "external link":
            file["obs"] = h5py.ExternalLink(str(secret), "/")
        elif kind == "soft link":
            file["obs"] = h5py.SoftLink("/X")
        elif kind == "external data":
            file.create_dataset("X", (10,), "f8", external=[(str(secret), 0, 80)])
        else:
            layout = h5py.VirtualLayout((10,), "f8")
            layout[:] = h5py.VirtualSource(str(secret), "X", (10,))
            file.create_virtual_dataset("X", layout)

    with pytest.raises(InputError, match="is read from elsewhere"):
        check_declared(file(fill), most=1e9)


def test_a_circle_ends(file, monkeypatch):
    monkeypatch.setattr("graphkit.omics.declared.MOST_PARTS", 100)

    def circle(file):
        file["a/b"] = file

    with pytest.raises(InputError, match="more than 100 parts"):
        check_declared(file(circle), most=1e9)


def test_what_is_no_hdf5_is_refused(tmp_path):
    path = tmp_path / "x.h5ad"
    path.write_bytes(b"\x80\x04pickle")
    with pytest.raises(InputError, match=r"no readable \.h5ad file"):
        check_declared(path, most=1e9)


def test_nothing_has_no_size(file):
    check_declared(file(lambda file: file.create_dataset("x", data=h5py.Empty("f8"))), most=1)
