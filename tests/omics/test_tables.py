"""Counts in tables of text, as the machines write them, and with a table of places."""

import gzip

import numpy as np
import pandas as pd
import pytest

from graphkit.errors import InputError
from graphkit.omics import raw_counts, read_spatial

COUNTS = np.array([[1, 0, 2], [0, 3, 0], [4, 0, 0]])


def table(names=("a", "b", "c"), **controls):
    return pd.DataFrame(COUNTS, index=list(names), columns=["A", "B", "C"]).assign(**controls)


def check(adata, places):
    order = np.argsort(adata.obsm["spatial"][:, 0])
    np.testing.assert_array_equal(raw_counts(adata).toarray()[order], COUNTS)
    np.testing.assert_allclose(adata.obsm["spatial"][order], places)
    assert list(adata.var_names) == ["A", "B", "C"]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_cosmx(tmp_path, ending):
    counts = table(NegPrb1=7, SystemControl2=1)
    counts.insert(0, "fov", [1, 1, 2])
    counts.insert(1, "cell_ID", [1, 2, 1])
    outside = counts.iloc[:1].assign(cell_ID=0)
    path = tmp_path / f"Lung5_exprMat_file.csv{ending}"
    pd.concat([outside, counts]).to_csv(path, index=False)
    places = counts[["fov", "cell_ID"]].assign(
        CenterX_global_px=[10, 20, 30], CenterY_global_px=[1, 2, 3], Area=5
    )
    places[::-1].to_csv(tmp_path / f"Lung5_metadata_file.csv{ending}", index=False)
    adata = read_spatial(tmp_path)
    check(adata, [[10, 1], [20, 2], [30, 3]])
    assert list(adata.obs_names) == ["1_1", "2_1", "1_2"]
    assert adata.obs["fov"].tolist() == [1, 1, 2]


def test_merscope(tmp_path):
    names = ["110", "111", "112"]
    table(names, **{"Blank-1": 9}).rename_axis("cell").to_csv(tmp_path / "cell_by_gene.csv")
    places = pd.DataFrame({"center_x": [1.5, 2.5, 3.5], "center_y": 0.5, "volume": 9.0}, names)
    places[::-1].to_csv(tmp_path / "cell_metadata.csv")
    check(read_spatial(tmp_path), [[1.5, 0.5], [2.5, 0.5], [3.5, 0.5]])


def test_slide_seq_has_genes_in_rows(tmp_path):
    table().T.rename_axis("GENE").to_csv(tmp_path / "Puck_1.digital_expression.txt.gz", sep="\t")
    places = pd.DataFrame({"barcodes": list("cba"), "xcoord": [3, 2, 1], "ycoord": [6, 5, 4]})
    places.to_csv(tmp_path / "Puck_1_bead_locations.csv", index=False)
    check(read_spatial(tmp_path), [[1, 4], [2, 5], [3, 6]])


def gem(path, **columns):
    spot, gene = np.nonzero(COUNTS)
    frame = pd.DataFrame({"geneID": np.array(list("ABC"))[gene], "x": 50 * spot + 7, "y": 3})
    frame["MIDCount"] = COUNTS[spot, gene]
    with gzip.open(path, "wt") as file:
        file.write("#FileFormat=GEMv0.1\n#OffsetX=0\n")
        frame.assign(**{name: value(spot) for name, value in columns.items()}).to_csv(
            file, sep="\t", index=False
        )
    return path


def test_stereo_seq_by_bins_or_cells(tmp_path):
    path = gem(tmp_path / "SS200.gem.gz")
    with pytest.warns(UserWarning, match="bins of 50 x 50 spots are read"):
        check(read_spatial(path), [[25, 25], [75, 25], [125, 25]])
    check(read_spatial(tmp_path, bin_size=25), [[12.5, 12.5], [62.5, 12.5], [112.5, 12.5]])
    cells = gem(tmp_path / "cells.gem.gz", CellID=lambda spot: spot + 1)
    check(read_spatial(cells), [[7, 3], [57, 3], [107, 3]])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_table_with_a_table_of_places(tmp_path, turned, delimiter):
    counts = table().T if turned else table()
    counts.to_csv(tmp_path / "counts.csv", sep=delimiter)
    places = pd.DataFrame({"x": [1, 2, 3], "y": [4, 5, 6]}, index=list("abc"))
    places.to_csv(tmp_path / "places.tsv", sep="\t")
    with pytest.raises(InputError, match=r"without places.*with positions"):
        read_spatial(tmp_path / "counts.csv")
    adata = read_spatial(tmp_path / "counts.csv", positions=tmp_path / "places.tsv")
    check(adata, [[1, 4], [2, 5], [3, 6]])


@pytest.mark.parametrize("turned", [False, True])
def test_cells_need_no_places_and_names_of_genes_tell_the_rows(tmp_path, turned):
    counts = table().set_axis(["MT-CO1", "Rpl3", "ENSG00000198804.2"], axis=1)
    (counts.T if turned else counts).to_csv(tmp_path / "cells.csv")
    with pytest.warns(UserWarning, match="read as 3 cells x 3 genes"):
        adata = read_spatial(tmp_path / "cells.csv", spatial_key=None)
    assert list(adata.obs_names) == list("abc")
    np.testing.assert_array_equal(adata.X.toarray(), COUNTS)


def test_a_table_whose_genes_have_other_names_is_read_with_cells_in_rows(tmp_path):
    table().to_csv(tmp_path / "cells.csv")
    with pytest.warns(UserWarning, match="3 cells x 3 genes.*transpose it if rows are genes"):
        read_spatial(tmp_path / "cells.csv", spatial_key=None)


def test_tables_that_do_not_fit(tmp_path):
    table().to_csv(tmp_path / "counts.csv")
    places = tmp_path / "places.csv"
    pd.DataFrame({"x": [1], "y": [2]}, index=["z"]).to_csv(places)
    with pytest.raises(InputError, match="3 of 3 barcodes of the matrix have no position"):
        read_spatial(tmp_path / "counts.csv", positions=places)
    pd.DataFrame({"left": [1], "top": [2]}, index=["a"]).to_csv(places)
    with pytest.raises(InputError, match=r"no columns of coordinates.*left, top; call two"):
        read_spatial(tmp_path / "counts.csv", positions=places)
    table().assign(A="much").to_csv(tmp_path / "counts.csv")
    pd.DataFrame({"x": [1, 2, 3], "y": [2, 3, 4]}, index=list("abc")).to_csv(places)
    with pytest.raises(InputError, match="no table of counts"):
        read_spatial(tmp_path / "counts.csv", positions=places)
    (tmp_path / "x.gem").write_text("a\tb\n1\t2\n")
    with pytest.raises(InputError, match=r"no GEM file \(it has a, b\)"):
        read_spatial(tmp_path / "x.gem")
