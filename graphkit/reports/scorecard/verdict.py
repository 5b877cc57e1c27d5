"""Conclude from a comparison in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reports.pages import bracketed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.evaluation import ComparisonRow

HERE = "these records"


def conclude(rows: Sequence[ComparisonRow], *, where: str = HERE) -> str:
    """Return the conclusion that a comparison of a model with its baselines allows.

    The worst news comes first: a model like a coin, then a baseline that is better, then one
    that cannot be told from the model.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        The model first, then at least one baseline.
    where
        What the records are called.

    Examples
    --------
    >>> from graphkit.evaluation import compare_classifiers
    >>> ours, other = [[0.9, 0.1], [0.2, 0.8]] * 10, [[0.5, 0.5]] * 20
    >>> both = {"ours": ours, "length": other}
    >>> conclude(compare_classifiers([0, 1] * 10, both, [9] * 20, model="ours"))
    'The model does better than length, the only baseline, on these records: ...'
    """
    model, *baselines = rows
    if not model.auroc.lower > 0.5:
        how = "does worse than" if model.auroc.upper < 0.5 else "is not distinguishable from"
        return f"The model {how} a coin toss on {where}: AUROC {bracketed(model.auroc)}."
    ahead = [(row.ahead, row.name) for row in baselines if row.ahead is not None]
    worse = [pair for pair in ahead if pair[0].upper < 0]
    level = [pair for pair in ahead if not pair[0].lower > 0]
    difference, name = min(worse or level or ahead, key=lambda pair: pair[0].estimate)
    told = f"difference {bracketed(difference)}."
    if worse:
        return f"The model does worse than {name} on {where}: {told}"
    if level:
        return f"The model is not distinguishable from {name} on {where}: {told}"
    if len(ahead) == 1:
        return f"The model does better than {name}, the only baseline, on {where}: {told}"
    return (
        f"The model does better than all {len(ahead)} baselines on {where}; the closest is"
        f" {name}: {told}"
    )
