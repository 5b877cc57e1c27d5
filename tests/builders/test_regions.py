"""Graphs of a transcript and its ends."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkit.builders import (
    DeBruijnBuilder,
    Region,
    RegionBuilder,
    SequenceBuilder,
    edge_weights,
)
from graphkit.errors import InputError
from graphkit.sequences import BREAK, encode, kmer_name

REGIONS = (Region(k=2), Region("5'", 8, k=2), Region("3'", 5, k=1))


@given(sequence=st.text("ACGUN", min_size=1, max_size=40))
def test_each_region_is_the_graph_of_its_part(sequence: str) -> None:
    spectrum = RegionBuilder(REGIONS).spectrum([sequence])
    parts = [sequence, sequence[:8], sequence[-5:]]
    for region, part, edges, nodes in zip(
        REGIONS,
        parts,
        spectrum.edges[0].split([64, 64, 16]),
        spectrum.nodes[0].split([16, 16, 4]),
        strict=True,
    ):
        alone = DeBruijnBuilder(region.k).spectrum([part])
        assert torch.equal(edges, alone.edges[0])
        assert torch.equal(nodes, alone.nodes[0])


@given(sequence=st.text("ACGUN", min_size=1, max_size=40))
def test_provenance_points_into_the_whole_sequence(sequence: str) -> None:
    spectrum = RegionBuilder(REGIONS).build(sequence)
    counts = torch.cat([spectrum.edges[0], spectrum.nodes[0]])
    paths = RegionBuilder(REGIONS).provenance(sequence).paths
    ends = np.cumsum([4**path.width for path in paths])
    assert [path.width for path in paths] == [3, 3, 2, 2, 2, 1]
    for path, end in zip(paths, ends, strict=True):
        for unit, start in zip(path.unit.tolist(), path.start.tolist(), strict=True):
            word = kmer_name(unit - int(end) + 4**path.width, path.width)
            assert sequence[start : start + path.width] == word
    units = np.concatenate([path.unit for path in paths])
    assert np.bincount(units, minlength=len(counts)).tolist() == counts.tolist()


def test_regions_are_windows_with_a_name() -> None:
    assert RegionBuilder(REGIONS).windows(20) == (
        ("the whole", 0, 20, None), ("first 8 nt", 0, 8, None), ("last 5 nt", 15, 20, None),
    )  # fmt: skip
    assert [window[1:3] for window in RegionBuilder(REGIONS).windows(4)] == [(0, 4)] * 3


LOCAL = (Region(k=3), Region("5'", 9, k=2), Region("3'", 7, k=1), Region("5'", 14, k=4))


@given(text=st.text("ACGUNacgtn", min_size=1, max_size=30))
def test_updated_counts_equal_those_counted_anew(text: str) -> None:
    codes, builder = encode(text), RegionBuilder(LOCAL)
    position = np.flatnonzero(codes < BREAK).repeat(3)
    if not len(position):
        return
    letter = (codes[position] + np.tile([1, 2, 3], len(position) // 3)) % 4
    updated = builder.variants(codes, position, letter)
    expected = SequenceBuilder.variants(builder, codes, position, letter)
    assert torch.equal(updated.edges, expected.edges)
    assert torch.equal(updated.nodes, expected.nodes)
    assert torch.equal(updated.side, expected.side)


def test_the_baseline_has_no_edge_and_few_occurrences_spread_evenly() -> None:
    builder = RegionBuilder(REGIONS)
    spectrum = builder.build("ACGUACGUACGUAAC")
    variables = builder.variables(spectrum, level=0.5)
    weight, none = variables["edge_weight"]
    assert torch.equal(weight[:, 128:], edge_weights(spectrum.edges[:, 128:]))
    assert not none.any()
    count, few = variables["node_count"]
    assert torch.equal(count, spectrum.nodes)
    # 14 2-mers in all, 7 within the first 8 letters, the last 5 letters.
    expected = torch.tensor([14 / 16, 7 / 16, 5 / 4]).repeat_interleave(torch.tensor([16, 16, 4]))
    torch.testing.assert_close(few[0], 0.5 * expected)


@pytest.mark.parametrize(
    ("region", "span"),
    [
        (Region(), (0, 100)),
        (Region("5'", 30), (0, 30)),
        (Region("3'", 30), (70, 100)),
        (Region("5'", 300), (0, 100)),
        (Region("3'", 300), (0, 100)),
    ],
)
def test_spans(region: Region, span: tuple[int, int]) -> None:
    assert region.span(100) == span


def test_shifted_spans_stay_inside() -> None:
    assert Region("5'", 30).span(100, length=10, shift=5) == (5, 15)
    assert Region("3'", 30).span(100, length=10, shift=5) == (85, 95)
    assert Region("3'", 30).span(4, shift=9) == (0, 0)


def test_labels_come_along() -> None:
    spectrum = RegionBuilder(REGIONS).spectrum(["ACGU", "GGCA"], y=[1, 0])
    part = spectrum[[1]]
    assert part.y.tolist() == [0]


def test_params_are_json_and_fit_learns_nothing() -> None:
    builder = RegionBuilder(REGIONS)
    assert json.loads(json.dumps(builder.params()))["regions"][1]["end"] == "5'"
    assert builder.fit(["ACGU"]) is builder


@pytest.mark.parametrize(
    "wrong", [{"end": "middle"}, {"end": "5'", "length": 2}, {"k": 0}, {"k": 7}]
)
def test_regions_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Region(**wrong)


def test_no_sequences() -> None:
    with pytest.raises(InputError, match="no sequences"):
        RegionBuilder(REGIONS).spectrum([])
