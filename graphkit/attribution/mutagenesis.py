"""In-silico mutagenesis: what every substitution would do to the log-odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import BREAK
from graphkit.types import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.attribution.log_odds import Codes, LogOdds

    Integers = NDArray[np.int64]

MAX_LENGTH = 10_000
# Variants made at once: a few MB of counts.
_CHUNK = 512


@dataclass(frozen=True)
class Mutagenesis:
    """What substitutions do.

    Parameters
    ----------
    effects : ndarray [L, 4]
        Log-odds with A, C, G or U at the position, less those of the sequence: 0 for the letter
        that is there, NaN at breaks.
    f_x
        Log-odds of the sequence.
    positions
        What the letter at each position adds: the log-odds less their mean over the three
        substitutions, ``[L]``. Positive where the nucleotide argues for the class.
    """

    effects: NDArray[np.float64]
    f_x: float
    positions: Scores


def mutagenesis(model: LogOdds, codes: Codes, *, max_length: int = MAX_LENGTH) -> Mutagenesis:
    """Substitute every position by each of the other three letters.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    max_length
        Longest sequence taken on: three variants per position are judged.

    Raises
    ------
    InputError
        If the sequence is longer.
    """
    if len(codes) > max_length:
        raise InputError(
            f"{len(codes):,} nt are too long for mutagenesis (limit {max_length:,})",
            slot="max_length",
            remedy="Raise the limit, or use integrated gradients.",
        )
    position, letter = substitutions(codes)
    f_x = float(model([codes])[0])
    effects = np.full((len(codes), 4), np.nan)
    effects[position, codes[position]] = 0
    for first in range(0, len(position), _CHUNK):
        where, to = position[first : first + _CHUNK], letter[first : first + _CHUNK]
        effects[where, to] = model.of(model.builder.variants(codes, where, to)) - f_x
    return Mutagenesis(effects, f_x, Scores(-effects.sum(axis=1) / 3, range(len(codes))))


def substitutions(codes: Codes) -> tuple[Integers, Integers]:
    """Return position and letter of all substitutions but those of breaks, three per position.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> [array.tolist() for array in substitutions(encode("NC"))]
    [[1, 1, 1], [0, 2, 3]]
    """
    places = np.flatnonzero(codes < BREAK).repeat(3)
    step = np.tile(np.arange(3), len(places) // 3)
    return places, step + (step >= codes[places])
