from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.datasets.transcripts import (
    CYTOPLASM_ELEMENTS,
    NUCLEUS_ELEMENTS,
    SimulationParams,
    simulate_transcripts,
)
from graphkit.errors import InputError

SMALL = SimulationParams(n_transcripts=40)


def outside_sites(transcript):
    """Return the letters of a transcript with its planted elements cut out."""
    sequence, end, pieces = transcript.record.sequence, 0, []
    for site in transcript.sites:
        pieces.append(sequence[end : site.start])
        end = site.end
    return "|".join([*pieces, sequence[end:]])


@given(
    st.integers(0, 2**40),
    st.integers(0, 8),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 2, 3]),
)
def test_each_site_holds_its_element_and_none_overlap(seed, n_sites, shared, copies, n_classes):
    params = SimulationParams(
        n_transcripts=n_classes,
        classes=("A", "B", "C")[:n_classes],
        elements=(("ACGUA",), ("CCCUU", "GAGA"), ("UAU",))[:n_classes],
        n_sites=n_sites,
        length=(120, 130),  # tight: with three classes all of a transcript may be planted
        shared_elements=shared,
        scrambled_copies=copies,
    )
    for own, transcript in enumerate(simulate_transcripts(params, seed=seed)):
        sequence = transcript.record.sequence
        assert 120 <= len(sequence) <= 130
        assert set(sequence) <= set("ACGU")
        assert transcript.label == params.classes[own]
        assert len(transcript.sites) == n_sites
        pool = params.all_elements if shared else params.elements[own]
        end = 0
        for site in transcript.sites:
            assert end <= site.start < site.end <= len(sequence)
            assert sequence[site.start : site.end] == site.element
            assert site.element in pool
            end = site.end


def test_names_and_labels():
    transcripts = simulate_transcripts(SimulationParams(n_transcripts=3))
    assert [t.record.id for t in transcripts] == [
        "sim0001|Cytoplasm",
        "sim0002|Nucleus",
        "sim0003|Cytoplasm",
    ]
    assert all(t.record.header == t.record.id for t in transcripts)
    assert Counter(t.label for t in simulate_transcripts(SMALL)) == {"Cytoplasm": 20, "Nucleus": 20}


def test_the_seed_decides_and_a_longer_run_begins_with_a_shorter_one():
    assert simulate_transcripts(SMALL, seed=5) == simulate_transcripts(SMALL, seed=5)
    assert simulate_transcripts(SMALL, seed=5) != simulate_transcripts(SMALL, seed=6)
    fewer = SimulationParams(n_transcripts=7)
    assert simulate_transcripts(fewer, seed=5) == simulate_transcripts(SMALL, seed=5)[:7]
    assert simulate_transcripts(seed=5)[:7] == simulate_transcripts(fewer, seed=5)


def test_lengths_span_the_range_in_every_class():
    transcripts = simulate_transcripts(SimulationParams(n_transcripts=400, n_sites=0))
    for label in ("Cytoplasm", "Nucleus"):
        lengths = [len(t.record.sequence) for t in transcripts if t.label == label]
        assert 500 <= min(lengths) < 520
        assert 980 < max(lengths) <= 1000


def test_background_is_the_same_for_all_classes():
    # Without elements the two classes differ by chance alone: every dinucleotide within four
    # standard errors of a difference of two shares.
    params = SimulationParams(n_transcripts=400, n_sites=0)
    pairs = {label: Counter() for label in params.classes}
    for transcript in simulate_transcripts(params, seed=1):
        sequence = transcript.record.sequence
        pairs[transcript.label].update(map("".join, pairwise(sequence)))
    one, two = pairs.values()
    for pair in one | two:
        shares = np.array([one[pair] / one.total(), two[pair] / two.total()])
        error = np.sqrt((shares * (1 - shares) / [one.total(), two.total()]).sum())
        assert abs(shares[0] - shares[1]) < 4 * error, pair


def gc_auroc(params):
    """How well G + C share alone tells Nucleus from Cytoplasm."""
    share = {label: [] for label in params.classes}
    for transcript in simulate_transcripts(params, seed=2):
        letters = Counter(transcript.record.sequence)
        share[transcript.label].append((letters["G"] + letters["C"]) / letters.total())
    difference = np.subtract.outer(share["Nucleus"], share["Cytoplasm"])
    return ((difference > 0) + 0.5 * (difference == 0)).mean()


def test_scrambled_copies_take_composition_out_of_the_task():
    # The standard error of an AUROC of 0.5 with 300 + 300 transcripts is 0.024.
    assert abs(gc_auroc(SimulationParams(n_transcripts=600)) - 0.5) < 0.1
    assert gc_auroc(SimulationParams(n_transcripts=600, scrambled_copies=False)) > 0.75


def test_elements_tell_the_classes_apart():
    for transcript in simulate_transcripts(SMALL):
        planted = outside = 0
        own = NUCLEUS_ELEMENTS if transcript.label == "Nucleus" else CYTOPLASM_ELEMENTS
        other = set(NUCLEUS_ELEMENTS + CYTOPLASM_ELEMENTS) - set(own)
        planted = sum(transcript.record.sequence.count(element) for element in own)
        outside = sum(transcript.record.sequence.count(element) for element in other)
        assert planted >= 5  # str.count skips an overlap with a neighbour by chance
        assert outside <= 2


def test_shared_elements_are_planted_in_every_class():
    params = SimulationParams(n_transcripts=100, shared_elements=True)
    planted = {label: Counter() for label in params.classes}
    for transcript in simulate_transcripts(params):
        planted[transcript.label].update(site.element for site in transcript.sites)
    for counts in planted.values():
        assert set(counts) == set(CYTOPLASM_ELEMENTS + NUCLEUS_ELEMENTS)
        assert min(counts.values()) > 25  # 50 expected
    assert params.n_planted == 6


def test_background_occurrences_stay():
    short = SimulationParams(elements=(("ACU",), ("GGA",)), n_transcripts=20)
    found = sum(outside_sites(t).count("ACU") for t in simulate_transcripts(short))
    assert found > 100


def test_nothing_planted_elsewhere_without_copies():
    params = SimulationParams(n_transcripts=6, scrambled_copies=False)
    assert params.n_planted == 6
    assert SimulationParams().n_planted == 12


def test_long_transcripts():
    params = SimulationParams(n_transcripts=1, length=(100_000, 100_000))
    assert len(simulate_transcripts(params)[0].record.sequence) == 100_000


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_transcripts": -1}, r"n_transcripts: is -1\. Give >= 0"),
        ({"classes": ("A", "A")}, "classes: .*distinct"),
        ({"classes": ()}, "classes"),
        ({"classes": ("A", "B C")}, "classes: .*white space"),
        ({"classes": ("A", "B|C")}, "classes"),
        ({"classes": ("A", "")}, "classes"),
        ({"classes": ("A", "B", "C")}, "elements: are 2 groups for 3 classes"),
        ({"elements": (("ACGU",), ())}, "elements"),
        ({"elements": (("ACGU",), ("ACGT",))}, "elements: contain 'ACGT'"),
        ({"elements": (("ACGU",), ("",))}, "elements: contain ''"),
        ({"n_sites": -1}, "n_sites"),
        ({"length": (600, 500)}, "length"),
        ({"length": (0, 500)}, "length"),
        ({"length": (50, 500)}, "length: starts at 50 nt, .* may need 108 nt"),
    ],
)
def test_refuses_params_by_name(wrong, message):
    with pytest.raises(InputError, match=message):
        SimulationParams(**wrong)


def test_refuses_a_negative_seed():
    with pytest.raises(InputError, match="seed"):
        simulate_transcripts(SMALL, seed=-1)


def test_refuses_what_cannot_be_scrambled():
    params = SimulationParams(elements=(("AAAAAAA",), NUCLEUS_ELEMENTS))
    with pytest.raises(InputError, match=r"'AAAAAAA' cannot be scrambled.*scrambled_copies=False"):
        simulate_transcripts(params)


@pytest.mark.parametrize("shared", [False, True])
def test_kinds_limit_the_elements_of_a_transcript_not_of_its_class(shared):
    params = SimulationParams(n_transcripts=200, n_kinds=1, shared_elements=shared)
    transcripts = simulate_transcripts(params, seed=2)
    kinds = [{site.element for site in one.sites} for one in transcripts]
    assert {len(found) for found in kinds} == {1}
    for name, elements in zip(params.classes, params.elements, strict=True):
        of_class = set().union(
            *(found for one, found in zip(transcripts, kinds, strict=True) if one.label == name)
        )
        assert of_class == set(params.all_elements if shared else elements)


def test_kinds_beyond_those_of_the_class_change_nothing():
    assert simulate_transcripts(SimulationParams(n_kinds=3)) == simulate_transcripts()
    with pytest.raises(InputError, match="n_kinds"):
        SimulationParams(n_kinds=0)


@pytest.mark.parametrize("shared", [False, True])
def test_blank_transcripts_hold_scrambled_copies_alone(shared):
    params = SimulationParams(n_transcripts=200, blank_share=0.3, shared_elements=shared)
    transcripts = simulate_transcripts(params, seed=4)
    for name in params.classes:
        blank = [not one.sites for one in transcripts if one.label == name]
        assert 0.15 < sum(blank) / len(blank) < 0.45
    assert {len(one.sites) for one in transcripts} == {0, params.n_sites}
    rows = [one.record.sequence for one in transcripts if not one.sites]
    found = sum(row.count(e) for row in rows for e in params.all_elements if len(e) > 7)
    assert found <= 0.05 * len(rows) * params.n_sites
    with pytest.raises(InputError, match="blank_share"):
        SimulationParams(blank_share=1.5)
