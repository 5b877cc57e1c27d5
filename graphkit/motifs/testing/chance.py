"""Expected sites of a motif in a transcript by chance, from its own dinucleotides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import pdtrik

from graphkit.motifs.scan import log_odds, threshold
from graphkit.sequences import kmer_codes, kmer_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif
    from graphkit.motifs.scan import Corpus, Sites

    Floats = NDArray[np.float64]

_WORDS = 400
_HARDLY = 0.01  # of transcripts hold more sites than chance alone plausibly gives
_RARE = 1e-9  # no expectation is below
_SHRINK = 50.0  # dinucleotides of the average transcript that are added to those of each


def dinucleotides(sequences: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
    """Count dinucleotides: int64 [n, 16]."""
    return np.array([kmer_counts(codes, 2) for codes in sequences]).reshape(len(sequences), 16)


def without_excess(
    pairs: NDArray[np.int64],
    corpus: Corpus,
    sites: Sites,
    *,
    width: int,
    chance: Floats,
) -> Floats:
    """Take from the dinucleotides of each transcript those of sites that chance hardly explains.

    Sites are made of dinucleotides too: a transcript with many would be one in which many are to
    be expected, and would be compared with others that hold as many. What is expected must come
    from the other letters. As many sites as chance gives in all but one transcript of a hundred
    stay (Poisson), for they are composition: to take them all out would make holders look poorer
    in their letters than they are, and call motifs that only follow composition.

    Parameters
    ----------
    pairs : int64 [n, 16]
        From :func:`dinucleotides`.
    corpus, sites
        The transcripts, and where a motif is in them.
    width
        Letters of the motif.
    chance : float [n]
        Sites expected from all dinucleotides, from :func:`chance_sites`.

    Returns
    -------
    ndarray [n, 16]
    """
    n = len(pairs)
    inside = np.zeros(len(corpus.codes) + width, dtype=bool)
    start = corpus.start[sites.record] + sites.start
    for offset in range(width - 1):
        inside[start + offset] = True
    code, place = kmer_codes(corpus.codes, 2)
    code, place = code[inside[place]], place[inside[place]]
    record = np.searchsorted(corpus.start, place, side="right") - 1
    of_sites = np.bincount(record * 16 + code, minlength=16 * n).reshape(n, 16)
    count = sites.counts(n)
    plausible = np.ceil(pdtrik(1 - _HARDLY, np.maximum(chance, _RARE)))
    excess = np.clip(1 - np.maximum(plausible, 0) / np.maximum(count, 1), 0, 1)
    return np.asarray(pairs - excess[:, None] * of_sites)


def chance_sites(
    motif: Motif,
    corpus: Corpus,
    pairs: NDArray[np.int64] | Floats,
    *,
    p: float,
    seed: int = 0,
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
    pairs : int64 or float [n, 16]
        Their dinucleotide counts, from :func:`dinucleotides` or :func:`without_excess`.
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


def _chains(pairs: NDArray[np.int64] | Floats) -> tuple[Floats, Floats]:
    """Log probabilities of the first base [n, 4] and of each step [n, 16], for each transcript."""
    average = pairs.sum(axis=0) + 1.0
    table = (pairs + _SHRINK * average / average.sum()).reshape(-1, 4, 4)
    rows = table.sum(axis=2)
    chain = np.log(table / rows[:, :, None]).reshape(-1, 16)
    return np.log(rows / rows.sum(axis=1, keepdims=True)), chain
