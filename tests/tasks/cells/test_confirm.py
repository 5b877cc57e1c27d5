"""Types confirmed by genes that were not read."""

import numpy as np
from scipy import sparse

from graphkit.omics import log_normalise
from graphkit.tasks.cells.confirm import CONFIRMED, confirm


def test_types_that_are_there_are_confirmed_and_others_are_not(cells):
    known, new = cells(seed=0, sizes=(60, 60, 60)), cells(seed=1, sizes=(40, 40, 5))
    types = known.obs["truth"].astype(int).to_numpy()
    found = confirm(known.X, types, log_normalise(new.X), np.arange(60))
    assert (found[:2] > 2 * CONFIRMED).all()
    assert np.isnan(found[2])  # five cells
    rng = np.random.default_rng(0)
    noise = sparse.csr_matrix(np.stack([rng.permutation(row) for row in new.X.toarray()]))
    found = confirm(known.X, types, log_normalise(noise), np.arange(60))
    assert np.nanmax(found) < CONFIRMED


def test_of_a_single_type_nothing_sets_it_apart(cells):
    known, new = cells(seed=0, sizes=(60, 60)), cells(seed=1, sizes=(40, 0))
    types = known.obs["truth"].astype(int).to_numpy()
    assert np.isnan(confirm(known.X, types, log_normalise(new.X), np.arange(60))).all()
