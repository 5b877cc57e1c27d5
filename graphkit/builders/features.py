"""Node features of a de Bruijn graph: one row per k-mer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self
from zlib import crc32

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import kmer_codes, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

# gensim silently drops every word after the 10,000th of a sentence.
_SENTENCE = 10_000


class NodeFeatures(Protocol):
    """Turns k-mer codes into rows of numbers."""

    @property
    def dim(self) -> int:
        """Numbers per k-mer."""
        ...

    def fit(self, sequences: Iterable[NDArray[np.uint8]]) -> Self:
        """Learn from encoded sequences; a no-op where nothing is learned."""
        ...

    def __call__(self, kmers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the features ``[N, F]`` of k-mer codes ``[N]``."""
        ...

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        ...


@dataclass
class OneHotKmers:
    """Each of the k letters as one of four: 4 k numbers per k-mer, nothing to learn.

    Parameters
    ----------
    k
        Letters per k-mer.

    Examples
    --------
    >>> OneHotKmers(k=2)(np.array([1]))  # AC
    array([[1., 0., 0., 0., 0., 1., 0., 0.]], dtype=float32)
    """

    k: int = 5

    @property
    def dim(self) -> int:
        """Numbers per k-mer."""
        return 4 * self.k

    def fit(self, sequences: Iterable[NDArray[np.uint8]]) -> Self:  # noqa: ARG002
        """Return self; there is nothing to learn."""
        return self

    def __call__(self, kmers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the features ``[N, 4 k]`` of k-mer codes ``[N]``, first letter first."""
        shifts = 2 * np.arange(self.k - 1, -1, -1)
        letters = (np.asarray(kmers)[:, None] >> shifts) & 3
        return np.eye(4, dtype=np.float32)[letters].reshape(len(letters), self.dim)

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        return {"name": "one-hot", **asdict(self)}


@dataclass
class KmerWord2Vec:
    """Skip-gram vectors of k-mers (gensim), sentences being the k-mer paths of sequences.

    One worker and a fixed hash make a fit reproducible; fit it on training records only. K-mers
    that were never seen get the zero vector.

    Parameters
    ----------
    k
        Letters per k-mer.
    dimension
        Numbers per k-mer.
    window
        K-mers on either side that count as context.
    epochs
        Passes over the sequences.
    max_kmers
        Most k-mers to read: sentences are drawn at random until there are that many. Beyond a
        thousand occurrences of each k-mer more text only takes longer.
    seed
        Seed of the initial vectors and of the sampling.

    Attributes
    ----------
    vectors_ : dict of int to ndarray [dimension]
        Learned vector of each k-mer code seen.

    References
    ----------
    Mikolov et al. 2013, arXiv:1310.4546.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> features = KmerWord2Vec(k=2, dimension=3, epochs=1).fit([encode("ACGUACGUACGU")])
    >>> features(np.array([1, 0])).shape  # AC was seen, AA was not
    (2, 3)
    """

    k: int = 5
    dimension: int = 128
    window: int = 5
    epochs: int = 5
    max_kmers: int = 1_000_000
    seed: int = 0
    vectors_: dict[int, NDArray[np.float32]] = field(default_factory=dict, repr=False)

    @property
    def dim(self) -> int:
        """Numbers per k-mer."""
        return self.dimension

    def fit(self, sequences: Iterable[NDArray[np.uint8]]) -> Self:
        """Learn a vector for each k-mer of encoded `sequences`.

        Parameters
        ----------
        sequences : iterable of ndarray [L]
            Letters as 0-3, breaks as 4.

        Raises
        ------
        InputError
            If no sequence holds a valid k-mer.
        """
        from gensim.models import Word2Vec

        runs_of_kmers = [s for codes in sequences for s in _sentences(codes, self.k)]
        if not runs_of_kmers:
            raise InputError(
                f"no valid {self.k}-mer in any sequence",
                remedy="Give sequences of A, C, G and U/T.",
            )
        order = np.random.default_rng(self.seed).permutation(len(runs_of_kmers))
        sizes = np.cumsum([len(runs_of_kmers[i]) for i in order])
        drawn = order[: np.searchsorted(sizes, self.max_kmers) + 1]
        sentences = [list(map(str, runs_of_kmers[i].tolist())) for i in drawn]
        model = Word2Vec(
            sentences,
            vector_size=self.dimension,
            window=self.window,
            min_count=1,
            sg=1,
            workers=1,
            epochs=self.epochs,
            seed=self.seed,
            hashfxn=_stable_hash,
        )
        self.vectors_ = {int(w): model.wv[w].astype(np.float32) for w in model.wv.index_to_key}
        return self

    def __call__(self, kmers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the features ``[N, dimension]`` of k-mer codes ``[N]``.

        Raises
        ------
        InputError
            If nothing was fitted.
        """
        if not self.vectors_:
            raise InputError("k-mer vectors are not fitted", remedy="Call fit(sequences) first.")
        out = np.zeros((len(kmers), self.dimension), dtype=np.float32)
        for row, kmer in enumerate(np.asarray(kmers).tolist()):
            vector = self.vectors_.get(kmer)
            if vector is not None:
                out[row] = vector
        return out

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        names = ("k", "dimension", "window", "epochs", "max_kmers", "seed")
        values = {name: getattr(self, name) for name in names}
        return {"name": "word2vec", **values}


def _sentences(codes: NDArray[np.uint8], k: int) -> Iterator[NDArray[np.int64]]:
    """Yield the k-mer path of each unbroken run, cut to what gensim reads of one sentence."""
    for start, end in zip(*runs(codes), strict=True):
        kmers, _ = kmer_codes(codes[start:end], k)
        for first in range(0, len(kmers), _SENTENCE):
            yield kmers[first : first + _SENTENCE]


def _stable_hash(word: str) -> int:
    # Python's own hash of a string differs from one process to the next.
    return crc32(word.encode())
