"""Two elements side by side: parted where each also stands alone, left whole where it does not."""

import numpy as np
import pytest

from graphkit.motifs import Seqlet, Track, cluster_seqlets
from graphkit.sequences import encode

FIRST, SECOND = "GUUAAUU", "CCCAUGC"


def side_by_side(share, *, n=150, gap=0, loud=True, length=120, seed=0):
    """Plant both elements in every track: beside one another in a share of them, else apart."""
    generator = np.random.default_rng(seed)
    tracks, seqlets = [], []
    for i in range(n):
        codes = generator.integers(0, 4, length).astype(np.uint8)
        beside = i < share * n
        places = (40, 40 + len(FIRST) + gap) if beside else (20, 80)
        for word, place in zip((FIRST, SECOND), places, strict=True):
            codes[place : place + len(word)] = encode(word)
            # What is not loud is spoken for by its first letters alone.
            end = place + (len(word) if loud else 4)
            seqlets.append(Seqlet(i, place, end, 1, 7.0, 0.0, 0.0))
        tracks.append(Track(str(i), codes, np.ones(length)))
    return tracks, seqlets


@pytest.mark.parametrize("loud", [True, False])
@pytest.mark.parametrize("gap", [0, 1, 2])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_elements_that_also_stand_alone_are_two(share, gap, loud):
    motifs = cluster_seqlets(*side_by_side(share, gap=gap, loud=loud))
    assert {m.consensus for m in motifs} == {FIRST, SECOND}
    assert all(m.n_sites >= 0.8 * 150 for m in motifs)


@pytest.mark.parametrize("share", [0.95, 1.0])
def test_elements_that_are_practically_never_apart_are_one(share):
    motifs = cluster_seqlets(*side_by_side(share))
    assert motifs[0].consensus == FIRST + SECOND
    assert motifs[0].n_sites >= 145


def test_an_element_whose_end_is_never_seen_alone_is_one():
    # The first stands alone as well: of the second nothing shows that it is an element.
    tracks, seqlets = side_by_side(0.6)
    only_first = [s for s in seqlets if s.start != 80]
    for track in tracks[90:]:
        track.codes[80:87] = encode("AGAGAGA")
    assert FIRST + SECOND in {m.consensus for m in cluster_seqlets(tracks, only_first)}


def test_parts_of_one_element_that_a_model_speaks_for_by_chance_do_not_part_it():
    # In long transcripts words of six letters come by chance, and a model that reads short words
    # speaks for some of them: for fewer than it passes over.
    word, n, length = "GUUAAUCCCAUG", 100, 3000
    generator = np.random.default_rng(1)
    tracks, seqlets = [], []
    for i in range(n):
        codes = generator.integers(0, 4, length).astype(np.uint8)
        codes[40:52] = encode(word)
        seqlets.append(Seqlet(i, 40, 52, 1, 12.0, 0.0, 0.0))
        letters = codes.tobytes()
        for part in (word[:6], word[6:]):
            place = letters.find(encode(part).tobytes(), 60)
            if place > 0 and i % 2:
                seqlets.append(Seqlet(i, place, place + 6, 1, 6.0, 0.0, 0.0))
        tracks.append(Track(str(i), codes, np.ones(length)))
    assert cluster_seqlets(tracks, seqlets)[0].consensus == word


def test_what_is_parted_may_be_parted_again():
    words = ("GUUAAUU", "CCCAUGC", "AGGACGA")
    generator = np.random.default_rng(2)
    tracks, seqlets = [], []
    for i in range(240):
        codes = generator.integers(0, 4, 150).astype(np.uint8)
        places = ((40, 47, 54), (40, 47, 54), (10, 80, 87), (10, 60, 110))[i % 4]
        for word, place in zip(words, places, strict=True):
            codes[place : place + 7] = encode(word)
            seqlets.append(Seqlet(i, place, place + 7, 1, 7.0, 0.0, 0.0))
        tracks.append(Track(str(i), codes, np.ones(150)))
    assert {m.consensus for m in cluster_seqlets(tracks, seqlets)} == set(words)
