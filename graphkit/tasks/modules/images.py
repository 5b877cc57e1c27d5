"""What the spots of a tissue say of modules: their activity, and the genes that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.stats import binom

from graphkit.evaluation.tissues.thinning import thin
from graphkit.omics import log_normalise
from graphkit.tasks.localize.ensemble import member_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Of the molecules into halves; and how likely one module of chance may be taken for one.
_SPLITS, _CHANCE = 2, 0.01


class ModuleImages(NamedTuple):
    """Activity of modules on the spots of a tissue, and how genes correlate with it.

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
    logged: sparse.csr_matrix,
    library: NDArray[np.int64],
    member: Floats,
    *,
    judged: sparse.csr_matrix | None = None,
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
    judged : csr_matrix [n, G], optional
        What correlates with the activity in place of `logged`: other molecules of the same spots.
    """
    n = len(library)
    total = np.zeros((n, member.shape[1]))
    shared, within = np.zeros(member.shape), np.zeros(member.shape)
    own, varies, seen = (np.zeros((len(member), 1)) for _ in range(3))
    for slide in np.unique(library):
        rows = library == slide
        x, mean, unit = _moments(logged[rows])
        y, mean_y, unit_y = (x, mean, unit) if judged is None else _moments(judged[rows])
        total[rows] = x @ (unit * member) - (mean * unit).T @ member
        # The sums are 0 over a slide, so that means of the genes need not be taken off.
        within += unit * (x.T @ total[rows]) / n
        shared += unit_y * (y.T @ total[rows]) / n
        both = np.asarray(x.multiply(y).mean(axis=0)).reshape(-1, 1) - mean * mean_y
        own += unit * unit_y * both * rows.mean()
        varies += (unit > 0) * rows.mean()
        seen += (unit_y > 0) * rows.mean()
    counted = member * (varies > 0)
    power = (total**2).mean(axis=0)
    # A gene of a module goes with it for its own sake: it is taken out of the sum.
    alone = shared - counted * own
    rest = power - counted * (2 * within - varies)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.where(rest > 1e-9, alone / np.sqrt(seen * rest), np.nan)
        activity = total / counted.sum(axis=0)
    return ModuleImages(activity.astype(np.float32), correlation.astype(np.float32))


def reproducibility(
    counts: sparse.csr_matrix, library: NDArray[np.int64], labels: NDArray[np.int64], *, seed: int
) -> Floats:
    """Return the share of each module's genes that find it again in other molecules, [K].

    In one half of the molecules a gene must go with the activity of its module in the other half,
    the gene itself left out, more than with that of any other module; of genes without a pattern
    one in K does.

    Parameters
    ----------
    counts : csr_matrix [n, G]
        Raw counts.
    library : int64 [n]
        Slide of each spot.
    labels : int64 [G]
        Module of each gene.
    seed
        Of the halves.
    """
    member = np.eye(int(labels.max()) + 1)[labels]
    again = np.zeros(len(labels))
    for number in range(_SPLITS):
        halves = [log_normalise(half) for half in thin(counts, seed=member_seed(seed, number))]
        for one, other in (halves, halves[::-1]):
            found = module_images(one, library, member, judged=other).correlation
            best = np.nan_to_num(found, nan=-np.inf).argmax(axis=1)
            again += ((best == labels) & np.isfinite(found).any(axis=1)) / (2 * _SPLITS)
    share: Floats = again @ member / member.sum(axis=0)
    return share


def above_chance(share: Floats, sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which modules more genes find again than one in K, [K].

    Examples
    --------
    >>> above_chance(np.array([0.9, 0.5, 0.6]), np.array([20, 30, 4])).tolist()
    [True, False, False]
    """
    found = np.floor(share * sizes)
    return np.asarray(binom.sf(found - 1, sizes, 1 / len(share)) < _CHANCE / len(share))


def _moments(logged: sparse.csr_matrix) -> tuple[sparse.csr_matrix, Floats, Floats]:
    """Return expression, and mean and 1 / deviation of each gene, [G, 1]; 0 where it is flat."""
    x = sparse.csr_matrix(logged, dtype=np.float64)
    mean = np.asarray(x.mean(axis=0)).reshape(-1, 1)
    variance = np.asarray(x.multiply(x).mean(axis=0)).reshape(-1, 1) - mean**2
    flat = variance < 1e-9
    return x, mean, np.where(flat, 0.0, 1 / np.sqrt(np.where(flat, 1.0, variance)))
