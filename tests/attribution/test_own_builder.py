"""A builder that graphkit has never heard of, explained through the functions that all share."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

import graphkit.attribution
from graphkit import builders
from graphkit.attribution import (
    LogOdds,
    attention_mass,
    converged_gradients,
    integrated_gradients,
    mutagenesis,
    occlusion,
)
from graphkit.attribution.stability import infidelity, sensitivity_max
from graphkit.sequences import encode

TEXT = "AUGGCUNACGGCUAUGUGA" + "GC"  # AUG GCU NAC GGC UAU GUG AGC: codons of one frame


@dataclass(frozen=True)
class Codons:
    """Where the codons of one reading frame are: a unit for each of the 64, edges for none."""

    codes: np.ndarray

    @property
    def ids(self):
        return range(len(self.codes))

    def project(self, values):
        track, unit = np.full(len(self.codes), np.nan), codons(self.codes)
        times = Counter(unit)
        for number, codon in enumerate(unit):
            if codon is not None:
                track[3 * number : 3 * number + 3] = values[codon] / times[codon] / 3
        return track


def codons(codes):
    words = np.asarray(codes[: len(codes) // 3 * 3], dtype=int).reshape(-1, 3)
    return [None if word.max() > 3 else int(word @ [16, 4, 1]) for word in words]


class CodonBuilder(builders.SequenceBuilder):
    """Counts the codons of the first frame."""

    def build(self, item):
        present = [codon for codon in codons(item) if codon is not None]
        count = torch.bincount(torch.tensor(present, dtype=torch.long), minlength=64).float()
        return Data(count=count, num_nodes=64)

    def provenance(self, item):
        return Codons(item)

    def variables(self, data, *, level=0.0):
        return {"count": (data.count, level * data.count.mean().expand(64))}


class Linear(torch.nn.Module):
    """Log-odds that are linear in the counts."""

    def __init__(self, seed):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.weight = torch.nn.Parameter(torch.randn(64, generator=generator))

    def logits(self, data, count=None):
        odds = (data.count if count is None else count).view(-1, 64) @ self.weight
        return torch.stack([torch.zeros_like(odds), odds], dim=1)


@pytest.fixture
def model():
    return LogOdds([Linear(0), Linear(1)], CodonBuilder(), 1, count_baseline=0.5)


def weights(model):
    return np.mean([m.weight.detach().double().numpy() for m in model.members], axis=0)


def test_gradients_equal_the_closed_form(model):
    codes = encode(TEXT)
    found, weight = integrated_gradients(model, codes, steps=2), weights(model)
    times = Counter(codons(codes))
    n = sum(count for codon, count in times.items() if codon is not None)
    level = 0.5 * n / 64
    expected = np.full(len(codes), np.nan)
    for number, codon in enumerate(codons(codes)):
        if codon is not None:
            share = weight[codon] * (times[codon] - level) / times[codon] / 3
            expected[3 * number : 3 * number + 3] = share
    np.testing.assert_allclose(found.positions.values, expected, atol=1e-6)
    absent = [codon for codon in range(64) if codon not in times]
    assert found.absent == pytest.approx(-level * weight[absent].sum(), abs=1e-6)
    assert found.f_x == pytest.approx(sum(weight[c] for c in codons(codes) if c is not None))
    assert found.positions.delta == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(found.members.sum(axis=0), expected, atol=1e-6)
    again = converged_gradients(model, codes, steps=2)
    np.testing.assert_allclose(again.positions.values, expected, atol=1e-6)


def test_scores_of_units_are_projected_by_themselves(model):
    found = integrated_gradients(model, encode(TEXT), steps=2)
    assert len(found.units) == 64
    np.testing.assert_array_equal(found.units.project().values, found.positions.values)


def test_mutagenesis_and_occlusion_equal_the_closed_form(model):
    codes, weight = encode(TEXT), weights(model)
    found = mutagenesis(model, codes)
    for place, letter in [(0, 2), (4, 3), (7, 0), (20, 1)]:
        changed = codes.copy()
        changed[place] = letter
        old, new = (codons(some)[place // 3] for some in (codes, changed))
        effect = sum(weight[c] * sign for c, sign in ((new, 1), (old, -1)) if c is not None)
        assert found.effects[place, letter] == pytest.approx(effect, abs=1e-5)
    scores = occlusion(model, codes, window=3, stride=3)
    assert np.isnan(scores.values[codes > 3]).all()
    assert np.isfinite(scores.values[codes < 4]).all()


def test_attention_is_carried_like_any_score(model):
    codes = encode(TEXT)
    shown, absent = attention_mass(np.full(64, 1 / 64), model.builder.provenance(codes))
    present = len({codon for codon in codons(codes) if codon is not None})
    assert np.nansum(shown.values) == pytest.approx(present / 64)
    assert absent == pytest.approx(1 - present / 64)


def test_the_checks_take_it_as_well(model):
    codes = encode(TEXT)
    found = integrated_gradients(model, codes, steps=2)
    assert infidelity(model, codes, found) < 1e-8
    assert sensitivity_max(model, codes, steps=2) > 0


def test_side_features_that_graphs_do_not_have_are_left_out(model):
    found = integrated_gradients(replace(model, side_baseline=torch.zeros(21)), encode(TEXT))
    assert len(found.side) == 0


def test_no_attribution_file_names_a_builder():
    made = {name for name in builders.__all__ if isinstance(getattr(builders, name), type)}
    words = {
        *made - {"SequenceBuilder", "Occurrences"},
        "kmer_codes",
        "kmer_counts",
        "edge_weights",
    }
    for file in Path(graphkit.attribution.__file__).parent.glob("*.py"):
        named = words & set(re.findall(r"\w+", file.read_text("utf-8")))
        assert not named, f"{file.name}: {named}"
