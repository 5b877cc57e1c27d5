"""TripletCell: triplets that train, of every type."""

import numpy as np
import pytest
import torch

from graphkit.losses import MultiSimilarityLoss, MultiSimilarityMiner, ProxyAnchorLoss
from graphkit.methods import TripletCell, TripletParams
from graphkit.training import Numbered, PerClass, embed_all


def test_the_triplets_have_a_gradient(few_cells, truth):
    method = TripletCell(few_cells.network(0), truth, TripletParams(types=0.0))
    method.begin(few_cells.thinned(0))
    terms = method.step(Numbered(few_cells.thinned(0))[[0, 1, 50, 51, 90, 91]])
    terms["triplets"].backward()
    assert method.method.encoder[0].weight.grad.abs().sum() > 0


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"loss": MultiSimilarityLoss(), "miner": MultiSimilarityMiner()},
        {"loss": ProxyAnchorLoss(3, 6)},
    ],
    ids=["triplets", "multi-similarity", "proxies"],
)
def test_unlabelled_cells_lie_among_those_of_their_type(parts, few_cells, truth):
    torch.manual_seed(0)
    labels = truth.copy()
    labels[::2] = -1
    method = TripletCell(few_cells.network(0), labels, **parts)
    few_cells.train(method, PerClass(few_cells.thinned(0), np.where(labels < 0, 3, labels)), seed=0)
    z = torch.nn.functional.normalize(embed_all(method.method, few_cells.whole), dim=1).numpy()
    known = labels >= 0
    nearest = (z[~known] @ z[known].T).argmax(axis=1)
    assert (truth[known][nearest] == truth[~known]).mean() > 0.95


def test_batches_are_matched_where_they_are_given(few_cells, truth):
    batch = np.arange(120) % 2
    method = TripletCell(few_cells.network(0), truth, batches=batch)
    method.begin(few_cells.thinned(0))
    terms = method.step(Numbered(few_cells.thinned(0))[list(range(0, 120, 7))])
    assert set(terms) == {"counts", "triplets", "types", "batches"}
