"""Types of cells, told from a reference: an estimator that also says when it cannot tell."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import sparse

from graphkit.errors import InputError, shorten
from graphkit.omics import log_normalise, raw_counts, tell_origin
from graphkit.omics.shared import shared_genes
from graphkit.origin import Origin
from graphkit.palette import group_colors
from graphkit.tasks.cells.confirm import CONFIRMED, confirm
from graphkit.tasks.cells.held_out import HeldOut, evenly, levelled, machine, scaled, try_out
from graphkit.tasks.cells.labels import types_of
from graphkit.tasks.cells.markers import marker_columns, marker_posterior
from graphkit.tasks.cells.vote import Reference, require_genes, variable
from graphkit.tasks.estimator import Estimator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.tasks.cells.vote import Votes

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNKNOWN = "Unknown"
KEY = "predicted"
_GREY = "#999999"
# Cells of a gene below which it tells nothing.
_FEWEST = 3
# Cells of the reference that vote.
_MOST = 20_000
SHOWN = 5
"""Nearest cells of the reference that are told for each cell."""
# Oddness from which the vote is no argument against markers.
_ORDINARY = 0.5
# Two cells this near are one.
_SAME = 1e-5


@dataclass(frozen=True, slots=True)
class Typed:
    """Types of m cells, and the evidence for them.

    Parameters
    ----------
    labels : object [m]
        Type, ``"Unknown"``, or empty where a cell has too few counts of shared genes.
    likeliest : object [m]
        The same without ``"Unknown"``.
    confidence : float [m]
        How likely the type is right, were the cell of a type of the reference; NaN where empty.
    agree : float [m]
        Share of the nearest cells of the reference that are of this type, or of the likeliest.
    oddness : float [m]
        Share of held-out cells of the reference that were less odd.
    shares : float [m, K]
        Share of the vote.
    nearest : int64 [m, k]
        Rows of the nearest cells of the reference, nearest first; -1 where empty.
    embedding : float32 [m, d]
        Principal components of both tables; NaN where empty.
    confirmed : float [K]
        Correlation of what sets each type apart from the others here and in the reference, over
        genes that were not read to tell them; NaN for types with fewer than ten cells here.
    genes
        How genes were matched, and how many are shared.
    shifted : float
        Weight of the reading in which genes were brought to the reference's mean and spread.
    held_out
        How well it does on the reference itself.
    baseline : object [m]
        Type by a linear support vector machine, each table scaled by itself.
    """

    labels: NDArray[np.object_]
    likeliest: NDArray[np.object_]
    confidence: Floats
    agree: Floats
    oddness: Floats
    shares: Floats
    nearest: Ints
    embedding: NDArray[np.float32]
    confirmed: Floats
    genes: str
    shifted: float
    held_out: HeldOut
    baseline: NDArray[np.object_]


class CellTypes(Estimator):
    """Cell types by a reference whose types are known.

    Logistic regression and a support vector machine on scaled genes, discriminant analysis and
    nearest neighbours on principal components vote, in two readings of the cells: as measured,
    and with each gene brought to the reference's mean and spread. The vote of a cell is averaged
    with that of its nearest in its own table. How sure it may be, and what is odd, is learned on
    cells of the reference that are held out.

    Parameters
    ----------
    unknown_rate
        Share of cells of the reference's types that may be called unknown.
    n_top_genes
        Most variable of the shared genes, which are read.
    n_neighbors
        Nearest cells of the reference that vote.
    min_counts
        Cells with fewer counts of shared genes are left out.
    random_state
        Seed of all that is random.
    markers
        Marker genes of types that the reference may lack; a cell is of one where they say so more
        clearly than the vote speaks for another type.

    Attributes
    ----------
    classes_ : ndarray of str [K]
        Types of the reference.

    References
    ----------
    Abdelaal et al. 2019, doi:10.1186/s13059-019-1795-z, on how well a linear support vector
    machine does this.

    Examples
    --------
    >>> import anndata
    >>> rng = np.random.default_rng(0)
    >>> rates = np.repeat([[1.0] * 15 + [5.0] * 15, [5.0] * 15 + [1.0] * 15], 30, axis=0)
    >>> cells = anndata.AnnData(rng.poisson(rates).astype(np.float32))
    >>> cells.obs["type"] = ["one"] * 30 + ["two"] * 30
    >>> new = anndata.AnnData(rng.poisson(rates[25:35]).astype(np.float32))
    >>> CellTypes(unknown_rate=0).fit(cells, label="type").predict(new).tolist()
    ['one', 'one', 'one', 'one', 'one', 'two', 'two', 'two', 'two', 'two']
    """

    verb: ClassVar[str] = "annotate"

    def __init__(
        self,
        *,
        unknown_rate: float = 0.05,
        n_top_genes: int = 2000,
        n_neighbors: int = 15,
        min_counts: int = 10,
        random_state: int = 0,
        markers: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.unknown_rate, self.n_top_genes = unknown_rate, n_top_genes
        self.n_neighbors, self.min_counts = n_neighbors, min_counts
        self.random_state, self.markers = random_state, markers

    def fit(self, reference: AnnData, *, label: str, layer: str | None = None) -> Self:
        """Take in the reference; what is learned of it depends on the genes of the query.

        Parameters
        ----------
        reference : AnnData [n, G]
            Raw counts.
        label
            Column of ``obs`` with the types.
        layer
            Of the raw counts; None for X.

        Raises
        ------
        InputError
            If the column is missing or has fewer than two types, or there are no raw counts.

        Warns
        -----
        UserWarning
            If cells have no type, or a type a single cell.
        """
        if not 0 <= self.unknown_rate < 1:
            raise InputError(
                f"is {self.unknown_rate}", slot="unknown_rate", remedy="Choose 0 to below 1."
            )
        names = types_of(reference, label)
        counts = raw_counts(reference, layer=layer)
        kept = np.flatnonzero(names != "")
        self.classes_, types = np.unique(names[kept].astype(str), return_inverse=True)
        chosen = evenly(types, _MOST, self.random_state)
        self.rows_, self.types_ = kept[chosen], types[chosen]
        self.counts_ = sparse.csr_matrix(counts[self.rows_])
        self.reference_ = reference[:0].copy()
        self.asked_ = {"label": label, "reference_layer": layer}
        return self

    def predict(self, query: AnnData, *, layer: str | None = None) -> NDArray[np.object_]:
        """Return the type of each cell, [m]; ``"Unknown"``, or empty where it was left out."""
        return self.read(query, layer=layer).labels

    def read(self, query: AnnData, *, layer: str | None = None) -> Typed:
        """Return all that is said of the cells of `query`.

        Raises
        ------
        InputError
            If there are no raw counts, or too few genes are shared.

        Warns
        -----
        UserWarning
            If most cells are also in the reference, or types are not confirmed.
        """
        types = self.fitted("types_")
        counts = raw_counts(query, layer=layer)
        shared = shared_genes(self.reference_, query)
        known = sparse.csr_matrix(self.counts_[:, shared.first])
        asked = sparse.csr_matrix(counts[:, shared.second])
        rows = np.flatnonzero(np.asarray(asked.sum(axis=1)).ravel() >= max(self.min_counts, 1))
        if not len(rows):
            raise InputError(
                f"no cell has {self.min_counts} counts of the {len(shared.first):,} shared genes",
                slot="X",
                remedy="Lower min_counts, or give a reference with the same genes.",
            )
        asked = sparse.csr_matrix(asked[rows])
        seen = (known > 0).sum(axis=0).A1 >= _FEWEST
        seen = np.flatnonzero(seen & ((asked > 0).sum(axis=0).A1 > 0))
        require_genes(seen)
        genes = variable(known, seen, self.n_top_genes)
        reference, cells = (log_normalise(one, target_sum=1e4) for one in (known, asked))
        confirmed = confirm(
            known,
            types,
            cells,
            seen,
            n_top_genes=self.n_top_genes,
            seed=self.random_state,
        )
        reference, cells = reference[:, genes], cells[:, genes]
        held_out, usual = try_out(
            reference,
            types,
            unknown_rate=self.unknown_rate,
            n_neighbors=self.n_neighbors,
            seed=self.random_state,
        )
        votes = self._reference(reference, types).vote(cells)
        unsure = 1 - votes.shares.max(axis=1)
        odd = usual.odd(unsure, levelled(votes.apart, usual.apart))
        likeliest = votes.shares.argmax(axis=1)
        oddness = np.searchsorted(usual.order, odd) / (len(usual.order) + 1)
        best = self.classes_[likeliest].astype(object)
        labels = best.copy()
        strange = confirmed < CONFIRMED
        labels[(oddness > 1 - self.unknown_rate) | strange[likeliest]] = UNKNOWN
        confidence = usual.confidence(votes.shares)
        agree = (types[votes.nearest] == likeliest[:, None]).mean(axis=1)
        if self.lacking:
            every = log_normalise(sparse.csr_matrix(counts[rows]), target_sum=1e4)
            named, told = self._by_markers(query, every, votes.components)
            new = told > np.where(oddness < _ORDINARY, np.maximum(confidence, 0.5), 0.5)
            best, labels = (np.where(new, named, one) for one in (best, labels))
            confidence = np.where(new, told, confidence)
            agree = np.where(new, np.nan, agree)
        self._warn(votes, strange & np.isin(np.arange(len(strange)), likeliest))
        plain = machine(reference, types, self.random_state).predict(scaled(cells))

        def spread(values: NDArray[Any], empty: object) -> NDArray[Any]:
            filled = np.full((query.n_obs, *values.shape[1:]), empty, dtype=values.dtype)
            filled[rows] = values
            return filled

        return Typed(
            spread(labels, ""),
            spread(best, ""),
            spread(confidence, np.nan),
            spread(agree, np.nan),
            spread(oddness, np.nan),
            spread(votes.shares, np.nan),
            spread(self.rows_[votes.nearest[:, :SHOWN]], -1),
            spread(votes.components.astype(np.float32), np.nan),
            confirmed,
            f"{len(shared.first):,} by {shared.how}",
            votes.shifted,
            held_out,
            spread(self.classes_[plain].astype(object), ""),
        )

    def annotate(self, query: AnnData, *, layer: str | None = None, key_added: str = KEY) -> None:
        """Write what :func:`~graphkit.annotate` writes into `query`; raise and warn as `read`."""
        found = self.read(query, layer=layer)
        names = [*self.classes_.tolist(), *self.lacking, UNKNOWN]
        told = found.labels != ""
        query.obs[key_added] = pd.Categorical(found.labels, names)
        stem = "" if key_added == KEY else f"{key_added}_"
        query.obs[f"{stem}confidence"] = found.confidence
        query.obs[f"{stem}neighbours_agree"] = found.agree
        query.obs[f"{stem}oddness"] = found.oddness
        query.obsm[f"X_{key_added}"] = found.embedding
        query.obsm[f"{stem}nearest_reference"] = found.nearest
        query.uns[f"{key_added}_colors"] = [*group_colors(len(names) - 1), _GREY]
        query.uns[key_added] = {
            "genes": found.genes,
            "left_out": int((~told).sum()),
            "held_out": asdict(found.held_out),
            "agreement_with_machine": float((found.likeliest == found.baseline)[told].mean()),
            "shifted": found.shifted,
            "confirmed": {
                str(self.classes_[one]): float(found.confirmed[one])
                for one in np.flatnonzero(np.isfinite(found.confirmed))
            },
        }
        asked = {**self.get_params(deep=False), **self.asked_, "layer": layer}
        seed = asked.pop("random_state")
        tell_origin(query, key_added, Origin(verb=self.verb, params=asked, seed=seed))

    @property
    def lacking(self) -> dict[str, Sequence[str]]:
        """Types that markers describe and the reference lacks."""
        return {k: v for k, v in (self.markers or {}).items() if k not in self.classes_}

    def _by_markers(
        self, query: AnnData, logged: sparse.csr_matrix, components: Floats
    ) -> tuple[NDArray[np.object_], Floats]:
        """Return the likeliest of the types that the reference lacks, and how likely it is."""
        columns = marker_columns(query, self.lacking)
        likely = marker_posterior(logged, columns, components, seed=self.random_state)
        return np.array(list(columns), dtype=object)[likely.argmax(axis=1)], likely.max(axis=1)

    def _reference(self, logged: sparse.csr_matrix, types: Ints) -> Reference:
        return Reference(logged, types, n_neighbors=self.n_neighbors, seed=self.random_state)

    def _warn(self, votes: Votes, strange: NDArray[np.bool_]) -> None:
        if (votes.distances[:, 0] < _SAME).mean() > 0.5:
            warnings.warn(
                "most cells are also in the reference: their own labels are read back",
                stacklevel=3,
            )
        if strange.any():
            told = shorten(", ".join(self.classes_[strange]), 200)
            warnings.warn(
                f"what sets these apart in the reference does not here, by genes that were not "
                f"read to tell them; their cells are {UNKNOWN}: {told}",
                stacklevel=3,
            )
