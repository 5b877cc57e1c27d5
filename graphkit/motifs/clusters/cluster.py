"""Seqlets to motifs: seed with an over-represented k-mer, align, refine, take out, repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.motifs.clusters.glued import parted
from graphkit.motifs.clusters.search_regions import Regions
from graphkit.motifs.clusters.sites import apart, build, contested, covered, members
from graphkit.motifs.motif import SAME, align, pooled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif
    from graphkit.motifs.track import Seqlet, Track

    Ints = NDArray[np.int64]

_ROUNDS = 8
_CONTESTS = 3
_FAILURES = 5  # seeds in a row that lead to no motif before the search ends
_SURPRISE = 5.0  # nats that a seed must be above what the best of all k-mers reaches by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterParams:
    """Parameters of the clustering of seqlets.

    Parameters
    ----------
    k
        Letters of a seed, 3 to 8. As many of a longer site, and more than half, lie near a seqlet.
    flank
        Letters looked at on both sides of a seqlet, and columns added to both sides of a seed.
    min_sites
        Fewest sites of a motif.
    max_motifs
        Most motifs of one sign.
    member_p
        Chance that a stretch of background is taken for a site.
    min_bits
        Columns below this are cut off the ends.

    Raises
    ------
    InputError
        Naming the argument that makes no sense.
    """

    k: int = 6
    flank: int = 4
    min_sites: int = 10
    max_motifs: int = 30
    member_p: float = 1e-3
    min_bits: float = 0.5

    def __post_init__(self) -> None:
        if not 3 <= self.k <= 8:
            raise InputError(f"k is {self.k}", slot="k", remedy="Give 3 to 8.")
        for name in ("flank", "min_sites", "max_motifs"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", slot=name, remedy="Give >= 1.")


def cluster_seqlets(
    tracks: Sequence[Track], seqlets: Sequence[Seqlet], params: ClusterParams | None = None
) -> list[Motif]:
    """Align and cluster seqlets into motifs; no reverse complements, for RNA has one strand.

    The k-mer that stands in the most seqlets beyond what the dinucleotides of all transcripts
    let expect seeds a matrix. It is aligned with all seqlets of its sign, rebuilt from its best
    sites and trimmed, until its sites stay the same; then they are taken out and the next seed
    is sought. In the end all motifs compete for all sites, so that the first found has no
    privilege; two elements that came as one because they often stand side by side are parted where
    each stands alone as well; and those that look alike are pooled. The time is about proportional
    to the number of seqlets, and there is no randomness.

    Parameters
    ----------
    tracks
        Those that `seqlets` were called on.
    seqlets
        From :func:`graphkit.motifs.call_seqlets`.
    params
        None for the defaults.

    Returns
    -------
    list of Motif
        The one whose sites carry the most score first; named ``M1_CONSENSUS`` and on.

    Examples
    --------
    >>> from graphkit.motifs import Seqlet, Track
    >>> from graphkit.sequences import encode
    >>> rng = np.random.default_rng(0)
    >>> codes = [np.r_[rng.integers(0, 4, 9), encode("UGUAAAUA"), rng.integers(0, 4, 9)]
    ...          for _ in range(30)]
    >>> tracks = [Track("x", c.astype(np.uint8), np.ones(26)) for c in codes]
    >>> seqlets = [Seqlet(i, 9, 17, 1, 8.0, 0.0, 0.0) for i in range(30)]
    >>> [(m.name, m.n_sites) for m in cluster_seqlets(tracks, seqlets)]
    [('M1_UGUAAAUA', 30)]
    """
    params = params or ClusterParams()
    found = []
    for sign in (1, -1):
        own = [seqlet for seqlet in seqlets if seqlet.sign == sign]
        if own:
            found += _motifs_of(Regions.of(tracks, own, flank=params.flank), sign, params)
    found.sort(key=lambda pair: -pair[1])
    return [m.renamed(f"M{n}_{m.consensus}") for n, (m, _) in enumerate(found, start=1)]


def _motifs_of(regions: Regions, sign: int, params: ClusterParams) -> list[tuple[Motif, float]]:
    """Return the motifs of one sign and the score that their sites carry."""
    motifs: list[Motif] = []
    left, failures = regions, 0
    total = len(regions.scores)
    while len(motifs) < params.max_motifs and failures < _FAILURES:
        seed = _seed(left, params)
        if seed is None:
            break
        motif, sites = _refine(left, seed, sign, params)
        if len(sites) < params.min_sites:
            failures += 1
            left = left.without(covered(seed, params.k, total=total))
            continue
        failures = 0
        motifs.append(motif)
        left = left.without(covered(sites, motif.width, total=total))
    return _settled(regions, motifs, sign, params)


def _settled(
    regions: Regions, motifs: list[Motif], sign: int, params: ClusterParams
) -> list[tuple[Motif, float]]:
    """Let motifs compete for all sites, the first found having had the first pick so far."""
    found: list[tuple[Motif, Ints]] = []
    for _ in range(_CONTESTS):
        if not motifs:
            return []
        found = []
        shares = contested(regions, motifs, p=params.member_p, least=params.k)
        for claimed, sites in zip(motifs, shares, strict=True):
            if len(sites) >= params.min_sites:
                motif, start = build(
                    regions, sites, claimed.width, flank=params.flank,
                    min_bits=params.min_bits, sign=sign,
                )  # fmt: skip
                found.append((motif, start))
        motifs = [motif for motif, _ in found]
    parts = [part for pair in found for part in parted(regions, *pair, params)]
    return _merged([(motif, _weight(regions, motif, start)) for motif, start in parts])


def _weight(regions: Regions, motif: Motif, start: Ints) -> float:
    """Return the score that the sites of a motif carry."""
    cover = covered(start, motif.width, total=len(regions.scores))
    return float(np.abs(regions.scores[cover]).sum())


def _merged(found: list[tuple[Motif, float]]) -> list[tuple[Motif, float]]:
    """Pool motifs that look alike."""
    merged: list[tuple[Motif, float]] = []
    for motif, weight in found:
        for i, (other, so_far) in enumerate(merged):
            if align(other, motif).similarity >= SAME:
                merged[i] = pooled(other, motif), so_far + weight
                break
        else:
            merged.append((motif, weight))
    return merged


def _seed(regions: Regions, params: ClusterParams) -> Ints | None:
    """Return where the most over-represented k-mer stands, None if none is remarkable."""
    code, place, region = regions.kmers(params.k)
    n_codes = 4**params.k
    # Counted once per region: a repeat is not many seqlets.
    seen = np.bincount(np.unique(region * n_codes + code) % n_codes, minlength=n_codes)
    expected = regions.expected(params.k)
    above = seen > np.maximum(expected, 0)
    surprise = np.zeros(n_codes)
    surprise[above] = seen[above] * np.log(seen[above] / expected[above])
    surprise[above] += expected[above] - seen[above]
    best = int(surprise.argmax())
    if surprise[best] < np.log(n_codes) + _SURPRISE:
        return None
    start = place[code == best]
    return start[apart(start, start + params.k, np.zeros_like(start))]


def _refine(regions: Regions, seed: Ints, sign: int, params: ClusterParams) -> tuple[Motif, Ints]:
    """Rebuild a matrix from its best sites until they stay the same."""

    def rebuilt(start: Ints, width: int) -> tuple[Motif, Ints]:
        return build(regions, start, width, flank=params.flank, min_bits=params.min_bits, sign=sign)

    motif, sites = rebuilt(seed, params.k)
    for _ in range(_ROUNDS):
        again, _ = members(regions, motif, p=params.member_p, least=params.k)
        if len(again) == 0:
            return motif, again
        before = sites
        motif, sites = rebuilt(again, motif.width)
        if np.array_equal(before, sites):
            break
    return motif, sites
