"""The background of simulated transcripts: an order-1 Markov chain over A, C, G, U."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TRANSITIONS: tuple[tuple[float, float, float, float], ...] = (
    (0.30, 0.19, 0.27, 0.24),
    (0.31, 0.28, 0.06, 0.35),
    (0.27, 0.22, 0.28, 0.23),
    (0.19, 0.22, 0.28, 0.31),
)
"""P(next letter | letter), rows and columns in the order A, C, G, U.

Invented for the simulation, estimated from no data. They have the shape of human noncoding
transcripts: 48 % G + C, CpG at a quarter of what base composition alone would give, few UpA.
"""


def markov_sequence(
    length: int,
    generator: np.random.Generator,
    *,
    transitions: Sequence[Sequence[float]] = TRANSITIONS,
) -> NDArray[np.uint8]:
    """Draw one sequence from the chain, its first letter from the stationary distribution.

    Parameters
    ----------
    length
        Letters to draw, >= 0.
    generator
        Source of all randomness; exactly `length` uniform numbers are taken from it.
    transitions : sequence of sequence of float [4, 4]
        P(next letter | letter); each row sums to 1.

    Returns
    -------
    ndarray of uint8 [length]
        Codes as in :mod:`graphkit.sequences.alphabet`.

    Raises
    ------
    InputError
        If `transitions` is not a 4 x 4 table of probabilities.

    Examples
    --------
    >>> markov_sequence(8, np.random.default_rng(0)).shape
    (8,)
    """
    table = _checked(transitions)
    uniform = generator.random(length)
    if length == 0:
        return np.empty(0, dtype=np.uint8)
    # Three thresholds per row suffice for four letters, and rounding in the last cumulative
    # sum can then never give a fifth.
    first = int((uniform[0] >= np.cumsum(stationary(table))[:3]).sum())
    thresholds = np.cumsum(table, axis=1)[:, :3]
    # following[i, a]: the letter at i + 1 if the letter at i is a. Only the walk is sequential.
    following = (uniform[1:, None, None] >= thresholds).sum(axis=2, dtype=np.uint8).tolist()
    return np.fromiter(
        accumulate(following, lambda letter, row: row[letter], initial=first),
        dtype=np.uint8,
        count=length,
    )


def stationary(transitions: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the letter shares of an endless sequence of the chain.

    Parameters
    ----------
    transitions : sequence of sequence of float [4, 4]
        P(next letter | letter).

    Returns
    -------
    ndarray of float64 [4]
        Shares of A, C, G, U; their sum is 1.

    Examples
    --------
    >>> stationary(TRANSITIONS).round(2).tolist()
    [0.26, 0.23, 0.23, 0.28]
    """
    table = _checked(transitions)
    # pi (P - I) = 0 and sum(pi) = 1, as one least-squares system.
    system = np.vstack([table.T - np.eye(4), np.ones((1, 4))])
    solution: NDArray[np.float64] = np.linalg.lstsq(
        system, np.array([0.0, 0.0, 0.0, 0.0, 1.0]), rcond=None
    )[0]
    return solution


def _checked(transitions: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    table = np.asarray(transitions, dtype=np.float64)
    if table.shape != (4, 4) or (table < 0).any() or not np.allclose(table.sum(axis=1), 1.0):
        raise InputError(
            f"not a table of probabilities (shape {table.shape})",
            slot="transitions",
            remedy="Give 4 x 4 numbers >= 0 whose rows sum to 1.",
        )
    return table
