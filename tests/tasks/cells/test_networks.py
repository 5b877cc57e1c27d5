"""Every method in the table embeds cells, and the table of methods is what `cluster` offers."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from graphkit.errors import InputError
from graphkit.methods import CellParams
from graphkit.tasks.cells.clusters import CellClusters
from graphkit.tasks.cells.networks import METHODS, Cells

QUICK = CellParams(steps=60, min_epochs=6)


def read(adata, recipe=QUICK):
    logged = np.log1p(adata.X.toarray())
    left, size, _ = np.linalg.svd(logged - logged.mean(axis=0), full_matrices=False)
    counts = sparse.csr_matrix(adata.X)
    return Cells(counts, left[:, :8] * size[:8], 3, recipe, device="cpu", threads=1)


@pytest.mark.parametrize("method", METHODS)
def test_types_are_apart_in_every_embedding_and_the_seed_decides_it(method, cells):
    adata = cells()
    z = METHODS[method](read(adata), seed=2**40)
    labels = KMeans(3, n_init=5, random_state=0).fit_predict(z)
    assert adjusted_rand_score(adata.obs["truth"], labels) > 0.8
    np.testing.assert_array_equal(METHODS[method](read(adata), seed=2**40), z)
    assert not np.allclose(METHODS[method](read(adata), seed=1), z)


@pytest.mark.parametrize("encoder", ["gcn", "gat"])
def test_graph_encoders_see_neighbours_and_mlps_do_not(encoder, cells):
    adata = cells()
    assert read(adata).table.index.shape[1] == 0
    mixed = read(adata, CellParams(steps=20, min_epochs=2, encoder=encoder))
    assert mixed.table.index.shape[1] == 15
    z = METHODS["autoencoder"](mixed, seed=0)
    assert np.isfinite(z).all()
    assert z.shape == (120, 24)


@pytest.mark.parametrize("method", ["cicl", "scrcl"])
def test_cluster_writes_what_the_networks_say(method, cells):
    adata = cells()
    model = CellClusters(3, method=method, members=2, params=QUICK, device="cpu").fit(adata)
    assert adjusted_rand_score(adata.obs["truth"], model.labels_) > 0.8
    model.annotate(adata)
    assert adata.obsm[f"X_{method}"].shape == (120, 2 * (24 if method == "cicl" else 64))
    assert adata.uns["cluster"]["method"] == method
    assert adata.uns["graphkit"]["cluster"]["params"]["method"] == method


def test_pseudo_labels_are_as_many_as_communities_where_no_number_is_given(cells):
    model = CellClusters(method="cicl", members=1, params=QUICK, device="cpu").fit(cells())
    assert len(model.classes_) >= 3


def test_a_method_that_is_not_there_is_refused(cells):
    with pytest.raises(InputError, match="autoencoder, cicl"):
        CellClusters(3, method="best").fit(cells())
