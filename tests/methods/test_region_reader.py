"""Reading whole and by the ends, with nothing behind it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.methods.lncloc_params import LncLocParams
from graphkit.methods.region_reader import RegionReader
from graphkit.sequences import encode

PARAMS = LncLocParams(five_prime=(20,), three_prime=(), hidden=5)
CODES = [encode("ACGUGGCAUU" * 9), encode("GGCUAUUACA" * 12)]


class Reader(RegionReader):
    name = "reader"
    Params = LncLocParams


@pytest.fixture
def reader():
    torch.manual_seed(0)
    return Reader(("a", "b"), PARAMS)


@pytest.fixture
def spectrum():
    return PARAMS.builder().spectrum(CODES)


def test_what_is_read_can_be_given_instead(reader, spectrum):
    reader.eval()
    expected = reader.embed(spectrum)
    assert expected.shape == (2, 5)
    moved = reader.embed(spectrum, side=spectrum.side + 1, node_count=spectrum.nodes.float() + 1)
    assert not torch.allclose(expected, moved)
    torch.testing.assert_close(reader.embed(spectrum, side=spectrum.side), expected)
    torch.testing.assert_close(reader.embed(spectrum, node_count=spectrum.nodes), expected)


def test_the_average_is_that_of_the_records_it_was_made_for(reader, spectrum):
    assert reader.average(spectrum) is None
    made = Reader.fresh(("a", "b"), PARAMS, CODES, y=[0, 1], seed=0)
    one = spectrum[[1]]
    found = made.average(one)
    weights = PARAMS.builder().variables(spectrum)["edge_weight"][0]
    torch.testing.assert_close(found["edge_weight"], weights.mean(dim=0, keepdim=True))
    sizes = [64, 16]
    for part, all_nodes, own in zip(
        *(nodes.split(sizes, dim=1) for nodes in (found["node_count"], spectrum.nodes, one.nodes)),
        strict=True,
    ):
        shares = (all_nodes / all_nodes.sum(dim=1, keepdim=True)).mean(dim=0)
        torch.testing.assert_close(part[0], shares * own.sum())


def test_the_end_is_read_apart_from_the_whole(reader):
    reader.eval()
    with torch.no_grad():  # deaf to the whole, to length and to composition
        reader.trunk[1].weight[:, : reader.whole.size] = 0
        reader.trunk[1].weight[:, -21:] = 0
    codes = np.random.default_rng(0).integers(0, 4, 300).astype(np.uint8)
    turned = np.concatenate([codes[20:], codes[:20]])
    one, other = (PARAMS.builder().spectrum([each]) for each in (codes, turned))
    assert not torch.allclose(reader.embed(one), reader.embed(other))


def test_one_record_in_training_is_read_as_learned(reader, spectrum):
    reader.norm.running_mean.fill_(0.5)
    before = reader.norm.running_mean.clone()
    one = PARAMS.builder().spectrum(CODES[:1])
    assert reader.train().embed(one).isfinite().all()
    assert torch.equal(reader.norm.running_mean, before)
    reader.embed(spectrum)
    assert not torch.equal(reader.norm.running_mean, before)


def test_length_and_composition_have_to_be_there(reader, spectrum):
    with pytest.raises(InputError, match="length and composition are missing"):
        reader.embed(replace(spectrum, side=None))
