"""Define the builder of spot graphs: slides apart, one Data out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import torch
from torch_geometric.data import Data

from graphkit.builders.neighbors.graph import NeighborGraph, Pairs, edges, joined, neighbor_graph
from graphkit.errors import InputError
from graphkit.omics import as_csr, coordinates, libraries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anndata import AnnData
    from numpy.typing import NDArray

# Node features of a Data are dense; above this many values they must be a representation.
MAX_FEATURES = 500_000_000


@dataclass(frozen=True, kw_only=True)
class SpatialBuilder(ABC):
    """Builds a graph of spots; a subclass says who is whose neighbour on one slide.

    Parameters
    ----------
    spatial_key
        ``obsm`` key of the coordinates.
    library_key
        ``obs`` column that tells slides apart; edges never join two slides.
    use_rep
        ``obsm`` key of the node features; None for X.
    """

    spatial_key: str = "spatial"
    library_key: str | None = None
    use_rep: str | None = None

    coord_type: ClassVar[str] = "generic"

    @abstractmethod
    def pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return the neighbours among the points [n, d] of one slide, n >= 2."""

    def graph(
        self, points: NDArray[np.floating], *, library: NDArray[np.integer] | None = None
    ) -> NeighborGraph:
        """Return who is whose neighbour.

        Parameters
        ----------
        points : ndarray [n, d]
            Coordinates.
        library : ndarray of int [n]
            Slide of each spot; None where there is one.

        Returns
        -------
        NeighborGraph
            Turning, moving and rescaling `points` gives the same graph; so does another order of
            the spots, up to that order.

        Raises
        ------
        InputError
            If `points` is no table of finite numbers, or a slide has all its spots in one place.
        """
        points, found = checked(points), []
        for members in slides_of(points, library):
            pairs = self.slide_pairs(points[members])
            found.append(Pairs(members[pairs.spot], members[pairs.neighbor], pairs.distance))
        params = {key: value for key, value in self.params().items() if value is not None}
        return self.weighted(neighbor_graph(joined(found), len(points), params=params))

    def slide_pairs(self, points: NDArray[np.float64]) -> Pairs:
        """Return :meth:`pairs`; a lone spot has no neighbours."""
        if len(points) < 2:
            none = np.empty(0, dtype=np.int64)
            return Pairs(none, none, np.empty(0))
        return self.pairs(points)

    def weighted(self, graph: NeighborGraph) -> NeighborGraph:
        """Return `graph` with the weights of this builder; here they stay 1."""
        return graph

    def points(self, adata: AnnData) -> NDArray[np.float64]:
        """Return what neighbours are near in: coordinates [n, 2]."""
        return coordinates(adata, spatial_key=self.spatial_key, library_key=self.library_key)

    def fit(self, items: Iterable[AnnData]) -> Self:
        """Learn nothing: neighbours come from the slide itself."""
        del items
        return self

    def build(self, adata: AnnData) -> Data:
        """Return the graph of a slide, or of several.

        Parameters
        ----------
        adata : AnnData [n, G]
            Spots with coordinates.

        Returns
        -------
        Data
            ``x [n, F]``, ``edge_index [2, E]`` from neighbour to spot with one self-loop per spot
            at the end, ``edge_weight [E]`` (see :func:`graphkit.builders.edges`), ``distance [E]``,
            ``library [n]`` and the provenance of the nodes: ``obs_names``, a list of n names.
        """
        slides = libraries(adata, library_key=self.library_key)
        graph = self.graph(self.points(adata), library=slides.codes)
        edge_index, edge_weight = edges(graph)
        distance = np.concatenate([graph.distances.data, np.zeros(adata.n_obs)])
        return Data(
            x=self._features(adata),
            edge_index=edge_index,
            edge_weight=edge_weight,
            distance=torch.from_numpy(distance.astype(np.float32)),
            library=torch.from_numpy(slides.codes),
            obs_names=list(map(str, adata.obs_names)),
            num_nodes=adata.n_obs,
        )

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"builder": type(self).__name__, "coord_type": self.coord_type, **values}

    def _features(self, adata: AnnData) -> torch.Tensor:
        if self.use_rep is None and adata.n_obs * adata.n_vars > MAX_FEATURES:
            raise InputError(
                f"{adata.n_obs:,} spots x {adata.n_vars:,} genes are too many dense values",
                slot="X",
                remedy="Name a smaller representation with use_rep, or take fewer genes.",
            )
        values = adata.X if self.use_rep is None else representation(adata, self.use_rep)
        return torch.from_numpy(as_csr(values, slot="X").toarray().astype(np.float32))


def slides_of(
    points: NDArray[np.float64], library: NDArray[np.integer] | None
) -> list[NDArray[np.int64]]:
    """Return the spots of each slide; InputError where not every spot has one."""
    slide = np.zeros(len(points), dtype=np.int64) if library is None else np.asarray(library)
    if slide.shape != (len(points),):
        raise InputError(
            f"has shape {slide.shape} for {len(points):,} spots",
            slot="library",
            remedy="Give one slide per spot.",
        )
    return [np.flatnonzero(slide == one) for one in np.unique(slide)]


def representation(adata: AnnData, key: str) -> NDArray[np.float64]:
    """Return ``obsm[key]``, or X, as numbers.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots.
    key
        Key of ``obsm``, or ``"X"``.

    Returns
    -------
    ndarray of float64 [n, d]
        Finite.

    Raises
    ------
    InputError
        If there is no such key, or values are not finite numbers.
    """
    slot = "X" if key == "X" else f"obsm[{key!r}]"
    if key != "X" and key not in adata.obsm:
        known = ", ".join(adata.obsm) or "(none)"
        raise InputError("missing", slot=slot, remedy=f"There are: {known}, and X.")
    stored = adata.X if key == "X" else adata.obsm[key]
    values: NDArray[np.float64] = as_csr(stored, slot=slot).toarray().astype(np.float64)
    if not np.isfinite(values).all():
        raise InputError(
            "missing or infinite values (NaN, inf)", slot=slot, remedy="Remove these spots."
        )
    return values


def checked(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return `points` as float64; InputError where they are no table of finite numbers."""
    values = np.asarray(points, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape or not np.isfinite(values).all():
        raise InputError(
            f"shape {values.shape}, or values that are not finite",
            slot="points",
            remedy="Give one row of finite numbers per spot.",
        )
    return values
