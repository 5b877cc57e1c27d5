"""Which labels of cells are wrong: an estimator."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import sparse

from graphkit.errors import InputError
from graphkit.omics import log_normalise, raw_counts, tell_origin
from graphkit.origin import Origin
from graphkit.tasks.cells.held_out import evenly, folds
from graphkit.tasks.cells.label_noise import label_noise
from graphkit.tasks.cells.labels import types_of
from graphkit.tasks.cells.vote import Reference, require_genes, variable
from graphkit.tasks.estimator import Estimator

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

KEY = "suggested"
# Cells of a gene below which it tells nothing; cells that vote.
_FEWEST, _MOST = 3, 20_000
# Share of wrong labels from which cells whose label the others doubt no longer vote.
_NOISY = 0.05
# The rarer wrong labels are, the surer one must be to call one wrong: at 12 % the likelier type
# is suggested, at 2 % one of 92 % and more.
_PER_NOISE = 4.0
# How far the vote must be from chance, 0, to always right, 1, to know anything of labels.
_LOST = 0.15


class LabelCheck(Estimator):
    """Labels of cells, checked against the other cells.

    Each cell is told from the others, in five folds, by the vote of
    :class:`~graphkit.tasks.CellTypes`. Where labels and votes disagree more than the votes' own
    doubt explains, labels are wrong: how often, and which for which, is estimated with them. Where
    many are, those that agree vote once more alone.

    Parameters
    ----------
    n_top_genes
        Most variable genes, which are read.
    n_neighbors
        Nearest cells that vote.
    min_counts
        Cells with fewer counts are not checked.
    random_state
        Seed of all that is random.

    Attributes
    ----------
    suggested_ : ndarray of object [n]
        Another label where the given one is likely wrong, else the given one.
    suspicion_ : ndarray of float [n]
        How likely the label is wrong; NaN where a cell was not checked.
    was_anchor_ : ndarray of bool [n]
        Whether the cell voted in the end.
    agree_ : ndarray of float [n, 2]
        Share of the nearest other cells that bear the cell's label, and the suggested one.
    noise_ : float
        Estimated share of wrong labels.

    Examples
    --------
    >>> import anndata
    >>> rng = np.random.default_rng(0)
    >>> rates = np.repeat([[1.0] * 15 + [5.0] * 15, [5.0] * 15 + [1.0] * 15], 30, axis=0)
    >>> cells = anndata.AnnData(rng.poisson(rates).astype(np.float32))
    >>> cells.obs["type"] = ["one"] * 28 + ["two"] * 32
    >>> checked = LabelCheck().fit(cells, label="type")
    >>> sorted(np.argsort(-checked.suspicion_)[:2].tolist())
    [28, 29]
    """

    verb: ClassVar[str] = "check-labels"

    def __init__(
        self,
        *,
        n_top_genes: int = 2000,
        n_neighbors: int = 15,
        min_counts: int = 10,
        random_state: int = 0,
    ) -> None:
        self.n_top_genes, self.n_neighbors = n_top_genes, n_neighbors
        self.min_counts, self.random_state = min_counts, random_state

    def fit(self, adata: AnnData, *, label: str, layer: str | None = None) -> Self:
        """Check the labels of `adata`.

        Parameters
        ----------
        adata : AnnData [n, G]
            Raw counts.
        label
            Column of ``obs`` with the labels.
        layer
            Of the raw counts; None for X.

        Raises
        ------
        InputError
            If the column is missing or has fewer than two labels, or there are no raw counts.

        Warns
        -----
        UserWarning
            If cells have no label, or a label a single cell, or the counts do not show the labels.
        """
        self.require_unfrozen()
        names = types_of(adata, label)
        counts = raw_counts(adata, layer=layer)
        enough = np.asarray(counts.sum(axis=1)).ravel() >= max(self.min_counts, 1)
        rows = np.flatnonzero((names != "") & enough)
        self.classes_, labels = np.unique(names[rows].astype(str), return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(
                f"cells of {len(self.classes_)} labels have {self.min_counts} counts or more",
                slot=f"obs[{label!r}]",
                remedy="Lower min_counts.",
            )
        counts = sparse.csr_matrix(counts[rows])
        genes = np.flatnonzero((counts > 0).sum(axis=0).A1 >= _FEWEST)
        require_genes(genes)
        genes = variable(counts, genes, self.n_top_genes)
        logged = log_normalise(counts, target_sum=1e4)[:, genes]
        anchors = np.ones(len(rows), dtype=bool)
        shares, agree = self._vote(logged, labels, anchors)
        chance = np.bincount(labels).max() / len(labels)
        lost = (shares.argmax(axis=1) == labels).mean() - chance < _LOST * (1 - chance)
        found = label_noise(shares, labels)
        if not lost and _wrong(found.truth, labels).mean() > _NOISY:
            anchors = shares.argmax(axis=1) == labels
            shares, agree = self._vote(logged, labels, anchors)
            found = label_noise(shares, labels)
        wrong = _wrong(found.truth, labels)
        self.noise_ = float(wrong.mean())
        best = found.truth.argmax(axis=1)
        change = (best != labels) & (wrong > 1 - min(0.5, _PER_NOISE * self.noise_))
        if lost:
            warnings.warn(
                f"the counts do not show what {label} says: no label is changed", stacklevel=2
            )
            change[:] = False
        best = np.where(change, best, labels)
        self.suggested_ = names.copy()
        self.suggested_[rows] = self.classes_[best]
        self.suspicion_ = np.full(adata.n_obs, np.nan)
        self.suspicion_[rows] = wrong
        self.was_anchor_ = np.zeros(adata.n_obs, dtype=bool)
        self.was_anchor_[rows] = anchors
        self.agree_ = np.full((adata.n_obs, 2), np.nan)
        each = np.arange(len(rows))
        self.agree_[rows] = np.column_stack([agree[each, labels], agree[each, best]])
        self.labels_, self.asked_ = names, {"label": label, "layer": layer}
        return self

    def table(self, adata: AnnData, *, n: int = 100) -> pd.DataFrame:
        """Return the most suspicious labels, worst first, with their reasons.

        Parameters
        ----------
        adata : AnnData [n, G]
            The cells that were fitted.
        n
            At most so many; none whose label is likelier right than wrong.

        Returns
        -------
        DataFrame
            ``cell``, ``label``, ``suggested``, ``suspicion``, and the shares of the nearest other
            cells with either: ``neighbours_as_labelled``, ``neighbours_as_suggested``.
        """
        suspicion = np.nan_to_num(self.fitted("suspicion_"))
        order = np.argsort(-suspicion, kind="stable")[:n]
        order = order[suspicion[order] > 0.5]
        return pd.DataFrame(
            {
                "cell": adata.obs_names[order],
                "label": self.labels_[order],
                "suggested": self.suggested_[order],
                "suspicion": suspicion[order],
                "neighbours_as_labelled": self.agree_[order, 0],
                "neighbours_as_suggested": self.agree_[order, 1],
            }
        )

    def annotate(self, adata: AnnData, *, key_added: str = KEY) -> None:
        """Write what :func:`~graphkit.check_labels` writes, into the cells that were fitted.

        Raises
        ------
        InputError
            If nothing was fitted, or `adata` has another number of cells.
        """
        suggested = self.fitted("suggested_")
        if len(suggested) != adata.n_obs:
            raise InputError(f"{adata.n_obs:,} cells where {len(suggested):,} were fitted")
        stem = "" if key_added == KEY else f"{key_added}_"
        adata.obs[key_added] = pd.Categorical(suggested, self.classes_.tolist())
        adata.obs[f"{stem}suspicion"] = self.suspicion_
        adata.obs[f"{stem}was_anchor"] = self.was_anchor_
        adata.uns[key_added] = {
            "label": self.asked_["label"],
            "wrong": self.noise_,
            "changed": int((suggested != self.labels_).sum()),
            "unchecked": int(np.isnan(self.suspicion_).sum()),
        }
        asked = {**self.get_params(deep=False), **self.asked_}
        seed = asked.pop("random_state")
        tell_origin(adata, key_added, Origin(verb=self.verb, params=asked, seed=seed))

    def _vote(
        self, logged: sparse.csr_matrix, labels: Ints, anchors: NDArray[np.bool_]
    ) -> tuple[Floats, Floats]:
        """Return the vote of other cells on each, and how many of its nearest are of each type."""
        shares = np.zeros((len(labels), len(self.classes_)))
        agree = shares.copy()
        fold = folds(labels, seed=self.random_state)
        for number in range(fold.max() + 1):
            out = fold == number
            rows = np.flatnonzero(~out & (anchors | (fold < 0)))
            there = np.unique(labels[rows])
            if not out.any() or len(there) < 2:
                shares[out, labels[out]] = agree[out, labels[out]] = 1
                continue
            rows = rows[evenly(labels[rows], _MOST, self.random_state)]
            types = np.searchsorted(there, labels[rows])
            reference = Reference(
                logged[rows], types, n_neighbors=self.n_neighbors, seed=self.random_state
            )
            votes = reference.vote(logged[out])
            shares[np.ix_(out, there)] = votes.shares
            near = types[votes.nearest]
            agree[np.ix_(out, there)] = (near[:, :, None] == np.arange(len(there))).mean(axis=1)
        only = np.flatnonzero(fold < 0)
        shares[only, labels[only]] = 1
        return shares, agree


def _wrong(truth: Floats, labels: Ints) -> Floats:
    return np.asarray(1 - truth[np.arange(len(labels)), labels])
