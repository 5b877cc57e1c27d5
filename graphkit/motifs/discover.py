"""From explained transcripts to a table of motifs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.motifs.clusters.cluster import ClusterParams, cluster_seqlets
from graphkit.motifs.collections.known_elements import known_elements_in
from graphkit.motifs.collections.match import LEAST_BITS, match_motifs
from graphkit.motifs.results import MotifResult, MotifTable
from graphkit.motifs.seqlets.call import SeqletParams, call_seqlets
from graphkit.motifs.testing.classes import Bench, describe, rate_families, rate_known
from graphkit.motifs.testing.crossfit import Family, halves, one_per_element, pair_up
from graphkit.motifs.testing.knockout import knock_out
from graphkit.sequences import similar_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif
    from graphkit.motifs.testing.enrichment import Enrichment
    from graphkit.motifs.testing.knockout import Effect
    from graphkit.motifs.track import Seqlet, Track

    Ints = NDArray[np.int64]
    Nulls = Sequence[Sequence[NDArray[np.float64]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoverParams:
    """Parameters of the discovery of motifs.

    Parameters
    ----------
    seqlets, clusters
        Of the two steps.
    site_p
        Chance of a site at a stretch of background, in counting sites.
    knock_out_draws, knock_out_records
        Ways in which sites are broken, and most transcripts in which they are.
    """

    seqlets: SeqletParams = field(default_factory=SeqletParams)
    clusters: ClusterParams = field(default_factory=ClusterParams)
    site_p: float = 1e-4
    knock_out_draws: int = 5
    knock_out_records: int = 200


def discover(
    tracks: Sequence[Track],
    *,
    labels: Sequence[int] | None = None,
    seen: Sequence[bool] | None = None,
    classes: tuple[str, str] = ("0", "1"),
    nulls: Nulls | None = None,
    database: Sequence[Motif] = (),
    effect: Effect | None = None,
    fdr: float = 0.05,
    params: DiscoverParams | None = None,
    seed: int = 0,
) -> MotifTable:
    """Find motifs in what a model relies on, and test them where they were not found.

    With measured classes, transcripts are split into two halves of dissimilar sequences; what is
    found on one is tested on the other, among transcripts of like length and composition, and
    what both found is put together. Variants of one element, such as parts of it, have one row.
    Without, or where the model has seen every labelled
    transcript, the table describes: a model's motifs are commoner in what the model calls a
    class by construction, and a p-value of that would mean nothing.

    Parameters
    ----------
    tracks
        Explained transcripts; above zero speaks for the second of `classes`.
    labels : sequence of int [n], optional
        MEASURED class: 1, 0, or -1 where it was not measured. Never predictions.
    seen : sequence of bool [n], optional
        Transcripts, or near copies of those, that the model was trained on. They help to find
        motifs and are never tested: the model has seen their classes.
    classes
        Names of classes 0 and 1.
    nulls
        As in :func:`graphkit.motifs.call_seqlets`.
    database
        Known motifs to match, and to test by themselves where both classes were measured.
    effect
        Log-odds of class 1 of a list of sequences: asked what breaking each motif changes.
    fdr
        False discovery rate of seqlets.
    params
        None for the defaults.
    seed
        Of halves, chance sites and knock-outs.

    Raises
    ------
    InputError
        Where `labels`, `seen` or `nulls` do not fit the tracks.

    Examples
    --------
    >>> discover([]).rows
    ()
    """
    params = params or DiscoverParams()
    params = replace(params, seqlets=replace(params.seqlets, fdr=fdr))
    label, known_to_model = _check(tracks, labels, seen, nulls)
    search = _Search(tracks, nulls, params)
    bench = Bench.of([t.codes for t in tracks], label, site_p=params.site_p, seed=seed)
    tested = (label >= 0) & ~known_to_model
    half = _halves(tracks, label, tested, seed)
    reason = _why_not(label, tested, half)
    if reason:
        everywhere = search.find(np.ones(len(tracks), dtype=bool))
        elements = one_per_element([Family(motif, None) for motif in everywhere])
        two = len(set(label.tolist()) - {-1}) == 2
        rated = [describe(bench, one.joined()) if two else None for one, _ in elements]
        tested[:] = False
    else:
        elements = one_per_element(pair_up(search.find(half != 0), search.find(half != 1)))
        rated = [*rate_families(bench, [family for family, _ in elements], half, tested)]
    rows = _rows(bench, elements, rated, classes)
    rows = [_with_knock_out(row, tracks, effect, params, seed) for row in rows]
    matches = match_motifs([row.motif for row in rows], database)
    return MotifTable(
        rows=tuple(replace(row, matches=found) for row, found in zip(rows, matches, strict=True)),
        classes=classes,
        n_tracks=len(tracks),
        n_seqlets=len(search.seqlets),
        n_tested=int(tested.sum()),
        descriptive=bool(reason),
        reason=reason,
        known=_known(bench, database, label, classes),
    )


def _known(
    bench: Bench, database: Sequence[Motif], label: Ints, classes: tuple[str, str]
) -> tuple[MotifResult, ...]:
    """Test known motifs on all measured transcripts, those without a class left out."""
    if not {0, 1} <= set(label.tolist()):
        return ()
    telling = [motif for motif in database if motif.total_information >= LEAST_BITS]
    rated = sorted(rate_known(bench, telling, label >= 0), key=lambda pair: _q(pair[1]))
    return tuple(
        MotifResult(
            motif=motif,
            favours=classes[0 if motif.sign < 0 else 1],
            n_transcripts=bench.holders(motif),
            descriptive=False,
            enrichment=e,
        )
        for motif, e in rated
    )


def _check(
    tracks: Sequence[Track],
    labels: Sequence[int] | None,
    seen: Sequence[bool] | None,
    nulls: Nulls | None,
) -> tuple[Ints, NDArray[np.bool_]]:
    n = len(tracks)
    label = np.full(n, -1) if labels is None else np.asarray(labels, dtype=np.int64)
    known = np.zeros(n, dtype=bool) if seen is None else np.asarray(seen, dtype=bool)
    sizes = {"labels": len(label), "seen": len(known), "nulls": n if nulls is None else len(nulls)}
    for name, size in sizes.items():
        if size != n:
            raise InputError(f"{size} {name} for {n} tracks", slot=name)
    if not np.isin(label, (-1, 0, 1)).all():
        raise InputError(
            "labels are not 1, 0 or -1", slot="labels", remedy="Give -1 where none was measured."
        )
    return label, known


def _halves(tracks: Sequence[Track], label: Ints, tested: NDArray[np.bool_], seed: int) -> Ints:
    if not tested.any():
        return np.full(len(tracks), -1, dtype=np.int64)
    groups = similar_groups([track.codes for track in tracks])
    return halves(groups, label, tested=tested, seed=seed)


def _why_not(label: Ints, tested: NDArray[np.bool_], half: Ints) -> str:
    """Say why nothing can be tested; empty where it can."""
    if (label < 0).all():
        return "no measured classes"
    if not tested.any():
        return "the model has seen every labelled transcript in training"
    for number in (0, 1):
        if len(set(label[tested & (half == number)].tolist())) < 2:
            return "too few dissimilar transcripts of both classes to find and test apart"
    return ""


class _Search:
    """Finds motifs in some of the transcripts, and remembers every seqlet."""

    def __init__(
        self, tracks: Sequence[Track], nulls: Nulls | None, params: DiscoverParams
    ) -> None:
        self._tracks, self._nulls, self._params = tracks, nulls, params
        self.seqlets: set[tuple[int, int, int, int]] = set()

    def find(self, among: NDArray[np.bool_]) -> list[Motif]:
        index = np.flatnonzero(among).tolist()
        tracks = [self._tracks[i] for i in index]
        nulls = None if self._nulls is None else [self._nulls[i] for i in index]
        seqlets: list[Seqlet] = call_seqlets(tracks, self._params.seqlets, nulls=nulls)
        self.seqlets |= {(index[s.record], s.start, s.end, s.sign) for s in seqlets}
        return cluster_seqlets(tracks, seqlets, self._params.clusters)


def _rows(
    bench: Bench,
    elements: Sequence[tuple[Family, tuple[Motif, ...]]],
    rated: Sequence[Enrichment | None],
    classes: tuple[str, str],
) -> list[MotifResult]:
    found = [
        (family.joined(), e, variants)
        for (family, variants), e in zip(elements, rated, strict=True)
    ]
    found.sort(key=lambda one: (_q(one[1]), -one[0].n_sites))
    return [
        MotifResult(
            motif=motif.renamed(f"M{number}_{motif.consensus}"),
            favours=classes[0 if motif.sign < 0 else 1],
            n_transcripts=bench.holders(motif),
            descriptive=e is None or e.p is None,
            enrichment=e,
            known=known_elements_in(motif),
            variants=variants,
        )
        for number, (motif, e, variants) in enumerate(found, start=1)
    ]


def _q(enrichment: Enrichment | None) -> float:
    return 1.0 if enrichment is None or enrichment.q is None else enrichment.q


def _with_knock_out(
    row: MotifResult,
    tracks: Sequence[Track],
    effect: Effect | None,
    params: DiscoverParams,
    seed: int,
) -> MotifResult:
    if effect is None:
        return row
    found = knock_out(
        effect,
        [track.codes for track in tracks],
        row.motif,
        p=params.site_p,
        draws=params.knock_out_draws,
        max_records=params.knock_out_records,
        seed=seed,
    )
    return replace(row, knock_out=found)
