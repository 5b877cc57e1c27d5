import sys
from types import SimpleNamespace

import pytest

from graphkit.errors import InputError
from graphkit.omics.spatialdata import is_spatialdata, read_spatialdata


@pytest.fixture
def store(tmp_path):
    for name in ("tables", "shapes"):
        (tmp_path / "x.zarr" / name).mkdir(parents=True)
    return tmp_path / "x.zarr"


def pretend(monkeypatch, tables):
    """Put a package in place of spatialdata that finds these tables in every store."""
    fake = SimpleNamespace(read_zarr=lambda path: SimpleNamespace(tables=tables))
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
