"""Encoders: graph in, node and graph embeddings out, on any graph PyG can hold."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch_geometric.nn import GATConv, GCNConv

from graphkit.nn.readout import read_out
from graphkit.types import Encoding


class GCNEncoder(nn.Module):
    """Graph convolutions ``ReLU(A X W + b)`` and an optional readout.

    The edge weights are taken as they are: the builder normalised them and added the self-loops.

    Parameters
    ----------
    dims
        Width of the input and of each layer: ``(128, 256, 256)`` is two layers.
    readout
        Module from :mod:`graphkit.nn.readout`, or None for node embeddings alone.
    feature_dropout
        Dropout on the node features.

    References
    ----------
    Kipf & Welling 2017, arXiv:1609.02907.

    Examples
    --------
    >>> import torch
    >>> loops = torch.tensor([[0, 1], [0, 1]])
    >>> GCNEncoder((3, 8))(torch.rand(2, 3), loops, torch.ones(2)).nodes.shape
    torch.Size([2, 8])
    """

    def __init__(
        self,
        dims: tuple[int, ...],
        *,
        readout: nn.Module | None = None,
        feature_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            GCNConv(a, b, normalize=False, add_self_loops=False) for a, b in pairwise(dims)
        )
        self.readout = readout
        self.feature_dropout = nn.Dropout(feature_dropout)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        batch: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Encoding:
        """Encode graphs.

        Parameters
        ----------
        x : Tensor [N, F]
            Node features.
        edge_index : Tensor [2, E]
            Edges, self-loops included.
        edge_weight : Tensor [E], optional
            Weight of each edge; 1 where not given.
        batch : Tensor [N], optional
            Graph of each node, sorted; one graph where not given.
        node_count : Tensor [N], optional
            How often each node occurs in the object; some readouts need it.
        side : Tensor [B, S], optional
            Features of the whole graph, appended to its embedding.
        """
        nodes = self.feature_dropout(x)
        for conv in self.convs:
            nodes = conv(nodes, edge_index, edge_weight).relu()
        graph, weights = read_out(self.readout, nodes, batch, node_count, side)
        return Encoding(nodes, graph, None, weights)


class GATEncoder(nn.Module):
    """Graph attention layers and an optional readout; ``attention`` is that of the last layer.

    Parameters
    ----------
    dims
        Width of the input and of each layer; each must be a multiple of `heads` but the input.
    heads
        Attention heads; their outputs are concatenated and their attention averaged.
    readout, feature_dropout
        As in :class:`GCNEncoder`.

    References
    ----------
    Velickovic et al. 2018, arXiv:1710.10903.

    Examples
    --------
    >>> import torch
    >>> loops = torch.tensor([[0, 1], [0, 1]])
    >>> GATEncoder((3, 8), heads=2)(torch.rand(2, 3), loops, torch.ones(2)).attention
    tensor([1., 1.], grad_fn=...)
    """

    def __init__(
        self,
        dims: tuple[int, ...],
        *,
        heads: int = 4,
        readout: nn.Module | None = None,
        feature_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            GATConv(a, b // heads, heads=heads, add_self_loops=False, edge_dim=1)
            for a, b in pairwise(dims)
        )
        self.readout = readout
        self.feature_dropout = nn.Dropout(feature_dropout)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        batch: Tensor | None = None,
        node_count: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Encoding:
        """Encode graphs; the arguments are those of :meth:`GCNEncoder.forward`."""
        nodes = self.feature_dropout(x)
        edge = x.new_ones(edge_index.shape[1], 1) if edge_weight is None else edge_weight[:, None]
        attention = None
        for conv in self.convs:
            nodes, (_, attention) = conv(nodes, edge_index, edge, return_attention_weights=True)
            nodes = nodes.relu()
        graph, weights = read_out(self.readout, nodes, batch, node_count, side)
        mean = None if attention is None else attention.mean(dim=1)
        return Encoding(nodes, graph, mean, weights)
