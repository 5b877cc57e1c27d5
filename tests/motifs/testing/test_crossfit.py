import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.motifs import Motif, combined_p, halves, pair_up
from graphkit.motifs.testing.crossfit import BOTH, Family, one_per_element


def motif(consensus, sign=1, n_sites=20):
    made = Motif.from_consensus(consensus, n_sites=n_sites)
    return Motif(consensus, made.counts, n_sites, sign=sign)


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 1), st.booleans()), min_size=1, max_size=60
    ),
    st.integers(0, 5),
)
def test_no_group_is_torn_and_none_is_lost(rows, seed):
    groups, labels, tested = (np.array(c) for c in zip(*rows, strict=True))
    half = halves(groups, labels, tested=tested, seed=seed)
    for group in np.unique(groups):
        assert len(set(half[groups == group].tolist())) == 1
        counted = tested[groups == group].any()
        assert (half[groups == group][0] == BOTH) == (not counted)


def test_classes_are_spread_evenly():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 200)
    half = halves(np.arange(200), labels, tested=np.ones(200, dtype=bool))
    for label in (0, 1):
        n = np.bincount(half[labels == label], minlength=2)
        assert abs(int(n[0]) - int(n[1])) <= 1


def test_unlabelled_records_follow_their_group():
    half = halves([0, 0, 1, 2], [1, -1, 0, -1], tested=[1, 0, 1, 0])
    assert half[0] == half[1] != half[2]
    assert half[3] == BOTH


def test_alike_motifs_of_one_sign_are_paired():
    first = [motif("UGUAAAUA"), motif("GCCUCCC"), motif("GAAGAAG", sign=-1)]
    second = [motif("GCCUCCC"), motif("GAAGAAG"), motif("UGUAUAUA")]
    families = pair_up(first, second)
    names = {tuple(m and m.name for m in family) for family in families}
    assert names == {
        ("UGUAAAUA", "UGUAUAUA"),
        ("GCCUCCC", "GCCUCCC"),
        ("GAAGAAG", None),
        (None, "GAAGAAG"),
    }


def test_each_motif_is_in_one_family():
    families = pair_up([motif("UGUAAAUA")] * 3, [motif("UGUAAAUA")] * 2)
    assert sum(f.for_first is not None for f in families) == 3
    assert sum(f.for_second is not None for f in families) == 2
    assert len(families) == 3


def test_joined_has_all_sites():
    assert Family(motif("ACUCCCA", n_sites=10), motif("ACUCCC", n_sites=30)).joined().n_sites == 40
    assert Family(None, motif("ACUCCC")).joined().consensus == "ACUCCC"


@given(st.floats(0, 1), st.floats(0, 1))
def test_combined_p_is_bonferroni(a, b):
    assert combined_p(a, b) == pytest.approx(min(1, 2 * min(a, b)))
    assert combined_p(a, None) == a


def of(consensus, n_sites, sign=1):
    return Motif(
        consensus, Motif.from_consensus(consensus, n_sites=n_sites).counts, n_sites, sign=sign
    )


def test_variants_of_an_element_have_no_row_of_their_own():
    families = [
        Family(of("HUUAAU", 60), None),  # a part, a letter changed
        Family(of("GUUAAUU", 300), of("GUUAAUU", 200)),
        Family(None, of("VUAAUU", 90)),
        Family(of("GUUAAUU", 40, sign=-1), None),  # speaks for the other class
        Family(of("CCCAUG", 100), None),
        Family(of("CCCAUC", 90), None),  # as common: an element of its own
    ]
    found = {
        family.joined().consensus + "+-"[family.joined().sign < 0]: [m.consensus for m in variants]
        for family, variants in one_per_element(families)
    }
    assert found == {"GUUAAUU+": ["VUAAUU", "HUUAAU"], "GUUAAUU-": [], "CCCAUG+": [], "CCCAUC+": []}
    kept = {family for family, _ in one_per_element(families[:3])}
    assert kept == {families[1]}  # as it was found, both halves apart


def test_no_families_have_no_variants():
    assert one_per_element([]) == []
