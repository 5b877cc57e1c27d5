"""The vote on types."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics import log_normalise
from graphkit.tasks.cells.vote import Reference, require_genes, variable


@pytest.fixture
def reference(cells):
    adata = cells(seed=0, sizes=(60, 40, 30))
    return Reference(log_normalise(adata.X), adata.obs["truth"].astype(int).to_numpy())


def test_shares_are_shares_and_neighbours_are_of_the_type(reference, cells):
    query = cells(seed=1, sizes=(20, 20, 20))
    truth = query.obs["truth"].astype(int).to_numpy()
    votes = reference.vote(log_normalise(query.X))
    assert np.allclose(votes.shares.sum(axis=1), 1)
    assert (votes.shares.argmax(axis=1) == truth).mean() > 0.9
    assert (reference.types[votes.nearest] == truth[:, None]).mean() > 0.8
    assert (np.diff(votes.distances, axis=1) >= 0).all()


def test_one_cell_can_be_asked_alone(reference, cells):
    query = cells(seed=1, sizes=(1, 0))
    assert reference.vote(log_normalise(query.X)).shares.argmax() == 0


def test_a_shift_is_read_as_one(reference, cells):
    query = log_normalise(cells(seed=1, sizes=(60, 40, 30)).X)
    shifted = query.copy()
    shifted.data = (
        shifted.data * np.exp(np.random.default_rng(0).normal(0, 0.5, 60))[shifted.indices]
    )
    assert reference.vote(shifted).shifted > reference.vote(query).shifted


def test_all_genes_are_read_where_there_are_few(cells):
    genes = np.array([3, 5, 8])
    assert variable(cells().X, genes, 3).tolist() == [3, 5, 8]


def test_next_to_no_genes_are_refused():
    with pytest.raises(InputError, match="9 genes were counted"):
        require_genes(np.arange(9))
