"""Which genes, of a spot and of its neighbours, speak for a domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from graphkit.attribution.log_odds import log_odds
from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]


class SpotModel(Protocol):
    """Anything that gives domain logits from features that are linear in expression."""

    @property
    def loadings(self) -> NDArray[np.floating]:
        """What turns centred expression into features, [G, F]."""

    @property
    def mean(self) -> NDArray[np.floating]:
        """Expression at which the features are 0, [G]."""

    def logits(self, own: Tensor, neighbors: Tensor) -> Tensor:
        """Return logits ``[n, K]`` from features ``[n, F]`` of spots, given twice.

        A spot reads itself from `own` and every other spot from `neighbors`; with the same tensor
        in both places these are the model's logits.
        """


@dataclass(frozen=True)
class GeneAttribution:
    """Genes behind the log-odds of one domain, summed over the spots in question.

    Parameters
    ----------
    own, neighbors : float64 [G]
        What each gene adds, through the spots' own expression and that of their neighbours.
    f_x, f_base
        Sum over the spots of the log-odds, at their expression and with every spot of the tissue
        at the baseline.
    delta
        Completeness error: ``sum(own + neighbors) - (f_x - f_base)``.
    """

    own: Floats
    neighbors: Floats
    f_x: float
    f_base: float
    delta: float


def gene_attribution(
    model: SpotModel,
    expression: sparse.csr_matrix,
    features: Tensor,
    *,
    target: int,
    spots: NDArray[np.int64],
    steps: int = 64,
) -> GeneAttribution:
    """Integrate gradients of a domain's log-odds over the expression of spots and neighbours.

    The path leads from the baseline, in which every spot has the mean expression (features 0), to
    the tissue as it is. Features are linear in expression, so the step from features to genes is
    exact: a gene gets the integrated gradient times its loadings times its difference to the mean.

    Parameters
    ----------
    model
        Gives the logits.
    expression : csr_matrix [n, G]
        What the features were made from; stays sparse.
    features : Tensor [n, F]
        ``(expression - mean) @ loadings``, on the device of the model.
    target
        Number of the domain.
    spots : int64 [m]
        The spots whose log-odds are explained.
    steps
        Midpoints along the path, at least 2.

    Raises
    ------
    InputError
        For fewer than two steps, or no spots.

    References
    ----------
    Sundararajan et al. 2017, arXiv:1703.01365.
    """
    if steps < 2:
        raise InputError(f"is {steps}", slot="steps", remedy="Give at least 2.")
    if not len(spots):
        raise InputError("none given", slot="spots", remedy="Give at least one.")
    chosen = torch.from_numpy(np.asarray(spots, dtype=np.int64)).to(features.device)

    def forward(own: Tensor, neighbors: Tensor) -> Tensor:
        logits = [model.logits(o, n)[chosen] for o, n in zip(own, neighbors, strict=True)]
        summed = torch.stack([log_odds(each, target).sum() for each in logits])
        # A model need not read the neighbours: what it does not read has gradient 0.
        return summed + 0.0 * (own.sum(dim=(1, 2)) + neighbors.sum(dim=(1, 2)))

    x = features.detach().double()[None]
    base = torch.zeros_like(x)
    gradients = IntegratedGradients(forward, multiply_by_inputs=False).attribute(
        (x, x),
        (base, base),
        n_steps=steps,
        method="riemann_middle",
        internal_batch_size=1,
    )
    with torch.no_grad():
        f_x, f_base = float(forward(x, x)), float(forward(base, base))
    own, neighbors = (to_genes(part[0].cpu().numpy(), expression, model) for part in gradients)
    delta = float(own.sum() + neighbors.sum() - (f_x - f_base))
    return GeneAttribution(own, neighbors, f_x, f_base, delta)


def to_genes(gradient: Floats, expression: sparse.csr_matrix, model: SpotModel) -> Floats:
    """Carry gradients with respect to features to genes, summed over spots.

    Parameters
    ----------
    gradient : float64 [n, F]
    expression : csr_matrix [n, G]
    model
        Gives loadings and mean.

    Returns
    -------
    float64 [G]
        ``sum_i (gradient_i @ loadings_g) * (expression_ig - mean_g)``, without a dense [n, G].
    """
    loadings = np.asarray(model.loadings, dtype=np.float64)
    weighed = np.asarray(expression.T.astype(np.float64) @ gradient)
    at_mean = (loadings @ gradient.sum(axis=0)) * np.asarray(model.mean, dtype=np.float64)
    return (weighed * loadings).sum(axis=1) - at_mean
