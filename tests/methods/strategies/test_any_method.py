"""Strategies look at methods for sequences, spots and cells alike."""

import numpy as np
import pytest
import torch
from scipy import sparse

from graphkit.builders import Neighborhoods, SpotInputs, ThinnedSpots, spot_table
from graphkit.losses import SupervisedContrast
from graphkit.methods import LncLoc, ScRCL, ScRCLParams, SGCLLncLoc, SGCLLncLocParams
from graphkit.methods.spot_denoiser import DenoiserParams, make_network
from graphkit.methods.strategies import Contrast, MomentumQueue, PseudoLabels, Teacher
from graphkit.sequences import encode
from graphkit.training import TrainSettings, fit

N = 12


def sequences(kind, params):
    rng = np.random.default_rng(0)
    codes = [encode("".join(rng.choice(list("ACGU"), 200))) for _ in range(N)]
    y = [i % 2 for i in range(N)]
    method = kind.fresh(("a", "b"), params, codes, y=y, seed=0)
    return method, kind.training_inputs(codes, params, y=y, seed=0)


def spots():
    counts = sparse.csr_matrix(np.random.default_rng(0).poisson(3.0, (N, 9)).astype(np.float32))
    source = SpotInputs(counts, np.arange(9), 20.0)
    table = spot_table(np.random.default_rng(1).uniform(size=(N, 2)), n_neighbors=3)
    return make_network(9, 9, DenoiserParams(hidden=8, dim=4)), ThinnedSpots(source, table)


def blocks():
    line = sparse.diags([np.ones(N - 1), np.ones(N - 1)], [-1, 1], format="csr")
    x, eye = np.random.default_rng(0).normal(size=(N, 5)), torch.eye(5)
    params = ScRCLParams(width=8, dim=4, n_programmes=4)
    return ScRCL(eye, eye.to_sparse(), n_features=5, params=params), Neighborhoods(x, x, line)


MAKERS = {
    "LncLoc": lambda: sequences(LncLoc, LncLoc.Params()),
    "SGCL-LncLoc": lambda: sequences(
        SGCLLncLoc, SGCLLncLocParams(k=3, features="one-hot", hidden=8)
    ),
    "denoiser": spots,
    "scRCL": blocks,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_every_strategy_joins_every_method(make):
    method, data = make()
    with torch.no_grad():
        dim = method.eval().embed(data[[0, 1]]).shape[1]
    teacher, y = Teacher(), np.arange(N) % 2
    strategies = [
        teacher,
        Contrast(SupervisedContrast(), y, name="labels"),
        PseudoLabels(2, SupervisedContrast(), start=0, teacher=teacher),
        MomentumQueue(y, sparse.csr_matrix((N, N)), dim=dim, size=64),
    ]
    settings = TrainSettings(epochs=1, batch_size=6, device="cpu", restore_best=False)
    history = fit(method, data, settings=settings, strategies=strategies, seed=0)
    terms = {"train_similarity", "train_labels", "train_clusters", "train_queue"}
    assert terms <= set(history.epochs[0])
