"""Integrated gradients: the linear closed form, completeness, planted elements."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from graphkit.attribution import integrated_gradients, recovery
from graphkit.builders import DeBruijnBuilder, Region, edge_weights
from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.datasets.background import markov_sequence
from graphkit.errors import InputError
from graphkit.methods import SGCLLncLocParams
from graphkit.methods.lncloc_params import TRAINING
from graphkit.pretrained import load
from graphkit.sequences import BREAK, composition, decode, dinucleotide_shuffle, encode
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.explain.explained_model import log_odds_of
from graphkit.types import Record

SIX_MERS = (Region(k=5),)


def closed_form(model, member, codes):
    """Walk along the sequence and add each word's share, letter by letter."""
    data = model.builder.inputs([codes])
    sizes = [4 ** (r.k + 1) for r in model.builder.regions]
    weights = torch.cat([edge_weights(p) for p in data.edges.split(sizes, dim=1)], dim=1)[0]
    edges, nodes = data.edges[0].double().numpy(), data.nodes[0].double().numpy()
    edge = (weights * member.edge.detach()).double().numpy()
    level = [
        np.full(4**r.k, model.count_baseline * part.mean())
        for r, part in zip(
            model.builder.regions,
            np.split(nodes, np.cumsum([s // 4 for s in sizes])[:-1]),
            strict=True,
        )
    ]
    node = (nodes - np.concatenate(level)) * member.node.detach().double().numpy()
    track = np.full(len(codes), np.nan)
    at_edge = at_node = 0
    for region in model.builder.regions:
        start, end = region.span(len(codes))
        for size, values, counts, offset in (
            (region.k + 1, edge, edges, at_edge),
            (region.k, node, nodes, at_node),
        ):
            for at in range(start, end - size + 1):
                word = codes[at : at + size].astype(int)
                if (word < BREAK).all():
                    unit = offset + int(word @ 4 ** np.arange(size - 1, -1, -1))
                    here = track[at : at + size]
                    track[at : at + size] = np.nan_to_num(here) + values[unit] / counts[unit] / size
        at_edge += 4 ** (region.k + 1)
        at_node += 4**region.k
    return track


@pytest.mark.parametrize(
    "text", ["ACGGUACGUUAGCCAUGCAAGGCUUACGUAGCC", "ACGUUACGNNGGCAUUACGUAGNACGUUAC"]
)
@pytest.mark.parametrize("regions", [SIX_MERS, (Region(k=3), Region("3'", 15, k=2))])
@pytest.mark.parametrize("steps", [2, 64])
def test_linear_model_equals_the_closed_form(toys, text, regions, steps):
    model = toys.linear(3, regions=regions)
    codes = encode(text)
    found = integrated_gradients(model, codes, steps=steps)
    expected = closed_form(model, model.members[0], codes)
    np.testing.assert_allclose(found.positions.values, expected, atol=1e-5)
    side = (composition(codes) - 0.1) * model.members[0].side.detach().numpy()
    np.testing.assert_allclose(found.side, side, atol=1e-5)
    assert abs(found.positions.delta) < 1e-5 * max(1, abs(found.f_x - found.f_base))


def test_members_add_up_to_the_ensemble(toys):
    both, codes = toys.linear(0, 1), encode(toys.TEXT)
    found = integrated_gradients(both, codes, steps=2)
    np.testing.assert_allclose(found.members.sum(axis=0), found.positions.values, atol=1e-12)
    for number in (0, 1):
        alone = integrated_gradients(toys.linear(number), codes, steps=2)
        np.testing.assert_allclose(found.members[number], alone.positions.values / 2, atol=1e-6)


def test_without_a_side_baseline_nothing_is_put_down_to_composition(toys):
    model, codes = replace(toys.linear(), side_baseline=None), encode(toys.TEXT)
    found = integrated_gradients(model, codes, steps=2)
    assert len(found.side) == 0
    # Composition then stays in the baseline.
    side = float(composition(codes) @ model.members[0].side.detach().numpy())
    counts = model.builder.inputs([codes]).nodes
    level = 0.25 * torch.cat([part.mean(dim=1) for part in counts.split([64, 16], dim=1)])
    spread = level.repeat_interleave(torch.tensor([64, 16]))
    nodes = float(spread @ model.members[0].node.detach())
    assert found.f_base == pytest.approx(side + nodes, abs=1e-4)


def test_completeness_of_the_model_that_ships():
    model = log_odds_of(load("lncloc"), "Nucleus")
    sequences = [
        encode(one.record.sequence)
        for one in simulate_transcripts(SimulationParams(n_transcripts=8), seed=4)
    ]
    found = [integrated_gradients(model, codes) for codes in sequences]
    assert {one.reference for one in found} == {"average transcript"}
    assert np.quantile([one.gap for one in found], 0.95) <= 0.01
    fine = [integrated_gradients(model, codes, steps=512).gap for codes in sequences[:1]]
    assert max(fine) <= 0.001


def average(nodes):
    """An average transcript whose only letters are U, as long as what it stands for."""
    weights, shares = torch.zeros(1, 4 * nodes), torch.zeros(1, nodes)
    weights[0, -1], shares[0, -1] = 1, 1
    return lambda data: {"edge_weight": weights, "node_count": shares * data.nodes.sum()}


def test_what_an_average_transcript_owes_is_taken_off_evenly(toys):
    plain, codes = toys.linear(0, 1, regions=(Region(k=3),)), encode("NACGGUACGUUNNAGCCAUGCAA")
    against = replace(plain, average=average(64))
    absolute, relative = (integrated_gradients(m, codes, steps=4) for m in (plain, against))
    assert (absolute.reference, relative.reference) == ("baseline", "average transcript")
    # Edges (4 letters) and nodes (3): the same for every occurrence.
    edge, node = (
        np.mean([getattr(member, name)[-1].item() for member in plain.members])
        for name in ("edge", "node")
    )
    n_edges, n_nodes = 7 + 7, 8 + 8
    level = 0.25 * n_nodes / 64 * np.mean([m.node.sum().item() for m in plain.members])
    each = edge / n_edges / 4, (node * n_nodes - level) / n_nodes / 3
    covered = [
        sum(
            share * sum(start <= t < start + k for a, b in ((1, 11), (13, 23))
                        for start in range(a, b - k + 1))
            for share, k in zip(each, (4, 3), strict=True)
        )
        for t in range(len(codes))
    ]  # fmt: skip
    expected = absolute.positions.values - covered
    np.testing.assert_allclose(relative.positions.values, expected, atol=1e-5)
    np.testing.assert_allclose(relative.side, absolute.side, atol=1e-6)
    assert abs(relative.positions.delta) < 1e-5
    f_average = absolute.f_base + edge + node * n_nodes - level
    assert relative.f_base == pytest.approx(f_average, abs=1e-5)
    np.testing.assert_allclose(relative.members.sum(axis=0), relative.positions.values, atol=1e-12)


def test_what_is_owed_where_nothing_occurs_has_no_place(toys):
    model = replace(toys.linear(regions=(Region(k=5),)), average=average(1024))
    found = integrated_gradients(model, encode("ACGUA"), steps=4)  # a node, and no edge
    assert found.absent == pytest.approx(
        -model.members[0].edge[-1].item() + found.units.values[4096:].sum()
        - found.units.values[4096 + int("01230", 4)], abs=1e-5,
    )  # fmt: skip
    assert abs(found.positions.delta) < 1e-5


@pytest.mark.parametrize("classes", [2, 3])
def test_shares_add_up_however_many_classes(toys, classes):
    model = toys.lncloc(2, classes=classes)
    for seed in range(3):
        found = integrated_gradients(model, toys.random_codes(100, seed), steps=256)
        assert found.gap <= 0.01
        units = found.units.values.sum() - found.absent
        assert np.nansum(found.positions.values) == pytest.approx(units, abs=1e-6)
        whole = np.nansum(found.positions.values) + found.side.sum() + found.absent
        assert found.positions.delta == pytest.approx(whole - (found.f_x - found.f_base), abs=1e-9)


def test_no_occurrence_at_all_would_leave_a_leap(toys):
    # Why the baseline keeps a few occurrences: attention is not defined at none.
    model, codes = toys.lncloc(2), toys.random_codes(300)
    bare = integrated_gradients(replace(model, count_baseline=0.0), codes, steps=256)
    kept = integrated_gradients(model, codes, steps=256)
    assert abs(bare.positions.delta) > 10 * abs(kept.positions.delta)


@pytest.mark.parametrize("readout", ["attention", "count", "mean"])
def test_completeness_of_sgcl_lncloc(toys, readout):
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=8, readout=readout, features="one-hot")
    model = toys.sgcl(params)
    sequences = [toys.random_codes(200, seed) for seed in range(3)]
    assert np.median([integrated_gradients(model, codes).gap for codes in sequences]) <= 0.01


def test_graphs_of_free_topology_are_explained_through_edge_kmer(toys):
    params = SGCLLncLocParams(k=7, embedding_dim=4, hidden=4, side=False)
    model = toys.sgcl(params)
    codes = encode("ACGUUGCAACGNNACGUUGCAAUCGGUACGAUCGAU")
    found = integrated_gradients(model, codes, steps=256)
    assert found.gap <= 0.01
    assert np.isnan(found.positions.values).sum() == 2
    # Added self-loops stay in the baseline: nothing is put down to them.
    loops = toys.graph(codes, 7).edge_kmer.numpy() < 0
    assert (found.units.values[: len(loops)][loops] == 0).all()


def test_fast_and_general_path_are_explained_alike(toys):
    params = SGCLLncLocParams(k=3, embedding_dim=4, hidden=8, side=False)
    fast, codes = toys.sgcl(params), toys.random_codes(120)
    general = replace(fast, builder=DeBruijnBuilder(3))
    a, b = (integrated_gradients(model, codes) for model in (fast, general))
    np.testing.assert_allclose(a.positions.values, b.positions.values, atol=1e-4)


def test_one_step_is_too_few(toys):
    with pytest.raises(InputError, match="steps = 1"):
        integrated_gradients(toys.linear(), encode(toys.TEXT), steps=1)


ELEMENT = ("GCCUCCCA",)
MANY = tuple(decode(row) for row in np.random.default_rng(5).integers(0, 4, (24, 8), np.uint8))


def planted(n, elements, generator, *, both):
    """Transcripts with elements; in those of class 0 they are shuffled away, unless in both."""
    for number in range(n):
        codes = markov_sequence(int(generator.integers(500, 1001)), generator)
        truth = np.zeros(len(codes), dtype=bool)
        for start in 16 * generator.choice(len(codes) // 16, 10, replace=False):
            element = encode(elements[generator.integers(len(elements))])
            codes[start : start + len(element)] = element
            truth[start : start + len(element)] = True
        if number % 2 == 0 and not both:
            codes = dinucleotide_shuffle(codes, generator)
        yield codes, number % 2, truth


@pytest.mark.parametrize("both", [False, True], ids=["in one class", "in both classes"])
def test_planted_element(both):
    generator = np.random.default_rng(0)
    elements = MANY if both else ELEMENT
    training = list(planted(160, elements, generator, both=both))
    unseen = list(planted(60, elements, generator, both=both))
    records = [Record(f"t{i}", decode(codes)) for i, (codes, _, _) in enumerate(training)]
    classifier = SequenceClassifier(
        "lncloc",
        params={"k": 5, "five_prime": (), "three_prime": (), "crop": 0.0},
        members=2,
        settings=replace(TRAINING, epochs=4, batch_size=32),
    ).fit(records, ["ab"[y] for _, y, _ in training])
    model = log_odds_of(classifier, "b")
    odds = model([codes for codes, _, _ in unseen])
    task = recovery(odds, np.array([y == 1 for _, y, _ in unseen]))
    with_element = [(codes, truth) for codes, y, truth in unseen if y == 1][:15]
    found = np.mean(
        [
            recovery(integrated_gradients(model, codes, steps=16).positions.values, truth)
            for codes, truth in with_element
        ]
    )
    if both:
        assert 0.35 < found < 0.65
    else:
        assert task >= 0.95
        assert found >= 0.90
