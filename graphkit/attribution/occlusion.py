"""Occlusion: what knocking out a window does to the log-odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.attribution.mutagenesis import MAX_LENGTH
from graphkit.attribution.perturb import shuffle, substitute
from graphkit.errors import InputError
from graphkit.sequences import BREAK
from graphkit.types import Scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.attribution.log_odds import LogOdds
    from graphkit.attribution.perturb import Codes, Integers, Knockout

KNOCKOUTS: dict[str, Knockout] = {"substitute": substitute, "shuffle": shuffle}
# Variants held at once, in letters: a few MB.
_LETTERS = 2_000_000


def occlusion(
    model: LogOdds,
    codes: Codes,
    *,
    window: int = 10,
    stride: int | None = None,
    draws: int = 4,
    knockout: str = "substitute",
    seed: int = 0,
    max_length: int = MAX_LENGTH,
) -> Scores:
    """Score positions by what the windows over them add to the log-odds.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    window
        Letters knocked out at once.
    stride
        Letters from one window to the next; half a window where not given.
    draws
        Random knock-outs per window, whose log-odds are averaged.
    knockout
        ``"substitute"`` puts another letter at each position, ``"shuffle"`` keeps the window's
        dinucleotides.
    seed
        Seed of the draws.
    max_length
        Longest sequence taken on.

    Returns
    -------
    Scores [L]
        Log-odds less those without the window, averaged over the windows that cover the position:
        positive where they argue for the class, in units of a whole window. NaN at breaks.

    Raises
    ------
    InputError
        If the sequence is too long or an argument makes no sense.
    """
    stride = max(1, window // 2) if stride is None else stride
    _check(codes, window=window, stride=stride, draws=draws, knockout=knockout, limit=max_length)
    spans = list(_windows(len(codes), window, stride))
    generator = np.random.default_rng(seed)
    f_x = float(model([codes])[0])
    at_once = max(1, _LETTERS // (len(codes) * draws))
    total, cover = np.zeros(len(codes)), np.zeros(len(codes))
    for first in range(0, len(spans), at_once):
        some = spans[first : first + at_once]
        variants = [
            KNOCKOUTS[knockout](codes, span, generator) for span in some for _ in range(draws)
        ]
        effects = f_x - model(variants).reshape(len(some), draws).mean(axis=1)
        for span, effect in zip(some, effects, strict=True):
            total[span] += effect
            cover[span] += 1
    values = np.where(codes < BREAK, total / np.maximum(cover, 1), np.nan)
    return Scores(values, range(len(codes)))


def _windows(length: int, window: int, stride: int) -> Iterator[Integers]:
    """Yield windows that cover all positions; the last one ends with the sequence."""
    last = max(0, length - window)
    for start in [*range(0, last, stride), last]:
        yield np.arange(start, min(start + window, length))


def _check(
    codes: Codes, *, window: int, stride: int, draws: int, knockout: str, limit: int
) -> None:
    for name, value in (("window", window), ("stride", stride), ("draws", draws)):
        if value < 1:
            raise InputError(f"{name} = {value}", slot=name, remedy="Give at least 1.")
    if stride > window:
        raise InputError("windows leave gaps", slot="stride", remedy="Give at most the window.")
    if knockout not in KNOCKOUTS:
        choices = " or ".join(KNOCKOUTS)
        raise InputError(f"no knockout {knockout!r}", slot="knockout", remedy=f"Give {choices}.")
    if len(codes) > limit:
        raise InputError(
            f"{len(codes):,} nt are too long for occlusion (limit {limit:,})",
            slot="max_length",
            remedy="Raise the limit, or use integrated gradients.",
        )
