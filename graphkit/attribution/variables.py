"""All that the log-odds of one sequence depends on, as tensors that can be varied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch_geometric.data import Batch

from graphkit.attribution.occurrences import graph_occurrences, region_occurrences
from graphkit.builders import Spectrum
from graphkit.nn import edge_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from graphkit.attribution.log_odds import Codes, LogOdds
    from graphkit.attribution.occurrences import Occurrences


@dataclass(frozen=True)
class Variables:
    """Normalised edge weights, node counts and side features of one sequence, and a baseline.

    Counts of (k+1)-mers are not among them: edge weights do not change when all counts are scaled,
    so the gradient with respect to counts says nothing of how far the weights are from zero.

    Parameters
    ----------
    data
        The sequence as a batch of one.
    x : tuple of Tensor
        Edge weights ``[E]``, node counts ``[N]`` and, where they are explained, side features
        ``[S]``.
    baseline : tuple of Tensor
        As `x`: no edge but the added self-loops, few occurrences spread evenly, the side features
        of the model's baseline.
    edges, nodes
        Where edges and nodes occur.
    """

    data: Any
    x: tuple[Tensor, ...]
    baseline: tuple[Tensor, ...]
    edges: Occurrences
    nodes: Occurrences

    def project(
        self, edges: NDArray[np.floating], nodes: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Carry shares of edges, ``[E]``, and nodes, ``[N]``, to positions, ``[L]``."""
        return self.edges.project(edges) + self.nodes.project(nodes)

    def copies(self, n: int) -> Any:
        """Return the sequence `n` times, as one batch."""
        if isinstance(self.data, Spectrum):
            return self.data[[0] * n]
        return Batch.from_data_list([self.data[0]] * n)

    def logits(self, member: Any, batch: Any, inputs: tuple[Tensor, ...]) -> Tensor:
        """Return the logits of a member, ``[n, C]``, at other values of the variables.

        Parameters
        ----------
        member
            The network.
        batch
            From :meth:`copies`.
        inputs : tuple of Tensor [n, ...]
            Values in place of `x`.
        """
        edges, nodes, *side = inputs
        if not isinstance(self.data, Spectrum):
            edges, nodes = edges.flatten(), nodes.flatten()
        return member.logits(
            batch, edge_weight=edges, node_count=nodes, side=side[0] if side else None
        )


def variables(model: LogOdds, codes: Codes) -> Variables:
    """Return the variables of one sequence.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    """
    data = model.inputs([codes])[[0]].to(model.device)
    if isinstance(data, Spectrum):
        sizes = [4 ** (region.k + 1) for region in model.regions]
        weights = torch.cat([edge_weights(part) for part in data.edges.split(sizes, dim=1)], dim=1)
        values, count = weights[0], data.nodes[0]
        start = torch.zeros_like(values)
        spread = [even(part) for part in count.split([4**region.k for region in model.regions])]
        edges, nodes = region_occurrences(codes, model.regions)
    else:
        values, count = data.edge_weight, data.node_count
        # Added self-loops are no edge of the sequence: they stay.
        start = torch.where(data.edge_kmer < 0, values, 0)
        spread = [even(count)]
        edges, nodes = graph_occurrences(codes, data, model.k)
    x: tuple[Tensor, ...] = (values, count)
    baseline: tuple[Tensor, ...] = (start, model.count_baseline * torch.cat(spread))
    if model.side_baseline is not None and data.side is not None:
        x = (*x, data.side[0])
        baseline = (*baseline, model.side_baseline.to(data.side))
    return Variables(data, x, baseline, edges, nodes)


def even(count: Tensor) -> Tensor:
    """Spread occurrences evenly over all nodes.

    Examples
    --------
    >>> even(torch.tensor([3.0, 0.0, 0.0]))
    tensor([1., 1., 1.])
    """
    return count.mean().expand_as(count)
