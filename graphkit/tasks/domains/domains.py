"""Find the domains of a tissue: the verb."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graphkit.errors import InputError
from graphkit.omics import writable
from graphkit.palette import group_colors
from graphkit.tasks.domains.estimator import Domains

if TYPE_CHECKING:
    from anndata import AnnData

    from graphkit.methods.scrcl import ScRCLParams

RULE = "the number on which the networks agree most (mean adjusted Rand index of all pairs)"


def find_domains(
    adata: AnnData,
    *,
    n_domains: int | str,
    method: str = "scrcl",
    members: int = 5,
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

    :class:`~graphkit.tasks.Domains` does it, and can also save, apply and explain what it found.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts, or an embedding in X, and ``obsm[spatial_key]``.
    n_domains
        How many domains, or ``"auto"``: of 3 to 12 the number on which the runs agree most.
    method
        ``"scrcl"``.
    members
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
        Of all that is random.
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
    >>> from graphkit.methods import ScRCLParams
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    >>> find_domains(tissue, n_domains=2, members=2, params=ScRCLParams(epochs=1))
    >>> list(tissue.obs["domain"].cat.categories)
    ['1', '2']
    """
    if method != "scrcl":
        raise InputError(f"no method {method!r}", slot="method", remedy="Choose scrcl.")
    adata = writable(adata, copy=copy)
    model = Domains(n_domains, members=members, params=params, seed=random_state, device=device)
    model.fit(
        adata,
        use_rep=use_rep,
        layer=layer,
        spatial_key=spatial_key,
        library_key=library_key,
        progress=progress,
    )
    used = model.classes_[: model.labels_.max() + 1]
    adata.obs[key_added] = pd.Categorical.from_codes(model.labels_, list(used))
    # Where scanpy looks for colours; its pictures then look like ours.
    adata.uns[f"{key_added}_colors"] = group_colors(len(used))
    adata.obs[f"{key_added}_stability"] = model.stability_
    adata.obsm["X_scrcl"] = model.embedding_.astype(np.float32)
    about: dict[str, Any] = {
        "method": method,
        # Files of AnnData hold lists, not tuples.
        "params": {**asdict(model.params), "hops": list(model.params.hops)},
        "features": model.source_,
        "members": members,
        "random_state": random_state,
        "n_domains": len(model.classes_),
    }
    if model.curve_:
        about |= {"rule": RULE, "curve": {str(k): value for k, value in model.curve_.items()}}
    adata.uns[key_added] = about
    return adata if copy else None
