"""SpatialDenoiser: expected counts of a spot, learnt from the halves of its molecules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from scipy import sparse

from graphkit.builders.neighbors.table import SpotTable, spot_table
from graphkit.builders.spots import SpotInputs
from graphkit.errors import InputError
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import coordinates, gene_index, highly_variable, libraries, raw_counts
from graphkit.tasks.denoise.folder import StoredDenoiser, read_denoiser, write_denoiser
from graphkit.tasks.denoise.networks import Denoised, apply_networks, train_network
from graphkit.tasks.localize.ensemble import member_seed

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray


class SpatialDenoiser:
    """A graph-attention autoencoder over spots that cannot learn the identity, after DARLC's.

    Each spot is encoded from its most variable genes, mixed with its neighbours by attention, as
    far as a learned gate says, and decoded into the share of every gene. Training shows a random
    half of the molecules and asks for the other half, with fresh halves in every epoch and a
    multinomial likelihood; several networks are averaged.

    Parameters
    ----------
    params
        The recipe; the defaults serve slides of every size.
    seed
        Of all that is random. Same machine, threads and seed: the same bytes.
    device, threads
        As in :class:`~graphkit.training.TrainSettings`.

    Attributes
    ----------
    genes_ : tuple of str [G]
        Genes that are predicted: those that occur in the training data.
    columns_ : ndarray of int64 [G]
        Where they stand in the training data; not kept in a folder.
    members_ : list of DenoisingNetwork
        Trained networks.

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

    reference: ClassVar[str] = "arXiv:2409.01781"

    def __init__(
        self,
        params: DenoiserParams | None = None,
        *,
        seed: int = 0,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.params = DenoiserParams() if params is None else params
        self.seed, self.device, self.threads = seed, device, threads

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
            If counts, coordinates or slides are unusable, or fewer than two spots have counts.
        """
        self.fit_counts(*self.read(adata, layer, spatial_key, library_key), progress=progress)
        self.genes_ = tuple(map(str, adata.var_names[self.columns_]))
        return self

    def fit_counts(
        self, counts: sparse.csr_matrix, table: SpotTable, *, progress: bool = False
    ) -> Self:
        """Learn from counts [n, G] of genes without names and the neighbours of each spot."""
        if (np.asarray(counts.sum(axis=1)).ravel() > 0).sum() < 2:
            raise InputError(
                "fewer than two spots have counts", slot="X", remedy="Give a slide of spots."
            )
        self.columns_ = np.flatnonzero(np.asarray(counts.sum(axis=0)).ravel() > 0)
        kept = self.select(counts)
        totals = np.asarray(kept.sum(axis=1)).ravel()
        source = SpotInputs(
            kept,
            highly_variable(kept, n_top_genes=self.params.n_top_genes),
            float(np.median(totals[totals > 0])),
        )
        self.members_ = [
            train_network(
                source,
                table,
                self.params,
                seed=member_seed(self.seed, number),
                device=self.device,
                threads=self.threads,
                progress=progress,
                name=f"denoiser {number + 1}/{self.params.members}",
            )
            for number in range(self.params.members)
        ]
        self.inputs_, self.target_sum_ = source.inputs, source.target_sum
        return self

    def select(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return the columns of training counts [n, .] that occurred in them, [n, G]."""
        whole = len(self.columns_) == counts.shape[1]
        return sparse.csr_matrix(counts if whole else counts[:, self.columns_])

    def apply(self, counts: sparse.csr_matrix, table: SpotTable) -> Denoised:
        """Encode spots once; counts [n, G] have the columns of ``genes_``.

        Raises
        ------
        InputError
            If the model is not fitted.
        """
        if not hasattr(self, "members_"):
            raise InputError("the model is not fitted", remedy="Call fit() or load a model.")
        source = SpotInputs(counts, self.inputs_, self.target_sum_)
        return apply_networks(self.members_, source, table, device=self.device)

    def transform(
        self,
        adata: AnnData,
        *,
        layer: str | None = None,
        spatial_key: str = "spatial",
        library_key: str | None = None,
    ) -> NDArray[np.float32]:
        """Return an embedding of the spots of `adata`, [n, members * dim]."""
        return self.apply(*self.inputs(adata, layer, spatial_key, library_key)).latent

    def inputs(
        self, adata: AnnData, layer: str | None, spatial_key: str, library_key: str | None
    ) -> tuple[sparse.csr_matrix, SpotTable]:
        """Return counts of ``genes_`` and neighbours, as :meth:`apply` reads them."""
        columns = gene_index(adata, self._names())
        counts, table = self.read(adata, layer, spatial_key, library_key)
        return sparse.csr_matrix(counts[:, columns]), table

    def read(
        self, adata: AnnData, layer: str | None, spatial_key: str, library_key: str | None
    ) -> tuple[sparse.csr_matrix, SpotTable]:
        """Return counts of all genes and neighbours, as :meth:`fit_counts` reads them."""
        counts = raw_counts(adata, layer=layer)
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        library = libraries(adata, library_key=library_key).codes
        return counts, spot_table(points, n_neighbors=self.params.n_neighbors, library=library)

    def save(self, folder: str | Path) -> None:
        """Write a model folder: ``config.json`` and ``model.safetensors``."""
        stored = StoredDenoiser(
            self.params, self._names(), self.inputs_, self.target_sum_, self.members_
        )
        write_denoiser(Path(folder), stored)

    @classmethod
    def load(cls, folder: str | Path, *, device: str = "auto") -> Self:
        """Read a model folder; nothing in it can run."""
        stored = read_denoiser(Path(folder))
        model = cls(stored.params, device=device)
        model.genes_, model.inputs_ = stored.genes, stored.inputs
        model.target_sum_, model.members_ = stored.target_sum, stored.members
        return model

    def _names(self) -> tuple[str, ...]:
        if not hasattr(self, "genes_"):
            raise InputError("the model is not fitted", remedy="Call fit() or load a model.")
        return self.genes_
