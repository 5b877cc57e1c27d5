"""Tissue domains as an estimator: a consensus that can be saved, applied and explained."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
import torch

from graphkit.builders import KNN, spatial_graph
from graphkit.errors import InputError
from graphkit.evaluation.clusters import match_and_average
from graphkit.methods.scrcl import ScRCLParams
from graphkit.omics import coordinates, gene_index, libraries
from graphkit.palette import group_colors
from graphkit.tasks.domains.features import SpotReader, cut_within, spot_features
from graphkit.tasks.domains.members import agreed_number, divide, train_member
from graphkit.tasks.domains.network import DomainLogits, DomainNetwork
from graphkit.tasks.spatial_estimator import SpatialEstimator

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse

    from graphkit.tasks.spatial_estimator import StoredModel

RULE = "the number on which the networks agree most (mean adjusted Rand index of all pairs)"
_AUTO = range(3, 13)
_MOST_DOMAINS = 10_000


class Domains(SpatialEstimator):
    """Tissue domains, after scRCL: a consensus of networks and of the mixtures beside them.

    Several networks are trained, each on components of its own and from a seed of its own.
    Mixtures of one covariance are fitted to each one's embedding beside its components, smoothed
    little and much; the domains are the consensus of all. What was fitted can be applied to other
    tissues of the same genes.

    Parameters
    ----------
    n_domains
        How many domains, or ``"auto"``: of 3 to 12 the number on which the networks agree most.
    members
        Networks.
    params
        The recipe.
    random_state
        Seed of all that is random.
    device
        As in :class:`~graphkit.training.TrainSettings`.

    Attributes
    ----------
    classes_ : tuple of str [K]
        Domains, ``"1"`` the largest in the training data.
    genes_ : tuple of str [G]
        Genes that are read; none where an embedding is.
    curve_ : dict of int to float
        For ``"auto"``, agreement at each number of domains; not kept in a folder.
    reader_ : SpotReader
        How features are read from spots.

    References
    ----------
    arXiv:2512.10640.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    >>> model = Domains(2, members=2, params=ScRCLParams(epochs=1)).fit(tissue)
    >>> model.logits(tissue).shape, sorted(set(model.predict(tissue).tolist()))
    ((60, 2), ['1', '2'])
    """

    verb: ClassVar[str] = "find_domains"
    reference: ClassVar[str] = "arXiv:2512.10640"

    def __init__(
        self,
        n_domains: int | str = "auto",
        *,
        members: int = 5,
        params: ScRCLParams | None = None,
        random_state: int = 0,
        device: str = "auto",
    ) -> None:
        self.n_domains, self.members, self.params = n_domains, members, params
        self.random_state, self.device = random_state, device

    @property
    def recipe(self) -> ScRCLParams:
        """The recipe: `params`, or the defaults."""
        return self.params or ScRCLParams()

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
        """Find the domains of `adata`, which gets a neighbour graph where it has none.

        Raises
        ------
        InputError
            If counts, coordinates, slides or the number of domains are unusable, a name stands for
            several genes, or the model was loaded.
        """
        self.require_unfrozen()
        numbers, recipe = self._numbers(len(adata)), self.recipe
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        features, reader = spot_features(
            adata,
            n_top_genes=recipe.n_top_genes,
            n_components=recipe.n_components,
            use_rep=use_rep,
            layer=layer,
            library_key=library_key,
            seed=self.random_state,
        )
        gene_index(adata, reader.genes)
        near = spatial_graph(adata, spatial_key=spatial_key, library_key=library_key)
        wide = self._wide(points, features.library)
        members = [
            train_member(
                features,
                (wide, near.connectivities),
                recipe,
                seed=self.random_state,
                number=number,
                device=self.device,
                progress=progress,
            )
            for number in range(self.members)
        ]
        number, self.curve_ = agreed_number(members, numbers, recipe)
        mixtures = [divide(member, number, recipe) for member in members]
        posterior, _, order = match_and_average(
            [one.posterior for each in mixtures for one in each]
        )
        sizes = np.bincount(posterior.argmax(axis=1), minlength=number)
        places = iter(order[:, np.argsort(-sizes)])
        self.members_ = []
        for i, (member, each) in enumerate(zip(members, mixtures, strict=True)):
            network = self._network(i, features.table.shape[1], number)
            network.views.load_state_dict(member.views.state_dict())
            network.columns.copy_(torch.from_numpy(member.columns))
            for place, one in zip(range(len(each)), each, strict=True):
                matched = next(places)
                network.weight[place] = torch.from_numpy(one.weight[:, matched])
                network.bias[place] = torch.from_numpy(one.bias[matched])
            self.members_.append(network)
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

        Each slide is centred by itself; `adata` gets a neighbour graph where it has none.

        Raises
        ------
        InputError
            If the model is not fitted, or genes, counts or coordinates are missing.
        """
        reader = self.fitted("reader_")
        features, loadings, mean = reader.read(adata, layer=layer)
        library = libraries(adata, library_key=library_key).codes
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        return DomainLogits(
            self.members_,
            features,
            cut=cut_within(features, library),
            scale=reader.scale,
            near=spatial_graph(adata, spatial_key=spatial_key, library_key=library_key),
            wide=self._wide(points, library),
            params=self.recipe,
            loadings=loadings,
            mean=mean,
        )

    def logits(self, adata: AnnData, **slots: Any) -> NDArray[np.float64]:
        """Return the log-posterior of each domain, [n, K]; `slots` as in :meth:`on`."""
        model = self.on(adata, **slots)
        with torch.inference_mode():
            return model.logits(model.features, model.features).numpy()

    def predict(self, adata: AnnData, **slots: Any) -> NDArray[np.str_]:
        """Return the domain of each spot, [n]; `slots` as in :meth:`on`."""
        best = self.logits(adata, **slots).argmax(axis=1)
        return np.asarray(self.classes_)[best]

    def transform(self, adata: AnnData, **slots: Any) -> NDArray[np.float32]:
        """Return an embedding of the spots, [n, 2 D]; `slots` as in :meth:`on`."""
        with torch.inference_mode():
            return self.on(adata, **slots).embedding().float().numpy()

    def annotate(self, adata: AnnData, *, key_added: str = "domain", **slots: Any) -> None:
        """Write what :func:`~graphkit.find_domains` writes; `slots` as in :meth:`on`.

        `adata` may be another tissue of the same genes: every domain keeps its name there.

        Raises
        ------
        InputError
            If nothing was fitted, or genes, counts or coordinates are missing.
        """
        model = self.on(adata, **slots)
        with torch.inference_mode():
            each = model.log_posteriors(model.features, model.features)
            labels = each.logsumexp(dim=0).argmax(dim=1)
            stability = (each.argmax(dim=-1) == labels).double().mean(dim=0)
            embedding = model.embedding().float()
        used, codes = np.unique(labels.numpy(), return_inverse=True)
        adata.obs[key_added] = pd.Categorical.from_codes(codes, [self.classes_[i] for i in used])
        # Where scanpy looks for colours; its pictures then look like ours.
        colors = group_colors(len(self.classes_))
        adata.uns[f"{key_added}_colors"] = [colors[i] for i in used]
        adata.obs[f"{key_added}_stability"] = stability.numpy()
        adata.obsm[f"X_{key_added}"] = embedding.numpy()
        about: dict[str, Any] = {
            "method": "scrcl",
            # Files of AnnData hold lists, not tuples.
            "params": {**asdict(self.recipe), "hops": list(self.recipe.hops)},
            "features": self.reader_.source,
            "members": len(self.members_),
            "random_state": self.random_state,
            "n_domains": len(self.classes_),
        }
        if self.curve_:
            about |= {"rule": RULE, "curve": {str(k): value for k, value in self.curve_.items()}}
        adata.uns[key_added] = about
        self.tell_origin(adata, key_added, **slots)

    def _stored(self) -> tuple[dict[str, Any], dict[str, torch.Tensor], list[torch.nn.Module]]:
        reader = self.fitted("reader_")
        fields = {
            "n_classes": len(self.classes_),
            "genes": list(reader.genes),
            "use_rep": reader.use_rep,
            "target_sum": reader.target_sum,
            "scale": reader.scale,
        }
        tensors = {
            "loadings": torch.from_numpy(reader.loadings),
            "mean": torch.from_numpy(reader.mean),
        }
        return fields, tensors, list(self.members_)

    def _restore(self, stored: StoredModel) -> None:
        number, genes = stored.count("n_classes", most=_MOST_DOMAINS), stored.names("genes")
        use_rep = None if stored.config.get("use_rep") is None else stored.text("use_rep")
        if (use_rep is None) != bool(genes):
            raise stored.error("beside genes, or neither", "use_rep")
        rows = len(genes) if genes else None
        loadings = stored.tensor("loadings", (rows, None), torch.float32)
        mean = stored.tensor("mean", (len(genes),), torch.float32)
        width = loadings.shape[1]
        self.members_ = stored.networks(lambda i: self._network(i, width, number), self.members)
        for i in range(self.members):
            stored.places(f"members.{i}.columns", width)
        total, scale = stored.positive("target_sum"), stored.positive("scale")
        reader = SpotReader(genes, loadings.numpy(), mean.numpy(), total, scale, use_rep)
        self.curve_ = {}
        self._read_by(reader, number)

    def _read_by(self, reader: SpotReader, number: int) -> None:
        self.reader_, self.genes_ = reader, reader.genes
        self.classes_ = tuple(str(i + 1) for i in range(number))

    def _network(self, number: int, n_features: int, n_domains: int) -> DomainNetwork:
        return DomainNetwork(n_features, n_domains, number=number, params=self.recipe).eval()

    def _wide(self, points: NDArray[np.float64], library: NDArray[np.int64]) -> sparse.csr_matrix:
        return KNN(self.recipe.n_neighbors).graph(points, library=library).connectivities

    def _numbers(self, n_spots: int) -> list[int]:
        n_domains, members = self.n_domains, self.members
        if members < 1:
            raise InputError(f"members = {members}", slot="members", remedy="Choose 1 or more.")
        if n_domains == "auto":
            if members < 2:
                raise InputError(
                    "auto needs several runs", slot="members", remedy="Choose 2 or more."
                )
            return [k for k in _AUTO if k < n_spots] or [1]
        if isinstance(n_domains, str) or not 1 <= n_domains <= n_spots:
            raise InputError(
                f"{n_domains!r} domains for {n_spots} spots",
                slot="n_domains",
                remedy="Choose 1 to the number of spots, or auto.",
            )
        return [int(n_domains)]
