"""Two elements that often stand side by side come back as one motif: they are parted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.clusters.sites import build, matches, members
from graphkit.motifs.scan import find_sites

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.motifs.clusters.cluster import ClusterParams
    from graphkit.motifs.clusters.search_regions import Regions
    from graphkit.motifs.motif import Motif

    Ints = NDArray[np.int64]
    _Half = tuple[Motif, Motif, int]

_SHORTEST = 4  # columns of a half
_SITE = 1e-4  # chance of a half that stands by itself, at a stretch of background
_TRACE = 0.03  # chance of a stretch that is as much like the other half as what counts as a trace
_APART = 0.1  # of all sites of a half, those by itself: below that the two are one element


def parted(
    regions: Regions, motif: Motif, start: Ints, params: ClusterParams
) -> list[tuple[Motif, Ints]]:
    """Part a motif where both halves are also found by themselves, one or the other missing.

    Both must stand alone at as many sites in regions as a motif needs, and at a tenth of all their
    sites there: what is practically always together is one element. And they must stand alone in
    regions more often than elsewhere, for a model that reads short words speaks for some that are
    part of a long element by chance.

    Parameters
    ----------
    regions
        Everything that was looked through, whichever motif took it.
    motif, start : int64 [m]
        What may be two, and where its sites begin.
    params
        How seqlets are clustered.

    Returns
    -------
    list of (Motif, int64 [n])
        The motif and its sites; or those of each half, which may in turn have been two.
    """
    best, halves = 0, None
    for cut in range(_SHORTEST, motif.width - _SHORTEST + 1):
        pairs = _halves(motif, cut)
        alone = [_alone(regions, *pair) for pair in pairs]
        if (
            min(map(len, alone)) >= params.min_sites
            and (score := min(s.sum() for s in alone)) > best
        ):
            best, halves = score, pairs
    if halves is None or not all(_stands_alone(regions, *pair) for pair in halves):
        return [(motif, start)]
    found = []
    for half, _, to_other in halves:
        own = start + max(-to_other, 0)
        own = own[matches(regions, half, own, p=params.member_p)[0]]
        if len(own) >= params.min_sites:
            # No flank: beside it stands the other.
            bits = params.min_bits
            part = build(regions, own, half.width, flank=0, min_bits=bits, sign=motif.sign)
            found += parted(regions, *part, params)
    return found


def _halves(motif: Motif, cut: int) -> tuple[_Half, _Half]:
    """Return each half, the other, and how far that is from the first column of the one."""
    left, right = motif.cut(0, cut), motif.cut(cut, motif.width)
    return (left, right, cut), (right, left, -cut)


def _alone(regions: Regions, half: Motif, other: Motif, to_other: int) -> Ints:
    """Return the scores of a half's sites in regions that have no trace of the other beside."""
    start, score = members(regions, half, p=_SITE, least=half.width)
    return score[~matches(regions, other, start + to_other, p=_TRACE)[0]]


def _stands_alone(regions: Regions, half: Motif, other: Motif, to_other: int) -> bool:
    alone = len(_alone(regions, half, other, to_other))
    record, place, _ = find_sites(half, regions.corpus, p=_SITE)
    anywhere = regions.corpus.start[record] + place
    beside = matches(regions, other, anywhere + to_other, p=_TRACE)[0]
    elsewhere = np.count_nonzero(~beside) - alone
    return bool(alone >= max(_APART * (alone + np.count_nonzero(beside)), elsewhere))
