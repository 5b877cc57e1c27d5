import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from graphkit.errors import InputError
from graphkit.omics.spatialdata import is_spatialdata, read_spatialdata


@pytest.fixture
def store(tmp_path):
    for name in ("tables", "shapes"):
        (tmp_path / "x.zarr" / name).mkdir(parents=True)
    return tmp_path / "x.zarr"


def pretend(monkeypatch, tables, shapes=None):
    """Put a package in place of spatialdata that finds these tables in every store."""
    fake = SimpleNamespace(read_zarr=lambda path: SimpleNamespace(tables=tables, shapes=shapes))
    monkeypatch.setitem(sys.modules, "spatialdata", fake)


def test_recognised_by_its_elements(store, tmp_path):
    assert is_spatialdata(store)
    assert not is_spatialdata(tmp_path)


def test_not_installed(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "spatialdata", None)
    with pytest.raises(InputError, match=r"graphkit-bio\[spatial\]"):
        read_spatialdata(store)


def test_one_table_is_read(store, monkeypatch, small):
    pretend(monkeypatch, {"table": small})
    assert read_spatialdata(store) is small


@pytest.mark.parametrize(("names", "reason"), [((), "0 tables"), (("a", "b"), r"2 tables \(a, b")])
def test_none_or_several_tables_are_refused(store, monkeypatch, small, names, reason):
    pretend(monkeypatch, dict.fromkeys(names, small))
    with pytest.raises(InputError, match=reason):
        read_spatialdata(store)


def test_of_several_bins_those_of_8_um_are_read_unless_others_are_named(store, monkeypatch, small):
    bins = {f"square_{size:03d}um": small.copy() for size in (2, 8, 16)}
    pretend(monkeypatch, bins)
    with pytest.warns(UserWarning, match="square_016um, square_008um is read"):
        assert read_spatialdata(store) is bins["square_008um"]
    assert read_spatialdata(store, bin_size=16) is bins["square_016um"]
    with pytest.raises(InputError, match="has 3 tables"):
        read_spatialdata(store, bin_size=4)


def test_centres_are_those_of_the_shapes(store, monkeypatch, small):
    del small.obsm["spatial"]
    small.obs["region"], small.obs["instance"] = ["a", "a", "b", "b"], [3, 1, 1, 2]
    small.uns["spatialdata_attrs"] = {
        "region": ["a", "b"],
        "region_key": "region",
        "instance_key": "instance",
    }
    places = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": 4.0}, index=[1, 2, 3])
    shapes = {
        name: SimpleNamespace(geometry=SimpleNamespace(centroid=places + shift))
        for name, shift in (("a", 0), ("b", 10))
    }
    pretend(monkeypatch, {"table": small}, shapes)
    np.testing.assert_array_equal(
        read_spatialdata(store).obsm["spatial"], [[3, 4], [1, 4], [11, 14], [12, 14]]
    )
    del shapes["b"]
    del small.obsm["spatial"]
    with pytest.raises(InputError, match="no shapes that belong to the table"):
        read_spatialdata(store)
