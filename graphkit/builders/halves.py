"""Every count split into two halves by a coin for each molecule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.omics.mapped import new_like

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Sixteen coins to two random bytes; a larger count draws from the binomial itself.
_COINS = 16
_BLOCK = 1 << 20
_HEADS = np.array([i.bit_count() for i in range(1 << _COINS)], dtype=np.float32)
_TOSSED = np.array([(1 << i) - 1 for i in range(_COINS + 1)], dtype=np.uint16)


def halve(counts: NDArray[np.number], generator: np.random.Generator) -> NDArray[np.float32]:
    """Return a binomial draw with probability 1/2 of each count.

    The ones among as many random bits as there are molecules: many times faster than a binomial
    generator where counts are small, and as exact.

    Parameters
    ----------
    counts : ndarray [m]
        Whole numbers >= 0.
    generator
        Source of the coins.

    Returns
    -------
    ndarray of float32 [m]
        Whole numbers; what is left of `counts` is the other half. Mapped where `counts` are.

    Examples
    --------
    >>> half = halve(np.full(10_000, 8), np.random.default_rng(0))
    >>> bool(abs(half.mean() - 4) < 0.1)
    True
    """
    half = new_like(counts)
    for start in range(0, len(counts), _BLOCK):
        part = slice(start, start + _BLOCK)
        half[part] = _halve_block(np.asarray(counts[part]).astype(np.int64), generator)
    return half


def _halve_block(counts: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.float32]:
    coins = np.frombuffer(generator.bytes(2 * len(counts)), dtype=np.uint16)
    heads: NDArray[np.float32] = _HEADS[coins & _TOSSED[np.minimum(counts, _COINS)]]
    large = np.flatnonzero(counts > _COINS)
    heads[large] = generator.binomial(counts[large], 0.5)
    return heads
