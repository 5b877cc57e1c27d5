"""Measurements of one quantity in several cell lines: one number per gene, and how far to trust it.

The cytoplasm/nucleus ratio of a gene (log2; lncATLAS calls it RCI) differs between cell lines for
two reasons: the gene does, and so does the line, whose fractions were made and sequenced on their
own. A gene's mean over whatever lines it was seen in mixes both. Here a value is ``gene + line +
noise``; the line's part is estimated on genes seen in two lines or more and taken off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

TARGETS = ("lower", "upper", "variance")
"""What the first columns of :meth:`LineEffects.targets` are; one for each line follows."""

# Alternating means end long before: each round leaves a fixed share of the error.
_ROUNDS, _TOLERANCE = 1000, 1e-10


class Adjusted(NamedTuple):
    """One number per gene.

    Parameters
    ----------
    value : float64 [n]
        Mean of the gene's values, each less what its line adds; NaN where nothing was measured.
    lines : int64 [n]
        Lines the gene was measured in.
    variance : float64 [n]
        Of the noise in `value`: that of one measurement over `lines`; infinite without any.
    reliability : float64 [n]
        Share of the variance of `value` that is between genes, 0 (not measured) to below 1.
    sd : float64 [n]
        Standard deviation of the gene's adjusted values; NaN of fewer than two.
    """

    value: Floats
    lines: NDArray[np.int64]
    variance: Floats
    reliability: Floats
    sd: Floats


@dataclass(frozen=True)
class LineEffects:
    """Effects of cell lines on the values measured in them.

    Parameters
    ----------
    lines : tuple of str [L]
        Names of the lines.
    offsets : tuple of float [L]
        What each line adds; their mean is 0, so that an adjusted value is what the mean over all
        lines would be.
    noise
        Variance of one measurement about gene and line.
    spread
        Variance between genes, noise taken off.

    Raises
    ------
    InputError
        If lines and offsets differ in number, or a variance is negative.

    Examples
    --------
    >>> values = [[1.0, 3.0], [2.0, 4.0], [0.0, np.nan]]
    >>> effects = LineEffects.fit(values, lines=("A549", "K562"))
    >>> effects.offsets, effects.apply(values).value.tolist()
    ((-1.0, 1.0), [2.0, 3.0, 1.0])
    """

    lines: tuple[str, ...]
    offsets: tuple[float, ...]
    noise: float
    spread: float
    _offsets: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.lines) != len(self.offsets):
            raise InputError(
                f"{len(self.offsets)} offsets for {len(self.lines)} lines", slot="offsets"
            )
        if min(self.noise, self.spread) < 0:
            raise InputError("a negative variance", slot="noise")
        object.__setattr__(self, "_offsets", np.array(self.offsets, dtype=np.float64))

    @classmethod
    def fit(cls, values: ArrayLike, *, lines: Sequence[str]) -> LineEffects:
        """Estimate line effects by alternating means of genes and of lines.

        Alternating means minimise the squared error of ``gene + line``. Only genes seen in two
        lines or more say anything of lines, and only lines joined by such genes can be compared.
        With one line there is nothing to adjust, and its noise is not known: it is taken as 0.

        Parameters
        ----------
        values : float [n, L]
            Of training genes alone; NaN where a gene was not measured in a line.
        lines : sequence of str [L]
            Names of the columns.

        Raises
        ------
        InputError
            If no gene was measured, a line has no gene that was seen in another line, or the lines
            fall into sets that no gene joins.
        """
        table = _table(values, len(lines))
        repeated = table[np.isfinite(table).sum(axis=1) > 1]
        if not np.isfinite(table).any():
            raise InputError("no gene was measured", slot="values")
        if len(lines) == 1:
            return cls(tuple(lines), (0.0,), 0.0, float(np.nanvar(table)))
        _require_joined(np.isfinite(repeated), lines)
        offsets, noise = _alternate(repeated)
        raw = cls(tuple(lines), tuple(offsets.tolist()), noise, 0.0).apply(table)
        seen = raw.lines > 0
        spread = max(0.0, float(raw.value[seen].var() - raw.variance[seen].mean()))
        return cls(tuple(lines), tuple(offsets.tolist()), noise, spread)

    def apply(self, values: ArrayLike) -> Adjusted:
        """Adjust genes, those it was fitted on or others.

        Parameters
        ----------
        values : float [n, L]
            Columns as in `lines`; NaN where a gene was not measured.
        """
        table = _table(values, len(self.lines))
        seen = np.isfinite(table)
        n = seen.sum(axis=1)
        adjusted = np.where(seen, table - self._offsets, 0.0)
        value = np.where(n > 0, adjusted.sum(axis=1) / np.maximum(n, 1), np.nan)
        squares = (np.where(seen, adjusted - value[:, None], 0.0) ** 2).sum(axis=1)
        sd = np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)
        variance = np.where(n > 0, self.noise / np.maximum(n, 1), np.inf)
        share = self.spread / np.maximum(self.spread + variance, np.finfo(np.float64).tiny)
        return Adjusted(value, n, variance, share, sd)

    def targets(self, values: ArrayLike, *, low: ArrayLike, cut: float) -> Floats:
        """Return what a network learns from: values with their noise, classes as bounds.

        Parameters
        ----------
        values : float [n, L]
            As in :meth:`apply`.
        low : bool [n]
            Whether a gene is of the class that lies lower; looked at where nothing was measured.
        cut
            What parts the classes.

        Returns
        -------
        targets : float64 [n, 3 + L]
            Bounds, both the adjusted value where it was measured and else the cut and an infinity;
            variance of the noise in it (0 for bounds); then how far each line's own value lies from
            that of the other lines, which is what a line's own answer learns; NaN where there is
            none or no other.
        """
        table, found = _table(values, len(self.lines)), self.apply(values)
        measured, is_low = found.lines > 0, np.asarray(low, dtype=bool)
        lower = np.where(measured, found.value, np.where(is_low, -np.inf, cut))
        upper = np.where(measured, found.value, np.where(is_low, cut, np.inf))
        variance = np.where(measured, found.variance, 0.0)
        n = found.lines[:, None]
        away = table - self._offsets - found.value[:, None]
        away = np.where(n > 1, away * n / np.maximum(n - 1, 1), np.nan)
        return np.column_stack([lower, upper, variance, away])

    def offset(self, line: str) -> float:
        """Return what a line adds to an adjusted value.

        Raises
        ------
        InputError
            If it is none of `lines`.
        """
        if line not in self.lines:
            raise InputError(
                f"no cell line {line!r}",
                slot="cell_line",
                remedy=f"Choose of: {', '.join(self.lines)}.",
            )
        return self.offsets[self.lines.index(line)]


def balanced_cut(values: ArrayLike, low: ArrayLike) -> float:
    """Return the value that parts two classes with equal errors on both sides.

    Parameters
    ----------
    values : float [n]
    low : bool [n]
        Whether a record is of the class that lies lower (of a C/N ratio, the nuclear one).

    Returns
    -------
    float
        Between two values, where the shares of the two classes on the wrong side are as near to
        equal as they come; the middle one of several such.

    Raises
    ------
    InputError
        If one class is missing, a value is not finite or all are the same.

    Examples
    --------
    >>> balanced_cut([-3.0, -2.0, 1.0, 2.0], [True, True, False, False])
    -0.5
    """
    x, is_low = np.asarray(values, dtype=np.float64), np.asarray(low, dtype=bool)
    steps = np.unique(x)
    if not np.isfinite(x).all() or is_low.all() or not is_low.any() or len(steps) < 2:
        raise InputError("a cut needs different, finite values of both classes", slot="values")
    cuts = (steps[:-1] + steps[1:]) / 2
    above = 1 - np.searchsorted(np.sort(x[is_low]), cuts) / is_low.sum()
    below = np.searchsorted(np.sort(x[~is_low]), cuts) / (~is_low).sum()
    gap = np.abs(above - below)
    best = np.flatnonzero(gap == gap.min())
    return float(cuts[best[len(best) // 2]])


def _table(values: ArrayLike, lines: int) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != lines:
        raise InputError(f"values {table.shape} for {lines} lines", slot="values")
    if np.isinf(table).any():
        raise InputError("an infinite value", slot="values", remedy="Leave it out as NaN.")
    return table


def _require_joined(seen: NDArray[np.bool_], lines: Sequence[str]) -> None:
    """Raise unless chains of genes lead from the first line to every other one."""
    reached = np.zeros(len(lines), dtype=bool)
    reached[0] = True
    for _ in lines:
        reached |= seen[seen[:, reached].any(axis=1)].any(axis=0)
    if not reached.all():
        lost = ", ".join(name for name, ok in zip(lines, reached, strict=True) if not ok)
        raise InputError(
            f"no gene joins these lines to {lines[0]}: {lost}",
            slot="values",
            remedy="Leave them out, or add genes measured in both.",
        )


def _alternate(table: Floats) -> tuple[Floats, float]:
    """Return line offsets, and the variance of what gene and line leave unexplained."""
    seen = np.isfinite(table)
    values, per_gene, per_line = np.where(seen, table, 0.0), seen.sum(axis=1), seen.sum(axis=0)
    offsets = np.zeros(table.shape[1])
    for _ in range(_ROUNDS):
        genes = ((values - offsets) * seen).sum(axis=1) / per_gene
        better = ((values - genes[:, None]) * seen).sum(axis=0) / per_line
        better -= better.mean()
        done = np.abs(better - offsets).max() < _TOLERANCE
        offsets = better
        if done:
            break
    left = (values - genes[:, None] - offsets) * seen
    free = seen.sum() - len(table) - table.shape[1] + 1
    return offsets, float((left**2).sum() / max(1, free))
