"""Simple classifiers that a graph model has to beat, with one face."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graphkit.errors import InputError
from graphkit.sequences.alphabet import encode
from graphkit.sequences.kmers import composition, kmer_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from graphkit.types import Record

    Floats = NDArray[np.float64]
    Codes = NDArray[np.uint8]


class Classifier(Protocol):
    """Protocol of a classifier of records."""

    def fit(self, records: Sequence[Record], labels: Any) -> Self:
        """Fit on records and the names of their classes, ``[n]``, or their labels, ``[n, L]``."""
        ...

    def predict_proba(self, records: Sequence[Record]) -> Floats:
        """Return ``float [n, C]`` class probabilities, classes in the order of their names."""
        ...


def length_features(sequences: Sequence[Codes]) -> Floats:
    """Log10 of the length.

    Returns
    -------
    float [n, 1]

    Examples
    --------
    >>> length_features([np.zeros(100, np.uint8)])
    array([[2.]])
    """
    return np.log10([[max(1, len(codes))] for codes in sequences])


def composition_features(sequences: Sequence[Codes]) -> Floats:
    """Share of G and C, and of each of the 16 dinucleotides; no length.

    Returns
    -------
    float [n, 17]

    Examples
    --------
    >>> float(composition_features([np.array([2, 1, 2], np.uint8)])[0, 0])
    1.0
    """
    # Columns of composition: log10 length, shares of A C G U, 16 dinucleotide shares.
    table = np.stack([composition(codes) for codes in sequences])
    return np.concatenate([table[:, 2:3] + table[:, 3:4], table[:, 5:]], axis=1)


def kmer_features(sequences: Sequence[Codes], *, longest: int = 5) -> Floats:
    """Frequencies of all 1-mers to `longest`-mers and log10 length.

    Returns
    -------
    float32 [n, 4 + ... + 4**longest + 1]
        Each block of 4**k frequencies sums to 1; the last column is the length.

    Examples
    --------
    >>> kmer_features([np.zeros(10, np.uint8)], longest=2).shape
    (1, 21)
    """
    width = sum(4**k for k in range(1, longest + 1))
    table = np.empty((len(sequences), width + 1), dtype=np.float32)
    for row, codes in zip(table, sequences, strict=True):
        start = 0
        for k in range(1, longest + 1):
            counts = kmer_counts(codes, k)
            row[start : start + 4**k] = counts / max(1, counts.sum())
            start += 4**k
    table[:, -1:] = length_features(sequences)
    return table


class FeatureBaseline:
    """A scikit-learn classifier on a fixed table of sequence features.

    Parameters
    ----------
    features
        Sequences to ``float [n, F]``.
    estimator
        A classifier with ``fit`` and ``predict_proba``; use one of the functions below.
    """

    def __init__(
        self, features: Callable[[Sequence[Codes]], Floats], estimator: LogisticRegression
    ) -> None:
        self.features = features
        self.estimator = estimator

    def fit(self, records: Sequence[Record], labels: ArrayLike) -> Self:
        """Fit on records and their classes, ``[n]`` names or numbers, or labels, ``[n, L]``."""
        self.estimator.fit(self._table(records), np.asarray(labels))
        return self

    def predict_proba(self, records: Sequence[Record]) -> Floats:
        """Return class probabilities, ``float [n, C]``, classes in sorted order."""
        return np.asarray(self.estimator.predict_proba(self._table(records)), dtype=np.float64)

    def _table(self, records: Sequence[Record]) -> Floats:
        return self.features([encode(record.sequence) for record in records])


def length_baseline() -> FeatureBaseline:
    """Logistic regression on log length alone."""
    return FeatureBaseline(length_features, make_pipeline(StandardScaler(), LogisticRegression()))


def composition_baseline() -> FeatureBaseline:
    """Logistic regression on GC and dinucleotide shares."""
    return FeatureBaseline(
        composition_features,
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    )


def kmer_baseline(*, seed: int = 0, trees: int = 500) -> FeatureBaseline:
    """ExtraTrees on frequencies of 1-mers to 5-mers and log length.

    Parameters
    ----------
    seed, trees
        Seed and number of the trees; leaves hold at least two records.
    """
    forest = ExtraTreesClassifier(trees, min_samples_leaf=2, random_state=seed)
    return FeatureBaseline(kmer_features, forest)


#: Name to constructor of every baseline of the protocol.
BASELINES: dict[str, Callable[[], FeatureBaseline]] = {
    "length": length_baseline,
    "composition": composition_baseline,
    "ExtraTrees 1-5-mers + length": kmer_baseline,
}


def baselines(*, several: bool = False) -> dict[str, Callable[[], FeatureBaseline]]:
    """Return name and constructor of every baseline, of several labels one against the rest.

    Examples
    --------
    >>> list(baselines(several=True)) == list(BASELINES)
    True
    """
    if not several:
        return BASELINES
    return {name: partial(_one_vs_rest, make) for name, make in BASELINES.items()}


def _one_vs_rest(make: Callable[[], FeatureBaseline]) -> FeatureBaseline:
    one = make()
    return FeatureBaseline(one.features, OneVsRestClassifier(one.estimator))


def length_score(
    labels: ArrayLike, lengths: ArrayLike, *, classes: int | None = None
) -> NDArray[np.float64]:
    """Score records by the rank of their length, for each class in the better direction.

    Nothing is fitted but the direction, which is read off the scored records themselves: length
    is given the benefit of the doubt. Only the order of a column means something, so AUROC is a
    fair number and Brier score or calibration error is not.

    Parameters
    ----------
    labels : int [n]
        Classes, ``0 .. C - 1``.
    lengths : int [n]
        Nucleotides of each record.
    classes
        C; default the greatest label plus one, at least two.

    Returns
    -------
    float [n, C]
        Between 0 and 1, rows sum to 1. Column c rises with length where records of class c are
        longer than the others, and falls where they are shorter.

    Raises
    ------
    InputError
        Where labels and lengths differ in number.

    Examples
    --------
    >>> length_score([0, 1, 1, 0], [900, 200, 300, 400])[:, 1]
    array([0.125, 0.875, 0.625, 0.375])
    """
    y, length = np.asarray(labels, dtype=np.int64), np.asarray(lengths, dtype=np.float64)
    if y.shape != length.shape or y.ndim != 1:
        raise InputError(f"labels {y.shape} and lengths {length.shape} differ", slot="lengths")
    n_classes = classes or max(2, int(y.max(initial=0)) + 1)
    centred = (rankdata(length) - 0.5) / max(1, len(length)) - 0.5
    # A class's summed rank above the mean has the sign of its AUROC above one half, and over
    # classes these sums cancel: rows keep the sum 1 whatever the direction of each column.
    lean = np.bincount(y, weights=centred - centred.mean(), minlength=n_classes)
    most = np.abs(lean).max(initial=0)
    if most > 0:
        lean = lean / most
    return np.asarray(1 / n_classes + 2 / n_classes * np.outer(centred, lean))
