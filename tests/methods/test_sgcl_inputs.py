"""What SGCL-LncLoc is given, and what is fitted before it is trained."""

import numpy as np
import pytest
import torch

from graphkit.builders import KmerWord2Vec, OneHotKmers, Spectrum
from graphkit.methods import SGCLLncLoc, SGCLLncLocParams
from graphkit.sequences import composition, encode

CLASSES = ("A", "B")
CODES = [encode(text * 3) for text in ("ACGUACGGUCAGG", "GGGGACUUAC", "AUAUCGAAUC")]
SMALL = {"k": 2, "embedding_dim": 6, "hidden": 4}


def fresh(seed: int = 0, **changes: object) -> SGCLLncLoc:
    params = SGCLLncLocParams(**{**SMALL, **changes})
    return SGCLLncLoc.fresh(CLASSES, params, CODES, y=[0, 1, 0], source=[0, 0, 0], seed=seed)


@pytest.mark.parametrize(
    ("changes", "fixed"), [({}, True), ({"conv": "gat"}, False), ({"k": 7}, False)]
)
def test_which_path(changes: dict[str, object], fixed: bool) -> None:
    assert SGCLLncLoc.fixed_topology(SGCLLncLocParams(**changes)) is fixed


@pytest.mark.parametrize("conv", ["gcn", "gat"])
def test_inputs_carry_their_labels_in_the_form_of_the_path(conv: str) -> None:
    params = SGCLLncLocParams(**SMALL, conv=conv)
    data = SGCLLncLoc.inputs(CODES, params, y=[0, 1, 0])
    assert isinstance(data, Spectrum) is (conv == "gcn")
    batch = data[[2, 1]]
    assert batch.y.tolist() == [0, 1]
    assert SGCLLncLoc(CLASSES, params).eval().logits(batch).shape == (2, 2)


def test_one_hot_vectors_start_the_embedding() -> None:
    expected = OneHotKmers(2).fit(CODES)(np.arange(16))
    torch.testing.assert_close(fresh(features="one-hot").embedding.data, torch.tensor(expected))


def test_word_vectors_of_the_training_records_start_the_embedding() -> None:
    expected = KmerWord2Vec(2, dimension=6, seed=5).fit(CODES)(np.arange(16))
    found = fresh(seed=5, features="word2vec").embedding.data
    torch.testing.assert_close(found, torch.tensor(expected))


def test_side_features_are_scaled_by_the_training_records() -> None:
    side = np.stack([composition(codes) for codes in CODES])
    method = fresh(features="one-hot")
    np.testing.assert_allclose(method.side_mean, side.mean(axis=0), rtol=1e-5, atol=1e-6)
    scale = np.maximum(side.std(axis=0), 1e-6)
    np.testing.assert_allclose(method.side_scale, scale, rtol=1e-4, atol=1e-6)


def test_the_seed_decides_the_weights_and_the_callers_generator_stays() -> None:
    state = torch.random.get_rng_state()
    weights = [fresh(seed, features="one-hot").classifier.linear.weight for seed in (0, 0, 1)]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
