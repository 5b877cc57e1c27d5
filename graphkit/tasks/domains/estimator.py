"""Tissue domains as an estimator: a consensus that can be saved, applied and explained."""

from __future__ import annotations

import warnings
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
import torch

from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement
from graphkit.omics import gene_index, require_known_slides
from graphkit.palette import group_colors
from graphkit.tasks.domains.features import SpotReader, kept_spots, spot_features
from graphkit.tasks.domains.logits import DomainLogits
from graphkit.tasks.domains.members import DomainParams, fit_members, sureness
from graphkit.tasks.domains.number import RULE, USUAL_NUMBER, choose_number
from graphkit.tasks.domains.scrcl import embed_spots
from graphkit.tasks.domains.slides import INTEGRATIONS, cut_within
from graphkit.tasks.domains.smoothing import Places, Smoothing, kmeans, score_smoothings
from graphkit.tasks.spatial_estimator import SpatialEstimator

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.tasks.spatial_estimator import StoredModel

METHODS = ("mixtures", "scrcl")
_MOST_DOMAINS = 10_000
# Spots that a fit reads: more tell no more of a few domains, and all get theirs by the fit.
_MOST_READ = 50_000
# Spots whose posteriors are in memory for every mixture at a time.
_BLOCK = 65_536


class Domains(SpatialEstimator):
    """Tissue domains: a consensus of mixtures over features that were averaged over neighbours.

    How many neighbours, and whether any, is chosen on the tissue itself: maps of two halves of the
    spots must agree, and labels must tell of held-out molecules of a spot. Each mixture sees
    some of the components. What was fitted can be applied to other tissues of the same genes.

    Parameters
    ----------
    n_domains, integrate
        How many domains, or ``"auto"``; how slides are brought together: see `find_domains`.
    method
        ``"mixtures"``, or ``"scrcl"`` to read what scRCL makes of the spots in place of components.
    members
        Mixtures.
    min_counts
        Spots with fewer counts are left out.
    off_tissue
        Whether spots that ``obs["in_tissue"]`` puts off the tissue are kept.
    params
        The recipe.
    random_state
        Seed of all that is random.
    device
        Where scRCL is trained, as in :class:`~graphkit.training.TrainSettings`.

    Attributes
    ----------
    classes_ : tuple of str [K]
        Domains, ``"1"`` the largest in the training data.
    genes_ : tuple of str [G]
        Genes that are read; none where an embedding is.
    smoothing_ : Smoothing
        What was chosen.
    kmeans_ : float
        Adjusted Rand index of the domains and k-means on the same smoothed components.
    tried_ : list of Scored
        All amounts of smoothing, best first; not kept in a folder, no more than what follows.
    mixed_ : tuple of float or None
        Of several slides, how often spots near in features are of another slide, 1 for by chance:
        before and after what each slide adds was taken.
    read_ : int
        Spots that were read: of more than 50,000 so many, in windows over the slides.
    number_ : DomainNumber or None
        For ``"auto"``, where the number comes from.
    reader_ : SpotReader
        How features are read from spots.

    References
    ----------
    scRCL: arXiv:2512.10640.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    >>> model = Domains(2).fit(tissue)
    >>> model.logits(tissue).shape, sorted(set(model.predict(tissue).tolist()))
    ((60, 2), ['1', '2'])
    """

    verb: ClassVar[str] = "find_domains"
    reference: ClassVar[str] = "arXiv:2512.10640"

    def __init__(
        self,
        n_domains: int | str = "auto",
        *,
        method: str = "mixtures",
        members: int = 16,
        min_counts: int = 10,
        off_tissue: bool = False,
        integrate: str = "effects",
        params: DomainParams | None = None,
        random_state: int = 0,
        device: str = "auto",
    ) -> None:
        self.n_domains, self.method, self.members = n_domains, method, members
        self.min_counts, self.off_tissue, self.params = min_counts, off_tissue, params
        self.integrate, self.random_state, self.device = integrate, random_state, device

    @property
    def recipe(self) -> DomainParams:
        """The recipe: `params`, or the defaults."""
        return self.params or DomainParams()

    def fit(
        self,
        adata: AnnData,
        *,
        use_rep: str | None = None,
        layer: str | None = None,
        spatial_key: str = "spatial",
        library_key: str | None = None,
        progress: bool = False,
    ) -> Self:
        """Find the domains of `adata`.

        With scRCL, ``obsm["X_scrcl"]`` is written.

        Raises
        ------
        InputError
            If counts, coordinates, slides or the number of domains are unusable, a name stands for
            several genes, or the model was loaded.
        """
        self.require_unfrozen()
        self._check(len(adata))
        where: dict[str, Any] = {"spatial_key": spatial_key, "library_key": library_key}
        recipe, seed = self.recipe, self.random_state
        require_known_slides(adata, **where)
        if self.method == "scrcl":
            embed_spots(
                adata, layer=layer, **where, seed=seed, device=self.device, progress=progress
            )
            use_rep = "X_scrcl"
        kept = self._kept(adata, layer=layer, use_rep=use_rep)
        self._check(len(kept))
        places = Places.read(adata, **where).of(kept)
        read = kept[places.windows(_MOST_READ, seed=seed)]
        self.read_ = len(read)
        part = adata if len(read) == len(adata) else adata[read].copy()
        places = Places.read(part, **where)
        features, reader = spot_features(
            part,
            n_top_genes=recipe.n_top_genes,
            n_components=recipe.n_components,
            use_rep=use_rep,
            layer=layer,
            library_key=library_key,
            integrate=self.integrate,
            n_clusters=2 * (USUAL_NUMBER if self.n_domains == "auto" else int(self.n_domains)),
            seed=seed,
        )
        gene_index(adata, reader.genes)
        table, halves = features.table, features.halves
        self.mixed_, self.number_ = features.mixed, None
        if self.n_domains == "auto":
            self.number_ = choose_number(table, halves, places, counted=use_rep is None, seed=seed)
        number = int(self.n_domains) if self.number_ is None else self.number_.chosen
        self.tried_ = score_smoothings(table, halves, places, n_domains=number, seed=seed)
        self.smoothing_ = self.tried_[0].smoothing
        smooth = self.smoothing_.apply(table, places)
        weight, bias, labels = fit_members(
            smooth, number, members=self.members, seen=recipe.components_seen, seed=seed
        )
        plain = kmeans(smooth, number, seed=seed, starts=10).labels_
        self.kmeans_ = agreement(labels.tolist(), plain.tolist())[0]
        self.weight_, self.bias_ = torch.from_numpy(weight), torch.from_numpy(bias)
        found = len(np.unique(labels))
        if found < number:
            reason = "no spot is most likely in the others; the tissue does not tell so many apart"
            warnings.warn(f"{found} domains in place of {number}: {reason}", stacklevel=2)
        self._read_by(reader, number)
        return self

    def on(
        self,
        adata: AnnData,
        *,
        layer: str | None = None,
        spatial_key: str = "spatial",
        library_key: str | None = None,
    ) -> DomainLogits:
        """Return the logits of `adata` as a function that can be differentiated.

        What each slide adds is told anew: by the clusters of the slides that were fitted, and where
        it was one, by the mean; Harmony mixes only slides of `adata`. No spot left out is read.

        Raises
        ------
        InputError
            If the model is not fitted, or genes, counts or coordinates are missing.
        """
        reader: SpotReader = self.fitted("reader_")
        require_known_slides(adata, spatial_key=spatial_key, library_key=library_key)
        kept = self._kept(adata, layer=layer, use_rep=reader.use_rep)
        places = Places.read(adata, spatial_key=spatial_key, library_key=library_key)
        averaging = self.smoothing_.matrix(places, kept)  # needs room, so before the features
        harmony = self.integrate == "harmony"
        features, loadings, mean = reader.read(adata, layer=layer)
        return DomainLogits(
            features,
            cut=cut_within(features, places.library, kept, middles=reader.middles, harmony=harmony),
            scale=reader.scale,
            averaging=averaging,
            hops=self.smoothing_.hops,
            weight=self.weight_,
            bias=self.bias_,
            loadings=loadings,
            mean=mean,
        )

    def logits(self, adata: AnnData, **slots: Any) -> NDArray[np.float64]:
        """Return the log-posterior of each domain, [n, K]; `slots` as in :meth:`on`."""
        return self._answer(adata, **slots)[1].numpy()

    def predict(self, adata: AnnData, **slots: Any) -> NDArray[np.str_]:
        """Return the domain of each spot, [n]; `slots` as in :meth:`on`."""
        best = self.logits(adata, **slots).argmax(axis=1)
        return np.asarray(self.classes_)[best]

    def transform(self, adata: AnnData, **slots: Any) -> NDArray[np.float32]:
        """Return the smoothed features of the spots, [n, F]; `slots` as in :meth:`on`."""
        return self._answer(adata, **slots)[0].float().numpy()

    def _answer(self, adata: AnnData, **slots: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Return smoothed features [n, F] and log-posteriors [n, K]."""
        model = self.on(adata, **slots)
        with torch.inference_mode():
            smooth = model.smoothed()
            return smooth, torch.cat([model.consensus(part) for part in smooth.split(_BLOCK)])

    def annotate(self, adata: AnnData, *, key_added: str = "domain", **slots: Any) -> None:
        """Write what :func:`~graphkit.find_domains` writes; `slots` as in :meth:`on`.

        `adata` may be another tissue of the same genes: every domain keeps its name there.

        Raises
        ------
        InputError
            If nothing was fitted, or genes, counts or coordinates are missing.
        """
        smooth, logits = self._answer(adata, **slots)
        posterior = logits.exp().numpy()
        kept = self._kept(adata, layer=slots.get("layer"), use_rep=self.reader_.use_rep)
        labels, stability = np.full(len(adata), -1), np.full(len(adata), np.nan)
        used, labels[kept] = np.unique(posterior[kept].argmax(axis=1), return_inverse=True)
        where = {name: slots[name] for name in ("spatial_key", "library_key") if name in slots}
        near = Places.read(adata, **where).of(kept)
        stability[kept] = sureness(posterior[kept], near, agrees=self.kmeans_)
        adata.obs[key_added] = pd.Categorical.from_codes(labels, [self.classes_[i] for i in used])
        # Where scanpy looks for colours; its pictures then look like ours.
        colors = group_colors(len(self.classes_))
        adata.uns[f"{key_added}_colors"] = [colors[i] for i in used]
        adata.obs[f"{key_added}_stability"] = stability
        adata.obsm[f"X_{key_added}"] = smooth.float().numpy()
        adata.uns[key_added] = {
            "method": self.method,
            "params": asdict(self.recipe),
            "features": self.reader_.source,
            "smoothing": str(self.smoothing_),
            "left_out": len(adata) - len(kept),
            "members": self.members,
            "random_state": self.random_state,
            "n_domains": len(self.classes_),
            **self._race(),
        }
        self.tell_origin(adata, key_added, **slots)

    def _race(self) -> dict[str, Any]:
        """Return what the fit tried, for ``uns``; a loaded model no longer knows."""
        if not self.tried_:
            return {}
        about: dict[str, Any] = {"agreement_with_kmeans": self.kmeans_, "read": self.read_}
        about["smoothings"] = {str(one.smoothing): one.score for one in self.tried_}
        if self.mixed_ is not None:
            about["slides_mixed"] = dict(zip(("before", "after"), self.mixed_, strict=True))
        if self.number_ is not None:
            about |= {"rule": RULE, "determined": self.number_.determined}
            about["curve"] = {str(k): value for k, value in self.number_.curve.items()}
        return about

    def _kept(self, adata: AnnData, *, layer: str | None, use_rep: str | None) -> NDArray[np.int64]:
        fewest, off_tissue = self.min_counts, self.off_tissue
        return kept_spots(
            adata, layer=layer, use_rep=use_rep, min_counts=fewest, off_tissue=off_tissue
        )

    def _stored(self) -> tuple[dict[str, Any], dict[str, torch.Tensor], list[torch.nn.Module]]:
        reader = self.fitted("reader_")
        fields, tensors = reader.stored()
        tensors |= {
            "smoothing": torch.tensor(self.smoothing_),
            "weight": self.weight_,
            "bias": self.bias_,
            "agrees": torch.tensor([self.kmeans_], dtype=torch.float64),
        }
        return fields, tensors, []

    def _restore(self, stored: StoredModel) -> None:
        reader = SpotReader.restore(stored)
        width = reader.loadings.shape[1]
        self.weight_ = stored.tensor("weight", (self.members, width, None), torch.float64)
        number = self.weight_.shape[2]
        self.bias_ = stored.tensor("bias", (self.members, number), torch.float64)
        self.smoothing_ = Smoothing(*stored.places("smoothing", 1000, shape=(2,)).tolist())
        self.kmeans_ = float(stored.tensor("agrees", (1,), torch.float64))
        self.tried_, self.mixed_, self.number_ = [], None, None
        self._read_by(reader, number)

    def _read_by(self, reader: SpotReader, number: int) -> None:
        self.reader_, self.genes_ = reader, reader.genes
        self.classes_ = tuple(str(i + 1) for i in range(number))

    def _check(self, n_spots: int) -> None:
        n_domains, members = self.n_domains, self.members
        for slot, known in (("method", METHODS), ("integrate", INTEGRATIONS)):
            value = getattr(self, slot)
            if value not in known:
                remedy = f"Choose {' or '.join(known)}."
                raise InputError(f"no {slot} {value!r}", slot=slot, remedy=remedy)
        if members < 1:
            raise InputError(f"members = {members}", slot="members", remedy="Choose 1 or more.")
        if n_domains != "auto" and (isinstance(n_domains, str) or not 1 <= n_domains <= n_spots):
            raise InputError(
                f"{n_domains!r} domains for {n_spots} spots",
                slot="n_domains",
                remedy="Choose 1 to the number of spots, or auto.",
            )
