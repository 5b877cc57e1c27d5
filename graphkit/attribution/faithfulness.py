"""Test how faithful explanations are to a model: many tests in one call, one table."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from graphkit.attribution.agreement import agreement, spearman
from graphkit.attribution.checks import Check, Measured, summarise
from graphkit.attribution.curves import SHARES, deletion, insertion
from graphkit.attribution.gradients import integrated_gradients
from graphkit.attribution.mutagenesis import mutagenesis
from graphkit.attribution.stability import infidelity, permuted, sensitivity_max
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from graphkit.attribution.curves import Curve
    from graphkit.attribution.gradients import Attribution
    from graphkit.attribution.log_odds import LogOdds
    from graphkit.attribution.perturb import Codes

    View = Callable[[LogOdds, Codes], NDArray[np.float64]]


# Letters between two borders of windows, below which a rank correlation there says little.
_FEWEST = 100


@dataclass(frozen=True)
class FaithfulnessParams:
    """Parameters of the tests: which, and how thorough.

    Parameters
    ----------
    steps, fine_steps
        Points on the line from the baseline; how closely shares must add up differs with them.
    fine
        Sequences on which the many steps are tried.
    permutations
        Weight-permuted models per sequence.
    shares
        Shares of positions that are knocked out, 0.1 among them.
    draws, random_draws
        Knock-outs of the highest positions, and of random runs; at least 20 of the latter.
    seed
        Seed of everything drawn.
    """

    steps: int = 64
    fine_steps: int = 512
    fine: int = 10
    permutations: int = 3
    shares: tuple[float, ...] = SHARES
    draws: int = 4
    random_draws: int = 20
    seed: int = 0


def measure(
    model: LogOdds,
    codes: Codes,
    *,
    views: Mapping[str, View] | None = None,
    params: FaithfulnessParams | None = None,
    number: int = 0,
) -> Measured:
    """Test the explanation of one sequence, beside mutagenesis, random scores and other views.

    Parameters
    ----------
    model
        What is explained.
    codes : uint8 [L]
        The encoded sequence.
    views
        Further tracks to compare with, by name: attention, for example.
    params
        What to test.
    number
        Number of the sequence: draws depend on it, and the first ones are tried at many steps.
    """
    p = params or FaithfulnessParams()
    generator = np.random.default_rng((p.seed, number))
    found = integrated_gradients(model, codes, steps=p.steps)
    fine = number < p.fine
    oracle = mutagenesis(model, codes, max_length=len(codes)).positions.values
    tracks = {
        "gradients": found.positions.values,
        **{name: view(model, codes) for name, view in (views or {}).items()},
        "random": np.where(np.isfinite(oracle), generator.normal(size=len(codes)), np.nan),
        "mutagenesis": oracle,
    }
    # Others for each sequence: a few would lean the same way on all of them, by chance.
    first = p.seed + number * p.permutations
    models = [permuted(model, seed=first + i) for i in range(p.permutations)]
    others = [integrated_gradients(other, codes, steps=16).positions.values for other in models]

    def curves(test: Callable[..., Curve]) -> dict[str, Curve]:
        return {
            name: test(
                model,
                codes,
                track,
                generator=generator,
                shares=p.shares,
                draws=p.draws,
                random_draws=p.random_draws,
            )
            for name, track in tracks.items()
        }

    return Measured(
        length=len(codes),
        gap=found.gap,
        fine_gap=integrated_gradients(model, codes, steps=p.fine_steps).gap if fine else None,
        lost=_lost(found),
        with_mutagenesis={name: spearman(track, oracle) for name, track in tracks.items()},
        within=tuple(_within(model, found.positions.values, oracle)),
        positive={name: _positive(track) for name, track in tracks.items()},
        from_reference=found.f_x - found.f_base,
        deleted=curves(deletion),
        inserted=curves(insertion),
        chance=tuple(spearman(a, b) for a, b in combinations(others, 2)),
        randomised=tuple(spearman(found.positions.values, other) for other in others),
        members=agreement(found.members),
        infidelity=infidelity(model, codes, found, seed=p.seed),
        sensitivity=sensitivity_max(model, codes, seed=p.seed),
    )


def faithfulness(
    model: LogOdds,
    sequences: Sequence[Codes],
    *,
    views: Mapping[str, View] | None = None,
    params: FaithfulnessParams | None = None,
) -> list[Check]:
    """Test the explanations of a model on several sequences.

    Parameters
    ----------
    model
        What is explained.
    sequences : sequence of uint8 [L]
        Encoded sequences, short enough for mutagenesis.
    views
        Further tracks to compare with, by name.
    params
        What to test.

    Returns
    -------
    list of Check
        One row per test and track.

    Raises
    ------
    InputError
        If there is no sequence.
    """
    if not len(sequences):
        raise InputError("no sequences", remedy="Give at least one.")
    return summarise(
        [
            measure(model, codes, views=views, params=params, number=number)
            for number, codes in enumerate(sequences)
        ]
    )


def recovery(scores: NDArray[np.floating], truth: NDArray[np.bool_]) -> float:
    """Return the AUROC at which signed scores tell true positions from the others.

    Parameters
    ----------
    scores : ndarray [L]
        Scores; positions that score NaN are left out.
    truth : bool [L]
        Positions of planted elements.

    Returns
    -------
    float
        NaN where there are only true or only other positions.

    Examples
    --------
    >>> recovery(np.array([0.1, 3.0, 2.0, np.nan]), np.array([False, True, True, False]))
    1.0
    """
    known = np.isfinite(scores)
    ranks, true = rankdata(scores[known]), truth[known]
    n_true, n_other = int(true.sum()), int((~true).sum())
    if not n_true or not n_other:
        return float("nan")
    return float((ranks[true].sum() - n_true * (n_true + 1) / 2) / (n_true * n_other))


def _within(
    model: LogOdds, track: NDArray[np.float64], oracle: NDArray[np.float64]
) -> Iterator[float]:
    """Yield the correlation between each two borders of windows that lie far enough apart."""
    windows = model.builder.windows(len(track))
    borders = sorted({at for window in windows for at in window[1:3]})
    for start, end in pairwise(borders):
        if end - start >= _FEWEST:
            yield spearman(track[start:end], oracle[start:end])


def _positive(track: NDArray[np.float64]) -> float:
    return float(np.mean(track[np.isfinite(track)] > 0))


def _lost(found: Attribution) -> float:
    beyond = found.units.values.sum() - found.owed.sum() - found.absent
    return abs(float(np.nansum(found.positions.values) - beyond))
