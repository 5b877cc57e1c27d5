"""Types of cells told from a reference, and when they are not."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from graphkit.errors import InputError
from graphkit.tasks import CellTypes
from graphkit.tasks.cells.types import UNKNOWN


@pytest.fixture
def reference(cells):
    return cells(seed=0, sizes=(60, 60, 60))


def told(reference, query, **how):
    model = CellTypes(**how).fit(reference, label="truth")
    return model.read(query), query.obs["truth"].to_numpy(dtype=object)


def test_new_cells_get_their_types(reference, cells):
    found, truth = told(reference, cells(seed=1, sizes=(30, 30, 30)))
    assert (found.likeliest == truth).mean() > 0.95
    assert found.held_out.accuracy > 0.95
    assert found.held_out.n == 180
    assert found.confidence.min() > 0.4
    assert np.nanmin(found.confirmed) > 0.5


def test_a_shift_of_each_gene_between_tables_is_undone(reference, cells):
    query = cells(seed=1, sizes=(30, 30, 30), depth=900)
    factors = np.exp(np.random.default_rng(2).normal(0, 0.7, query.n_vars))
    query.X = sparse.csr_matrix(np.floor(query.X.toarray() * factors).astype(np.float32))
    found, truth = told(reference, query)
    assert (found.likeliest == truth).mean() > 0.95


def test_cells_of_one_type_alone_keep_it(reference, cells):
    query = cells(seed=1, sizes=(30, 30, 30))[:30].copy()
    found, truth = told(reference, query)
    assert (found.likeliest == truth).mean() > 0.9


def test_a_type_that_the_reference_lacks_is_odd(reference, cells):
    query = cells(seed=1, sizes=(30, 30, 30))
    known = reference[reference.obs["truth"] != "2"].copy()
    found, truth = told(known, query)
    new = truth == "2"
    assert np.median(found.oddness[new]) > 0.9
    assert np.median(found.oddness[~new]) < 0.8
    assert (found.labels[new] == UNKNOWN).mean() > (found.labels[~new] == UNKNOWN).mean() + 0.2


def test_as_many_held_out_cells_as_asked_are_rejected(reference, cells):
    for rate in (0.0, 0.1):
        found, _ = told(reference, cells(seed=1), unknown_rate=rate)
        assert found.held_out.rejected == pytest.approx(rate, abs=0.04)


def test_types_of_nonsense_are_not_confirmed(reference):
    rng = np.random.default_rng(0)
    noise = np.stack([rng.permutation(row) for row in reference.X.toarray()])
    query = anndata.AnnData(sparse.csr_matrix(noise), var=reference.var)
    model = CellTypes().fit(reference, label="truth")
    with pytest.warns(UserWarning, match="what sets these apart"):
        found = model.read(query)
    assert np.nanmax(found.confirmed) < 0.25
    assert (found.labels == UNKNOWN).mean() > 0.9


def test_cells_of_the_reference_are_recognised(reference):
    with pytest.warns(UserWarning, match="also in the reference"):
        CellTypes().fit(reference, label="truth").read(reference.copy())


def test_cells_with_next_to_no_counts_are_left_empty(reference, cells):
    query = cells(seed=1)
    emptied = query.X.toarray()
    emptied[3] = 0
    query.X = sparse.csr_matrix(emptied)
    found, _ = told(reference, query)
    assert found.labels[3] == ""
    assert np.isnan(found.confidence[3])
    assert found.nearest[3].tolist() == [-1] * 5
    assert "" not in found.labels[4:]


def test_the_order_of_cells_and_of_categories_changes_nothing(reference, cells):
    query = cells(seed=1, sizes=(20, 20, 20))
    one, _ = told(reference, query)
    turned = reference.copy()
    turned.obs["truth"] = pd.Categorical(turned.obs["truth"], ["2", "0", "1", "none"])
    other, _ = told(turned, query)
    assert (one.labels == other.labels).all()


@pytest.mark.parametrize(
    ("column", "match"),
    [("none", "none.*missing"), ("same", "1 labels"), ("empty", "0 labels")],
)
def test_labels_that_tell_nothing_are_refused(column, match, reference):
    reference.obs["same"], reference.obs["empty"] = "one", None
    with pytest.raises(InputError, match=match):
        CellTypes().fit(reference, label=column)


def test_unlabelled_cells_and_single_ones_are_told_of(reference, cells):
    names = reference.obs["truth"].astype(object)
    names.iloc[0], names.iloc[1] = None, "alone"
    reference.obs["truth"] = names
    with (
        pytest.warns(UserWarning, match="1 cells have no truth: left out"),
        pytest.warns(UserWarning, match="types of one cell, which can hardly be told: alone"),
    ):
        model = CellTypes().fit(reference, label="truth")
    assert set(model.classes_) == {"0", "1", "2", "alone"}
    assert len(model.read(cells(seed=1)).labels) == 120
