"""One explained transcript: its letters and a signed score for each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Seqlet(NamedTuple):
    """One stretch that stands out.

    Parameters
    ----------
    record
        Index of its track.
    start, end
        0-based, half-open.
    sign
        1 or -1: the direction it speaks for.
    score
        Sum of its position scores.
    p, q
        Of the window, under the null; signs are corrected apart.
    """

    record: int
    start: int
    end: int
    sign: int
    score: float
    p: float
    q: float


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Letters and position scores of one transcript.

    Parameters
    ----------
    id
        Of the record.
    codes : uint8 [L]
        From :func:`graphkit.sequences.encode`.
    scores : float [L]
        Share of each nucleotide in the log-odds: above zero it speaks for the first of two
        directions, below for the other; NaN where no k-mer covers it.
    breaks : sequence of int
        Where the model begins to read the transcript differently, ascending: scores are compared
        within the parts between.

    Raises
    ------
    InputError
        If there is not one score per letter, or a score is infinite.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> Track("t1", encode("ACGU"), np.array([0.0, 1.0, -1.0, np.nan])).scores.dtype
    dtype('float64')
    """

    id: str
    codes: NDArray[np.uint8]
    scores: NDArray[np.float64]
    breaks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        scores = np.asarray(self.scores, dtype=np.float64)
        if scores.shape != np.shape(self.codes) or scores.ndim != 1:
            raise InputError(
                f"scores have shape {scores.shape}, letters {np.shape(self.codes)}",
                record=self.id,
                slot="scores",
                remedy="Give one score per letter, NaN where there is none.",
            )
        if np.isinf(scores).any():
            raise InputError("a score is infinite", record=self.id, slot="scores")
        if self.breaks and any(a >= b for a, b in pairwise((0, *self.breaks, len(scores)))):
            raise InputError(f"breaks are {self.breaks}", record=self.id, slot="breaks")
        object.__setattr__(self, "scores", scores)
