"""Clusters of cells as an estimator: a consensus of communities and of k-means."""

from __future__ import annotations

import warnings
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit, logit
from sklearn.cluster import KMeans

from graphkit.builders.neighbors.communities import communities, n_communities, shared_neighbors
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement, match_and_average
from graphkit.methods.cell_autoencoder import CellParams
from graphkit.omics import cell_quality, highly_variable, raw_counts, tell_origin
from graphkit.origin import Origin
from graphkit.palette import group_colors
from graphkit.tasks.cells.doublets import oddness
from graphkit.tasks.cells.features import (
    batches_of,
    scaled_components,
    warn_of_batches,
    without_batches,
)
from graphkit.tasks.cells.networks import METHODS, Cells
from graphkit.tasks.cells.number import RULE, choose_number, merged_communities
from graphkit.tasks.estimator import Estimator
from graphkit.tasks.localize.ensemble import member_seed

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AUTO, LEIDEN = "auto", "leiden"
PLAIN = "autoencoder"
_STARTS = 10
_FEWEST = 4
# Mean adjusted Rand index of the clusterings with what they say together, below which nothing is
# clear: cells of one kind stay below .3, six sets of known types are above .7.
_CLEAR = 0.6
# How likely a cell is in its cluster again: intercept, and slopes of the logit of its share of the
# votes and of their agreement, set on simulated cells whose molecules were counted twice.
_AGAIN = (-1.190, 0.630, 3.178)


class CellClusters(Estimator):
    """Clusters of cells, from networks that predict one half of the molecules from the other.

    Each member has a network of its own, whose numbers stand beside the principal components of
    scaled genes. It makes four clusterings: Leiden's communities of the nearest neighbours in both,
    k-means of both, k-means of the components alone, the usual baseline, and, with half a vote,
    more communities, of which those nearest in held-out molecules are merged: these may be of very
    unlike sizes. All are matched and averaged: what one gets wrong in a set, the others do not.

    Parameters
    ----------
    n_clusters
        How many; ``"auto"`` for as many as lie apart in held-out molecules; or ``"leiden"`` for as
        many as `resolution` gives.
    resolution
        Of Leiden's algorithm, where it gives the number, and for ``"auto"`` where that is not
        determined.
    batch_key
        Column of ``obs`` that tells batches apart, what they add is taken away; None for one batch.
    method
        What the networks are: ``"autoencoder"``, or after ``"cicl"``, ``"group"`` or ``"scrcl"``,
        which do no better on the sets they were measured on.
    members
        Networks, each of which makes four clusterings.
    min_counts
        Cells with fewer counts are left out.
    params
        The recipe.
    random_state
        Seed of all that is random.
    device, threads
        As in :class:`~graphkit.training.TrainSettings`.

    Attributes
    ----------
    classes_ : ndarray of str [K]
        Clusters, ``"1"`` the largest.
    labels_ : ndarray of str [n]
        Cluster of each cell; empty where it was left out.
    stability_ : ndarray [n]
        How likely the cell is in that cluster again, were its molecules counted anew: a logistic
        function of the share of the votes and of their agreement.
    oddness_ : ndarray [n]
        How like two cells it is: the share of simulated doublets that are less so.
    embedding_ : ndarray of float32 [n, members * dim + n_components]
        What the networks and the components say, of equal weight; NaN where a cell was left out.
    networks_ : ndarray of float32 [n, members * dim]
        What the networks alone say.
    number_ : CellNumber or None
        For ``"auto"``, where the number comes from.
    agreement_ : float
        Mean adjusted Rand index of the clusters and the clusterings that they were made of.
    kmeans_ : float
        Adjusted Rand index of the clusters and k-means on the components.

    References
    ----------
    Batson et al. 2019, doi:10.1101/786269. Traag et al. 2019, doi:10.1038/s41598-019-41695-z.

    Examples
    --------
    >>> import anndata
    >>> rng = np.random.default_rng(0)
    >>> rates = np.repeat([[1.0] * 10 + [9.0] * 10, [9.0] * 10 + [1.0] * 10], 30, axis=0)
    >>> cells = anndata.AnnData(sparse.csr_matrix(rng.poisson(rates).astype(np.float32)))
    >>> quick = CellParams(steps=5, min_epochs=1)
    >>> model = CellClusters(2, members=1, params=quick).fit(cells)
    >>> model.classes_.tolist(), len(set(model.labels_[:30])), len(set(model.labels_))
    (['1', '2'], 1, 2)
    """

    verb: ClassVar[str] = "cluster"

    def __init__(
        self,
        n_clusters: int | str = LEIDEN,
        *,
        resolution: float = 1.0,
        batch_key: str | None = None,
        method: str = PLAIN,
        members: int = 3,
        min_counts: int = 10,
        params: CellParams | None = None,
        random_state: int = 0,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.n_clusters, self.resolution, self.members = n_clusters, resolution, members
        self.batch_key, self.method = batch_key, method
        self.min_counts, self.params = min_counts, params
        self.random_state, self.device, self.threads = random_state, device, threads

    @property
    def recipe(self) -> CellParams:
        """The recipe: `params`, or the defaults."""
        return self.params or CellParams()

    def fit(self, adata: AnnData, *, layer: str | None = None, progress: bool = False) -> Self:
        """Find the clusters of `adata`.

        Raises
        ------
        InputError
            If there are no raw counts, too few cells, no batches in `batch_key`, or the number of
            clusters makes no sense.

        Warns
        -----
        UserWarning
            If clusters that were asked for are empty: the clusterings do not agree on them; or if
            these agree little on all, as they do where cells are of one kind. Where such cells
            differ much in depth, two clusters by depth may still agree. If ``"auto"`` finds no
            clear number. If a column of ``obs`` that is named as batches are keeps cells apart, and
            there is no `batch_key`: then no number is clear.
        """
        self.require_unfrozen()
        batch = batches_of(adata, self.batch_key)
        counts = raw_counts(adata, layer=layer)
        kept = np.flatnonzero(np.asarray(counts.sum(axis=1)).ravel() >= max(self.min_counts, 1))
        self._check(len(kept))
        counts = sparse.csr_matrix(counts[kept])
        self.oddness_ = np.full(adata.n_obs, np.nan)
        batch = np.unique(batch[kept], return_inverse=True)[1]
        self.oddness_[kept] = oddness(counts, batch=batch, seed=self.random_state)
        recipe, seed = self.recipe, self.random_state
        genes = highly_variable(counts, n_top_genes=recipe.n_top_genes, batch=batch)
        (table,) = scaled_components(counts, genes, n_components=recipe.n_components, seed=seed)
        components = _units(without_batches(table, batch, seed=seed))
        near = min(recipe.n_neighbors, len(kept) - 1)
        unnamed = self.batch_key is None and warn_of_batches(
            components, adata.obs.iloc[kept], seed=seed
        )
        self.number_ = None
        if self.n_clusters == AUTO:
            self.number_ = choose_number(
                counts, genes, components, batch=batch, n_neighbors=near, seed=seed
            )
            if unnamed:  # batches lie apart too
                self.number_ = replace(self.number_, determined=False)
            if not self.number_.determined:
                reason = "no number of clusters is clear"
                warnings.warn(f"{reason}: as many as Leiden gives", stacklevel=2)
        cells = Cells(
            sparse.csr_matrix(counts[:, genes]),
            components,
            # Pseudo-labels ask before any network is there.
            n_clusters=max(2, self._number(components)) if self.method != PLAIN else 2,
            recipe=recipe,
            device=self.device,
            threads=self.threads,
            progress=progress,
        )
        seeds = [member_seed(seed, number) for number in range(self.members)]
        networks = []
        for i, one in enumerate(seeds, start=1):
            said = METHODS[self.method](cells, seed=one, name=f"network {i}/{self.members}")
            networks.append(_units(without_batches(said, batch, seed=seed)))
        embedding = np.hstack([*(one / np.sqrt(self.members) for one in networks), components])
        number = self._number(embedding)
        plain = [_kmeans(components, number, seed=one) for one in seeds]
        votes = 2 * plain
        for said, one in zip(networks, seeds, strict=True):
            both = np.hstack([said, components])
            votes += 2 * [_kmeans(both, number, seed=one)]
            votes += 2 * [n_communities(both, number, n_neighbors=near, seed=one)]
            merged = merged_communities(
                counts, genes, both, number, batch=batch, n_neighbors=near, seed=one
            )
            votes.append(merged)
        posterior, stability, _ = match_and_average([np.eye(number)[one] for one in votes])
        found = posterior.argmax(axis=1)
        order = np.argsort(-np.bincount(found, minlength=number), kind="stable")
        rank = np.argsort(order)[found]
        if self.n_clusters not in (AUTO, LEIDEN) and rank.max() + 1 < number:
            reason = "no cell is most often in the others"
            warnings.warn(f"{rank.max() + 1} clusters in place of {number}: {reason}", stacklevel=2)
        self.agreement_ = float(
            np.mean([agreement(found.tolist(), one.tolist())[0] for one in votes])
        )
        if self.agreement_ < _CLEAR:
            warnings.warn(
                f"the clusterings agree little (adjusted Rand index {self.agreement_:.2f}): "
                "these cells may not fall into so many clusters, or into any",
                stacklevel=2,
            )
        self.kmeans_ = agreement(found.tolist(), plain[0].tolist())[0]
        self.classes_ = np.array([str(one + 1) for one in range(rank.max() + 1)])
        self.labels_ = np.full(adata.n_obs, "", dtype=self.classes_.dtype)
        self.labels_[kept] = self.classes_[rank]
        self.stability_ = np.full(adata.n_obs, np.nan)
        start, share, agrees = _AGAIN
        surely = start + share * logit(np.clip(stability, 0.02, 0.98)) + agrees * self.agreement_
        self.stability_[kept] = expit(surely)
        self.embedding_ = np.full((adata.n_obs, embedding.shape[1]), np.nan, dtype=np.float32)
        self.embedding_[kept] = embedding
        said = np.hstack(networks)
        self.networks_ = np.full((adata.n_obs, said.shape[1]), np.nan, dtype=np.float32)
        self.networks_[kept] = said
        self.layer_ = layer
        return self

    def fit_predict(self, adata: AnnData, *, layer: str | None = None) -> NDArray[np.str_]:
        """Return the cluster of each cell, [n]; empty where it was left out."""
        return self.fit(adata, layer=layer).labels_

    def annotate(self, adata: AnnData, *, key_added: str = "cluster") -> None:
        """Write what :func:`~graphkit.cluster` writes, into the cells that were fitted.

        Raises
        ------
        InputError
            If nothing was fitted, or `adata` has another number of cells.
        """
        labels = self.fitted("labels_")
        if len(labels) != adata.n_obs:
            raise InputError(f"{adata.n_obs:,} cells where {len(labels):,} were fitted", slot="X")
        adata.obs[key_added] = pd.Categorical(labels, self.classes_.tolist())
        adata.obs[f"{key_added}_stability"] = self.stability_
        adata.obs[f"{key_added}_oddness"] = self.oddness_
        quality = cell_quality(adata, raw_counts(adata, layer=self.layer_))
        adata.obs[f"{key_added}_damaged"] = quality.pop("damaged")
        for name in quality.columns.difference(adata.obs.columns):
            adata.obs[name] = quality[name]
        adata.obsm[f"X_{key_added}"] = self.embedding_
        if self.method != PLAIN:
            adata.obsm[f"X_{self.method}"] = self.networks_
        adata.uns[f"{key_added}_colors"] = list(group_colors(len(self.classes_)))
        adata.uns[key_added] = {
            "n_clusters": len(self.classes_),
            "method": self.method,
            "members": self.members,
            "left_out": int((labels == "").sum()),
            "agreement": self.agreement_,
            "agreement_with_kmeans": self.kmeans_,
            "params": asdict(self.recipe),
            "random_state": self.random_state,
            **self._rule(),
        }
        asked = {**self.get_params(deep=False), "params": self.recipe, "layer": self.layer_}
        for place in ("device", "threads"):
            asked.pop(place)
        seed = asked.pop("random_state")
        tell_origin(adata, key_added, Origin(verb=self.verb, params=asked, seed=seed))

    def _rule(self) -> dict[str, Any]:
        """Return where the number comes from, for ``uns``."""
        if self.number_ is None:
            return {}
        curve = {str(k): value for k, value in self.number_.curve.items()}
        return {"rule": RULE, "determined": self.number_.determined, "curve": curve}

    def _number(self, embedding: Floats) -> int:
        """Return how many clusters: as asked for, as lie apart, or as there are communities."""
        if self.number_ is not None and self.number_.determined:
            return self.number_.chosen
        if self.n_clusters not in (AUTO, LEIDEN):
            return int(self.n_clusters)
        near = min(self.recipe.n_neighbors, len(embedding) - 1)
        graph = shared_neighbors(embedding, n_neighbors=near)
        found = communities(graph, resolution=self.resolution, seed=self.random_state)
        return int(found.max()) + 1

    def _check(self, n: int) -> None:
        if n < _FEWEST:
            raise InputError(
                f"{n} cells with {self.min_counts} counts or more",
                slot="X",
                remedy=f"Give {_FEWEST} at least, or lower min_counts.",
            )
        number = self.n_clusters
        if number not in (AUTO, LEIDEN) and (isinstance(number, str) or not 1 <= number <= n // 2):
            raise InputError(
                f"{number!r} clusters for {n:,} cells",
                slot="n_clusters",
                remedy=f"Choose 1 to {n // 2:,}, {AUTO} or {LEIDEN}.",
            )
        if self.method not in METHODS:
            raise InputError(
                f"is {self.method!r}", slot="method", remedy=f"Choose {', '.join(METHODS)}."
            )
        if self.members < 1:
            raise InputError(f"is {self.members}", slot="members", remedy="Choose 1 or more.")
        if not 0 < self.resolution < np.inf:
            raise InputError(f"is {self.resolution}", slot="resolution", remedy="Choose above 0.")


def _kmeans(x: Floats, n_clusters: int, *, seed: int) -> NDArray[np.int64]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer different cells than clusters
        labels: NDArray[np.int64] = KMeans(
            n_clusters, n_init=_STARTS, random_state=seed % 2**32
        ).fit_predict(x)
    return labels


def _units(x: NDArray[np.floating]) -> Floats:
    """Return a table centred, its rows of length 1 on average: none speaks louder than another."""
    centred = np.asarray(x, dtype=np.float64) - x.mean(axis=0)
    return np.asarray(centred / (np.sqrt(np.square(centred).sum(axis=1).mean()) or 1.0))
