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
    """Effects of substitutions.

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
    f_x, changes = substitution_effects(model, codes, position=position, letter=letter)
    effects = np.full((len(codes), 4), np.nan)
    effects[position, codes[position]] = 0
    effects[position, letter] = changes
    return Mutagenesis(effects, f_x, Scores(-effects.sum(axis=1) / 3, range(len(codes))))


def substitution_effects(
    model: LogOdds, codes: Codes, *, position: Integers, letter: Integers
) -> tuple[float, NDArray[np.float64]]:
    """Substitute single letters, each in a sequence of its own.

    The builder changes the few k-mers that each one touches and counts no sequence anew.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    position, letter : int64 [n]
        0-based place, no break, and the letter that comes there.

    Returns
    -------
    f_x
        Log-odds of the sequence.
    changes : ndarray [n]
        Log-odds with each substitution, less those of the sequence.
    """
    f_x = float(model([codes])[0])
    chunks = (slice(first, first + _CHUNK) for first in range(0, len(position), _CHUNK))
    found = [model.of(model.builder.variants(codes, position[c], letter[c])) for c in chunks]
    return f_x, np.concatenate([np.empty(0), *found]) - f_x


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
