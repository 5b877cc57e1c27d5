"""``domains``: tissue domains into an AnnData, with how far several runs agree on each spot."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graphkit.builders import KNN, spatial_graph
from graphkit.errors import InputError
from graphkit.evaluation.clusters import consensus
from graphkit.methods.domain_members import agreed_number, divide, train_member
from graphkit.methods.scrcl import ScRCLParams
from graphkit.methods.spot_features import spot_features
from graphkit.omics import coordinates, writable
from graphkit.palette import group_colors

if TYPE_CHECKING:
    from anndata import AnnData


_AUTO = range(3, 13)
RULE = "the number on which the networks agree most (mean adjusted Rand index of all pairs)"


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

    Several networks are trained, each on components of its own and from a seed of its own.
    Mixtures of one covariance are fitted to each one's embedding beside its components, smoothed
    little and much; the domains are the consensus of all.

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
            Share of the mixtures that agree.
        ``uns[key_added + "_colors"]`` : list of str [K]
            Colours of the domains, as in the pictures.
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
    members = [
        train_member(
            features,
            (wide, near),
            recipe,
            seed=random_state,
            number=i,
            device=device,
            progress=progress,
        )
        for i in range(seeds)
    ]
    number, curve = agreed_number(members, numbers, recipe)
    found = [one for member in members for one in divide(member, number, recipe)]
    posterior, stability = consensus(found)
    order = np.argsort(-np.bincount(posterior.argmax(axis=1), minlength=posterior.shape[1]))
    rank = np.argsort(order)[posterior.argmax(axis=1)]
    names = [str(i + 1) for i in range(posterior.shape[1])]
    adata.obs[key_added] = pd.Categorical(
        [names[i] for i in rank], categories=names[: rank.max() + 1]
    )
    # Where scanpy looks for colours; its pictures then look like ours.
    adata.uns[f"{key_added}_colors"] = group_colors(rank.max() + 1)
    adata.obs[f"{key_added}_stability"] = stability
    adata.obsm["X_scrcl"] = members[0].embedding.astype(np.float32)
    about: dict[str, Any] = {
        "method": method,
        # Files of AnnData hold lists, not tuples.
        "params": {**asdict(recipe), "hops": list(recipe.hops)},
        "features": features.source,
        "seeds": seeds,
        "random_state": random_state,
        "n_domains": number,
    }
    if len(numbers) > 1:
        about |= {"rule": RULE, "curve": {str(k): value for k, value in curve.items()}}
    adata.uns[key_added] = about
    return adata if copy else None


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
