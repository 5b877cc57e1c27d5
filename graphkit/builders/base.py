"""What every builder is: parameters in, a graph that knows where its nodes came from out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from torch_geometric.data import Batch, Data

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Item = TypeVar("Item", contravariant=True)


class Builder(Protocol[Item]):
    """Turns one domain object into one graph.

    A builder is a dataclass of parameters. The graph it emits carries its *provenance*: what each
    node stands for in the object it was made from, so that a score of nodes can be projected back.
    Self-loops are added by the builder and by nobody else; convolutions are built without them.
    """

    def fit(self, items: Iterable[Item]) -> Self:
        """Learn what the builder needs from data; a no-op where it needs nothing."""
        ...

    def build(self, item: Item) -> Data:
        """Return the graph of `item`: ``x [N, F]``, ``edge_index [2, E]``, ``edge_weight [E]``."""
        ...

    def params(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        ...


@dataclass(frozen=True)
class GraphDataset:
    """Graphs that can be indexed by a list: ``dataset[[3, 1]]`` is one batch of two graphs.

    Parameters
    ----------
    graphs
        Graphs with a label ``y`` each.

    Examples
    --------
    >>> import torch
    >>> graph = Data(x=torch.zeros(2, 1), edge_index=torch.tensor([[0], [1]]), y=torch.tensor([1]))
    >>> GraphDataset([graph, graph])[[0, 1]].num_graphs
    2
    """

    graphs: Sequence[Data]

    def __len__(self) -> int:
        return len(self.graphs)

    def __getitem__(self, indices: Sequence[int]) -> Batch:
        return Batch.from_data_list([self.graphs[int(i)] for i in indices])
