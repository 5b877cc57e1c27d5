"""The de Bruijn builder against slow loops."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkit.builders import DeBruijnBuilder, OneHotKmers
from graphkit.errors import InputError
from graphkit.sequences import kmer_code, kmer_name
from graphkit.types import Record

sequences = st.text("ACGUNacgt", max_size=60)


def kmers_by_loop(sequence: str, k: int) -> list[tuple[int, str]]:
    text = sequence.upper().replace("T", "U")
    found = [(i, text[i : i + k]) for i in range(len(text) - k + 1)]
    return [(i, kmer) for i, kmer in found if "N" not in kmer]


def weights_by_loop(sequence: str, k: int) -> dict[str, float]:
    counts = Counter(kmer for _, kmer in kmers_by_loop(sequence, k + 1))
    out, into = Counter(), Counter()
    for edge, count in counts.items():
        out[edge[:-1]] += count
        into[edge[1:]] += count
    return {e: c / (out[e[:-1]] * into[e[1:]]) ** 0.5 for e, c in counts.items()}


@given(sequence=sequences, k=st.integers(1, 9))
def test_graph_equals_loop(sequence: str, k: int) -> None:
    builder = DeBruijnBuilder(k)
    graph, (_, nodes) = builder.build(sequence), builder.provenance(sequence).paths
    names = [kmer_name(code, k) for code in graph.node_kmer.tolist()]
    real = graph.edge_kmer >= 0
    got = {
        kmer_name(kmer, k + 1): weight
        for kmer, weight in zip(
            graph.edge_kmer[real].tolist(), graph.edge_weight[real].tolist(), strict=True
        )
    }
    assert got == pytest.approx(weights_by_loop(sequence, k), abs=1e-6)
    for (u, v), kmer in zip(graph.edge_index.T.tolist(), graph.edge_kmer.tolist(), strict=True):
        if kmer >= 0:
            edge = kmer_name(kmer, k + 1)
            assert (names[u], names[v]) == (edge[:-1], edge[1:])
    path = kmers_by_loop(sequence, k)
    first = graph.num_edges
    assert [names[i - first] for i in nodes.unit.tolist()] == [kmer for _, kmer in path]
    assert nodes.start.tolist() == [i for i, _ in path]
    counts = Counter(kmer for _, kmer in path)
    assert graph.node_count.tolist() == [counts[name] for name in names]
    assert graph.num_nodes == (4**k if k <= 6 else len(counts))


@given(sequence=sequences, k=st.integers(1, 6))
def test_spectrum_equals_graph(sequence: str, k: int) -> None:
    builder = DeBruijnBuilder(k)
    graph, spectrum = builder.build(sequence), builder.spectrum([sequence])
    real = graph.edge_kmer >= 0
    assert torch.equal(spectrum.nodes[0], graph.node_count)
    assert torch.equal(spectrum.side, graph.side)
    assert torch.equal(spectrum.edges[0].nonzero()[:, 0], graph.edge_kmer[real])
    assert torch.equal(spectrum.edges[0], builder.counts(sequence))


def test_every_node_has_one_self_loop_and_aaaaa_two() -> None:
    graph = DeBruijnBuilder(5).build("A" * 8)
    loops = graph.edge_index[0] == graph.edge_index[1]
    assert torch.bincount(graph.edge_index[0][loops], minlength=1024).tolist() == [2] + [1] * 1023
    added = graph.edge_kmer < 0
    assert torch.equal(graph.edge_weight[added], torch.ones(1024))


def test_records_strings_and_codes_are_the_same() -> None:
    builder = DeBruijnBuilder(3)
    text = "ACGUACGGNACGA"
    codes = np.array([0, 1, 2, 3, 0, 1, 2, 2, 4, 0, 1, 2, 0], dtype=np.uint8)
    for item in (Record("x", text), text.lower(), text.replace("U", "T"), codes):
        assert torch.equal(builder.counts(item), builder.counts(text))


def test_edges_of_the_provenance_are_those_of_the_graph() -> None:
    builder = DeBruijnBuilder(7)
    graph, (edges, _) = builder.build("ACGUACGUACN"), builder.provenance("ACGUACGUACN").paths
    found = [kmer_name(kmer, 8) for kmer in graph.edge_kmer[edges.unit].tolist()]
    assert found == ["ACGUACGU", "CGUACGUA", "GUACGUAC"]


def test_added_self_loops_stay_in_the_baseline() -> None:
    builder = DeBruijnBuilder(2)
    graph = builder.build("AAAC")
    weight, baseline = builder.variables(graph)["edge_weight"]
    assert torch.equal(weight, graph.edge_weight)
    assert torch.equal(baseline, (graph.edge_kmer < 0).float())


def test_params_are_json() -> None:
    import json

    params = json.loads(json.dumps(DeBruijnBuilder(3).params()))
    assert params["k"] == 3
    assert params["features"] == {"name": "one-hot", "k": 3}


def test_networkx_keeps_both_loops() -> None:
    builder = DeBruijnBuilder(2)
    network = builder.to_networkx(builder.build("AAAC"))
    assert network.number_of_nodes() == 16
    assert network.number_of_edges("AA", "AA") == 2
    assert network.nodes["AA"]["count"] == 2


def test_features_are_node_features() -> None:
    graph = DeBruijnBuilder(7).build("ACGUACGUAC")
    assert torch.equal(graph.x, torch.from_numpy(OneHotKmers(7)(graph.node_kmer.numpy())))
    assert kmer_name(int(graph.node_kmer[0]), 7) == "ACGUACG"
    assert kmer_code("ACGUACG") == int(graph.node_kmer[0])


@pytest.mark.parametrize("k", [0, 31])
def test_k_out_of_range(k: int) -> None:
    with pytest.raises(InputError, match=f"k = {k}.*Choose 1 to 30"):
        DeBruijnBuilder(k)


def test_counts_refuse_large_k() -> None:
    with pytest.raises(InputError, match="too many k-mers"):
        DeBruijnBuilder(7).counts("ACGU")


def test_empty_spectrum_is_refused_with_a_reason() -> None:
    with pytest.raises(InputError, match="no sequences"):
        DeBruijnBuilder(2).spectrum([])
