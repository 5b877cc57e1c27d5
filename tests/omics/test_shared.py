"""Genes that two tables share."""

import anndata
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.omics.shared import shared_genes


def table(names, **columns):
    var = pd.DataFrame(columns, index=list(names))
    return anndata.AnnData(np.ones((1, len(var)), dtype=np.float32), var=var)


def test_identifiers_match_a_column_of_another_table_whatever_their_version():
    one = table(["ENSG00000254647.7", "ENSG00000115263.15"])
    other = table(["GCG", "INS"], gene_ids=["ENSG00000115263", "ENSG00000254647"])
    found = shared_genes(one, other, fewest=2)
    assert (found.first.tolist(), found.second.tolist()) == ([0, 1], [1, 0])
    assert found.how == "names and var['gene_ids']"


def test_case_is_kept_where_names_match_as_they_are():
    one, other = table(["A", "B", "C"]), table(["A", "B", "c"])
    assert shared_genes(one, other, fewest=1).first.tolist() == [0, 1]


def test_a_name_of_two_genes_matches_none():
    one, other = table(["Sept1", "SEPT1", "INS"]), table(["sept1", "ins"])
    assert shared_genes(one, other, fewest=1).first.tolist() == [2]


def test_too_few_are_refused_with_both_styles():
    with pytest.raises(InputError, match="INS, GCG in one and g0, g1 in the other"):
        shared_genes(table(["INS", "GCG"]), table(["g0", "g1"]))


@given(st.lists(st.text("abcd", min_size=1, max_size=3), min_size=1, max_size=12, unique=True))
def test_a_table_shares_all_genes_with_its_own_order_reversed(names):
    found = shared_genes(table(names), table(names[::-1]), fewest=1)
    assert np.array_equal(found.second, len(names) - 1 - found.first)
    assert len(found.first) == len(names)
