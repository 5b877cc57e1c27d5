"""Define the builder of sequences: parameters in, a graph with provenance out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import torch

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor
    from torch_geometric.data import Batch, Data

    from graphkit.types import Provenance, Window

    Codes = NDArray[np.uint8]
    Integers = NDArray[np.int64]


class Batches(Protocol):
    """Many sequences as a method reads them."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Sequence[int], /) -> Any:
        """Return some of them as one batch."""
        ...


class SequenceBuilder:
    """Base class of what turns one encoded sequence into one graph.

    A builder of your own, a dataclass of parameters, overrides :meth:`build`; with
    :meth:`provenance` and :meth:`variables` whatever reads its graphs can be explained.
    Self-loops and the normalisation of edges are made by the builder and by nobody else.
    """

    def fit(self, items: Iterable[Any]) -> Self:  # noqa: ARG002 - for builders that learn
        """Learn what the builder needs from data; nothing unless a builder says otherwise."""
        return self

    def build(self, item: Any) -> Any:
        """Return the graph of one sequence, in general a ``torch_geometric.data.Data``."""
        raise NotImplementedError

    def inputs(
        self,
        codes: Sequence[Codes],
        *,
        y: Sequence[int] | None = None,
    ) -> Batches:
        """Return many sequences as data that are asked for by the batch.

        Parameters
        ----------
        codes : sequence of uint8 [L]
            Encoded sequences.
        y
            Class of each sequence, where known.
        """
        graphs = [self.build(one) for one in codes]
        if y is not None:
            for graph, label in zip(graphs, y, strict=True):
                graph.y = torch.tensor([label])
        return GraphDataset(graphs)

    def provenance(self, item: Any) -> Provenance:  # noqa: ARG002 - for builders that know it
        """Return where the units of a sequence's graph came from.

        Units are numbered as :meth:`variables` gives them, one variable after the other.
        """
        raise InputError(
            f"{type(self).__name__} does not say what its graphs came from",
            slot="builder",
            remedy="Write provenance() and variables(), or use mutagenesis or occlusion.",
        )

    def variables(self, data: Any, *, level: float = 0.25) -> Mapping[str, tuple[Tensor, Tensor]]:
        """Return all that a graph says of its units, one number each, beside a baseline.

        Parameters
        ----------
        data
            A batch of one, from :meth:`inputs`.
        level
            Occurrences in the baseline, as a share of the sequence's own.

        Returns
        -------
        mapping of pairs of Tensor [E], [N] or, where a batch has a row each, [1, E], [1, N]
            Value and baseline by the name of the argument that stands in for it in ``logits``.
        """
        raise NotImplementedError

    def variants(self, codes: Codes, position: Integers, letter: Integers) -> Batches:
        """Return a sequence with `letter` at `position`, one variant for each, ``[n]``."""
        rows = np.tile(codes, (len(position), 1))
        rows[np.arange(len(position)), position] = letter
        return self.inputs(list(rows))

    def windows(self, length: int) -> tuple[Window, ...]:  # noqa: ARG002 - for those that have some
        """Return the parts of a sequence of `length` letters that are read by themselves."""
        return ()


@dataclass(frozen=True)
class GraphDataset:
    """Graphs that can be indexed by a list: ``dataset[[3, 1]]`` is one batch of two graphs.

    Parameters
    ----------
    graphs
        Graphs, with a label ``y`` each where they are known.

    Examples
    --------
    >>> from torch_geometric.data import Data
    >>> graph = Data(x=torch.zeros(2, 1), edge_index=torch.tensor([[0], [1]]), y=torch.tensor([1]))
    >>> GraphDataset([graph, graph])[[0, 1]].num_graphs
    2
    """

    graphs: Sequence[Data]

    def __len__(self) -> int:
        return len(self.graphs)

    def __getitem__(self, indices: Sequence[int], /) -> Batch:
        # Imported on use: who reads spectra need not wait for PyG.
        from torch_geometric.data import Batch

        return Batch.from_data_list([self.graphs[int(i)] for i in indices])
