"""Graphs of a transcript and its ends."""

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkit.builders import DeBruijnBuilder, Region, RegionBuilder
from graphkit.errors import InputError
from graphkit.sequences import kmer_name

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
    graph = RegionBuilder(REGIONS).build(sequence)
    for node, position in zip(graph.path_index.tolist(), graph.position.tolist(), strict=True):
        k = REGIONS[int(graph.region[node])].k
        name = kmer_name(int(graph.node_kmer[node]), k)
        assert sequence[position : position + k] == name
    assert torch.equal(graph.node_count, RegionBuilder(REGIONS).spectrum([sequence]).nodes[0])


def test_regions_are_not_joined() -> None:
    graph = RegionBuilder(REGIONS).build("ACGUACGUACGU")
    source, target = graph.region[graph.edge_index]
    assert torch.equal(source, target)
    assert graph.num_nodes == 36


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


def test_labels_and_sources_come_along() -> None:
    spectrum = RegionBuilder(REGIONS).spectrum(["ACGU", "GGCA"], y=[1, 0], source=[0, 1])
    part = spectrum[[1]]
    assert (part.y.tolist(), part.source.tolist()) == ([0], [1])


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
