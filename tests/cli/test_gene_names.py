import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from graphkit.cli.gene_names import find_genes, split_names
from graphkit.errors import InputError

SYMBOLS = ["MBP", "PLP1", "SNAP25", "MOBP"]
ENSEMBL = [f"ENSG0000000000{i}" for i in range(4)]


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


@pytest.mark.parametrize(
    ("text", "names"), [("", []), (",", []), ("a", ["a"]), (" a , b c ", ["a", "b c"])]
)
def test_lists_with_commas(text, names):
    assert split_names(text) == names
