"""Node features."""

import numpy as np
import pytest

from graphkit.builders import KmerWord2Vec, OneHotKmers
from graphkit.builders.features import _sentences
from graphkit.errors import InputError
from graphkit.sequences import encode, kmer_code, kmer_names


def random_codes(seed: int, n: int, length: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 4, length).astype(np.uint8) for _ in range(n)]


def test_one_hot_equals_loop() -> None:
    features = OneHotKmers(3)
    matrix = features(np.arange(64))
    for row, name in zip(matrix, kmer_names(3), strict=True):
        assert row.reshape(3, 4).argmax(axis=1).tolist() == ["ACGU".index(c) for c in name]
        assert row.sum() == 3
    assert matrix.shape == (64, features.dim)
    assert features.fit([]) is features


def test_word2vec_is_reproducible() -> None:
    codes = random_codes(0, 5, 300)
    first, second = (KmerWord2Vec(2, dimension=8, seed=3).fit(codes) for _ in range(2))
    other = KmerWord2Vec(2, dimension=8, seed=4).fit(codes)
    kmers = np.arange(16)
    assert np.array_equal(first(kmers), second(kmers))
    assert not np.array_equal(first(kmers), other(kmers))


def test_word2vec_puts_shared_contexts_together() -> None:
    # A and C stand in one kind of text, G and U in another: skip-gram must tell them apart.
    rng = np.random.default_rng(0)
    codes = [rng.integers(2 * (i % 2), 2 * (i % 2) + 2, 200).astype(np.uint8) for i in range(60)]
    features = KmerWord2Vec(2, dimension=8, epochs=10, seed=0).fit(codes)
    vectors = features(np.array([kmer_code(name) for name in ("AC", "CA", "GU", "UG")]))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert min(cosine[0, 1], cosine[2, 3]) > max(cosine[0, 2], cosine[1, 3]) + 0.2


def test_no_more_text_is_read_than_asked_for() -> None:
    codes = [encode("AC" * 50), encode("GU" * 50)]
    features = KmerWord2Vec(2, dimension=4, epochs=1, max_kmers=10).fit(codes)
    assert len(features.vectors_) == 2  # one sentence, either AC and CA or GU and UG


def test_unseen_kmers_are_zero() -> None:
    features = KmerWord2Vec(2, dimension=4, epochs=1).fit([encode("ACACACAC")])
    assert not features(np.array([kmer_code("GG")])).any()
    assert features(np.array([kmer_code("AC")])).any()


def test_sentences_break_at_n_and_at_what_gensim_reads() -> None:
    assert [s.tolist() for s in _sentences(encode("ACGNGU"), 2)] == [[1, 6], [11]]
    long = encode("A" * 25_001)
    assert [len(s) for s in _sentences(long, 2)] == [10_000, 10_000, 5_000]


def test_word2vec_refuses_what_it_cannot_do() -> None:
    with pytest.raises(InputError, match="no valid 5-mer"):
        KmerWord2Vec().fit([encode("NNNN")])
    with pytest.raises(InputError, match="not fitted"):
        KmerWord2Vec()(np.array([0]))


def test_params() -> None:
    assert KmerWord2Vec(3).params()["name"] == "word2vec"
    assert KmerWord2Vec(3, dimension=7).dim == 7
