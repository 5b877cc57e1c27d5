"""The de Bruijn graph of small k without a graph library: dense 4 x 4 blocks.

For k <= 6 all sequences share one topology. With letters a and b around a middle p of k - 1
letters, every edge is the (k+1)-mer ``(a, p, b)`` from node ``(a, p)`` to node ``(p, b)``, so a
message pass is ``out[p, b] = y[p, b] + sum_a w[a, p, b] * y[a, p]``: for each p one 4 x 4 matrix,
no scatter, and no copy of the node features per sequence. It gives what
:class:`~graphkit.nn.encoders.GCNEncoder` gives on the graph of
:class:`~graphkit.builders.DeBruijnBuilder`, many times faster.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import once_differentiable

from graphkit.nn.readout import read_out
from graphkit.types import Encoding

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor
    from torch_geometric.nn import GCNConv

    from graphkit.nn.encoders import GCNEncoder


def propagate(nodes: Tensor, weights: Tensor) -> Tensor:
    """Pass messages along all edges and the added self-loops.

    Parameters
    ----------
    nodes : Tensor [4^k, D] or [B, 4^k, D]
        What each node sends; the first form is shared by all sequences.
    weights : Tensor [B, 4^(k+1)]
        Weight of each edge.

    Returns
    -------
    Tensor [B, 4^k, D]
        What each node received.
    """
    size, n, dim = len(weights), nodes.shape[-2], nodes.shape[-1]
    blocks = weights.view(size, 4, n // 4, 4).permute(0, 2, 3, 1)
    sent = nodes.view(-1, 4, n // 4, dim).transpose(1, 2)
    # In place: fresh pages for a megabyte cost more than the arithmetic on it.
    return torch.matmul(blocks, sent).view(size, n, dim).add_(nodes)


class _Convolve(torch.autograd.Function):
    """``relu(propagate(nodes, weights) + bias)`` with a backward of its own.

    Automatic differentiation would do the same arithmetic with more copies of the nodes, and those
    copies, a megabyte each, take a good part of a training.
    """

    @staticmethod
    def forward(ctx: Any, nodes: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
        out = propagate(nodes, weights).add_(bias).relu_()
        ctx.save_for_backward(nodes, weights, out)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        nodes, weights, out = ctx.saved_tensors
        size, n, dim = out.shape
        into = torch.where(out > 0, gradient, 0)
        received = into.view(size, n // 4, 4, dim)
        to_nodes = to_weights = None
        if ctx.needs_input_grad[0]:
            blocks = weights.view(size, 4, n // 4, 4).transpose(1, 2)
            to_nodes = into.clone()
            sent = to_nodes.view(size, 4, n // 4, dim).transpose(1, 2)
            sent.add_(torch.matmul(blocks, received))
            if nodes.dim() == 2:
                to_nodes = to_nodes.sum(dim=0)
        if ctx.needs_input_grad[1]:
            sent = nodes.view(-1, 4, n // 4, dim).transpose(1, 2)
            by_block = torch.matmul(sent, received.transpose(2, 3))
            to_weights = by_block.transpose(1, 2).reshape(size, -1)
        return to_nodes, to_weights, into.sum(dim=(0, 1))


class FixedTopology:
    """A :class:`GCNEncoder` prepared for sequences given as edge weights.

    The first layer's product of features and weights is the same for every sequence and is made
    once, here. The encoder's parameters are used, not copied: gradients reach them.

    Parameters
    ----------
    encoder
        The encoder.
    x : Tensor [4^k, F]
        Features of all k-mers in lexicographic order.
    """

    def __init__(self, encoder: GCNEncoder, x: Tensor) -> None:
        self.convs: list[GCNConv] = list(encoder.convs)
        self.readout = encoder.readout
        self.first = self.convs[0].lin(encoder.feature_dropout(x))

    def __call__(
        self, weights: Tensor, node_count: Tensor | None = None, side: Tensor | None = None
    ) -> Encoding:
        """Encode sequences.

        Parameters
        ----------
        weights : Tensor [B, 4^(k+1)]
            Weight of each edge, as :func:`graphkit.builders.edge_weights` gives it.
        node_count : Tensor [B, 4^k], optional
            How often each k-mer occurs.
        side : Tensor [B, S], optional
            Features of the whole sequence.

        Returns
        -------
        Encoding
            ``nodes [B, 4^k, D]``, ``graph [B, D + S]``, ``node_weights [B, 4^k]``.
        """
        nodes = self.first
        for depth, conv in enumerate(self.convs):
            sent = nodes if depth == 0 else conv.lin(nodes)
            nodes = _Convolve.apply(sent, weights, conv.bias)
        graph, shares = read_out(self.readout, nodes, None, node_count, side)
        return Encoding(nodes, graph, None, shares)

    def graphs(
        self, weights: Tensor, node_count: Tensor | None = None, side: Tensor | None = None
    ) -> Tensor:
        """Return graph embeddings alone, ``[B, D + S]``.

        On a CPU sequences go through one at a time: what is between layers then stays in cache. On
        a GPU it is the other way round. Without gradients the convolutions are made in float32
        whatever the precision of the rest, at twice the speed; each sequence in the same shapes
        and on one thread, so that the last bit too depends on the sequence alone.
        """
        if weights.device.type != "cpu":
            return _graph(self(weights, node_count, side).graph)
        beside = (repeat(None) if part is None else part.split(1) for part in (node_count, side))
        rows = list(zip(weights.split(1), *beside, strict=False))
        if torch.is_grad_enabled():
            return torch.cat([_graph(self(*row).graph) for row in rows])
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            convolve = self._in_place()
            graphs = [
                read_out(self.readout, convolve(weight).to(weight.dtype), None, *row)[0]
                for weight, *row in rows
            ]
        finally:
            torch.set_num_threads(threads)
        return torch.cat([_graph(graph) for graph in graphs])

    def _in_place(self) -> Callable[[Tensor], Tensor]:
        """Return what convolves one sequence without gradients in memory taken once."""
        first = self.first.float()
        n = len(first)
        biases = [conv.bias.float() for conv in self.convs]
        widths = [len(bias) for bias in biases]
        maps = [conv.lin.weight.float().T for conv in self.convs]
        shifted = first + biases[0]
        buffers = [(first.new_empty(n, w), first.new_empty(n // 4, 4, w)) for w in widths]

        def convolve(weights: Tensor) -> Tensor:
            blocks = weights.float().view(4, n // 4, 4).permute(1, 2, 0).contiguous()
            nodes = first
            for depth, (sent_to, received) in enumerate(buffers):
                sent = nodes if depth == 0 else torch.mm(nodes, maps[depth], out=sent_to)
                torch.bmm(blocks, sent.view(4, n // 4, -1).transpose(0, 1), out=received)
                nodes = received.view(n, -1)
                nodes = nodes.add_(shifted) if depth == 0 else nodes.add_(sent).add_(biases[depth])
                nodes.relu_()
            return nodes[None]

        return convolve


def _graph(graph: Tensor | None) -> Tensor:
    if graph is None:
        raise ValueError("the encoder has no readout")
    return graph
