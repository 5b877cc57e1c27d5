"""Find sequences that are near copies of one another: shared long k-mers, one strand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences.kmer_sets import ContainmentIndex, kmer_set, require_threshold

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    import numpy.typing as npt


def similar_groups(
    codes_list: Iterable[npt.NDArray[np.uint8]], *, k: int = 21, threshold: float = 0.3
) -> npt.NDArray[np.int64]:
    """Group sequences by single linkage: chains of similar pairs end in one group.

    Parameters
    ----------
    codes_list : iterable of uint8 [L]
    k
        Length of the k-mers compared.
    threshold
        Least containment of a similar pair, above 0 and up to 1.

    Returns
    -------
    group : int64 [n]
        Numbered from 0 in order of first appearance. A sequence without k-mers is alone.

    Raises
    ------
    InputError
        If `k` or `threshold` is out of range.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> similar_groups([encode(s) for s in ("ACGUAC", "GGGG", "CGUACC")], k=3).tolist()
    [0, 1, 0]
    """
    require_threshold(threshold)
    index = ContainmentIndex([kmer_set(codes, k) for codes in codes_list])
    return index.groups(threshold=threshold)


def joined_groups(
    groups: npt.NDArray[np.int64], names: Iterable[Hashable]
) -> npt.NDArray[np.int64]:
    """Join groups whose records share a name.

    Parameters
    ----------
    groups : int64 [n]
        As :func:`similar_groups` returns them.
    names : iterable [n]
        Such as the gene of each record.

    Returns
    -------
    group : int64 [n]
        Not numbered without gaps.

    Examples
    --------
    >>> joined_groups(np.array([0, 0, 1, 2]), ["a", "b", "b", "c"]).tolist()
    [0, 0, 0, 2]
    """
    joined = groups.copy()
    first: dict[Hashable, int] = {}
    for row, name in enumerate(names):
        other = first.setdefault(name, row)
        if joined[other] != joined[row]:
            joined[joined == joined[row]] = joined[other]
    return joined


def similar_to(
    queries: Iterable[npt.NDArray[np.uint8]],
    references: Iterable[npt.NDArray[np.uint8]],
    *,
    k: int = 21,
    threshold: float = 0.3,
) -> npt.NDArray[np.bool_]:
    """Tell which queries are similar to any reference.

    Parameters
    ----------
    queries, references : iterable of uint8 [L]
    k
        Length of the k-mers compared.
    threshold
        Least containment of a similar pair, above 0 and up to 1.

    Returns
    -------
    similar : bool [n_queries]

    Raises
    ------
    InputError
        If `k` or `threshold` is out of range.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> similar_to([encode("ACGUAC"), encode("GGGG")], [encode("CGUACC")], k=3).tolist()
    [True, False]
    """
    require_threshold(threshold)
    index = ContainmentIndex([kmer_set(codes, k) for codes in references])
    return np.array(
        [bool((index.containments(kmer_set(codes, k)) >= threshold).any()) for codes in queries],
        dtype=np.bool_,
    )
