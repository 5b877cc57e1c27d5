import gzip

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics.positions import place, read_table

NAMES = ("id", "x", "y", "kind")
HEADER = "id,x,y,kind\n"
ROWS = "b,3,4.5,round\na,1,2.5,flat\n"


def write(path, text):
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
@pytest.mark.parametrize("header", ["", HEADER])
def test_with_and_without_header(tmp_path, name, header):
    table = read_table(write(tmp_path / name, header + ROWS), names=NAMES, key="id")
    assert list(table.index) == ["b", "a"]
    assert table["x"].tolist() == [3, 1]
    assert table["y"].tolist() == [4.5, 2.5]
    assert table["kind"].tolist() == ["round", "flat"]


def test_names_that_look_like_numbers_stay_text(tmp_path):
    table = read_table(write(tmp_path / "t.csv", HEADER + "007,1,2,x\n"), names=(), key="id")
    assert list(table.index) == ["007"]


def test_parquet_by_column_or_index(tmp_path):
    table = read_table(write(tmp_path / "t.csv", HEADER + ROWS), names=(), key="id")
    for index in (True, False):
        frame = table.rename_axis("id") if index else table.rename_axis("id").reset_index()
        frame.to_parquet(tmp_path / "t.parquet", index=index)
        again = read_table(tmp_path / "t.parquet", names=(), key="id")
        assert again.equals(table)


def test_parquet_of_bytes(tmp_path):
    import pandas as pd

    pd.DataFrame({"id": [b"a"], "x": [1.0]}).to_parquet(tmp_path / "t.parquet", index=False)
    assert list(read_table(tmp_path / "t.parquet", names=(), key="id").index) == ["a"]


def test_parquet_without_pyarrow(tmp_path, monkeypatch):
    def missing(path):
        raise ImportError("no engine")

    monkeypatch.setattr("pandas.read_parquet", missing)
    with pytest.raises(InputError, match=r"need pyarrow.*graphkit-bio"):
        read_table(tmp_path / "t.parquet", names=(), key="id")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no readable table"),
        ("a,1\nb,2\n", "no readable table"),
        (HEADER.replace("id", "barcode") + "id,1,2,x\n", "no readable table|occurs twice"),
        (HEADER + ROWS + "a,9,9,x\n", "id a occurs twice"),
    ],
)
def test_tables_that_are_refused(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason):
        read_table(write(tmp_path / "t.csv", text), names=("id", "x", "y"), key="id")


def test_a_column_that_is_not_there(tmp_path):
    path = write(tmp_path / "t.parquet", "")
    import pandas as pd

    pd.DataFrame({"barcode": ["a"]}).to_parquet(path, index=False)
    with pytest.raises(InputError, match=r"no column 'id'\. It has barcode"):
        read_table(path, names=(), key="id")


def test_join_is_by_name(small, tmp_path):
    rows = "".join(f"{name},{i},{-i},k{i}\n" for i, name in enumerate(small.obs_names))
    lines = rows.splitlines()[::-1]
    path = write(tmp_path / "t.csv", HEADER + "\n".join(["other,9,9,k9", *lines]))
    place(small, read_table(path, names=(), key="id"), x="x", y="y", path=path)
    np.testing.assert_array_equal(small.obsm["spatial"], [[i, -i] for i in range(4)])
    assert small.obs["kind"].tolist() == ["k0", "k1", "k2", "k3"]


def test_barcodes_without_a_place(small, tmp_path):
    path = write(tmp_path / "t.csv", HEADER + "AAAC-1,1,2,x\n")
    table = read_table(path, names=(), key="id")
    with pytest.raises(InputError, match="3 of 4 barcodes of the matrix have no position") as error:
        place(small, table, x="x", y="y", path=path)
    assert error.value.record == "CCCA-1"
    with pytest.raises(InputError, match="no column 'z'"):
        place(small, table, x="x", y="z", path=path)
