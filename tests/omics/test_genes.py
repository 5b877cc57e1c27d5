import anndata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from graphkit.errors import InputError
from graphkit.omics import gene_index, gene_symbols
from graphkit.omics.genes import find_genes

IDS = ["ENSG00000197971.17", "ENSMUSG00000041607", "ENSG00000111111"]

SYMBOLS = ["MBP", "PLP1", "SNAP25", "MOBP"]
ENSEMBL = [f"ENSG0000000000{i}" for i in range(4)]


def table(names, **columns):
    var = pd.DataFrame(columns, index=names)
    return anndata.AnnData(np.ones((1, len(names)), np.float32), var=var)


@pytest.mark.parametrize("column", ["gene_name", "symbol", "feature_name", "gene_symbols"])
def test_symbols_where_names_are_ensembl(column):
    adata = table(IDS, **{column: ["MBP", "Mbp", None]})
    assert gene_index(adata, ["Mbp", "MBP", "ENSG00000111111"]).tolist() == [1, 0, 2]
    assert gene_index(adata, "MBP").tolist() == [0]
    assert gene_symbols(adata).tolist() == ["MBP", "Mbp", "ENSG00000111111"]


def test_identifiers_where_names_are_symbols():
    adata = table(["MBP", "PLP1"], gene_ids=["ENSG00000197971", "ENSG00000123560"])
    assert gene_index(adata, ["ENSG00000123560", "MBP"]).tolist() == [1, 0]
    assert gene_symbols(adata).tolist() == ["MBP", "PLP1"]


def test_versions_do_not_matter():
    assert gene_index(table(IDS), ["ENSG00000197971"]).tolist() == [0]


def test_names_come_before_other_columns():
    adata = table(["A", "B"], symbol=["B", "A"])
    assert gene_index(adata, ["A", "B"]).tolist() == [0, 1]


def test_categorical_symbols():
    adata = table(IDS, symbol=pd.Categorical(["MBP", None, "MBP"]))
    assert gene_symbols(adata).tolist() == ["MBP", IDS[1], "MBP"]


def test_a_name_of_two_genes_is_refused():
    adata = table(IDS, symbol=["MBP", "MBP", "X"])
    assert gene_index(adata, ["X"]).tolist() == [2]
    with pytest.raises(InputError, match="'MBP' stands for several genes"):
        gene_index(adata, ["MBP"])


def test_missing_genes():
    adata = table(["A", "B"])
    with pytest.raises(InputError, match=r"no such genes: X, Y\. Names are like A, B"):
        gene_index(adata, ["A", "X", "Y"])
    assert gene_index(adata, ["A", "X"], missing="mark").tolist() == [0, -1]
    assert gene_index(adata, []).dtype == np.int64
    with pytest.raises(InputError, match="'raise' or 'mark'"):
        gene_index(adata, ["A"], missing="ignore")


@pytest.fixture(params=["symbols", "ensembl"])
def adata(request):
    if request.param == "symbols":
        return AnnData(np.ones((2, 4)), var=pd.DataFrame(index=SYMBOLS))
    return AnnData(np.ones((2, 4)), var=pd.DataFrame({"gene_name": SYMBOLS}, index=ENSEMBL))


def test_symbols_in_the_order_given(adata):
    assert find_genes(adata, ["SNAP25", "MBP"]) == [2, 0]
    assert find_genes(adata, []) == []


def test_an_unknown_gene_gets_suggestions(adata):
    with pytest.raises(InputError, match=r"--genes: no such genes: Mbp. Close to it: MBP, MOBP"):
        find_genes(adata, ["PLP1", "Mbp"])


def test_a_gene_like_none_gets_examples(adata):
    with pytest.raises(InputError, match=r"no such genes: XYZZY. Names are like"):
        find_genes(adata, ["XYZZY"])
