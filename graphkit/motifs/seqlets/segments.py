"""Parts of a transcript that a model reads differently: each has a null of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graphkit.motifs.seqlets.nulls import fit_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.motifs.seqlets.nulls import Body

    Floats = NDArray[np.float64]

# Fewer windows say too little of where their sums lie.
_FEWEST = 100


@dataclass(frozen=True, slots=True, eq=False)
class PartBodies:
    """The body of the window sums in each part of one transcript.

    Parameters
    ----------
    starts
        First window of each part, ascending from 0.
    bodies
        One per part.
    """

    starts: tuple[int, ...]
    bodies: tuple[Body, ...]

    def standardise(self, sums: Floats) -> Floats:
        """Return how many spreads each sum [W, m] lies from the centre of its part."""
        ends = (*self.starts[1:], sums.shape[1])
        parts = zip(self.starts, ends, self.bodies, strict=True)
        return np.hstack([body.standardise(sums[:, a:b]) for a, b, body in parts])


def fit_parts(nulls: Sequence[Floats], breaks: Sequence[int]) -> PartBodies:
    """Fit the body of each part to the windows that start in it.

    A model may read the ends of a transcript by themselves, so that a letter counts for more there
    than among the thousands between: measured by those, all of an end would stand out.

    Parameters
    ----------
    nulls : sequence of float [W, m]
        Window sums, of the track itself or of shuffles.
    breaks
        Where the next part begins, ascending; parts of less than 100 windows join the one before.

    Examples
    --------
    >>> sums = np.hstack([np.linspace(-9, 9, 200), np.linspace(-1, 1, 500)])[None]
    >>> z = fit_parts([sums], [200]).standardise(sums)
    >>> bool(np.isclose(z[0, 0], z[0, 200], atol=0.1))
    True
    """
    m = max((null.shape[1] for null in nulls), default=0)
    starts = [0]
    for start, end in pairwise((*[at for at in breaks if at < m], m)):
        if start - starts[-1] >= _FEWEST and end - start >= _FEWEST:
            starts.append(start)
    size = max((_largest(null) for null in nulls), default=0.0)
    bodies = [
        fit_body(np.hstack([null[:, start:end] for null in nulls]), size=size)
        for start, end in pairwise((*starts, m))
    ]
    return PartBodies(tuple(starts), tuple(bodies))


def _largest(sums: Floats) -> float:
    return float(np.max(np.abs(sums), initial=0.0, where=~np.isnan(sums)))
