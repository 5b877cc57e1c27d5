"""Tissue domains as an estimator: a consensus that can be saved, applied and explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import torch

from graphkit.builders import KNN, spatial_graph
from graphkit.errors import InputError
from graphkit.evaluation.clusters import consensus
from graphkit.methods.scrcl import ScRCLParams
from graphkit.omics import coordinates, libraries
from graphkit.tasks.domains.features import SpotReader, cut_within, spot_features
from graphkit.tasks.domains.members import agreed_number, divide, train_member
from graphkit.tasks.domains.network import DomainLogits, DomainNetwork
from graphkit.tasks.spatial_folder import (
    indices_in,
    load_networks,
    names_in,
    positive_in,
    read_networks,
    write_networks,
)

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy import sparse


_AUTO = range(3, 13)


class Domains:
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
    seed
        Of all that is random.
    device
        As in :class:`~graphkit.training.TrainSettings`.

    Attributes
    ----------
    classes_ : tuple of str [K]
        Domains, ``"1"`` the largest in the training data.
    labels_ : int64 [n]
        Domain of each training spot, as a position in ``classes_``. Not kept in a folder, no more
        than what follows.
    stability_ : float64 [n]
        Share of the mixtures that agree on it.
    embedding_ : float64 [n, 2 D]
        Embedding of the first network.
    curve_ : dict of int to float
        For ``"auto"``, agreement at each number of domains.
    source_
        What was read of the spots, in words.

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

    reference: ClassVar[str] = "arXiv:2512.10640"

    def __init__(
        self,
        n_domains: int | str = "auto",
        *,
        members: int = 5,
        params: ScRCLParams | None = None,
        seed: int = 0,
        device: str = "auto",
    ) -> None:
        self.n_domains, self.members = n_domains, members
        self.params = ScRCLParams() if params is None else params
        self.seed, self.device = seed, device

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
            If counts, coordinates, slides or the number of domains are unusable.
        """
        numbers = self._numbers(len(adata))
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
        features, reader = spot_features(
            adata,
            n_top_genes=self.params.n_top_genes,
            n_components=self.params.n_components,
            use_rep=use_rep,
            layer=layer,
            library_key=library_key,
            seed=self.seed,
        )
        near = spatial_graph(adata, spatial_key=spatial_key, library_key=library_key)
        wide = self._wide(points, features.library)
        members = [
            train_member(
                features,
                (wide, near.connectivities),
                self.params,
                seed=self.seed,
                number=number,
                device=self.device,
                progress=progress,
            )
            for number in range(self.members)
        ]
        number, self.curve_ = agreed_number(members, numbers, self.params)
        mixtures = [divide(member, number, self.params) for member in members]
        posterior, self.stability_, order = consensus(
            [one.posterior for each in mixtures for one in each]
        )
        labels = posterior.argmax(axis=1)
        largest = np.argsort(-np.bincount(labels, minlength=number))
        self.labels_ = np.argsort(largest)[labels]
        self.classes_ = tuple(str(i + 1) for i in range(number))
        places = iter(order[:, largest])
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
        self.embedding_, self.source_ = members[0].embedding, features.source
        self.reader_ = reader
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
        reader = self.reader()
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
            params=self.params,
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

    def reader(self) -> SpotReader:
        """Return how spots are read; refuse where nothing is fitted."""
        reader: SpotReader | None = getattr(self, "reader_", None)
        if reader is None:
            raise InputError("the model is not fitted", remedy="Call fit() or load a model.")
        return reader

    def save(self, folder: str | Path) -> None:
        """Write a model folder: ``config.json`` and ``model.safetensors``."""
        reader = self.reader()
        write_networks(
            Path(folder),
            type(self).__name__,
            self.params,
            self.members_,
            fields={
                "n_domains": len(self.classes_),
                "genes": list(reader.genes),
                "use_rep": reader.use_rep,
                "target_sum": reader.target_sum,
                "scale": reader.scale,
            },
            tensors={
                "loadings": torch.from_numpy(reader.loadings),
                "mean": torch.from_numpy(reader.mean),
            },
        )

    @classmethod
    def load(cls, folder: str | Path, *, device: str = "auto") -> Self:
        """Read a model folder; nothing in it can run."""
        path = Path(folder)
        config, params, tensors = read_networks(path, cls.__name__, ScRCLParams)
        file, weights = path / "config.json", path / "model.safetensors"
        number, use_rep = config.get("n_domains"), config.get("use_rep")
        if type(number) is not int or number < 1:
            raise InputError("is no number of domains", file=file, slot="n_domains")
        genes = names_in(config, "genes", file)
        loadings, mean = (tensors.pop(name, torch.empty(0)) for name in ("loadings", "mean"))
        rows = len(genes) if use_rep is None else loadings.shape[-1]
        if loadings.dim() != 2 or len(loadings) != rows or mean.shape != (len(genes),):
            raise InputError("missing or of the wrong shape", file=weights, slot="loadings")
        if not isinstance(use_rep, str | None) or (use_rep is not None and genes):
            raise InputError("is no name of a slot", file=file, slot="use_rep")
        model = cls(number, members=config["members"], params=params, device=device)
        width = loadings.shape[1]
        model.members_ = load_networks(
            lambda i: model._network(i, width, number), model.members, tensors, file=weights
        )
        for i in range(model.members):
            indices_in(tensors, f"members.{i}.columns", width, file=weights)
        model.classes_ = tuple(str(i + 1) for i in range(number))
        total, scale = (positive_in(config, name, file) for name in ("target_sum", "scale"))
        model.reader_ = SpotReader(genes, loadings.numpy(), mean.numpy(), total, scale, use_rep)
        return model

    def _network(self, number: int, n_features: int, n_domains: int) -> DomainNetwork:
        return DomainNetwork(n_features, n_domains, number=number, params=self.params).eval()

    def _wide(self, points: NDArray[np.float64], library: NDArray[np.int64]) -> sparse.csr_matrix:
        return KNN(self.params.n_neighbors).graph(points, library=library).connectivities

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
