"""The nearest cells of a reference."""

import anndata
import numpy as np
import pandas as pd
import pytest

import graphkit
from graphkit.errors import InputError
from graphkit.tasks.nearest import index_adata


@pytest.fixture
def cells():
    """Three clouds of fifty cells each."""
    labels = np.repeat(["a", "b", "c"], 50)
    noise = np.random.default_rng(0).normal(size=(150, 6))
    values = (noise + 4 * np.repeat([0, 1, 2], 50)[:, None]).astype(np.float32)
    obs = pd.DataFrame({"type": pd.Categorical(labels)}, index=[f"cell{i}" for i in range(150)])
    obsm = {"X_pca": values, "X_umap": values[:, :2], "spatial": values[:, 2:4]}
    return anndata.AnnData(np.ones((150, 2), np.float32), obs=obs, obsm=obsm)


def test_cells_are_looked_up_by_their_components(cells):
    found = graphkit.nearest(cells[::2], cells[1::2], n=3, label="type")
    assert found.columns.tolist() == ["query", "rank", "distance", "label", "neighbour"]
    assert found["rank"].tolist() == [1, 2, 3] * 75
    own = cells.obs.loc[found["query"], "type"].astype(str).to_numpy()
    assert (found["label"] == own).mean() > 0.95
    assert (
        cells.obs.loc[found["neighbour"], "type"].astype(str) == found["label"].to_numpy()
    ).all()
    names = graphkit.nearest(index_adata(cells), cells[:5], n=1)
    assert names["label"].tolist() == cells.obs_names[:5].tolist()


def test_what_could_be_meant_is_asked(cells):
    with pytest.raises(InputError, match=r"obs\['kind'\]: missing. There are: type"):
        graphkit.nearest(cells, cells, label="kind")
    with pytest.raises(InputError, match="no embedding in obsm"):
        graphkit.nearest(anndata.AnnData(cells.X), cells)
    cells.obsm["X_scvi"] = cells.obsm.pop("X_pca")
    assert index_adata(cells).about_ == {"use_rep": "X_scvi"}
    cells.obsm["X_harmony"] = cells.obsm["X_scvi"]
    with pytest.raises(InputError, match="2 embeddings could be meant: X_scvi, X_harmony"):
        graphkit.nearest(cells, cells)
