"""Sites of a motif within regions: choose them, count their letters, rebuild the motif."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.motif import Motif
from graphkit.motifs.scan import log_odds, threshold
from graphkit.sequences import BREAK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.motifs.clusters.search_regions import Regions

    Ints = NDArray[np.int64]

_FORBIDDEN = -(10**6)


def build(
    regions: Regions,
    start: Ints,
    width: int,
    *,
    flank: int,
    min_bits: float,
    sign: int,
    name: str = "motif",
) -> tuple[Motif, Ints]:
    """Count the letters of some sites and of `flank` more on both sides, and trim.

    Returns
    -------
    motif
        Of the columns from the first to the last that says something.
    start : int64 [m]
        Where the sites begin now, in the corpus.
    """
    codes, scores = regions.corpus.codes, regions.scores
    column = np.arange(-flank, width + flank)
    place = start[:, None] + column
    within = (place >= 0) & (place < len(codes))
    place = np.clip(place, 0, len(codes) - 1)
    letters = np.where(within, codes[place], 4)
    hot = letters[:, :, None] == np.arange(4)
    # A letter that is missing counts as background, so that every column has every site.
    missing = len(start) - hot.sum(axis=(0, 2))
    counts = hot.sum(axis=0) + missing[:, None] * regions.corpus.background
    parts = (hot * scores[place][:, :, None]).sum(axis=0) / len(start)
    motif = Motif(name, counts, len(start), sign=sign, contributions=parts)
    first, last = motif.core(min_bits)
    return motif.cut(first, last), start + first - flank


def hits(regions: Regions, motif: Motif, *, p: float, least: int) -> tuple[Ints, Ints]:
    """Return where a motif scores above its threshold in regions, and how high.

    Parameters
    ----------
    regions, motif, p
        Where, what, and the chance of a site at a stretch of background.
    least
        As in :meth:`graphkit.motifs.clusters.search_regions.Regions.starts`.
    """
    place = regions.starts(motif.width, least=least)
    high, score = matches(regions, motif, place, p=p)
    return place[high], score[high]


def matches(
    regions: Regions, motif: Motif, place: Ints, *, p: float
) -> tuple[NDArray[np.bool_], Ints]:
    """Say at which places a motif scores above its threshold, and how high it scores at each."""
    background = regions.corpus.background
    table = log_odds(motif, background)
    letters = np.append(regions.corpus.codes, BREAK)
    score = np.zeros(len(place), dtype=np.int64)
    for offset, column in enumerate(np.pad(table, ((0, 0), (0, 1)), constant_values=_FORBIDDEN)):
        # Beyond either end there is no letter.
        score += column[letters[np.clip(place + offset, -1, len(letters) - 1)]]
    return score >= threshold(table, background, p=p), score


def apart(start: Ints, end: Ints, score: Ints) -> Ints:
    """Choose the best of every chain of overlapping sites, the first where they are equal.

    Returns
    -------
    int64
        Indices into `start`, in the order of the sites.
    """
    if len(start) == 0:
        return np.empty(0, dtype=np.int64)
    by_start = np.argsort(start, kind="stable")
    reach = np.maximum.accumulate(end[by_start])
    chain = np.cumsum(np.r_[False, start[by_start][1:] >= reach[:-1]])
    order = np.lexsort((start[by_start], -score[by_start], chain))
    first = np.r_[True, np.diff(chain[order]) > 0]
    return np.asarray(by_start[np.sort(order[first])])


def members(regions: Regions, motif: Motif, *, p: float, least: int) -> tuple[Ints, Ints]:
    """Return where the sites of a motif begin, none overlapping, and how high each scores."""
    start, score = hits(regions, motif, p=p, least=least)
    kept = apart(start, start + motif.width, score)
    return start[kept], score[kept]


def contested(regions: Regions, motifs: list[Motif], *, p: float, least: int) -> list[Ints]:
    """Return the sites of each motif where overlapping ones go to the motif that scores higher."""
    found = [hits(regions, motif, p=p, least=least) for motif in motifs]
    owner = np.repeat(np.arange(len(motifs)), [len(start) for start, _ in found])
    start = np.concatenate([start for start, _ in found])
    score = np.concatenate([score for _, score in found])
    width = np.array([motif.width for motif in motifs])
    kept = apart(start, start + width[owner], score)
    return [start[kept][owner[kept] == number] for number in range(len(motifs))]


def covered(start: Ints, width: int, *, total: int) -> Ints:
    """Return every position, below `total`, of the sites that begin at `start`."""
    place = np.unique(start[:, None] + np.arange(width))
    return place[(place >= 0) & (place < total)]
