import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.motifs import Motif, match_motifs, read_motifs
from graphkit.motifs.collections.match import _similarity, _Tails


def random_motifs(n, seed, width=8):
    generator = np.random.default_rng(seed)
    return [Motif(f"m{i}", generator.dirichlet([0.3] * 4, width) * 20, 20) for i in range(n)]


def test_a_motif_finds_itself_first():
    known = random_motifs(60, 0)
    for query, found in zip(
        known, match_motifs(known, known, top=1, min_information=0), strict=True
    ):
        assert found[0].target == query.name
        assert (found[0].offset, found[0].overlap) == (0, 8)


def test_offset_is_the_query_column_under_the_target():
    known = [*random_motifs(80, 1), Motif.from_consensus("UGUANAUA", n_sites=20, name="pum")]
    longer = Motif.from_consensus("CCUGUANAUA", n_sites=20)
    shorter = Motif.from_consensus("GUANAUA", n_sites=20)
    (first,), (second,) = match_motifs([longer, shorter], known, top=1)
    assert (first.target, first.offset, first.overlap) == ("pum", 2, 8)
    assert (second.target, second.offset, second.overlap) == ("pum", -1, 7)


def test_one_strand():
    known = [*random_motifs(60, 2), Motif.from_consensus("GGGAGGC", n_sites=20, name="reverse")]
    (found,) = match_motifs([Motif.from_consensus("GCCUCCC", n_sites=20)], known)
    assert "reverse" not in [m.target for m in found]


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(0, 5), st.integers(1, 4))
def test_tails_equal_every_choice_of_columns(seed, total, width):
    generator = np.random.default_rng(seed)
    level = generator.integers(0, 101, size=(width, 5))
    total = total * 20 * width
    every = np.array(np.meshgrid(*level)).reshape(width, -1).sum(axis=0)
    tails = _Tails(level)
    assert tails.p(0, width, total) == pytest.approx(np.mean(every >= total))
    first = level[0] + tails.beside(0, 1)
    assert tails.p(0, 1, total) == pytest.approx(np.mean(first >= total))


def test_columns_that_meet_none_count_as_their_median():
    level = np.array([[0, 10, 90], [5, 5, 80], [1, 2, 3]])
    tails = _Tails(level)
    assert tails.beside(0, 3) == 0
    assert tails.beside(1, 3) == 10
    assert tails.beside(1, 2) == 12
    assert tails.beside(0, 1) == 7


def test_similarity_runs_from_0_to_100():
    query, known = np.eye(4)[[0, 1]], np.vstack([np.eye(4)[0], np.full(4, 0.25)])
    assert _similarity(query, known).tolist() == [[100, 39], [0, 39]]


def test_p_values_of_unrelated_motifs_are_no_smaller_than_chance():
    known, queries = random_motifs(150, 3), random_motifs(40, 4)
    found = match_motifs(queries, known, top=150, max_q=1.0, min_information=0)
    p = np.array([m.p for row in found for m in row])
    assert len(p) == 40 * 150
    assert np.mean(p < 0.05) < 0.06
    assert np.mean(p < 0.001) < 0.003
    assert np.median(p) == pytest.approx(0.5, abs=0.1)
    assert all(not row for row in match_motifs(queries, known, max_q=0.01))


def test_q_and_top_limit_what_is_reported():
    known = random_motifs(60, 5)
    rows = match_motifs(known[:3], known, top=2, max_q=1.0)
    assert [len(row) for row in rows] == [2, 2, 2]
    assert all(m.q >= m.p for row in rows for m in row)
    assert all(row[0].p <= row[1].p for row in rows)


def test_targets_that_say_little_are_left_out():
    flat = Motif("flat", np.ones((8, 4)), 20)
    assert match_motifs([flat], [flat]) == [()]
    assert match_motifs([], random_motifs(3, 0)) == []
    assert match_motifs(random_motifs(2, 0), []) == [(), ()]


def test_families_of_rbps_in_public_motifs(shared):
    folder = shared / "data" / "motifs"
    if not folder.is_dir():
        pytest.skip("no motif collections in the shared folder")
    known = read_motifs(next(iter(sorted(folder.glob("cat*.meme")))))
    words = {"UGUAAAUA": "PUM", "UUAUUUAUU": "ZFP36", "UGCAUG": "RBFOX", "ACUAAY": "QKI"}
    queries = [Motif.from_consensus(word, n_sites=60) for word in words]
    for (word, family), found in zip(words.items(), match_motifs(queries, known), strict=True):
        assert found[0].family == family, word
        assert found[0].q < 0.05


@pytest.mark.slow
def test_agrees_with_tomtom():
    memelite = pytest.importorskip("memelite", reason="needs the extra tomtom")
    known, queries = random_motifs(80, 6), random_motifs(10, 7)
    queries += [Motif(m.name, m.counts + 2, 28) for m in known[:10]]
    theirs = memelite.tomtom(
        [m.probabilities().T for m in queries],
        [m.probabilities().T for m in known],
        reverse_complement=False,
    )[0]
    ours = {
        (i, m.target): m.p
        for i, row in enumerate(
            match_motifs(queries, known, top=80, max_q=1.0, min_overlap=1, min_information=0)
        )
        for m in row
    }
    pairs = [(ours[i, m.name], theirs[i][j]) for i in range(20) for j, m in enumerate(known)]
    a, b = np.log10(np.maximum(np.array(pairs, dtype=float), 1e-12)).T
    assert np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1] > 0.98
    assert np.corrcoef(a, b)[0, 1] > 0.99
    assert [min(range(80), key=lambda j: theirs[i][j]) for i in range(10, 20)] == list(range(10))
