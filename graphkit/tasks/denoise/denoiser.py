"""SpatialDenoiser: expected counts of a spot, learnt from the halves of its molecules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
import torch
from scipy import sparse
from sklearn.base import clone

from graphkit.builders.neighbors.table import SpotTable, spot_table
from graphkit.builders.spots import SpotInputs
from graphkit.errors import InputError
from graphkit.evaluation.tissues.thinning import gene_frequencies, gene_gains, thin
from graphkit.methods.spot_denoiser import DenoiserParams, make_network
from graphkit.omics import (
    coordinates,
    gene_index,
    highly_variable,
    libraries,
    log_normalise,
    raw_counts,
    require_known_slides,
    spatial_pattern,
)
from graphkit.omics.genes import most_told
from graphkit.omics.mapped import column_sums, columns_of
from graphkit.tasks.denoise.networks import (
    Denoised,
    apply_networks,
    digest,
    run_name,
    train_network,
)
from graphkit.tasks.localize.ensemble import member_seed
from graphkit.tasks.spatial_estimator import SpatialEstimator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.evaluation.tissues.thinning import GeneGains
    from graphkit.tasks.spatial_estimator import StoredModel

VERDICTS = ("yes", "not shown", "no")
PER = 10_000
# Neighbours that Moran's I looks at.
_TOUCHING = 6
SHARES = f"log(1 + counts per {PER:,}): shares of the genes, whatever the spot's depth"
COUNTS = "expected counts at each spot's own depth: shares of the genes times the spot's total"
WARNING = (
    "Spots of this layer borrowed from one another and are not independent: differential tests on "
    "it find far too many genes. Test on the raw counts."
)


class SpatialDenoiser(SpatialEstimator):
    """A graph-attention autoencoder over spots that cannot learn the identity, after DARLC's.

    Each spot is encoded from its most variable genes, mixed with its neighbours by attention, as
    far as a learned gate says, and decoded into the share of every gene. Training shows a random
    half of the molecules and asks for the other half, with fresh halves in every epoch and a
    multinomial likelihood; several networks are averaged.

    Parameters
    ----------
    params
        The recipe; the defaults serve slides of every size.
    random_state
        Seed of all that is random. Same machine, threads and seed: the same bytes.
    device, threads
        As in :class:`~graphkit.training.TrainSettings`.
    run_dir
        Folder for what each epoch taught: a fit that was stopped goes on from there.

    Attributes
    ----------
    genes_ : tuple of str [G]
        Genes that are predicted: those that occur in the training data.
    columns_ : ndarray of int64 [G]
        Where they stand in the training data; not kept in a folder.
    members_ : list of DenoisingNetwork
        Trained networks.
    trained_on_ : str
        SHA-256 of the training counts of `genes_`: on these, gains ask for a network of their own.

    References
    ----------
    DARLC: arXiv:2409.01781. Training on thinned counts: Batson et al. 2019,
    doi:10.1101/786269.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60), seed=0))
    >>> model = SpatialDenoiser(DenoiserParams(steps=2, min_epochs=1, members=1)).fit(tissue)
    >>> model.transform(tissue).shape
    (60, 16)
    """

    verb: ClassVar[str] = "denoise"
    reference: ClassVar[str] = "arXiv:2409.01781"

    def __init__(
        self,
        params: DenoiserParams | None = None,
        *,
        random_state: int = 0,
        device: str = "auto",
        threads: int | None = None,
        run_dir: Path | None = None,
    ) -> None:
        self.params, self.run_dir = params, run_dir
        self.random_state, self.device, self.threads = random_state, device, threads

    @property
    def recipe(self) -> DenoiserParams:
        """The recipe: `params`, or the defaults."""
        return self.params or DenoiserParams()

    def fit(
        self,
        adata: AnnData,
        *,
        layer: str | None = None,
        spatial_key: str = "spatial",
        library_key: str | None = None,
        progress: bool = False,
    ) -> Self:
        """Learn from the raw counts of `adata`.

        Raises
        ------
        InputError
            If counts, coordinates or slides are unusable, fewer than two spots have counts, a name
            stands for several genes, or the model was loaded.
        """
        counts, table = self._read(
            adata, layer=layer, spatial_key=spatial_key, library_key=library_key
        )
        genes = tuple(map(str, adata.var_names[column_sums(counts) > 0]))
        gene_index(adata, genes)
        self.fit_counts(counts, table, progress=progress)
        self.genes_ = genes
        return self

    def fit_counts(
        self, counts: sparse.csr_matrix, table: SpotTable, *, progress: bool = False
    ) -> Self:
        """Learn from counts [n, G] of genes without names and the neighbours of each spot."""
        self.require_unfrozen()
        if (np.asarray(counts.sum(axis=1)).ravel() > 0).sum() < 2:
            raise InputError(
                "fewer than two spots have counts", slot="X", remedy="Give a slide of spots."
            )
        self.columns_ = np.flatnonzero(column_sums(counts) > 0)
        kept, recipe = self.select(counts), self.recipe
        totals = np.asarray(kept.sum(axis=1)).ravel()
        source = SpotInputs(
            kept,
            highly_variable(kept, n_top_genes=recipe.n_top_genes),
            float(np.median(totals[totals > 0])),
        )
        self.trained_on_ = digest(kept)
        seeds = [member_seed(self.random_state, number) for number in range(recipe.members)]
        run = run_name(self.trained_on_, table, recipe)
        self.members_ = [
            train_network(
                source,
                table,
                recipe,
                seed=seed,
                device=self.device,
                threads=self.threads,
                progress=progress,
                name=f"denoiser {number + 1}/{recipe.members}",
                run_dir=self.run_dir and self.run_dir / f"{run}-{seed}",
            )
            for number, seed in enumerate(seeds)
        ]
        self.inputs_, self.target_sum_ = source.inputs, source.target_sum
        return self

    def select(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return the columns of training counts [n, .] that occurred in them, [n, G]."""
        return columns_of(sparse.csr_matrix(counts), self.columns_)

    def apply(self, counts: sparse.csr_matrix, table: SpotTable) -> Denoised:
        """Encode spots once; counts [n, G] have the columns of ``genes_``.

        Raises
        ------
        UnfittedError
            If nothing was fitted.
        """
        members = self.fitted("members_")
        source = SpotInputs(counts, self.inputs_, self.target_sum_)
        return apply_networks(members, source, table, device=self.device)

    def transform(self, adata: AnnData, **slots: Any) -> NDArray[np.float32]:
        """Return an embedding of the spots of `adata`, [n, members * dim]; `slots` as in `fit`."""
        return self.apply(*self.inputs(adata, **slots)).latent

    def annotate(
        self,
        adata: AnnData,
        *,
        key_added: str | None = None,
        gain: bool = True,
        expected_counts: bool = False,
        genes: Sequence[str] | int | None = None,
        progress: bool = False,
        **slots: Any,
    ) -> None:
        """Write what :func:`~graphkit.denoise` writes; `adata` may be another tissue.

        Genes are matched by name; those that the training data did not have are 0. What a gene
        gains is measured on halves of the molecules of `adata` by the model itself, which has not
        seen them; on its own training counts, by a network that is trained on one half.

        Raises
        ------
        InputError
            If nothing was fitted, a gene of the model or of `genes` is missing, `genes` is a number
            without `gain`, or `adata` is unusable.
        """
        if isinstance(genes, int) and not gain:
            raise InputError("needs the gains", slot="genes", remedy="Name the genes.")
        name, stem = key_added or "denoised", key_added or "denoise"
        places = gene_index(adata, self.fitted("genes_"))
        counts, table = self.inputs(adata, **slots)
        denoised = self.apply(counts, table)
        about: dict[str, Any] = {
            "scale": COUNTS if expected_counts else SHARES,
            "warning": WARNING,
            "smoothing": float(denoised.smoothing.mean()),
        }
        if gain:
            kept, found = self._gains(counts, table, progress=progress)
            about["gain"] = found.total
            gains = np.full((2, adata.n_vars), np.nan)
            gains[:, places[kept]] = found.gain, found.error
            adata.var[f"{stem}_gain"], adata.var[f"{stem}_gain_se"] = gains
            verdicts = pd.Categorical(["not shown"] * adata.n_vars, VERDICTS)
            verdicts[places[kept]] = found.verdicts()
            adata.var[f"{stem}_verdict"] = verdicts
            molecules = np.zeros(adata.n_vars, dtype=np.int64)
            molecules[places] = column_sums(counts)
            adata.var[f"{stem}_molecules"] = molecules
            slide = libraries(adata, library_key=slots.get("library_key")).codes
            near, seed = table.nearest(_TOUCHING).adjacency, self.random_state
            pattern = spatial_pattern(log_normalise(counts), near, slide=slide, seed=seed)
            for part, values in pattern._asdict().items():
                column = np.full(adata.n_vars, np.nan)
                column[places] = values
                adata.var[f"{stem}_{part}"] = column
        chosen: NDArray[np.int64] | None = None
        if isinstance(genes, int):
            chosen = most_told(adata, stem=stem)[:genes]
        elif genes is not None:
            chosen = gene_index(adata, genes)
        depth = np.asarray(counts.sum(axis=1), dtype=np.float32)
        layer = _layer(denoised, places, adata.n_vars, chosen=chosen)
        values = layer if chosen is None else layer.data.reshape(len(depth), -1)
        values *= depth if expected_counts else PER * (depth > 0).astype(np.float32)
        if not expected_counts:
            np.log1p(values, out=values)
        adata.layers[name] = layer
        adata.obsm[f"X_{name}"] = denoised.latent
        adata.uns[name] = about
        self.tell_origin(
            adata, name, **slots, gain=gain, expected_counts=expected_counts, genes=genes
        )

    def inputs(self, adata: AnnData, **slots: Any) -> tuple[sparse.csr_matrix, SpotTable]:
        """Return counts of ``genes_`` and neighbours, as :meth:`apply` reads them."""
        places = gene_index(adata, self.fitted("genes_"))
        counts, table = self._read(adata, **slots)
        return columns_of(counts, places), table

    def _read(
        self,
        adata: AnnData,
        *,
        layer: str | None = None,
        spatial_key: str = "spatial",
        library_key: str | None = None,
    ) -> tuple[sparse.csr_matrix, SpotTable]:
        require_known_slides(adata, spatial_key=spatial_key, library_key=library_key)
        counts = raw_counts(adata, layer=layer)
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        library = libraries(adata, library_key=library_key).codes
        return counts, spot_table(points, n_neighbors=self.recipe.n_neighbors, library=library)

    def _gains(
        self, counts: sparse.csr_matrix, table: SpotTable, *, progress: bool
    ) -> tuple[NDArray[np.int64], GeneGains]:
        """Return genes that can be judged on held-out molecules, and what they gain."""
        train, held = thin(counts, seed=self.random_state)
        model, kept = self, np.arange(counts.shape[1])
        if digest(counts) == self.trained_on_:
            single = replace(self.recipe, members=1)
            model = (
                clone(self).set_params(params=single).fit_counts(train, table, progress=progress)
            )
            kept = model.columns_
            train, held = model.select(train), model.select(held)
        frequencies = gene_frequencies(train)
        return kept, gene_gains(model.apply(train, table).rates(), held, frequencies)

    def _stored(self) -> tuple[dict[str, Any], dict[str, torch.Tensor], list[torch.nn.Module]]:
        fields = {
            "genes": list(self.fitted("genes_")),
            "target_sum": self.target_sum_,
            "trained_on": self.trained_on_,
        }
        return fields, {"inputs": torch.from_numpy(self.inputs_)}, list(self.members_)

    def _restore(self, stored: StoredModel) -> None:
        recipe = self.recipe
        self.genes_, self.target_sum_ = stored.names("genes"), stored.positive("target_sum")
        self.trained_on_ = stored.text("trained_on")
        inputs = stored.places("inputs", len(self.genes_))
        self.inputs_ = inputs.numpy()
        self.members_ = stored.networks(
            lambda _: make_network(len(inputs), len(self.genes_), recipe), recipe.members
        )


def _layer(
    denoised: Denoised, places: NDArray[np.int64], width: int, *, chosen: NDArray[np.int64] | None
) -> Any:
    """Return the rates in their columns, [n, width]; sparse where only some genes are chosen."""
    if chosen is None:
        return denoised.spread(places, width)
    mine = np.flatnonzero(np.isin(places, chosen))
    mine = mine[np.argsort(places[mine])]
    table, n = denoised.take(mine), len(denoised.nodes[0])
    indptr = len(mine) * np.arange(n + 1)
    return sparse.csr_matrix((table.ravel(), np.tile(places[mine], n), indptr), shape=(n, width))
