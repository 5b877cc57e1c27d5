"""Changed counts against counting anew."""

from dataclasses import replace

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkit.attribution import LogOdds
from graphkit.attribution.variants import Rebuilt, Updated, substitutions, variants
from graphkit.builders import Region, RegionBuilder, Spectrum
from graphkit.methods import SGCLLncLocParams
from graphkit.sequences import encode

REGIONS = (Region(k=3), Region("5'", 9, k=2), Region("3'", 7, k=1), Region("5'", 14, k=4))


def model_of(regions):
    return LogOdds([], RegionBuilder(regions).spectrum, 1, regions=regions)


@given(text=st.text("ACGUNacgtn", min_size=1, max_size=30))
def test_updated_counts_equal_rebuilt_ones(text):
    codes, model = encode(text), model_of(REGIONS)
    position, letter = substitutions(codes)
    if not len(position):
        return
    make = variants(model, codes)
    assert isinstance(make, Updated)
    found, expected = make(position, letter), Rebuilt(model, codes)(position, letter)
    assert torch.equal(found.edges, expected.edges)
    assert torch.equal(found.nodes, expected.nodes)
    assert torch.equal(found.side, expected.side)


def test_side_that_is_no_composition_is_read_anew():
    regions = (Region(k=2),)

    def other(codes):
        spectrum = RegionBuilder(regions).spectrum(codes)
        return replace(spectrum, side=2 * spectrum.side)

    codes = encode("ACGUACGGUA")
    make = variants(LogOdds([], other, 1, regions=regions), codes)
    assert isinstance(make, Rebuilt)
    assert torch.equal(make(np.array([0]), np.array([3])).side, other([encode("UCGUACGGUA")]).side)


def test_without_side_there_is_none():
    regions = (Region(k=2),)

    def bare(codes):
        spectrum = RegionBuilder(regions).spectrum(codes)
        return Spectrum(spectrum.edges, spectrum.nodes)

    make = variants(LogOdds([], bare, 1, regions=regions), encode("ACGUACGGUA"))
    assert isinstance(make, Updated)
    assert make(np.array([0]), np.array([3])).side is None


def test_graphs_are_built_anew(toys):
    model = toys.sgcl(SGCLLncLocParams(k=7, embedding_dim=4, hidden=4))
    make = variants(model, encode(toys.TEXT))
    assert isinstance(make, Rebuilt)
    assert len(make(np.array([0, 1]), np.array([3, 3]))) == 2


def test_all_substitutions_but_those_of_breaks():
    position, letter = substitutions(encode("ANU"))
    assert position.tolist() == [0, 0, 0, 2, 2, 2]
    assert letter.tolist() == [1, 2, 3, 0, 1, 2]
