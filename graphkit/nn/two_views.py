"""Two views of a spot: what its surroundings say, and what two graph convolutions make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence


class TwoViews(nn.Module):
    """A linear view of smoothed features and a convolved view of the features themselves.

    Both are L2-normalised.

    Parameters
    ----------
    n_features
        Numbers per spot.
    width
        Numbers per spot between the convolutions.
    dim
        Numbers per spot and view.
    dropout
        Between the convolutions.

    Examples
    --------
    >>> views = TwoViews(3, width=8, dim=4)
    >>> eye = torch.eye(5).to_sparse()
    >>> first, second = views(torch.rand(5, 3), torch.rand(5, 3), (eye, eye))
    >>> first.shape == second.shape == (5, 4)
    True
    """

    def __init__(self, n_features: int, *, width: int, dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.linear = nn.Linear(n_features, dim)
        self.first = nn.Linear(n_features, width)
        self.second = nn.Linear(width, width)
        self.out = nn.Linear(width, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, smooth: Tensor, x: Tensor, hops: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return both views of `b` spots.

        Parameters
        ----------
        smooth : Tensor [b, F]
            Smoothed features.
        x : Tensor [r, F]
            Features of all spots that two hops reach.
        hops : two sparse Tensors, [q, r] and [b, q]
            Normalised adjacency, self-loops included: from all rows to those one hop away, and
            from these to the spots.

        Returns
        -------
        tuple of Tensor [b, D]
        """
        hidden = functional.leaky_relu(torch.sparse.mm(hops[0], self.first(x)))
        hidden = functional.leaky_relu(torch.sparse.mm(hops[1], self.second(self.dropout(hidden))))
        first = functional.leaky_relu(self.linear(smooth))
        return functional.normalize(first, dim=1), functional.normalize(self.out(hidden), dim=1)


class GeneProjection(nn.Module):
    """Carries embeddings of spots to genes and, over the graph of genes, to latent programmes.

    ``Z = normalise(P(H) @ G)`` with ``G = relu(adjacency @ descriptors @ W)``. Genes are described
    by what is known of each (its loadings), not by its value in every spot, so that the number of
    weights does not depend on the number of spots.

    Parameters
    ----------
    descriptors : Tensor [G, q]
        One row per gene, or per feature where there are no genes.
    adjacency : sparse Tensor [G, G]
        Normalised gene graph, self-loops included.
    dim
        Numbers per embedding.
    n_programmes
        Columns of G.
    dropout
        On the embeddings.
    """

    smoothed: Tensor

    def __init__(
        self,
        descriptors: Tensor,
        adjacency: Tensor,
        *,
        dim: int,
        n_programmes: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("smoothed", torch.sparse.mm(adjacency, descriptors))
        self.genes = nn.Linear(descriptors.shape[1], n_programmes, bias=False)
        self.spots = nn.Linear(dim, len(descriptors))
        self.dropout = nn.Dropout(dropout)

    def forward(self, embeddings: Tensor) -> Tensor:
        """Return the programmes of embeddings ``[b, D]``: ``[b, K]``."""
        genes = functional.relu(self.genes(self.smoothed))
        return functional.normalize(self.spots(self.dropout(embeddings)) @ genes, dim=1)
