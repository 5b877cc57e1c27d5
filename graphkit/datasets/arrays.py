"""Capture arrays: where Visium-like spots lie, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences.alphabet import decode

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACING = 100.0
"""Centre to centre, in micrometres."""

_LETTERS = 16


def hexagonal_array(
    n: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return `n` places of a hexagonal array about as high as wide.

    Parameters
    ----------
    n
        Places, >= 1; the last row may be short.

    Returns
    -------
    row, col : ndarray of int64 [n]
        As Visium counts: columns of even rows are even, of odd rows odd.
    coordinates : ndarray of float64 [n, 2]
        x and y of the centre, in micrometres, from the first spot.

    Examples
    --------
    >>> row, col, coordinates = hexagonal_array(4)
    >>> row.tolist(), col.tolist()
    ([0, 0, 1, 1], [0, 2, 1, 3])
    """
    width = max(1, round(np.sqrt(n * np.sqrt(3) / 2)))
    row, place = np.divmod(np.arange(n, dtype=np.int64), width)
    col = 2 * place + row % 2
    x, y = col * SPACING / 2, row * SPACING * np.sqrt(3) / 2
    return row, col, np.column_stack([x, y])


def barcodes(n: int) -> list[str]:
    """Return `n` different names of 16 letters, the same ones every time.

    Parameters
    ----------
    n
        How many.

    Returns
    -------
    list of str [n]
        A shorter list is the beginning of a longer one.

    Examples
    --------
    >>> names = barcodes(3)
    >>> len(set(names)), len(names[0])
    (3, 16)
    """
    # An odd factor modulo a power of two never gives the same number twice.
    number = (np.arange(1, n + 1, dtype=np.uint64) * np.uint64(2_654_435_761)) % np.uint64(
        4**_LETTERS
    )
    place = np.uint64(2) * np.arange(_LETTERS, dtype=np.uint64)
    codes = ((number[:, None] >> place) & np.uint64(3)).astype(np.uint8)
    return [decode(row).replace("U", "T") for row in codes]
