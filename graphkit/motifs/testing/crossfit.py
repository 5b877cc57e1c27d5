"""Found here, tested there: halves of dissimilar transcripts, and what they found put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.motifs.motif import SAME, align, pooled, shares_core

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from graphkit.motifs.motif import Motif

    Ints = NDArray[np.int64]

_RARE = 0.5

BOTH = -1
"""Half of a record that may be looked at whichever half is tested."""


class Family(NamedTuple):
    """A motif as each half is tested with it: found on the other, or None where it was not.

    Parameters
    ----------
    for_first, for_second
        The motif to be tested on the first and on the second half.
    """

    for_first: Motif | None
    for_second: Motif | None

    def joined(self) -> Motif:
        """Return the motif of all its sites, over the columns of the one with more."""
        found = sorted((m for m in self if m is not None), key=lambda m: -m.n_sites)
        return found[0] if len(found) == 1 else pooled(found[0], found[1])


def halves(groups: ArrayLike, labels: ArrayLike, *, tested: ArrayLike, seed: int = 0) -> Ints:
    """Split records into two halves with the classes spread evenly and no group torn.

    Parameters
    ----------
    groups : int [n]
        Group of similar records, from :func:`graphkit.sequences.similar_groups`.
    labels : int [n]
        Classes; only those of tested records count.
    tested : bool [n]
        Which records motifs are tested on.
    seed
        Of the order among groups of equal size.

    Returns
    -------
    int64 [n]
        0 or 1; ``BOTH`` where a group holds no tested record.

    Examples
    --------
    >>> halves([0, 0, 1, 2, 3], [0, 1, 0, 1, 1], tested=[1, 1, 1, 1, 0]).tolist()
    [0, 0, 1, 1, -1]
    """
    group, label = np.asarray(groups, dtype=np.int64), np.asarray(labels, dtype=np.int64)
    counted = np.asarray(tested, dtype=bool)
    n_groups = int(group.max()) + 1 if group.size else 0
    content = np.zeros((n_groups, 2), dtype=np.int64)
    np.add.at(content, (group[counted], label[counted]), 1)
    shuffled = np.random.default_rng(seed).permutation(n_groups)
    order = shuffled[np.argsort(-content[shuffled].sum(axis=1), kind="stable")]
    half = np.full(n_groups, BOTH, dtype=np.int64)
    ahead = np.zeros(2, dtype=np.int64)  # records of each class more in the first half
    for number in order.tolist():
        if content[number].any():
            into_second = _imbalance(ahead - content[number]) < _imbalance(ahead + content[number])
            half[number] = int(into_second)
            ahead += -content[number] if into_second else content[number]
    return half[group]


def _imbalance(ahead: Ints) -> int:
    return int((ahead**2).sum() + ahead.sum() ** 2)


def pair_up(for_first: Sequence[Motif], for_second: Sequence[Motif]) -> list[Family]:
    """Pair the motifs of two searches that look alike and speak for the same class.

    The most similar are paired first; what finds no partner is a family by itself.
    """
    alike = [
        (align(a, b).similarity, i, j)
        for i, a in enumerate(for_first)
        for j, b in enumerate(for_second)
        if a.sign == b.sign
    ]
    left, right = dict(enumerate(for_first)), dict(enumerate(for_second))
    families = []
    for similarity, i, j in sorted(alike, key=lambda row: (-row[0], *row[1:])):
        if similarity >= SAME and i in left and j in right:
            families.append(Family(left.pop(i), right.pop(j)))
    families += [Family(motif, None) for motif in left.values()]
    families += [Family(None, motif) for motif in right.values()]
    return families


def one_per_element(families: Sequence[Family]) -> list[tuple[Family, tuple[Motif, ...]]]:
    """Part the families that stand for an element from those that are variants of one of them.

    The one with the most information over all its sites stands for those of its sign that share its
    core and have less than half as many sites: as common a motif is an element of its own. Classes
    are not looked at, so that what is left can be tested as if it were all that was found.

    Returns
    -------
    list of (Family, tuple of Motif)
        Each family that stays, and its variants, most sites first.
    """
    joined = [(family, family.joined()) for family in families]
    joined.sort(key=lambda pair: -pair[1].n_sites * pair[1].total_information)
    kept: list[tuple[Family, Motif, list[Motif]]] = []
    for family, motif in joined:
        for _, stronger, variants in kept:
            rare = motif.n_sites < _RARE * stronger.n_sites and stronger.sign == motif.sign
            if rare and shares_core(stronger, motif):
                variants.append(motif)
                break
        else:
            kept.append((family, motif, []))
    return [
        (family, tuple(sorted(variants, key=lambda motif: -motif.n_sites)))
        for family, _, variants in kept
    ]


def combined_p(first: float | None, second: float | None) -> float:
    """Combine the two p-values of a family: twice the smaller, or the one there is.

    Each is valid by itself, for its motif was found elsewhere. They are not independent: that
    both halves found the motif says something of both. So Bonferroni, which needs no
    independence, where a product of p-values or a pooled test would claim too much.

    Examples
    --------
    >>> combined_p(0.01, 0.5), combined_p(None, 0.01)
    (0.02, 0.01)
    """
    known = [p for p in (first, second) if p is not None]
    return min(1.0, len(known) * min(known))
