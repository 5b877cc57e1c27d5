"""Gene modules as an estimator: fitted on one tissue, saved, and looked for on another."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
import torch

from graphkit.errors import InputError
from graphkit.methods.darlc import DARLCParams
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import (
    coordinates,
    gene_index,
    libraries,
    log_normalise,
    raw_counts,
    require_known_slides,
)
from graphkit.tasks.modules.fit import CANDIDATES, fit_modules, left_out
from graphkit.tasks.modules.images import ModuleImages, above_chance, module_images, reproducibility
from graphkit.tasks.spatial_estimator import SpatialEstimator

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.tasks.spatial_estimator import StoredModel

UNASSIGNED = "unassigned"
"""Module of the genes that were left out; ``var["<key>_note"]`` says why."""

RULE = (
    f"the smallest of {', '.join(map(str, CANDIDATES))} whose held-out log-density is within one "
    "standard error of the best"
)
# The consensus keeps a number for every pair of genes.
MAX_GENES = 10_000


class GeneModules(SpatialEstimator):
    """Modules of genes that are expressed in the same places, after DARLC.

    Images are encoded on the pixels of one tissue, so an encoder cannot be carried to another.
    What can be is which genes go together: on another tissue the genes, matched by name, keep their
    modules, every spot gets the activity of each, and the images which the genes have there say how
    far the modules hold. Genes that the other tissue does not have take no part; those that the
    model does not have are unassigned.

    Parameters
    ----------
    n_modules
        How many, 2 or more; ``"auto"`` takes the smallest candidate within one standard error of
        the best held-out log-density.
    max_genes
        Only so many of the most variable genes are grouped, at most 10,000: memory grows with
        their square.
    min_counts, min_spots
        Genes with fewer molecules, or found in fewer spots, are left out.
    params, denoiser
        Recipes of the method and of the denoiser.
    random_state
        Seed of all that is random.
    device, threads
        As in :class:`~graphkit.training.TrainSettings`.

    Attributes
    ----------
    classes_ : tuple of str [K]
        Modules, ``"module1"`` the largest.
    genes_ : tuple of str [G]
        Genes that were grouped.
    labels_ : int64 [G]
        Module of each, as a position in ``classes_``.
    probability_ : float32 [G, K]
        How often a gene shared a cluster with each module's genes; rows sum to 1.
    embedding_ : float32 [G, D]
        Of length 1, from the denoised images.
    reproducibility_ : float32 [K]
        Share of each module's genes that find it again in other molecules of the tissue. Modules
        that not more genes find again than chance would have it are no modules.
    not_found_again_ : tuple of str
        Genes of such. Not kept in a folder.
    held_out_ : dict of int to float
        Where the number was chosen: mean held-out log-density of each candidate. Not kept in a
        folder.

    References
    ----------
    arXiv:2409.01781.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> first, second = (
    ...     tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=seed))
    ...     for seed in (0, 1)
    ... )
    >>> quick = {"params": DARLCParams(epochs=0, members=2), "denoiser": DenoiserParams(steps=2)}
    >>> model = GeneModules(2, **quick).fit(first)
    >>> model.transform(second).shape, sorted(set(model.predict(second).tolist()))
    ((60, 2), ['module1', 'module2', 'unassigned'])
    """

    verb: ClassVar[str] = "find_modules"
    reference: ClassVar[str] = "arXiv:2409.01781"
    not_found_again_: tuple[str, ...] = ()

    def __init__(
        self,
        n_modules: int | str = "auto",
        *,
        max_genes: int = 3000,
        min_counts: int = 30,
        min_spots: int = 10,
        params: DARLCParams | None = None,
        denoiser: DenoiserParams | None = None,
        random_state: int = 0,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.n_modules, self.max_genes = n_modules, max_genes
        self.min_counts, self.min_spots = min_counts, min_spots
        self.params, self.denoiser = params, denoiser
        self.random_state, self.device, self.threads = random_state, device, threads

    @property
    def recipe(self) -> DARLCParams:
        """The recipe: `params`, or the defaults."""
        return self.params or DARLCParams()

    def arguments(self) -> dict[str, Any]:
        """Return all arguments but where it computes, defaults filled in."""
        return {**super().arguments(), "denoiser": self.denoiser or DenoiserParams()}

    def fit(
        self,
        adata: AnnData,
        *,
        layer: str | None = None,
        spatial_key: str = "spatial",
        library_key: str | None = None,
        progress: bool = False,
    ) -> Self:
        """Group the genes of `adata`.

        Raises
        ------
        InputError
            If counts, coordinates or slides are unusable, a setting is out of range, there are too
            few genes for the modules, a name stands for several genes, or the model was loaded.
        """
        self.require_unfrozen()
        number = self._number()
        require_known_slides(adata, spatial_key=spatial_key, library_key=library_key)
        if not 1 <= self.max_genes <= MAX_GENES:
            raise InputError(
                f"is {self.max_genes}", slot="max_genes", remedy=f"Choose 1 to {MAX_GENES:,}."
            )
        counts = raw_counts(adata, layer=layer)
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        library = libraries(adata, library_key=library_key).codes
        kept = np.flatnonzero(left_out(counts, library, **self._least()) == "")
        genes = tuple(map(str, adata.var_names[kept]))
        gene_index(adata, genes)
        found = fit_modules(
            counts[:, kept],
            points,
            n_modules=number,
            library=library,
            seed=self.random_state,
            params=self.recipe,
            denoiser=self.arguments()["denoiser"],
            device=self.device,
            threads=self.threads,
            progress=progress,
        )
        self.held_out_ = found.held_out
        share = reproducibility(counts[:, kept], library, found.labels, seed=self.random_state)
        shown = above_chance(share, np.bincount(found.labels))
        if not shown.any():
            raise InputError(
                "no module of genes is found again in other molecules of the tissue",
                slot="X",
                remedy="Give a tissue with more spots or molecules.",
            )
        if number is not None and not shown.all():
            reason = "the others are not found again in other molecules of the tissue"
            warnings.warn(f"{shown.sum()} modules in place of {number}: {reason}", stacklevel=2)
        of_shown = shown[found.labels]
        probability = found.probability[of_shown][:, shown]
        self.not_found_again_ = tuple(np.asarray(genes)[~of_shown].tolist())
        self._take(
            tuple(np.asarray(genes)[of_shown].tolist()),
            (np.cumsum(shown) - 1)[found.labels[of_shown]],
            probability / np.maximum(probability.sum(axis=1, keepdims=True), 1e-12),
            found.embedding[of_shown],
            share[shown].astype(np.float32),
        )
        return self

    def predict(self, adata: AnnData) -> NDArray[np.str_]:
        """Return the module of each gene of `adata` by its name, [G], or ``"unassigned"``.

        Raises
        ------
        InputError
            If nothing was fitted, `adata` has none of the genes, or a name stands for several.
        """
        labels = np.full(adata.n_vars, -1)
        mine, theirs = self._matched(adata)
        labels[theirs] = self.labels_[mine]
        return np.array([*self.classes_, UNASSIGNED])[labels]

    def transform(
        self, adata: AnnData, *, layer: str | None = None, library_key: str | None = None
    ) -> NDArray[np.float32]:
        """Return the activity of each module in each spot, [n, K]; see :meth:`images`."""
        return self.images(adata, layer=layer, library_key=library_key).activity

    def images(
        self, adata: AnnData, *, layer: str | None = None, library_key: str | None = None
    ) -> ModuleImages:
        """Return the activity of modules, and how well the genes' own images go with them.

        Expression is z-scored within each slide.

        Raises
        ------
        InputError
            As :meth:`predict`, or if `adata` has no raw counts.
        """
        mine, theirs = self._matched(adata)
        member = np.zeros((adata.n_vars, len(self.classes_)))
        member[theirs, self.labels_[mine]] = 1.0
        logged = log_normalise(raw_counts(adata, layer=layer))
        return module_images(logged, libraries(adata, library_key=library_key).codes, member)

    def annotate(
        self,
        adata: AnnData,
        *,
        layer: str | None = None,
        library_key: str | None = None,
        key_added: str = "gene_module",
    ) -> None:
        """Write what :func:`~graphkit.find_modules` writes; `adata` may be another tissue.

        Raises
        ------
        InputError
            As :meth:`images`.
        """
        mine, theirs = self._matched(adata)
        label = pd.Categorical(self.predict(adata), categories=[*self.classes_, UNASSIGNED])
        images = self.images(adata, layer=layer, library_key=library_key)
        library = libraries(adata, library_key=library_key).codes
        notes = left_out(raw_counts(adata, layer=layer), library, **self._least())
        notes[notes == ""] = "not in the model"
        again = gene_index(adata, self.not_found_again_, missing="mark")
        notes[again[again >= 0]] = "in a module that is not found again in other molecules"
        notes[theirs] = ""
        free = label == UNASSIGNED
        adata.var[key_added] = label if free.any() else label.remove_categories(UNASSIGNED)
        adata.var[f"{key_added}_note"] = notes.astype(object)
        for slot, values in (
            (f"X_{key_added}", self.embedding_),
            (f"{key_added}_probability", self.probability_),
        ):
            table = np.full((adata.n_vars, values.shape[1]), np.nan, dtype=np.float32)
            table[theirs] = values[mine]
            adata.varm[slot] = table
        adata.varm[f"{key_added}_correlation"] = images.correlation
        adata.obsm[f"{key_added}_activity"] = images.activity
        known = np.isfinite(images.correlation[theirs]).any(axis=1)
        nearest = np.nan_to_num(images.correlation[theirs], nan=-np.inf).argmax(axis=1)
        adata.uns[key_added] = {
            "n_modules": len(self.classes_),
            "chosen": RULE if self.n_modules == "auto" else "given",
            "held_out": {str(k): value for k, value in self.held_out_.items()},
            "reproducibility": self.reproducibility_,
            "sizes": np.bincount(self.labels_[mine], minlength=len(self.classes_)),
            "agreement": float((nearest == self.labels_[mine])[known].mean()),
            "n_missing": len(self.genes_) - len(mine),
            "n_unassigned": int(free.sum()),
        }
        self.tell_origin(adata, key_added, layer=layer, library_key=library_key)

    def _least(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("min_counts", "min_spots", "max_genes")}

    def _matched(self, adata: AnnData) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which genes of the model `adata` has, and where it has them."""
        places = gene_index(adata, self.fitted("genes_"), missing="mark")
        mine = np.flatnonzero(places >= 0)
        if not len(mine):
            raise InputError(
                "none of the model's genes",
                slot="var",
                remedy=f"Its names are like {', '.join(self.genes_[:3])}.",
            )
        return mine, places[mine]

    def _number(self) -> int | None:
        number = self.n_modules
        if isinstance(number, str) and number == "auto":
            return None
        whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
        if not whole or int(number) < 2:
            raise InputError(
                f"is {number!r}", slot="n_modules", remedy='Give 2 or more, or "auto".'
            )
        return int(number)

    def _take(
        self,
        genes: tuple[str, ...],
        labels: NDArray[np.int64],
        probability: NDArray[np.float32],
        embedding: NDArray[np.float32],
        reproducibility: NDArray[np.float32],
    ) -> None:
        self.genes_, self.labels_ = genes, labels
        self.probability_, self.embedding_ = probability, embedding
        self.reproducibility_ = reproducibility
        self.classes_ = tuple(f"module{k + 1}" for k in range(probability.shape[1]))

    def _stored(self) -> tuple[dict[str, Any], dict[str, torch.Tensor], list[torch.nn.Module]]:
        parts = ("labels", "probability", "embedding", "reproducibility")
        return (
            {"genes": list(self.fitted("genes_"))},
            {name: torch.from_numpy(getattr(self, f"{name}_")) for name in parts},
            [],
        )

    def _restore(self, stored: StoredModel) -> None:
        genes = stored.names("genes")
        probability, embedding = (
            stored.tensor(name, (len(genes), None), torch.float32).numpy()
            for name in ("probability", "embedding")
        )
        number = probability.shape[1]
        labels = stored.places("labels", number, shape=(len(genes),)).numpy()
        again = stored.tensor("reproducibility", (number,), torch.float32).numpy()
        self.held_out_ = {}
        self._take(genes, labels, probability, embedding, again)
