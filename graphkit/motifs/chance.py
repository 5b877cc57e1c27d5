"""How many sites of a motif a transcript would hold by chance, from its own dinucleotides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.scan import log_odds, threshold
from graphkit.sequences import kmer_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif
    from graphkit.motifs.scan import Corpus

    Floats = NDArray[np.float64]

_WORDS = 400
_SHRINK = 50.0  # dinucleotides of the average transcript that are added to those of each


def dinucleotides(sequences: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
    """Count dinucleotides: int64 [n, 16]."""
    return np.array([kmer_counts(codes, 2) for codes in sequences]).reshape(len(sequences), 16)


def chance_sites(
    motif: Motif, corpus: Corpus, pairs: NDArray[np.int64], *, p: float, seed: int = 0
) -> Floats:
    """Estimate the sites that each transcript would hold, were it random with its dinucleotides.

    Words are drawn from the motif, those below the threshold dropped, and the rest weighted by
    how much rarer each is in a first-order Markov chain with the dinucleotides of the
    transcript: importance sampling, for sites are rare in chance sequences.

    Parameters
    ----------
    motif, p
        As in :func:`graphkit.motifs.find_sites`.
    corpus
        The transcripts.
    pairs : int64 [n, 16]
        Their dinucleotide counts, from :func:`dinucleotides`.
    seed
        Of the words drawn.

    Returns
    -------
    ndarray [n]
        Expected number of sites, zero for a transcript shorter than the motif.
    """
    generator = np.random.default_rng(seed)
    table = log_odds(motif, corpus.background)
    share = motif.probabilities(1.0)
    drawn = generator.random((_WORDS, motif.width, 1)) > np.cumsum(share, axis=1)[:, :3]
    words = drawn.sum(axis=2)
    column = np.arange(motif.width)
    hits = words[table[column, words].sum(axis=1) >= threshold(table, corpus.background, p=p)]
    log_motif = np.log(share)[column, hits].sum(axis=1)
    steps = np.zeros((len(hits), 16))
    for here, there in zip(hits.T[:-1], hits.T[1:], strict=True):
        steps[np.arange(len(hits)), here * 4 + there] += 1
    first, chain = _chains(pairs)
    log_chance = first[:, hits[:, 0]] + chain @ steps.T
    density = np.exp(log_chance - log_motif).sum(axis=1) / _WORDS
    return density * np.maximum(corpus.length - motif.width + 1, 0)


def _chains(pairs: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Log probabilities of the first base [n, 4] and of each step [n, 16], for each transcript."""
    average = pairs.sum(axis=0) + 1.0
    table = (pairs + _SHRINK * average / average.sum()).reshape(-1, 4, 4)
    rows = table.sum(axis=2)
    chain = np.log(table / rows[:, :, None]).reshape(-1, 16)
    return np.log(rows / rows.sum(axis=1, keepdims=True)), chain
