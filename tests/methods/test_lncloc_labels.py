"""LncLocLabels: each label by itself."""

import numpy as np
import torch
from torch.nn import functional

from graphkit.methods import LncLoc, LncLocLabels, LncLocParams
from graphkit.sequences import encode

LABELS = ("A", "B", "C")
PARAMS = LncLocParams(five_prime=(20,), three_prime=(15,), width=8, width_ends=8, smoothing=0.0)
CODES = [encode(text) for text in ("ACGUACGGUCAGGACUUACGAGCA" * 9, "GGCAUUAC" * 30, "AU" * 60)]
Y = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 0]], dtype=np.float32)


def network() -> LncLocLabels:
    return LncLocLabels.fresh(LABELS, PARAMS, CODES, y=Y, seed=0).eval()


def test_logits_know_the_share_of_each_label() -> None:
    method, data = network(), LncLocLabels.inputs(CODES, PARAMS)
    own = method.head(method.embed(data))
    odds = torch.tensor([np.log(2), -np.log(2), -np.log(2)], dtype=torch.float32)
    torch.testing.assert_close(method.logits(data) - own, odds.expand(3, 3))


def test_the_loss_weighs_with_and_without_each_label_evenly() -> None:
    method, batch = network(), LncLocLabels.inputs(CODES, PARAMS, y=Y)
    odds = method.head(method.embed(batch))
    sides = [
        functional.binary_cross_entropy_with_logits(
            odds[Y[:, label] == side, label], torch.full([int((Y[:, label] == side).sum())], side)
        )
        for label in range(3)
        for side in (0.0, 1.0)
    ]
    torch.testing.assert_close(method.step(batch)["cross_entropy"], torch.stack(sides).mean())


def test_lncloc_names_it_for_several_labels() -> None:
    assert LncLoc.several is LncLocLabels
    assert LncLocLabels.predicts == "labels"
