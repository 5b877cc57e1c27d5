"""What the spots of a tissue say of modules: their activity, and the genes that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class ModuleImages(NamedTuple):
    """What the spots of a tissue say of modules.

    Parameters
    ----------
    activity : float32 [n, K]
        Mean of the z-scored log-normalised expression of a module's genes; NaN for a module none
        of whose genes varies.
    correlation : float32 [G, K]
        Of each gene of the tissue with a module's activity, the gene itself left out of it; NaN
        for genes that do not vary.
    """

    activity: NDArray[np.float32]
    correlation: NDArray[np.float32]


def module_images(
    logged: sparse.csr_matrix, library: NDArray[np.int64], member: Floats
) -> ModuleImages:
    """Return activity and correlations without a dense [n, G].

    Parameters
    ----------
    logged : csr_matrix [n, G]
        Log-normalised expression.
    library : int64 [n]
        Slide of each spot.
    member : float64 [G, K]
        1 where a gene is of a module, else 0.
    """
    n = len(library)
    total = np.zeros((n, member.shape[1]))
    shared, varies = np.zeros(member.shape), np.zeros((len(member), 1))
    for slide in np.unique(library):
        rows = library == slide
        x = sparse.csr_matrix(logged[rows], dtype=np.float64)
        mean = np.asarray(x.mean(axis=0)).reshape(-1, 1)
        variance = np.asarray(x.multiply(x).mean(axis=0)).reshape(-1, 1) - mean**2
        flat = variance < 1e-9
        unit = np.where(flat, 0.0, 1 / np.sqrt(np.where(flat, 1.0, variance)))
        total[rows] = x @ (unit * member) - (mean * unit).T @ member
        # The sums are 0 over a slide, so that means of the genes need not be taken off.
        shared += unit * (x.T @ total[rows]) / n
        varies += ~flat * rows.mean()
    counted = member * (varies > 0)
    power = (total**2).mean(axis=0)
    # A gene of a module goes with it for its own sake: it is taken out of the sum.
    alone = shared - counted * varies
    rest = power - counted * (2 * shared - varies)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.where(rest > 1e-9, alone / np.sqrt(varies * rest), np.nan)
        activity = total / counted.sum(axis=0)
    return ModuleImages(activity.astype(np.float32), correlation.astype(np.float32))
