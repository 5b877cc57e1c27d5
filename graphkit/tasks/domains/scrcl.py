"""Spots as scRCL sees them: an embedding that domains can be read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy import sparse

from graphkit.builders import ExpressionKNN, Neighborhoods, spatial_graph
from graphkit.builders.neighbors.graph import normalised, sparse_tensor
from graphkit.methods.scrcl import ScRCL, ScRCLParams
from graphkit.tasks.domains.features import spot_features
from graphkit.tasks.domains.smoothing import Places, Smoothing

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray
    from torch import Tensor

_BLOCK, _GENE_NEIGHBORS = 1024, 5


def embed_spots(
    adata: AnnData,
    *,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    params: ScRCLParams | None = None,
    seed: int = 0,
    device: str = "auto",
    progress: bool = False,
) -> None:
    """Train scRCL on a tissue and write ``obsm["X_scrcl"]``, both views side by side, [n, 2 D].

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts and coordinates; gets a neighbour graph where it has none.
    layer, spatial_key
        Slots of the raw counts and of the coordinates.
    library_key
        ``obs`` column that tells slides apart.
    params
        The recipe.
    seed
        Of all that is random.
    device, progress
        Where to train, and whether to show progress lines on stderr.

    Raises
    ------
    InputError
        If counts, coordinates or slides are unusable.

    References
    ----------
    arXiv:2512.10640.
    """
    # Reading a result must not pay for the training loop.
    from graphkit.training import TrainSettings, fit

    recipe = params or ScRCLParams()
    features, reader = spot_features(
        adata,
        n_top_genes=recipe.n_top_genes,
        n_components=recipe.n_components,
        layer=layer,
        library_key=library_key,
        seed=seed,
    )
    near = spatial_graph(adata, spatial_key=spatial_key, library_key=library_key)
    places = Places.read(adata, spatial_key=spatial_key, library_key=library_key)
    convolved, smooth = (
        Smoothing(recipe.n_neighbors, hops).apply(features.table, places)
        for hops in (recipe.hops_convolved, recipe.hops)
    )
    data = Neighborhoods(convolved, smooth, near.connectivities)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = ScRCL(
            torch.from_numpy(reader.loadings),
            gene_graph(reader.loadings),
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
    fit(network, data, settings=settings, seed=seed, progress=progress, name="scRCL")
    network.cpu().eval()
    with torch.inference_mode():
        blocks = [
            network.embed(data.block(np.arange(first, min(first + _BLOCK, len(data)))))
            for first in range(0, len(data), _BLOCK)
        ]
    adata.obsm["X_scrcl"] = torch.cat(blocks).numpy()


def gene_graph(loadings: NDArray[np.float32]) -> Tensor:
    """Return the normalised graph of the nearest genes, self-loops included: sparse [G, G]."""
    n = len(loadings)
    nearest = sparse.csr_matrix((n, n), dtype=np.float32)
    if n > _GENE_NEIGHBORS + 1:
        nearest = ExpressionKNN(_GENE_NEIGHBORS).graph(loadings.astype(np.float64)).connectivities
    return sparse_tensor(normalised(nearest))
