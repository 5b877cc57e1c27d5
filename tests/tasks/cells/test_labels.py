"""Labels of cells."""

import anndata
import numpy as np
import pandas as pd
import pytest

from graphkit.errors import InputError
from graphkit.tasks.cells.labels import types_of


def test_what_is_missing_is_empty_and_numbers_are_names():
    adata = anndata.AnnData(np.ones((4, 1)))
    adata.obs["kind"] = pd.Categorical([1, 1, 2, 2])
    assert types_of(adata, "kind").tolist() == ["1", "1", "2", "2"]
    adata = anndata.AnnData(np.ones((6, 1)))
    adata.obs["kind"] = ["a", "a", None, "b", "c", "c"]
    with (
        pytest.warns(UserWarning, match="1 cells have no kind"),
        pytest.warns(UserWarning, match="types of one cell, which can hardly be told: b"),
    ):
        assert types_of(adata, "kind").tolist() == ["a", "a", "", "b", "c", "c"]


def test_columns_that_are_there_are_named():
    adata = anndata.AnnData(np.ones((2, 1)), obs=pd.DataFrame({"kind": ["a", "b"]}, ["x", "y"]))
    with pytest.raises(InputError, match=r"obs\['type'\].*missing.*There are: kind"):
        types_of(adata, "type")


def test_names_of_cells_are_no_types():
    adata = anndata.AnnData(np.ones((3, 1)))
    adata.obs["kind"] = ["a", "b", "c"]
    with pytest.raises(InputError, match="0 of its 3 labels have two cells or more"):
        types_of(adata, "kind")
