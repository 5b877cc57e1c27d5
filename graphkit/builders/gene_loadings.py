"""Genes behind the features of spots: the features are linear in expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.omics.mapped import row_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy import sparse


@dataclass(frozen=True)
class GeneLoadings:
    """Say which genes the features of spots came from; a provenance.

    Parameters
    ----------
    ids : sequence [G]
        Names of the genes.
    loadings : float [G, F]
        What turns centred expression into features.
    mean : float [G]
        Expression at which the features are 0.
    expression : csr_matrix [n, G]
        What the features were made from; stays sparse.

    Examples
    --------
    >>> from scipy import sparse
    >>> expression = sparse.csr_matrix([[3.0, 1.0], [1.0, 1.0]])
    >>> genes = GeneLoadings("ab", np.array([[1.0], [5.0]]), np.array([2.0, 1.0]), expression)
    >>> genes.features()
    array([[ 1.],
           [-1.]])
    >>> genes.project(np.array([0.5, 0.0]))
    array([0.5, 0. ])
    """

    ids: Sequence[str]
    loadings: NDArray[np.floating]
    mean: NDArray[np.floating]
    expression: sparse.csr_matrix

    def features(self) -> NDArray[np.float64]:
        """Return ``(expression - mean) @ loadings``, [n, F]."""
        loadings = np.asarray(self.loadings, dtype=np.float64)
        # By blocks: scipy would copy all values to the type of the loadings.
        blocks = row_blocks(self.expression.shape, self.expression.nnz)
        parts = [self.expression[rows] @ loadings for rows in blocks]
        return np.vstack(parts) - self.mean @ loadings

    def project(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Carry slopes along the features of spots to what each gene adds, summed over spots.

        Parameters
        ----------
        values : float [n * F]
            One slope per spot and feature, spot after spot.

        Returns
        -------
        float64 [G]
            ``sum_i (slope_i @ loadings_g) * (expression_ig - mean_g)``, without a dense [n, G].
            Over genes they sum to what slopes times features do.
        """
        loadings = np.asarray(self.loadings, dtype=np.float64)
        slopes = np.reshape(values, (-1, loadings.shape[1]))
        weighed = np.asarray(self.expression.T.astype(np.float64) @ slopes)
        at_mean = (loadings @ slopes.sum(axis=0)) * np.asarray(self.mean, dtype=np.float64)
        return (weighed * loadings).sum(axis=1) - at_mean
