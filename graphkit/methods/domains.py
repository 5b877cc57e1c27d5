"""``domains``: tissue domains into an AnnData, with how far several runs agree on each spot."""

from __future__ import annotations

from dataclasses import asdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch

from graphkit.builders import KNN, Neighborhoods, spatial_graph
from graphkit.errors import InputError
from graphkit.evaluation.clusters import agreement, consensus
from graphkit.methods.scrcl import ScRCL, ScRCLParams
from graphkit.methods.spot_features import gene_graph, smoothed, spot_features
from graphkit.methods.tied_mixture import fit_tied_mixture
from graphkit.omics import coordinates, writable

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.methods.spot_features import SpotFeatures

    Floats = NDArray[np.float64]

_BLOCK = 1024
_AUTO = range(3, 13)
RULE = "the number on which the runs agree most (mean adjusted Rand index of all pairs)"


def domains(
    adata: AnnData,
    *,
    n_domains: int | str,
    method: str = "scrcl",
    seeds: int = 5,
    use_rep: str | None = None,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str = "domain",
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: ScRCLParams | None = None,
) -> AnnData | None:
    """Divide a tissue into domains, after scRCL.

    Several networks are trained, each from another seed, and a mixture of one covariance is fitted
    to each one's embedding and the smoothed features beside it; the domains are their consensus.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts, or an embedding in X, and ``obsm[spatial_key]``.
    n_domains
        How many domains, or ``"auto"``: of 3 to 12 the number on which the runs agree most.
    method
        ``"scrcl"``.
    seeds
        Networks.
    use_rep
        ``obsm`` key, or ``"X"``, to read in place of genes.
    layer, spatial_key
        Slots of the raw counts and of the coordinates.
    library_key
        ``obs`` column that tells slides apart: their graphs are never joined, each slide's features
        are centred by themselves, and the labels are shared.
    key_added
        Column of the labels.
    copy
        Whether to return a changed copy and leave `adata` as it is.
    random_state
        Seed of the first network.
    device, progress
        Where to train, and whether to show progress lines on stderr.
    params
        The recipe.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``obs[key_added]`` : categorical [n]
            Domains, ``"1"`` the largest.
        ``obs[key_added + "_stability"]`` : float64 [n]
            Share of the networks that agree.
        ``obsm["X_scrcl"]`` : float32 [n, 2 D]
            Embedding of the first network.
        ``uns[key_added]``
            Method, settings and, for ``"auto"``, agreement at each number of domains.

    Raises
    ------
    InputError
        If counts, coordinates, slides or the number of domains are unusable.

    References
    ----------
    arXiv:2512.10640.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    >>> domains(tissue, n_domains=2, seeds=2, params=ScRCLParams(epochs=1))
    >>> list(tissue.obs["domain"].cat.categories)
    ['1', '2']
    """
    recipe = params or ScRCLParams()
    adata = writable(adata, copy=copy)
    numbers = _numbers(n_domains, len(adata), method=method, seeds=seeds)
    coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    features = spot_features(
        adata,
        n_top_genes=recipe.n_top_genes,
        n_components=recipe.n_components,
        use_rep=use_rep,
        layer=layer,
        library_key=library_key,
        seed=random_state,
    )
    near = spatial_graph(adata, spatial_key=spatial_key, library_key=library_key).connectivities
    points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    wide = KNN(recipe.n_neighbors).graph(points, library=features.library).connectivities
    smooth = smoothed(features.table, wide, recipe.hops)
    data = Neighborhoods(smoothed(features.table, wide, recipe.hops_convolved), smooth, near)
    embeddings = [
        embed(data, features, recipe, seed=random_state + i, device=device, progress=progress)
        for i in range(seeds)
    ]
    found, curve = divide(embeddings, smooth, numbers, recipe, seed=random_state)
    posterior, stability = consensus(found)
    order = np.argsort(-np.bincount(posterior.argmax(axis=1), minlength=posterior.shape[1]))
    rank = np.argsort(order)[posterior.argmax(axis=1)]
    names = [str(i + 1) for i in range(posterior.shape[1])]
    adata.obs[key_added] = pd.Categorical(
        [names[i] for i in rank], categories=names[: rank.max() + 1]
    )
    adata.obs[f"{key_added}_stability"] = stability
    adata.obsm["X_scrcl"] = embeddings[0].astype(np.float32)
    about: dict[str, Any] = {
        "method": method,
        "params": asdict(recipe),
        "features": features.source,
        "seeds": seeds,
        "random_state": random_state,
        "n_domains": posterior.shape[1],
    }
    if len(numbers) > 1:
        about |= {"rule": RULE, "curve": {str(k): value for k, value in curve.items()}}
    adata.uns[key_added] = about
    return adata if copy else None


def embed(
    data: Neighborhoods,
    features: SpotFeatures,
    recipe: ScRCLParams,
    *,
    seed: int,
    device: str = "auto",
    progress: bool = False,
) -> Floats:
    """Train one network and return its embedding of every spot, ``[n, 2 D]``."""
    # Reading a result must not pay for the training loop.
    from graphkit.training import TrainSettings, fit

    loadings = torch.from_numpy(np.ascontiguousarray(features.loadings))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = ScRCL(
            loadings,
            gene_graph(features.loadings),
            n_features=features.table.shape[1],
            params=recipe,
        )
    settings = TrainSettings(
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        lr=recipe.lr,
        decay=0.1,
        weight_decay=recipe.weight_decay,
        device=device,
    )
    fit(network, data, settings=settings, seed=seed, progress=progress, name=f"network {seed}")
    network = network.cpu().eval()
    with torch.inference_mode():
        parts = [
            network.embed(data.block(np.arange(first, min(first + _BLOCK, len(data)))))
            for first in range(0, len(data), _BLOCK)
        ]
    return torch.cat(parts).double().numpy()


def divide(
    embeddings: list[Floats],
    smooth: Floats,
    numbers: list[int],
    recipe: ScRCLParams,
    *,
    seed: int,
) -> tuple[list[Floats], dict[int, float]]:
    """Return each network's posterior at the number on which they agree most."""
    tables = [np.hstack([_unit(embedding), _unit(smooth)]) for embedding in embeddings]
    best: list[Floats] = []
    curve: dict[int, float] = {}
    for k in numbers:
        found = []
        for i, table in enumerate(tables):
            mixture = fit_tied_mixture(
                table, k, n_components=recipe.mixture_components, seed=seed + i
            )
            found.append(np.exp(mixture.log_posterior(table)))
        labels = [posterior.argmax(axis=1).tolist() for posterior in found]
        pairs = [agreement(one, two)[0] for one, two in combinations(labels, 2)]
        curve[k] = float(np.mean(pairs)) if pairs else 1.0
        if curve[k] >= max(curve.values()):
            best = found
    return best, curve


def _unit(values: NDArray[np.floating]) -> Floats:
    """Scale a table so that its columns' variances add to 1."""
    total = float(np.var(values, axis=0).sum())
    return np.asarray(values, dtype=np.float64) / np.sqrt(total if total > 0 else 1.0)


def _numbers(n_domains: int | str, n_spots: int, *, method: str, seeds: int) -> list[int]:
    if method != "scrcl":
        raise InputError(f"no method {method!r}", slot="method", remedy="Choose scrcl.")
    if seeds < 1:
        raise InputError(f"seeds = {seeds}", slot="seeds", remedy="Choose 1 or more.")
    if n_domains == "auto":
        if seeds < 2:
            raise InputError("auto needs several runs", slot="seeds", remedy="Choose 2 or more.")
        return [k for k in _AUTO if k < n_spots] or [1]
    if isinstance(n_domains, str) or not 1 <= n_domains <= n_spots:
        raise InputError(
            f"{n_domains!r} domains for {n_spots} spots",
            slot="n_domains",
            remedy="Choose 1 to the number of spots, or auto.",
        )
    return [int(n_domains)]
