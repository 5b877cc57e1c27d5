"""Attribute a domain to the genes of a spot and of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from graphkit.attribution.log_odds import log_odds
from graphkit.errors import InputError
from graphkit.types import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.types import Provenance


class SpotModel(Protocol):
    """Anything that gives domain logits from features of spots."""

    def logits(self, own: Tensor, neighbors: Tensor) -> Tensor:
        """Return logits ``[n, K]`` from features ``[n, F]`` of spots, given twice.

        A spot reads itself from `own` and every other spot from `neighbors`; with the same tensor
        in both places these are the model's logits.
        """


@dataclass(frozen=True)
class GeneAttribution:
    """Scores of genes for one domain, summed over spots.

    Parameters
    ----------
    own, neighbors : Scores [n * F]
        Mean slope of the log-odds along each feature of each spot, as the spots in question read
        it of themselves and of their neighbours. ``project()`` turns them into what each gene adds;
        ``delta`` is the completeness error: the sum of both over all genes, less
        ``f_x - f_base``.
    f_x, f_base
        Sum over the spots of the log-odds, at their expression and with every spot of the tissue
        at the baseline.
    """

    own: Scores
    neighbors: Scores
    f_x: float
    f_base: float


def gene_attribution(
    model: SpotModel,
    features: Tensor,
    provenance: Provenance,
    *,
    target: int,
    spots: NDArray[np.int64],
    steps: int = 64,
) -> GeneAttribution:
    """Integrate gradients of a domain's log-odds over the features of spots and neighbours.

    The path leads from the baseline, in which every spot has the mean expression (features 0), to
    the tissue as it is. Features are linear in expression, so the step from features to genes is
    exact: a gene gets the mean slope times its loadings times its difference to the mean.

    Parameters
    ----------
    model
        Gives the logits.
    features : Tensor [n, F]
        Of all spots, on the device of the model.
    provenance
        Where the features came from: genes, along their loadings.
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
    slopes = IntegratedGradients(forward, multiply_by_inputs=False).attribute(
        (x, x),
        (base, base),
        n_steps=steps,
        method="riemann_middle",
        internal_batch_size=1,
    )
    with torch.no_grad():
        f_x, f_base = float(forward(x, x)), float(forward(base, base))
    delta = sum(float((slope * x).sum()) for slope in slopes) - (f_x - f_base)
    own, neighbors = (
        Scores(slope.flatten().cpu().numpy(), range(slope.numel()), delta, provenance, name)
        for slope, name in zip(slopes, ("own", "neighbors"), strict=True)
    )
    return GeneAttribution(own, neighbors, f_x, f_base)
