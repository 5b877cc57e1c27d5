"""What one more temperature does to held-out probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.evaluation.calibration import calibrate_across_folds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.evaluation.protocol import HeldOut

#: Least probability whose logarithm is used: some classifiers are certain.
FLOOR = 1e-6


def recalibrated(held_out: HeldOut) -> NDArray[np.float64]:
    """Calibrate each outer fold by a temperature fitted on the other outer folds.

    Parameters
    ----------
    held_out
        From :func:`~graphkit.evaluation.protocol.within`, with two folds or more.

    Returns
    -------
    float [n, C]
        Probabilities; no record took part in choosing its own temperature.

    Raises
    ------
    InputError
        Where there is only one fold.

    Examples
    --------
    >>> from graphkit.evaluation.protocol import HeldOut
    >>> p = np.array([[0.01, 0.99]] * 8)
    >>> y, fold = np.array([0, 1, 1, 1] * 2), np.repeat([0, 1], 4)
    >>> recalibrated(HeldOut(np.arange(8), y, p, fold))[0].round(2)
    array([0.25, 0.75])
    """
    # Logarithms of probabilities are logits up to a constant of each row.
    logits = np.log(np.clip(held_out.probabilities, FLOOR, 1))
    return calibrate_across_folds(logits, held_out.labels, held_out.folds)
