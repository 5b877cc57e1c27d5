"""Readouts: many node embeddings -> one graph embedding.

Each readout takes nodes of many graphs either flat, ``[N, D]`` with ``batch [N]``, or stacked,
``[B, N, D]``, where all graphs have the same nodes; both give the same numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graphkit.errors import InputError

READOUTS = ("mean", "attention", "present", "count")


class MeanReadout(nn.Module):
    """Mean over all nodes.

    Examples
    --------
    >>> MeanReadout()(torch.tensor([[0.0], [2.0]]))[0]
    tensor([[1.]])
    """

    def forward(
        self, nodes: Tensor, batch: Tensor | None = None, node_count: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return ``(graph [B, D], weights)``, weights shaped as the nodes are."""
        del node_count
        return _pool(nodes, nodes.new_ones(nodes.shape[:-1]), batch)


class AttentionReadout(nn.Module):
    """Sum weighted by a learned attention, a softmax over *all* nodes of a graph.

    Nodes that do not occur (count 0) take part, as in the published SGCL-LncLoc.

    Parameters
    ----------
    dim
        Numbers per node.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gate = nn.Linear(dim, 1)

    def forward(
        self, nodes: Tensor, batch: Tensor | None = None, node_count: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return ``(graph [B, D], weights)``, weights shaped as the nodes are."""
        # A matrix-vector product, which Linear to one column is not.
        score = nodes @ self.gate.weight[0] + self.gate.bias
        weights = (score - _largest(score.detach(), batch)).exp()
        factor = self._factor(node_count)
        return _pool(nodes, weights if factor is None else weights * factor, batch)

    def _factor(self, node_count: Tensor | None) -> Tensor | None:
        del node_count
        return None


class PresentReadout(AttentionReadout):
    """Attention whose softmax runs over the nodes that occur in the object (count > 0).

    A graph in which nothing occurs gets zeros.

    Examples
    --------
    >>> readout = PresentReadout(1)
    >>> readout(torch.ones(2, 1), node_count=torch.tensor([0.0, 3.0]))[1].detach()
    tensor([0., 1.])
    """

    def _factor(self, node_count: Tensor | None) -> Tensor:
        count = _counts(node_count, self)
        return (count > 0).to(count.dtype)


class CountReadout(AttentionReadout):
    """Attention per *occurrence*: a node that occurs c times weighs c times as much.

    A graph in which nothing occurs gets zeros.
    """

    def _factor(self, node_count: Tensor | None) -> Tensor:
        return _counts(node_count, self)


def make_readout(name: str, dim: int) -> nn.Module:
    """Return the readout called `name`: mean, attention, present or count.

    Raises
    ------
    InputError
        If there is no such readout.
    """
    if name == "mean":
        return MeanReadout()
    if name == "attention":
        return AttentionReadout(dim)
    if name == "present":
        return PresentReadout(dim)
    if name == "count":
        return CountReadout(dim)
    raise InputError(f"no readout {name!r}", slot="readout", remedy=f"Choose of {READOUTS}.")


def read_out(
    readout: nn.Module | None,
    nodes: Tensor,
    batch: Tensor | None,
    node_count: Tensor | None,
    side: Tensor | None,
) -> tuple[Tensor | None, Tensor | None]:
    """Pool `nodes` and append `side`; ``(None, None)`` without a readout."""
    if readout is None:
        return None, None
    graph, weights = readout(nodes, batch, node_count)
    return (graph if side is None else torch.cat([graph, side], dim=-1)), weights


def _counts(node_count: Tensor | None, readout: nn.Module) -> Tensor:
    if node_count is None:
        raise InputError(
            f"{type(readout).__name__} needs how often each node occurs",
            slot="node_count",
            remedy="Pass node_count, or choose the readout 'attention' or 'mean'.",
        )
    return node_count


def _largest(score: Tensor, batch: Tensor | None) -> Tensor:
    """Return the largest score of each graph, one per node: keeps exponentials finite."""
    if batch is None:
        return score.amax(dim=-1, keepdim=True)
    return _scatter(score, batch, "max")[batch]


def _pool(nodes: Tensor, raw: Tensor, batch: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return the sum of nodes by weight, the raw weights of each graph being made to sum to 1."""
    tiny = torch.finfo(raw.dtype).tiny
    if nodes.dim() == 3:
        weights = raw / raw.sum(dim=1, keepdim=True).clamp(min=tiny)
        return torch.bmm(weights[:, None], nodes)[:, 0], weights
    if batch is None:
        weights = raw / raw.sum().clamp(min=tiny)
        return (weights[None] @ nodes), weights
    total = _scatter(raw, batch, "sum")
    weights = raw / total.clamp(min=tiny)[batch]
    return _scatter(weights[:, None] * nodes, batch, "sum"), weights


def _scatter(values: Tensor, batch: Tensor, reduce: str) -> Tensor:
    # Imported where graphs of their own are read: who reads one topology need not wait for PyG.
    from torch_geometric.utils import scatter

    size = int(batch[-1]) + 1 if len(batch) else 0
    return scatter(values, batch, dim_size=size, reduce=reduce)
