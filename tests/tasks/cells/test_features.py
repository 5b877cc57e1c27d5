"""Components of scaled genes, and batches without what they add."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from graphkit.builders.neighbors.communities import n_communities
from graphkit.datasets import CellsParams, simulate_cells
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.omics import column_moments, log_normalise, principal_components
from graphkit.tasks.cells.features import (
    batches_of,
    scaled_components,
    warn_of_batches,
    without_batches,
)


def test_components_are_those_of_the_dense_table():
    values = np.random.default_rng(0).poisson(0.3, (80, 30)).astype(np.float32)
    values[0, 3] = 400  # far beyond what is cut
    counts = sparse.csr_matrix(values)
    genes = np.arange(2, 28)
    logged = log_normalise(counts, target_sum=1e4)[:, genes]
    mean, deviation = column_moments(logged)
    dense = np.clip((logged.toarray() - mean) / deviation, -10, 10)
    expected = principal_components(dense, n_components=5).scores
    (found,) = scaled_components(counts, genes, n_components=5)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def batched(composition, seed, effect):
    """Two batches; each has the types it is given."""
    params = CellsParams(n_cells=900, n_batches=2, batch_effect=effect)
    cells = simulate_cells(params, seed=seed)
    kept = np.array([t in composition[b] for t, b in zip(cells.types, cells.batch, strict=True)])
    counts = sparse.csr_matrix(cells.counts[kept], dtype=np.float32)
    (table,) = scaled_components(counts, np.arange(counts.shape[1]), n_components=30)
    return table, cells.types[kept], cells.batch[kept]


def score(table, types):
    found = n_communities(table, len(set(types.tolist())))
    return agreement(found.tolist(), types.tolist())[0]


@pytest.mark.parametrize(
    "composition",
    [(range(6), range(6)), ((0, 1, 2, 3), (2, 3, 4, 5)), ((0, 1, 2), (0, 3, 4, 5))],
    ids=["same", "half", "one"],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_shift_is_taken_away_and_types_of_one_batch_stay_apart(composition, seed):
    plain = score(*batched(composition, seed, 0.0)[:2])
    table, types, batch = batched(composition, seed, 0.5)
    assert score(table, types) < 0.8
    assert score(without_batches(table, batch), types) > plain - 0.03


def test_the_column_of_batches_that_keep_cells_apart_is_named():
    rng = np.random.default_rng(0)
    run, types = rng.integers(0, 3, 300), rng.integers(0, 2, 300)
    obs = pd.DataFrame({"cell_type": types, "sample": run // 2, "Donor_ID": run, "batch": 1})
    table = rng.normal(size=(300, 5)) + 9 * types[:, None]
    assert not warn_of_batches(table, obs)
    shifted = table + 9 * rng.normal(size=(3, 5))[run]
    with pytest.warns(UserWarning, match="batch_key='Donor_ID'"):
        assert warn_of_batches(shifted, obs)
    assert not warn_of_batches(shifted, obs[["cell_type", "batch"]])


def test_what_is_of_one_batch_stays_as_it_is():
    table = np.random.default_rng(0).normal(size=(40, 3))
    assert without_batches(table, np.zeros(40, dtype=np.int64)) is table


def test_columns_without_batches_are_refused_by_name():
    cells = anndata.AnnData(np.ones((4, 2)))
    assert batches_of(cells, None).tolist() == [0] * 4
    cells.obs["donor"] = pd.Categorical(["b", "a", "b", "a"])
    cells.obs["all"] = "a"
    cells.obs["some"] = ["a", "b", None, "b"]
    assert batches_of(cells, "donor").tolist() == [1, 0, 1, 0]
    cells.obs["text"] = ["a", "nan", "NA", "b"]
    wrong = {"batch": "no such column", "all": "one batch", "some": "1 cells", "text": "2 cells"}
    for key, what in wrong.items():
        with pytest.raises(InputError, match=what) as error:
            batches_of(cells, key)
        assert error.value.slot == f"obs['{key}']"
