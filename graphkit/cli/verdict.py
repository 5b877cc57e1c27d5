"""A comparison in one plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.evaluation import Interval, Row


def conclude(rows: Sequence[Row]) -> str:
    """Say what the comparison of a model with its baselines allows to conclude.

    The worst news comes first: a model like a coin, then a baseline that is better, then one
    that cannot be told from the model.

    Parameters
    ----------
    rows : sequence of Row
        The model first, then at least one baseline.

    Examples
    --------
    >>> from graphkit.evaluation import compare
    >>> p = [[0.9, 0.1], [0.2, 0.8]] * 20
    >>> other = [[0.9, 0.1], [0.2, 0.8]] * 19 + [[0.1, 0.9], [0.2, 0.8]]
    >>> rows = compare([0, 1] * 20, {"ours": p, "length": other}, range(40), model="ours")
    >>> conclude(rows)
    'The model is not distinguishable from length on these records: difference 0.025
     [0.000, 0.075].'
    """
    model, *baselines = rows
    if not model.auroc.lower > 0.5:
        return (
            "The model is not distinguishable from a coin toss on these records: AUROC"
            f" {bracketed(model.auroc)}."
        )
    ahead = [(row.ahead, row.name) for row in baselines if row.ahead is not None]
    closest, name = min(ahead, key=lambda pair: pair[0].estimate)
    if closest.upper < 0:
        return (
            f"The model does worse than {name} on these records: difference {bracketed(closest)}."
        )
    level = [pair for pair in ahead if not pair[0].lower > 0]
    if level:
        closest, name = min(level, key=lambda pair: pair[0].estimate)
        return (
            f"The model is not distinguishable from {name} on these records: difference"
            f" {bracketed(closest)}."
        )
    if len(ahead) == 1:
        return (
            f"The model does better than {name}, the only baseline here, on these records:"
            f" difference {bracketed(closest)}."
        )
    return (
        f"The model does better than all {len(ahead)} baselines on these records; the closest is"
        f" {name}: difference {bracketed(closest)}."
    )


def bracketed(interval: Interval) -> str:
    """Write an estimate and its interval.

    Examples
    --------
    >>> from graphkit.evaluation import Interval
    >>> bracketed(Interval(0.01, -0.052, 0.07))
    '0.010 [-0.052, 0.070]'
    """
    return f"{interval.estimate:.3f} [{interval.lower:.3f}, {interval.upper:.3f}]"
