"""Motifs against measured classes: counted, matched, tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.scan import Corpus, find_sites
from graphkit.motifs.testing.chance import chance_sites, dinucleotides, without_excess
from graphkit.motifs.testing.crossfit import Family, combined_p
from graphkit.motifs.testing.enrichment import (
    Enrichment,
    benjamini_hochberg,
    count_tables,
    enrich,
    exact_p,
    strata,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.motif import Motif

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """Transcripts with their measured classes, ready to be scanned for many motifs.

    Parameters
    ----------
    corpus
        All transcripts.
    pairs : int64 [n, 16]
        Their dinucleotides.
    labels : int64 [n]
        1, 0 or -1 (not measured).
    site_p
        As in :func:`graphkit.motifs.find_sites`.
    seed
        Of the estimate of chance sites.
    """

    corpus: Corpus
    pairs: Ints
    labels: Ints
    site_p: float
    seed: int

    @classmethod
    def of(
        cls, sequences: Sequence[NDArray[np.uint8]], labels: Ints, *, site_p: float, seed: int
    ) -> Bench:
        """Join sequences and count what matching needs."""
        return cls(Corpus.of(sequences), dinucleotides(sequences), labels, site_p, seed)

    def holders(self, motif: Motif) -> int:
        """Return the number of transcripts with a site."""
        sites = find_sites(motif, self.corpus, p=self.site_p)
        return len(np.unique(sites.record))

    def compare(self, motif: Motif, among: Bools) -> tuple[Bools, Bools, Ints]:
        """Say of some transcripts whether they hold a motif, and if they should; and group them.

        Returns
        -------
        held : bool [m]
            More sites than expected by chance.
        favoured : bool [m]
            Of the class that the motif speaks for.
        stratum : int64 [m]
            Transcripts of like length and composition.

        Notes
        -----
        A long transcript holds any short motif somewhere, so presence would say nothing there;
        the number expected from its own dinucleotides is the bar instead, those of its sites
        beyond chance left out (:func:`graphkit.motifs.testing.chance.without_excess`). It does not
        depend on the class, so the test stays exact.
        """
        sites = find_sites(motif, self.corpus, p=self.site_p)
        count = sites.counts(len(self.labels))
        chance = self._chance(motif, self.pairs)
        others = without_excess(self.pairs, self.corpus, sites, width=motif.width, chance=chance)
        chance = self._chance(motif, others)
        favoured = self.labels == (0 if motif.sign < 0 else 1)
        matched = strata(self.corpus.length[among], chance[among])
        return (count > chance)[among], favoured[among], matched

    def _chance(self, motif: Motif, pairs: Ints | Floats) -> Floats:
        return chance_sites(motif, self.corpus, pairs, p=self.site_p, seed=self.seed)


def describe(bench: Bench, motif: Motif) -> Enrichment:
    """Compare the classes over all labelled transcripts; no p, for the motif was found on them."""
    return replace(enrich(*bench.compare(motif, bench.labels >= 0)), p=None)


def rate_known(
    bench: Bench, motifs: Sequence[Motif], tested: Bools
) -> list[tuple[Motif, Enrichment]]:
    """Test motifs that were known before, in the direction that the classes show.

    They were found elsewhere, so that all transcripts can test them; for the choice of the
    direction p is twice that of the better one.

    Parameters
    ----------
    bench
        The transcripts.
    motifs
        Of a collection.
    tested : bool [n]
        Which transcripts count.

    Returns
    -------
    list of (Motif, Enrichment)
        Each motif with the sign it has here; `q` over all of them.
    """
    found = []
    for motif in motifs:
        held, favoured, stratum = bench.compare(replace(motif, sign=1), tested)
        sides = [
            (replace(motif, sign=sign), enrich(held, favoured == (sign > 0), stratum))
            for sign in (1, -1)
        ]
        known, best = min(sides, key=lambda side: side[1].p or 0.0)
        found.append((known, replace(best, p=min(1.0, 2 * (best.p or 0.0)))))
    q = benjamini_hochberg([one.p or 0.0 for _, one in found])
    return [
        (motif, replace(one, q=value))
        for (motif, one), value in zip(found, q.tolist(), strict=True)
    ]


def rate_families(
    bench: Bench, families: Sequence[Family], half: Ints, tested: Bools
) -> list[Enrichment]:
    """Test each motif on the half that it was not found on.

    Parameters
    ----------
    bench
        The transcripts.
    families
        From :func:`graphkit.motifs.testing.crossfit.pair_up`.
    half : int64 [n]
        0 or 1.
    tested : bool [n]
        Which transcripts count.

    Returns
    -------
    list of Enrichment
        `odds_ratio` and `present` over both halves, each with the motif of the other; `p` from
        :func:`graphkit.motifs.testing.crossfit.combined_p`; `q` over all families.
    """
    found: list[Enrichment] = []
    p_values: list[float] = []
    for family in families:
        p: list[float | None] = [None, None]
        parts = []
        for number, motif in enumerate(family):
            if motif is not None:
                held, favoured, stratum = bench.compare(motif, tested & (half == number))
                p[number] = exact_p(count_tables(held, favoured, stratum))
                parts.append((held, favoured, 2 * stratum + number))
        whole = enrich(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        p_values.append(combined_p(*p))
        found.append(replace(whole, p=p_values[-1]))
    q = benjamini_hochberg(p_values)
    return [replace(e, q=value) for e, value in zip(found, q.tolist(), strict=True)]
