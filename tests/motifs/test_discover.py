import numpy as np
import pytest

from graphkit.datasets.transcripts import CYTOPLASM_ELEMENTS, NUCLEUS_ELEMENTS
from graphkit.errors import InputError
from graphkit.motifs import DiscoverParams, Motif, Track, discover
from graphkit.sequences import decode, encode

CLASSES = ("Cytoplasm", "Nucleus")


def consensus_of(table, favours):
    return {row.consensus for row in table.rows if row.favours == favours}


def test_planted_elements_come_back_tested(explained):
    tracks, labels = explained(80, seed=1)
    table = discover(tracks, labels=labels, classes=CLASSES)
    assert not table.descriptive
    assert (table.n_tracks, table.n_tested, table.reason) == (80, 80, "")
    assert consensus_of(table, "Cytoplasm") == set(CYTOPLASM_ELEMENTS)
    assert consensus_of(table, "Nucleus") == set(NUCLEUS_ELEMENTS)
    for row in table.rows:
        assert row.p <= row.q < 0.05
        assert row.enrichment.odds_ratio > 4
        assert row.enrichment.present[1] > 0.7
        assert not row.descriptive
    assert [row.q for row in table.rows] == sorted(row.q for row in table.rows)


def test_elements_of_both_classes_are_found_and_not_called(explained):
    for seed in range(3):
        tracks, labels = explained(60, seed=seed, shared_elements=True)
        table = discover(tracks, labels=labels, classes=CLASSES)
        assert len(table.rows) >= 5
        assert all(row.q >= 0.05 for row in table.rows)


def test_without_measured_classes_it_describes(explained):
    tracks, _ = explained(40)
    table = discover(tracks)
    assert table.descriptive
    assert table.reason == "no measured classes"
    assert len(table.rows) == 6
    for row in table.rows:
        assert row.descriptive
        assert row.enrichment is row.p is row.q is None


def test_what_the_model_was_trained_on_is_not_tested(explained):
    tracks, labels = explained(60, seed=2)
    table = discover(tracks, labels=labels, seen=[True] * 60)
    assert table.descriptive
    assert "seen" in table.reason
    assert all(row.enrichment is not None and row.p is row.q is None for row in table.rows)
    half = discover(tracks, labels=labels, seen=[i < 20 for i in range(60)])
    assert half.n_tested == 40
    assert all(sum(row.enrichment.n) <= 40 for row in half.rows)
    assert not half.descriptive


def test_copies_of_one_transcript_prove_nothing(explained):
    (first, second, *_), _ = explained(4)
    table = discover([first] * 20 + [second] * 20, labels=[0] * 20 + [1] * 20)
    assert table.descriptive
    assert "too few dissimilar" in table.reason


def test_one_class_only(explained):
    tracks, _ = explained(30)
    assert discover(tracks, labels=[1] * 30).descriptive


def test_scores_of_shuffles_are_used(explained):
    tracks, labels = explained(30)
    loud = [[np.random.default_rng(i).normal(size=500) * 50] for i in range(30)]
    assert discover(tracks, labels=labels, nulls=loud).rows == ()


def test_knock_out_and_known_motifs(explained):
    tracks, labels = explained(40, seed=3)

    def effect(sequences):
        texts = [decode(codes) for codes in sequences]
        return np.array([
            sum(t.count(e) for e in NUCLEUS_ELEMENTS) - sum(t.count(e) for e in CYTOPLASM_ELEMENTS)
            for t in texts
        ], dtype=float)  # fmt: skip

    database = [Motif.from_consensus("UGUANAUA", name="PUM2_1", n_sites=20)]
    database += [
        Motif(f"x{i}", np.random.default_rng(i).dirichlet([0.3] * 4, 8) * 20, 20) for i in range(60)
    ]
    params = DiscoverParams(knock_out_draws=2, knock_out_records=15)
    table = discover(
        tracks, labels=labels, classes=CLASSES, database=database, effect=effect, params=params
    )
    for row in table.rows:
        change = row.knock_out
        assert change.n_transcripts <= 15
        if row.favours == "Nucleus":
            assert change.high < 0
        else:
            assert change.low > 0
        assert abs(change.control) < abs(change.effect) / 3
    (pumilio,) = [row for row in table.rows if row.consensus == "UGUAAAUA"]
    assert pumilio.matches[0].family == "PUM"
    assert pumilio.known[0].name == "Pumilio response element"
    assert all(len(row) == len(table.table()[0]) for row in table.table())


def test_a_database_is_tested_where_nothing_was_discovered(explained):
    tracks, labels = explained(60)
    silent = [Track(t.id, t.codes, np.zeros(len(t.codes))) for t in tracks]
    database = [Motif.from_consensus(e, name=e, n_sites=20) for e in (*NUCLEUS_ELEMENTS, "ACGG")]
    table = discover(silent, labels=labels, classes=CLASSES, database=database)
    assert (table.rows, table.n_seqlets) == ((), 0)
    assert [row.name for row in table.known if row.q < 0.05] != []
    assert {row.favours for row in table.known if row.q < 0.05} == {"Nucleus"}
    assert [row.q for row in table.known] == sorted(row.q for row in table.known)
    # What says too little is not tested, nor anything without two measured classes.
    assert "ACGG" not in {row.name for row in table.known if row.motif.total_information < 6}
    assert discover(silent, database=database).known == ()
    assert discover(silent, labels=[1] * 60, database=database).known == ()


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_table(explained):
    tracks, labels = explained(40)
    first, again = (discover(tracks, labels=labels, seed=5).table() for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    "scores", [np.zeros(400), np.full(400, np.nan), np.full(400, 0.3)], ids=str
)
def test_degenerate_tracks_have_no_motifs(scores):
    tracks = [Track(str(i), encode("A" * 400), scores) for i in range(12)]
    table = discover(tracks, labels=[0, 1] * 6)
    assert table.rows == ()
    assert table.n_seqlets == 0


@pytest.mark.parametrize(
    ("wrong", "slot"),
    [
        ({"labels": [1]}, "labels"),
        ({"labels": [1, 2]}, "labels"),
        ({"seen": [True]}, "seen"),
        ({"nulls": []}, "nulls"),
        ({"fdr": 2.0}, "fdr"),
    ],
)
def test_what_does_not_fit_is_named(wrong, slot):
    tracks = [Track(str(i), encode("ACGUACGU"), np.zeros(8)) for i in range(2)]
    with pytest.raises(InputError) as caught:
        discover(tracks, **wrong)
    assert caught.value.slot == slot
