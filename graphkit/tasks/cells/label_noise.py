"""How often labels are wrong, and which: from a vote that did not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Powers of the vote that are tried: shares of several voters are less sure than they may be.
_SHARPNESS = (1.0, 1.5, 2.0, 3.0, 4.0)
_ROUNDS, _LEAST = 30, 1e-3
# Cells that a type begins with whose label is right, and wrong in each way.
_RIGHT, _WRONG = 20.0, 0.1
_START = 0.02


class LabelNoise(NamedTuple):
    """Likely types of n cells, and how often each of K types is labelled as another.

    Parameters
    ----------
    truth : float [n, K]
        How likely a cell is of each type, its label and the vote considered; rows sum to 1.
    given : float [K, K]
        How often a cell of the type of the row gets the label of the column; rows sum to 1.
    sharpness
        Power of the vote that explains the labels best.
    """

    truth: Floats
    given: Floats
    sharpness: float


def label_noise(shares: Floats, labels: Ints) -> LabelNoise:
    """Tell wrong labels from doubtful votes.

    A label is the true type, or another with a chance of its own for each pair of types; the vote
    says how likely each type is. Both are fitted by expectation maximisation: where labels are
    right, disagreement is the vote's own doubt, which its sharpness measures, and stays small.

    Parameters
    ----------
    shares : float [n, K]
        Vote on each cell by others; rows sum to 1.
    labels : int64 [n]
        What each cell is said to be, 0 to K - 1.

    Returns
    -------
    LabelNoise
        Of the sharpness under which the labels are most likely.

    References
    ----------
    Dawid and Skene 1979, doi:10.2307/2346806.

    Examples
    --------
    >>> shares = np.repeat([[0.95, 0.05], [0.05, 0.95]], 50, axis=0)
    >>> labels = np.repeat([0, 1], 50)
    >>> labels[:5] = 1
    >>> found = label_noise(shares, labels)
    >>> found.truth[:5, 0].min() > 0.5, found.truth[5:50, 0].min() > 0.99
    (np.True_, np.True_)
    """
    n_types = shares.shape[1]
    least = np.where(np.eye(n_types, dtype=bool), _RIGHT, _WRONG)
    best = None
    for sharpness in _SHARPNESS:
        vote = np.clip(shares, _LEAST, 1) ** sharpness
        vote /= vote.sum(axis=1, keepdims=True)
        given = np.full((n_types, n_types), _START / max(n_types - 1, 1))
        np.fill_diagonal(given, 1 - _START)
        for _ in range(_ROUNDS):
            joint = vote * given[:, labels].T
            truth = joint / joint.sum(axis=1, keepdims=True)
            times = np.zeros((n_types, n_types))
            np.add.at(times, labels, truth)
            given = times.T + least
            given /= given.sum(axis=1, keepdims=True)
        likelihood = np.log((vote * given[:, labels].T).sum(axis=1)).mean()
        if best is None or likelihood > best[0]:
            best = likelihood, LabelNoise(truth, given, sharpness)
    return best[1]  # type: ignore[index]
