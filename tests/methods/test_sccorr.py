"""ScCoRR: wrong labels are corrected by anchors, right ones stay."""

import numpy as np
import torch

from graphkit.methods import CorrectionParams, ScCoRR
from graphkit.omics import log_normalise
from graphkit.training import PerClass


def corrected(cells, given, **parts):
    torch.manual_seed(0)
    method = ScCoRR(
        cells.network(0),
        given,
        expression=log_normalise(cells.counts),
        points=cells.components,
        graph=cells.graph.connectivities,
        params=CorrectionParams(n_markers=10, n_neighbors=10, size=80, **parts),
    )
    cells.train(method, PerClass(cells.thinned(0), given), seed=0)
    return method, method.corrected(cells.whole)


def flipped(truth):
    given = truth.copy()
    wrong = np.random.default_rng(1).choice(120, 12, replace=False)
    given[wrong] = (given[wrong] + 1) % 3
    return given, wrong


def test_wrong_labels_are_corrected_and_the_most_suspicious(few_cells, truth):
    given, wrong = flipped(truth)
    method, after = corrected(few_cells, given, purity=0.7, confident=0.8)
    assert (given[method.anchors] == truth[method.anchors]).all()
    assert method.anchors.sum() > 30
    assert (after == truth).mean() > (given == truth).mean() + 0.05
    likely = method.probabilities(few_cells.whole)
    np.testing.assert_allclose(likely.sum(axis=1), 1, rtol=1e-5)
    own = likely[np.arange(120), given]
    assert own[wrong].max() < np.median(own)


def test_a_label_stays_unless_another_is_certain(few_cells, truth):
    given, _ = flipped(truth)
    _, after = corrected(few_cells, given, purity=0.7, confident=1.1)
    assert (after == given).all()


def test_anchors_keep_their_label(few_cells, truth):
    method, after = corrected(few_cells, truth, confident=0.0)
    assert (after[method.anchors] == truth[method.anchors]).all()


def test_a_type_without_an_anchor_is_not_predicted(few_cells, truth):
    given = truth.copy()
    given[0] = 3
    method, _ = corrected(few_cells, given)
    assert not method.anchors[0]
    assert (method.probabilities(few_cells.whole)[:, 3] == 0).all()
