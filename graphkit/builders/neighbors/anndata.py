"""The neighbour graph of an AnnData: reused where there is one, kept where squidpy looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.builders.neighbors.graph import NeighborGraph, Pairs, neighbor_graph
from graphkit.builders.neighbors.grid import Grid, lattice_shape
from graphkit.builders.neighbors.knn import KNN
from graphkit.builders.neighbors.spacing import lengths
from graphkit.errors import InputError
from graphkit.omics import as_csr, coordinates, libraries, tell_origin, writable
from graphkit.omics.keys import CONNECTIVITIES, DISTANCES, NEIGHBORS, SPATIAL
from graphkit.origin import Origin

if TYPE_CHECKING:
    from anndata import AnnData
    from numpy.typing import NDArray

    from graphkit.builders.neighbors.base import SpatialBuilder

# Neighbours are nearer to each other than two spots of a slide: of the median distance of such.
_AS_ANYWHERE = 0.8


def spatial_graph(
    adata: AnnData,
    builder: SpatialBuilder | None = None,
    *,
    spatial_key: str = SPATIAL,
    library_key: str | None = None,
) -> NeighborGraph:
    """Return the neighbours of each spot, and write them into `adata`.

    Without a builder, ``obsp["spatial_connectivities"]`` is taken as it is where it exists and
    belongs to the coordinates; else spots on a regular grid get those they touch, and others their
    six nearest.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots; gets ``obsp["spatial_connectivities"]``, ``obsp["spatial_distances"]`` and
        ``uns["spatial_neighbors"]``, as squidpy writes them, unless they are reused.
    builder
        How to find neighbours; what `adata` holds is then replaced.
    spatial_key
        ``obsm`` key of the coordinates.
    library_key
        ``obs`` column that tells slides apart.

    Returns
    -------
    NeighborGraph
        Where they are reused, edges have weight 1, whatever weight they had, and the distances
        that the coordinates give; ``params["reused"]`` is then the slot.

    Raises
    ------
    InputError
        If coordinates are unusable, or the graph in `adata` joins slides, has not its size or was
        made of other coordinates: edges have not their length, or join spots any distance apart.
    """
    slides = libraries(adata, library_key=library_key)
    if builder is None and CONNECTIVITIES in adata.obsp:
        return _reused(adata, slides.codes, spatial_key, library_key)
    points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    if builder is None:
        shape = lattice_shape(points, library=slides.codes)
        builder = KNN() if shape is None else Grid(shape)
    graph = builder.graph(points, library=slides.codes)
    graph.params.update({"spatial_key": spatial_key})
    if library_key is not None:
        graph.params["library_key"] = library_key
    _write(writable(adata), graph)
    return graph


def _write(adata: AnnData, graph: NeighborGraph) -> None:
    adata.obsp[CONNECTIVITIES] = graph.connectivities
    adata.obsp[DISTANCES] = graph.distances
    adata.uns[NEIGHBORS] = {
        "connectivities_key": CONNECTIVITIES,
        "distances_key": DISTANCES,
        "params": dict(graph.params),
    }
    tell_origin(adata, NEIGHBORS, Origin(verb="spatial_graph", params=graph.params))


def _reused(
    adata: AnnData, library: NDArray[np.int64], spatial_key: str, library_key: str | None
) -> NeighborGraph:
    slot = f"obsp[{CONNECTIVITIES!r}]"
    remedy = "Remove it (del adata.obsp['spatial_connectivities']), and it is made anew."
    matrix = as_csr(adata.obsp[CONNECTIVITIES], slot=slot)
    if not np.isfinite(matrix.data).all():
        raise InputError("missing or infinite weights", slot=slot, remedy=remedy)
    spot = np.repeat(np.arange(adata.n_obs), np.diff(matrix.indptr))
    neighbor = matrix.indices.astype(np.int64)
    crossing = int((library[spot] != library[neighbor]).sum())
    if crossing:
        raise InputError(f"{crossing:,} edges join two slides", slot=slot, remedy=remedy)
    params = {"reused": slot}
    if spatial_key not in adata.obsm:
        return neighbor_graph(Pairs(spot, neighbor, np.ones(len(spot))), adata.n_obs, params=params)
    points = coordinates(adata, spatial_key=spatial_key, library_key=library_key)
    far = lengths(points, spot, neighbor)
    if _of_other_places(adata, far, library, points, pairs=(spot, neighbor)):
        raise InputError(
            f"not made of the coordinates in obsm[{spatial_key!r}]", slot=slot, remedy=remedy
        )
    return neighbor_graph(Pairs(spot, neighbor, far), adata.n_obs, params=params)


def _of_other_places(
    adata: AnnData,
    far: NDArray[np.float64],
    library: NDArray[np.int64],
    points: NDArray[np.float64],
    *,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> bool:
    """Return whether edges [E] are not as long as they were, or as long as between any spots."""
    made = adata.uns.get(NEIGHBORS, {}).get("params", {})
    if "builder" in made and DISTANCES in adata.obsp:
        known = as_csr(adata.obsp[DISTANCES], slot=f"obsp[{DISTANCES!r}]")
        return not np.allclose(
            np.ravel(known[pairs]), far, rtol=1e-3, atol=1e-6 * far.max(initial=0)
        )
    # Others' distances may be rings of a grid, or none at all.
    order = np.random.default_rng(0).permutation(len(points))
    order = order[np.argsort(library[order], kind="stable")]
    one, two = order[:-1], order[1:]
    alike = library[one] == library[two]
    anywhere = lengths(points, one[alike], two[alike])
    return bool(len(far) and np.median(far) > _AS_ANYWHERE * np.median(anywhere))
