"""A small graph model of given domain labels, for explaining them where no network is at hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from graphkit.builders.neighbors.graph import row_mean, sparse_tensor
from graphkit.omics import principal_components

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DomainSurrogate:
    """Multinomial logistic regression on a spot's features and the mean of its neighbours'.

    Features are principal components of log-normalised expression, scaled by one number. It is not
    the model that found the domains: what it says is about their labels.

    Parameters
    ----------
    loadings : float64 [G, F]
        Genes to features.
    mean : float64 [G]
        Mean expression, where the features are 0.
    averaging : Tensor [n, n]
        Sparse; row i averages over the neighbours of spot i, and is empty where it has none (their
        mean expression is then taken to be that of the tissue).
    own, beside : Tensor [F, K]
        Weights of a spot's features and of its neighbours' mean.
    intercept : Tensor [K]
    agreement
        Share of spots whose label the model gives, balanced over domains, on spots left out of its
        fit (whole strips of the tissue at a time, so that few neighbours of theirs were seen).
    """

    loadings: Floats
    mean: Floats
    averaging: Tensor
    own: Tensor
    beside: Tensor
    intercept: Tensor
    agreement: float

    def logits(self, own: Tensor, neighbors: Tensor) -> Tensor:
        """Return logits ``[n, K]``; see :class:`~graphkit.attribution.genes.SpotModel`."""
        around = torch.sparse.mm(self.averaging, neighbors)
        return own @ self.own + around @ self.beside + self.intercept

    def to(self, device: torch.device) -> DomainSurrogate:
        """Return the same model on another device."""
        parts = ("averaging", "own", "beside", "intercept")
        return replace(self, **{name: getattr(self, name).to(device) for name in parts})


def fit_surrogate(
    expression: sparse.csr_matrix,
    labels: NDArray[np.int64],
    connectivities: sparse.csr_matrix,
    *,
    order: NDArray[np.floating],
    n_components: int = 30,
    strength: float = 1.0,
    folds: int = 5,
    seed: int = 0,
) -> tuple[DomainSurrogate, Tensor]:
    """Fit the surrogate.

    Parameters
    ----------
    expression : csr_matrix [n, G]
        Log-normalised.
    labels : int64 [n]
        Domains ``0 .. K - 1``; -1 where unknown (such spots are neighbours only).
    connectivities : csr_matrix [n, n]
        Neighbour graph.
    order : float [n]
        Where the spots lie along the tissue: spots held out together are next to each other.
    n_components
        Principal components, at most.
    strength
        Inverse of the ridge penalty.
    folds
        Strips of the tissue that are held out in turn to measure the agreement.
    seed
        Of the decomposition of large matrices.

    Returns
    -------
    surrogate : DomainSurrogate
    features : Tensor of float64 [n, F]
    """
    n, genes = expression.shape
    found = principal_components(
        expression, n_components=min(n_components, n - 1, genes - 1), seed=seed
    )
    scale = max(float(found.scores.std()), 1e-12)
    loadings, mean = found.loadings / scale, found.mean.astype(np.float64)
    # From the loadings rather than the scores, which are rounded: what is explained must be linear.
    x = np.asarray(expression @ loadings, dtype=np.float64) - mean @ loadings
    averaging = row_mean(connectivities)
    both = np.concatenate([x, averaging @ x], axis=1)
    known = np.flatnonzero(labels >= 0)
    weights, intercept = _fit(both[known], labels[known], strength)
    agreement = _agreement(both[known], labels[known], order[known], strength, folds)
    size = x.shape[1]
    surrogate = DomainSurrogate(
        loadings.astype(np.float64),
        mean,
        sparse_tensor(averaging.astype(np.float64)),
        torch.from_numpy(weights[:size].copy()),
        torch.from_numpy(weights[size:].copy()),
        torch.from_numpy(intercept),
        agreement,
    )
    return surrogate, torch.from_numpy(x)


def _fit(x: Floats, y: NDArray[np.int64], strength: float) -> tuple[Floats, Floats]:
    """Return weights [F, K] and intercepts [K]; a class missing from `y` gets a logit of -30."""
    classes = int(y.max()) + 1
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000).fit(x, y)
    weights, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        # scikit-learn gives one row where there are two classes: half of it for each.
        weights = np.concatenate([-weights, weights]) / 2
        intercept = np.concatenate([-intercept, intercept]) / 2
    full, offset = np.zeros((classes, x.shape[1])), np.full(classes, -30.0)
    full[model.classes_], offset[model.classes_] = weights, intercept
    return full.T, offset


def _agreement(
    x: Floats, y: NDArray[np.int64], order: NDArray[np.floating], strength: float, folds: int
) -> float:
    strip = np.empty(len(y), dtype=np.int64)
    strip[np.argsort(order, kind="stable")] = np.arange(len(y)) * folds // len(y)
    right: list[NDArray[np.bool_]] = []
    truth: list[NDArray[np.int64]] = []
    for number in range(folds):
        train, test = strip != number, strip == number
        if len(np.unique(y[train])) < 2 or not test.any():
            continue
        weights, intercept = _fit(x[train], y[train], strength)
        right.append((x[test] @ weights + intercept).argmax(axis=1) == y[test])
        truth.append(y[test])
    if not right:
        return float("nan")
    hit, label = np.concatenate(right), np.concatenate(truth)
    return float(np.mean([hit[label == k].mean() for k in np.unique(label)]))
