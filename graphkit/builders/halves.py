"""Every count split into two halves by a coin for each molecule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Coins come 64 to a random number; a larger count draws from the binomial itself.
_COINS = 63
_BLOCK = 1 << 20


def halve(counts: NDArray[np.number], generator: np.random.Generator) -> NDArray[np.float32]:
    """Return a binomial draw with probability 1/2 of each count.

    The ones among as many random bits as there are molecules: some ten times faster than a
    binomial generator, and as exact.

    Parameters
    ----------
    counts : ndarray [m]
        Whole numbers >= 0.
    generator
        Source of the coins.

    Returns
    -------
    ndarray of float32 [m]
        Whole numbers; what is left of `counts` is the other half.

    Examples
    --------
    >>> half = halve(np.full(10_000, 8), np.random.default_rng(0))
    >>> bool(abs(half.mean() - 4) < 0.1)
    True
    """
    half = np.empty(len(counts), dtype=np.float32)
    for start in range(0, len(counts), _BLOCK):
        part = slice(start, start + _BLOCK)
        half[part] = _halve_block(np.asarray(counts[part]).astype(np.int64), generator)
    return half


def _halve_block(counts: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.number]:
    one = np.uint64(1)
    coins = generator.integers(0, np.iinfo(np.uint64).max, len(counts), np.uint64, endpoint=True)
    tossed = (one << np.minimum(counts, _COINS).astype(np.uint64)) - one
    heads = _ones(coins & tossed)
    large = np.flatnonzero(counts > _COINS)
    heads[large] = generator.binomial(counts[large], 0.5)
    return heads


def _ones(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many bits are set in each word: sums of ever wider fields (numpy < 2 too)."""
    pairs, fours, eights = (
        np.uint64(mask) for mask in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F)
    )
    words = words - ((words >> np.uint64(1)) & pairs)
    words = (words & fours) + ((words >> np.uint64(2)) & fours)
    words = (words + (words >> np.uint64(4))) & eights
    with np.errstate(over="ignore"):
        return ((words * np.uint64(0x0101010101010101)) >> np.uint64(56)).astype(np.int64)
